"""Write small rasters and a square city for the tests of rasters."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

WEST, SOUTH, EAST, NORTH = 118.40, 24.85, 118.50, 24.95
"""The one county of the square city [degree]: 100 x 100 cells of CELL."""
CELL = 0.001
RIM = 20  # cells of a raster around the county
SIDE = 140
PEOPLE = 50_000


def square_city(directory: Path, people: int = PEOPLE) -> Path:
    """Write counties.csv and counties.geojson of one square county; return the folder."""
    directory.mkdir(parents=True, exist_ok=True)
    header = "code,name,population,in_denominator,provenance,source,vintage"
    row = f"990101,方县,{people},true,modelled,made up,2024"
    (directory / "counties.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    corners = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]
    feature = {
        "type": "Feature",
        "properties": {"code": "990101"},
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }
    outline = {"type": "FeatureCollection", "features": [feature]}
    (directory / "counties.geojson").write_text(json.dumps(outline), encoding="utf-8")
    return directory


def hills(side: int = SIDE) -> np.ndarray:
    """Return smooth heights [m] of 21 to 79 m, whole numbers."""
    k = np.arange(side)
    return np.round(50.0 + 14.0 * np.add.outer(np.sin(k / 9.0), np.cos(k / 7.0)))


def write_raster(
    path: Path,
    values: np.ndarray,
    *,
    dtype: str = "int16",
    nodata: float | None = -32768,
    crs: str | None = "EPSG:4326",
    transform: Affine | None = None,
    units: str = "",
    scale: float = 1.0,
    offset: float = 0.0,
    tags: dict[str, str] | None = None,
    driver: str = "GTiff",
) -> Path:
    """Write an array, or a stack of bands; by default it lies RIM cells around the county."""
    bands = values[None] if values.ndim == 2 else values
    place = transform or Affine(CELL, 0.0, WEST - RIM * CELL, 0.0, -CELL, NORTH + RIM * CELL)
    with rasterio.open(
        path,
        "w",
        driver=driver,
        width=bands.shape[2],
        height=bands.shape[1],
        count=bands.shape[0],
        dtype=dtype,
        crs=crs,
        transform=None if place.is_identity else place,
        nodata=nodata,
    ) as file:
        file.write(bands.astype(dtype))
        if units:
            file.set_band_unit(1, units)
        if (scale, offset) != (1.0, 0.0):
            file.scales, file.offsets = (scale,), (offset,)
        if tags:
            file.update_tags(**tags)
    return path


def read(path: Path, band: int = 1) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(band)
