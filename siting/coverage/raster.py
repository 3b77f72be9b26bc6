"""The strongest outdoor RSRP on a grid, for the coverage map."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit, prange

from siting.coverage import tables as distance_tables
from siting.coverage.inputs import points, positions
from siting.coverage.radio import ENVIRONMENTS
from siting.coverage.ranges import RangeCheck
from siting.coverage.tables import DistanceTables, rsrp_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.radio import Environment, Radio

_interpolate = njit(cache=True, error_model="numpy")(distance_tables.interpolate)


def rsrp_raster(
    site_xy_m: ArrayLike,
    *,
    site_radio: ArrayLike,
    radios: Sequence[Radio],
    environment_raster: NDArray[np.int8],
    west_m: float,
    north_m: float,
    cell_m: float,
    environments: Sequence[Environment] = ENVIRONMENTS,
    location_probability: float = 0.5,
    max_range_m: float = 3000.0,
    rsrp_floor_dbm: float = -140.0,
) -> NDArray[np.float32]:
    """Return the best outdoor RSRP [dBm] at cell centres, NaN where nothing reaches the floor.

    `environment_raster` holds positions in `environments`, -1 outside; row 0 is northernmost and
    `west_m`, `north_m` are the outer corner of the grid. Terrain is not seen. Rasters of more
    sites compose: `numpy.fmax(before, added)`.
    """
    check = RangeCheck()
    sites = points(check, "site_xy_m", site_xy_m)
    radio = positions(check, "site_radio", site_radio, len(sites))
    raster = np.ascontiguousarray(environment_raster, dtype=np.int8)
    check.within("site_radio", radio, 0, len(radios) - 1, unit="")
    check.within("environment_raster", raster, -1, len(environments) - 1, unit="")
    check.within("cell_m", cell_m, 1.0, 10_000.0, unit="m")
    check.within("max_range_m", max_range_m, 10.0, 5000.0, unit="m")
    check.raise_all()

    tables = rsrp_tables(
        radios,
        environments,
        location_probability=location_probability,
        rsrp_floor_dbm=rsrp_floor_dbm,
    )
    order = np.argsort(sites[:, 1], kind="stable")
    return _strongest(
        sites[order], radio[order], tables, raster, west_m, north_m, cell_m, max_range_m
    )


@njit(cache=True, error_model="numpy")
def _reach_of(tables: DistanceTables, radio: int, max_range_m: float) -> float:
    """Return how far a radio is followed [m] in the environment that carries it farthest."""
    return min(float(tables.reach_m[radio].max()), max_range_m)


@njit(cache=True, error_model="numpy")
def _lay_row(
    strongest: NDArray[np.float32],
    environment: NDArray[np.int8],
    tables: DistanceTables,
    radio: int,
    dy_m: float,
    x_m: float,
    cell_m: float,
    reach_m: float,
) -> None:
    """Raise one row of cells to the level of one site; x is counted from the row's west end."""
    half_m = math.sqrt(reach_m * reach_m - dy_m * dy_m)
    first = max(math.ceil((x_m - half_m) / cell_m - 0.5), 0)
    last = min(math.floor((x_m + half_m) / cell_m - 0.5), len(strongest) - 1)
    for j in range(first, last + 1):
        k = environment[j]
        if k < 0:
            continue
        dx_m = (j + 0.5) * cell_m - x_m
        distance_m = math.sqrt(dx_m * dx_m + dy_m * dy_m)
        if distance_m <= tables.reach_m[radio, k]:
            level = _interpolate(tables.level[radio, k], distance_m)
            strongest[j] = max(strongest[j], level)


@njit(cache=True, error_model="numpy", parallel=True)
def _strongest(
    xy_m: NDArray[np.float64],
    site_radio: NDArray[np.int32],
    tables: DistanceTables,
    environment: NDArray[np.int8],
    west_m: float,
    north_m: float,
    cell_m: float,
    max_range_m: float,
) -> NDArray[np.float32]:
    """Fill the raster row by row; the sites are in order of y, so each row meets a slice."""
    rows, columns = environment.shape
    strongest = np.full((rows, columns), -np.inf, dtype=np.float32)
    y_m = np.ascontiguousarray(xy_m[:, 1])
    for i in prange(rows):
        middle_m = north_m - (i + 0.5) * cell_m
        begin = np.searchsorted(y_m, middle_m - max_range_m)
        end = np.searchsorted(y_m, middle_m + max_range_m, side="right")
        for site in range(begin, end):
            radio = site_radio[site]
            reach_m = _reach_of(tables, radio, max_range_m)
            dy_m = y_m[site] - middle_m
            if abs(dy_m) <= reach_m:
                x_m = xy_m[site, 0] - west_m
                _lay_row(strongest[i], environment[i], tables, radio, dy_m, x_m, cell_m, reach_m)
        for j in range(columns):
            if strongest[i, j] == -np.inf:
                strongest[i, j] = np.nan
    return strongest
