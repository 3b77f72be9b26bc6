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

  function ringPath(context, view, sites, row, inset) {
    var radius = Math.max(7, view.pixels(sites.radius_m[row] || 0, sites.wy[row])) - inset;
    var x = view.x(sites.wx[row]);
    var y = view.y(sites.wy[row]);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }

  var layerCanvas = null;
  function sheetFor(view) {
    if (!layerCanvas) layerCanvas = document.createElement('canvas');
    layerCanvas.width = Math.round(view.width * view.scale);
    layerCanvas.height = Math.round(view.height * view.scale);
    var sheet = layerCanvas.getContext('2d');
    sheet.setTransform(view.scale, 0, 0, view.scale, 0, 0);
    return sheet;
  }

  // Search rings overlap: hatch their union once and outline only its edge
  function drawRings(context, view, sites, rows, phase) {
    var colour = app.phaseColour(phase);
    var sheet = sheetFor(view);
    sheet.beginPath();
    rows.forEach(function (row) { ringPath(sheet, view, sites, row, 0); });
    sheet.strokeStyle = colour;
    sheet.lineWidth = 2;
    sheet.stroke();
    sheet.globalCompositeOperation = 'destination-out';
    sheet.beginPath();
    rows.forEach(function (row) { ringPath(sheet, view, sites, row, 0.5); });
    sheet.fill();
    sheet.globalCompositeOperation = 'source-over';
    sheet.globalAlpha = 0.28;
    sheet.fillStyle = app.hatch(sheet, colour, phase % 2 === 1, view.scale);
    sheet.beginPath();
    rows.forEach(function (row) { ringPath(sheet, view, sites, row, 0); });
    sheet.fill();
    sheet.globalAlpha = 1;
    context.globalAlpha = 0.75;
    context.drawImage(layerCanvas, 0, 0, view.width, view.height);
    context.globalAlpha = 1;
    if (view.zoom >= 14.6) drawSingleRings(context, view, sites, rows, colour);
  }

  function drawSingleRings(context, view, sites, rows, colour) {
    context.beginPath();
    rows.forEach(function (row) { ringPath(context, view, sites, row, 0); });
    context.setLineDash([4, 4]);
    context.globalAlpha = 0.24;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash([]);
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
    var margin = 4000 / app.metresPerWorld(view.north);
    for (var row = sites.site_id.length - 1; row >= 0; row--) {
      var x = sites.wx[row];
      var y = sites.wy[row];
      if (x < view.west - margin || x > view.east + margin || y < view.north - margin || y > view.south + margin || !app.siteShown(row)) continue;
      if (view.divider === null || view.x(x) >= view.divider) rows.push(row);
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
