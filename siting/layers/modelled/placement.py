"""Model where townships and villages lie when nobody has surveyed them.

**Townships.** The area of a township is the Voronoi cell of its point among the points of its own
county, clipped to the county's outline: every place belongs to the nearest township seat of its
county. The cells partition the county. A seat that lies outside the outline (within its
uncertainty) is moved to the nearest place inside first.

**Villages.** The n villages of a township share its area out between them. Candidate places are
an R2 low-discrepancy sequence inside the area (Roberts 2018: multiples of 1/g and 1/g^2 modulo 1,
g = 1.3247... the plastic number, g^3 = g + 1), SAMPLES per village. Lloyd's iteration moves n
centres to the middle of the places nearest to each; a place at distance d from the seat counts
1 / (d + R/3)^2, R being the equal-area radius of the township, so villages stand closer together
near the seat. The first centres are drawn in that spirit: the n places with the smallest
-log(u) * (d + R/3), u being a golden-ratio sequence. A centre is always one of the places, so it
lies inside. The more urban a village, the nearer to the seat; ties go by code. The radius of a
village is the equal-area radius of its share: it says how far off the point may be, the township's
own uncertainty apart.

The model knows no valley, road or coast. Its points are marked modelled: they stand for a quota,
never for an address. The sequence, weight and class order are ours. Same inputs, same points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely
from scipy.spatial import Voronoi, cKDTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats: TypeAlias = NDArray[np.float64]

SAMPLES = 48
"""Candidate places per village."""

PASSES = 8
"""Lloyd iterations."""

PLASTIC = 1.32471795724474602596
GOLDEN = 0.61803398874989484820


def township_cells(outline: BaseGeometry, seats_m: Floats) -> list[BaseGeometry]:
    """Return the cell of each seat: the part of the outline nearest to it.

    Parameters
    ----------
    outline
        The county, in a CRS in metres.
    seats_m
        Seats [m], shape (n, 2), no two of them at one place.

    Returns
    -------
    list of BaseGeometry
        One polygon or multipolygon per seat; together they are the outline.

    """
    shapely.prepare(outline)
    inside = np.array([_moved_inside(outline, xy) for xy in seats_m])
    if len(inside) == 1:
        return [outline]
    # Eight far points bound every cell of a real seat without reaching the county.
    west, south, east, north = outline.bounds
    middle = np.array([(west + east) / 2.0, (south + north) / 2.0])
    reach = 10.0 * max(east - west, north - south)
    angles = np.arange(8) * np.pi / 4.0
    guards = middle + reach * np.column_stack([np.cos(angles), np.sin(angles)])
    diagram = Voronoi(np.vstack([inside, guards]) - middle)
    cells = []
    for k in range(len(inside)):
        corners = diagram.vertices[diagram.regions[diagram.point_region[k]]] + middle
        cell = shapely.intersection(outline, shapely.MultiPoint(corners).convex_hull)
        cells.append(_areas_only(cell))
    return cells


def place_villages(
    area: BaseGeometry, seat_m: Floats, classes: Sequence[str]
) -> tuple[Floats, Floats]:
    """Return a point inside the area for each village, and its location radius.

    Parameters
    ----------
    area
        The township (or the surroundings of a zone), in a CRS in metres.
    seat_m
        The township's seat [m].
    classes
        Urban-rural class of each village, in order of code; the first of a class is the nearest
        to the seat.

    Returns
    -------
    points_m : ndarray, shape (n, 2)
        Points [m], all inside `area`, no two at one place.
    radius_m : ndarray, shape (n,)
        Equal-area radius of each village's share [m].

    """
    places = low_discrepancy_points(area, SAMPLES * len(classes))
    spread = np.sqrt(area.area / np.pi)
    distance = np.hypot(places[:, 0] - seat_m[0], places[:, 1] - seat_m[1])
    softened = distance + spread / 3.0
    uniform = (0.5 + np.arange(len(places)) * GOLDEN) % 1.0
    first = np.argsort(-np.log(np.maximum(uniform, 1e-12)) * softened, kind="stable")
    centres, nearest = _lloyd(places, 1.0 / softened**2, first[: len(classes)])
    share = np.bincount(nearest, minlength=len(centres)) / len(places)
    # The most urban village takes the centre that is nearest to the seat.
    by_distance = np.lexsort((np.arange(len(centres)), distance[centres]))
    by_class = np.lexsort((np.arange(len(classes)), np.asarray(classes)))
    given = np.empty(len(classes), dtype=np.int64)
    given[by_class] = by_distance
    return places[centres[given]], np.sqrt(share[given] * area.area / np.pi)


def low_discrepancy_points(area: BaseGeometry, count: int) -> Floats:
    """Return `count` points of the R2 sequence over the area's bounds that fall inside it [m]."""
    west, south, east, north = area.bounds
    box = (east - west) * (north - south)
    shapely.prepare(area)
    inside = np.empty((0, 2))
    first, steps = 1, np.array([1.0 / PLASTIC, 1.0 / PLASTIC**2])
    while len(inside) < count:
        more = int(np.ceil(1.2 * (count - len(inside)) * box / area.area)) + 16
        index = np.arange(first, first + more, dtype=float)[:, None]
        points = np.array([west, south]) + ((0.5 + index * steps) % 1.0) * [
            east - west,
            north - south,
        ]
        kept = shapely.contains_xy(area, points[:, 0], points[:, 1])
        inside = np.vstack([inside, points[kept]])
        first += more
    return inside[:count]


def _lloyd(
    places: Floats, density: Floats, centres: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places that end up as the centres, and the nearest centre of each place."""
    count = len(centres)
    for _ in range(PASSES):
        nearest = _nearest(places, centres)
        weight = np.bincount(nearest, density, count)
        middle = np.column_stack(
            [np.bincount(nearest, density * places[:, axis], count) / weight for axis in (0, 1)]
        )
        # The centre is the place of its own share that is nearest to the middle of the share.
        gap = np.hypot(*(places - middle[nearest]).T)
        order = np.lexsort((np.arange(len(places)), gap, nearest))
        centres = order[np.searchsorted(nearest[order], np.arange(count))]
    return centres, _nearest(places, centres)


def _nearest(places: Floats, centres: NDArray[np.int64]) -> NDArray[np.int64]:
    nearest = np.array(cKDTree(places[centres]).query(places)[1], dtype=np.int64)
    nearest[centres] = np.arange(len(centres))
    return nearest


def _moved_inside(outline: BaseGeometry, xy: Floats) -> Floats:
    """Return the point itself, or the nearest place inside the outline."""
    point = shapely.Point(xy)
    if outline.covers(point):
        return xy
    edge = shapely.get_coordinates(shapely.shortest_line(point, outline))[-1]
    return np.asarray(edge, dtype=float)


def _areas_only(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a shape, without the lines and points a cut may leave."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
