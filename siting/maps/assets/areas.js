// Draw the areas: counties, townships, protected places, parks; hatched where a county is out of the count.
(function (app) {
  'use strict';

  function visible(view, polygon) {
    var box = polygon.box;
    return box[0] < view.east && box[2] > view.west && box[1] < view.south && box[3] > view.north;
  }

  app.trace = function (context, view, polygon) {
    polygon.rings.forEach(function (line) {
      context.moveTo(view.x(line[0]), view.y(line[1]));
      for (var i = 2; i < line.length; i += 2) context.lineTo(view.x(line[i]), view.y(line[i + 1]));
      context.closePath();
    });
  };

  function pathOf(context, view, polygons) {
    context.beginPath();
    polygons.forEach(function (polygon) { if (visible(view, polygon)) app.trace(context, view, polygon); });
  }

  // Paper under the city, so that it stands out from what lies around it
  app.drawLand = function (context, view) {
    pathOf(context, view, app.table('counties').polygons);
    context.fillStyle = '#F7F5EE';
    context.fill('evenodd');
  };

  app.drawTownships = function (context, view) {
    if (!app.shown('townships') || view.zoom < 8.4) return;
    var step = Math.max(0, Math.min(1, (view.zoom - 8) / 5));
    pathOf(context, view, app.table('townships').polygons);
    context.strokeStyle = app.state.contrast ? 'rgba(0,0,0,.7)' : 'rgba(70,86,96,' + (0.26 + 0.3 * step) + ')';
    context.lineWidth = 0.55 + 0.55 * step;
    context.stroke();
  };

  app.drawCounties = function (context, view) {
    var counties = app.table('counties');
    counties.polygons.forEach(function (polygon, row) {
      if (counties.counted[row] !== false || !visible(view, polygon)) return;
      context.beginPath();
      app.trace(context, view, polygon);
      context.fillStyle = app.hatch(context, 'rgba(70,86,96,.38)', true, view.scale);
      context.fill('evenodd');
    });
    if (!app.shown('counties')) return;
    var step = Math.max(0, Math.min(1, (view.zoom - 8) / 5));
    pathOf(context, view, counties.polygons);
    context.strokeStyle = 'rgba(255,255,255,.8)';
    context.lineWidth = 3.4 + 1.6 * step;
    context.stroke();
    context.strokeStyle = app.state.contrast ? '#000' : '#3C4A53';
    context.lineWidth = 1.05 + 0.75 * step;
    context.stroke();
  };

  // A place is its outline where one is known, else a circle as wide as its place is uncertain
  function placeArea(context, view, place) {
    context.beginPath();
    if (place.polygon) {
      app.trace(context, view, place.polygon);
    } else {
      var radius = view.pixels(place.radius_m || 0, place.wy);
      context.arc(view.x(place.wx), view.y(place.wy), Math.max(4, radius), 0, 2 * Math.PI);
    }
  }

  app.drawPlaceAreas = function (context, view) {
    ['parks', 'protected'].forEach(function (name) {
      if (!app.shown(name)) return;
      var colour = app.COLOURS[name];
      app.table('places')[name].forEach(function (place) {
        if (place.wx === undefined) return;
        placeArea(context, view, place);
        context.fillStyle = app.hatch(context, name === 'parks' ? 'rgba(0,120,90,.6)' : 'rgba(122,92,0,.55)', name !== 'parks', view.scale);
        context.fill();
        context.setLineDash(place.polygon ? [] : [5, 3]);
        context.strokeStyle = colour;
        context.lineWidth = 1.2;
        context.stroke();
        context.setLineDash([]);
      });
    });
  };

  app.outlineArea = function (context, view, polygon) {
    context.beginPath();
    app.trace(context, view, polygon);
    context.strokeStyle = app.COLOURS.selected;
    context.lineWidth = 3;
    context.stroke();
  };
})(window.OneMap);
