"""Write the layers of all tiles as Cloud Optimised GeoTIFFs: NAME_BAND_QUANTITY.tif.

A plain GeoTIFF is filled tile by tile and turned into the COG with one thread, so that the bytes
depend on the values only: not on the size of the tiles or the order in which they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.tiles import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from siting.coverage.tiles import Grid, Quantity, Tile
    from siting.coverage_run.store import TileStore

    Progress = Callable[[str, float], None]

COG_OPTIONS = {
    "COMPRESS": "DEFLATE",
    "PREDICTOR": "YES",
    "LEVEL": "6",
    "BLOCKSIZE": "512",
    "OVERVIEWS": "AUTO",
    "SPARSE_OK": "TRUE",
    "NUM_THREADS": "1",
    "BIGTIFF": "IF_SAFER",
}
STEPS = {"dBm": 1.0 / 64.0, "dB": 1.0 / 64.0, "1": 1.0 / 1024.0}
"""Values of a unit are rounded to this, far below any model's error, so that files stay small."""
_CACHE_BYTES = 128_000_000


def write_cogs(
    folder: Path,
    name: str,
    bands: Sequence[str],
    *,
    grid: Grid,
    crs: str,
    tiles: Sequence[tuple[Tile, str, NDArray[np.int64]]],
    store: TileStore,
    tags: Sequence[Mapping[str, str]],
    tell: Progress,
) -> list[str]:
    """Write one file per band and quantity into a folder; return their names.

    `tiles` are the tiles that masts reach: where, key, and the network's number of each sector of
    the job. `tags` are those of each band.
    """
    import rasterio  # noqa: PLC0415 (GDAL is heavy at import)
    from rasterio.shutil import copy  # noqa: PLC0415

    written: list[str] = []
    with rasterio.Env(GDAL_CACHEMAX=_CACHE_BYTES, GDAL_NUM_THREADS="1"):
        for number, band in enumerate(bands):
            for quantity in QUANTITIES:
                tell("files", len(written) / (len(bands) * len(QUANTITIES)))
                target = folder / f"{name}_{band}_{quantity.name}.tif"
                plain = folder / f".part-{target.name}"
                _plain(plain, quantity, number, grid=grid, crs=crs, tiles=tiles, store=store,
                       tags=tags[number])  # fmt: skip
                options = COG_OPTIONS | {"RESAMPLING": quantity.overviews.upper()}
                copy(plain, target, driver="COG", **options)
                plain.unlink()
                written.append(target.name)
    tell("files", 1.0)
    return written


def _plain(
    path: Path,
    quantity: Quantity,
    carrier: int,
    *,
    grid: Grid,
    crs: str,
    tiles: Sequence[tuple[Tile, str, NDArray[np.int64]]],
    store: TileStore,
    tags: Mapping[str, str],
) -> None:
    """Write one layer as a plain tiled GeoTIFF."""
    import rasterio  # noqa: PLC0415
    from rasterio.transform import Affine  # noqa: PLC0415
    from rasterio.windows import Window  # noqa: PLC0415

    profile = {
        "driver": "GTiff",
        "width": grid.columns,
        "height": grid.rows,
        "count": 1,
        "dtype": quantity.dtype,
        "crs": crs,
        "transform": Affine(grid.cell_m, 0.0, grid.west_m, 0.0, -grid.cell_m, grid.north_m),
        "nodata": quantity.nodata,
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
        "sparse_ok": True,
        "bigtiff": "if_safer",
    }
    with rasterio.open(path, "w", **profile) as file:
        file.update_tags(quantity=quantity.name, unit=quantity.unit, holds=quantity.holds, **tags)
        file.set_band_description(1, quantity.name)
        file.set_band_unit(1, quantity.unit)
        for tile, key, sector in tiles:
            values = _stored(store.layer(key, quantity.name, carrier), quantity, sector)
            window = Window(tile.column, tile.row, tile.columns, tile.rows)
            file.write(values, 1, window=window)


def _stored(
    values: NDArray[np.generic], quantity: Quantity, sector: NDArray[np.int64]
) -> NDArray[np.generic]:
    """Return a layer as it is stored: rounded, sectors by their number in the whole network."""
    if quantity.name == "server":
        own = values.astype(np.int64)
        return np.where(own >= 0, sector[np.maximum(own, 0)], -1).astype(np.int32)
    numbers = values.astype(np.float32)
    if quantity.unit in STEPS:
        step = np.float32(STEPS[quantity.unit])
        numbers = np.rint(numbers / step) * step
    return np.where(np.isfinite(numbers), numbers, np.float32(quantity.nodata)).astype(np.float32)
