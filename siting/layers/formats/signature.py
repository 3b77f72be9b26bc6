"""Tell what a file is from its first bytes, whatever it is called."""

from __future__ import annotations

import codecs
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOOKED_AT_BYTES = 4096

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"SQLite format 3\x00", "sqlite"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"fgb", "flatgeobuf"),
    (b"PAR1", "parquet"),
    (b"\x00\x00\x27\x0a", "shapefile"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"%PDF", "pdf"),
    (b"OviO", "ovobj"),
    (b"AC10", "dwg"),
    (b"!table", "mapinfo"),
    (b"\x00\x01\x00\x00Standard ", "access"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89HDF", "hdf"),
    (b"CDF\x01", "hdf"),
)
"""First bytes and the kind that they mean."""

XML_ROOTS = {"kml": "kml", "osm": "osm", "html": "html", "!doctype html": "html"}
OFFICE_PARTS = {"xl/": "workbook", "word/": "document", "ppt/": "document"}


def signature(path: Path) -> str:
    """Return the kind of a file: one of MAGIC, XML_ROOTS or OFFICE_PARTS, or what the code names.

    `empty`, `pbf`, `json`, `xml`, `text` (also UTF-16), `binary` (none of these).
    """
    with path.open("rb") as file:
        start = file.read(LOOKED_AT_BYTES)
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        return "empty" if not start.strip() or path.stat().st_size <= len(start) else "binary"
    if start[4:15] == b"\x0a\x09OSMHeader":
        return "pbf"
    kind = next((kind for magic, kind in MAGIC if start.startswith(magic)), "")
    if kind == "zip":
        return _kind_of_zip(path)
    return kind or _kind_of_text(start)


def _kind_of_zip(path: Path) -> str:
    """Return `workbook` or `document` where a zip is one of those, else `zip`."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip"
    if "[Content_Types].xml" in names:
        for name in names:
            for part, kind in OFFICE_PARTS.items():
                if name.startswith(part):
                    return kind
    return "document" if "META-INF/manifest.xml" in names and "mimetype" in names else "zip"


def _kind_of_text(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = start[: len(start) // 2 * 2].decode("utf-16", errors="replace")
    elif b"\x00" in start:
        return "binary"
    else:
        text = start.decode("latin-1").removeprefix("ï»¿")
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return "json"
    return _root_of_xml(text) if text.startswith("<") else "text"


def _root_of_xml(text: str) -> str:
    """Return what the root of an XML text is, skipping its declaration and comments."""
    rest = re.sub(r"<\?.*?\?>|<!--.*?-->", " ", text, flags=re.DOTALL).lstrip().lower()
    root = re.match(r"<(!doctype\s+[\w:.]+|[\w:.]+)", rest)
    if root is None:
        return "xml"
    name = re.sub(r"\s+", " ", root[1])
    if name.startswith("!doctype "):
        name = name if name == "!doctype html" else name.removeprefix("!doctype ")
    return XML_ROOTS.get(name.rsplit(":", 1)[-1], "xml")
