// A layer as a picture on the map: classes by colour or by grey, borders of servers, the threshold.
(function (app) {
  'use strict';

  var pictures = {};
  var shown = null;
  var drawn = [];

  function rgb(colour) {
    return [1, 3, 5].map(function (i) { return parseInt(colour.substr(i, 2), 16); });
  }

  // For black-and-white print: the same order, in greys a printer can hold apart
  app.colourOf = function (layer, place) {
    if (!app.state.grey) return layer.colours[place];
    var last = layer.colours.length - 1;
    var rising = layer.quantity === 'second_margin';
    var share = last ? (rising ? last - place : place) / last : 0.5;
    var part = Math.round(250 - 190 * share).toString(16);
    return '#' + part + part + part;
  };

  function palette(layer) {
    var table = layer.ids ? layer.server_colours.map(function (c) { return c + 1; }) : app.classes(layer).slice(1);
    return [null].concat(table.map(function (place) { return rgb(app.colourOf(layer, place - 1)); }));
  }

  function picture(layer) {
    var indexes = app.indexes(layer);
    var colours = palette(layer);
    var width = app.grid.width;
    var canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = app.grid.height;
    var image = canvas.getContext('2d').createImageData(width, app.grid.height);
    for (var i = 0; i < indexes.length; i++) {
      var colour = colours[indexes[i]];
      if (!colour) continue;
      var border = layer.ids && ((i % width && differs(indexes, i, i - 1)) || (i >= width && differs(indexes, i, i - width)));
      for (var k = 0; k < 3; k++) image.data[4 * i + k] = border ? 70 : colour[k];
      image.data[4 * i + 3] = 255;
    }
    canvas.getContext('2d').putImageData(image, 0, 0);
    return canvas.toDataURL('image/png');
  }

  function differs(indexes, one, other) {
    return indexes[other] && indexes[one] !== indexes[other];
  }

  function link(layer) {
    var key = layer.id + (app.state.grey ? ' grey' : '');
    if (!pictures[key]) pictures[key] = picture(layer);
    return pictures[key];
  }

  app.gridBounds = function () {
    return L.latLngBounds(app.latlng(0, app.grid.height), app.latlng(app.grid.width, 0));
  };

  app.paint = function () {
    var layer = app.layer();
    var address = link(layer);
    if (!shown) shown = L.imageOverlay(address, app.gridBounds(), { pane: 'values', className: 'values' }).addTo(app.map);
    else shown.setUrl(address);
    drawn.forEach(function (line) { line.remove(); });
    drawn = app.state.contour ? contours(layer) : [];
  };

  // White under black, so that the line is seen on light and on dark
  function contours(layer) {
    var places = app.thresholdLines(layer).map(function (line) {
      return line.map(function (point) { return app.latlng(point[0], point[1]); });
    });
    if (!places.length) return [];
    var renderer = app.lineRenderer = app.lineRenderer || L.canvas({ pane: 'lines', padding: 0.3 });
    return [['#FFFFFF', 3.2, 0.75], ['#16242F', 1.3, 1]].map(function (style) {
      return L.polyline(places, { pane: 'lines', renderer: renderer, interactive: false, color: style[0], weight: style[1], opacity: style[2], smoothFactor: 0.6 }).addTo(app.map);
    });
  }
})(window.OneMap);
