// Coverage by level before and after each phase, and how good each choice is proven to be.
(function (app) {
  'use strict';

  function afterOf(level, phase) {
    return (level.after || []).filter(function (entry) { return String(entry.phase) === String(phase.name); })[0] || {};
  }

  function cell(main, sub, title) {
    return '<td title="' + app.esc(title || '') + '"><b>' + main + '</b><small>' + sub + '</small></td>';
  }

  function levelRow(level) {
    var cells = app.phases().map(function (phase) {
      var after = afterOf(level, phase);
      var gained = typeof after.gained === 'number' ? '+' + app.number(after.gained, 0) : app.word('notComputed');
      var title = app.say('占原未覆盖 ', 'of what was uncovered: ') + app.share(after.gained_share_of_uncovered) + app.say('；覆盖 ', '; covered ') + app.number(after.covered, 0);
      return cell(app.share(after.share), gained, title);
    }).join('');
    var name = app.esc(app.say(level.label_zh || level.level, level.label_en || level.level));
    var threshold = app.esc(app.say(level.threshold_zh || '', level.threshold_en || ''));
    return '<tr data-level="' + app.esc(level.level) + '"><th title="' + threshold + '">' + name + '</th>' + cell(app.share(level.share_before), app.number(level.covered_before, 0), threshold) + cells + '</tr>';
  }

  app.levelTable = function () {
    var levels = app.figures.levels || [];
    if (!levels.length) return '<p class="note">' + app.word('notComputed') + '</p>';
    var head = '<tr><th>' + app.say('需求层次', 'Level') + '</th><th>' + app.word('before') + '</th>' +
      app.phases().map(function (phase) { return '<th>' + app.esc(phase.name) + '</th>'; }).join('') + '</tr>';
    return '<table class="levels"><thead>' + head + '</thead><tbody>' + levels.map(levelRow).join('') + '</tbody></table>';
  };

  function proofRow(name, part, amount) {
    return '<tr><th>' + app.esc(name) + '</th><td>' + app.esc(amount) + '</td><td>' + app.gap(part.gap) + '</td><td>' +
      (part.gap_uncovered === null && part.p ? '—' : app.gap(part.gap_uncovered)) + '</td><td>' + app.esc(statusWord(part.status)) + '</td></tr>';
  }

  function statusWord(status) {
    if (!app.known(status)) return app.word('notComputed');
    var words = { proved: ['已证最优', 'proved'], feasible: ['可行', 'feasible'], infeasible: ['无解', 'infeasible'] };
    return words[status] ? app.say(words[status][0], words[status][1]) : String(status);
  }

  app.proofTable = function () {
    var head = '<tr><th></th><th>' + app.say('站 / 址', 'stations / sites') + '</th><th>' + app.say('差距', 'gap') + '</th><th>' + app.say('占未覆盖', 'of uncovered') + '</th><th></th></tr>';
    var rows = app.phases().map(function (phase) {
      return proofRow(phase.name, phase, app.number(phase.stations) + ' / ' + app.number(phase.sites));
    });
    var edge = app.figures.edge;
    if (edge) rows.push(proofRow(app.say('边缘中心', 'Edge'), edge, app.number(edge.centres) + app.say(' 个', '')));
    return '<table class="proofs"><thead>' + head + '</thead><tbody>' + rows.join('') + '</tbody></table>';
  };

  function unplacedNote() {
    var unplaced = app.phases().reduce(function (sum, phase) { return sum + (phase.stations_unplaced || 0); }, 0);
    if (!unplaced) return '';
    return '<p class="note">' + app.say('未落址配额 ' + app.number(unplaced) + ' 站：没有带来增益的位置，或为县级下限预留。', 'Quota without a justified place: ' + app.number(unplaced) + ' stations: no place with a gain, or held back for county floors.') + '</p>';
  }

  function curve(points) {
    var width = 332;
    var height = 70;
    var most = points[points.length - 1].stations || 1;
    var shares = points.map(function (point) { return point.covered_share; });
    var least = Math.min.apply(null, shares);
    var top = Math.max.apply(null, points.map(function (point) { return point.bound_share || point.covered_share; }));
    function path(key) {
      return points.filter(function (point) { return typeof point[key] === 'number'; }).map(function (point, i) {
        var x = 34 + (width - 44) * point.stations / most;
        var y = 8 + (height - 24) * (1 - (point[key] - least) / (top - least || 1));
        return (i ? 'L' : 'M') + x.toFixed(1) + ' ' + y.toFixed(1);
      }).join('');
    }
    return '<svg class="pareto" viewBox="0 0 ' + width + ' ' + height + '" role="img" aria-label="' + app.say('站数与覆盖', 'Stations against coverage') + '">' +
      '<path d="' + path('bound_share') + '" fill="none" stroke="#0F4C5C" stroke-dasharray="3 2"/><path d="' + path('covered_share') + '" fill="none" stroke="#0F4C5C" stroke-width="2"/>' +
      '<text x="0" y="13">' + app.share(top) + '</text><text x="0" y="' + (height - 14) + '">' + app.share(least) + '</text>' +
      '<text x="' + (width - 8) + '" y="' + (height - 2) + '" text-anchor="end">' + app.number(most) + ' ' + app.word('stations') + '</text></svg>';
  }

  function warnings() {
    var list = app.figures.warnings || [];
    var cityWide = app.badgeList(-1);
    if (!list.length && !cityWide) return '';
    return '<details class="warnings"><summary>' + app.say('说明与限制 ' + list.length + ' 条', 'Notes and limits: ' + list.length) + '</summary><ul>' +
      list.map(function (entry) { return '<li>' + app.esc(app.say(entry.zh, entry.en)) + '</li>'; }).join('') + '</ul>' +
      (cityWide ? '<h3>' + app.say('点名而县与位置未载明', 'Named, neither county nor place stated') + '</h3><ul class="badges">' + cityWide + '</ul>' : '') + '</details>';
  }

  app.drawProof = function () {
    var points = (app.figures.pareto || []).filter(function (point) { return typeof point.covered_share === 'number'; });
    app.find('#proof').innerHTML = '<h2>' + app.say('分级覆盖：前后', 'Coverage by level: before, after') + '</h2>' + app.levelTable() +
      app.proofTable() + unplacedNote() + warnings() + (points.length > 1 ? curve(points) : '');
  };
})(window.OneMap);
