"""Measure what a township's ground says about its people: built-up land, buildings, roads.

Built-up land is class 50 of the land cover (ESA WorldCover legend). Buildings and roads count
where the middle of their outline or of their segment lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from rasterio.features import rasterize
from rasterio.transform import Affine

from siting.layers.rasters.window import read_window

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

BUILT_UP_CLASS = 50
LAND_COVER_CELL_M = 50.0
"""Side of the cells on which built-up land is counted [m]."""


def township_covariates(
    areas: gpd.GeoDataFrame,
    *,
    landcover: Path | None = None,
    buildings: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame | None:
    """Return built_up_km2, building_km2 and road_km by township code; None where none is given.

    Parameters
    ----------
    areas
        Townships with an area: code and geometry, in a CRS in metres.
    landcover
        A raster of land cover classes.
    buildings, roads
        Outlines and lines in the same CRS.

    """
    columns = {}
    if landcover is not None:
        columns["built_up_km2"] = _built_up_km2(areas, landcover)
    if buildings is not None:
        shapes = buildings.geometry.to_numpy()
        km2 = shapely.area(shapes) / 1e6
        columns["building_km2"] = _summed(areas, shapely.centroid(shapes), km2)
    if roads is not None:
        middles, km = _segments(roads)
        columns["road_km"] = _summed(areas, middles, km)
    return pd.DataFrame(columns, index=areas["code"].to_numpy()) if columns else None


def _built_up_km2(areas: gpd.GeoDataFrame, landcover: Path) -> np.ndarray:
    west, south, east, north = (float(side) for side in areas.total_bounds)
    window = read_window(
        landcover,
        (west, south, east, north),
        crs=areas.crs.to_string(),
        cell_m=LAND_COVER_CELL_M,
        resampling="nearest",
    )
    classes = window.values  # noqa: PD011  (an array, not a table)
    owner = rasterize(
        ((shape, row + 1) for row, shape in enumerate(areas.geometry)),
        out_shape=classes.shape,
        transform=Affine(LAND_COVER_CELL_M, 0.0, west, 0.0, -LAND_COVER_CELL_M, north),
        dtype="int32",
    )
    built = owner[classes == BUILT_UP_CLASS]
    return np.bincount(built, minlength=len(areas) + 1)[1:] * LAND_COVER_CELL_M**2 / 1e6


def _segments(roads: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle and the length [km] of every straight segment."""
    lines = shapely.get_parts(roads.geometry.to_numpy())
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    first, second = xy[:-1][joined], xy[1:][joined]
    km = np.hypot(*(second - first).T) / 1000.0
    return shapely.points((first + second) / 2.0), km


def _summed(areas: gpd.GeoDataFrame, points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the sum of the values of the points in each area; on an edge, in the first."""
    point, area = shapely.STRtree(areas.geometry.to_numpy()).query(points, predicate="intersects")
    order = np.lexsort((area, point))
    point, area = point[order], area[order]
    first = np.unique(point, return_index=True)[1]
    return np.bincount(area[first], values[point[first]], minlength=len(areas))
