"""Pack tables and outlines into text that a page carries and unpacks by itself.

Coordinates are whole numbers of 0.00001 degree, each written as the difference to the one
before, so that DEFLATE (RFC 1951) has little left to store; the page inflates a block when it
is first asked for.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

UNITS_PER_DEGREE = 100_000


def script_json(value: object) -> str:
    """Return JSON that cannot end or open a script element, whatever names it carries."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def deflated(value: object) -> str:
    """Return a JSON value as raw DEFLATE in base64."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packer = zlib.compressobj(level=9, wbits=-15)
    packed = packer.compress(text.encode()) + packer.flush()
    return base64.b64encode(packed).decode("ascii")


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: numpy scalars unwrapped, anything missing as `None`."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = str(value)
    return None if text in {"<NA>", "NaT", "nan"} else text


def plain_mapping(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping of figures as JSON knows it."""
    return {str(key): plain(value) for key, value in values.items()}


def column(values: Iterable[Any], *, digits: int | None = None) -> list[Any]:
    """Return one column of a table, numbers rounded to `digits` decimals where given."""
    entries = [plain(value) for value in values]
    if digits is None:
        return entries
    return [_rounded(entry, digits) for entry in entries]


def differences(degrees: NDArray[np.float64]) -> list[int]:
    """Return a column of degrees as whole units, each the difference to the one before."""
    units = np.rint(np.asarray(degrees, dtype=float) * UNITS_PER_DEGREE).astype(np.int64)
    return [int(step) for step in np.diff(units, prepend=0)]


def outline(geometry: Any) -> list[list[int]]:
    """Return the rings of a polygon in degrees; each starts at its own first point.

    A ring is x0, y0, dx1, dy1, ... in whole units; the closing point is left out.
    """
    if geometry is None or geometry.is_empty:
        return []
    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    rings = [ring for part in polygons for ring in (part.exterior, *part.interiors)]
    return [encoded for ring in rings if (encoded := _ring(shapely.get_coordinates(ring)))]


def _ring(degrees: NDArray[np.float64]) -> list[int]:
    units = np.rint(degrees[:-1] * UNITS_PER_DEGREE).astype(np.int64)
    moved = np.ones(len(units), dtype=bool)
    moved[1:] = (np.diff(units, axis=0) != 0).any(axis=1)
    units = units[moved]
    if len(units) < 3:
        return []
    steps = np.vstack([units[:1], np.diff(units, axis=0)])
    return [int(step) for step in steps.ravel()]


def _rounded(entry: Any, digits: int) -> Any:
    if not isinstance(entry, float):
        return entry
    number = round(entry, digits)
    return int(number) if number == int(number) else number
