// Draw the marks: township quotas, existing and recommended sites, centres, ports, villages.
(function (app) {
  'use strict';

  function inView(view, x, y) {
    return x > view.west && x < view.east && y > view.north && y < view.south;
  }
  app.inView = inView;

  function isModelled(table, row) { return table.provenance[row] === 'modelled'; }

  // Whether a recommended site is drawn now: its phase, layer, kind and what its place rests on
  app.siteShown = function (row) {
    var sites = app.table('proposed');
    var phase = sites.phase[row];
    if (phase > app.state.phase || !app.shown('phase' + phase) || !app.shown(sites.kind[row])) return false;
    return app.singleSites() || !isModelled(sites, row);
  };

  app.existingShown = function (row) {
    if (!app.shown('existing')) return false;
    return app.singleSites() || !isModelled(app.table('existing'), row);
  };

  // Radius of a township's circle: its area follows the stations
  app.quotaRadius = function (stations, zoom) {
    if (!stations) return 0;
    var largest = 0;
    app.townshipStations().forEach(function (phases) {
      largest = Math.max(largest, phases.reduce(function (a, b) { return a + b; }, 0));
    });
    var top = zoom < 9 ? 12 : zoom < 10 ? 17 : zoom < 11.5 ? 26 : 36;
    return Math.max(1.6, top * Math.sqrt(stations / largest));
  };

  function drawQuota(context, x, y, phases, zoom) {
    var shown = phases.slice(0, app.state.phase);
    var total = shown.reduce(function (a, b) { return a + b; }, 0);
    var sum = total;
    for (var phase = shown.length; phase >= 1; phase--) {
      if (shown[phase - 1]) {
        context.beginPath();
        context.arc(x, y, app.quotaRadius(sum, zoom), 0, 2 * Math.PI);
        context.fillStyle = app.phaseColour(phase);
        context.globalAlpha = 0.88;
        context.fill();
        context.globalAlpha = 1;
        context.strokeStyle = 'rgba(255,255,255,.95)';
        context.lineWidth = 1;
        context.stroke();
      }
      sum -= shown[phase - 1];
    }
    var radius = app.quotaRadius(total, zoom);
    if (radius < 9 || zoom < 9.8) return;
    context.font = '600 ' + (radius < 13 ? 10 : 12) + 'px sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = '#fff';
    context.fillText(app.number(total), x, y + 0.5);
  }

  app.drawQuotas = function (context, view) {
    if (!app.shown('quotas') || app.state.phase === 0 || app.singleSites()) return;
    var townships = app.table('townships');
    var stations = app.townshipStations();
    var order = stations.map(function (phases, row) { return row; });
    order.sort(function (a, b) {
      return stations[b].reduce(add, 0) - stations[a].reduce(add, 0);
    });
    order.forEach(function (row) {
      var x = view.x(townships.wx[row]);
      if (view.divider !== null && x < view.divider) return;
      drawQuota(context, x, view.y(townships.wy[row]), stations[row], view.zoom);
    });
  };
  function add(a, b) { return a + b; }

  app.drawExisting = function (context, view) {
    var sites = app.table('existing');
    var size = view.zoom < 10.5 ? 1.2 : view.zoom < 12 ? 2 : view.zoom < 14 ? 4 : 6;
    for (var row = 0; row < sites.site_id.length; row++) {
      if (!inView(view, sites.wx[row], sites.wy[row]) || !app.existingShown(row)) continue;
      var x = view.x(sites.wx[row]) - size / 2;
      var y = view.y(sites.wy[row]) - size / 2;
      if (isModelled(sites, row)) {
        context.strokeStyle = 'rgba(85,98,107,.5)';
        context.lineWidth = 1;
        context.strokeRect(x, y, size, size);
      } else {
        context.fillStyle = 'rgba(85,98,107,.9)';
        context.fillRect(x, y, size, size);
      }
    }
  };

  function pinRadius(zoom) { return zoom < 10.25 ? 1.8 : zoom < 11.6 ? 2.6 : zoom < 13 ? 3.6 : zoom < 14.5 ? 5 : 6.5; }

  function drawPin(context, view, sites, row) {
    app.shapePath(context, sites.kind[row], view.x(sites.wx[row]), view.y(sites.wy[row]), pinRadius(view.zoom));
    context.lineWidth = 2;
    context.strokeStyle = 'rgba(255,255,255,.95)';
    context.stroke();
    context.fillStyle = app.phaseColour(sites.phase[row]);
    context.fill();
  }

  // A modelled place is a hatched search ring, its kind a hollow shape in the middle
  function drawRing(context, view, sites, row) {
    var x = view.x(sites.wx[row]);
    var y = view.y(sites.wy[row]);
    var colour = app.phaseColour(sites.phase[row]);
    var radius = Math.max(7, view.pixels(sites.radius_m[row] || 0, sites.wy[row]));
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.globalAlpha = 0.16;
    context.fillStyle = app.hatch(context, colour, true, view.scale);
    context.fill();
    context.globalAlpha = 0.55;
    context.setLineDash([4, 3]);
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    app.shapePath(context, sites.kind[row], x, y, pinRadius(view.zoom));
    context.fillStyle = 'rgba(252,251,248,.9)';
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 1.6;
    context.stroke();
  }

  app.drawProposed = function (context, view) {
    var sites = app.table('proposed');
    for (var row = sites.site_id.length - 1; row >= 0; row--) {
      if (!inView(view, sites.wx[row], sites.wy[row]) || !app.siteShown(row)) continue;
      if (view.divider !== null && view.x(sites.wx[row]) < view.divider) continue;
      if (isModelled(sites, row)) drawRing(context, view, sites, row); else drawPin(context, view, sites, row);
    }
  };

  app.drawVillages = function (context, view) {
    if (!app.shown('villages') || view.zoom < 12) return;
    var villages = app.table('villages');
    context.lineWidth = 1;
    context.strokeStyle = 'rgba(70,86,96,.7)';
    context.fillStyle = 'rgba(255,255,255,.9)';
    for (var row = 0; row < villages.code.length; row++) {
      if (!inView(view, villages.wx[row], villages.wy[row])) continue;
      context.beginPath();
      context.arc(view.x(villages.wx[row]), view.y(villages.wy[row]), view.zoom < 13.4 ? 2 : 2.8, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  };

  app.drawEdge = function (context, view) {
    if (!app.shown('edge')) return;
    var centres = app.table('edge');
    var half = view.zoom < 9.5 ? 3 : view.zoom < 11 ? 4.2 : 6.5;
    centres.edge_id.forEach(function (id, row) {
      var x = view.x(centres.wx[row]);
      var y = view.y(centres.wy[row]);
      var core = centres.role[row] === 'core';
      context.fillStyle = '#fff';
      context.fillRect(x - half - 1.2, y - half - 1.2, 2 * half + 2.4, 2 * half + 2.4);
      context.fillStyle = core ? '#fff' : app.COLOURS.edge;
      context.fillRect(x - half, y - half, 2 * half, 2 * half);
      context.strokeStyle = app.COLOURS.edge;
      context.lineWidth = 1.2;
      context.strokeRect(x - half, y - half, 2 * half, 2 * half);
      context.fillStyle = core ? app.COLOURS.edge : '#fff';
      context.fillRect(x - half * 0.6, y - half * 0.55, half * 1.2, half * 0.34);
      context.fillRect(x - half * 0.6, y + half * 0.2, half * 1.2, half * 0.34);
    });
  };

  function drawAnchor(context, x, y, size) {
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.fillStyle = '#fff';
    context.fill();
    context.strokeStyle = app.COLOURS.ports;
    context.lineWidth = 1.4;
    context.stroke();
    context.lineWidth = size / 4.4;
    context.beginPath();
    context.moveTo(x, y - size * 0.6);
    context.lineTo(x, y + size * 0.6);
    context.moveTo(x - size * 0.55, y + size * 0.1);
    context.quadraticCurveTo(x, y + size * 1.05, x + size * 0.55, y + size * 0.1);
    context.moveTo(x - size * 0.3, y - size * 0.28);
    context.lineTo(x + size * 0.3, y - size * 0.28);
    context.stroke();
  }

  function drawDiamond(context, x, y, size, colour) {
    context.beginPath();
    context.moveTo(x, y - size);
    context.lineTo(x + size, y);
    context.lineTo(x, y + size);
    context.lineTo(x - size, y);
    context.closePath();
    context.fillStyle = '#fff';
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 1.6;
    context.stroke();
  }

  function drawRoom(context, x, y, half) {
    context.fillStyle = '#fff';
    context.fillRect(x - half, y - half, 2 * half, 2 * half);
    context.strokeStyle = app.COLOURS.data_centres;
    context.lineWidth = 1.5;
    context.strokeRect(x - half, y - half, 2 * half, 2 * half);
  }

  app.drawPlaces = function (context, view) {
    var places = app.table('places');
    function each(name, draw) {
      if (!app.shown(name)) return;
      places[name].forEach(function (place) {
        if (place.wx !== undefined) draw(view.x(place.wx), view.y(place.wy));
      });
    }
    each('projects', function (x, y) { drawDiamond(context, x, y, view.zoom < 10 ? 4 : 6, app.COLOURS.projects); });
    each('data_centres', function (x, y) { drawRoom(context, x, y, view.zoom < 10 ? 3.5 : 6); });
    each('ports', function (x, y) { drawAnchor(context, x, y, view.zoom < 10 ? 4.2 : 7); });
  };
})(window.OneMap);
