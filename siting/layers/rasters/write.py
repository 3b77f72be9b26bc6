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
    from rasterio.io import DatasetWriter
    from rasterio.windows import Window

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
WATER = 2
"""The mark of a void outside the counties that was said to be water."""
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
    water_outside: bool,
    tell: Progress,
) -> None:
    """Write a mosaic to `target`, with the band `filled` where cells are or were filled.

    What is void after the filling lies outside the counties; `water_outside` makes it 0.
    """
    marked = water_outside or bool(filling.count) or any(tile.marked for tile in mosaic.tiles)
    with (
        replaced_file(target) as part,
        _workplace(target) as place,
        rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES, GDAL_NUM_THREADS="1"),
    ):
        plain, cog = place / "plain.tif", place / "cog.tif"
        with _plain(mosaic, plain, layer=layer, dtype=dtype, marked=marked) as file:
            for window in windows_of(mosaic.grid):
                tell("write", float(window.row_off) / mosaic.grid.height)
                values, marks = _window(mosaic, filling, window, dtype, water_outside=water_outside)
                if (values != values.dtype.type(NODATA[dtype])).any():
                    file.write(values, 1, window=window)
                    if marked:
                        file.write(marks.astype(dtype), 2, window=window)
        tell("write", 1.0)
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


@contextmanager
def _plain(
    mosaic: Mosaic, path: Path, *, layer: RasterLayer, dtype: str, marked: bool
) -> Iterator[DatasetWriter]:
    """Yield an empty tiled GeoTIFF on the grid of a mosaic, with its names and units."""
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
        yield file


def _window(
    mosaic: Mosaic,
    filling: Filling,
    window: Window,
    dtype: str,
    *,
    water_outside: bool,
) -> tuple[NDArray[np.generic], NDArray[np.uint8]]:
    """Return the values of a window as they are stored, and the marks of those that were made."""
    piece = mosaic.read(window)
    values, void, marks = piece.values, piece.void, piece.marks
    corner = int(window.row_off), int(window.col_off)
    if corner in filling.cells:
        rows, columns, held = filling.cells[corner]
        values[rows, columns] = held
        void[rows, columns] = False
        marks[rows, columns] = 1
    if water_outside:
        marks[void] = WATER
        values[void] = 0.0
    else:
        values[void] = NODATA[dtype]
    stored = np.rint(values) if np.dtype(dtype).kind in "iu" else values
    return stored.astype(dtype), marks
