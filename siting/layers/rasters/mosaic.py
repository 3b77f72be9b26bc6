"""Lay tiles on one grid and read any window of it, void cells told from values.

A cell is void where the file masks it, where it is NaN or infinite, where it holds the value the
planner named, or where it holds one of the SENTINELS that producers leave undeclared. The first
tile with a value wins; where another differs, that is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rasterio.errors import RasterioError
from rasterio.windows import Window

from siting.errors import DataError, Problem
from siting.layers.rasters.grid import Bounds, Grid, slices
from siting.layers.rasters.tiles import MAX_CELLS, OFF_GRID, Tile, name_of, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

SENTINELS = (-9999.0, -32768.0, -32767.0, 32767.0, 65535.0, -99999.0, -999999.0)
HUGE = 1e30  # the largest float32 of either sign stands for "no value" in many programmes
CLASS_SENTINELS = (0.0, 255.0)
MARKS = (1, 2)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What a window holds. `differing` are cells where tiles disagree, by up to `difference`."""

    values: NDArray[np.float32]
    void: NDArray[np.bool_]
    marks: NDArray[np.uint8]
    undeclared: dict[str, int]
    differing: int = 0
    difference: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Mosaic:
    """Tiles on one grid.

    `factor` turns the unit of the values into ours; `slack` is how far two tiles may differ where
    they overlap.
    """

    grid: Grid
    tiles: tuple[Tile, ...]
    sentinels: tuple[float, ...]
    nodata: float | None = None
    factor: float = 1.0
    slack: float = 0.0

    def read(self, window: Window) -> Piece:
        """Return the values of a window; raises DataError where a tile is damaged there."""
        shape = (int(window.height), int(window.width))
        values, void = np.zeros(shape, dtype=np.float32), np.ones(shape, dtype=bool)
        marks, undeclared = np.zeros(shape, dtype=np.uint8), dict[str, int]()
        differing, difference = 0, 0.0
        for tile in self.tiles:
            there, here = self._parts(tile, window)
            if not there.width or not there.height:
                continue
            new, empty, marked = self._read_tile(tile, there, undeclared)
            old, open_ = values[here], void[here]
            apart = np.abs(new - old)[~open_ & ~empty]
            differing += int((apart > self.slack).sum())
            difference = max(difference, float(apart.max(initial=0.0)))
            take = open_ & ~empty
            old[take] = new[take]
            marks[here][take] = marked[take]
            open_[take] = False
        return Piece(
            values=values,
            void=void,
            marks=marks,
            undeclared=undeclared,
            differing=differing,
            difference=difference,
        )

    def _parts(self, tile: Tile, window: Window) -> tuple[Window, tuple[slice, slice]]:
        """Return the window of a tile that a window of the grid meets, and where it goes."""
        down = round((tile.grid.north - self.grid.north) / self.grid.dy) + int(window.row_off)
        along = round((self.grid.west - tile.grid.west) / self.grid.dx) + int(window.col_off)
        top, left = max(down, 0), max(along, 0)
        bottom = max(min(down + int(window.height), tile.grid.height), top)
        right = max(min(along + int(window.width), tile.grid.width), left)
        there = Window(left, top, right - left, bottom - top)
        return there, slices(Window(left - along, top - down, there.width, there.height))

    def _read_tile(
        self, tile: Tile, window: Window, undeclared: dict[str, int]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.uint8]]:
        """Return values in our unit, void cells and marks of a window of one tile."""
        try:
            with opened(tile.path) as dataset:
                raw = dataset.read(1, window=window)
                void = dataset.read_masks(1, window=window) == 0
                marks = _marks(dataset, window) if tile.marked else np.zeros(raw.shape, np.uint8)
        except (RasterioError, OSError) as error:
            first, last = int(window.row_off), int(window.row_off + window.height) - 1
            what = f"cannot be read in rows {first} to {last}: damaged or cut off"
            problem = Problem(file=tile.path.name, what=what, remedy="get the file again")
            raise DataError(problem) from error
        for name, cells in self._undeclared(raw):
            count = int((cells & ~void).sum())
            if count:
                undeclared[name] = undeclared.get(name, 0) + count
                void |= cells
        values = raw.astype(np.float32)
        if tile.scale != 1.0 or tile.offset != 0.0 or self.factor != 1.0:
            scaled = (raw.astype(float) * tile.scale + tile.offset) * self.factor
            values = scaled.astype(np.float32)
        values[void] = 0.0
        return values, void, marks

    def _undeclared(self, raw: NDArray[np.generic]) -> list[tuple[str, NDArray[np.bool_]]]:
        """Return the cells of each value that stands for none without being declared."""
        named = self.sentinels + (() if self.nodata is None else (self.nodata,))
        real = np.issubdtype(raw.dtype, np.floating)
        found = [
            (f"{value:g}", raw == raw.dtype.type(value))
            for value in named
            if real or _holds(raw.dtype, value)
        ]
        if real:
            found += [("NaN", np.isnan(raw)), ("an infinite or huge number", np.abs(raw) > HUGE)]
        return found


def _holds(dtype: np.dtype[np.generic], value: float) -> bool:
    """Tell whether whole numbers of a type can hold a value."""
    limits = np.iinfo(dtype.name)
    return value.is_integer() and limits.min <= value <= limits.max


def _marks(dataset: DatasetReader, window: Window) -> NDArray[np.uint8]:
    """Return the marks of a raster of ours; where nothing is marked they may be void."""
    marks = dataset.read(2, window=window)
    return np.where(np.isin(marks, MARKS), marks, 0).astype(np.uint8)


def common_grid(tiles: Sequence[Tile]) -> Grid:
    """Return the grid that holds every tile; raises DataError with the tiles that do not fit it."""
    first = tiles[0].grid
    problems = [
        Problem(
            file=tile.path.name,
            what=f"does not lie on the grid of {tiles[0].path.name}: {what}",
            remedy="warp the tiles to one grid first (gdalwarp -tr ... -tap)",
        )
        for tile in tiles[1:]
        if (what := _off(first, tile.grid))
    ]
    if problems:
        raise DataError(problems)
    edges = np.array([tile.grid.bounds for tile in tiles])
    west, north = edges[:, 0].min(), edges[:, 3].max()
    width = round((edges[:, 2].max() - west) / first.dx)
    height = round((north - edges[:, 1].min()) / first.dy)
    if width * height > MAX_CELLS:
        what = f"the tiles span {width:,} x {height:,} cells: too many"
        remedy = "name only the tiles of the city"
        raise DataError(Problem(file=tiles[0].path.name, what=what, remedy=remedy))
    return Grid(
        crs=first.crs,
        west=float(west),
        north=float(north),
        dx=first.dx,
        dy=first.dy,
        width=width,
        height=height,
    )


def _off(first: Grid, other: Grid) -> str:
    """Return how a grid differs from another, "" where both are parts of one."""
    if other.crs != first.crs:
        return f"its CRS is {name_of(other.crs)}, not {name_of(first.crs)}"
    cells = max(first.width, first.height, other.width, other.height)
    if max(abs(other.dx / first.dx - 1.0), abs(other.dy / first.dy - 1.0)) * cells > OFF_GRID:
        return f"its cells are {other.dx:.9g} x {other.dy:.9g}, not {first.dx:.9g} x {first.dy:.9g}"
    steps = np.array([(other.west - first.west) / first.dx, (first.north - other.north) / first.dy])
    if (np.abs(steps - np.round(steps)) > OFF_GRID).any():
        return "its cells lie between the others"
    return ""


def cut(grid: Grid, bounds: Bounds) -> Grid:
    """Return the part of a grid that touches `bounds`."""
    return grid.part(grid.window(bounds))
