// Places of which the text does not say where they are: badges of their county, never pins.
(function (app) {
  'use strict';

  var LAYERS = ['projects', 'data_centres', 'ports', 'parks', 'protected'];

  // The places without a position of one county; county -1 is the city as a whole
  app.withoutPlace = function (county) {
    var places = app.table('places');
    var found = [];
    LAYERS.forEach(function (layer) {
      places[layer].forEach(function (place) {
        var owner = typeof place.county === 'number' ? place.county : -1;
        if (place.lon === undefined && owner === county) found.push({ layer: layer, place: place });
      });
    });
    return found;
  };

  function name(place) {
    return app.say(place.name, place.name_en || place.name);
  }

  // A line per place for the card of a county or the notes of the city
  app.badgeList = function (county) {
    return app.withoutPlace(county).map(function (entry) {
      var clause = app.known(entry.place.clause) ? ' · ' + app.esc(entry.place.clause) : '';
      var ground = app.known(entry.place.provenance) ? ' · ' + app.esc(app.provenance(entry.place.provenance)) : '';
      return '<li>' + app.esc(name(entry.place)) + '<small>' + clause + ground + '</small></li>';
    }).join('');
  };

  // How many of them the layers that are shown put beside the name of a county
  app.badgeCount = function (county) {
    return app.withoutPlace(county).filter(function (entry) { return app.shown(entry.layer); }).length;
  };
})(window.OneMap);
