"""Small networks and terrain for the tests of the sweep."""

from __future__ import annotations

import numpy as np

from siting.coverage.antennas import element_antenna, isotropic
from siting.coverage.sweep import Masts, Sectors
from siting.coverage.terrain import Terrain

CELL_M = 30.0
URBAN, PLAIN = 0, 2


def hills(size, *, relief_m=200.0, seed=4):
    """Return rough terrain: the sum of a few waves and white noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    heights = np.zeros((size, size))
    for k in range(1, 12):
        a, b = rng.uniform(-k, k, 2)
        heights += np.sin(2 * np.pi * (a * x + b * y) + rng.uniform(0, 6)) / k
    heights = (heights - heights.min()) / np.ptp(heights) * relief_m
    return (heights + rng.normal(size=heights.shape)).astype(np.float32)


def terrain_of(heights, *, kind="bare_earth"):
    return Terrain(
        elevation_m=np.asarray(heights, dtype=np.float32), west_m=600_000.0,
        north_m=2_700_000.0, cell_m=CELL_M, kind=kind,
    )  # fmt: skip


def centre_of(terrain, row, column):
    return (
        terrain.west_m + (column + 0.5) * terrain.cell_m,
        terrain.north_m - (row + 0.5) * terrain.cell_m,
    )


def masts_at(terrain, cells, *, height_m=25.0, environment=URBAN, micro=None):
    count = len(cells)
    return Masts(
        xy_m=np.array([centre_of(terrain, *cell) for cell in cells]).reshape(-1, 2),
        height_m=np.full(count, height_m),
        environment=np.full(count, environment, dtype=np.int8),
        micro=None if micro is None else np.full(count, micro),
    )


def sectors_of(masts, *, faces=3, carriers=1, eirp_dbm=38.0, tilt_deg=6.0):
    """Return `faces` sectors a mast and carrier."""
    site = np.repeat(np.arange(len(masts.height_m)), faces * carriers).astype(np.int32)
    count = len(site)
    masts_each = np.arange(count) % (faces * carriers)
    return Sectors(
        site=site,
        azimuth_deg=(masts_each // carriers) * 360.0 / faces + 10.0,
        tilt_deg=np.full(count, tilt_deg),
        eirp_per_re_dbm=np.full(count, eirp_dbm),
        carrier=(masts_each % carriers).astype(np.int32),
        antenna=np.zeros(count, dtype=np.int32),
    )


ELEMENT, EVEN = element_antenna(), isotropic()
