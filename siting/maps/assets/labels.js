// Place the names greedily: counties, sea, neighbours, townships, ports, villages.
(function (app) {
  'use strict';

  var SERIF = '"Noto Serif CJK SC","Source Han Serif SC","Songti SC",SimSun,Georgia,serif';
  var SANS = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",Arial,sans-serif';
  var COUNTY_SUFFIX = / (County|District|City)$/;
  var TOWN_SUFFIX = /(街道|镇|乡)$/;
  var ENGLISH_SUFFIX = / (Town|Township|Subdistrict|Hui Township|Development Zone)$/;

  function overlaps(a, b) { return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]; }

  function Placer(context, view) {
    this.context = context;
    this.view = view;
    this.taken = [];
  }

  Placer.prototype.width = function (text, spacing) {
    return this.context.measureText(text).width + spacing * (text.length - 1);
  };

  Placer.prototype.free = function (box) {
    return !this.taken.some(function (other) { return overlaps(box, other); });
  };

  // style: size, serif, italic, weight, spacing, colour, halo, haloWidth, dx, dy, beside
  Placer.prototype.put = function (text, worldX, worldY, style) {
    var x = this.view.x(worldX) + (style.dx || 0);
    var y = this.view.y(worldY) + (style.dy || 0);
    if (!text || x < -60 || y < -20 || x > this.view.width + 60 || y > this.view.height + 20) return;
    this.context.font = (style.italic ? 'italic ' : '') + (style.weight || 500) + ' ' + style.size + 'px ' + (style.serif ? SERIF : SANS);
    var spacing = app.language === 'en' ? 0 : style.spacing || 0;
    var width = this.width(text, spacing);
    var left = style.beside ? x : x - width / 2;
    var box = [left - 3, y - style.size * 0.62, left + width + 3, y + style.size * 0.62];
    if (!this.free(box)) return;
    this.taken.push(box);
    this.write(text, left, y, spacing, style);
  };

  Placer.prototype.write = function (text, left, y, spacing, style) {
    var context = this.context;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.strokeStyle = style.halo || 'rgba(252,251,248,.92)';
    context.lineWidth = style.haloWidth === undefined ? 3.2 : style.haloWidth;
    context.fillStyle = style.colour || app.COLOURS.ink;
    var starts = [];
    var pieces = spacing ? text.split('') : [text];
    var at = left;
    pieces.forEach(function (piece) {
      starts.push(at);
      at += context.measureText(piece).width + spacing;
    });
    if (context.lineWidth && style.haloWidth !== 0) {
      pieces.forEach(function (piece, i) { context.strokeText(piece, starts[i], y); });
    }
    pieces.forEach(function (piece, i) { context.fillText(piece, starts[i], y); });
  };

  // The larger population first, so that it keeps its name where names collide
  function byPeople(counties) {
    return counties.code.map(function (code, row) { return row; }).sort(function (a, b) {
      return (counties.population[b] || 0) - (counties.population[a] || 0);
    });
  }

  function countyLabels(placer, zoom) {
    if (zoom >= 11.3) return;
    var counties = app.table('counties');
    var size = zoom < 8.6 ? 13 : zoom < 9.4 ? 15 : zoom < 10.6 ? 17 : 20;
    byPeople(counties).forEach(function (row) {
      var small = counties.polygons[row].box[3] - counties.polygons[row].box[1] < 0.0009;
      var style = { size: small && zoom < 9.4 ? size - 2 : size, serif: true, weight: 700, spacing: zoom < 8.6 ? 1 : 3, haloWidth: 4.4 };
      placer.put(app.name(counties, row).replace(COUNTY_SUFFIX, ''), counties.wx[row], counties.wy[row], style);
      var badges = app.badgeCount(row);
      if (badges) {
        placer.put('◇ ' + app.number(badges), counties.wx[row], counties.wy[row], { size: 11.5, dy: size * 0.62 + 8, colour: app.COLOURS.projects, weight: 600 });
      }
      if (counties.counted[row] !== false || zoom < 8.6) return;
      var note = { size: 10.5, dy: size * 0.62 + 8, colour: '#66757F', weight: 400 };
      placer.put(app.say('不计入统计', 'not counted'), counties.wx[row], counties.wy[row], note);
    });
  }

  function surroundings(placer, zoom) {
    app.surroundings.sea.forEach(function (entry) {
      if (zoom < entry[4]) return;
      var style = { size: entry[5], serif: true, italic: true, spacing: entry[5] > 13 ? 9 : 4, colour: '#3E7391', haloWidth: 2.4, halo: 'rgba(236,240,240,.85)' };
      placer.put(app.say(entry[0], entry[1]), app.worldX(entry[2]), app.worldY(entry[3]), style);
    });
    if (zoom >= 10.6) return;
    app.surroundings.neighbours.forEach(function (entry) {
      var style = { size: 13, serif: true, spacing: 6, colour: '#98A0A3', haloWidth: 0 };
      placer.put(app.say(entry[0], entry[1]), app.worldX(entry[2]), app.worldY(entry[3]), style);
    });
  }

  function townshipName(townships, row, zoom) {
    var name = app.name(townships, row);
    if (app.language === 'en') return name.replace(ENGLISH_SUFFIX, '');
    return zoom < 11 && name.length > 2 ? name.replace(TOWN_SUFFIX, '') : name;
  }

  function townshipLabels(placer, zoom) {
    if (zoom < 9.6) return;
    var townships = app.table('townships');
    var circles = app.shown('quotas') && app.state.phase > 0 && !app.singleSites();
    townships.code.forEach(function (code, row) {
      if (townships.kind[row] === 'zone' && zoom < 12) return;
      var size = zoom < 11 ? 11.5 : zoom < 12.5 ? 13 : 15;
      var total = circles ? app.townshipStations()[row].slice(0, app.state.phase).reduce(function (a, b) { return a + b; }, 0) : 0;
      var style = { size: size, colour: '#2B3A44', weight: zoom < 11 ? 400 : 500, dy: circles ? app.quotaRadius(total, zoom) + size * 0.7 : 0 };
      var text = townshipName(townships, row, zoom) + (total && zoom >= 10 && (placer.view.divider === null || placer.view.x(townships.wx[row]) > placer.view.divider) ? ' ' + app.number(total) : '');
      placer.put(text, townships.wx[row], townships.wy[row], style);
    });
  }

  function placeLabels(placer, zoom) {
    var limits = { ports: 9.8, parks: 10.4, protected: 10.2, projects: 10.4, data_centres: 10.4 };
    Object.keys(limits).forEach(function (name) {
      if (!app.shown(name) || zoom < limits[name]) return;
      app.table('places')[name].forEach(function (place) {
        if (place.wx === undefined) return;
        var style = { size: 11.5, beside: true, dx: 10, colour: app.COLOURS[name] };
        placer.put(app.say(place.name, place.name_en || place.name), place.wx, place.wy, style);
      });
    });
  }

  function villageLabels(placer, view) {
    if (!app.shown('villages') || view.zoom < 13.4) return;
    var villages = app.table('villages');
    villages.code.forEach(function (code, row) {
      if (!app.inView(view, villages.wx[row], villages.wy[row])) return;
      placer.put(villages.name[row], villages.wx[row], villages.wy[row], { size: 11, colour: '#5A6770', weight: 400, dy: 11, haloWidth: 2.6 });
    });
  }

  // Near enough to tell one from the next, every modelled site carries its mark
  function siteLabels(placer, view) {
    if (view.zoom < 15) return;
    var sites = app.table('proposed');
    var shown = app.siteFilter();
    sites.site_id.forEach(function (id, row) {
      if (sites.provenance[row] !== 'modelled' || !app.inView(view, sites.wx[row], sites.wy[row]) || !shown(row)) return;
      placer.put(app.word('modelledMark'), sites.wx[row], sites.wy[row], { size: 10, weight: 400, dy: 14, colour: '#7A4700', haloWidth: 2.4 });
    });
  }

  // No name is written over what is selected
  function keepSelected(placer, view) {
    var selected = app.state.selected;
    if (!selected || selected.table === 'places') return;
    var table = app.table(selected.table);
    if (table.polygons) return;
    var x = view.x(table.wx[selected.row]);
    var y = view.y(table.wy[selected.row]);
    placer.taken.push([x - 16, y - 16, x + 16, y + 16]);
  }

  app.drawLabels = function (context, view) {
    if (!app.shown('labels')) return;
    var placer = new Placer(context, view);
    keepSelected(placer, view);
    countyLabels(placer, view.zoom);
    surroundings(placer, view.zoom);
    townshipLabels(placer, view.zoom);
    placeLabels(placer, view.zoom);
    villageLabels(placer, view);
    siteLabels(placer, view);
  };
})(window.OneMap);
