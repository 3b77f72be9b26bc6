"""The layers of one tile: level, SINR, best server, probability, throughput, margin, by carrier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.sinr import sinr_db
from siting.coverage.sweep.network import sweep_network
from siting.coverage.throughput import throughput_mbps
from siting.coverage.tiles.probability import tile_probability

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.sweep.model import Levels
    from siting.coverage.tiles.job import Network, TileJob

    Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One layer: how its files are called, its unit, what it holds, how overviews are made."""

    name: str
    unit: str
    holds: str
    dtype: str = "float32"
    nodata: float = -9999.0
    overviews: str = "average"


QUANTITIES: tuple[Quantity, ...] = (
    Quantity(name="rsrp", unit="dBm", holds="SS-RSRP of the best server, median of places"),
    Quantity(name="sinr", unit="dB", holds="SINR of the reference signal of the best server"),
    Quantity(
        name="server",
        unit="row of servers.csv",
        holds="best server",
        dtype="int32",
        nodata=-1.0,
        overviews="nearest",
    ),
    Quantity(
        name="probability",
        unit="1",
        holds="probability that the best server exceeds the threshold",
    ),
    Quantity(name="throughput", unit="Mbit/s", holds="downlink of one terminal alone in its cell"),
    Quantity(name="margin", unit="dB", holds="level of the best server over the second"),
)
"""What a tile answers, in the order of its files."""


MOST_SINR_DB = 50.0
"""Above it a SINR is not told: sums of power hold five digits, and no receiver hears more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TileLayers:
    """The layers of a tile as [carrier, row, column], NaN (server -1) where there is no answer.

    `links` evaluated, cells in or behind a `void`, and cells beyond their model's range, of masts;
    `left_out` are the masts of the whole network that stand on a void.
    """

    rsrp: Floats
    sinr: Floats
    server: NDArray[np.int32]
    probability: Floats
    throughput: Floats
    margin: Floats
    links: int
    void: int
    beyond_range: tuple[int, ...]
    left_out: tuple[int, ...]


def tile_layers(job: TileJob) -> TileLayers:
    """Return the layers of a tile; `server` counts the sectors of the job.

    Raises
    ------
    ConfigurationError
        A number of the network is out of a model's range.
    DataError
        Terrain within reach is not known and `at_edges` is "refuse".

    """
    levels = _swept(job)
    sinr, throughput = _services(job.network, levels)
    return TileLayers(
        rsrp=levels.best_dbm,
        sinr=sinr,
        server=levels.best_sector,
        probability=tile_probability(job, levels),
        throughput=throughput,
        margin=levels.best_dbm - levels.second_dbm,
        links=levels.met.links,
        void=levels.met.void,
        beyond_range=levels.met.beyond_range,
        left_out=tuple(int(job.mast[row]) for row in levels.met.masts_left_out),
    )


def _swept(job: TileJob) -> Levels:
    """Return the levels of a tile."""
    network, settings = job.network, job.network.settings
    return sweep_network(
        network.masts,
        network.sectors,
        job.terrain,
        carriers_ghz=settings.carriers_ghz,
        antennas=settings.antennas,
        environments_raster=job.environment,
        environments=settings.environments,
        ue_height_m=settings.ue_height_m,
        rsrp_floor_dbm=settings.rsrp_floor_dbm,
        max_range_m=settings.max_range_m,
        location_probability=settings.location_probability,
        at_edges=settings.at_edges,
        exact_within_m=settings.exact_within_m,
        rays_per_cell=settings.rays_per_cell,
        window=job.window,
    )


def _services(network: Network, levels: Levels) -> tuple[Floats, Floats]:
    """Return SINR [dB] and throughput [Mbit/s] by carrier and cell."""
    sinr = np.full(levels.best_dbm.shape, np.nan, dtype=np.float32)
    rate = np.full(levels.best_dbm.shape, np.nan, dtype=np.float32)
    for number, carrier in enumerate(network.carriers):
        held = levels.best_sector[number] >= 0
        if not held.any():
            continue
        reference = sinr_db(
            levels.best_dbm[number][held],
            levels.sum_mw[number][held],
            noise_per_re_dbm=network.noise_per_re_dbm[number],
            load=network.load,
        )
        reference = np.minimum(reference, MOST_SINR_DB)
        gain_db = network.traffic_gain_db[levels.best_sector[number][held]]
        sinr[number][held] = reference
        rate[number][held] = throughput_mbps(reference + gain_db, carrier)
    return sinr, rate
