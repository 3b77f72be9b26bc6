"""Make populated places from a population raster: its cells, grouped to about a kilometre.

A cell is taken as evenly peopled: one larger than PIECE_M is cut into pieces no larger, so that a
coarse grid spreads over its ground and a border cuts it. The pieces of one township that lie in
one square of GROUP_M of the working CRS make one place, at the middle of their people (the nearest
piece to it, where that lies outside the township). Its class follows the degree of urbanisation
(United Nations Statistical Commission, 2020) by density alone: from 1,500 people per km2 it is
urban (111), from 300 it is a town (121), below it is a village (220).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds
from rasterio.windows import from_bounds

from siting.errors import DataError, Problem

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TypeAlias

    import geopandas as gpd
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    Floats: TypeAlias = NDArray[np.float64]

PIECE_M = 250.0
GROUP_M = 1000.0
MOST_CUTS = 64
"""A side of a cell is cut into so many pieces at most."""

CLASS_LIMITS = ((1500.0, "111"), (300.0, "121"), (0.0, "220"))
"""Least density [people per km2] of each class, the densest first."""


def density_class(people_per_km2: float) -> str:
    """Return the urban-rural class of a density [people per km2].

    >>> density_class(1500.0), density_class(299.0)
    ('111', '220')
    """
    return next(word for least, word in CLASS_LIMITS if people_per_km2 >= least)


def grid_places(path: Path, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the populated places of a raster inside the areas.

    Parameters
    ----------
    path
        GeoTIFF of people per cell.
    areas
        Townships with their area, in the working CRS [m].

    Returns
    -------
    pd.DataFrame
        area (row of `areas`), x_m, y_m, people (a fraction, not yet whole), radius_m and
        urban_rural_class; by area, north to south and west to east.

    Raises
    ------
    DataError
        The raster cannot be read, or holds fewer than no people.

    """
    try:
        with rasterio.open(path) as raster:
            x, y, people, piece_m = _pieces(raster, areas)
    except (RasterioError, OSError) as error:
        remedy = "export it again as GeoTIFF, or take it out of the folder"
        problem = Problem(file=path.name, what="the population cannot be read", remedy=remedy)
        raise DataError(problem) from error
    pieces = pd.DataFrame({"area": _owners(x, y, areas), "x_m": x, "y_m": y, "people": people})
    pieces = pieces[pieces["area"] >= 0]
    return _grouped(pieces, areas, piece_m)


def _pieces(raster: DatasetReader, areas: gpd.GeoDataFrame) -> tuple[Floats, Floats, Floats, float]:
    """Return x, y, people of the peopled pieces around the areas, and the side of a cell [m]."""
    bounds = transform_bounds(areas.crs.to_string(), raster.crs, *areas.total_bounds)
    whole = rasterio.windows.Window(0, 0, raster.width, raster.height)
    window = from_bounds(*bounds, raster.transform).round_offsets().round_lengths(op="ceil")
    try:
        window = window.intersection(whole)
    except rasterio.errors.WindowError:
        return np.zeros(0), np.zeros(0), np.zeros(0), GROUP_M
    cells = raster.read(1, window=window, masked=True).astype(np.float64).filled(0.0)
    cells = np.nan_to_num(cells)
    if (cells < 0.0).any():
        what = f"holds {cells.min():g} people in a cell"
        remedy = "mark its cells without data as nodata, or import it as population"
        raise DataError(Problem(file=raster.name.rsplit("/")[-1], what=what, remedy=remedy))
    side_m = _cell_side_m(raster, areas, bounds)
    cuts = int(np.clip(np.ceil(side_m / PIECE_M), 1, MOST_CUTS))
    row, column = np.nonzero(cells)
    people = np.repeat(cells[row, column] / cuts**2, cuts**2)
    steps = (np.arange(cuts) + 0.5) / cuts
    down, right = (part.ravel() for part in np.meshgrid(steps, steps, indexing="ij"))
    rows = (row[:, None] + down[None, :]).ravel() + window.row_off
    columns = (column[:, None] + right[None, :]).ravel() + window.col_off
    place = raster.transform
    x = place.a * columns + place.b * rows + place.c
    y = place.d * columns + place.e * rows + place.f
    x_m, y_m = rasterio.warp.transform(raster.crs, areas.crs.to_string(), x, y)
    return np.asarray(x_m), np.asarray(y_m), people, side_m


def _cell_side_m(
    raster: DatasetReader, areas: gpd.GeoDataFrame, bounds: tuple[float, float, float, float]
) -> float:
    """Return the equal-area side of a cell in the middle of the areas [m]."""
    x, y = (bounds[0] + bounds[2]) / 2.0, (bounds[1] + bounds[3]) / 2.0
    wide, high = raster.res
    corners = ([x, x + wide, x], [y, y, y + high])
    x_m, y_m = rasterio.warp.transform(raster.crs, areas.crs.to_string(), *corners)
    across = np.hypot(x_m[1] - x_m[0], y_m[1] - y_m[0])
    up = np.hypot(x_m[2] - x_m[0], y_m[2] - y_m[0])
    return float(np.sqrt(across * up))


def _owners(x: Floats, y: Floats, areas: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the row of the area that each point lies in, -1 in none."""
    owner = np.full(len(x), -1, dtype=np.int64)
    for row, area in enumerate(areas.geometry):
        west, south, east, north = area.bounds
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        shapely.prepare(area)
        owner[near[shapely.contains_xy(area, x[near], y[near])]] = row
    return owner


def _grouped(pieces: pd.DataFrame, areas: gpd.GeoDataFrame, side_m: float) -> pd.DataFrame:
    """Return one place per township and square, at the middle of its people."""
    squares = pieces.assign(
        row=-np.floor(pieces["y_m"] / GROUP_M).astype(np.int64),
        column=np.floor(pieces["x_m"] / GROUP_M).astype(np.int64),
        x=pieces["x_m"] * pieces["people"],
        y=pieces["y_m"] * pieces["people"],
    )
    keys = ["area", "row", "column"]
    sums = squares.groupby(keys, sort=True)[["people", "x", "y"]].sum().reset_index()
    middle = np.column_stack([sums["x"] / sums["people"], sums["y"] / sums["people"]])
    number = squares.groupby(keys, sort=True).ngroup().to_numpy()
    gap = np.hypot(*(pieces[["x_m", "y_m"]].to_numpy() - middle[number]).T)
    order = np.lexsort((np.arange(len(pieces)), gap, number))
    nearest = order[np.searchsorted(number[order], np.arange(len(sums)))]
    inside = _owners(middle[:, 0], middle[:, 1], areas) == sums["area"].to_numpy()
    xy = np.where(inside[:, None], middle, pieces[["x_m", "y_m"]].to_numpy()[nearest])
    reach_m = max(GROUP_M, side_m) / np.sqrt(np.pi)
    return pd.DataFrame(
        {
            "area": sums["area"],
            "x_m": np.round(xy[:, 0], 3),
            "y_m": np.round(xy[:, 1], 3),
            "people": sums["people"],
            "radius_m": float(np.ceil(reach_m)),
            "urban_rural_class": [
                density_class(n / (GROUP_M / 1000.0) ** 2) for n in sums["people"]
            ],
        }
    )
