// The evidence card of an area: township, county, village; and of ports, parks and works.
(function (app) {
  'use strict';

  var parts = app.cardParts;

  function quotaCell(rows, phase, kind) {
    var found = rows.filter(function (row) { return String(row.phase) === phase && row.kind === kind && row.placed !== false; });
    var stations = found.reduce(function (sum, row) { return sum + row.stations; }, 0);
    var sites = found.reduce(function (sum, row) { return sum + row.sites; }, 0);
    return [stations, sites];
  }

  function unplaced(rows) {
    return rows.filter(function (row) { return row.placed === false; }).reduce(function (sum, row) { return sum + row.stations; }, 0);
  }

  // 任务分解: phase by kind, stations / sites
  function quotaTable(rows) {
    if (app.table('quotas') === null) return '<p>' + parts.text(null) + '</p>';
    var kinds = ['macro', 'micro', 'indoor'];
    var head = '<tr><th></th>' + kinds.map(function (kind) { return '<th>' + app.kind(kind) + '</th>'; }).join('') + '<th>' + app.say('合计', 'All') + '</th></tr>';
    var body = app.phases().map(function (phase) {
      var total = [0, 0];
      var cells = kinds.map(function (kind) {
        var pair = quotaCell(rows, String(phase.name), kind);
        total = [total[0] + pair[0], total[1] + pair[1]];
        return '<td>' + app.number(pair[0]) + ' / ' + app.number(pair[1]) + '</td>';
      }).join('');
      return '<tr data-phase-quota="' + app.esc(phase.name) + '"><th>' + app.esc(phase.name) + '</th>' + cells + '<td class="total"><b>' + app.number(total[0]) + ' / ' + app.number(total[1]) + '</b></td></tr>';
    }).join('');
    var left = unplaced(rows);
    var note = left ? '<p>' + app.say('未落址配额 ', 'Quota without a justified place: ') + app.number(left) + ' ' + app.word('stations') + '</p>' : '';
    return '<table class="quota"><thead>' + head + '</thead><tbody>' + body + '</tbody></table>' + note;
  }

  function quotaPart(key, code) {
    return parts.section(app.say('任务分解（站 / 址）', 'Quota (stations / sites)'), quotaTable(app.quotasOf(key, code)));
  }

  function townshipCard(row) {
    var townships = app.table('townships');
    var villages = app.table('villages').township.filter(function (township) { return township === row; }).length;
    var uncertainty = townships.uncertainty_km[row];
    return parts.head([parts.chip(townships.kind[row] || app.say('乡镇', 'Township')), parts.chip(app.say('界线示意', 'area modelled'), 'warn')],
      app.name(app.table('counties'), townships.county[row]) + ' · ' + app.name(townships, row), app.esc(townships.code[row]) + ' · ' + parts.coordinates(townships, row)) +
      quotaPart('township_code', townships.code[row]) +
      parts.section(app.say('概况', 'Facts'), parts.list([
        [app.say('村（社区）', 'Villages'), app.number(villages)],
        [app.say('规划单元', 'Planning unit'), parts.text(townships.planning_unit[row])],
        [app.say('地形', 'Relief'), parts.text(app.code(townships.relief[row]))],
        [app.say('驻地误差', 'Seat uncertain by'), typeof uncertainty === 'number' ? '± ' + app.number(uncertainty) + ' km' : parts.text(null)],
        [app.say('来源性质', 'Provenance'), parts.text(app.known(townships.provenance[row]) ? app.provenance(townships.provenance[row]) : null)]
      ]));
  }

  function countyFigures(code) {
    return (app.figures.counties || []).filter(function (county) { return String(county.code) === String(code); })[0] || {};
  }

  function badgePart(county) {
    var list = app.badgeList(county);
    if (!list) return '';
    return parts.section(app.say('点名而位置未载明', 'Named, place not stated'), '<ul class="badges">' + list + '</ul>');
  }

  function countyCard(row) {
    var counties = app.table('counties');
    var found = countyFigures(counties.code[row]);
    var title = app.name(counties, row);
    if (counties.counted[row] === false) {
      return parts.head([parts.chip(app.say('不计入统计', 'not counted'), 'warn')], title, app.esc(counties.code[row])) +
        parts.section(app.say('说明', 'Note'), '<p>' + app.say('只作展示：不计入任何分母，也不设站址。', 'Shown only: outside every denominator, never a candidate.') + '</p>');
    }
    return parts.head([parts.chip(app.say('县（市、区）', 'County'))], title, app.esc(counties.code[row])) +
      parts.section(app.say('站数', 'Stations'), parts.figures([
        [app.number(found.stations_before), app.say('现状', 'before')],
        [app.number(found.stations_after), app.say('方案后', 'after')],
        [app.number(found.stations_per_10000, 1), app.say('每万人', 'per 10,000')],
        [app.share(found.covered_share), app.say('覆盖', 'covered')]
      ])) +
      parts.section(app.say('概况', 'Facts'), parts.list([
        [app.say('常住人口', 'Residents'), app.number(found.population || counties.population[row])],
        [app.say('未落址配额', 'Without a place'), app.number(found.stations_unplaced)]
      ])) + quotaPart('county_code', counties.code[row]) + badgePart(row);
  }

  function villageCard(row) {
    var villages = app.table('villages');
    var townships = app.table('townships');
    var township = villages.township[row];
    var where = township < 0 ? '' : app.name(app.table('counties'), townships.county[township]) + ' · ' + app.name(townships, township);
    return parts.head([parts.chip(app.say('村（社区）', 'Village'))].concat(parts.modelledChip(villages.provenance[row])), villages.name[row], app.esc(villages.code[row]) + ' · ' + app.esc(where)) +
      parts.section(app.say('概况', 'Facts'), parts.list([
        [app.say('人口（示意）', 'People (modelled)'), app.number(villages.population[row])],
        [app.say('类别', 'Kind'), parts.text(app.code(villages.kind[row]))]
      ])) +
      parts.ground(villages.provenance[row], villages.radius_m[row]) +
      (township < 0 ? '' : quotaPart('township_code', townships.code[township]));
  }

  function placeCard(row, layer) {
    var place = app.table('places')[layer][row];
    var known = place.lon !== undefined;
    var name = app.layer(layer);
    return parts.head([parts.chip(name ? app.say(name.zh, name.en) : layer)].concat(app.known(place.provenance) ? parts.modelledChip(place.provenance) : []),
      app.say(place.name, place.name_en || place.name), app.esc(place.id) + ' · ' + (known ? place.lon.toFixed(4) + '°E ' + place.lat.toFixed(4) + '°N' : app.say('位置未知，列在县名下', 'place unknown, listed under its county'))) +
      parts.section(app.say('概况', 'Facts'), parts.list([
        [app.say('县（市、区）', 'County'), app.esc(app.name(app.table('counties'), place.county))],
        [app.say('类别', 'Kind'), parts.text(app.code(place.kind))],
        [app.say('条款', 'Clause'), parts.text(place.clause)]
      ]) + (app.known(place.note) ? '<p>' + app.esc(place.note) + '</p>' : '')) +
      parts.ground(place.provenance, place.radius_m);
  }

  app.cards.townships = townshipCard;
  app.cards.counties = countyCard;
  app.cards.villages = villageCard;
  app.cards.places = placeCard;
})(window.OneMap);
