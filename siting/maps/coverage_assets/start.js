// Start the page: the map, its grid of degrees, and what its buttons do.
(function (app) {
  'use strict';

  app.state = { layer: 0, contour: true, grey: false };
  app.layer = function () { return app.layers[app.state.layer]; };

  app.choose = function (place) {
    app.state.layer = place;
    refresh();
  };

  app.setLanguage = function (language) {
    app.language = language;
    document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN';
    app.each('[data-language]', function (button) {
      button.setAttribute('aria-pressed', button.getAttribute('data-language') === language);
    });
    refresh();
  };

  function refresh() {
    app.fillTree();
    app.fillLegend();
    app.fillCursor(app.cursor);
    app.fillFacts();
    app.fillWords();
    app.paint();
  }

  function toggle(name, button) {
    app.state[name] = !app.state[name];
    button.setAttribute('aria-pressed', app.state[name]);
    document.body.classList.toggle('grey', app.state.grey);
    refresh();
  }

  // Lines of round degrees, so that a place can be found without a base map
  function graticule() {
    var view = app.map.getBounds();
    var span = view.getNorth() - view.getSouth();
    var step = [5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005].filter(function (s) { return span / s >= 3; })[0] || 0.002;
    var digits = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0;
    app.degrees.clearLayers();
    function draw(places, text, at, className) {
      L.polyline(places, { color: '#16242F', weight: 0.6, opacity: 0.28, interactive: false, pane: 'lines' }).addTo(app.degrees);
      L.marker(at, { icon: L.divIcon({ className: 'degree ' + className, html: text, iconSize: null }), interactive: false, keyboard: false }).addTo(app.degrees);
    }
    var lat, lng;
    for (lng = Math.ceil(view.getWest() / step) * step; lng < view.getEast(); lng += step) {
      draw([[view.getSouth(), lng], [view.getNorth(), lng]], lng.toFixed(digits) + '°', [view.getSouth(), lng], 'meridian');
    }
    for (lat = Math.ceil(view.getSouth() / step) * step; lat < view.getNorth(); lat += step) {
      draw([[lat, view.getWest()], [lat, view.getEast()]], lat.toFixed(digits) + '°', [lat, view.getWest()], 'parallel');
    }
  }

  function listen() {
    document.addEventListener('change', function (event) {
      if (event.target.name === 'layer') app.choose(Number(event.target.value));
    });
    document.addEventListener('click', function (event) {
      var button = event.target.closest ? event.target.closest('button') : null;
      if (!button) return;
      var language = button.getAttribute('data-language');
      var wish = button.getAttribute('data-do');
      if (language) app.setLanguage(language);
      if (wish === 'contour') toggle('contour', button);
      if (wish === 'contrast') toggle('grey', button);
      if (wish === 'print') window.print();
    });
    app.map.on('mousemove', function (event) { app.cursor = event.latlng; app.fillCursor(event.latlng); });
    app.map.on('moveend zoomend', graticule);
  }

  app.startCoverage = function (map, settings) {
    app.map = map;
    app.language = settings.language;
    app.title = settings.title;
    app.layers = settings.layers;
    app.grid = settings.grid;
    app.degrees = L.layerGroup().addTo(map);
    L.control.scale({ imperial: false, maxWidth: 160, position: 'bottomright' }).addTo(map);
    L.control.zoom({ position: 'bottomright' }).addTo(map);
    listen();
    app.setLanguage(settings.language);
    map.invalidateSize({ animate: false });  // the footer has its words now
    map.fitBounds(app.gridBounds(), { padding: [12, 12], animate: false });
    graticule();
    document.body.setAttribute('data-ready', '1');
  };
})(window.OneMap);
