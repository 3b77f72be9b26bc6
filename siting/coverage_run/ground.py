"""Bring the ground onto the grid of a run: heights once, block by block, and environments.

Blocks have one size whatever the tiles are: a warped value may depend on the block it is read in,
and must not depend on the tile.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage import ENVIRONMENTS, Terrain
from siting.coverage.tiles import Grid, Tile, tile_plan
from siting.disk.atomic import replaced_file
from siting.errors import ConfigurationError, MissingDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.layers.model import Layers

    Progress = Callable[[str, float], None]

BLOCK = 2048
_LOWEST_M, _HIGHEST_M = -500.0, 9000.0  # anything else is a void in disguise
KINDS = {"dem": "bare_earth", "surface": "surface"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """Heights and environments of a grid; heights lie on disk, or are 0 all over (`flat`).

    `around` holds positions in the environments on cells `factor` times as wide, -1 outside.
    """

    grid: Grid
    kind: str
    file: str
    heights: NDArray[np.float32] | None
    around: NDArray[np.int8]
    factor: int

    @property
    def flat(self) -> bool:
        """Return whether the run has no heights."""
        return self.heights is None

    def terrain(self, part: Tile) -> Terrain:
        """Return the heights of a part of the grid."""
        cells = (part.rows, part.columns)
        heights = np.zeros(cells, np.float32)
        if self.heights is not None:
            heights = np.array(self.heights[part.slices])
        return Terrain(
            elevation_m=heights,
            west_m=self.grid.west_m + part.column * self.grid.cell_m,
            north_m=self.grid.north_m - part.row * self.grid.cell_m,
            cell_m=self.grid.cell_m,
            file=self.file,
            kind=self.kind,
        )

    def environment(self, part: Tile) -> NDArray[np.int8]:
        """Return the environments of a part of the grid."""
        rows = (part.row + np.arange(part.rows)) // self.factor
        columns = (part.column + np.arange(part.columns)) // self.factor
        return np.ascontiguousarray(self.around[np.ix_(rows, columns)])

    def known(self, xy_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether places lie on cells whose height is known."""
        grid = self.grid
        column = np.floor((xy_m[:, 0] - grid.west_m) / grid.cell_m).astype(np.int64)
        row = np.floor((grid.north_m - xy_m[:, 1]) / grid.cell_m).astype(np.int64)
        inside = (row >= 0) & (row < grid.rows) & (column >= 0) & (column < grid.columns)
        if self.heights is not None:
            inside[inside] = np.isfinite(self.heights[row[inside], column[inside]])
        return inside


def grid_of(layers: Layers, cell_m: float, margin_m: float) -> tuple[Grid, Tile]:
    """Return the grid that a run reads, and the part of it that it writes: the townships' area.

    The grid has `margin_m` around that part, for masts beyond the border and the ground to them.
    """
    outline = layers.townships if len(layers.townships) else layers.counties
    west, south, east, north = outline.total_bounds
    margin = math.ceil(margin_m / cell_m)
    left, top = math.floor(west / cell_m), math.ceil(north / cell_m)
    columns = math.ceil(east / cell_m) - left
    rows = top - math.floor(south / cell_m)
    grid = Grid(
        west_m=(left - margin) * cell_m,
        north_m=(top + margin) * cell_m,
        cell_m=cell_m,
        rows=rows + 2 * margin,
        columns=columns + 2 * margin,
    )
    return grid, Tile(row=margin, column=margin, rows=rows, columns=columns)


def ground_of(
    layers: Layers,
    demand: gpd.GeoDataFrame,
    grid: Grid,
    *,
    terrain: str,
    flat: bool,
    spacing_m: float,
    work: Path,
    tell: Progress,
) -> Ground:
    """Return the ground of a run; heights are kept in `work` and read again by the next run.

    Raises
    ------
    ConfigurationError
        Both heights and flat ground are asked for.
    MissingDataError
        The layers have no such raster, and flat ground is not asked for.

    """
    factor = max(math.ceil(spacing_m / grid.cell_m), 1)
    around = _environments(layers, demand, grid, factor)
    file, heights = "", None
    if not flat:
        path = _raster(layers, terrain)
        file, heights = path.name, _heights(path, layers.crs, grid, work, tell)
    return Ground(
        grid=grid, kind=KINDS[terrain], file=file, heights=heights, around=around, factor=factor
    )


def _raster(layers: Layers, terrain: str) -> Path:
    """Return the path of the heights, or say how to come by them."""
    if terrain not in KINDS:
        what, remedy = f"{terrain!r} is no terrain", "write dem or surface"
        raise ConfigurationError(Problem(file="--terrain", what=what, remedy=remedy))
    path = layers.rasters.get(terrain)
    if path is None:
        remedy = (
            f"run siting layers pull dem and say --terrain surface, import heights with "
            f"siting layers import FILE --as {terrain}, or say --flat to leave the relief out"
        )
        what = "the layers hold no heights"
        raise MissingDataError(Problem(file=f"{terrain}.tif", what=what, remedy=remedy))
    return path


def _heights(path: Path, crs: str, grid: Grid, work: Path, tell: Progress) -> NDArray[np.float32]:
    """Return the heights [m] on the grid, NaN where void, as a file that is mapped, not read."""
    with path.open("rb") as raster:
        digest = hashlib.file_digest(raster, "sha256")
    digest.update(repr((crs, grid)).encode())
    target = work / f"heights-{digest.hexdigest()[:32]}.npy"
    if not target.is_file():
        for old in work.glob("heights-*.npy"):
            old.unlink()
        with replaced_file(target) as part:
            _warp(path, crs, grid, part, tell)
    heights: NDArray[np.float32] = np.load(target, mmap_mode="r")
    return heights


def _warp(path: Path, crs: str, grid: Grid, part: Path, tell: Progress) -> None:
    """Write the heights block by block."""
    from siting.layers.rasters import read_window  # noqa: PLC0415 (rasterio is slow to import)

    heights = np.lib.format.open_memmap(
        part, mode="w+", dtype=np.float32, shape=(grid.rows, grid.columns)
    )
    blocks = tile_plan(grid, BLOCK)
    for number, block in enumerate(blocks):
        tell("heights", number / len(blocks))
        west = grid.west_m + block.column * grid.cell_m
        north = grid.north_m - block.row * grid.cell_m
        east, south = west + block.columns * grid.cell_m, north - block.rows * grid.cell_m
        bounds = (west, south, east, north)
        values = read_window(path, bounds, crs=crs, cell_m=grid.cell_m).values
        values[~((values >= _LOWEST_M) & (values <= _HIGHEST_M))] = np.nan
        heights[block.slices] = values
    heights.flush()
    tell("heights", 1.0)


def _environments(
    layers: Layers, demand: gpd.GeoDataFrame, grid: Grid, factor: int
) -> NDArray[np.int8]:
    """Return the environment of wider cells: of their people, else of the township's relief."""
    from rasterio.features import rasterize  # noqa: PLC0415
    from rasterio.transform import Affine  # noqa: PLC0415

    wide_m = grid.cell_m * factor
    shape = (math.ceil(grid.rows / factor), math.ceil(grid.columns / factor))
    number = {environment.name: place for place, environment in enumerate(ENVIRONMENTS)}
    relief = layers.townships["relief"].map(number).fillna(number["plain"]).astype(int)
    around = rasterize(
        ((area, code + 1) for area, code in zip(layers.townships.geometry, relief, strict=True)),
        out_shape=shape,
        transform=Affine(wide_m, 0.0, grid.west_m, 0.0, -wide_m, grid.north_m),
        dtype="int16",
    )
    row = np.floor((grid.north_m - demand.geometry.y.to_numpy()) / wide_m).astype(int)
    column = np.floor((demand.geometry.x.to_numpy() - grid.west_m) / wide_m).astype(int)
    inside = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
    weight = demand["weight"].to_numpy(float)
    order = np.flatnonzero(inside)[np.argsort(weight[inside], kind="stable")]
    codes = demand["environment"].map(number).to_numpy(np.int64)
    around[row[order], column[order]] = codes[order] + 1
    return np.asarray(around - 1, dtype=np.int8)
