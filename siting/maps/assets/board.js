// The board: one row per core target, operator and contradiction printed as they stand.
(function (app) {
  'use strict';

  var BASELINE = '#7F8D95';
  var PLAN = '#0F4C5C';

  app.targets = function () { return app.figures.targets || []; };

  app.numeric = function (value) {
    var number = typeof value === 'number' ? value : parseFloat(String(value).replace(/,/g, ''));
    return app.known(value) && /^[\s\d.,+-]+$/.test(String(value)) && isFinite(number) ? number : null;
  };

  // Text or number as the ledger gives it; numbers with separators
  app.amount = function (value) {
    if (!app.known(value)) return app.word('notComputed');
    var number = app.numeric(value);
    return number === null ? String(value) : app.number(number);
  };

  app.targetName = function (target) {
    return app.say(target.phrase, target.name_en || target.phrase);
  };

  // What the ledger says in both languages; where one is missing, the other stands in
  function either(zh, en) {
    var wanted = app.say(zh, en);
    if (app.known(wanted)) return wanted;
    return app.known(zh) ? zh : app.known(en) ? en : '';
  }

  app.targetNote = function (target) { return either(target.note_zh, target.note); };

  // The year it is due; for what stands already, the date of the figure
  app.targetDate = function (target) {
    return app.known(target.due) ? target.due : either(target.as_of_zh, target.as_of);
  };

  app.targetGoal = function (target) {
    if (!app.known(target.value)) return app.operator(target.operator);
    return app.operator(target.operator) + ' ' + app.amount(target.value) + ' ' + (target.unit || '');
  };

  app.targetStatus = function (target) {
    if (target.met === true) return { css: 'met', sign: '✓', text: app.say('达标', 'met') };
    if (target.met === false) return { css: 'short', sign: '▲', text: app.say('未达', 'short') + shortfall(target) };
    return { css: 'open', sign: '○', text: unjudged(target) };
  };

  // What nobody can meet or miss is not called uncomputed: baselines, claims, policies
  function unjudged(target) {
    if (target.kind === 'baseline' || target.kind === 'claim' || target.kind === 'policy') return app.operator(target.kind);
    return app.word('notComputed');
  }

  function shortfall(target) {
    var goal = app.numeric(target.value);
    var plan = app.numeric(target.plan);
    if (goal === null || plan === null || plan >= goal) return '';
    return app.say(' 差 ', ' by ') + app.number(Math.round((goal - plan) * 100) / 100);
  }

  app.flagChip = function (target) {
    if (!app.known(target.flag)) return '';
    return '<span class="flag" title="' + app.esc(app.targetNote(target)) + '">' + app.say('矛盾 ', '⚑ ') + app.esc(target.flag) + '</span>';
  };

  function bar(target) {
    var baseline = app.numeric(target.baseline);
    var plan = app.numeric(target.plan);
    var goal = app.numeric(target.value);
    if (baseline === null && plan === null) return '<span class="bar unknown"></span>';
    var top = Math.max(baseline || 0, plan || 0, goal || 0) * 1.05 || 1;
    function part(tag, value) { return value === null ? '' : '<' + tag + ' style="width:' + Math.min(100, 100 * value / top) + '%"></' + tag + '>'; }
    return '<span class="bar">' + part('u', plan) + part('i', baseline) +
      (goal === null ? '' : '<s style="left:' + Math.min(100, 100 * goal / top) + '%"></s>') + '</span>';
  }

  // The plan's figure, the baseline's where the plan says nothing; none where there is no number
  function planned(target) {
    if (target.kind === 'baseline' && !app.known(target.plan)) return '';
    if (app.numeric(target.value) === null && !app.known(target.plan)) return '';
    return '<b>' + app.esc(app.amount(app.known(target.plan) ? target.plan : target.baseline)) + '</b> / ';
  }

  function row(target) {
    var status = app.targetStatus(target);
    var date = app.esc(app.targetDate(target));
    return '<button type="button" class="target" data-target="' + app.esc(target.id) + '">' +
      '<span class="name" title="' + app.esc(target.phrase) + '">' + app.esc(app.targetName(target)) + '</span>' +
      '<span class="value">' + planned(target) + app.esc(app.targetGoal(target)) + '</span>' +
      '<span class="sub">' + bar(target) + '<small title="' + date + '">' + date + '</small>' + app.flagChip(target) + '</span>' +
      '<span class="status ' + status.css + '">' + status.sign + ' ' + app.esc(status.text) + '</span></button>';
  }

  function key() {
    function box(colour, css) { return '<i class="' + (css || '') + '" style="background:' + colour + '"></i>'; }
    return '<div class="target-key"><span>' + box(BASELINE) + app.say('基线', 'baseline') + box(PLAN) + app.say('方案', 'plan') + box('#16242F', 'tick') + app.say('目标', 'target') +
      '</span><span>' + app.say('方案 / 目标', 'plan / target') + '</span></div>';
  }

  function weight(target) {
    if (app.known(target.plan) && app.numeric(target.value) !== null) return 0;
    return app.numeric(target.value) !== null ? 1 : 2;
  }

  app.coreTargets = function () {
    var core = app.targets().filter(function (target) { return target.tier === 'core'; });
    return core.map(function (target, at) { return { target: target, at: at }; })
      .sort(function (a, b) { return weight(a.target) - weight(b.target) || a.at - b.at; })
      .map(function (entry) { return entry.target; });
  };

  app.drawBoard = function () {
    app.find('#all-targets').textContent = app.say('全部 ' + app.targets().length + ' 项 ›', 'All ' + app.targets().length + ' ›');
    var rows = app.coreTargets();
    app.find('#targets').innerHTML = (app.targets().length ? key() : '') + (rows.length ? rows.map(row).join('') : '<p class="note">' + app.word(app.targets().length ? 'notComputed' : 'noTargets') + '</p>');
  };
})(window.OneMap);
