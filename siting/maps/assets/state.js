// What the page shows now: phase, layers, selection; and the counts that follow from it.
(function (app) {
  'use strict';

  var state = { phase: 0, selected: null, hovered: null, swipe: false, swipeAt: 0.5, contrast: false };
  var listeners = [];
  app.state = state;

  app.onChange = function (listener) { listeners.push(listener); };
  app.changed = function () { listeners.forEach(function (listener) { listener(); }); };

  app.narrow = function () { return window.innerWidth <= 760; };

  app.phases = function () { return app.figures.phases || []; };
  app.stageName = function (phase) {
    return phase === 0 ? app.word('before') : String(app.phases()[phase - 1].name);
  };

  // Stations (with the quota that found no place, as in the counties' figures) and sites after a
  // phase; null where the plan does not say
  app.standing = function (phase) {
    var total = { stations: app.figures.stations_before, sites: app.figures.sites_before, unplaced: 0 };
    app.phases().slice(0, phase).forEach(function (entry) {
      total.stations = added(total.stations, added(entry.stations, entry.stations_unplaced || 0));
      // a co-located site adds stations to a place that is already counted
      total.sites = added(total.sites, entry.sites_new === undefined ? entry.sites : entry.sites_new);
      total.unplaced += entry.stations_unplaced || 0;
    });
    return total;
  };

  function added(total, more) {
    return typeof total === 'number' && typeof more === 'number' ? total + more : null;
  }

  app.shown = function (id) {
    var group = app.featureGroups[id];
    return Boolean(group && app.map.hasLayer(group));
  };

  app.show = function (id, visible) {
    var group = app.featureGroups[id];
    if (!group) return;
    if (visible) group.addTo(app.map); else group.remove();
  };

  app.layer = function (id) {
    return app.layers.filter(function (layer) { return layer.id === id; })[0] || null;
  };

  // Modelled places are quotas first; as single sites they appear from this zoom on
  app.singleSites = function () { return app.map.getZoom() >= app.sitesFromZoom; };

  app.modelled = function () { return app.figures.modelled_share !== 0; };

  app.setPhase = function (phase) {
    state.phase = Math.max(0, Math.min(app.phases().length, phase));
    if (state.phase === 0 && state.swipe) state.swipe = false;
    app.changed();
  };

  app.setSwipe = function (on) {
    state.swipe = on;
    if (on && state.phase === 0) state.phase = app.phases().length;
    app.changed();
  };

  app.select = function (selected) {
    state.selected = selected;
    app.changed();
  };

  // Quotas of one township or county: {stations, sites, unplaced, rows}, up to the phase shown
  app.quotasOf = function (key, code) {
    var rows = (app.table('quotas') || []).filter(function (row) { return String(row[key]) === String(code); });
    return rows;
  };

  var sums = {};
  // Stations of every township, one entry per phase, summed once
  app.townshipStations = function () {
    if (sums.townships) return sums.townships;
    var position = {};
    app.table('townships').code.forEach(function (code, row) { position[code] = row; });
    var names = app.phases().map(function (phase) { return String(phase.name); });
    var table = app.table('townships').code.map(function () { return names.map(function () { return 0; }); });
    (app.table('quotas') || []).forEach(function (row) {
      var at = position[row.township_code];
      var phase = names.indexOf(String(row.phase));
      if (at !== undefined && phase >= 0 && row.placed !== false) table[at][phase] += row.stations;
    });
    sums.townships = table;
    return table;
  };
})(window.OneMap);
