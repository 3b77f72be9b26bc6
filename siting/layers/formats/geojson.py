"""Read GeoJSON strictly: what is not as the format says is an error, nothing is guessed."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siting.errors import DataError
from siting.layers.formats.drawn import WITHOUT_Z
from siting.layers.formats.geojson_shapes import shapes_of
from siting.layers.formats.guard import refuse_deep_nest
from siting.layers.formats.refusal import refusal
from siting.layers.formats.sheet import Sheet
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 500_000_000
"""A larger file would need more than about 4 GB of memory."""
GEOMETRIES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)
DEGREES = "EPSG:4326"
_AGAIN = "export it again as GeoJSON"


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def open_geojson(path: Path, *, file: str = "") -> Sheet:
    """Return a GeoJSON file; the row of a record is its number, from 1.

    A `crs` member, as the format had until 2016, is honoured; without it coordinates are WGS 84
    degrees, as the format says.

    Raises
    ------
    DataError
        Where it is no GeoJSON, with the line or the records that are wrong.

    """
    file = file or path.name
    size = path.stat().st_size
    if size > MAX_BYTES:
        what = f"has {size / 1e6:.0f} MB; GeoJSON up to {MAX_BYTES / 1e6:.0f} MB is read"
        raise refusal(file, what, "save it as .gpkg with QGIS, and import that")
    content = _utf8(path.read_bytes(), file)
    refuse_deep_nest(content, file)
    document = _parsed(content, file)
    features = _features(document, file)
    shapes, flattened, problems = shapes_of([feature["geometry"] for feature in features], file)
    if problems:
        raise DataError(problems)
    return Sheet(
        file=file,
        cells=_cells([feature.get("properties") or {} for feature in features]),
        rows=np.arange(1, len(features) + 1, dtype=np.int64),
        geometry=shapes,
        crs=_crs(document, file),
        notes=(WITHOUT_Z,) if flattened else (),
    )


def _utf8(content: bytes, file: str) -> bytes:
    """Return the text as UTF-8 without its mark; UTF-16 and GB18030 are understood."""
    content = content.removeprefix(codecs.BOM_UTF8)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace").encode()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            return content.decode("gb18030").encode()
        except UnicodeDecodeError:
            row = content.count(b"\n", 0, error.start) + 1
            raise refusal(file, "is not UTF-8 text", _AGAIN + " in UTF-8", row=row) from error
    return content


def _parsed(content: bytes, file: str) -> Any:
    """Return the document, or raise with the line where it stops being JSON."""
    try:
        return json.loads(
            content, parse_constant=_no_constant, object_pairs_hook=_object_without_twice
        )
    except json.JSONDecodeError as error:
        if error.msg.startswith("Extra data"):
            what = "goes on after its end"
            remedy = "keep one document in a file: delete what follows the last bracket"
        else:
            what = f"is not JSON: {error.msg.lower()} at column {error.colno}"
            remedy = f"the copy may be cut off; {_AGAIN}"
        raise refusal(file, what, remedy, row=error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise refusal(file, str(error), f"correct it, or {_AGAIN}") from error


def _no_constant(word: str) -> float:
    what = f"holds {word}, which is no number of JSON"
    raise ValueError(what)


def _object_without_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        what = f"has the key {twice!r} twice in one object"
        raise _TwiceError(what)
    return found


def _features(document: Any, file: str) -> list[dict[str, Any]]:
    """Return the features of a collection, of one feature or of a bare shape."""
    kind = document.get("type") if isinstance(document, dict) else None
    if kind in GEOMETRIES:
        return [{"geometry": document}]
    if kind == "Feature":
        found = [document]
    elif kind == "FeatureCollection" and isinstance(document.get("features"), list):
        found = document["features"]
    else:
        raise refusal(file, _not_geojson(document, kind), _AGAIN)
    wrong = [
        (number, what)
        for number, feature in enumerate(found, start=1)
        if (what := _fault_of(feature))
    ]
    if wrong:
        rows, whats = [row for row, _ in wrong], [what for _, what in wrong]
        raise DataError(row_problems(file, rows, "", whats, _AGAIN))
    return [
        feature if "geometry" in feature else {**feature, "geometry": None} for feature in found
    ]


def _not_geojson(document: Any, kind: Any) -> str:
    if kind == "Topology":
        return "is TopoJSON, not GeoJSON"
    if isinstance(document, dict) and "geometryType" in document:
        return "is Esri JSON, not GeoJSON"
    if isinstance(document, dict) and isinstance(document.get("elements"), list):
        return "is an answer of Overpass in its own JSON, not GeoJSON"
    if isinstance(document, dict) and kind == "FeatureCollection":
        return "is a FeatureCollection without a list of features"
    return "is JSON, but not GeoJSON: it is no FeatureCollection, Feature or geometry"


def _fault_of(feature: Any) -> str:
    """Return what is wrong with one feature apart from its coordinates; "" where nothing is."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return "is no Feature"
    geometry = feature.get("geometry")
    if geometry is not None and not isinstance(geometry, dict):
        return "has a geometry that is no object"
    if geometry is not None and geometry.get("type") not in GEOMETRIES:
        return f"has a geometry of the unknown type {str(geometry.get('type'))[:40]!r}"
    if not isinstance(feature.get("properties") or {}, dict):
        return "has properties that are no object"
    return ""


def _cells(properties: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the properties as text; columns in the order in which they first appear."""
    names = list(dict.fromkeys(name for one in properties for name in one))
    columns = {name: [_text(one.get(name)) for one in properties] for name in names}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(properties)), columns=names, dtype="str")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, float) else repr(value)


def _crs(document: dict[str, Any], file: str) -> str:
    """Return the CRS that the document names, or degrees where it names none."""
    if "crs" not in document:
        return DEGREES
    member = document["crs"]
    if member is None:
        return ""
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise refusal(
            file, "has a crs member without a name", "delete it, or write urn:ogc:def:crs"
        )
    if name.upper().endswith("CRS84"):
        return DEGREES
    code = re.fullmatch(r"(?:urn:ogc:def:crs:)?EPSG:[\d.]*:?(\d{4,6})", name, re.IGNORECASE)
    return f"EPSG:{code[1]}" if code else name
