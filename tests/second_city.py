"""Write a made-up city of which nothing is embedded: a boundary, people, sixty sites."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine

LON, LAT = 9.0, 48.0
"""Its south-west; UTM zone 32 N. No real place is meant."""


def outline(lon: float = LON, lat: float = LAT) -> shapely.Polygon:
    corners = [(0.0, 0.0), (0.06, 0.005), (0.062, 0.045), (0.03, 0.05), (-0.005, 0.02)]
    return shapely.Polygon([(lon + x, lat + y) for x, y in corners])


def write_boundary(layers: Path, shape: shapely.Geometry | None = None, **columns: object) -> Path:
    """Write counties.geojson: one polygon with a name, and the columns given beside it."""
    given = {"name": ["Nebelau"]} | {name: [value] for name, value in columns.items()}
    path = layers / "counties.geojson"
    gpd.GeoDataFrame(given, geometry=[shape or outline()], crs="EPSG:4326").to_file(path)
    return path


def write_people(layers: Path, *, lon: float = LON, lat: float = LAT, cells: int = 70) -> float:
    """Write population.tif: a town, a suburb and open land; return the people it holds."""
    side = 0.07 / cells
    x = np.arange(cells) * side + side / 2 - 0.005
    east, north = np.meshgrid(x, 0.065 - np.arange(cells) * side - side / 2)
    town = 150.0 * np.exp(-(((east - 0.03) / 0.008) ** 2) - ((north - 0.025) / 0.006) ** 2)
    suburb = 3.0 * np.exp(-(((east - 0.045) / 0.01) ** 2) - ((north - 0.035) / 0.01) ** 2)
    people = np.where(town + suburb < 0.2, 0.0, town + suburb).astype(np.float32)
    place = Affine(side, 0.0, lon - 0.005, 0.0, -side, lat + 0.065)
    options = {"driver": "GTiff", "width": cells, "height": cells, "count": 1, "nodata": -1.0}
    path = layers / "population.tif"
    with rasterio.open(
        path, "w", dtype="float32", crs="EPSG:4326", transform=place, **options
    ) as raster:
        raster.write(people, 1)
    return float(people.sum())


def write_register(layers: Path, *, lon: float = LON, lat: float = LAT, count: int = 60) -> Path:
    """Write sites.csv: macro and micro sites in the west of the city; the east has none."""
    shape = outline(lon, lat)
    steps = np.arange(1, 20 * count)
    x, y = lon + steps * 0.754877666 % 1.0 * 0.025, lat + steps * 0.569840291 % 1.0 * 0.05
    inside = np.flatnonzero(shapely.contains_xy(shape, x, y))[:count]
    path = layers / "sites.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            ["site_id", "kind", "stations", "carriers", "height_m", "lon", "lat", "provenance"]
        )
        for number, k in enumerate(inside):
            kind = ("macro", 2, "700;3500", 30) if number % 4 else ("micro", 1, "3500", 10)
            rows.writerow([f"N{number:03d}", *kind, f"{x[k]:.6f}", f"{y[k]:.6f}", "surveyed"])
    return path


def set_words(scenario: Path, **words: str) -> None:
    """Replace lines of a scenario file: `max_stations="# max_stations = 100"` becomes =value."""
    text = scenario.read_text(encoding="utf-8")
    for old, new in words.items():
        lines = text.splitlines()
        k = next(k for k, line in enumerate(lines) if line.lstrip("# ").startswith(f"{old} ="))
        lines[k] = f"{old} = {new}"
        text = "\n".join(lines) + "\n"
    scenario.write_text(text, encoding="utf-8")
