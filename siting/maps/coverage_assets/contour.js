// The line of the threshold between cell centres: marching squares; none where a value is missing.
(function (app) {
  'use strict';

  var lines = {};

  function crossing(one, other, level) {
    return one === other ? 0.5 : (level - one) / (other - one);
  }

  function segments(layer) {
    var indexes = app.indexes(layer);
    var middles = app.middles(layer);
    var width = app.grid.width;
    var level = layer.threshold;
    var least = layer.bins.indexOf(level) + 2;
    var found = [];
    for (var row = 0; row + 1 < app.grid.height; row++) {
      for (var column = 0; column + 1 < width; column++) {
        var at = row * width + column;
        var corner = [indexes[at], indexes[at + 1], indexes[at + width + 1], indexes[at + width]];
        var form = 0;
        for (var k = 0; k < 4; k++) if (corner[k] >= least) form |= 1 << k;
        if (form === 0 || form === 15 || corner.indexOf(0) >= 0) continue;
        add(found, form, column + 0.5, row + 0.5, corner.map(function (i) { return middles[i]; }), level);
      }
    }
    return found;
  }

  // Sides: 0 top, 1 right, 2 bottom, 3 left; which two sides the line joins, by the corners inside
  var JOINS = { 1: [3, 0], 2: [0, 1], 3: [3, 1], 4: [1, 2], 6: [0, 2], 7: [3, 2], 8: [2, 3], 9: [2, 0], 11: [2, 1], 12: [1, 3], 13: [1, 0], 14: [0, 3] };

  function add(found, form, x, y, v, level) {
    var sides = form === 5 ? [3, 0, 1, 2] : form === 10 ? [0, 1, 2, 3] : JOINS[form];
    function place(side) {
      if (side === 0) return [x + crossing(v[0], v[1], level), y];
      if (side === 1) return [x + 1, y + crossing(v[1], v[2], level)];
      if (side === 2) return [x + crossing(v[3], v[2], level), y + 1];
      return [x, y + crossing(v[0], v[3], level)];
    }
    for (var i = 0; i < sides.length; i += 2) found.push([place(sides[i]), place(sides[i + 1])]);
  }

  // Segments end to end make fewer, longer lines
  function joined(found) {
    var starts = {};
    function key(point) { return point[0].toFixed(3) + ' ' + point[1].toFixed(3); }
    found.forEach(function (each, i) { (starts[key(each[0])] = starts[key(each[0])] || []).push(i); });
    var used = new Uint8Array(found.length);
    var chains = [];
    function follow(first) {
      var chain = [found[first][0], found[first][1]];
      used[first] = 1;
      for (;;) {
        var next = (starts[key(chain[chain.length - 1])] || []).filter(function (i) { return !used[i]; })[0];
        if (next === undefined) return chain;
        used[next] = 1;
        chain.push(found[next][1]);
      }
    }
    var ends = {};
    found.forEach(function (each) { ends[key(each[1])] = true; });
    found.forEach(function (each, i) { if (!used[i] && !ends[key(each[0])]) chains.push(follow(i)); });
    found.forEach(function (each, i) { if (!used[i]) chains.push(follow(i)); });
    return chains;
  }

  // Lines of the threshold as (column, row) on the grid, cell centres at halves
  app.thresholdLines = function (layer) {
    if (layer.threshold === null || layer.ids) return [];
    if (!lines[layer.id]) lines[layer.id] = joined(segments(layer));
    return lines[layer.id];
  };
})(window.OneMap);
