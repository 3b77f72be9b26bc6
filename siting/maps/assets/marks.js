// Draw the marks: township quotas, existing sites, gaps, centres, ports, villages.
(function (app) {
  'use strict';

  var GAP_M = 90;

  function inView(view, x, y) {
    return x > view.west && x < view.east && y > view.north && y < view.south;
  }
  app.inView = inView;

  function isModelled(table, row) { return table.provenance[row] === 'modelled'; }
  app.isModelled = isModelled;

  // A test whether a recommended site is drawn now: its phase, layer, kind and what it rests on
  app.siteFilter = function () {
    var sites = app.table('proposed');
    var single = app.singleSites();
    var kinds = { macro: app.shown('macro'), micro: app.shown('micro'), indoor: app.shown('indoor') };
    var phases = app.phases().map(function (phase, at) { return at < app.state.phase && app.shown('phase' + (at + 1)); });
    return function (row) {
      return phases[sites.phase[row] - 1] && kinds[sites.kind[row]] && (single || sites.provenance[row] !== 'modelled');
    };
  };
  app.siteShown = function (row) { return Boolean(app.siteFilter()(row)); };

  app.existingFilter = function () {
    var sites = app.table('existing');
    var single = app.singleSites();
    var shown = app.shown('existing');
    return function (row) { return shown && (single || sites.provenance[row] !== 'modelled'); };
  };

  var largest = 0;
  function largestQuota() {
    if (!largest) app.townshipStations().forEach(function (phases) { largest = Math.max(largest, phases.reduce(add, 0)); });
    return largest;
  }

  // Radius of a township's circle: its area follows the stations
  app.quotaRadius = function (stations, zoom) {
    if (!stations) return 0;
    var top = zoom < 9 ? 12 : zoom < 10 ? 17 : zoom < 11.5 ? 26 : 36;
    return Math.max(1.6, top * Math.sqrt(stations / largestQuota()));
  };

  // A ring whose arcs are the phases' shares, so that a centre in the middle stays visible
  function drawQuota(context, x, y, phases, zoom) {
    var shown = phases.slice(0, app.state.phase);
    var total = shown.reduce(add, 0);
    if (!total) return;
    var radius = app.quotaRadius(total, zoom);
    var width = Math.max(1.6, radius * 0.42);
    context.lineCap = 'butt';
    context.beginPath();
    context.arc(x, y, radius - width / 2, 0, 2 * Math.PI);
    context.strokeStyle = 'rgba(255,255,255,.95)';
    context.lineWidth = width + 2.4;
    context.stroke();
    var start = -Math.PI / 2;
    shown.forEach(function (stations, at) {
      var end = start + 2 * Math.PI * stations / total;
      context.beginPath();
      context.arc(x, y, radius - width / 2, start, end);
      context.strokeStyle = app.phaseColour(at + 1);
      context.lineWidth = width;
      context.stroke();
      start = end;
    });
    context.lineCap = 'round';
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

  // Where people live whom no one serves indoors: before on the left of the divider, now right
  app.drawGaps = function (context, view) {
    var gaps = app.shown('gaps') ? app.table('gaps') : null;
    if (!gaps) return;
    context.fillStyle = app.COLOURS.gap;
    context.globalAlpha = view.zoom < 10 ? 0.8 : view.zoom < 12 ? 0.5 : 0.3;
    for (var row = 0; row < gaps.phase.length; row++) {
      if (!inView(view, gaps.wx[row], gaps.wy[row])) continue;
      var x = view.x(gaps.wx[row]);
      var phase = view.divider !== null && x < view.divider ? 0 : app.state.phase;
      if (gaps.phase[row] <= phase) continue;
      var size = Math.max(1.3, view.pixels(GAP_M, gaps.wy[row]));
      context.fillRect(x - size / 2, view.y(gaps.wy[row]) - size / 2, size, size);
    }
    context.globalAlpha = 1;
  };

  app.drawExisting = function (context, view) {
    var sites = app.table('existing');
    var size = view.zoom < 10.5 ? 1.2 : view.zoom < 12 ? 2 : view.zoom < 14 ? 4 : 6;
    var shown = app.existingFilter();
    for (var row = 0; row < sites.site_id.length; row++) {
      if (!inView(view, sites.wx[row], sites.wy[row]) || !shown(row)) continue;
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

  function drawRack(context, x, y, half, modelled) {
    context.fillStyle = '#fff';
    context.fillRect(x - half - 1.2, y - half - 1.2, 2 * half + 2.4, 2 * half + 2.4);
    if (!modelled) {
      context.fillStyle = app.COLOURS.edge;
      context.fillRect(x - half, y - half, 2 * half, 2 * half);
    }
    context.setLineDash(modelled ? [2, 1.6] : []);
    context.strokeStyle = app.COLOURS.edge;
    context.lineWidth = 1.3;
    context.strokeRect(x - half, y - half, 2 * half, 2 * half);
    context.setLineDash([]);
    context.fillStyle = modelled ? app.COLOURS.edge : '#fff';
    context.fillRect(x - half * 0.6, y - half * 0.55, half * 1.2, half * 0.34);
    context.fillRect(x - half * 0.6, y + half * 0.2, half * 1.2, half * 0.34);
  }

  // A modelled place is hollow and dashed, and shows the circle it may stand in
  app.drawEdge = function (context, view) {
    if (!app.shown('edge')) return;
    var centres = app.table('edge');
    var half = view.zoom < 9 ? 2.3 : view.zoom < 9.8 ? 3 : view.zoom < 11 ? 4 : 6;
    centres.edge_id.forEach(function (id, row) {
      if (centres.role[row] === 'core' || !centres.placed[row]) return;
      var x = view.x(centres.wx[row]);
      var y = view.y(centres.wy[row]);
      var modelled = centres.provenance[row] === 'modelled';
      if (modelled && view.zoom >= 12) {
        context.beginPath();
        context.arc(x, y, view.pixels(centres.location_radius_m[row] || 0, centres.wy[row]), 0, 2 * Math.PI);
        context.fillStyle = app.hatch(context, 'rgba(123,45,107,.3)', false, view.scale);
        context.fill();
      }
      drawRack(context, x, y, half, modelled);
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
