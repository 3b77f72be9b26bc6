"""Check an elevation raster before anybody builds on it: readable, placed, and not empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rasterio
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds

from siting.errors import Problem
from siting.layers.folder.files import WGS84

if TYPE_CHECKING:
    from pathlib import Path

FILE = "dem.tif"


def dem_problems(path: Path, city: tuple[float, float, float, float] | None) -> list[Problem]:
    """Return what is wrong with the DEM; `city` is the counties' bounds in WGS 84 [degree]."""
    try:
        with rasterio.open(path) as raster:
            if raster.crs is None:
                remedy = "set the CRS it was made in"
                return [Problem(file=path.name, what="the DEM has no CRS", remedy=remedy)]
            bounds = transform_bounds(raster.crs, WGS84, *raster.bounds)
            empty = not raster.read_masks(1).any()
    except (RasterioError, OSError):
        remedy = "export it again as GeoTIFF, or take it out of the folder"
        return [Problem(file=path.name, what="the DEM cannot be read", remedy=remedy)]
    problems = []
    if empty:
        remedy = "export it again with its elevations, or take it out of the folder"
        problems.append(
            Problem(file=path.name, what="every cell of the DEM is nodata", remedy=remedy)
        )
    if city is not None and _apart(bounds, city):
        remedy = "check its CRS, or take it out of the folder"
        problems.append(
            Problem(file=path.name, what="the DEM lies outside the counties", remedy=remedy)
        )
    return problems


def dem_frame(path: Path) -> tuple[str, tuple[float, float, float, float] | None]:
    """Return the CRS of the DEM and its bounds in WGS 84 [degree]; "" and None if unreadable."""
    try:
        with rasterio.open(path) as raster:
            if raster.crs is None:
                return "", None
            bounds = transform_bounds(raster.crs, WGS84, *raster.bounds)
            west, south, east, north = (round(float(side), 5) for side in bounds)
            return raster.crs.to_string(), (west, south, east, north)
    except (RasterioError, OSError):
        return "", None


def _apart(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
