// The values of a layer: unpacked once, read at a place.
(function (app) {
  'use strict';

  var unpacked = {};
  var blocks = null;

  // Rows were written as differences to the row above
  function rows(text, width) {
    var bytes = new Uint8Array(app.inflate(app.bytes(text)));
    for (var i = width; i < bytes.length; i++) bytes[i] = (bytes[i] + bytes[i - width]) & 255;
    return bytes;
  }

  function block(name) {
    if (!blocks) blocks = JSON.parse(app.find('#blocks').textContent);
    return blocks[name];
  }

  // What the servers of a layer are called, where that is known
  function serverName(layer, index) {
    if (layer.names === undefined) {
      var text = block(layer.id + ' names');
      layer.names = text ? JSON.parse(new TextDecoder().decode(app.inflate(app.bytes(text)))) : null;
    }
    return layer.names ? layer.names[index - 1] : app.words('server') + ' ' + layer.ids[index - 1];
  }

  app.indexes = function (layer) {
    if (!unpacked[layer.id]) {
      var bytes = rows(block(layer.id), app.grid.width);
      if (layer.ids) {
        var cells = app.grid.width * app.grid.height;
        var places = new Uint16Array(cells);
        for (var i = 0; i < cells; i++) places[i] = (bytes[i] << 8) | bytes[cells + i];
        bytes = places;
      }
      unpacked[layer.id] = bytes;
    }
    return unpacked[layer.id];
  };

  // The middle of each bin, by index; the first is no value
  app.middles = function (layer) {
    if (!layer.middles) {
      var bins = layer.bins;
      layer.middles = [null, bins[0]];
      for (var i = 1; i < bins.length; i++) layer.middles.push((bins[i - 1] + bins[i]) / 2);
      layer.middles.push(bins[bins.length - 1]);
    }
    return layer.middles;
  };

  app.classes = function (layer) {
    if (!layer.classes) {
      layer.classes = app.middles(layer).map(function (middle, index) {
        if (index === 0) return 0;
        var low = index === 1 ? -Infinity : layer.bins[index - 2];
        var above = layer.edges.filter(function (edge) { return edge <= low; });
        return above.length + 1;
      });
    }
    return layer.classes;
  };

  // The cell of a place, or -1 off the grid
  app.cellAt = function (latlng) {
    var place = L.CRS.EPSG3857.project(latlng);
    var column = Math.floor((place.x - app.grid.west) / app.grid.cell);
    var row = Math.floor((app.grid.north - place.y) / app.grid.cell);
    var inside = column >= 0 && row >= 0 && column < app.grid.width && row < app.grid.height;
    return inside ? row * app.grid.width + column : -1;
  };

  app.latlng = function (column, row) {
    var place = L.point(app.grid.west + column * app.grid.cell, app.grid.north - row * app.grid.cell);
    return L.CRS.EPSG3857.unproject(place);
  };

  // What a layer holds in a cell: {index, value, text, reached}
  app.valueIn = function (layer, cell) {
    var index = cell < 0 ? 0 : app.indexes(layer)[cell];
    if (!index) return { index: 0, value: null, text: app.words(cell < 0 ? 'outside' : 'none') };
    if (layer.ids) {
      return { index: index, value: layer.ids[index - 1], text: serverName(layer, index), colour: layer.colours[layer.server_colours[index - 1]] };
    }
    var value = app.middles(layer)[index];
    var sign = index === 1 ? '< ' : index > layer.bins.length ? '≥ ' : '';
    if (layer.quantity === 'probability') return told(layer, index, value, sign + app.share(value, 1));
    var digits = layer.quantity === 'throughput' && value >= 100 ? 0 : layer.digits;
    return told(layer, index, value, sign + app.signed(value, digits) + ' ' + layer.unit);
  };

  function told(layer, index, value, text) {
    return {
      index: index,
      value: value,
      text: text,
      colour: layer.colours[app.classes(layer)[index] - 1],
      reached: layer.threshold === null ? null : layer.bins[index - 2] >= layer.threshold
    };
  }
})(window.OneMap);
