// What lies under the pointer: a mark first, then the area.
(function (app) {
  'use strict';

  function nearest(table, x, y, reach, shown) {
    var best = -1;
    var distance = reach;
    for (var row = 0; row < table.wx.length; row++) {
      var dx = table.wx[row] - x;
      var dy = table.wy[row] - y;
      if (dx > distance || dx < -distance || dy > distance || dy < -distance) continue;
      var away = Math.sqrt(dx * dx + dy * dy);
      if (away < distance && shown(row)) {
        distance = away;
        best = row;
      }
    }
    return best;
  }

  function placeAt(x, y, reach) {
    var places = app.table('places');
    var names = ['ports', 'data_centres', 'projects', 'parks', 'protected'];
    for (var i = 0; i < names.length; i++) {
      if (!app.shown(names[i])) continue;
      var rows = places[names[i]];
      for (var row = 0; row < rows.length; row++) {
        if (rows[row].wx !== undefined && Math.hypot(rows[row].wx - x, rows[row].wy - y) < reach) {
          return { table: 'places', layer: names[i], row: row };
        }
      }
    }
    return null;
  }

  app.markAt = function (point, pixels) {
    var x = app.worldX(point.lng);
    var y = app.worldY(point.lat);
    var reach = pixels / (256 * Math.pow(2, app.map.getZoom()));
    var row = app.shown('edge') ? nearest(app.table('edge'), x, y, reach, function () { return true; }) : -1;
    if (row >= 0) return { table: 'edge', row: row };
    var place = placeAt(x, y, reach);
    if (place) return place;
    row = nearest(app.table('proposed'), x, y, reach, app.siteFilter());
    if (row >= 0) return { table: 'proposed', row: row };
    if (app.map.getZoom() < 11) return null;
    row = nearest(app.table('existing'), x, y, reach, app.existingFilter());
    if (row >= 0) return { table: 'existing', row: row };
    row = app.shown('villages') && app.map.getZoom() >= 12 ? nearest(app.table('villages'), x, y, reach, function () { return true; }) : -1;
    return row >= 0 ? { table: 'villages', row: row } : null;
  };

  app.areaAt = function (point) {
    var x = app.worldX(point.lng);
    var y = app.worldY(point.lat);
    var names = app.map.getZoom() >= 8.8 ? ['townships', 'counties'] : ['counties'];
    for (var i = 0; i < names.length; i++) {
      var polygons = app.table(names[i]).polygons;
      for (var row = 0; row < polygons.length; row++) {
        if (app.inside(polygons[row], x, y)) return { table: names[i], row: row };
      }
    }
    return null;
  };

  function siteTip(table, row) {
    var modelled = table.provenance[row] === 'modelled' ? ' · ' + app.word('modelledMark') : '';
    return table.site_id[row] + ' · ' + app.kind(table.kind[row]) + modelled;
  }

  // One line for the pointer; everything in it is also on the card
  app.tipOf = function (found) {
    var table = app.table(found.table);
    if (found.table === 'proposed' || found.table === 'existing') return siteTip(table, found.row);
    if (found.table === 'places') {
      var place = table[found.layer][found.row];
      return app.say(place.name, place.name_en || place.name);
    }
    if (found.table === 'edge') return table.name[found.row] || table.edge_id[found.row];
    return app.name(table, found.row);
  };
})(window.OneMap);
