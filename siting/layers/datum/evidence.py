"""Weigh hypotheses about the same records against roads, outlines and named places.

Every weight is a log-likelihood, one row per hypothesis, comparable across hypotheses of the same
records and meaningless alone. The models are kept modest on purpose:

**Roads.** A record that is where it says lies at a log-normal distance d from the nearest road of
the layer (median 40 m, 90th percentile 250 m), unless its road is missing from the layer (a share
of 0.35), and then as any place around does. What any place around does is measured: points on
rings of 0.7 to 1.4 km about the record have a median distance s, and d is exponential of that
median. A record is worth at most the logarithm of MOST_FOR_ROADS; records in one cell of 200 m
count once; the sum is tempered, because roads near each other are alike.

**Buildings** are weighed in the same way, with a larger share missing and a lower temper.

**Outlines.** A record belongs inside the outline of its county where the row names one, of the
city where it does not. With the outline good to sigma, a record at a distance t outside has the
likelihood OUTSIDE + (1 - OUTSIDE) Phi(-t / sigma). Records count by stretches of 1.5 km of border,
each stretch once. Deep inside an outline every hypothesis has the same likelihood: nothing.

**Places.** The mean offset of records from the gazetteer points of their townships and villages
should be zero, each place once with its own uncertainty and size, all of them with a common error
of GAZETTEER_BIAS_M that no number of places removes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely
from scipy.special import ndtr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.spatial import cKDTree

    Floats: TypeAlias = NDArray[np.float64]
    Points: TypeAlias = Sequence[tuple[Floats, Floats]]

ROAD_MEDIAN_M = 40.0
ROAD_SPREAD = 1.43
"""Logarithmic standard deviation that puts the 90th percentile at 250 m."""
ROAD_MISSING = 0.35
BUILDING_MISSING = 0.6
MOST_FOR_ROADS = 12.0
ROAD_CELL_M = 200.0
ROAD_TEMPER = 0.8
BUILDING_TEMPER = 0.4
"""Buildings stand along roads: what they say is half said already."""
RING_RADII_M = (700.0, 1050.0, 1400.0)
RING_POINTS = 6

OUTSIDE = 0.05
OUTLINE_CELL_M = 1500.0
OUTLINE_TEMPER = 0.7
GAZETTEER_BIAS_M = 250.0


def thinned(x: Floats, y: Floats, *, cell_m: float, most: int, seed: int) -> NDArray[np.int64]:
    """Return one record of each cell, at most so many, drawn by the seed, in the file's order."""
    order = np.random.default_rng(seed).permutation(len(x))
    column = np.floor(x[order] / cell_m).astype(np.int64)
    row = np.floor(y[order] / cell_m).astype(np.int64)
    _, first = np.unique(column * 4_000_037 + row, return_index=True)
    kept = np.sort(first)[:most]
    return np.sort(order[kept])


def road_weights(points: Points, roads: cKDTree, *, missing: float = ROAD_MISSING) -> Floats:
    """Return the log-likelihood of each record (columns) under each hypothesis (rows).

    `missing` is the share of records whose road (or building) is not in the layer.
    """
    typical = typical_distance(roads, points)
    return np.array([road_likelihood(roads, x, y, typical, missing=missing) for x, y in points])


def typical_distance(roads: cKDTree, points: Points) -> Floats:
    """Return how far places around each record are from a road [m]: the median."""
    around = np.concatenate([_ring_distances(roads, x, y) for x, y in points])
    typical: Floats = np.maximum(np.median(around, axis=0), 10.0)
    return typical


def road_likelihood(
    roads: cKDTree, x: Floats, y: Floats, typical: Floats, *, missing: float = ROAD_MISSING
) -> Floats:
    """Return the log-likelihood of each record, relative to any place around it."""
    distance = _distance(roads, x, y)
    anywhere = np.log(2.0) / typical * np.exp2(-distance / typical)
    ratio = missing + (1.0 - missing) * _log_normal(distance) / np.maximum(anywhere, 1e-12)
    weights: Floats = np.log(np.minimum(ratio, MOST_FOR_ROADS))
    return weights


def _distance(roads: cKDTree, x: Floats, y: Floats) -> Floats:
    """Return metres to the nearest road, at least 3: points along a road are not the road."""
    nearest, _ = roads.query(np.column_stack([x, y]))
    return np.maximum(nearest, 3.0)


def _ring_distances(roads: cKDTree, x: Floats, y: Floats) -> Floats:
    """Return what places around a point are from a road, one row per place."""
    rows = []
    for number, radius in enumerate(RING_RADII_M):
        turn = number * np.pi / RING_POINTS / 1.5
        for angle in turn + np.arange(RING_POINTS) * 2.0 * np.pi / RING_POINTS:
            east, north = x + radius * np.cos(angle), y + radius * np.sin(angle)
            rows.append(_distance(roads, east, north))
    return np.array(rows)


def _log_normal(distance: Floats) -> Floats:
    z = (np.log(distance) - np.log(ROAD_MEDIAN_M)) / ROAD_SPREAD
    density: Floats = np.exp(-0.5 * z * z) / (distance * ROAD_SPREAD * np.sqrt(2.0 * np.pi))
    return density


def outline_weights(
    points: Points, outlines: NDArray[np.object_], which: NDArray[np.int64], accuracy_m: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the log-likelihood of each record under each hypothesis, and its stretch of border.

    `which` is the outline that each record belongs to. The stretch is -1 for a record deep inside
    its outline under every hypothesis: it tells nothing.
    """
    inside_m = np.array([_inside_by(x, y, outlines, which) for x, y in points])
    likely: Floats = np.log(OUTSIDE + (1.0 - OUTSIDE) * ndtr(inside_m / accuracy_m))
    tells = np.flatnonzero((inside_m < 3.0 * accuracy_m).any(axis=0))
    x, y = points[0]
    cells = np.floor(x[tells] / OUTLINE_CELL_M) * 4_000_037.0 + np.floor(y[tells] / OUTLINE_CELL_M)
    stretch = np.full(len(x), -1, dtype=np.int64)
    stretch[tells] = np.unique(cells, return_inverse=True)[1]
    return likely, stretch


def mean_by_stretch(likely: Floats, stretch: NDArray[np.int64]) -> Floats:
    """Return the mean log-likelihood of each stretch (columns): each counts once."""
    tells = stretch >= 0
    count = np.bincount(stretch[tells])
    return np.array([np.bincount(stretch[tells], row[tells]) / count for row in likely])


def _inside_by(
    x: Floats, y: Floats, outlines: NDArray[np.object_], which: NDArray[np.int64]
) -> Floats:
    """Return how far inside its outline each record lies [m]; negative outside."""
    points = np.asarray(shapely.points(x, y), dtype=object)
    inside_m = np.zeros(len(x))
    for number in np.unique(which):
        mine = which == number
        shape = outlines[number]
        shapely.prepare(shape)
        within = shapely.contains(shape, points[mine])
        border = shapely.boundary(shape)
        shapely.prepare(border)
        far_m = np.asarray(shapely.distance(border, points[mine]), float)
        inside_m[mine] = np.where(within, far_m, -far_m)
    return inside_m


def place_weights(
    points: Points,
    place: NDArray[np.int64],
    place_x: Floats,
    place_y: Floats,
    sigma_m: Floats,
) -> Floats:
    """Return the log-likelihood of each hypothesis; `place` is -1 where a row names none."""
    named = np.flatnonzero(place >= 0)
    if len(named) == 0:
        return np.zeros(len(points))
    numbers, index = np.unique(place[named], return_inverse=True)
    count = np.bincount(index)
    weight = 1.0 / sigma_m[numbers] ** 2
    variance = 1.0 / weight.sum() + GAZETTEER_BIAS_M**2
    offsets = np.array(
        [
            [
                np.bincount(index, x[named] - place_x[place[named]]) / count,
                np.bincount(index, y[named] - place_y[place[named]]) / count,
            ]
            for x, y in points
        ]
    )
    # a place far off under every hypothesis is a namesake or a mistake
    usual = (np.hypot(offsets[:, 0], offsets[:, 1]) < 4.0 * sigma_m[numbers]).any(axis=0)
    if not usual.any():
        return np.zeros(len(points))
    mean = (offsets[:, :, usual] * weight[usual]).sum(axis=2) / weight[usual].sum()
    likely: Floats = -(mean**2).sum(axis=1) / (2.0 * variance)
    return likely
