// The evidence card of a site, an edge centre or a place: why it stands here and on what it rests.
(function (app) {
  'use strict';

  var parts = {};
  app.cardParts = parts;

  parts.text = function (value) { return app.known(value) ? app.esc(value) : '<i class="none">' + app.word('notComputed') + '</i>'; };

  parts.head = function (chips, title, line) {
    return '<div class="card-head"><button type="button" class="close" data-do="close-card" aria-label="' + app.say('关闭', 'Close') + '">×</button><div>' +
      chips.join('') + '</div><h2>' + app.esc(title) + '</h2><p>' + line + '</p></div>';
  };

  parts.chip = function (text, css, colour) {
    return '<span class="chip ' + (css || '') + '"' + (colour ? ' style="background:' + colour + ';border-color:' + colour + '"' : '') + '>' + app.esc(text) + '</span>';
  };

  parts.section = function (title, body, aside) {
    return '<section class="card-part"><h3>' + title + (aside ? '<small>' + aside + '</small>' : '') + '</h3>' + body + '</section>';
  };

  parts.figures = function (pairs) {
    return '<div class="figures">' + pairs.map(function (pair) { return '<div><b>' + pair[0] + '</b>' + pair[1] + '</div>'; }).join('') + '</div>';
  };

  parts.list = function (pairs) {
    return '<dl>' + pairs.map(function (pair) { return '<dt>' + pair[0] + '</dt><dd>' + pair[1] + '</dd>'; }).join('') + '</dl>';
  };

  parts.modelledChip = function (provenance) {
    return provenance === 'modelled' ? [parts.chip(app.word('modelledMark'), 'warn')] : [parts.chip(app.provenance(provenance))];
  };

  parts.coordinates = function (table, row) {
    return table.lon[row].toFixed(5) + '°E ' + table.lat[row].toFixed(5) + '°N';
  };

  // What the place rests on, said plainly
  parts.ground = function (provenance, radius) {
    var pairs = [[app.say('来源性质', 'Provenance'), parts.text(app.known(provenance) ? app.provenance(provenance) : null)]];
    pairs.push([app.say('位置半径', 'Location radius'), typeof radius === 'number' ? app.number(radius) + ' m' : parts.text(null)]);
    var note = provenance === 'modelled' ? '<p>' + app.say('示意：这是搜索圈，不是点位。以乡镇配额为准。', 'Modelled: a search ring, not a pin. The township quota is the result.') + '</p>' : '';
    return parts.section(app.say('依据', 'Rests on'), parts.list(pairs) + note);
  };

  parts.where = function (table, row) {
    var county = app.name(app.table('counties'), table.county[row]);
    var township = app.name(app.table('townships'), table.township[row]);
    return [county, township].filter(Boolean).join(app.say(' · ', ' · '));
  };

  function rules(text) {
    if (!app.known(text)) return parts.text(null);
    return '<ul class="rules">' + String(text).split(/[;；|]\s*/).filter(Boolean).map(ruleLine).join('') + '</ul>';
  }

  var OUTCOMES = { pass: ['✓', '通过', 'pass'], check: ['▲', '待核', 'check'], condition: ['▲', '有条件', 'condition'], refusal: ['✕', '不许', 'refused'] };
  var RULES = {
    spacing: ['站距', 'Spacing'],
    heritage: ['文物保护', 'Heritage'],
    nature_reserve: ['自然保护地', 'Nature reserve'],
    drinking_water: ['饮用水源', 'Drinking water'],
    scenic_area: ['风景名胜区', 'Scenic area'],
    airport_height: ['机场净空', 'Airport surface']
  };

  // A rule's outcome is `rule:outcome words`; what is not in that form is printed as it stands
  function ruleLine(rule) {
    var found = /^([^:]+):(pass|check|condition|refusal)\b\s*(.*)$/.exec(rule);
    if (!found) return '<li>' + app.esc(rule) + '</li>';
    var name = RULES[found[1]] ? app.say(RULES[found[1]][0], RULES[found[1]][1]) : found[1];
    var outcome = OUTCOMES[found[2]];
    return '<li class="' + found[2] + '"><b>' + outcome[0] + '</b> ' + app.esc(name) + app.say('：', ': ') + app.say(outcome[1], outcome[2]) + (found[3] ? ' · ' + app.esc(found[3]) : '') + '</li>';
  }

  var LEVELS = { outdoors: ['室外', 'Outdoors'], indoors: ['室内', 'Indoors'], busy_hour: ['忙时', 'Busy hour'] };

  function gains(told, row) {
    return Object.keys(told.gains).map(function (level) {
      var value = told.gains[level][row];
      return [typeof value === 'number' ? '+' + app.number(value, 0) : app.word('notComputed'), app.say(LEVELS[level][0], LEVELS[level][1])];
    });
  }

  function siteFacts(sites, told, row) {
    return parts.list([
      [app.say('类型', 'Kind'), app.kind(sites.kind[row])],
      [app.say('建设方式', 'Build'), app.build(sites.build[row])],
      [app.say('依托站址', 'Host'), app.known(told.host[row]) ? app.esc(told.host[row]) : app.say('无', 'none')],
      [app.say('阶段', 'Phase'), app.esc(app.stageName(sites.phase[row]))],
      [app.say('站数', 'Stations'), app.number(sites.stations[row])],
      [app.say('频段', 'Carriers'), parts.text(sites.carriers[row])],
      [app.say('挂高', 'Height'), app.number(sites.height_m[row]) + ' m'],
      [app.say('估算投资', 'Cost'), app.money(told.cost_cny[row])],
      [app.say('规划单元', 'Planning unit'), parts.text(told.planning_unit[row])],
      [app.say('村（社区）', 'Village'), parts.text(told.village[row])]
    ]);
  }

  function proposedCard(row) {
    var sites = app.table('proposed');
    var told = app.table('cards');
    var chips = [parts.chip(app.stageName(sites.phase[row]), 'phase', app.phaseColour(sites.phase[row])), parts.chip(app.kind(sites.kind[row]))]
      .concat(parts.modelledChip(sites.provenance[row]));
    var reason = app.say(told.reason_zh[row], told.reason_en[row]);
    return parts.head(chips, parts.where(sites, row) || sites.site_id[row], app.esc(sites.site_id[row]) + ' · ' + parts.coordinates(sites, row)) +
      parts.section(app.say('为何在此', 'Why here'), '<p class="reason">' + parts.text(reason) + '</p>', app.say('序位 ', 'rank ') + app.number(sites.rank[row])) +
      parts.section(app.say('边际服务人口', 'Marginal people'), parts.figures([['+' + app.number(sites.people[row], 0), app.say('合计', 'in all')]].concat(gains(told, row)))) +
      parts.section(app.say('方案', 'Proposal'), siteFacts(sites, told, row)) +
      parts.section(app.say('规则核查', 'Rules'), rules(told.rules[row])) +
      parts.ground(sites.provenance[row], sites.radius_m[row]);
  }

  function existingCard(row) {
    var sites = app.table('existing');
    var chips = [parts.chip(app.say('现有站址', 'Existing site')), parts.chip(app.kind(sites.kind[row]))].concat(parts.modelledChip(sites.provenance[row]));
    return parts.head(chips, parts.where(sites, row) || sites.site_id[row], app.esc(sites.site_id[row]) + ' · ' + parts.coordinates(sites, row)) +
      parts.section(app.say('现状', 'As it stands'), parts.list([
        [app.say('站数', 'Stations'), app.number(sites.stations[row])],
        [app.say('频段', 'Carriers'), parts.text(sites.carriers[row])],
        [app.say('挂高', 'Height'), app.number(sites.height_m[row]) + ' m']
      ])) + parts.ground(sites.provenance[row], sites.radius_m[row]);
  }

  function edgeCard(row) {
    var centres = app.table('edge');
    var core = centres.role[row] === 'core';
    var backup = centres.edge_id.indexOf(centres.backup_id[row]);
    var chips = [parts.chip(core ? app.say('核心机房', 'Core room') : app.say('边缘数据中心', 'Edge data centre'), 'phase', app.COLOURS.edge)].concat(parts.modelledChip(centres.provenance[row]));
    var reason = app.say(centres.reason_zh[row], centres.reason_en[row]);
    return parts.head(chips, centres.name[row] || parts.where(centres, row), app.esc(centres.edge_id[row]) + ' · ' + parts.coordinates(centres, row)) +
      parts.section(app.say('为何在此', 'Why here'), '<p class="reason">' + parts.text(reason) + '</p>') +
      parts.section(app.say('能力', 'Capacity'), parts.figures([
        [app.number(centres.racks[row]), app.say('机架', 'racks')],
        [app.number(centres.demand[row], 0), app.say('承接站数', 'stations served')],
        [app.number(centres.latency_max_ms[row], 2), app.say('最大时延 ms', 'max latency ms')]
      ])) +
      parts.section(app.say('连接', 'Ties'), parts.list([
        [app.say('备份中心', 'Backup'), backup >= 0 ? app.esc(centres.name[backup] || centres.edge_id[backup]) : parts.text(centres.backup_id[row])],
        [app.say('所在', 'Place'), app.esc(parts.where(centres, row))]
      ])) +
      parts.section(app.say('规则核查', 'Rules'), rules(centres.rules[row])) +
      parts.ground(centres.provenance[row], centres.location_radius_m[row]);
  }

  app.cards = { proposed: proposedCard, existing: existingCard, edge: edgeCard };

  app.drawCard = function () {
    var selected = app.state.selected;
    app.find('#board').hidden = Boolean(selected);
    app.find('#card').hidden = !selected;
    if (!selected) {
      app.find('#card').innerHTML = '';
      return;
    }
    app.find('#card').innerHTML = app.cards[selected.table](selected.row, selected.layer);
  };
})(window.OneMap);
