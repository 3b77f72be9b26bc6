// Unpack the page's tables when they are first asked for, and put degrees on the Mercator square.
(function (app) {
  'use strict';

  var UNITS = 100000;
  var unpacked = {};
  var packed = null;

  app.worldX = function (lon) { return lon / 360 + 0.5; };
  app.worldY = function (lat) {
    var sine = Math.sin(lat * Math.PI / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  };
  app.lonOf = function (x) { return (x - 0.5) * 360; };
  app.latOf = function (y) { return Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI; };

  // Metres on the ground of one unit of the Mercator square, near a latitude
  app.metresPerWorld = function (y) {
    return 40075016.7 * Math.cos(app.latOf(y) * Math.PI / 180);
  };

  function json(id) { return JSON.parse(app.find('#' + id).textContent); }

  function summed(steps) {
    var total = 0;
    return steps.map(function (step) { total += step; return total / UNITS; });
  }

  function place(table) {
    table.lon = summed(table.x);
    table.lat = summed(table.y);
    table.wx = Float64Array.from(table.lon, app.worldX);
    table.wy = Float64Array.from(table.lat, app.worldY);
    return table;
  }

  function ring(steps) {
    var points = new Float64Array(steps.length);
    var x = 0;
    var y = 0;
    for (var i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      points[i] = app.worldX(x / UNITS);
      points[i + 1] = app.worldY(y / UNITS);
    }
    return points;
  }

  // A polygon is its rings and the box around them: west, north, east, south
  app.polygon = function (rings) {
    var box = [9, 9, -9, -9];
    var points = rings.map(ring);
    points.forEach(function (line) {
      for (var i = 0; i < line.length; i += 2) {
        box[0] = Math.min(box[0], line[i]);
        box[1] = Math.min(box[1], line[i + 1]);
        box[2] = Math.max(box[2], line[i]);
        box[3] = Math.max(box[3], line[i + 1]);
      }
    });
    return { rings: points, box: box };
  };

  // Even-odd rule, so holes and islands need no order
  app.inside = function (polygon, x, y) {
    var box = polygon.box;
    if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) return false;
    var within = false;
    polygon.rings.forEach(function (line) {
      for (var i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
        if ((line[i + 1] > y) === (line[j + 1] > y)) continue;
        var crossing = (line[j] - line[i]) * (y - line[i + 1]) / (line[j + 1] - line[i + 1]) + line[i];
        if (x < crossing) within = !within;
      }
    });
    return within;
  };

  function unpack(name) {
    var text = new TextDecoder('utf-8').decode(app.inflate(app.bytes(packed[name])));
    var table = JSON.parse(text);
    if (table && table.x) place(table);
    if (table && table.outline) table.polygons = table.outline.map(app.polygon);
    return table;
  }

  app.table = function (name) {
    if (!Object.prototype.hasOwnProperty.call(unpacked, name)) unpacked[name] = unpack(name);
    return unpacked[name];
  };

  app.readTables = function () {
    app.figures = json('figures');
    packed = json('blocks');
    var places = app.table('places');
    Object.keys(places).forEach(function (name) {
      places[name].forEach(function (entry) {
        if (entry.lon === undefined) return;
        entry.wx = app.worldX(entry.lon);
        entry.wy = app.worldY(entry.lat);
        if (entry.outline && entry.outline.length) entry.polygon = app.polygon(entry.outline);
      });
    });
  };

  app.name = function (table, row) {
    if (row < 0) return '';
    var english = table.name_en && table.name_en[row];
    return app.language === 'en' && english ? english : table.name[row];
  };
})(window.OneMap);
