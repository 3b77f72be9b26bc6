"""Know the ground that a raster must cover: the counties of the city, as outlines and as cells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod
from rasterio.features import geometry_mask

from siting.errors import MissingDataError, Problem
from siting.layers.folder.counties import county_outlines
from siting.layers.folder.files import SUFFIXES, open_table
from siting.layers.rasters.grid import WGS84

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from siting.layers.rasters.grid import Grid

REMEDY = "import the counties first: `siting layers import FILE --as counties`"


@dataclass(frozen=True, kw_only=True)
class CountyArea:
    """The counties that count, as one shape in WGS 84, and their people (NaN where unknown)."""

    shape: BaseGeometry
    census: float

    def km2(self) -> float:
        """Return the area on the ellipsoid [km2]."""
        return km2_of(self.shape)


def county_area(directory: str | Path) -> CountyArea:
    """Return the counties of a folder that are in the denominator; all where none says so.

    Raises
    ------
    MissingDataError
        Where the folder holds no outline of the counties that can be read.

    """
    raws, problems = [], list[Problem]()
    for suffix in reversed(SUFFIXES):
        path = Path(directory) / f"counties{suffix}"
        if path.is_file():
            raw, found = open_table("counties", path)
            problems += found
            raws += [raw] if raw is not None else []
    if not raws or problems:
        missing = Problem(file="counties", what="the outline is missing", remedy=REMEDY)
        raise MissingDataError(problems or missing)
    facts, outline = raws[0], raws[-1] if len(raws) > 1 else None
    shapes, problems = county_outlines(facts, facts.cells, outline)
    if problems or shapes.isna().all():
        missing = Problem(file=facts.path.name, what="no outline can be used", remedy=REMEDY)
        raise MissingDataError(problems or missing)
    counted = _counted(facts.cells) & shapes.notna().to_numpy()
    return CountyArea(
        shape=shapely.union_all(shapes.to_numpy()[counted]),
        census=_people(facts.cells[counted]),
    )


def _counted(cells: pd.DataFrame) -> NDArray[np.bool_]:
    if "in_denominator" not in cells:
        return np.ones(len(cells), dtype=bool)
    words = cells["in_denominator"].str.lower().isin(["true", "1", "yes", "是"]).to_numpy(bool)
    return words if words.any() else np.ones(len(cells), dtype=bool)


def _people(cells: pd.DataFrame) -> float:
    try:
        people = sum(float(cell) for cell in cells["population"] if cell)
    except (KeyError, ValueError):
        return float("nan")
    return people or float("nan")


def km2_of(shape: BaseGeometry) -> float:
    """Return the area [km2] of a shape in WGS 84, on the ellipsoid."""
    oriented = shapely.orient_polygons(shape)
    return abs(float(Geod(ellps="WGS84").geometry_area_perimeter(oriented)[0])) / 1e6


def shape_on(shape: BaseGeometry, grid: Grid) -> BaseGeometry:
    """Return a shape in WGS 84 in the CRS of a grid."""
    if grid.crs == WGS84:
        return shape
    drawn: BaseGeometry = gpd.GeoSeries([shape], crs="EPSG:4326").to_crs(grid.crs.to_wkt()).iloc[0]
    return drawn


def uncovered_km2(area: CountyArea, grid: Grid) -> float:
    """Return how much of the counties [km2] lies outside a grid; what is under a cell is nothing."""
    box = shapely.box(*grid.bounds)
    rest = shapely.difference(shape_on(area.shape, grid), box)
    if rest.is_empty:
        return 0.0
    beyond = gpd.GeoSeries([rest], crs=grid.crs.to_wkt()).to_crs("EPSG:4326").iloc[0]
    km2 = km2_of(beyond)
    return km2 if km2 > grid.row_km2().max() else 0.0


def cells_inside(shape: BaseGeometry, part: Grid) -> NDArray[np.bool_]:
    """Return which cells of a grid have their centre inside a shape in the CRS of the grid."""
    near = shapely.clip_by_rect(shape, *shapely.box(*part.bounds).buffer(part.dx).bounds)
    outside = np.ones((part.height, part.width), dtype=bool)
    if near.is_empty or shapely.get_dimensions(near) < 2:
        return ~outside
    inside: NDArray[np.bool_] = geometry_mask(
        [near], out_shape=outside.shape, transform=part.transform, invert=True
    )
    return inside
