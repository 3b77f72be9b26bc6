# ruff: noqa: FBT003 - compiled: plain arrays, one loop
"""The compiled loop over masts and the demand points around each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.coverage.sweep.line import clear_servers, losses, paths
from siting.coverage.sweep.mast import look_around, serve_carrier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.sweep.laws import Laws
    from siting.coverage.sweep.mast import Faces, Ground, Options, Places, Room
    from siting.coverage.sweep.rays import RayTable

    Numbers = NDArray[np.float64]


class Demand(NamedTuple):
    """Points in the order of their cells: `first[row]` begins those of a row of the raster."""

    point: NDArray[np.int32]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    east_m: Numbers
    south_m: Numbers
    environment: NDArray[np.int8]
    first: NDArray[np.int64]


@njit(cache=True, error_model="numpy", nogil=True)
def pair_masts(
    demand: Demand, ground: Ground, room: Room, table: RayTable, laws: Laws, faces: Faces,
    places: Places, which: NDArray[np.int64], options: Options,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:  # fmt: skip
    """Return points, masts and levels [dBm] of all pairs at the floor or better."""
    found = 0
    rows, columns = np.empty(1024, np.int32), np.empty(1024, np.int32)
    levels = np.empty(1024, np.float32)
    width = 2 * table.radius + 1
    near = np.empty(width, np.int64)
    for mast in which:
        antenna_m = look_around(ground, room, table, places, mast, options)
        last = min(places.row[mast] + table.radius, len(demand.first) - 2)
        row = max(places.row[mast] - table.radius, 0)
        at = demand.first[row]
        while at < demand.first[last + 1]:
            count, at = _gather(
                demand, places, mast, table.radius, at, demand.first[last + 1], near
            )
            if count == 0:
                continue
            best = _levels(
                demand, near[:count], ground.cell_m, room, table, laws, faces, places, mast,
                antenna_m, options,
            )  # fmt: skip
            if found + count > len(rows):
                more = 2 * len(rows) + count
                rows, columns = _grown(rows, more), _grown(columns, more)
                levels = _grown(levels, more)
            for i in range(count):
                if best[i] >= options.floor_dbm:
                    rows[found], columns[found] = demand.point[near[i]], mast
                    levels[found] = best[i]
                    found += 1
    return rows[:found].copy(), columns[:found].copy(), levels[:found].copy()


@njit(cache=True, error_model="numpy", nogil=True)
def _grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    """Return a longer copy."""
    longer = np.empty(size, array.dtype)
    longer[: len(array)] = array
    return longer


@njit(cache=True, error_model="numpy", nogil=True)
def _gather(
    demand: Demand, places: Places, mast: int, radius: int, at: int, end: int,
    near: NDArray[np.int64],
) -> tuple[int, int]:  # fmt: skip
    """Note the next points within a mast's disc, as many as there is room for."""
    row, column = places.row[mast], places.column[mast]
    count = 0
    while at < end and count < len(near):
        south = demand.row[at] - row
        half = int(math.sqrt(float(radius * radius - south * south)))
        if demand.column[at] < column - half:
            stop = demand.first[demand.row[at] + 1]
            at += np.searchsorted(demand.column[at:stop], column - half)
        elif demand.column[at] > column + half:
            at = demand.first[demand.row[at] + 1]
        else:
            near[count] = at
            count += 1
            at += 1
    return count, at


@njit(cache=True, error_model="numpy", nogil=True)
def _levels(
    demand: Demand, near: NDArray[np.int64], cell_m: float, room: Room, table: RayTable, laws: Laws,
    faces: Faces, places: Places, mast: int, antenna_m: np.float32, options: Options,
) -> NDArray[np.float32]:  # fmt: skip
    """Return the best level [dBm] of a mast at some points."""
    n, radius, side = len(near), table.radius, 2 * table.radius + 1
    line = room.line
    east, north, steps = np.empty((3, n), np.float32)
    seen, rise, fall = np.empty((3, n), np.float32)
    environment, strongest = np.empty(n, np.int8), np.full(n, -np.inf, np.float32)
    mast_east = (places.column[mast] + 0.5) * cell_m + places.east_m[mast]
    mast_south = (places.row[mast] + 0.5) * cell_m - places.north_m[mast]
    for i in range(n):
        k = near[i]
        down, across = demand.row[k] - places.row[mast], demand.column[k] - places.column[mast]
        cell = (down + radius) * side + across + radius
        east[i] = demand.east_m[k] - mast_east
        north[i] = mast_south - demand.south_m[k]
        steps[i] = max(abs(down), abs(across), 1)
        seen[i], rise[i] = room.seen[cell], room.horizons.rise[cell]
        fall[i], environment[i] = room.horizons.fall[cell], demand.environment[k]
    squared, distance, slant = line.squared[:n], line.distance[:n], line.slant[:n]
    x, nu = line.x[:n], line.nu[:n]
    paths(
        east, north, steps, seen, rise, fall, room.horizons.clearance, antenna_m, False,
        squared, distance, slant, x, nu, line.bearing[:n], line.zenith[:n],
    )  # fmt: skip
    first = faces.first[mast]
    for c in range(len(first) - 1):
        if first[c] == first[c + 1]:
            continue
        losses(
            squared, distance, slant, x, nu, environment, laws.los[c], laws.nlos[c],
            laws.limits[c], laws.mixture[c], options.roots_per_m[c], options.furthest_m2[c],
            line.loss[:n], line.knife[:n], line.share[:n], line.shift[:n],
        )  # fmt: skip
        clear_servers(line.best[:n], line.second[:n], line.server[:n], line.power[:n])
        serve_carrier(line, n, faces, first[c], first[c + 1], options.floor_dbm)
        strongest = np.maximum(strongest, line.best[:n])
    return strongest
