// Coverage of any stage out of one paletted PNG: PLTE and tRNS are rewritten, pixels never.
(function (app) {
  'use strict';

  var PALETTE_AT = 41;
  var NORMAL = { good: [87, 165, 168], basic: [180, 218, 213] };
  var STRONG = { good: [44, 127, 134], basic: [156, 207, 200] };
  var picture = null;
  var overlays = {};
  var links = {};
  var checks = null;

  function checkTable() {
    checks = new Uint32Array(256);
    for (var n = 0; n < 256; n++) {
      var value = n;
      for (var k = 0; k < 8; k++) value = value & 1 ? 0xEDB88320 ^ (value >>> 1) : value >>> 1;
      checks[n] = value >>> 0;
    }
  }

  function check(bytes, start, end) {
    if (!checks) checkTable();
    var value = 0xFFFFFFFF;
    for (var i = start; i < end; i++) value = checks[(value ^ bytes[i]) & 255] ^ (value >>> 8);
    return (value ^ 0xFFFFFFFF) >>> 0;
  }

  function seal(bytes, start, length) {
    var value = check(bytes, start - 4, start + length);
    [24, 16, 8, 0].forEach(function (shift, i) { bytes[start + length + i] = (value >>> shift) & 255; });
  }

  function repaint(stage) {
    var facts = app.coverage;
    var colours = app.state.contrast ? STRONG : NORMAL;
    var alphaAt = PALETTE_AT + 3 * facts.colours + 12;
    for (var index = 0; index < facts.colours; index++) {
      var level = Math.floor(index / Math.pow(3, stage)) % 3;
      var colour = level === 2 ? colours.good : colours.basic;
      for (var i = 0; i < 3; i++) picture[PALETTE_AT + 3 * index + i] = colour[i];
      picture[alphaAt + index] = level ? 255 : 0;
    }
    seal(picture, PALETTE_AT, 3 * facts.colours);
    seal(picture, alphaAt, facts.colours);
  }

  // The link of the picture at one stage, made once
  app.coverageLink = function (stage) {
    var key = stage + (app.state.contrast ? 'strong' : '');
    if (!links[key]) {
      repaint(stage);
      links[key] = URL.createObjectURL(new Blob([picture], { type: 'image/png' }));
    }
    return links[key];
  };

  app.startCoverage = function () {
    var source = null;
    app.map.eachLayer(function (layer) { if (layer instanceof L.ImageOverlay) source = layer; });
    source = source || window.image_overlay_coverage;
    if (!app.coverage || !source) return;
    picture = app.bytes(source._url.split(',')[1]);
    source.remove();
  };

  function place(pane, stage) {
    var link = app.coverageLink(Math.min(stage, app.coverage.stages.length - 1));
    if (!overlays[pane]) {
      overlays[pane] = L.imageOverlay(link, app.coverage.bounds, { pane: pane, interactive: false }).addTo(app.map);
    } else if (overlays[pane]._url !== link) {
      overlays[pane].setUrl(link);
    }
  }

  function take(pane) {
    if (overlays[pane]) overlays[pane].remove();
    delete overlays[pane];
  }

  app.updateCoverage = function () {
    if (!app.coverage) return;
    var visible = app.shown('coverage');
    if (visible) place('coverage', app.state.phase); else take('coverage');
    if (visible && app.state.swipe) place('coverageBefore', 0); else take('coverageBefore');
    app.clipCoverage();
    app.fadeCoverage();
  };

  app.fadeCoverage = function () {
    var zoom = app.map.getZoom();
    var opacity = app.state.contrast ? 0.85 : zoom < 9.6 ? 0.55 : zoom < 12 ? 0.5 : 0.42;
    ['coverageBefore', 'coverage'].forEach(function (pane) {
      app.map.getPane(pane).style.opacity = opacity;
      if (!overlays[pane] || !overlays[pane]._image) return;
      overlays[pane]._image.style.imageRendering = zoom >= 12.5 ? 'pixelated' : '';
    });
  };

  // Left of the divider stands the network before, right of it the phase shown
  app.clipCoverage = function () {
    var before = app.map.getPane('coverageBefore');
    var after = app.map.getPane('coverage');
    if (!app.state.swipe) {
      before.style.clip = after.style.clip = '';
      return;
    }
    var size = app.map.getSize();
    var start = app.map.containerPointToLayerPoint([0, 0]);
    var end = app.map.containerPointToLayerPoint(size);
    var divider = start.x + size.x * app.state.swipeAt;
    before.style.clip = 'rect(' + [start.y, divider, end.y, start.x].join('px,') + 'px)';
    after.style.clip = 'rect(' + [start.y, end.x, end.y, divider].join('px,') + 'px)';
  };

  // For print: the picture on the drawing itself, because moved panes are lost on paper
  app.coverageImage = function () {
    return overlays.coverage && overlays.coverage._image ? overlays.coverage._image : null;
  };
})(window.OneMap);
