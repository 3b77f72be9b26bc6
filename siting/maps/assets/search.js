// Search by name, code, pinyin initials or pinyin: counties, townships, villages, places, sites.
(function (app) {
  'use strict';

  var MOST = 14;
  var results = [];
  var active = -1;

  function score(query, name, others) {
    if (name === query) return 0;
    if (name.indexOf(query) === 0) return 1;
    for (var i = 0; i < others.length; i++) {
      if (!others[i]) continue;
      if (others[i] === query) return 2;
      if (others[i].indexOf(query) === 0) return 3;
    }
    return name.indexOf(query) > 0 ? 4 : -1;
  }

  function collect(found, query, kind, order, table, keys, entry) {
    var total = table.name.length;
    for (var row = 0; row < total; row++) {
      var others = keys.map(function (key) { return table[key] ? String(table[key][row]).toLowerCase() : ''; });
      var rank = score(query, String(table.name[row]).toLowerCase(), others);
      if (rank >= 0) found.push({ rank: rank * 10 + order, kind: kind, name: app.name(table, row), code: table.code[row], at: entry(row) });
    }
  }

  function collectSites(found, query, name, kind, order) {
    var ids = app.table(name).site_id;
    for (var row = 0, count = 0; row < ids.length && count < MOST; row++) {
      if (ids[row].toLowerCase().indexOf(query) < 0) continue;
      count += 1;
      found.push({ rank: (ids[row].toLowerCase() === query ? 0 : 30) + order, kind: kind, name: ids[row], code: '', at: { table: name, row: row } });
    }
  }

  function collectPlaces(found, query) {
    var places = app.table('places');
    Object.keys(places).forEach(function (layer) {
      places[layer].forEach(function (place, row) {
        var rank = score(query, String(place.name).toLowerCase(), [String(place.name_en || '').toLowerCase(), place.initials, String(place.id).toLowerCase()]);
        if (rank < 0) return;
        var line = app.layer(layer);
        found.push({ rank: rank * 10 + 4, kind: line ? app.say(line.zh, line.en) : layer, name: app.say(place.name, place.name_en || place.name), code: place.id, at: { table: 'places', layer: layer, row: row } });
      });
    });
  }

  function collectEdge(found, query) {
    var centres = app.table('edge');
    centres.edge_id.forEach(function (id, row) {
      if ((id + ' ' + (centres.name[row] || '')).toLowerCase().indexOf(query) < 0) return;
      found.push({ rank: 35, kind: app.say('边缘', 'Edge'), name: centres.name[row] || id, code: id, at: { table: 'edge', row: row } });
    });
  }

  app.search = function (text) {
    var query = text.trim().toLowerCase();
    var found = [];
    if (query) {
      collect(found, query, app.say('区县', 'County'), 0, app.table('counties'), ['name_en', 'initials', 'pinyin', 'code'], function (row) { return { table: 'counties', row: row }; });
      collect(found, query, app.say('乡镇', 'Township'), 1, app.table('townships'), ['name_en', 'initials', 'pinyin', 'code'], function (row) { return { table: 'townships', row: row }; });
      if (query.length > 1) collect(found, query, app.say('村', 'Village'), 2, app.table('villages'), ['initials', 'code'], function (row) { return { table: 'villages', row: row }; });
      if (query.length > 1) collectSites(found, query, 'proposed', app.say('站址', 'Site'), 5);
      if (query.length > 2) collectSites(found, query, 'existing', app.say('现有', 'Existing'), 6);
      collectPlaces(found, query);
      collectEdge(found, query);
    }
    results = found.map(function (entry, at) { entry.order = at; return entry; })
      .sort(function (a, b) { return a.rank - b.rank || a.order - b.order; }).slice(0, MOST);
    active = results.length ? 0 : -1;
    show(query);
  };

  function show(query) {
    var list = app.find('#found');
    list.innerHTML = results.map(function (entry, at) {
      return '<li role="option" id="found-' + at + '" data-found="' + at + '" aria-selected="' + (at === active) + '"><small>' + app.esc(entry.kind) + '</small><span>' +
        app.esc(entry.name) + '</span><small>' + app.esc(entry.code) + '</small></li>';
    }).join('') || (query ? '<li class="nothing"><small></small><span>' + app.say('没有结果', 'No result') + '</span></li>' : '');
    list.hidden = !list.innerHTML;
    app.find('#query').setAttribute('aria-expanded', !list.hidden);
    app.find('#query').setAttribute('aria-activedescendant', active >= 0 ? 'found-' + active : '');
  }

  app.hideSearch = function () {
    app.find('#found').hidden = true;
    app.find('#query').setAttribute('aria-expanded', false);
  };

  app.moveSearch = function (step) {
    if (!results.length) return;
    active = (active + step + results.length) % results.length;
    show(app.find('#query').value);
    var row = document.getElementById('found-' + active);
    if (row) row.scrollIntoView({ block: 'nearest' });
  };

  app.pickFound = function (at) {
    var entry = results[at === undefined ? active : at];
    if (!entry) return;
    app.find('#query').value = '';
    results = [];
    show('');
    app.find('#query').blur();
    app.open(entry.at, true);
  };
})(window.OneMap);
