// The drawer: all commitments word for word, with filters.
(function (app) {
  'use strict';

  var filter = 'all';
  var query = '';
  var returnTo = null;

  var TIERS = { core: ['核心', 'Core'], near: ['相关', 'Related'], context: ['背景', 'Context'] };

  function tier(key) { return TIERS[key] ? app.say(TIERS[key][0], TIERS[key][1]) : key || ''; }

  function matches(target) {
    if (filter === 'flagged' && !app.known(target.flag)) return false;
    if (filter !== 'all' && filter !== 'flagged' && target.tier !== filter) return false;
    if (!query) return true;
    var text = [target.id, target.phrase, target.name_en, target.clause, target.responsible_unit].join(' ').toLowerCase();
    return text.indexOf(query) >= 0;
  }

  function counted(key) {
    return app.targets().filter(function (target) {
      return key === 'all' || (key === 'flagged' ? app.known(target.flag) : target.tier === key);
    }).length;
  }

  function cell(value) { return app.known(value) ? app.esc(app.amount(value)) : '<i class="none">' + app.word('notComputed') + '</i>'; }

  // A policy has no figure and a baseline no plan: that is not the same as not computed
  function figure(target, name) {
    var without = target.kind === 'policy' || (target.kind === 'baseline' && name === 'plan');
    return without && !app.known(target[name]) ? '<i class="none">—</i>' : cell(target[name]);
  }

  // A colon keeps the number of a contradiction apart from a note that begins with a figure
  function noted(target) {
    var told = app.targetNote(target);
    if (app.known(target.flag)) return '<div class="conflict">⚑ ' + app.esc(target.flag) + (told ? app.say('：', ': ') : '') + app.esc(told) + '</div>';
    return told ? '<div class="gloss">' + app.esc(told) + '</div>' : '';
  }

  function row(target) {
    var status = app.targetStatus(target);
    var english = app.language === 'en' && target.name_en ? '<div class="gloss">' + app.esc(target.name_en) + '</div>' : '';
    return '<tr id="row-' + app.esc(target.id) + '"><td class="id">' + app.esc(target.id) + '<small>' + app.esc(tier(target.tier)) + '</small></td>' +
      '<td>' + app.esc(target.phrase) + english + noted(target) + '</td>' +
      '<td class="unit">' + app.esc(target.document || '') + '<br>' + app.esc(target.clause || '') + '<small>' + app.esc(target.responsible_unit || '') + '</small></td>' +
      '<td class="figure">' + figure(target, 'baseline') + '</td><td class="figure">' + figure(target, 'plan') + '</td>' +
      '<td class="figure"><b>' + app.esc(app.targetGoal(target)) + '</b></td>' +
      '<td>' + app.esc(app.targetDate(target)) + '</td>' +
      '<td class="status ' + status.css + '">' + status.sign + ' ' + app.esc(status.text) + '</td></tr>';
  }

  function rows() {
    return app.targets().filter(matches).map(row).join('');
  }

  function filters() {
    var names = { all: ['全部', 'All'], core: TIERS.core, near: TIERS.near, context: TIERS.context, flagged: ['有矛盾', 'Conflicts'] };
    return Object.keys(names).filter(counted).map(function (key) {
      return '<button type="button" data-filter="' + key + '" aria-pressed="' + (key === filter) + '">' + app.say(names[key][0], names[key][1]) + ' ' + counted(key) + '</button>';
    }).join('') + '<input id="target-query" type="text" placeholder="' + app.say('筛选原文、编号、责任单位', 'Filter phrase, id or unit') + '" value="' + app.esc(query) + '">';
  }

  function head() {
    var titles = [['编号', 'Id'], ['承诺原文', 'Phrase'], ['条款、责任单位', 'Clause, unit'], ['基线', 'Baseline'], ['方案', 'Plan'], ['目标', 'Target'], ['期限', 'Due'], ['结果', 'Result']];
    return '<tr>' + titles.map(function (pair) { return '<th>' + app.say(pair[0], pair[1]) + '</th>'; }).join('') + '</tr>';
  }

  function fill() {
    var count = app.targets().length;
    app.find('#drawer').innerHTML = '<div class="drawer-head"><div><h2>' + app.say('全部 ' + count + ' 项承诺与基线', 'All ' + count + ' commitments and baselines') +
      '</h2><p>' + app.say('原文照录，算子不改写，矛盾并列不抹平。', 'Printed word for word; operators are not reworded, contradictions stand.') + '</p></div>' +
      '<button type="button" data-do="close-drawer" aria-label="' + app.say('关闭', 'Close') + '">×</button></div>' +
      '<div class="drawer-filters">' + filters() + '</div><div class="scroll"><table><thead>' + head() + '</thead><tbody id="target-rows">' + rows() + '</tbody></table></div>';
  }

  app.drawerOpen = function () { return !app.find('#drawer').hidden; };

  app.openDrawer = function (id) {
    returnTo = document.activeElement;
    if (id) { filter = 'all'; query = ''; }
    app.find('#veil').hidden = app.find('#drawer').hidden = false;
    fill();
    var row = id ? document.getElementById('row-' + id) : null;
    if (row) {
      row.className = 'chosen';
      row.scrollIntoView({ block: 'center' });
    }
    app.find('#drawer button').focus();
  };

  app.closeDrawer = function () {
    app.find('#veil').hidden = app.find('#drawer').hidden = true;
    app.find('#drawer').innerHTML = '';
    if (returnTo && returnTo.focus) returnTo.focus();
  };

  app.refillDrawer = function () { if (app.drawerOpen()) fill(); };

  app.filterTargets = function (key) {
    filter = key;
    app.each('[data-filter]', function (button) { button.setAttribute('aria-pressed', button.getAttribute('data-filter') === key); });
    app.find('#target-rows').innerHTML = rows();
  };

  app.queryTargets = function (text) {
    query = text.trim().toLowerCase();
    app.find('#target-rows').innerHTML = rows();
  };

  // Keep the Tab key inside the drawer while it is open
  app.trapFocus = function (event) {
    var stops = app.find('#drawer').querySelectorAll('button, input');
    var first = stops[0];
    var last = stops[stops.length - 1];
    if (event.shiftKey && document.activeElement === first) {
      last.focus();
      event.preventDefault();
    } else if (!event.shiftKey && document.activeElement === last) {
      first.focus();
      event.preventDefault();
    }
  };
})(window.OneMap);
