"""A made-up network on made-up hills, small enough for every tile to be computed in a moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine

from siting.coverage import Terrain
from siting.coverage.radio_file import read_radio
from siting.coverage.radio_parts import carrier_of, ssb_antenna
from siting.coverage.sweep.model import Masts, Sectors
from siting.coverage.sweep.settings import Settings
from siting.coverage.tiles import Grid, Network, job_of, reach_cells
from siting.layers.model import Layers

GRID = Grid(west_m=600_000.0, north_m=2_800_000.0, cell_m=30.0, rows=160, columns=160)
TOWN = {"base": "quanzhou"}


def hills(rows: int = 160, columns: int = 160) -> np.ndarray:
    """Return heights [m]: round hills of 80 m."""
    y, x = np.mgrid[:rows, :columns]
    return (80.0 + 80.0 * np.sin(x / 11.0) * np.cos(y / 14.0)).astype(np.float32)


def network(*, masts: int = 5, seed: int = 0, radius_m: float = 900.0) -> Network:
    """Return three sectors of 3.5 GHz and one of 700 MHz on each mast."""
    random = np.random.default_rng(seed)
    radios = [read_radio("macro_700_4t"), read_radio("macro_3500_64t")]
    places = random.uniform(600.0, 4200.0, (masts, 2))
    each = 4 * masts
    return Network(
        masts=Masts(
            xy_m=np.column_stack([GRID.west_m + places[:, 0], GRID.north_m - places[:, 1]]),
            height_m=np.full(masts, 30.0),
            environment=np.full(masts, -1, dtype=np.int8),
        ),
        sectors=Sectors(
            site=np.repeat(np.arange(masts), 4).astype(np.int32),
            azimuth_deg=np.tile([0.0, 0.0, 120.0, 240.0], masts),
            tilt_deg=np.full(each, 5.0),
            eirp_per_re_dbm=np.tile([33.0, 38.0, 38.0, 38.0], masts),
            carrier=np.tile([0, 1, 1, 1], masts).astype(np.int32),
            antenna=np.tile([0, 1, 1, 1], masts).astype(np.int32),
        ),
        traffic_gain_db=np.zeros(each, dtype=np.float32),
        settings=Settings(
            carriers_ghz=(0.7, 3.5),
            max_range_m=(radius_m, radius_m),
            antennas=tuple(ssb_antenna(radio) for radio in radios),
            at_edges="exclude",
        ),
        carriers=tuple(carrier_of(radio) for radio in radios),
        noise_per_re_dbm=tuple(radio.noise_per_re_dbm for radio in radios),
        threshold_dbm=(-85.0, -95.0),
    )


def job_at(wanted, tile, heights, environment, *, kind="bare_earth"):
    """Return the job of a tile over heights and environments of the whole grid."""
    around = tile.with_halo(2 * reach_cells(wanted.settings, GRID.cell_m), GRID)
    return job_of(
        wanted,
        GRID,
        tile,
        around=around,
        terrain=Terrain(
            elevation_m=heights[around.slices],
            west_m=GRID.west_m + around.column * GRID.cell_m,
            north_m=GRID.north_m - around.row * GRID.cell_m,
            cell_m=GRID.cell_m,
            kind=kind,
        ),
        environment=environment[around.slices],
    )


def with_heights(layers: Layers, folder: Path, *, margin_m: float, change=None) -> Layers:
    """Return layers with a DEM of hills that reaches so far over the townships."""
    west, south, east, north = layers.townships.total_bounds
    cell_m = 60.0
    columns = int((east - west + 2.0 * margin_m) / cell_m)
    rows = int((north - south + 2.0 * margin_m) / cell_m)
    heights = hills(rows, columns)
    if change is not None:
        change(heights)
    path = folder / "dem.tif"
    profile = {
        "driver": "GTiff", "width": columns, "height": rows, "count": 1, "dtype": "float32",
        "crs": layers.crs, "nodata": -9999.0,
        "transform": Affine(cell_m, 0.0, west - margin_m, 0.0, -cell_m, north + margin_m),
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    with rasterio.open(path, "w", **profile) as file:
        file.write(np.where(np.isfinite(heights), heights, -9999.0).astype(np.float32), 1)
    return replace(layers, terrain=path, rasters={"dem": path})
