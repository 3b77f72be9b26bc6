// The printed sheet: the same page laid out anew for A3 landscape, the drawing at a finer scale.
(function (app) {
  'use strict';

  var before = null;

  function goals() {
    return app.coreTargets().filter(function (target) { return app.numeric(target.value) !== null; }).slice(0, 12).map(function (target) {
      return '<tr><td>' + app.esc(app.targetName(target)) + (app.known(target.flag) ? ' ⚑' : '') + '</td><td>' + app.esc(app.amount(target.plan)) + '</td><td>' + app.esc(app.targetGoal(target)) + '</td></tr>';
    }).join('');
  }

  function side() {
    var scenario = app.figures.scenario || {};
    return '<div><h3>' + app.word('legend') + '</h3>' + app.legendRows() + '</div>' +
      '<div><h3>' + app.say('分级覆盖', 'Coverage by level') + '</h3>' + app.levelTable() + '</div>' +
      '<div><h3>' + app.say('主要指标', 'Main targets') + '</h3><table><tr><th></th><th>' + app.say('方案', 'Plan') + '</th><th>' + app.say('目标', 'Target') + '</th></tr>' + goals() + '</table></div>' +
      '<div class="colophon">' + app.say('日期 ', 'Date ') + app.esc(scenario.date || '') + '<br>' + app.say('显示 EPSG:3857；成果 CGCS2000（EPSG:4490）', 'Shown in EPSG:3857; delivered in CGCS2000 (EPSG:4490)') +
      '<br>' + app.say('审图号：〔待审，未取得〕', 'Map approval no.: [pending]') + '</div>';
  }

  app.beginSheet = function () {
    if (before) return;
    before = { centre: app.map.getCenter(), zoom: app.map.getZoom() };
    var bounds = app.map.getBounds();
    app.find('#sheet-title h1').textContent = app.title();
    app.find('#sheet-title p').textContent = app.stageName(app.state.phase) + ' · ' + app.stationsAndSites(app.standing(app.state.phase).stations, app.standing(app.state.phase).sites);
    app.find('#sheet-side').innerHTML = side();
    document.body.classList.add('printing');
    app.paperScale = 2.5;
    app.map.invalidateSize({ animate: false, pan: false });
    if (before.zoom < 9.4) app.home(); else app.map.fitBounds(bounds, { animate: false });
    app.refit();
  };

  app.endSheet = function () {
    if (!before) return;
    document.body.classList.remove('printing');
    app.paperScale = 0;
    app.map.invalidateSize({ animate: false, pan: false });
    app.map.setView(before.centre, before.zoom, { animate: false });
    before = null;
    app.refit();
  };

  app.print = function () {
    app.beginSheet();
    setTimeout(function () {
      window.print();
      setTimeout(app.endSheet, 300);
    }, 80);
  };
})(window.OneMap);
