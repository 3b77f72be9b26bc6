"""Bring shapes to plain flat points, lines and areas of the dimension that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.geometry.notes import Notes

MAX_OPEN_SHARE = 0.01
"""Ends that are apart by less than this share of a line's length are meant to meet."""

_RING, _COLLECTION = 2, 7


def plain_shapes(out: NDArray[np.object_], notes: Notes) -> None:
    """Leave out heights, measures and empty parts and say so."""
    for has, word in ((shapely.has_z, "heights"), (shapely.has_m, "measures")):
        rows = np.flatnonzero(has(out))
        notes.say(rows, [f"{word} left out"] * len(rows))
    raised = np.flatnonzero(shapely.has_z(out) | shapely.has_m(out))
    out[raised] = shapely.force_2d(out[raised])
    parts, owner = shapely.get_parts(out, return_index=True)
    for row in np.unique(owner[shapely.is_empty(parts)]):
        mine = parts[(owner == row) & ~shapely.is_empty(parts)]
        out[row] = _several(mine, int(shapely.get_dimensions(out[row])))
        notes.say([int(row)], ["an empty part left out"])
    rings = np.flatnonzero(shapely.get_type_id(out) == _RING)
    for row in rings:
        out[row] = shapely.LineString(out[row])


def of_dimension(out: NDArray[np.object_], notes: Notes, dimension: int | None) -> None:
    """Keep what has the dimension asked for; close lines where areas are asked for; refuse the rest."""
    for row in np.flatnonzero(shapely.get_type_id(out) == _COLLECTION):
        wanted = int(shapely.get_dimensions(out[row])) if dimension is None else dimension
        out[row] = _parts_of(out[row], wanted, notes, int(row))
    if dimension is None:
        return
    present = ~shapely.is_missing(out)
    if dimension == 2:
        _close_lines(out, notes, np.flatnonzero(present & (shapely.get_dimensions(out) == 1)))
        present = ~shapely.is_missing(out)
    for given in range(3):
        if given != dimension:
            rows = np.flatnonzero(present & (shapely.get_dimensions(out) == given))
            notes.reject(out, rows, f"is {_a(given)} where {_a(dimension)} is asked for")


def _parts_of(
    collection: shapely.Geometry, dimension: int, notes: Notes, row: int
) -> shapely.Geometry | None:
    """Return the parts of a collection that have the dimension, as one shape."""
    parts = shapely.get_parts(collection)
    while (shapely.get_type_id(parts) >= 4).any():
        parts = shapely.get_parts(parts)
    wanted = shapely.get_dimensions(parts) == dimension
    others = int((~wanted).sum())
    if not wanted.any():
        notes.say([row], [f"is a collection without {_a(dimension)}"])
        return None
    if others:
        notes.say([row], [f"{others} part{'s' if others > 1 else ''} of another kind left out"])
    return _several(parts[wanted], dimension)


def _several(parts: NDArray[np.object_], dimension: int) -> shapely.Geometry:
    """Return parts of one dimension as one shape; parts of several as a collection."""
    if (shapely.get_dimensions(parts) != dimension).any():
        return shapely.GeometryCollection(parts.tolist())
    several = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[dimension]
    shape: Any = parts[0] if len(parts) == 1 else several(parts)
    return cast("shapely.Geometry", shape)


def _close_lines(out: NDArray[np.object_], notes: Notes, rows: NDArray[np.int64]) -> None:
    """Read lines whose ends meet, or all but meet, as the outlines of areas."""
    for row in rows:
        parts = shapely.get_parts(out[row])
        first, last = shapely.get_point(parts, 0), shapely.get_point(parts, -1)
        share = float((shapely.distance(first, last) / shapely.length(parts)).max())
        few = (shapely.get_num_points(parts) < 3 + (share == 0.0)).any()
        if few or not share <= MAX_OPEN_SHARE:  # no number where a part has no length
            notes.reject(out, np.array([row]), "is an open line where an area is asked for")
            continue
        closed = [shapely.Polygon(shapely.get_coordinates(part)) for part in parts]
        out[row] = closed[0] if len(closed) == 1 else shapely.multipolygons(closed)
        text = "a closed line read as an area" if share == 0.0 else "an open outline closed"
        notes.say([row], [text])


def _a(dimension: int) -> str:
    """Return the kind of a dimension with its article.

    >>> _a(2), _a(0)
    ('an area', 'a point')
    """
    return ("a point", "a line", "an area")[dimension]
