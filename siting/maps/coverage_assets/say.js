// What the page of coverage says, in Chinese and in English.
(function (app) {
  'use strict';

  var WORDS = {
    title: ['覆盖图', 'Coverage'],
    subtitle: ['信号电平、信干噪比、主服务小区、概率与速率', 'Level, SINR, best server, probability, throughput'],
    layers: ['图层', 'Layers'],
    legend: ['图例', 'Legend'],
    contour: ['门限等值线', 'Threshold line'],
    contrast: ['黑白', 'Black and white'],
    print: ['打印', 'Print'],
    noValue: ['无值（未到达或未计算）', 'No value: not reached or not computed'],
    share: ['占有值面积', 'of the area with values'],
    here: ['光标处', 'At the cursor'],
    pointAt: ['在图上移动光标，读取各图层数值', 'Move over the map to read every layer'],
    about: ['依据与说明', 'What this is'],
    outside: ['图外', 'off the map'],
    none: ['无值', 'no value'],
    server: ['小区', 'cell'],
    servers: ['个主服务小区', 'best servers'],
    reached: ['达到门限', 'reaches the threshold'],
    missed: ['低于门限', 'below the threshold'],
    range: ['最小 / 最大', 'Least / greatest'],
    cell: ['本页像元', 'A pixel of this page'],
    mean: ['像元取值', 'Its value'],
    asItIs: ['原栅格值', 'as in the raster'],
    border: ['服务区边界', 'Border between servers']
  };

  // Chinese or English of a pair
  app.pair = function (pair) { return pair ? app.say(pair[0], pair[1]) : ''; };
  app.words = function (key) { return app.pair(WORDS[key]); };

  app.signed = function (value, digits) {
    return app.number(value, digits).replace('-', '−');
  };
})(window.OneMap);
