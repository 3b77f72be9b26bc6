"""What one tile is asked: the masts that reach it, the ground around it, and the choices.

A job holds everything that its answer depends on and nothing else: sectors are numbered within the
job, and its key is a hash of its content. A tile whose surroundings have not changed keeps its key,
whatever changed elsewhere.
"""

from __future__ import annotations

import functools
import hashlib
import math
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck
from siting.coverage.sweep.model import Masts, Sectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.sweep.settings import Settings
    from siting.coverage.terrain import Terrain
    from siting.coverage.throughput import Carrier
    from siting.coverage.tiles.plan import Grid, Tile

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """Masts, sectors, and what holds for all tiles.

    `traffic_gain_db` is what a sector's traffic beam has over its SSB beam [dB]. By carrier:
    `noise_per_re_dbm` [dBm], `threshold_dbm` [dBm] and `carriers`, what throughput is made of.
    `load` is the share of the other cells' resource elements that are busy, 0 to 1.
    """

    masts: Masts
    sectors: Sectors
    traffic_gain_db: NDArray[np.float32]
    settings: Settings
    carriers: tuple[Carrier, ...]
    noise_per_re_dbm: tuple[float, ...]
    threshold_dbm: tuple[float, ...]
    load: float = 0.5

    def __post_init__(self) -> None:
        """Refuse numbers that are missing or cannot be meant."""
        check = RangeCheck(model="coverage tiles")
        count = len(self.settings.carriers_ghz)
        for name in ("carriers", "noise_per_re_dbm", "threshold_dbm"):
            check.require(
                condition=len(getattr(self, name)) == count,
                name=name,
                what=f"{len(getattr(self, name))} values for {count} carriers",
                remedy="give one for each carrier",
            )
        check.within("load", self.load, 0.0, 1.0, unit="")
        check.within("threshold_dbm", self.threshold_dbm, -156.0, -31.0, unit="dBm")
        # below it, sums in whole units and SINR would lose digits
        check.within("rsrp_floor_dbm", self.settings.rsrp_floor_dbm, -120.0, -60.0, unit="dBm")
        settings = self.settings
        plain = not settings.partial_obstruction and settings.service is None
        check.require(
            condition=plain and settings.location_probability == 0.5,
            name="settings",
            what="tiles are of the median level outdoors, without partial obstruction",
            remedy="leave service, location_probability and partial_obstruction as they are",
        )
        check.raise_all()


@dataclass(frozen=True, kw_only=True, eq=False)
class TileJob:
    """One tile: `sector` is the number in the whole network of each of the job's own sectors.

    `window` is the tile's place in the terrain: first row and column, rows and columns.
    """

    network: Network
    mast: NDArray[np.int64]
    sector: NDArray[np.int64]
    terrain: Terrain
    environment: NDArray[np.int8]
    window: tuple[int, int, int, int]


def reach_cells(settings: Settings, cell_m: float) -> int:
    """Return how far any mast is followed [cells]."""
    return math.ceil(max(settings.max_range_m) / cell_m) + 1


def masts_near(masts: Masts, grid: Grid, tile: Tile, reach_m: float) -> NDArray[np.int64]:
    """Return the masts whose disc may meet a tile, in their own order."""
    west = grid.west_m + tile.column * grid.cell_m
    north = grid.north_m - tile.row * grid.cell_m
    east, south = west + tile.columns * grid.cell_m, north - tile.rows * grid.cell_m
    x, y = np.asarray(masts.xy_m, dtype=np.float64).reshape(-1, 2).T
    off = np.hypot(
        np.maximum(np.maximum(west - x, x - east), 0.0),
        np.maximum(np.maximum(south - y, y - north), 0.0),
    )
    return np.flatnonzero(off <= reach_m + 2.0 * grid.cell_m)


def job_of(
    network: Network,
    grid: Grid,
    tile: Tile,
    *,
    around: Tile,
    terrain: Terrain,
    environment: NDArray[np.int8],
) -> TileJob | None:
    """Return the job of a tile, or None where no mast reaches it.

    `terrain` and `environment` are the part `around` of the grid: the tile with twice the largest
    radius around it, so that every disc that meets the tile is whole.
    """
    reach_m = max(network.settings.max_range_m)
    sectors = network.sectors
    near = masts_near(network.masts, grid, tile, reach_m)
    own = np.full(len(network.masts.height_m), -1, dtype=np.int64)
    own[near] = np.arange(len(near))
    active = np.ones(len(sectors.site), np.bool_) if sectors.active is None else sectors.active
    rows = np.flatnonzero((own[sectors.site] >= 0) & np.asarray(active, dtype=np.bool_))
    if not rows.size:
        return None
    used, antenna = np.unique(np.asarray(sectors.antenna)[rows], return_inverse=True)
    antennas = tuple(network.settings.antennas[each] for each in used)
    part = Network(
        masts=_masts(network.masts, near),
        sectors=_sectors(sectors, rows, own, antenna),
        traffic_gain_db=np.asarray(network.traffic_gain_db, dtype=np.float32)[rows],
        settings=replace(network.settings, antennas=antennas),
        carriers=network.carriers,
        noise_per_re_dbm=network.noise_per_re_dbm,
        threshold_dbm=network.threshold_dbm,
        load=network.load,
    )
    return TileJob(
        network=part,
        mast=near,
        sector=rows,
        terrain=terrain,
        environment=environment,
        window=(tile.row - around.row, tile.column - around.column, tile.rows, tile.columns),
    )


@functools.cache
def models_digest() -> str:
    """Return a hash of the models' own text: what an older version computed is not taken for ours."""
    digest = hashlib.sha256()
    folder = Path(__file__).parents[1]
    for file in sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix()):
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def key_of(job: TileJob) -> str:
    """Return a hash of everything a tile's layers depend on, in hexadecimal."""
    network, terrain = job.network, job.terrain
    settings = network.settings
    digest = hashlib.sha256(models_digest().encode())
    words = [job.window, terrain.west_m, terrain.north_m, terrain.cell_m, terrain.kind]
    words += [network.carriers, network.noise_per_re_dbm, network.threshold_dbm, network.load]
    plain = [each.name for each in fields(settings) if each.name != "antennas"]
    words += [(name, getattr(settings, name)) for name in plain]
    for antenna in settings.antennas:
        words.append((antenna.gain_dbi, antenna.front_to_back_db))
        _add(digest, antenna.horizontal_loss_db)
        _add(digest, antenna.vertical_loss_db)
    digest.update(repr(words).encode())
    for table in (network.masts, network.sectors):
        for each in fields(table):
            value = getattr(table, each.name)
            digest.update(each.name.encode())
            if value is not None:
                _add(digest, np.asarray(value))
    _add(digest, network.traffic_gain_db)
    _add(digest, terrain.elevation_m)
    _add(digest, job.environment)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, values: NDArray[np.generic]) -> None:
    """Add an array to a hash: its type, its shape and its bytes."""
    digest.update(f"{values.dtype.str}{values.shape}".encode())
    digest.update(np.ascontiguousarray(values).data)


def _masts(masts: Masts, rows: NDArray[np.int64]) -> Masts:
    return Masts(
        xy_m=np.asarray(masts.xy_m, dtype=np.float64)[rows],
        height_m=np.asarray(masts.height_m, dtype=np.float64)[rows],
        environment=np.asarray(masts.environment, dtype=np.int8)[rows],
        micro=None if masts.micro is None else np.asarray(masts.micro, dtype=np.bool_)[rows],
    )


def _sectors(
    sectors: Sectors,
    rows: NDArray[np.int64],
    own: NDArray[np.int64],
    antenna: NDArray[np.int64],
) -> Sectors:
    """Return some sectors with the numbers of their masts and antennas within the job."""
    return Sectors(
        site=own[np.asarray(sectors.site)[rows]].astype(np.int32),
        azimuth_deg=np.asarray(sectors.azimuth_deg, dtype=np.float64)[rows],
        tilt_deg=np.asarray(sectors.tilt_deg, dtype=np.float64)[rows],
        eirp_per_re_dbm=np.asarray(sectors.eirp_per_re_dbm, dtype=np.float64)[rows],
        carrier=np.asarray(sectors.carrier, dtype=np.int32)[rows],
        antenna=antenna.astype(np.int32),
    )
