"""Say where inside a township people can live: land cover, buildings, roads, a population grid.

Each layer that a city has gives every lattice cell a factor; their product is its suitability,
relative to other cells nearby. Where a city has none of them there is no suitability, and people
settle around the village points alone.

    land cover         LAND_COVER[class], 0 for water
    buildings          floor area of the cell over the median of the built cells, at least 0.02;
                       storeys as given, else height / 3 m, else one
    roads              0.1 + 0.9 exp(-d / 250 m), d being the distance to the nearest road
    population grid    people per cell over the median of the peopled cells, at least 0.01

A population grid says what the other layers can only suggest: where there is one, it counts alone.
The factors are ours, in round numbers, in the order of published dasymetric weights; unverified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import rasterio
import shapely
from rasterio.features import rasterize
from rasterio.transform import Affine
from rasterio.warp import transform_bounds
from scipy.ndimage import distance_transform_edt

from siting.layers import read_wide
from siting.layers.rasters.window import read_window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.layers.model import Layers

    Floats: TypeAlias = NDArray[np.float64]

LAND_COVER: Mapping[int, float] = {
    10: 0.05,  # tree cover
    20: 0.10,  # shrubland
    30: 0.10,  # grassland
    40: 0.20,  # cropland
    50: 1.00,  # built-up
    60: 0.10,  # bare
    70: 0.00,  # snow and ice
    80: 0.00,  # permanent water
    90: 0.01,  # herbaceous wetland
    95: 0.00,  # mangroves
    100: 0.01,  # moss and lichen
}
"""Factor by class of the ESA WorldCover legend; cells without a class get that of cropland."""

ROAD_DECAY_M = 250.0
STOREY_M = 3.0
LEAST_BUILT, LEAST_PEOPLED = 0.02, 0.01


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """Square cells: the outer north-west corner [m], the side [m], rows and columns."""

    west_m: float
    north_m: float
    cell_m: float
    rows: int
    columns: int

    @property
    def transform(self) -> Affine:
        """Return the affine transform of the lattice."""
        return Affine(self.cell_m, 0.0, self.west_m, 0.0, -self.cell_m, self.north_m)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north [m]."""
        south, east = (
            self.north_m - self.rows * self.cell_m,
            self.west_m + self.columns * self.cell_m,
        )
        return self.west_m, south, east, self.north_m


def suitability(layers: Layers, lattice: Lattice) -> Floats | None:
    """Return the suitability of every cell, row 0 northernmost; None where no layer speaks of it.

    Parameters
    ----------
    layers
        The layers; `landcover` and `population` of the rasters, `buildings` and `roads` of the
        wide layers are used.
    lattice
        The cells, in the working CRS.

    """
    if "population" in layers.rasters:
        return _peopled(layers, lattice)
    factors = []
    if "landcover" in layers.rasters:
        factors.append(_land_cover(layers, lattice))
    if "buildings" in layers.wide:
        factors.append(_built(read_wide(layers, "buildings"), lattice))
    if "roads" in layers.wide:
        factors.append(_near_roads(read_wide(layers, "roads"), lattice))
    return np.prod(factors, axis=0) if factors else None


def _land_cover(layers: Layers, lattice: Lattice) -> Floats:
    window = read_window(
        layers.rasters["landcover"],
        lattice.bounds,
        crs=layers.crs,
        cell_m=lattice.cell_m,
        resampling="mode",
    )
    factor = np.full(256, LAND_COVER[40])
    for word, value in LAND_COVER.items():
        factor[word] = value
    classes = np.nan_to_num(window.values, nan=40.0).astype(np.uint8)
    return factor[classes[: lattice.rows, : lattice.columns]]


def _peopled(layers: Layers, lattice: Lattice) -> Floats:
    """Return the factor of a population grid; of a coarse one, the count of the cell around."""
    path = layers.rasters["population"]
    window = read_window(
        path,
        lattice.bounds,
        crs=layers.crs,
        cell_m=lattice.cell_m,
        resampling="sum" if _cell_m(path, layers.crs) < lattice.cell_m else "nearest",
    )
    people = np.nan_to_num(window.values[: lattice.rows, : lattice.columns].astype(np.float64))
    return _relative(people, LEAST_PEOPLED)


def _cell_m(path: Path, crs: str) -> float:
    """Return the mean side of the cells of a raster [m]."""
    with rasterio.open(path) as source:
        west, south, east, north = transform_bounds(source.crs, crs, *source.bounds)
        return float(np.sqrt((east - west) * (north - south) / (source.width * source.height)))


def _built(buildings: gpd.GeoDataFrame, lattice: Lattice) -> Floats:
    shapes = buildings.geometry.to_numpy()
    storeys = buildings["storeys"].to_numpy(float)
    by_height = np.maximum(buildings["height_m"].to_numpy(float) / STOREY_M, 1.0)
    storeys = np.where(np.isfinite(storeys), storeys, by_height)
    floor_m2 = shapely.area(shapes) * np.nan_to_num(storeys, nan=1.0)
    xy = shapely.get_coordinates(shapely.centroid(shapes))
    row = np.floor((lattice.north_m - xy[:, 1]) / lattice.cell_m).astype(np.int64)
    column = np.floor((xy[:, 0] - lattice.west_m) / lattice.cell_m).astype(np.int64)
    inside = (row >= 0) & (row < lattice.rows) & (column >= 0) & (column < lattice.columns)
    cell = row[inside] * lattice.columns + column[inside]
    size = lattice.rows * lattice.columns
    floor = np.bincount(cell, floor_m2[inside], minlength=size).astype(np.float64)
    return _relative(floor.reshape(lattice.rows, lattice.columns), LEAST_BUILT)


def _near_roads(roads: gpd.GeoDataFrame, lattice: Lattice) -> Floats:
    if roads.empty:
        return np.ones((lattice.rows, lattice.columns))
    crossed = rasterize(
        roads.geometry,
        out_shape=(lattice.rows, lattice.columns),
        transform=lattice.transform,
        all_touched=True,
        dtype="uint8",
    )
    if not crossed.any():
        return np.ones((lattice.rows, lattice.columns))
    distance_m = distance_transform_edt(crossed == 0) * lattice.cell_m
    return 0.1 + 0.9 * np.exp(-np.asarray(distance_m) / ROAD_DECAY_M)


def _relative(values: Floats, least: float) -> Floats:
    """Return the values over the median of those above 0, and at least `least`."""
    some = values[values > 0]
    return np.maximum(values / np.median(some), least) if some.size else np.ones_like(values)
