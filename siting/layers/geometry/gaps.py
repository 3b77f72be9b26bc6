"""Find what a set of areas encloses and does not cover.

Areas are joined in groups of neighbours, then groups of groups; a hole is taken out where it first
appears, so that the thousands of slivers of two independent drawings are not carried along. A point
that no area covers is in a hole of the first group that encloses it: no gap is missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

GROUP = 8


def enclosed_gaps(shapes: NDArray[np.object_], *, least_area: float = 0.0) -> NDArray[np.object_]:
    """Return the polygons that valid areas enclose together and none of them covers.

    Parameters
    ----------
    shapes
        Valid polygons.
    least_area
        Holes below this area, in the square of the coordinates' unit, are left out.

    """
    holes = _holes_of_groups(shapes, least_area)
    if not len(holes):
        return holes
    tree = shapely.STRtree(shapes)
    hole, area = tree.query(holes, predicate="intersects")
    meet = shapely.relate_pattern(holes[hole], shapes[area], "2********")
    hole, area = hole[meet], area[meet]
    near = shapely.intersection(shapes[area], shapely.envelope(holes[hole]))
    for one, over in _grouped(hole, near):
        holes[one] = shapely.difference(holes[one], shapely.union_all(over))
    gaps = shapely.get_parts(_once(holes[~shapely.is_empty(holes)]))
    gaps = gaps[shapely.get_dimensions(gaps) == 2]
    kept: NDArray[np.object_] = gaps[shapely.area(gaps) > least_area]
    return kept


def _holes_of_groups(shapes: NDArray[np.object_], least_area: float) -> NDArray[np.object_]:
    """Return the holes that appear while neighbours are joined, level by level."""
    found = [np.array([], dtype=object)]
    filled, holes = _filled(shapes, least_area)
    found.append(holes)
    while len(filled) > 1:
        order = _along_a_curve(filled)
        joined = [
            _joined(filled[order[start : start + GROUP]]) for start in range(0, len(order), GROUP)
        ]
        parts = np.array(joined, dtype=object)
        filled, holes = _filled(parts, least_area)
        found.append(holes)
    return np.concatenate(found)


def _joined(shapes: NDArray[np.object_]) -> shapely.Geometry:
    """Return areas as one; quickly where they share their borders vertex by vertex."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


def _grouped(
    owners: NDArray[np.int64], values: NDArray[np.object_]
) -> Iterator[tuple[int, NDArray[np.object_]]]:
    """Yield each owner with its values."""
    order = np.argsort(owners, kind="stable")
    different, starts = np.unique(owners[order], return_index=True)
    for owner, group in zip(different, np.split(values[order], starts[1:]), strict=False):
        yield int(owner), group


def _filled(
    shapes: NDArray[np.object_], least_area: float
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return each shape with its holes filled, and the holes."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    shells = np.atleast_1d(np.array(shapely.polygons(shapely.get_exterior_ring(parts)), object))
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    first = np.r_[True, ring_owner[1:] != ring_owner[:-1]] if len(rings) else np.array([], bool)
    holes = np.atleast_1d(np.array(shapely.polygons(rings[~first]), dtype=object))
    holes = holes[shapely.area(holes) > least_area]
    filled = np.empty(len(shapes), dtype=object)
    single = np.bincount(owner, minlength=len(shapes)) == 1
    filled[single] = shells[single[owner]]
    for k in np.flatnonzero(~single):
        filled[k] = shapely.union_all(shells[owner == k])
    return filled, holes


def _along_a_curve(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the order of shapes along a Hilbert curve: neighbours stand near each other."""
    bounds = shapely.bounds(shapes)
    x, y = bounds[:, 0] + bounds[:, 2], bounds[:, 1] + bounds[:, 3]
    side = max(float(np.ptp(x)), float(np.ptp(y)), np.finfo(float).tiny)
    column = ((x - x.min()) / side * 1023.0).astype(np.int64)
    row = ((y - y.min()) / side * 1023.0).astype(np.int64)
    place = np.zeros(len(x), dtype=np.int64)
    step = 512
    while step:
        right, up = (column & step) > 0, (row & step) > 0
        place += step * step * ((3 * right) ^ up)
        turn = ~up
        flip = turn & right
        column[flip], row[flip] = step - 1 - column[flip], step - 1 - row[flip]
        column[turn], row[turn] = row[turn], column[turn]
        column, row = column & (step - 1), row & (step - 1)
        step //= 2
    return np.argsort(place, kind="stable")


def _once(gaps: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return gaps of which none lies over another: two groups may enclose the same one."""
    tree = shapely.STRtree(gaps)
    first, second = tree.query(gaps, predicate="intersects")
    twice = first < second
    meet = shapely.relate_pattern(gaps[first[twice]], gaps[second[twice]], "2********")
    doubled = np.unique(np.r_[first[twice][meet], second[twice][meet]])
    if not len(doubled):
        return gaps
    joined = shapely.get_parts(shapely.union_all(gaps[doubled]))
    return np.concatenate([np.delete(gaps, doubled), joined])
