"""Make shapes valid without changing what they are, and say of each what was done or why it cannot be.

A shape that cannot be used comes back as None with its reason; one that was changed comes back with
a note; all others come back as they are. Polygons are mended by `make_valid` (structure method: an
outline stays an outline, a hole stays a hole) and turned so that their outlines run
counter-clockwise (RFC 7946, 3.1.6); which way they ran before means nothing and is not noted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.layers.geometry.kinds import of_dimension, plain_shapes
from siting.layers.geometry.notes import Notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_AREA_CHANGE = 0.05
"""A repair that changes the area by more than this share is a guess at what was meant."""

SLIVER_SHARE = 1e-6
"""A part that a repair split off is left out below this share of the whole area."""

_PLACE = re.compile(r"\[(\S+) (\S+)\]")


def repair_shapes(
    shapes: NDArray[np.object_],
    *,
    dimension: int | None = None,
    max_area_change: float = MAX_AREA_CHANGE,
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return shapes that are valid, plain and flat, and a note per row ("" where nothing was done).

    A row that cannot be used is None in the first array, and its note is the reason.

    Parameters
    ----------
    shapes
        Shapely geometries or None, in any coordinates.
    dimension
        What is asked for: 0 points, 1 lines, 2 areas; None keeps the dimension of each shape, of a
        collection that of its largest parts.
        A line whose ends meet is read as an area where areas are asked for, and said.
    max_area_change
        Largest share of its area that a repair may change, 0 to 1.

    """
    out = np.array(shapes, dtype=object)
    notes = Notes(len(out))
    with np.errstate(invalid="ignore"):
        _leave_out_unusable(out, notes)
        plain_shapes(out, notes)
        of_dimension(out, notes, dimension)
        _mend(out, notes, max_area_change)
        _drop_repeated(out, notes)
    areas = shapely.get_dimensions(out) == 2
    out[areas] = shapely.orient_polygons(out[areas])
    return out, notes.texts()


def polygon_faults(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return why each shape is no valid polygon, with the place of the fault; "" for one that is.

    >>> polygon_faults(np.array([shapely.box(0, 0, 1, 1), None], dtype=object)).tolist()
    ['', 'has no shape']
    """
    faults = np.full(len(shapes), "", dtype=object)
    dimensions = shapely.get_dimensions(shapes)
    bad = np.flatnonzero((dimensions != 2) | ~shapely.is_valid(shapes))
    for k in bad.tolist():
        if dimensions[k] == 2:
            faults[k] = _fault(shapely.is_valid_reason(shapes[k]))
        else:
            faults[k] = ("has no shape", "a point", "a line")[dimensions[k] + 1]
    return faults


def _leave_out_unusable(out: NDArray[np.object_], notes: Notes) -> None:
    """Leave out what is no shape: nothing, an empty one, coordinates that are no numbers."""
    lost = np.flatnonzero(shapely.is_missing(out))
    notes.reject(out, lost, "has no shape")
    notes.reject(out, np.flatnonzero(shapely.is_empty(out)), "is an empty shape")
    coordinates, owner = shapely.get_coordinates(out, return_index=True)
    odd = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    notes.reject(out, odd, "holds a coordinate that is no number")
    points = np.flatnonzero((shapely.get_dimensions(out) >= 1) & (shapely.length(out) == 0.0))
    notes.reject(out, points, "has no length: all its points are the same")


def _drop_repeated(out: NDArray[np.object_], notes: Notes) -> None:
    """Leave out points that stand twice in a row; the shapes are valid."""
    drawn = np.flatnonzero(shapely.get_dimensions(out) >= 1)
    thinned = shapely.remove_repeated_points(out[drawn])
    extra = shapely.get_num_coordinates(out[drawn]) - shapely.get_num_coordinates(thinned)
    twice = np.flatnonzero(extra > 0)
    out[drawn[twice]] = thinned[twice]
    texts = [f"{count} repeated point{'s' if count > 1 else ''} left out" for count in extra[twice]]
    notes.say(drawn[twice], texts)


def _mend(out: NDArray[np.object_], notes: Notes, max_area_change: float) -> None:
    """Make invalid shapes valid in their own dimension; leave out those that it would change."""
    bad = np.flatnonzero(~shapely.is_valid(out) & ~shapely.is_missing(out))
    if not len(bad):
        return
    before = out[bad]
    whys = [_fault(reason) for reason in shapely.is_valid_reason(before)]
    notes.say(bad, whys)
    after = _own_dimension(before, _less_outer_holes(before, _made_valid(before)))
    _collapsed_parts(before, bad, notes)
    for k, row in enumerate(bad.tolist()):
        after[k], slivers = _without_slivers(after[k])
        if slivers:
            notes.say([row], [f"{slivers} sliver{'s' if slivers > 1 else ''} left out"])
    lost, crossed = shapely.is_empty(after), ~shapely.is_valid(after)
    notes.reject(out, bad[lost], "nothing is left of it once mended")
    notes.reject(out, bad[crossed], "cannot be made valid")
    lost |= crossed
    _weigh(out, notes, bad[~lost], before[~lost], after[~lost], max_area_change)


def _weigh(
    out: NDArray[np.object_],
    notes: Notes,
    rows: NDArray[np.int64],
    before: NDArray[np.object_],
    after: NDArray[np.object_],
    max_area_change: float,
) -> None:
    """Take the mended shapes whose area hardly changes; leave the others out."""
    old, new = shapely.area(before), shapely.area(after)
    change = np.abs(new - old) / np.maximum(np.maximum(old, new), np.finfo(float).tiny)
    guessed = change > max_area_change
    out[rows] = shapely.remove_repeated_points(after)
    areas = shapely.get_dimensions(after) == 2
    small = areas & ~guessed
    notes.say(rows[small], [_changed(share) for share in change[small]])
    for row, share in zip(rows[guessed], change[guessed], strict=True):
        reason = f"mending it would change the area by {_percent(share)}, more than {_percent(max_area_change)}"
        notes.reject(out, np.array([row]), reason)


def _made_valid(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes made valid; once more where rounding left a crossing in the first result."""
    after = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    crossed = ~shapely.is_valid(after)
    after[crossed] = shapely.make_valid(after[crossed], method="structure", keep_collapsed=False)
    return after


def _less_outer_holes(
    before: NDArray[np.object_], after: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Return mended areas without the holes outside every outline, which make_valid makes land of."""
    parts, owner = shapely.get_parts(before, return_index=True)
    pierced = np.unique(owner[shapely.get_num_interior_rings(parts) > 0])
    for k in pierced:
        shells = shapely.polygons(shapely.get_exterior_ring(parts[owner == k]))
        outline = shapely.union_all(_made_valid(shells))
        if shapely.relate_pattern(after[k], outline, "**2******"):
            after[k] = shapely.intersection(after[k], outline)
    return after


def _own_dimension(before: NDArray[np.object_], after: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the parts of mended shapes that have the dimension of the shape they come from."""
    wanted, given = shapely.get_dimensions(before), shapely.get_type_id(after)
    for k in np.flatnonzero((given == 7) | (shapely.get_dimensions(after) != wanted)):
        parts = shapely.get_parts(after[k])
        kept = parts[shapely.get_dimensions(parts) == wanted[k]]
        after[k] = shapely.union_all(kept) if len(kept) else shapely.Polygon()
    return after


def _collapsed_parts(shapes: NDArray[np.object_], rows: NDArray[np.int64], notes: Notes) -> None:
    """Say how many parts of a shape of several have no extent."""
    many = shapely.get_num_geometries(shapes) > 1
    shapes, rows = shapes[many], rows[many]
    parts, owner = shapely.get_parts(shapes, return_index=True)
    flat = shapely.is_empty(_made_valid(parts))
    counts = np.bincount(owner[flat], minlength=len(shapes))
    several = counts > 0
    texts = [f"{n} part{'s' if n > 1 else ''} without extent left out" for n in counts[several]]
    notes.say(rows[several], texts)


def _without_slivers(shape: shapely.Geometry) -> tuple[shapely.Geometry, int]:
    """Return a mended shape without the slivers that fell out of it, and how many they were."""
    parts = shapely.get_parts(shape)
    areas = shapely.area(parts)
    if len(parts) < 2 or shapely.get_dimensions(shape) != 2:
        return shape, 0
    kept = parts[areas >= SLIVER_SHARE * areas.sum()]
    if len(kept) == len(parts):
        return shape, 0
    return (kept[0] if len(kept) == 1 else shapely.multipolygons(kept)), len(parts) - len(kept)


def _fault(reason: str) -> str:
    """Return what is wrong in plain words, with its place.

    >>> _fault("Self-intersection[118.601231 24.902114]")
    'self-intersection at 118.60123 24.90211'
    """
    word = reason.split("[", maxsplit=1)[0].strip().lower()
    place = _PLACE.search(reason)
    if place is None:
        return word
    x, y = float(place[1]), float(place[2])
    digits = 5 if abs(x) <= 180.0 and abs(y) <= 180.0 else 2
    return f"{word} at {x:.{digits}f} {y:.{digits}f}"


def _changed(share: float) -> str:
    return "area unchanged" if share < 5e-5 else f"area changed by {_percent(share)}"


def _percent(share: float) -> str:
    """Return a share as a percentage of two figures.

    >>> _percent(0.0031), _percent(0.5), _percent(1.0)
    ('0.31 %', '50 %', '100 %')
    """
    percent = 100.0 * share
    return f"{percent:.0f} %" if percent >= 10.0 else f"{percent:.2g} %"
