// The words, numbers and small helpers that every other script of the page uses.
window.OneMap = {};
(function (app) {
  'use strict';

  app.language = 'zh';

  var WORDS = {
    subtitle: ['5G 站址与边缘数据中心选址方案', '5G sites and edge data centres'],
    skip: ['跳到指标看板', 'Skip to the board'],
    searchHint: ['搜索：区县、乡镇、村、站址编码、拼音首字母', 'Search: name, code or pinyin initials'],
    searchShort: ['搜索', 'Search'],
    copyLink: ['复制链接', 'Copy link'],
    print: ['打印 A3', 'Print A3'],
    contrast: ['高对比', 'Contrast'],
    layers: ['图层', 'Layers'],
    layersAndLegend: ['图层图例', 'Layers'],
    legend: ['图例', 'Legend'],
    reset: ['恢复默认', 'Reset'],
    board: ['承诺指标看板', 'Commitments'],
    boardShort: ['指标', 'Targets'],
    levelsShort: ['分级覆盖', 'Coverage'],
    phase: ['阶段', 'Phase'],
    before: ['现状', 'Before'],
    swipe: ['卷帘对比', 'Swipe'],
    swipeHint: ['卷帘分隔条，左右键移动', 'Swipe divider, use the left and right keys'],
    mapHint: ['地图，方向键平移，加减键缩放', 'Map; arrows pan, plus and minus zoom'],
    noTargets: ['没有承诺指标表（targets.csv），不作达标判断', 'No ledger of targets (targets.csv) was given: nothing is judged'],
    notComputed: ['未计算', 'not computed'],
    modelledMark: ['示意', 'modelled'],
    stations: ['站', 'stations'],
    sites: ['址', 'sites']
  };
  var KINDS = { macro: ['宏站', 'Macro'], micro: ['微站', 'Micro'], indoor: ['室分', 'Indoor'] };
  var BUILDS = { co_located: ['共址', 'Co-located'], 'new': ['新建', 'New'], existing: ['已有', 'Existing'] };
  var PROVENANCES = {
    official: ['官方', 'official'],
    surveyed: ['实测', 'surveyed'],
    generalised: ['概化', 'generalised'],
    approximate: ['近似', 'approximate'],
    modelled: ['示意', 'modelled']
  };
  var OPERATORS = {
    '>': ['>', '>'],
    '>=': ['≥', '≥'],
    '<': ['<', '<'],
    '<=': ['≤', '≤'],
    '=': ['=', '='],
    '~': ['≈', '≈'],
    policy: ['政策', 'policy'],
    list: ['清单', 'list'],
    mixed: ['多项', 'mixed'],
    claim: ['声明', 'claim'],
    baseline: ['基线', 'baseline']
  };

  app.find = function (selector) { return document.querySelector(selector); };

  app.each = function (selector, visit) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), visit);
  };

  // Chinese or English, whichever the page speaks now
  app.say = function (zh, en) { return app.language === 'en' ? en : zh; };

  function spoken(table, key) {
    var pair = Object.prototype.hasOwnProperty.call(table, key) ? table[key] : null;
    return pair ? app.say(pair[0], pair[1]) : String(key);
  }
  var CODES = {
    urban: ['城区', 'urban'],
    plain: ['平原', 'plain'],
    hill: ['丘陵', 'hill'],
    mountain: ['山区', 'mountain'],
    village_committee: ['村委会', 'village committee'],
    community: ['社区', 'community'],
    other: ['其他', 'other'],
    container: ['集装箱', 'container'],
    ro_ro: ['滚装', 'ro-ro'],
    coal: ['煤炭', 'coal'],
    general: ['件杂货', 'general cargo'],
    petrochemical: ['石化', 'petrochemical'],
    fishing: ['渔港', 'fishing'],
    heritage: ['文物', 'heritage'],
    reserve: ['自然保护区', 'nature reserve'],
    wetland: ['湿地', 'wetland'],
    scenic: ['风景名胜区', 'scenic area'],
    reservoir: ['水库', 'reservoir'],
    airport: ['机场', 'airport'],
    agriculture: ['农业', 'agriculture'],
    development_zone: ['开发区', 'development zone'],
    high_tech: ['高新区', 'high-tech zone'],
    bonded: ['综合保税区', 'bonded zone'],
    semiconductor: ['半导体', 'semiconductor'],
    industrial: ['工业园', 'industrial'],
    ceramics: ['陶瓷', 'ceramics'],
    satellite_station: ['卫星地面站', 'satellite station'],
    data_centre: ['数据中心', 'data centre'],
    computing_centre: ['算力中心', 'computing centre'],
    platform: ['平台', 'platform'],
    park: ['园区', 'park'],
    operations_centre: ['运营中心', 'operations centre'],
    institute: ['研究院', 'institute'],
    laboratory: ['实验室', 'laboratory'],
    incubator: ['孵化器', 'incubator'],
    park_data_centre: ['园区数据中心', 'park data centre'],
    operator_room: ['运营商机房', 'operator room']
  };
  app.code = function (key) { return app.known(key) ? spoken(CODES, key) : ''; };
  app.word = function (key) { return spoken(WORDS, key); };
  app.kind = function (key) { return spoken(KINDS, key); };
  app.build = function (key) { return spoken(BUILDS, key); };
  app.provenance = function (key) { return spoken(PROVENANCES, key); };
  app.operator = function (key) { return key === null || key === undefined ? '' : spoken(OPERATORS, key); };

  // Text from outside enters the page through this door only
  app.esc = function (text) {
    return String(text).replace(/[&<>"']/g, function (sign) {
      return { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }[sign];
    });
  };

  app.known = function (value) { return value !== null && value !== undefined && value !== ''; };

  app.number = function (value, digits) {
    if (typeof value !== 'number' || !isFinite(value)) return app.word('notComputed');
    var most = digits === undefined ? (value % 1 === 0 ? 0 : 2) : digits;
    return value.toLocaleString('en-US', { minimumFractionDigits: digits || 0, maximumFractionDigits: most });
  };

  app.share = function (value, digits) {
    if (typeof value !== 'number') return app.word('notComputed');
    return app.number(value * 100, digits === undefined ? 1 : digits) + '%';
  };

  // A gap that is not nothing is never printed as nothing
  app.gap = function (value) {
    if (typeof value !== 'number' || value === 0 || value >= 0.0001) return app.share(value, 2);
    return '< 0.01%';
  };

  // Yuan as Chinese planners write them (万元, 亿元) or as millions
  app.money = function (cny) {
    if (typeof cny !== 'number') return app.word('notComputed');
    if (app.language === 'en') return app.number(cny / 1e6, 2) + ' M CNY';
    return cny >= 1e8 ? app.number(cny / 1e8, 2) + ' 亿元' : app.number(cny / 1e4, 1) + ' 万元';
  };

  app.stationsAndSites = function (stations, sites) {
    return app.number(stations) + ' ' + app.word('stations') + ' / ' + app.number(sites) + ' ' + app.word('sites');
  };

  app.toast = function (text) {
    var box = app.find('#toast');
    box.textContent = text;
    box.hidden = false;
    clearTimeout(app.toast.timer);
    app.toast.timer = setTimeout(function () { box.hidden = true; }, 1800);
  };
})(window.OneMap);
