"""The compiled loops of the coverage engine.

Each row of the output belongs to one iteration of the parallel loop and every comparison has one
answer (equal levels: the lower site index), so the result does not depend on the threads.
Levels are compared and stored as float32.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit, prange

from siting.coverage import tables as distance_tables
from siting.coverage.profile import diffraction_db

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.profile import Ground
    from siting.coverage.site_grid import SiteGrid
    from siting.coverage.tables import DistanceTables

BLOCK = 256  # points that share one scratch array

_interpolate = njit(cache=True, error_model="numpy")(distance_tables.interpolate)


@njit(cache=True, error_model="numpy")
def _span(low_m: float, high_m: float, cell_m: float, cells: int) -> tuple[int, int]:
    """Return the first and the last cell that meet [low, high]; last < first when none does."""
    first = max(math.floor(low_m / cell_m), 0)
    last = min(math.floor(high_m / cell_m), cells - 1)
    return first, last


@njit(cache=True, error_model="numpy")
def _row_slice(
    grid: SiteGrid, radio: int, row: int, x_m: float, y_m: float, reach_m: float
) -> tuple[int, int]:
    """Return the slice of one radio's sites in one row of cells that may be within reach."""
    south_m = row * grid.cell_m
    gap_m = max(south_m - y_m, y_m - south_m - grid.cell_m, 0.0)
    half_m = math.sqrt(max(reach_m * reach_m - gap_m * gap_m, 0.0))
    first, last = _span(x_m - half_m, x_m + half_m, grid.cell_m, grid.columns)
    if last < first:
        return 0, 0
    offset = row * grid.columns
    return grid.start[radio, offset + first], grid.start[radio, offset + last + 1]


@njit(cache=True, error_model="numpy")
def _level(
    tables: DistanceTables,
    ground: Ground,
    radio: int,
    environment: int,
    distance_m: float,
    floor: float,
    site_xy_m: tuple[float, float],
    point_xy_m: tuple[float, float],
) -> np.float32:
    """Return the level of one pair; where terrain blocks the path, the worse of two answers."""
    level = _interpolate(tables.level[radio, environment], distance_m)
    if not ground.given or level < floor:
        return level
    loss_db = diffraction_db(ground, radio, site_xy_m, point_xy_m, distance_m)
    if loss_db == 0.0:
        return level
    blocked = _interpolate(tables.blocked[radio, environment], distance_m)
    cleared = _interpolate(tables.cleared[radio, environment], distance_m)
    return np.float32(min(blocked, cleared - loss_db))


@njit(cache=True, error_model="numpy")
def _visit_row(
    x_m: float,
    y_m: float,
    environment: int,
    grid: SiteGrid,
    tables: DistanceTables,
    ground: Ground,
    floor: float,
    sites: NDArray[np.int32],
    levels: NDArray[np.float32],
) -> int:
    """Count the sites that reach one point; write them down where the arrays have room."""
    found = 0
    room = len(sites)
    east_m, north_m = x_m - grid.west_m, y_m - grid.south_m
    for radio in range(tables.reach_m.shape[0]):
        reach_m = tables.reach_m[radio, environment]
        if reach_m < 0.0:
            continue
        first, last = _span(north_m - reach_m, north_m + reach_m, grid.cell_m, grid.rows)
        for row in range(first, last + 1):
            begin, end = _row_slice(grid, radio, row, east_m, north_m, reach_m)
            for k in range(begin, end):
                dx, dy = grid.x_m[k] - x_m, grid.y_m[k] - y_m
                squared = dx * dx + dy * dy
                if squared > reach_m * reach_m:
                    continue
                level = _level(
                    tables,
                    ground,
                    radio,
                    environment,
                    math.sqrt(squared),
                    floor,
                    (grid.x_m[k], grid.y_m[k]),
                    (x_m, y_m),
                )
                if level >= floor:
                    if found < room:
                        sites[found] = grid.site[k]
                        levels[found] = level
                    found += 1
    return found


@njit(cache=True, error_model="numpy", parallel=True)
def count_pairs(
    xy_m: NDArray[np.float64],
    environment: NDArray[np.int32],
    grid: SiteGrid,
    tables: DistanceTables,
    ground: Ground,
    floor: float,
) -> NDArray[np.int64]:
    """Return how many sites reach each point at the floor or better."""
    counts = np.zeros(len(xy_m), dtype=np.int64)
    for i in prange(len(xy_m)):
        sites, levels = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        x_m, y_m = xy_m[i]
        counts[i] = _visit_row(x_m, y_m, environment[i], grid, tables, ground, floor, sites, levels)
    return counts


@njit(cache=True, error_model="numpy", parallel=True)
def fill_pairs(
    xy_m: NDArray[np.float64],
    environment: NDArray[np.int32],
    grid: SiteGrid,
    tables: DistanceTables,
    ground: Ground,
    floor: float,
    starts: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the sites and levels of all rows, sites ascending; row i begins at `starts[i]`."""
    sites = np.empty(starts[-1], dtype=np.int32)
    levels = np.empty(starts[-1], dtype=np.float32)
    for i in prange(len(xy_m)):
        row_sites = sites[starts[i] : starts[i + 1]]
        row_levels = levels[starts[i] : starts[i + 1]]
        x_m, y_m = xy_m[i]
        _visit_row(x_m, y_m, environment[i], grid, tables, ground, floor, row_sites, row_levels)
        order = np.argsort(row_sites)
        row_sites[:] = row_sites[order]
        row_levels[:] = row_levels[order]
    return sites, levels


@njit(cache=True, error_model="numpy", parallel=True)
def best_of_rows(
    xy_m: NDArray[np.float64],
    environment: NDArray[np.int32],
    grid: SiteGrid,
    tables: DistanceTables,
    ground: Ground,
    floor: float,
    stations: NDArray[np.int32],
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the best level, its site, and how many sites and stations give service (>= 0)."""
    points = len(xy_m)
    best = np.full(points, -np.inf, dtype=np.float32)
    server = np.full(points, -1, dtype=np.int32)
    servers = np.zeros(points, dtype=np.int32)
    station_count = np.zeros(points, dtype=np.int32)
    for block in prange((points + BLOCK - 1) // BLOCK):
        sites, levels = np.empty(256, dtype=np.int32), np.empty(256, dtype=np.float32)
        for i in range(block * BLOCK, min((block + 1) * BLOCK, points)):
            x_m, y_m = xy_m[i]
            row = (x_m, y_m, environment[i], grid, tables, ground, floor)
            found = _visit_row(*row, sites, levels)
            if found > len(sites):
                sites = np.empty(2 * found, dtype=np.int32)
                levels = np.empty(2 * found, dtype=np.float32)
                found = _visit_row(*row, sites, levels)
            for k in range(found):
                level, site = levels[k], sites[k]
                if level > best[i] or (level == best[i] and site < server[i]):
                    best[i], server[i] = level, site
                if level >= 0.0:
                    servers[i] += 1
                    station_count[i] += stations[site]
    return best, server, servers, station_count
