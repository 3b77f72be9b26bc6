"""Tell what part of an area a raster leaves without a value, window by window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from siting.errors import DataError, MissingDataError, Problem
from siting.layers.rasters.area import CountyArea, cells_inside, shape_on, uncovered_km2
from siting.layers.rasters.grid import windows_of
from siting.layers.rasters.judge import PLACES_SHOWN, cover_problems, void_problems
from siting.layers.rasters.model import VoidReport
from siting.layers.rasters.mosaic import CLASS_SENTINELS, SENTINELS, Mosaic, common_grid, cut
from siting.layers.rasters.patches import CoarseCount
from siting.layers.rasters.tiles import open_tiles
from siting.layers.wide import RASTER_LAYERS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def void_report(
    path: str | Path, area: CountyArea | BaseGeometry, *, layer: str = "dem"
) -> VoidReport:
    """Return what part of an area has no value in a raster; only the area's part is read.

    Parameters
    ----------
    path
        A raster of one band, or one of ours.
    area
        The counties (`siting.layers.rasters.area.county_area`), or a shape in WGS 84 [degree].
    layer
        What the raster holds: says which undeclared values stand for none.

    Raises
    ------
    MissingDataError
        Where there is no such file.
    DataError
        Where it cannot be read or has no place.

    """
    path = Path(path)
    if not path.is_file():
        raise MissingDataError(Problem(file=path.name, what="is not there", remedy="import it"))
    ground = area if isinstance(area, CountyArea) else CountyArea(shape=area, census=float("nan"))
    tiles = open_tiles([path], crs=None)
    grid = common_grid(tiles)
    shape = shape_on(ground.shape, grid)
    uncovered = uncovered_km2(ground, grid)
    near = grid.window(shapely.bounds(shape).tolist())
    if not near.width or not near.height:
        return VoidReport(
            area_km2=ground.km2(), void_cells=0, void_km2=0.0, uncovered_km2=uncovered
        )
    whole = RASTER_LAYERS[layer].whole_numbers
    part = cut(grid, tuple(shapely.bounds(shape).tolist()))
    mosaic = Mosaic(
        grid=part, tiles=tuple(tiles), sentinels=CLASS_SENTINELS if whole else SENTINELS
    )
    voids = _voids(mosaic, shape)
    labels, count = voids.labels()
    return VoidReport(
        area_km2=ground.km2(),
        void_cells=int(voids.counts.sum(dtype="int64")),
        void_km2=float(voids.km2(labels, count).sum()),
        uncovered_km2=uncovered,
        voids=voids.patches(PLACES_SHOWN) if count else (),
    )


def raster_problems(path: str | Path, area: CountyArea, *, layer: str) -> list[Problem]:
    """Return the part of the counties that a raster of a folder leaves without a value.

    For `siting layers check`: what cannot be read is a problem too, and nothing is raised.
    """
    file = Path(path).name
    try:
        report = void_report(path, area, layer=layer)
    except DataError as error:
        return list(error.problems)
    problems = cover_problems(file, report.uncovered_km2, area)
    return problems + void_problems(file, report, RASTER_LAYERS[layer])


def _voids(mosaic: Mosaic, shape: BaseGeometry) -> CoarseCount:
    """Return the void cells of a mosaic inside a shape in its CRS."""
    voids = CoarseCount(mosaic.grid)
    for window in windows_of(mosaic.grid):
        inside = cells_inside(shape, mosaic.grid.part(window))
        if inside.any():
            voids.add(window, mosaic.read(window).void & inside)
    return voids
