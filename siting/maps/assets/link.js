// The permalink: #zoom/lat/lng/l<layers>/p<phase>/<zh|en>[/w<percent>][/hc][/<table><row>]
(function (app) {
  'use strict';

  var TABLES = { s: 'proposed', x: 'existing', t: 'townships', c: 'counties', v: 'villages', d: 'edge' };
  var timer = 0;
  app.ready = false;

  function layerBits() {
    return app.layers.reduce(function (bits, layer, at) { return app.shown(layer.id) ? bits + Math.pow(2, at) : bits; }, 0);
  }

  function selectedPart() {
    var selected = app.state.selected;
    if (!selected) return [];
    var letter = Object.keys(TABLES).filter(function (key) { return TABLES[key] === selected.table; })[0];
    return letter ? [letter + selected.row] : [];
  }

  app.linkText = function () {
    var centre = app.map.getCenter();
    return '#' + [app.map.getZoom().toFixed(2), centre.lat.toFixed(4), centre.lng.toFixed(4), 'l' + layerBits().toString(36), 'p' + app.state.phase, app.language]
      .concat(app.state.swipe ? ['w' + Math.round(app.state.swipeAt * 100)] : [], app.state.contrast ? ['hc'] : [], selectedPart()).join('/');
  };

  app.writeLink = function () {
    if (!app.ready) return;
    clearTimeout(timer);
    timer = setTimeout(function () {
      try { history.replaceState(null, '', app.linkText()); } catch (error) { location.replace(app.linkText()); }
    }, 250);
  };

  function whole(text, least, most) {
    var value = Number(text);
    return text !== '' && value % 1 === 0 && value >= least && value <= most ? value : null;
  }

  function readLayers(text) {
    var bits = parseInt(text, 36);
    if (isNaN(bits)) return;
    app.layers.forEach(function (layer, at) { app.show(layer.id, Math.floor(bits / Math.pow(2, at)) % 2 === 1); });
  }

  function readPart(part) {
    var value = null;
    if (part === 'zh' || part === 'en') app.language = part;
    else if (part === 'hc') app.state.contrast = true;
    else if (part[0] === 'l') readLayers(part.slice(1));
    else if (part[0] === 'p') {
      value = whole(part.slice(1), 0, app.phases().length);
      if (value !== null) app.state.phase = value;
    } else if (part[0] === 'w') {
      value = whole(part.slice(1), 2, 98);
      if (value !== null) { app.state.swipe = Boolean(app.coverage); app.state.swipeAt = value / 100; }
    } else if (TABLES[part[0]]) {
      value = whole(part.slice(1), 0, app.table(TABLES[part[0]]).x.length - 1);
      if (value !== null) app.state.selected = { table: TABLES[part[0]], row: value };
    }
  }

  // Read the address; true where it holds a view. Every part is checked against what exists.
  app.readLink = function () {
    var pieces = location.hash.slice(1).split('/');
    var view = pieces.slice(0, 3).map(Number);
    if (pieces.length < 3 || view.some(isNaN) || Math.abs(view[1]) > 85 || Math.abs(view[2]) > 180) return false;
    app.map.setView([view[1], view[2]], view[0], { animate: false });
    pieces.slice(3).forEach(function (part) { if (part) readPart(part); });
    return true;
  };
})(window.OneMap);
