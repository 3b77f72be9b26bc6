"""Read a raster onto the grid of a picture: as it is where it fits, else means of its cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.maps.coverage.source import CoverageRaster

WEB_MERCATOR, DEGREES = "EPSG:3857", "EPSG:4326"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """North-up cells in a CRS: west and north of the corner, the size of a cell, how many."""

    crs: str
    west: float
    north: float
    cell: float
    width: int
    height: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north."""
        east, south = self.west + self.width * self.cell, self.north - self.height * self.cell
        return self.west, south, east, self.north


def grid_around(rasters: Sequence[CoverageRaster], crs: str, *, longest: int) -> Grid:
    """Return a grid around all rasters, its longer side at most `longest` cells.

    A cell is never finer than the finest raster's.
    """
    from rasterio.warp import transform_bounds  # noqa: PLC0415 (GDAL is heavy at import)

    boxes = np.array([transform_bounds(each.crs, crs, *each.bounds) for each in rasters])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    if not np.isfinite([west, south, east, north]).all():
        names = ", ".join(each.path.name for each in rasters)
        remedy = "check its CRS and its bounds"
        raise DataError(Problem(file=names, what="lies nowhere on the map", remedy=remedy))
    finest = min((box[2] - box[0]) / each.width for box, each in zip(boxes, rasters, strict=True))
    cell = max(float(finest), max(east - west, north - south) / longest)
    return Grid(
        crs=crs,
        west=float(west),
        north=float(north),
        cell=cell,
        width=max(1, math.ceil((east - west) / cell - 1e-6)),
        height=max(1, math.ceil((north - south) / cell - 1e-6)),
    )


def sample(raster: CoverageRaster, grid: Grid) -> NDArray[np.float32]:
    """Return the values of a raster on a grid, NaN where there is none; the whole is never loaded.

    Where several cells fall into one, their mean is taken, of best servers the most frequent.

    Raises
    ------
    DataError
        No cell has a value.

    """
    import rasterio  # noqa: PLC0415 (GDAL is heavy at import)
    from rasterio.enums import Resampling  # noqa: PLC0415
    from rasterio.transform import Affine  # noqa: PLC0415
    from rasterio.vrt import WarpedVRT  # noqa: PLC0415

    coarser = cells_in_one(raster, grid) > 2.0
    several = Resampling.mode if raster.quantity.id == "best_server" else Resampling.average
    with (
        rasterio.open(raster.path) as file,
        WarpedVRT(
            file,
            crs=grid.crs,
            transform=Affine(grid.cell, 0.0, grid.west, 0.0, -grid.cell, grid.north),
            width=grid.width,
            height=grid.height,
            resampling=several if coarser else Resampling.nearest,
            add_alpha=file.nodata is None,
        ) as warped,
    ):
        values: NDArray[np.float32] = warped.read(raster.band).astype(np.float32)
        valid = warped.read_masks(raster.band) > 0
    values[~(valid & np.isfinite(values))] = np.nan
    if np.isnan(values).all():
        what, remedy = f"no cell of band {raster.band} has a value", "compute it again"
        raise DataError(Problem(file=raster.path.name, what=what, remedy=remedy))
    return values


def cells_in_one(raster: CoverageRaster, grid: Grid) -> float:
    """Return how many cells of a raster fall into one of the grid."""
    from rasterio.warp import transform_bounds  # noqa: PLC0415

    west, south, east, north = transform_bounds(raster.crs, grid.crs, *raster.bounds)
    area = (east - west) * (north - south)
    return raster.width * raster.height * grid.cell**2 / area if area > 0.0 else 1.0
