// The layer tree and the legend, which shows what is on the map at this zoom and phase.
(function (app) {
  'use strict';

  function line(layer) {
    var note = layer.from_zoom ? app.say(layer.from_zoom + ' 级起', 'z ≥ ' + layer.from_zoom) : '';
    var count = typeof layer.count === 'number' ? app.number(layer.count) : '';
    var input = '<input type="checkbox" data-layer="' + app.esc(layer.id) + '"' + (app.shown(layer.id) ? ' checked' : '') + '>';
    return '<label class="layer">' + input + app.symbol(layer.id) + '<span>' + app.esc(app.say(layer.zh, layer.en)) +
      (note ? ' <small>' + note + '</small>' : '') + '</span><em>' + count + '</em></label>';
  }

  app.drawTree = function () {
    app.find('#tree').innerHTML = Object.keys(app.groups).map(function (group) {
      var lines = app.layers.filter(function (layer) { return layer.group === group; });
      if (!lines.length) return '';
      var title = app.esc(app.say(app.groups[group][0], app.groups[group][1]));
      return '<div class="group" role="group" aria-label="' + title + '"><h3>' + title + '</h3>' + lines.map(line).join('') + '</div>';
    }).join('');
  };

  function row(symbol, text, note) {
    return '<div class="legend-row">' + symbol + '<span>' + app.esc(text) + (note ? ' <small>' + app.esc(note) + '</small>' : '') + '</span></div>';
  }

  function coverageRows() {
    if (!app.coverage || !app.shown('coverage')) return '';
    return row(app.symbol('good'), app.say('良好', 'Good'), 'RSRP ≥ −95 dBm') +
      row(app.symbol('basic'), app.say('达标', 'Basic'), 'RSRP ≥ −105 dBm');
  }

  function gapRow() {
    return app.shown('gaps') ? row(app.symbol('gaps'), app.say('室内未覆盖的居民点', 'People not covered indoors'), app.stageName(app.state.phase)) : '';
  }

  function quotaRows() {
    if (!app.shown('quotas') || app.singleSites() || app.state.phase === 0) return '';
    var arcs = app.phases().slice(0, app.state.phase).map(function (phase, at) { return app.symbol('phase' + (at + 1)) + app.esc(phase.name); }).join(' ');
    return row(app.symbol('quotas'), app.say('乡镇配额：圆环大小＝站数', 'Township quota: size = stations'), '') +
      '<div class="legend-arcs">' + arcs + '<small>' + app.say('自顶端顺时针', 'clockwise from the top') + '</small></div>';
  }

  // Kind by phase; hollow in a ring where the place is modelled
  function kindRows() {
    if (app.state.phase === 0) return '';
    var modelled = Boolean(app.layer('quotas'));
    if (modelled && !app.singleSites()) return '';
    var phases = app.phases().slice(0, app.state.phase).map(function (phase, i) { return i + 1; });
    var head = '<div class="legend-kinds head"><span>' + app.say('推荐站址', 'Recommended') + '</span>' +
      phases.map(function (phase) { return '<b>' + app.esc(app.stageName(phase)) + '</b>'; }).join('') + '</div>';
    var rows = ['macro', 'micro', 'indoor'].map(function (kind) {
      return '<div class="legend-kinds"><span>' + app.kind(kind) + '</span>' +
        phases.map(function (phase) { return '<i>' + app.kindSymbol(kind, phase, modelled) + '</i>'; }).join('') + '</div>';
    }).join('');
    var ring = modelled ? row(app.symbol('ring'), app.say('搜索圈（示意）', 'Search ring (modelled)'), app.say('半径＝位置不确定', 'radius = how uncertain')) : '';
    return head + rows + ring;
  }

  function existingRow() {
    if (!app.shown('existing')) return '';
    var hollow = app.table('existing').provenance.indexOf('modelled') >= 0;
    if (hollow && !app.singleSites()) return '';
    return row(app.symbol(hollow ? 'existingModelled' : 'existing'), app.say('现有站址', 'Existing site'), hollow ? app.word('modelledMark') : '');
  }

  function otherRows() {
    var zoom = app.map.getZoom();
    return app.layers.filter(function (layer) {
      var plain = layer.group === 'edge' || layer.group === 'priorities' || /^(counties|townships|villages)$/.test(layer.id);
      return plain && app.shown(layer.id) && zoom >= layer.from_zoom;
    }).map(function (layer) {
      var note = layer.id === 'villages' ? app.word('modelledMark') : '';
      var extra = layer.id === 'edge' && app.table('edge').provenance.indexOf('modelled') >= 0 ?
        row(app.symbol('edgeModelled'), app.say(layer.zh, layer.en), app.word('modelledMark')) : '';
      return row(app.symbol(layer.id), app.say(layer.zh, layer.en), note) + extra;
    }).join('');
  }

  function excludedRow() {
    var counties = app.table('counties');
    return counties.counted.map(function (counted, at) {
      return counted === false ? row(app.symbol('uncounted'), app.name(counties, at), app.say('只展示，不计入统计', 'shown, not counted')) : '';
    }).join('');
  }

  app.legendRows = function () {
    return quotaRows() + kindRows() + existingRow() + coverageRows() + gapRow() + otherRows() + excludedRow();
  };

  app.drawLegend = function () {
    var note = app.layer('quotas') && !app.singleSites() ?
      '<p class="note">' + app.say('位置依据示意数据：先看乡镇配额，放大到 ' + app.sitesFromZoom + ' 级显示示意搜索圈。', 'Places rest on modelled data: quotas first, search rings from zoom ' + app.sitesFromZoom + '.') + '</p>' : '';
    app.drawCaution();
    app.find('#legend').innerHTML = '<h2>' + app.word('legend') + '</h2>' + app.legendRows() + note;
  };

  function reach(radii) {
    var known = radii.filter(function (radius) { return typeof radius === 'number'; });
    if (!known.length) return '';
    var ends = [Math.min.apply(null, known), Math.max.apply(null, known)].map(function (end) { return app.number(end); });
    return app.say(' · 半径 ', ' · radius ') + (ends[0] === ends[1] ? ends[0] : ends.join('–')) + ' m';
  }

  // Where single modelled sites are drawn, the map itself says what they are
  app.drawCaution = function () {
    var box = app.find('#caution');
    box.hidden = !(app.layer('quotas') && app.singleSites() && app.state.phase > 0);
    if (!box.hidden) box.textContent = app.say('示意：搜索圈，不是点位', 'Modelled: search rings, not pins') + reach(app.table('proposed').radius_m);
  };

  app.drawPhases = function () {
    var stages = [0].concat(app.phases().map(function (phase, i) { return i + 1; }));
    app.find('#steps').innerHTML = '<i class="rail"><u style="width:' + (stages.length > 1 ? 100 * app.state.phase / (stages.length - 1) : 0) + '%"></u></i>' +
      stages.map(function (stage) {
        var total = app.standing(stage);
        return '<button type="button" data-phase="' + stage + '" aria-pressed="' + (stage === app.state.phase) + '" class="' + (stage <= app.state.phase ? 'passed' : '') + '"><s></s><b>' +
          app.esc(app.stageName(stage)) + '</b><em data-count="stations">' + app.number(total.stations) + ' ' + app.say('站', 'st.') + '</em><em data-count="sites">' +
          app.number(total.sites) + ' ' + app.say('址', 'sites') + '</em>' +
          (total.unplaced ? '<em class="unplaced">' + app.say('含未落址 ', 'unplaced ') + app.number(total.unplaced) + '</em>' : '') + '</button>';
      }).join('');
    app.find('#steps').style.gridTemplateColumns = 'repeat(' + stages.length + ', minmax(70px, 88px))';
    var swipe = app.find('[data-do="swipe"]');
    swipe.setAttribute('aria-pressed', app.state.swipe);
    swipe.disabled = !app.coverage;
  };
})(window.OneMap);
