"""Read KML and 奥维 .ovkml in one pass, with document types, entities and links refused.

The format says that coordinates are WGS 84, and map programmes in China often write GCJ-02 all
the same, so a KML declares no CRS here and its notes say what the format says. 奥维 marks each
place with an element OvCoordType (CGCS2000, WGS84 or GCJ-02; from version 9.3 it exports GCJ-02
within China): it is kept as a column, and where every place carries the same mark, that is what
the file declares.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING
from xml.parsers import expat

import numpy as np
import pandas as pd

from siting.layers.formats.drawn import WITHOUT_Z
from siting.layers.formats.kml_places import Places
from siting.layers.formats.refusal import refusal
from siting.layers.formats.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK_CHARACTERS = 1 << 20
COORDINATE_TYPE = "OvCoordType"
DECLARED = {"CGCS2000": "EPSG:4490", "WGS84": "EPSG:4326", "GCJ02": "GCJ-02", "BD09": "BD-09"}
FORMAT_SAYS = (
    "the format says WGS 84, which files from map programmes in China often are not: "
    "no CRS is taken as declared"
)
UNMARKED = (
    "奥维 exports GCJ-02 within China from version 9.3 and WGS 84 before; this file says neither"
)


def open_kml(path: Path, *, file: str = "") -> Sheet:
    """Return the places of a KML; the row of a record is its number, from 1.

    Columns: name, description, folder (outer / inner), OvCoordType where 奥维 wrote it, and those
    of ExtendedData.

    Raises
    ------
    DataError
        Where it is no KML, is cut off, declares a document type or entities, or holds a place
        whose coordinates are no numbers.

    """
    file = file or path.name
    places = Places(file=file)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = places.start
    parser.EndElementHandler = places.end
    parser.CharacterDataHandler = places.characters
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_doctype(file)
    parser.EntityDeclHandler = lambda *_: _refuse_doctype(file)
    places.line = lambda: parser.CurrentLineNumber
    try:
        for text in _chunks(path, file):
            parser.Parse(text, False)  # noqa: FBT003 - expat's own signature
        parser.Parse("", True)  # noqa: FBT003
    except expat.ExpatError as error:
        what = f"is not complete XML: {expat.ErrorString(error.code)}"
        remedy = "the copy may be cut off; export it again"
        raise refusal(file, what, remedy, row=error.lineno) from error
    return _sheet(places, file, path.suffix.lower())


def _refuse_doctype(file: str) -> None:
    what = "declares a document type or entities, which a KML has no use for and can do harm"
    raise refusal(file, what, "export it again, or delete the lines <!DOCTYPE ...>")


def _chunks(path: Path, file: str) -> Iterator[str]:
    """Yield the text in parts, decoded as its mark or its first line says."""
    with path.open("rb") as opened:
        start = opened.read(200)
    encoding = "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif declared := re.search(rb"encoding\s*=\s*[\"']([\w.-]+)", start):
        word = declared[1].decode().lower()
        encoding = "gb18030" if word.startswith("gb") else word
        encoding = "utf-8-sig" if encoding in ("utf-8", "utf8") else encoding
    try:
        with path.open(encoding=encoding) as text:
            while part := text.read(CHUNK_CHARACTERS):
                yield part
    except (UnicodeError, LookupError) as error:
        remedy = "save it again as UTF-8"
        raise refusal(
            file, f"is not the {encoding.removesuffix('-sig')} text that it says it is", remedy
        ) from error


def _sheet(places: Places, file: str, suffix: str) -> Sheet:
    if not places.is_kml:
        raise refusal(file, "is XML, but no KML", "export it again as .kml")
    names = list(dict.fromkeys(name for record in places.records for name in record))
    columns = {name: [record.get(name, "") for record in places.records] for name in names}
    rows = np.arange(1, len(places.records) + 1, dtype=np.int64)
    shapes = np.full(len(rows), None, dtype=object)
    shapes[:] = places.shapes
    crs, notes = _datum([record.get(COORDINATE_TYPE, "") for record in places.records])
    if FORMAT_SAYS in notes and (suffix == ".ovkml" or ".ovkmz" in file.lower()):
        notes = (UNMARKED,)
    return Sheet(
        file=file,
        cells=pd.DataFrame(columns, index=pd.RangeIndex(len(rows)), columns=names, dtype="str"),
        rows=rows,
        geometry=shapes,
        crs=crs,
        notes=(*notes, *((WITHOUT_Z,) if places.with_heights else ()), *places.notes()),
    )


def _datum(types: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the CRS that 奥维's marks declare, and what the planner should know about it."""
    words = [word for word in types if word]
    if not words:
        return "", (FORMAT_SAYS,)
    counts = {word: words.count(word) for word in sorted(set(words))}
    marks = ", ".join(f"{word} {count}" for word, count in counts.items())
    note = f"奥维 marks the coordinates of its places ({COORDINATE_TYPE}): {marks}"
    same = len(counts) == 1 and len(words) == len(types)
    word = re.sub(r"[\W_]", "", words[0]).upper()
    return DECLARED.get(word, "") if same else "", (note,)
