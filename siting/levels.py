"""What counts as served: outdoors, indoors, and in the busy hour.

A demand point is *served* at a level when its best server passes the level's threshold there with
the level's probability. The busy-hour level asks for more: the people within `catchment_m` of a
point share the carriers that reach it, so it wants

    carriers = ceil(people * penetration * active_share * rate_mbps / carrier_mbps)

at least 1 and at most `max_carriers`, and it is served in the share carriers present / wanted.
Levels become rows of one covering problem: a row per point and level that is not fully served
yet, worth level weight * point weight * the share it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import scipy.sparse as sp
from scipy.ndimage import convolve

from siting.coverage import best_server, radio_coverage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.coverage import Radio, Service, Terrain

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Level:
    """One demand level: its service, its weight, and the carriers that each point wants."""

    name: str
    service: Service
    weight: float
    carriers_wanted: Ints
    counts_carriers: bool = False


@dataclass(frozen=True, kw_only=True)
class Points:
    """Demand points as arrays: place (n, 2) [m], environment (n,), weight (n,) [people]."""

    xy_m: Floats
    environment: Ints
    weight: Floats


@dataclass(frozen=True, kw_only=True)
class Antennas:
    """One row per site and band: place (m, 2) [m], radio (index), site (index), stations."""

    xy_m: Floats
    radio: Ints
    site: Ints
    stations: Ints

    def rows(self, sites: Ints) -> Antennas:
        """Return the antennas of the given sites, renumbered in the order given."""
        place = np.full(int(self.site.max(initial=-1)) + 1, -1, dtype=np.int64)
        place[sites] = np.arange(len(sites))
        kept = np.flatnonzero(place[self.site] >= 0)
        return Antennas(
            xy_m=self.xy_m[kept],
            radio=self.radio[kept],
            site=place[self.site[kept]],
            stations=self.stations[kept],
        )


@dataclass(frozen=True, kw_only=True)
class Served:
    """What the points get at one level: carriers present, share served 0 to 1, best site or -1."""

    carriers: Ints
    share: Floats
    site: Ints


@dataclass(frozen=True, kw_only=True)
class Covering:
    """The covering problem of all levels: rows of point and level against candidate sites."""

    covers: sp.csr_array
    weights: Floats
    needed: Ints
    level: Ints
    point: Ints


def carriers_wanted(
    people: Floats,
    cell: tuple[Ints, Ints],
    *,
    spacing_m: float,
    catchment_m: float,
    mbps_per_person: float,
    carrier_mbps: float,
    max_carriers: int,
) -> Ints:
    """Return the carriers that each point wants in the busy hour, from the people around it.

    `cell` gives each point's row and column on the lattice of `spacing_m` [m]; `people` its
    residents, or the residents it stands for.
    """
    row, column = cell
    reach = int(catchment_m // spacing_m)
    lattice = np.zeros((int(row.max()) + 1, int(column.max()) + 1))
    np.add.at(lattice, (row, column), people)
    offset = np.arange(-reach, reach + 1)
    disc = (np.hypot(*np.meshgrid(offset, offset)) * spacing_m <= catchment_m).astype(float)
    around = convolve(lattice, disc, mode="constant")[row, column]
    wanted = np.ceil(around * mbps_per_person / carrier_mbps - 1e-9)
    return np.clip(wanted, 1, max_carriers).astype(np.int64)


def served(
    points: Points,
    antennas: Antennas,
    level: Level,
    *,
    radios: Sequence[Radio],
    terrain: Terrain | None = None,
) -> Served:
    """Return what the antennas give the points at one level."""
    best = best_server(
        points.xy_m,
        antennas.xy_m,
        demand_environment=points.environment,
        site_radio=antennas.radio,
        site_stations=antennas.stations,
        radios=radios,
        service=level.service,
        spare_floor_db=0.0,
        terrain=terrain,
    )
    reached = best.spare_db >= 0
    carriers = best.station_count if level.counts_carriers else reached.astype(np.int64)
    site = np.full(len(points.weight), -1, dtype=np.int64)
    site[reached] = antennas.site[best.server[reached]]
    return Served(
        carriers=np.asarray(carriers, dtype=np.int64),
        share=np.minimum(carriers / level.carriers_wanted, 1.0),
        site=site,
    )


def covering(
    points: Points,
    candidates: Antennas,
    levels: Sequence[Level],
    before: Sequence[Served],
    *,
    radios: Sequence[Radio],
    terrain: Terrain | None = None,
) -> Covering:
    """Return the covering problem of what is not fully served yet, one antenna per candidate."""
    blocks, weights, needed, numbers, rows = [], [], [], [], []
    for number, (level, now) in enumerate(zip(levels, before, strict=True)):
        lacking = np.flatnonzero(now.share < 1.0)
        reach = radio_coverage(
            points.xy_m[lacking],
            candidates.xy_m,
            demand_environment=points.environment[lacking],
            site_radio=candidates.radio,
            radios=radios,
            service=level.service,
            spare_floor_db=0.0,
            terrain=terrain,
        )
        blocks.append(_units(reach.covers, candidates, counts_carriers=level.counts_carriers))
        weights.append(level.weight * points.weight[lacking] * (1.0 - now.share[lacking]))
        needed.append(
            level.carriers_wanted[lacking]
            - np.minimum(now.carriers[lacking], level.carriers_wanted[lacking])
        )
        numbers.append(np.full(len(lacking), number))
        rows.append(lacking)
    return Covering(
        covers=sp.vstack(blocks, format="csr"),
        weights=np.concatenate(weights),
        needed=np.concatenate(needed),
        level=np.concatenate(numbers),
        point=np.concatenate(rows),
    )


def _units(covers: sp.csr_array, candidates: Antennas, *, counts_carriers: bool) -> sp.csr_array:
    """Return the cover matrix with what each candidate contributes: its stations, or 1."""
    units = covers.astype(np.float64)
    units.data = (
        candidates.stations[units.indices].astype(np.float64)
        if counts_carriers
        else np.ones(units.nnz)
    )
    return units


def share_after(now: Served, level: Level, covering: Covering, number: int, chosen: Ints) -> Floats:
    """Return the share of each point that is served at level `number` once `chosen` stand."""
    rows = np.flatnonzero(covering.level == number)
    extra = np.asarray(covering.covers[rows][:, chosen].sum(axis=1)).ravel()
    carriers = now.carriers.astype(float)
    carriers[covering.point[rows]] += extra
    return np.minimum(carriers / level.carriers_wanted, 1.0)
