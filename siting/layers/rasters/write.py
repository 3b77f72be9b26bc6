"""Write a raster of ours: a Cloud Optimised GeoTIFF, tiled, with overviews, the same bytes each time.

A plain tiled GeoTIFF is written window by window beside the target, turned into the COG, and
renamed into place: a run that is stopped leaves what was there before. Both are compressed with
one thread, so that the bytes depend on nothing but the values.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.shutil import copy

from siting.disk.atomic import replaced_file
from siting.layers.rasters.grid import BLOCK, windows_of
from siting.layers.rasters.model import FILLED
from siting.layers.rasters.tiles import CACHE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from siting.layers.rasters.fill import Filling
    from siting.layers.rasters.model import Progress
    from siting.layers.rasters.mosaic import Mosaic
    from siting.layers.wide import RasterLayer

NODATA: Mapping[str, float] = {"int16": -32768.0, "float32": -9999.0, "uint8": 0.0}
OVERVIEWS: Mapping[str, str] = {
    "dem": "average",
    "surface": "average",
    "landcover": "mode",
    "population": "average",
}
"""How overviews are made; of people, the average per cell of the full raster, not their sum."""
COG_OPTIONS = {
    "COMPRESS": "DEFLATE",
    "PREDICTOR": "YES",
    "LEVEL": "6",
    "BLOCKSIZE": str(BLOCK),
    "OVERVIEWS": "AUTO",
    "SPARSE_OK": "TRUE",
    "NUM_THREADS": "1",
    "BIGTIFF": "IF_SAFER",
}


def write_cog(
    mosaic: Mosaic,
    filling: Filling,
    target: Path,
    *,
    layer: RasterLayer,
    dtype: str,
    tell: Progress,
) -> None:
    """Write a mosaic to `target`, with the band `filled` where cells are or were filled."""
    marked = bool(filling.count) or any(tile.marked for tile in mosaic.tiles)
    with (
        replaced_file(target) as part,
        _workplace(target) as place,
        rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES, GDAL_NUM_THREADS="1"),
    ):
        plain, cog = place / "plain.tif", place / "cog.tif"
        _write_plain(mosaic, filling, plain, layer=layer, dtype=dtype, marked=marked, tell=tell)
        tell("overviews", 0.0)
        copy(plain, cog, driver="COG", RESAMPLING=OVERVIEWS[layer.name].upper(), **COG_OPTIONS)
        cog.replace(part)
        tell("overviews", 1.0)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, "" where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target` that is gone afterwards, whatever happens."""
    place = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _write_plain(
    mosaic: Mosaic,
    filling: Filling,
    path: Path,
    *,
    layer: RasterLayer,
    dtype: str,
    marked: bool,
    tell: Progress,
) -> None:
    grid = mosaic.grid
    profile = {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": 2 if marked else 1,
        "dtype": dtype,
        "crs": grid.crs,
        "transform": grid.transform,
        "nodata": NODATA[dtype],
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "interleave": "band",
        "compress": "deflate",
        "zlevel": 1,
        "sparse_ok": True,
        "bigtiff": "if_safer",
    }
    with rasterio.open(path, "w", **profile) as file:
        file.update_tags(layer=layer.name, holds=layer.holds, overviews=OVERVIEWS[layer.name])
        file.set_band_description(1, layer.name)
        file.set_band_unit(1, layer.unit)
        if marked:
            file.set_band_description(2, FILLED)
        for window in windows_of(grid):
            tell("write", float(window.row_off) / grid.height)
            values, filled = _window(mosaic, filling, window, dtype)
            if (values != values.dtype.type(NODATA[dtype])).any():
                file.write(values, 1, window=window)
                if marked:
                    file.write(filled.astype(dtype), 2, window=window)
    tell("write", 1.0)


def _window(
    mosaic: Mosaic, filling: Filling, window: rasterio.windows.Window, dtype: str
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Return the values of a window as they are stored, and which of them were filled."""
    piece = mosaic.read(window)
    values, void, filled = piece.values, piece.void, piece.filled
    corner = int(window.row_off), int(window.col_off)
    if corner in filling.cells:
        rows, columns, held = filling.cells[corner]
        values[rows, columns] = held
        void[rows, columns] = False
        filled[rows, columns] = True
    values[void] = NODATA[dtype]
    stored = np.rint(values) if np.dtype(dtype).kind in "iu" else values
    return stored.astype(dtype), filled
