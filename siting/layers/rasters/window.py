"""Read a part of a raster on a grid in metres, lazily: only what the part needs is read.

Heights and classes are warped by GDAL. People are counts, and no interpolation keeps a count: with
`sum`, each source cell is divided into n x n equal parts, and each part is added to the cell that
its centre falls in, so the total stays what it is (n so that a part is at most a quarter of a cell
wide, 1 to 16).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import rasterio
from pyproj import Transformer
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.layers.rasters.grid import BLOCK, Bounds, Grid
from siting.layers.rasters.tiles import CACHE_BYTES, opened

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

Method: TypeAlias = Literal["nearest", "bilinear", "cubic", "average", "mode", "sum"]

METHODS = ("nearest", "bilinear", "cubic", "average", "mode", "sum")
MAX_CELLS = 100_000_000
"""Largest window [cells]: 400 MB of values."""
PARTS_AT_ONCE = 2_000_000


@dataclass(frozen=True, kw_only=True)
class RasterWindow:
    """Values on a grid in metres, row 0 northernmost; NaN and `void` where there is none.

    `west_m` and `north_m` are the outer corner of the north-western cell.
    """

    values: NDArray[np.float32]
    void: NDArray[np.bool_]
    west_m: float
    north_m: float
    cell_m: float
    resampling: str


def read_window(
    path: str | Path,
    bounds: Bounds,
    *,
    crs: str,
    cell_m: float,
    resampling: Method = "bilinear",
) -> RasterWindow:
    """Return the part of a raster of ours that lies in `bounds`, resampled.

    Parameters
    ----------
    path
        A raster; its first band is read.
    bounds
        West, south, east, north [m] in `crs`; the window begins at the north-western corner and
        ends with the first whole cell that reaches the others.
    crs
        A projected CRS in metres.
    cell_m
        Side of a cell [m].
    resampling
        `nearest`, `bilinear` or `cubic` for heights on a finer grid, `average` on a coarser one,
        `mode` or `nearest` for classes, `sum` for people.

    Raises
    ------
    MissingDataError
        Where there is no such file.
    DataError
        Where it cannot be read or has no CRS.
    ConfigurationError
        Where `crs` does not measure in metres, `resampling` is unknown, or the window is too large.

    """
    path, west, north = Path(path), bounds[0], bounds[3]
    width, height = _size(bounds, crs=crs, cell_m=cell_m, resampling=resampling)
    grid = Grid(
        crs=rasterio.CRS.from_user_input(crs),
        west=west,
        north=north,
        dx=cell_m,
        dy=cell_m,
        width=width,
        height=height,
    )
    if not path.is_file():
        remedy = "import the layer first"
        raise MissingDataError(Problem(file=path.name, what="is not there", remedy=remedy))
    try:
        with opened(path) as dataset:
            _require_crs(path, dataset)
            read = _summed if resampling == "sum" else _warped
            values = read(dataset, grid, resampling)
    except (RasterioError, OSError) as error:
        what, remedy = "cannot be read: damaged or no raster", "import the layer again"
        raise DataError(Problem(file=path.name, what=what, remedy=remedy)) from error
    return RasterWindow(
        values=values,
        void=np.isnan(values),
        west_m=west,
        north_m=north,
        cell_m=cell_m,
        resampling=resampling,
    )


def _size(bounds: Bounds, *, crs: str, cell_m: float, resampling: str) -> tuple[int, int]:
    """Return the cells across and down, or raise what cannot be asked."""
    west, south, east, north = bounds
    problems = []
    if resampling not in METHODS:
        what, remedy = f"{resampling} is no resampling", f"choose one of {', '.join(METHODS)}"
        problems.append(Problem(column="resampling", what=what, remedy=remedy))
    known = rasterio.CRS.from_user_input(crs)
    if not known.is_projected or known.linear_units_factor[1] != 1.0:
        what, remedy = f"{crs} does not measure in metres", "use a projected CRS, e.g. EPSG:32650"
        problems.append(Problem(column="crs", what=what, remedy=remedy))
    if not (west < east and south < north and cell_m > 0.0 and np.isfinite(bounds).all()):
        what = f"{bounds} with cells of {cell_m:g} m is no window"
        remedy = "give west < east, south < north, and a cell above 0 m"
        raise ConfigurationError([*problems, Problem(column="bounds", what=what, remedy=remedy)])
    width, height = (int(np.ceil(round(s / cell_m, 6))) for s in (east - west, north - south))
    if width * height > MAX_CELLS:
        what, remedy = f"{width:,} x {height:,} cells are too many", "read it in parts"
        problems.append(Problem(column="bounds", what=what, remedy=remedy))
    if problems:
        raise ConfigurationError(problems)
    return width, height


def _require_crs(path: Path, dataset: DatasetReader) -> None:
    if dataset.crs is None:
        what, remedy = "has no CRS", "import it with --crs"
        raise DataError(Problem(file=path.name, what=what, remedy=remedy))


def _warped(dataset: DatasetReader, grid: Grid, resampling: str) -> NDArray[np.float32]:
    """Return the values on a grid by GDAL's warper; a void never weighs in."""
    with WarpedVRT(
        dataset,
        crs=grid.crs,
        transform=grid.transform,
        width=grid.width,
        height=grid.height,
        resampling=Resampling[resampling],
        nodata=np.nan,
        dtype="float32",
        warp_mem_limit=CACHE_BYTES // 1_000_000,
    ) as warped:
        values: NDArray[np.float32] = warped.read(1)
    return values


def _summed(dataset: DatasetReader, grid: Grid, resampling: str) -> NDArray[np.float32]:
    """Return the sums on a grid, source window by source window; NaN where nothing falls in."""
    del resampling
    sums, hits = np.zeros(grid.width * grid.height), np.zeros(grid.width * grid.height, dtype=bool)
    place = dataset.transform
    source = Grid(
        crs=dataset.crs,
        west=place.c,
        north=place.f,
        dx=place.a,
        dy=-place.e,
        width=dataset.width,
        height=dataset.height,
    )
    there = Transformer.from_crs(source.crs.to_wkt(), grid.crs.to_wkt(), always_xy=True)
    parts = int(np.clip(np.ceil(4.0 * source.cell_m() / grid.dx), 1, 16))
    west, south, east, north = transform_bounds(grid.crs, source.crs, *grid.bounds)
    near = source.window((west - source.dx, south - source.dy, east + source.dx, north + source.dy))
    for window in _chunks(near, max(PARTS_AT_ONCE // parts**2, 1)):
        counts = dataset.read(1, window=window).astype(float)
        valid = (dataset.read_masks(1, window=window) > 0) & np.isfinite(counts)
        rows, columns = np.nonzero(valid)
        share = counts[rows, columns] / parts**2
        for part in np.ndindex(parts, parts):
            down, along = ((k + 0.5) / parts for k in part)
            x = source.west + (columns + int(window.col_off) + along) * source.dx
            y = source.north - (rows + int(window.row_off) + down) * source.dy
            _add(sums, hits, grid, there.transform(x, y), share)
    return np.where(hits, sums, np.nan).astype(np.float32).reshape(grid.height, grid.width)


def _add(
    sums: NDArray[np.float64],
    hits: NDArray[np.bool_],
    grid: Grid,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    share: NDArray[np.float64],
) -> None:
    """Add shares to the cells that their places fall in; what falls outside is left out."""
    column = np.floor((places[0] - grid.west) / grid.dx).astype(np.int64)
    row = np.floor((grid.north - places[1]) / grid.dy).astype(np.int64)
    held = (column >= 0) & (column < grid.width) & (row >= 0) & (row < grid.height)
    cell = row[held] * grid.width + column[held]
    np.add.at(sums, cell, share[held])
    hits[cell] = True


def _chunks(near: Window, cells: int) -> list[Window]:
    """Return windows of at most about so many cells that make up a window."""
    top, left = int(near.row_off), int(near.col_off)
    bottom, right = top + int(near.height), left + int(near.width)
    side = min(max(int(cells**0.5), 1), BLOCK)
    return [
        Window(x, y, min(side, right - x), min(side, bottom - y))
        for y in range(top, bottom, side)
        for x in range(left, right, side)
    ]
