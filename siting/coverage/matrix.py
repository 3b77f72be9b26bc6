"""Which site serves which demand point, and how well: the sparse matrix and the best server.

Rows are demand points and columns are sites, in the order given; a place with several carriers
is several site rows. Only pairs with a spare [dB] of at least `spare_floor_db` are met.
Distances are horizontal; below the models' 10 m minimum they count as 10 m, and no service is
counted beyond the models' range (5 km; indoor heads 60 m, and never outdoors).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from siting.coverage import kernels
from siting.coverage.inputs import check_pairs, ground_of
from siting.coverage.radio import ENVIRONMENTS
from siting.coverage.site_grid import SiteGrid, site_grid
from siting.coverage.tables import DistanceTables, spare_tables
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.profile import Ground
    from siting.coverage.radio import Environment, Radio, Service
    from siting.coverage.terrain import Terrain


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Spare [dB] by demand point and site (CSR, float32), stored down to `spare_floor_db`."""

    spare_db: csr_array
    spare_floor_db: float

    @cached_property
    def covers(self) -> csr_array:
        """Return the boolean matrix of pairs with service: a spare of 0 dB or more."""
        served = self.spare_db.data >= 0.0
        starts = np.concatenate(([0], np.cumsum(served, dtype=np.int64)))[self.spare_db.indptr]
        columns = self.spare_db.indices[served]
        data = np.ones(len(columns), dtype=np.bool_)
        return csr_array((data, columns, starts), shape=self.spare_db.shape)


@dataclass(frozen=True, kw_only=True)
class BestServer:
    """The best site of each demand point, and how many serve it.

    `spare_db` is -inf and `server` -1 where no site reaches the floor; `servers` counts the site
    rows with a spare of 0 dB or more, `station_count` the stations on them.
    """

    spare_db: NDArray[np.float32]
    server: NDArray[np.int32]
    servers: NDArray[np.int32]
    station_count: NDArray[np.int32]


def radio_coverage(
    demand_xy_m: ArrayLike,
    site_xy_m: ArrayLike,
    *,
    demand_environment: ArrayLike,
    site_radio: ArrayLike,
    radios: Sequence[Radio],
    service: Service,
    environments: Sequence[Environment] = ENVIRONMENTS,
    spare_floor_db: float = -15.0,
    terrain: Terrain | None = None,
) -> Coverage:
    """Return the spare [dB] of every pair that reaches the floor, as a sparse matrix.

    `demand_environment` and `site_radio` are positions in `environments` and `radios`. The floor
    is 0 dB or less; at 0 only pairs with service are kept.
    """
    pairs = _pairs(
        demand_xy_m,
        site_xy_m,
        demand_environment=demand_environment,
        site_radio=site_radio,
        radios=radios,
        service=service,
        environments=environments,
        spare_floor_db=spare_floor_db,
        terrain=terrain,
    )
    counts = kernels.count_pairs(*pairs)
    starts = np.concatenate(([0], np.cumsum(counts)))
    columns, spare = kernels.fill_pairs(*pairs, starts)
    shape = (len(counts), len(np.asarray(site_radio)))
    return Coverage(
        spare_db=csr_array((spare, columns, _narrow(starts)), shape=shape),
        spare_floor_db=spare_floor_db,
    )


def best_server(
    demand_xy_m: ArrayLike,
    site_xy_m: ArrayLike,
    *,
    demand_environment: ArrayLike,
    site_radio: ArrayLike,
    radios: Sequence[Radio],
    service: Service,
    environments: Sequence[Environment] = ENVIRONMENTS,
    spare_floor_db: float = -15.0,
    terrain: Terrain | None = None,
    site_stations: ArrayLike | None = None,
) -> BestServer:
    """Return the best site of each demand point without building the matrix.

    Equal spares go to the lower site row. `site_stations` are the stations on each site row
    (default 1).
    """
    pairs = _pairs(
        demand_xy_m,
        site_xy_m,
        demand_environment=demand_environment,
        site_radio=site_radio,
        radios=radios,
        service=service,
        environments=environments,
        spare_floor_db=spare_floor_db,
        terrain=terrain,
    )
    sites = len(np.asarray(site_radio))
    stations = np.ones(sites) if site_stations is None else np.asarray(site_stations)
    if stations.shape != (sites,):
        what = f"{stations.shape} stations for {sites} sites"
        problem = Problem(column="site_stations", what=what, remedy="give one number per site")
        raise ConfigurationError(problem)
    best, server, servers, count = kernels.best_of_rows(*pairs, stations.astype(np.int32))
    return BestServer(spare_db=best, server=server, servers=servers, station_count=count)


def combine(first: BestServer, second: BestServer, offset: int) -> BestServer:
    """Return the best server over two sets of sites for the same demand points.

    Site row j of the second set becomes `offset + j`, where `offset` is the number of rows in the
    first; the result is that of one call over both. Equal spares stay with the first set.
    """
    better = second.spare_db > first.spare_db
    return BestServer(
        spare_db=np.where(better, second.spare_db, first.spare_db),
        server=np.where(better, second.server + np.int32(offset), first.server),
        servers=first.servers + second.servers,
        station_count=first.station_count + second.station_count,
    )


def _pairs(
    demand_xy_m: ArrayLike,
    site_xy_m: ArrayLike,
    *,
    demand_environment: ArrayLike,
    site_radio: ArrayLike,
    radios: Sequence[Radio],
    service: Service,
    environments: Sequence[Environment],
    spare_floor_db: float,
    terrain: Terrain | None,
) -> tuple[NDArray[np.float64], NDArray[np.int32], SiteGrid, DistanceTables, Ground, float]:
    """Check the inputs and bring them into the shape that the kernels take."""
    demand, sites, environment, radio = check_pairs(
        demand_xy_m,
        site_xy_m,
        demand_environment=demand_environment,
        site_radio=site_radio,
        environments=len(environments),
        radios=len(radios),
        spare_floor_db=spare_floor_db,
    )
    if terrain is not None:
        _require_bare_earth(terrain)
        terrain.require_cover(demand, sites)
    tables = spare_tables(
        radios,
        environments,
        service,
        spare_floor_db=spare_floor_db,
        with_terrain=terrain is not None,
    )
    grid = site_grid(sites, radio, tables.reach_m)
    return demand, environment, grid, tables, ground_of(terrain, radios), float(spare_floor_db)


def _require_bare_earth(terrain: Terrain) -> None:
    """Refuse a surface model: here buildings enter by the probability of line of sight alone."""
    if terrain.kind != "bare_earth":
        what = "a surface model has the buildings that the probability of line of sight stands for"
        remedy = "give bare earth, or sweep the surface model (siting.coverage.sweep.pair_levels)"
        raise ConfigurationError(
            Problem(file=terrain.file, column="terrain", what=what, remedy=remedy)
        )


def _narrow(starts: NDArray[np.int64]) -> NDArray[np.int64] | NDArray[np.int32]:
    """Return row starts as 32-bit integers where they fit, as scipy keeps both index arrays."""
    return starts.astype(np.int32) if starts[-1] <= np.iinfo(np.int32).max else starts
