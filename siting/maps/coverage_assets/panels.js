// The panels beside the map: layers to choose from, the legend, the cursor, what it all rests on.
(function (app) {
  'use strict';

  function swatch(colour) {
    return '<svg width="20" height="14" aria-hidden="true"><rect x="0.5" y="0.5" width="19" height="13" fill="' + colour + '" stroke="#66757F" stroke-width="0.7"/></svg>';
  }

  function line() {
    return '<svg width="20" height="14" aria-hidden="true"><path d="M0 9c5-7 9 3 20-5" fill="none" stroke="#16242F" stroke-width="1.6"/></svg>';
  }

  function hollow() {
    return '<svg width="20" height="14" aria-hidden="true"><rect x="0.5" y="0.5" width="19" height="13" fill="#E6E8E5" stroke="#66757F" stroke-width="0.7" stroke-dasharray="2 2"/></svg>';
  }

  app.fillTree = function () {
    var groups = [];
    app.layers.forEach(function (layer, place) {
      var name = app.pair(layer.group);
      var group = groups.filter(function (each) { return each.name === name; })[0];
      if (!group) groups.push(group = { name: name, rows: [] });
      group.rows.push('<label class="layer choice"><input type="radio" name="layer" value="' + place + '"' +
        (place === app.state.layer ? ' checked' : '') + '><span>' + app.esc(app.pair(layer.title)) +
        '</span><em>' + app.esc(layer.unit) + '</em></label>');
    });
    app.find('#tree').innerHTML = groups.map(function (group) {
      return '<div class="group"><h3>' + app.esc(group.name) + '</h3>' + group.rows.join('') + '</div>';
    }).join('');
  };

  function row(mark, text, share) {
    return '<div class="legend-row classed" data-class>' + mark + '<span>' + app.esc(text) + '</span><small>' +
      (share === null ? '' : app.share(share, 1)) + '</small></div>';
  }

  app.fillLegend = function () {
    var layer = app.layer();
    var rows = [];
    if (layer.ids) {
      rows.push('<p class="note">' + app.number(layer.servers) + ' ' + app.words('servers') + '</p>');
      rows.push('<div class="server-key">' + layer.colours.map(function (c, i) { return swatch(app.colourOf(layer, i)); }).join('') + '</div>');
      rows.push(row(line(), app.words('border'), null));
    } else {
      for (var i = layer.labels.length - 1; i >= 0; i--) rows.push(row(swatch(app.colourOf(layer, i)), layer.labels[i], layer.shares[i]));
      if (layer.threshold_words && app.state.contour) rows.push(row(line(), app.pair(layer.threshold_words), null));
    }
    rows.push(row(hollow(), app.words('noValue'), null));
    var note = app.pair(layer.note);
    app.find('#legend').innerHTML = '<h2>' + app.words('legend') + '　' + app.esc(app.pair(layer.title)) +
      (layer.unit ? '（' + app.esc(layer.unit) + '）' : '') + '</h2>' + rows.join('') +
      '<p class="note">' + app.esc(note) + (layer.ids ? '' : (note ? '<br>' : '') + '% ' + app.words('share')) + '</p>';
  };

  app.fillCursor = function (latlng) {
    var rows = [];
    if (latlng) {
      var cell = app.cellAt(latlng);
      app.layers.forEach(function (layer, place) {
        if (app.pair(layer.group) !== app.pair(app.layer().group) && place !== app.state.layer && app.layers.length > 12) return;
        var found = app.valueIn(layer, cell);
        var verdict = found.reached === null || found.reached === undefined ? '' : app.words(found.reached ? 'reached' : 'missed');
        rows.push('<div class="reading' + (place === app.state.layer ? ' now' : '') + '" data-reading="' + app.esc(layer.id) + '"><i style="background:' + (found.colour || 'transparent') + '"></i><span>' +
          app.esc(app.pair(layer.title)) + '<small>' + app.esc(app.pair(layer.group)) + '</small></span><b>' + app.esc(found.text) + '<small>' + verdict + '</small></b></div>');
      });
    }
    var where = latlng ? latlng.lng.toFixed(5) + '°E  ' + latlng.lat.toFixed(5) + '°N' : '';
    app.find('#cursor').innerHTML = '<div class="panel-head"><h2>' + app.words('here') + '</h2><span class="where">' + where + '</span></div>' +
      (rows.length ? rows.join('') : '<p class="note">' + app.words('pointAt') + '</p>');
  };

  app.fillFacts = function () {
    var layer = app.layer();
    var rows = layer.facts.map(function (fact) { return [app.say(fact[0], fact[1]), fact[2]]; });
    if (layer.range) rows.push([app.words('range'), app.signed(layer.range[0]) + ' / ' + app.signed(layer.range[1]) + ' ' + layer.unit]);
    var middle = app.gridBounds().getCenter().lat;
    var ground = app.grid.cell * Math.cos(middle * Math.PI / 180);
    rows.push([app.words('cell'), app.number(ground, ground < 20 ? 1 : 0) + ' m']);
    var many = layer.cells_in_one;
    var mean = many > 2 ? app.say('约 ' + app.number(many, 0) + ' 个栅格的' + (layer.ids ? '众数' : '均值'), (layer.ids ? 'mode' : 'mean') + ' of about ' + app.number(many, 0) + ' cells') : app.words('asItIs');
    rows.push([app.words('mean'), mean]);
    app.find('#facts').innerHTML = '<div class="panel-head"><h2>' + app.words('about') + '</h2></div><p class="note strong">' + app.esc(app.pair(layer.modelled)) + '</p><dl>' +
      rows.map(function (each) { return '<dt>' + app.esc(each[0]) + '</dt><dd>' + app.esc(each[1]) + '</dd>'; }).join('') + '</dl>';
  };

  app.fillWords = function () {
    app.find('#title').textContent = app.title || app.words('title');
    ['subtitle', 'contour', 'contrast', 'print'].forEach(function (key) {
      app.find(key === 'subtitle' ? '#subtitle' : '#' + key + '-button').textContent = app.words(key);
    });
    app.find('#layers-head').textContent = app.words('layers');
    var layer = app.layer();
    app.find('#caption').innerHTML = '<b>' + app.esc(app.pair(layer.title)) + '</b><span>' + app.esc(app.pair(layer.group)) + '</span>';
    app.find('#foot').innerHTML = '<span class="facts">WGS 84 / Web Mercator　·　' + app.esc(app.pair(layer.modelled)) + '</span>';
  };
})(window.OneMap);
