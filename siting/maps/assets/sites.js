// Draw the recommended sites: pins where the place is surveyed, one field of search rings where not.
(function (app) {
  'use strict';

  function pinRadius(zoom) { return zoom < 10.25 ? 1.8 : zoom < 11.6 ? 2.6 : zoom < 13 ? 3.6 : zoom < 14.5 ? 5 : 6.5; }

  function drawPin(context, view, sites, row) {
    app.shapePath(context, sites.kind[row], view.x(sites.wx[row]), view.y(sites.wy[row]), pinRadius(view.zoom));
    context.lineWidth = 2;
    context.strokeStyle = 'rgba(255,255,255,.95)';
    context.stroke();
    context.fillStyle = app.phaseColour(sites.phase[row]);
    context.fill();
  }

  function ringRadius(view, sites, row) {
    return Math.max(7, view.pixels(sites.radius_m[row] || 0, sites.wy[row]));
  }

  function ringPath(context, view, sites, row, inset) {
    var radius = ringRadius(view, sites, row) - inset;
    var x = view.x(sites.wx[row]);
    var y = view.y(sites.wy[row]);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }

  // Half the points of the screen are enough for a field and take a quarter of the time
  var SHARPNESS = 0.5;
  var sheets = [];
  function sheetFor(view, number) {
    var canvas = sheets[number] || (sheets[number] = document.createElement('canvas'));
    canvas.width = Math.round(view.width * view.scale * SHARPNESS);
    canvas.height = Math.round(view.height * view.scale * SHARPNESS);
    var sheet = canvas.getContext('2d');
    sheet.setTransform(view.scale * SHARPNESS, 0, 0, view.scale * SHARPNESS, 0, 0);
    return sheet;
  }

  // One by one: a single path of all rings would cost ten times as much
  function fillRings(sheet, view, sites, rows, inset) {
    rows.forEach(function (row) {
      sheet.beginPath();
      ringPath(sheet, view, sites, row, inset);
      sheet.fill();
    });
  }

  // Search rings overlap: hatch their union once and outline only its edge
  function drawRings(context, view, sites, rows, phase) {
    var colour = app.phaseColour(phase);
    var field = sheetFor(view, 0);
    field.fillStyle = colour;
    fillRings(field, view, sites, rows, 0);
    var edge = sheetFor(view, 1);
    edge.drawImage(field.canvas, 0, 0, view.width, view.height);
    edge.globalCompositeOperation = 'destination-out';
    fillRings(edge, view, sites, rows, 2);
    context.globalAlpha = 0.75;
    context.drawImage(edge.canvas, 0, 0, view.width, view.height);
    field.globalCompositeOperation = 'source-in';
    field.fillStyle = app.hatch(field, colour, phase % 2 === 1, view.scale);
    field.fillRect(0, 0, view.width, view.height);
    context.globalAlpha = 0.3;
    context.drawImage(field.canvas, 0, 0, view.width, view.height);
    context.globalAlpha = 1;
    if (view.zoom >= 14.6) drawSingleRings(context, view, sites, rows, colour);
  }

  function drawSingleRings(context, view, sites, rows, colour) {
    context.globalAlpha = 0.2;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    rows.forEach(function (row) {
      context.beginPath();
      ringPath(context, view, sites, row, 0);
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  // Hollow: the shape tells the kind, not a surveyed spot
  function drawHollow(context, view, sites, row) {
    app.shapePath(context, sites.kind[row], view.x(sites.wx[row]), view.y(sites.wy[row]), pinRadius(view.zoom));
    context.fillStyle = 'rgba(252,251,248,.92)';
    context.fill();
    context.strokeStyle = app.phaseColour(sites.phase[row]);
    context.lineWidth = 1.6;
    context.stroke();
  }

  function rowsInView(view, sites) {
    var rows = [];
    var shown = app.siteFilter();
    for (var row = sites.site_id.length - 1; row >= 0; row--) {
      var x = view.x(sites.wx[row]);
      var y = view.y(sites.wy[row]);
      var reach = app.isModelled(sites, row) ? ringRadius(view, sites, row) : 10;
      if (x < -reach || x > view.width + reach || y < -reach || y > view.height + reach || !shown(row)) continue;
      if (view.divider === null || x >= view.divider) rows.push(row);
    }
    return rows;
  }

  app.drawProposed = function (context, view) {
    var sites = app.table('proposed');
    var rows = rowsInView(view, sites);
    var hollow = rows.filter(function (row) { return app.isModelled(sites, row); });
    for (var phase = 1; phase <= app.state.phase; phase++) {
      var chosen = hollow.filter(function (row) { return sites.phase[row] === phase; });
      if (chosen.length) drawRings(context, view, sites, chosen, phase);
    }
    rows.forEach(function (row) {
      if (app.isModelled(sites, row)) drawHollow(context, view, sites, row); else drawPin(context, view, sites, row);
    });
  };
})(window.OneMap);
