// One canvas in the pane "drawing": everything but the coverage picture is painted on it.
(function (app) {
  'use strict';

  var renderer = null;
  var landRenderer = null;
  var requested = 0;
  app.paperScale = 0;

  var Canvas = L.Renderer.extend({
    options: { padding: 0.12, pane: 'drawing' },
    _initContainer: function () {
      this._container = document.createElement('canvas');
      this._container.setAttribute('aria-hidden', 'true');
      this._pen = this._container.getContext('2d');
    },
    _destroyContainer: function () { L.DomUtil.remove(this._container); },
    _updatePaths: function () {},
    // At rest the canvas stands on whole pixels: Leaflet's own offset would blur it
    _updateTransform: function (centre, zoom) {
      if (zoom === this._zoom && this._bounds) L.DomUtil.setPosition(this._container, this._bounds.min);
      else L.Renderer.prototype._updateTransform.call(this, centre, zoom);
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      var size = this._bounds.getSize();
      var scale = app.paperScale || (window.devicePixelRatio > 1 ? 2 : 1);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._container.width = Math.round(size.x * scale);
      this._container.height = Math.round(size.y * scale);
      this._container.style.width = size.x + 'px';
      this._container.style.height = size.y + 'px';
      this._scale = scale;
      this.paint();
    },
    paint: function () {
      if (!this._map || !this._bounds) return;
      this._pen.setTransform(this._scale, 0, 0, this._scale, 0, 0);
      this.options.draw(this._pen, viewOf(this._map, this._bounds, this._scale));
    }
  });

  // The window of the Mercator square that the canvas covers, and how to get into its pixels
  function viewOf(map, bounds, scale) {
    var zoom = map.getZoom();
    var world = 256 * Math.pow(2, zoom);
    var origin = map.getPixelOrigin();
    var left = origin.x + bounds.min.x;
    var top = origin.y + bounds.min.y;
    var size = bounds.getSize();
    var swipe = app.state.swipe ? map.containerPointToLayerPoint([map.getSize().x * app.state.swipeAt, 0]).x - bounds.min.x : null;
    return {
      zoom: zoom,
      scale: scale,
      width: size.x,
      height: size.y,
      west: left / world,
      east: (left + size.x) / world,
      north: top / world,
      south: (top + size.y) / world,
      divider: swipe,
      x: function (worldX) { return worldX * world - left; },
      y: function (worldY) { return worldY * world - top; },
      pixels: function (metres, worldY) { return metres / app.metresPerWorld(worldY) * world; }
    };
  }

  function drawLand(context, view) {
    context.clearRect(0, 0, view.width, view.height);
    app.drawLand(context, view);
  }

  function drawAll(context, view) {
    context.clearRect(0, 0, view.width, view.height);
    context.lineJoin = context.lineCap = 'round';
    if (app.paperScale) drawPaperCoverage(context, view);
    app.drawPlaceAreas(context, view);
    app.drawTownships(context, view);
    app.drawCounties(context, view);
    app.drawGaps(context, view);
    app.drawExisting(context, view);
    app.drawVillages(context, view);
    app.drawQuotas(context, view);
    app.drawProposed(context, view);
    app.drawPlaces(context, view);
    app.drawEdge(context, view);
    if (app.state.hovered) app.drawSelected(context, view, app.state.hovered);
    if (app.state.selected) app.drawSelected(context, view, app.state.selected);
    app.drawLabels(context, view);
  }

  function drawPaperCoverage(context, view) {
    app.drawLand(context, view);
    var image = app.coverageImage();
    if (!image || !image.naturalWidth) return;
    var bounds = app.coverage.bounds;
    var left = view.x(app.worldX(bounds[0][1]));
    var top = view.y(app.worldY(bounds[1][0]));
    var right = view.x(app.worldX(bounds[1][1]));
    var bottom = view.y(app.worldY(bounds[0][0]));
    context.globalAlpha = 0.7;
    context.drawImage(image, left, top, right - left, bottom - top);
    context.globalAlpha = 1;
  }

  function ringAt(context, view, wx, wy, radiusM) {
    var x = view.x(wx);
    var y = view.y(wy);
    if (radiusM) {
      context.beginPath();
      context.arc(x, y, view.pixels(radiusM, wy), 0, 2 * Math.PI);
      context.fillStyle = 'rgba(15,76,92,.10)';
      context.fill();
      context.setLineDash([6, 4]);
      context.lineWidth = 1.4;
      context.strokeStyle = '#0F4C5C';
      context.stroke();
      context.setLineDash([]);
    }
    context.beginPath();
    context.arc(x, y, 13, 0, 2 * Math.PI);
    context.strokeStyle = '#fff';
    context.lineWidth = 5;
    context.stroke();
    context.strokeStyle = app.COLOURS.selected;
    context.lineWidth = 3;
    context.stroke();
  }

  app.drawSelected = function (context, view, selected) {
    var table = app.table(selected.table === 'places' ? 'places' : selected.table);
    if (selected.table === 'places') {
      var place = table[selected.layer][selected.row];
      if (place.wx !== undefined) ringAt(context, view, place.wx, place.wy, place.radius_m);
    } else if (table.polygons && table.polygons[selected.row].rings.length) {
      app.outlineArea(context, view, table.polygons[selected.row]);
    } else {
      var radii = table.radius_m || table.location_radius_m || [];
      ringAt(context, view, table.wx[selected.row], table.wy[selected.row], radii[selected.row]);
    }
  };

  app.startCanvas = function () {
    app.map.createPane('land').style.zIndex = 250;
    app.map.getPane('land').style.pointerEvents = 'none';
    landRenderer = new Canvas({ pane: 'land', draw: drawLand }).addTo(app.map);
    renderer = new Canvas({ pane: 'drawing', draw: drawAll }).addTo(app.map);
  };

  app.redraw = function () {
    if (requested) return;
    requested = requestAnimationFrame(function () {
      requested = 0;
      renderer.paint();
    });
  };

  app.refit = function () {
    landRenderer._update();
    renderer._update();
  };
})(window.OneMap);
