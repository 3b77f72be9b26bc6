"""The sparse matrix of demand points by masts, from the same horizons as the rasters."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from siting.coverage.inputs import points, positions
from siting.coverage.ranges import RangeCheck
from siting.coverage.sweep.mast import room_of
from siting.coverage.sweep.network import batches_of, each_of
from siting.coverage.sweep.pair_kernel import Demand, pair_masts
from siting.coverage.sweep.prepare import Prepared, prepare
from siting.coverage.sweep.rays import ray_table
from siting.coverage.sweep.settings import EXACT_WITHIN_M, ON_TERRAIN, Settings
from siting.coverage.sweep.voids import require_known_ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.antennas import Antenna
    from siting.coverage.radio import Environment, Service
    from siting.coverage.sweep.model import Masts, Sectors
    from siting.coverage.terrain import Terrain

    Found = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]


def pair_levels(  # noqa: PLR0913 - each choice is a keyword
    masts: Masts,
    sectors: Sectors,
    terrain: Terrain,
    demand_xy_m: ArrayLike,
    *,
    demand_environment: ArrayLike,
    service: Service,
    carriers_ghz: Sequence[float],
    antennas: Sequence[Antenna],
    environments: Sequence[Environment] = ON_TERRAIN,
    ue_height_m: float = 1.5,
    spare_floor_db: float = -15.0,
    max_range_m: float | Sequence[float] = 5000.0,
    at_edges: str = "refuse",
    exact_within_m: float = EXACT_WITHIN_M,
    rays_per_cell: float = 0.0,
    threads: int = 1,
) -> csr_array:
    """Return the spare [dB] of demand points (rows) from masts (columns), float32.

    The spare is the level of the mast's best sector on any carrier above the service's threshold,
    at the service's share of places; pairs with `spare_floor_db` or more are stored, so that a
    higher threshold is a filter. Distance and bearing are those of the point, the horizons those
    of its cell. Points off the terrain are refused.
    """
    carriers = tuple(float(value) for value in carriers_ghz)
    thresholds_dbm = np.array([service.threshold_dbm(carrier) for carrier in carriers])
    settings = Settings(
        carriers_ghz=carriers,
        max_range_m=each_of(max_range_m, len(carriers)),
        antennas=tuple(antennas),
        environments=tuple(environments),
        ue_height_m=ue_height_m,
        rsrp_floor_dbm=float(thresholds_dbm[0]) + spare_floor_db,
        location_probability=service.location_probability,
        at_edges=at_edges,
        exact_within_m=exact_within_m,
        rays_per_cell=rays_per_cell,
        service=service,
    )
    demand = _demand(demand_xy_m, demand_environment, terrain, len(environments), spare_floor_db)
    above_first = thresholds_dbm - thresholds_dbm[0]
    ready = prepare(masts, sectors, terrain, settings, None, above_first=above_first, raster=False)
    which = np.flatnonzero(ready.radius > 0)
    if at_edges == "refuse":
        require_known_ground(ready, which, terrain)
    rows, columns, spare = _all_pairs(ready, demand, settings, which, threads)
    order = np.lexsort((columns, rows))
    starts = np.searchsorted(rows[order], np.arange(len(demand.row) + 1))
    data = spare[order] - np.float32(thresholds_dbm[0])
    return csr_array((data, columns[order], starts), shape=(len(demand.row), len(masts.height_m)))


def _demand(
    xy_m: ArrayLike, environment: ArrayLike, terrain: Terrain, environments: int, floor_db: float
) -> Demand:
    """Return the points in the order of their cells, or refuse them."""
    check = RangeCheck(model="demand")
    places = points(check, "demand_xy_m", xy_m)
    kinds = positions(check, "demand_environment", environment, len(places))
    check.within("demand_environment", kinds, 0, environments - 1, unit="")
    check.within("spare_floor_db", floor_db, -40.0, 0.0, unit="dB")
    check.raise_all()
    rows, columns = terrain.elevation_m.shape
    column = np.floor((places[:, 0] - terrain.west_m) / terrain.cell_m).astype(np.int64)
    row = np.floor((terrain.north_m - places[:, 1]) / terrain.cell_m).astype(np.int64)
    off = (row < 0) | (row >= rows) | (column < 0) | (column >= columns)
    check.require(
        condition=not off.any(),
        name="demand_xy_m",
        what=f"{int(off.sum())} points lie off the terrain",
        remedy="give a larger DEM",
    )
    check.raise_all()
    order = np.lexsort((column, row))
    return Demand(
        point=order.astype(np.int32),
        row=row[order],
        column=column[order],
        east_m=(places[order, 0] - terrain.west_m).astype(np.float64),
        south_m=(terrain.north_m - places[order, 1]).astype(np.float64),
        environment=kinds[order].astype(np.int8),
        first=np.searchsorted(row[order], np.arange(rows + 1)),
    )


def _all_pairs(
    ready: Prepared, demand: Demand, settings: Settings, which: NDArray[np.int64], threads: int
) -> Found:
    """Return demand rows, masts and levels [dBm] of all pairs."""

    def of_batch(batch: NDArray[np.int64]) -> Found:
        table = ray_table(int(ready.radius[batch[0]]), ready.near, settings.rays_per_cell)
        room = room_of(table, partial=False)
        laws = ready.book.page(int(ready.key[batch[0]]))
        return pair_masts(
            demand, ready.ground, room, table, laws, ready.faces, ready.places, batch,
            ready.options,
        )  # fmt: skip

    batches = batches_of(ready, which)
    if threads == 1:
        parts = [of_batch(batch) for batch in batches]
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(of_batch, batches))
    if not parts:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
    rows, columns, levels = (np.concatenate(part) for part in zip(*parts, strict=True))
    return rows, columns, levels
