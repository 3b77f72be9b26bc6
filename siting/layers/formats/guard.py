"""Refuse files made to harm: archives that swell or escape, nests, headers that claim too much."""

from __future__ import annotations

import re
import stat
import struct
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from siting.layers.formats.refusal import refusal

if TYPE_CHECKING:
    import zipfile
    from pathlib import Path

MAX_RATIO = 1000
MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 20_000_000_000
SMALL_BYTES = 1_000_000
"""Up to here a ratio says nothing: an empty table packs well."""
MAX_DEPTH = 64
SCANNED_BYTES = 8_000_000
HEADER_BYTES = 65_536

_STEP = np.zeros(256, dtype=np.int8)
_STEP[list(b"[{")] = 1
_STEP[list(b"]}")] = -1
_IS_MARK = _STEP != 0
_IS_MARK[ord('"')] = True

_DELIVERED = "ask whoever sent it for the files themselves"
_CUT_OFF = "copy or download it again: this copy is cut off or damaged"


def refuse_zip_bomb(archive: zipfile.ZipFile, file: str) -> None:
    """Raise where an archive would write outside its folder or swell beyond reason.

    Raises
    ------
    DataError
        Absolute names, `..`, drive letters, links, more than MAX_ENTRIES entries, an entry or a
        whole that unpacks to more than MAX_RATIO times its packed size, more than
        MAX_UNPACKED_BYTES, a password.

    """
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        what = f"holds {len(entries):,} entries; at most {MAX_ENTRIES:,} are read"
        raise refusal(file, what, _DELIVERED)
    for entry in entries:
        _refuse_entry(entry, file)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        what = f"unpacks to {unpacked / 1e9:.0f} GB; at most {MAX_UNPACKED_BYTES / 1e9:.0f} GB are read"
        raise refusal(file, what, _DELIVERED)
    _refuse_ratio(unpacked, packed, file)


def _refuse_entry(entry: zipfile.ZipInfo, file: str) -> None:
    name = entry.filename.replace("\\", "/")
    shown = entry.filename if len(entry.filename) <= 80 else entry.filename[:77] + "..."
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in PurePosixPath(name).parts:
        what = f"holds {shown!r}, which points outside the archive"
        raise refusal(file, what, _DELIVERED)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise refusal(file, f"holds {shown!r}, which is a link to another file", _DELIVERED)
    if entry.flag_bits & 1:
        raise refusal(file, "is locked with a password", "unpack it and import the file in it")
    _refuse_ratio(entry.file_size, entry.compress_size, file)


def _refuse_ratio(unpacked: int, packed: int, file: str) -> None:
    if unpacked > SMALL_BYTES and unpacked > MAX_RATIO * max(packed, 1):
        what = (
            f"unpacks to {unpacked / max(packed, 1):,.0f} times its size; "
            f"at most {MAX_RATIO} times is read"
        )
        raise refusal(file, what, _DELIVERED)


def refuse_deep_nest(content: bytes, file: str) -> None:
    """Raise where brackets of a JSON text nest deeper than MAX_DEPTH; quoted ones do not count."""
    plain = content.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    depth = quotes = 0
    for start in range(0, len(plain), SCANNED_BYTES):
        part = np.frombuffer(plain, dtype=np.uint8, count=-1, offset=start)[:SCANNED_BYTES]
        marks = np.flatnonzero(_IS_MARK[part])
        found = part[marks]
        quoted = (quotes + np.cumsum(found == ord('"'))) % 2 == 1
        steps = np.where(quoted, 0, _STEP[found])
        depths = depth + np.cumsum(steps, dtype=np.int64)
        if len(depths) and depths.max() > MAX_DEPTH:
            at = start + int(marks[np.argmax(depths > MAX_DEPTH)])
            what = f"nests brackets more than {MAX_DEPTH} deep"
            row = content.count(b"\n", 0, at) + 1
            raise refusal(file, what, "export it again; no map has such a shape", row=row)
        depth = int(depths[-1]) if len(depths) else depth
        quotes += int((found == ord('"')).sum())


def refuse_false_size(path: Path, file: str) -> None:
    """Raise where the header of a file claims more bytes than there are.

    Knows shapefiles (.shp, .shx), GeoPackage, FlatGeobuf and GeoTIFF by their first bytes; says
    nothing about any other.
    """
    size = path.stat().st_size
    with path.open("rb") as opened:
        start = opened.read(HEADER_BYTES)
    claimed = _claimed_bytes(start, size)
    if claimed > size:
        what = f"claims {_bytes_text(claimed)} in its header and holds {_bytes_text(size)}"
        raise refusal(file, what, _CUT_OFF)


def _claimed_bytes(start: bytes, size: int) -> int:
    """Return how long a file says it is; 0 where it does not say."""
    if start.startswith(b"\x00\x00\x27\x0a"):
        return 2 * int(struct.unpack(">I", start[24:28])[0]) if len(start) >= 100 else size + 1
    if start.startswith(b"SQLite format 3\x00"):
        return _sqlite_bytes(start)
    if start.startswith(b"fgb") and len(start) >= 12:
        return _flatgeobuf_bytes(start)
    if start[:4] in (b"II*\x00", b"MM\x00*"):
        return 2 + int(struct.unpack("<I" if start[:2] == b"II" else ">I", start[4:8])[0])
    return 0


def _flatgeobuf_bytes(start: bytes) -> int:
    """Return the least size of a FlatGeobuf: header, and index and size word of its features.

    The header is a FlatBuffer table; its field 8 counts the features, field 9 is 0 without index.
    """
    header = 12 + int(struct.unpack("<I", start[8:12])[0])
    try:
        table = 12 + struct.unpack_from("<I", start, 12)[0]
        fields = table - struct.unpack_from("<i", start, table)[0]
        size = struct.unpack_from("<H", start, fields)[0]
        places = struct.unpack_from(f"<{(size - 4) // 2}H", start, fields + 4)
        count_at, index_at = (places[field] if field < len(places) else 0 for field in (8, 9))
        features = struct.unpack_from("<Q", start, table + count_at)[0] if count_at else 0
        indexed = struct.unpack_from("<H", start, table + index_at)[0] if index_at else 16
    except struct.error:  # a header that contradicts itself; its reader says so
        return header
    return header + int(features) * (44 if indexed else 4)


def _sqlite_bytes(start: bytes) -> int:
    """Return pages times their size; a file without a valid count does not say."""
    if len(start) < 100:
        return 100
    page = int(struct.unpack(">H", start[16:18])[0])
    pages = int(struct.unpack(">I", start[28:32])[0])
    counted = start[24:28] == start[92:96]  # else the count is left from an old programme
    return (65536 if page == 1 else page) * pages if counted else 0


def _bytes_text(count: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
