"""Check a raster before anybody builds on it: readable, placed, and not empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import rasterio
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds

from siting.errors import Problem
from siting.layers.folder.files import WGS84, FileFacts
from siting.layers.wide import RASTER_LAYERS

if TYPE_CHECKING:
    from pathlib import Path

    from rasterio.io import DatasetReader

Bounds: TypeAlias = tuple[float, float, float, float]

WORDS = {"dem": "DEM"}
"""What a raster is called in problems, where its name is not the word."""


def raster_files(
    directory: Path, city: Bounds | None
) -> tuple[dict[str, FileFacts], list[Problem]]:
    """Return the rasters of a folder, NAME.tif each, and what is wrong with them.

    `city` is the counties' bounds in WGS 84 [degree]; None leaves far rasters untold.
    """
    found: dict[str, FileFacts] = {}
    problems: list[Problem] = []
    for name in RASTER_LAYERS:
        path = directory / f"{name}.tif"
        if path.is_file():
            found[name], wrong = _opened(path, WORDS.get(name, name), city)
            problems += wrong
    return found, problems


def lies_apart(one: Bounds, other: Bounds) -> bool:
    """Return whether two boxes (west, south, east, north) have no place in common."""
    return one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


def _opened(path: Path, word: str, city: Bounds | None) -> tuple[FileFacts, list[Problem]]:
    """Return one raster and what is wrong with it; read block by block, as far as needed."""
    unread = FileFacts(path=path)
    try:
        with rasterio.open(path) as raster:
            if raster.crs is None:
                remedy = "set the CRS it was made in"
                return unread, [
                    Problem(file=path.name, what=f"the {word} has no CRS", remedy=remedy)
                ]
            box = transform_bounds(raster.crs, WGS84, *raster.bounds)
            crs, empty = raster.crs.to_string(), _is_empty(raster)
    except (RasterioError, OSError):
        remedy = "export it again as GeoTIFF, or take it out of the folder"
        return unread, [Problem(file=path.name, what=f"the {word} cannot be read", remedy=remedy)]
    west, south, east, north = (round(float(side), 5) for side in box)
    file = FileFacts(path=path, crs=crs, bounds=(west, south, east, north))
    whats = []
    if empty:
        holds = "with its elevations" if word == "DEM" else "with its values"
        remedy = f"export it again {holds}, or take it out of the folder"
        whats.append((f"every cell of the {word} is nodata", remedy))
    if city is not None and lies_apart(box, city):
        remedy = "check its CRS, or take it out of the folder"
        whats.append((f"the {word} lies outside the counties", remedy))
    return file, [Problem(file=path.name, what=what, remedy=remedy) for what, remedy in whats]


def _is_empty(raster: DatasetReader) -> bool:
    """Return whether no cell holds a value; one block at a time, until one does."""
    blocks = (window for _, window in raster.block_windows(1))
    return not any(raster.read_masks(1, window=window).any() for window in blocks)
