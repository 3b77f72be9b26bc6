// Start the page: words, events, and what follows when something changes.
(function (app) {
  'use strict';

  var booted = false;

  app.title = function () {
    var scenario = app.figures.scenario || {};
    return app.say(scenario.title_zh || '一张图', scenario.title_en || scenario.title_zh || 'One map');
  };

  function spellWords() {
    document.documentElement.lang = app.language === 'en' ? 'en' : 'zh-CN';
    document.title = app.title();
    app.find('#title').textContent = app.title();
    app.find('#title').setAttribute('data-short', app.say('一张图', 'One map'));
    app.each('[data-say]', function (element) { element.textContent = app.word(element.getAttribute('data-say')); });
    app.each('[data-label]', function (element) { element.setAttribute('aria-label', app.word(element.getAttribute('data-label'))); });
    app.each('[data-placeholder]', function (element) { element.placeholder = app.word(app.narrow() ? 'searchShort' : element.getAttribute('data-placeholder')); });
    app.each('[data-language]', function (button) { button.setAttribute('aria-pressed', button.getAttribute('data-language') === app.language); });
    app.map.getContainer().setAttribute('aria-label', app.word('mapHint'));
    app.find('#draft').textContent = app.modelled() ? app.say('草案 · 示意数据', 'DRAFT · modelled data') : app.say('草案', 'DRAFT');
  }

  function footInputs() {
    return (app.figures.inputs || []).map(function (input) {
      return '<span title="' + app.esc([input.file, input.source, input.crs, input.datum].filter(app.known).join(' · ')) + '">' + app.esc(input.layer) + ' <code>' +
        app.esc(String(input.sha256 || '').slice(0, 8)) + '</code> ' + app.esc(input.vintage || '') + '</span>';
    }).join('');
  }

  function drawFoot() {
    var figures = app.figures;
    var scenario = figures.scenario || {};
    var gaps = app.phases().map(function (phase) { return app.esc(phase.name) + ' ' + app.gap(phase.gap); }).join('，');
    app.find('#foot').innerHTML = '<div class="facts"><b>' + app.say('建模占比 ', 'Modelled share ') + app.share(figures.modelled_share, figures.modelled_share % 1 === 0 ? 0 : 1) + '</b>' +
      '<span>' + app.say('情景 ', 'Scenario ') + app.esc(scenario.name || '') + '</span><span>' + app.say('种子 ', 'Seed ') + app.esc(app.known(scenario.seed) ? scenario.seed : '') + '</span>' +
      '<span>' + app.say('版本 ', 'Version ') + app.esc(figures.version || '') + '</span><span>' + app.say('差距 ', 'Gap ') + (gaps || app.word('notComputed')) + '</span>' +
      '<span>' + app.say('坐标 CGCS2000（EPSG:4490），显示 EPSG:3857', 'CRS CGCS2000 (EPSG:4490), shown EPSG:3857') + '</span>' +
      '<span class="inputs">' + app.say('输入 ', 'Inputs ') + footInputs() + '</span></div><div class="approval">' + app.say('审图号：<b>〔待审，未取得〕</b>', 'Map approval no.: <b>[pending]</b>') + '</div>';
  }

  function drawSwipe() {
    var divider = app.find('#swipe');
    divider.hidden = !app.state.swipe;
    divider.style.left = app.state.swipeAt * 100 + '%';
    divider.setAttribute('aria-valuenow', Math.round(app.state.swipeAt * 100));
    app.find('#swipe-right').textContent = app.stageName(app.state.phase);
  }

  function update() {
    app.drawPhases();
    app.drawLegend();
    app.drawCard();
    drawSwipe();
    app.updateCoverage();
    app.redraw();
    app.writeLink();
  }

  function spell() {
    spellWords();
    drawFoot();
    app.drawTree();
    app.drawBoard();
    app.drawProof();
    app.refillDrawer();
    update();
  }

  app.setLanguage = function (language) {
    app.language = language;
    spell();
  };

  function setContrast(on) {
    app.state.contrast = on;
    document.body.classList[on ? 'add' : 'remove']('contrast');
    app.find('[data-do="contrast"]').setAttribute('aria-pressed', on);
    update();
  }

  app.home = function () {
    var counties = app.table('counties');
    var box = [9, 9, -9, -9];
    counties.polygons.forEach(function (polygon) {
      box = [Math.min(box[0], polygon.box[0]), Math.min(box[1], polygon.box[1]), Math.max(box[2], polygon.box[2]), Math.max(box[3], polygon.box[3])];
    });
    var corners = [[app.latOf(box[3]), app.lonOf(box[0])], [app.latOf(box[1]), app.lonOf(box[2])]];
    app.map.fitBounds(corners, { animate: false, paddingTopLeft: [8, app.paperScale ? 8 : 84], paddingBottomRight: [8, 14] });
  };

  function centreOf(selected) {
    var table = app.table(selected.table);
    var place = selected.table === 'places' ? table[selected.layer][selected.row] : { lon: table.lon[selected.row], lat: table.lat[selected.row] };
    return place.lon === undefined ? null : [place.lat, place.lon];
  }

  // Select something and, when it was not found by pointing at it, go there
  app.open = function (selected, travel) {
    var table = app.table(selected.table);
    if (selected.table === 'proposed' && table.phase[selected.row] > app.state.phase) app.state.phase = table.phase[selected.row];
    app.select(selected);
    app.openTab('right');
    var centre = travel ? centreOf(selected) : null;
    if (!centre) return;
    var polygon = table.polygons && table.polygons[selected.row];
    if (polygon && polygon.rings.length) {
      app.map.fitBounds([[app.latOf(polygon.box[3]), app.lonOf(polygon.box[0])], [app.latOf(polygon.box[1]), app.lonOf(polygon.box[2])]], { animate: false, padding: [40, 90], maxZoom: 13.2 });
    } else {
      app.map.setView(centre, Math.max(app.map.getZoom(), selected.table === 'places' || selected.table === 'edge' ? 12 : 14), { animate: false });
    }
  };

  app.openTab = function (name) {
    if (!app.narrow()) return;
    ['left', 'right'].forEach(function (id) { app.find('#' + id).classList.remove('open', 'levels-only'); });
    app.each('[data-tab]', function (button) {
      var chosen = button.getAttribute('data-tab') === name && button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', chosen);
    });
    if (!name) return;
    var panel = app.find(name === 'left' ? '#left' : '#right');
    panel.classList.add('open');
    if (name === 'proof') panel.classList.add('levels-only');
  };

  var ACTIONS = {
    'copy-link': function () {
      var text = location.href.split('#')[0] + app.linkText();
      function done() { app.toast(app.say('链接已复制', 'Link copied')); }
      function shown() { app.toast(app.say('链接见地址栏', 'The link is in the address bar')); }
      if (navigator.clipboard && navigator.clipboard.writeText) navigator.clipboard.writeText(text).then(done, shown); else shown();
    },
    print: function () { app.print(); },
    contrast: function () { setContrast(!app.state.contrast); },
    swipe: function () { app.setSwipe(!app.state.swipe); },
    reset: function () {
      app.layers.forEach(function (layer) { app.show(layer.id, layer.shown); });
      app.state.phase = app.phases().length;
      app.state.selected = null;
      app.home();
      spell();
    },
    ledger: function () { app.openDrawer(); },
    'close-drawer': function () { app.closeDrawer(); },
    'close-card': function () { app.select(null); app.openTab(null); }
  };

  function clicked(event) {
    var element = event.target.closest ? event.target.closest('button, li, #veil') : null;
    if (!element) return;
    function attribute(name) { return element.getAttribute('data-' + name); }
    if (element.id === 'veil') app.closeDrawer();
    else if (attribute('do')) ACTIONS[attribute('do')]();
    else if (attribute('language')) app.setLanguage(attribute('language'));
    else if (attribute('phase')) app.setPhase(+attribute('phase'));
    else if (attribute('target')) app.openDrawer(attribute('target'));
    else if (attribute('filter')) app.filterTargets(attribute('filter'));
    else if (attribute('found')) app.pickFound(+attribute('found'));
    else if (attribute('tab')) toggleTab(element);
  }

  function toggleTab(button) {
    var pressed = button.getAttribute('aria-pressed') === 'true';
    if (pressed) { app.openTab(null); return; }
    if (app.state.selected) app.select(null);
    app.openTab(button.getAttribute('data-tab'));
  }

  function keyed(event) {
    if (event.key === 'Escape') {
      if (app.drawerOpen()) app.closeDrawer(); else if (app.state.selected) app.select(null);
      return;
    }
    if (event.key === 'Tab' && app.drawerOpen()) app.trapFocus(event);
    var typing = /INPUT|TEXTAREA/.test(event.target.tagName) && event.target.type !== 'checkbox';
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') { app.find('#query').focus(); event.preventDefault(); }
    else if (event.key === 's' && app.coverage) app.setSwipe(!app.state.swipe);
    else if (event.key === 'l') app.setLanguage(app.language === 'zh' ? 'en' : 'zh');
    else if (/^[1-9]$/.test(event.key) && +event.key <= app.phases().length + 1) app.setPhase(+event.key - 1);
  }

  function listenToSearch() {
    var box = app.find('#query');
    box.addEventListener('input', function () { app.search(box.value); });
    box.addEventListener('blur', function () { setTimeout(app.hideSearch, 180); });
    box.addEventListener('keydown', function (event) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { app.moveSearch(event.key === 'ArrowDown' ? 1 : -1); event.preventDefault(); }
      else if (event.key === 'Enter') app.pickFound();
      else if (event.key === 'Escape') { box.value = ''; app.search(''); box.blur(); event.stopPropagation(); }
    });
  }

  function listenToSwipe() {
    var divider = app.find('#swipe');
    var dragging = false;
    function move(share) {
      app.state.swipeAt = Math.max(0.02, Math.min(0.98, share));
      drawSwipe();
      app.clipCoverage();
      app.redraw();
    }
    divider.addEventListener('pointerdown', function (event) { dragging = true; divider.setPointerCapture(event.pointerId); event.preventDefault(); divider.focus(); });
    divider.addEventListener('pointermove', function (event) {
      if (!dragging) return;
      var box = app.find('#stage').getBoundingClientRect();
      move((event.clientX - box.left) / box.width);
    });
    divider.addEventListener('pointerup', function () { dragging = false; app.writeLink(); });
    divider.addEventListener('keydown', function (event) {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      move(app.state.swipeAt + (event.key === 'ArrowLeft' ? -0.03 : 0.03));
      event.preventDefault();
      event.stopPropagation();
    });
  }

  function listenToMap() {
    var waiting = 0;
    app.map.on('click', function (event) {
      var found = app.markAt(event.latlng, app.narrow() ? 16 : 9) || app.areaAt(event.latlng);
      if (found) app.open(found, false); else if (app.state.selected) app.select(null);
    });
    app.map.on('move', app.clipCoverage);
    app.map.on('moveend zoomend', function () {
      app.fadeCoverage();
      app.drawLegend();
      app.writeLink();
    });
    app.map.on('movestart zoomstart', leave);
    app.map.on('mouseout', leave);
    app.map.on('mousemove', function (event) {
      if (waiting) return;
      waiting = requestAnimationFrame(function () { waiting = 0; tip(event); });
    });
  }

  function leave() {
    app.find('#tip').hidden = true;
    hover(null);
  }

  // A site under the pointer shows the circle it may stand in
  function hover(found) {
    var key = found && (found.table === 'proposed' || found.table === 'existing') ? found.table + found.row : '';
    if (key === hover.key) return;
    hover.key = key;
    app.state.hovered = key ? found : null;
    app.redraw();
  }
  hover.key = '';

  function tip(event) {
    var found = app.markAt(event.latlng, 9);
    var box = app.find('#tip');
    app.map.getContainer().style.cursor = found ? 'pointer' : '';
    box.hidden = !found;
    hover(found);
    if (!found) return;
    var size = app.map.getSize();
    box.textContent = app.tipOf(found);
    box.style.left = Math.min(event.containerPoint.x + 14, size.x - 210) + 'px';
    box.style.top = Math.min(event.containerPoint.y + 14, size.y - 50) + 'px';
  }

  function listen() {
    document.addEventListener('click', clicked);
    document.addEventListener('keydown', keyed);
    document.addEventListener('change', function (event) {
      var id = event.target.getAttribute && event.target.getAttribute('data-layer');
      if (id) { app.show(id, event.target.checked); update(); }
    });
    document.addEventListener('input', function (event) { if (event.target.id === 'target-query') app.queryTargets(event.target.value); });
    window.addEventListener('beforeprint', app.beginSheet);
    window.addEventListener('afterprint', app.endSheet);
    window.addEventListener('hashchange', function () { if (booted && app.readLink()) spell(); });
    listenToSearch();
    listenToSwipe();
    listenToMap();
  }

  app.start = function (map, setup) {
    app.map = map;
    app.language = setup.language;
    ['groups', 'layers', 'sitesFromZoom', 'coverage', 'surroundings', 'featureGroups'].forEach(function (name) { app[name] = setup[name]; });
    app.readTables();
    L.control.zoom({ position: 'bottomright' }).addTo(map);
    L.control.scale({ position: 'bottomright', imperial: false, maxWidth: 120 }).addTo(map);
    app.state.phase = app.phases().length;
    var linked = app.readLink();
    app.startCoverage();
    app.startCanvas();
    app.onChange(update);
    listen();
    if (app.state.contrast) setContrast(true);
    spell();
    map.invalidateSize({ animate: false, pan: false });
    if (linked) app.readLink(); else app.home();
    app.ready = booted = true;
    document.body.setAttribute('data-ready', '1');
  };
})(window.OneMap);
