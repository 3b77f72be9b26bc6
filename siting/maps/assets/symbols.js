// Colours and marks: kind is shape, phase is hue, modelled is hollow and hatched.
(function (app) {
  'use strict';

  app.COLOURS = {
    ink: '#16242F',
    existing: '#55626B',
    phases: ['#0072B2', '#D55E00', '#009E73', '#CC79A7'],
    edge: '#7B2D6B',
    ports: '#004E64',
    parks: '#00785A',
    protected: '#7A5C00',
    data_centres: '#7B2D6B',
    projects: '#8A4B00',
    gap: '#98275B',
    selected: '#E69F00'
  };

  app.phaseColour = function (phase) {
    return app.COLOURS.phases[(phase - 1) % app.COLOURS.phases.length];
  };

  // Outline of a site's kind around x, y: triangle macro, circle micro, square indoor
  app.shapePath = function (context, kind, x, y, radius) {
    context.beginPath();
    if (kind === 'macro') {
      context.moveTo(x, y - radius * 1.15);
      context.lineTo(x + radius * 1.05, y + radius * 0.8);
      context.lineTo(x - radius * 1.05, y + radius * 0.8);
      context.closePath();
    } else if (kind === 'micro') {
      context.arc(x, y, radius * 0.85, 0, 2 * Math.PI);
    } else {
      context.rect(x - radius * 0.8, y - radius * 0.8, radius * 1.6, radius * 1.6);
    }
  };

  var patterns = {};
  app.hatch = function (context, colour, rising, scale) {
    var key = colour + rising + scale;
    if (patterns[key]) return patterns[key];
    var tile = document.createElement('canvas');
    tile.width = tile.height = 8 * scale;
    var pen = tile.getContext('2d');
    pen.scale(scale, scale);
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.beginPath();
    for (var i = -1; i < 3; i++) {
      pen.moveTo(i * 8 - 1, rising ? 9 : -1);
      pen.lineTo(i * 8 + 9, rising ? -1 : 9);
    }
    pen.stroke();
    patterns[key] = context.createPattern(tile, 'repeat');
    return patterns[key];
  };

  function svg(body) {
    return '<svg width="20" height="14" viewBox="0 0 20 14" aria-hidden="true">' + body + '</svg>';
  }
  function line(colour, width, dash) {
    return '<path d="M1 7h18" stroke="' + colour + '" stroke-width="' + width + '"' + (dash ? ' stroke-dasharray="' + dash + '"' : '') + '/>';
  }
  function hatched(colour, rising) {
    return '<path d="M1 1.5h18v11H1z" fill="#fff" stroke="' + colour + '"/><path d="' +
      (rising ? 'M1 9l7-7M5 12l10-10M12 12l7-7' : 'M1 4l8 8M5 2l10 10M12 2l7 7') + '" stroke="' + colour + '" stroke-opacity=".7"/>';
  }
  function kindPath(kind, attributes) {
    if (kind === 'macro') return '<path d="M10 1.5l5.5 10h-11z" ' + attributes + '/>';
    if (kind === 'micro') return '<circle cx="10" cy="7" r="4.6" ' + attributes + '/>';
    return '<path d="M5.5 2.5h9v9h-9z" ' + attributes + '/>';
  }
  function hollow(colour) { return 'fill="none" stroke="' + colour + '" stroke-width="1.5"'; }

  function bodies() {
    var colours = app.COLOURS;
    return {
      counties: line('#3C4A53', 2),
      townships: line('#7C8A94', 1.2),
      villages: '<circle cx="10" cy="7" r="2.6" fill="#fff" stroke="#7C8A94" stroke-width="1.3"/>',
      labels: '<text x="10" y="11" font-size="11" text-anchor="middle" fill="#16242F" font-weight="600">文</text>',
      coverage: '<path d="M0 1h10v12H0z" fill="#57A5A8"/><path d="M10 1h10v12H10z" fill="#B4DAD5"/>',
      good: '<path d="M0 1h20v12H0z" fill="#57A5A8"/>',
      basic: '<path d="M0 1h20v12H0z" fill="#B4DAD5"/>',
      gaps: '<path d="M2 3h3v3H2zM8 2h3v3H8zM14 5h3v3h-3zM5 8h3v3H5zM11 9h3v3h-3z" fill="#98275B"/>',
      existing: '<path d="M7.5 4.5h5v5h-5z" fill="#55626B"/>',
      existingModelled: '<path d="M7.5 4.5h5v5h-5z" fill="none" stroke="#55626B" stroke-opacity=".7"/>',
      quotas: '<circle cx="10" cy="7" r="4.6" fill="none" stroke="#0072B2" stroke-width="3"/><path d="M10 2.4a4.6 4.6 0 0 0-4.6 4.6" fill="none" stroke="#D55E00" stroke-width="3"/>',
      ring: '<circle cx="10" cy="7" r="6" fill="none" stroke="#0072B2" stroke-dasharray="2.5 1.8"/><path d="M6 9l5-5M8.500 11.500l5-5" stroke="#0072B2" stroke-opacity=".6"/>',
      macro: kindPath('macro', hollow(colours.ink)),
      micro: kindPath('micro', hollow(colours.ink)),
      indoor: kindPath('indoor', hollow(colours.ink)),
      edge: '<path d="M4.5 1.5h11v11h-11z" fill="#7B2D6B"/><path d="M6.500 4h7M6.500 8.500h7" stroke="#fff" stroke-width="2"/>',
      edgeModelled: '<path d="M4.5 1.5h11v11h-11z" fill="#fff" stroke="#7B2D6B" stroke-width="1.3" stroke-dasharray="2 1.6"/><path d="M7 5h6M7 9h6" stroke="#7B2D6B" stroke-width="1.6"/>',
      data_centres: '<path d="M4.5 1.5h11v11h-11z" fill="#fff" stroke="#7B2D6B" stroke-width="1.4"/><path d="M6.500 5h7M6.500 9h7" stroke="#7B2D6B" stroke-width="1.4"/>',
      ports: '<circle cx="10" cy="7" r="5.8" fill="#fff" stroke="#004E64" stroke-width="1.3"/><path d="M10 3.500v7M6.800 7.500q3.200 5 6.400 0M8.500 5.200h3" stroke="#004E64" stroke-width="1.3" fill="none"/>',
      parks: hatched(colours.parks, false),
      protected: hatched(colours.protected, true),
      projects: '<path d="M10 1.500l5.500 5.500-5.500 5.500L4.500 7z" fill="#fff" stroke="#8A4B00" stroke-width="1.5"/>',
      uncounted: hatched('#8A949A', true)
    };
  }

  // The symbol of a layer for tree and legend
  app.symbol = function (id) {
    var phase = /^phase(\d+)$/.exec(id);
    if (phase) return svg('<circle cx="10" cy="7" r="4.5" fill="' + app.phaseColour(+phase[1]) + '"/>');
    return svg(bodies()[id] || '');
  };

  // The symbol of a kind in the colour of a phase; hollow where the place is modelled
  app.kindSymbol = function (kind, phase, modelled) {
    var colour = app.phaseColour(phase);
    return svg(kindPath(kind, modelled ? hollow(colour) : 'fill="' + colour + '"'));
  };
})(window.OneMap);
