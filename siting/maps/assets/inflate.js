// Inflate raw DEFLATE (RFC 1951), so that no browser needs DecompressionStream.
(function (app) {
  'use strict';

  var LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  var LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  var DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  var DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
  var ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  var MOST_BITS = 15;

  function Reader(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.held = 0;
    this.count = 0;
  }
  Reader.prototype.fill = function (count) {
    while (this.count < count) {
      this.held |= (this.at < this.bytes.length ? this.bytes[this.at] : 0) << this.count;
      this.at += 1;
      this.count += 8;
    }
  };
  Reader.prototype.bits = function (count) {
    this.fill(count);
    var value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return value;
  };
  // A table of 2^15 entries: the next fifteen bits name the symbol and its length
  Reader.prototype.symbol = function (table) {
    this.fill(MOST_BITS);
    var entry = table[this.held & 32767];
    this.held >>>= entry & 15;
    this.count -= entry & 15;
    return entry >> 4;
  };

  function reversed(code, length) {
    var result = 0;
    for (var i = 0; i < length; i++) {
      result = (result << 1) | (code & 1);
      code >>= 1;
    }
    return result;
  }

  function codeTable(lengths) {
    var table = new Uint16Array(1 << MOST_BITS);
    var code = 0;
    for (var length = 1; length <= MOST_BITS; length++) {
      for (var symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        var start = reversed(code, length);
        for (var at = start; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
        code += 1;
      }
      code <<= 1;
    }
    return table;
  }

  function fixedTables() {
    var lengths = [];
    for (var i = 0; i < 288; i++) lengths.push(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    var distances = [];
    for (i = 0; i < 30; i++) distances.push(5);
    return [codeTable(lengths), codeTable(distances)];
  }

  function readTables(reader) {
    var literals = reader.bits(5) + 257;
    var distances = reader.bits(5) + 1;
    var given = reader.bits(4) + 4;
    var short = new Array(19).fill(0);
    for (var i = 0; i < given; i++) short[ORDER[i]] = reader.bits(3);
    var table = codeTable(short);
    var lengths = [];
    while (lengths.length < literals + distances) {
      var symbol = reader.symbol(table);
      if (symbol < 16) { lengths.push(symbol); continue; }
      var repeated = symbol === 16 ? lengths[lengths.length - 1] : 0;
      var times = symbol === 16 ? 3 + reader.bits(2) : symbol === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7);
      for (i = 0; i < times; i++) lengths.push(repeated);
    }
    return [codeTable(lengths.slice(0, literals)), codeTable(lengths.slice(literals))];
  }

  function Output() {
    this.bytes = new Uint8Array(1 << 16);
    this.length = 0;
  }
  Output.prototype.push = function (value) {
    if (this.length === this.bytes.length) {
      var larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = value;
  };

  function copyCoded(reader, output, tables) {
    for (;;) {
      var symbol = reader.symbol(tables[0]);
      if (symbol < 256) { output.push(symbol); continue; }
      if (symbol === 256) return;
      var length = LENGTH_BASE[symbol - 257] + reader.bits(LENGTH_BITS[symbol - 257]);
      var far = reader.symbol(tables[1]);
      var distance = DISTANCE_BASE[far] + reader.bits(DISTANCE_BITS[far]);
      for (var i = 0; i < length; i++) output.push(output.bytes[output.length - distance]);
    }
  }

  function copyStored(reader, output) {
    reader.bits(reader.count & 7);
    var length = reader.bits(16);
    reader.bits(16);
    for (var i = 0; i < length; i++) output.push(reader.bits(8));
  }

  app.bytes = function (base64) {
    var text = atob(base64);
    var bytes = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  };

  app.inflate = function (bytes) {
    var reader = new Reader(bytes);
    var output = new Output();
    var last = false;
    while (!last) {
      last = reader.bits(1) === 1;
      var form = reader.bits(2);
      if (form === 0) copyStored(reader, output);
      else copyCoded(reader, output, form === 1 ? fixedTables() : readTables(reader));
    }
    return output.bytes.subarray(0, output.length);
  };
})(window.OneMap);
