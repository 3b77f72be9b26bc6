"""Gather what is known of the ground: county outlines, named places, roads, buildings.

Everything is read leniently: a layer that is not there, or cannot be read, is no evidence; saying
what is wrong with it belongs to `siting layers check`. All of it is projected to a transverse
Mercator of the city's own, in metres, in which the detective measures.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Pair: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]

OUTLINE_ACCURACY_M = {
    "surveyed": 20.0,
    "official": 50.0,
    "generalised": 200.0,
    "approximate": 1000.0,
    "modelled": 1000.0,
}
"""How far an outline of each provenance may be off [m]; the embedded one was simplified by 200 m."""
UNKNOWN_ACCURACY_M = 300.0
"""What an outline without a word about its provenance is trusted to [m]."""
STEP_M = 15.0
"""Roads and buildings are measured to points along them this far apart [m]."""
MOST_POINTS = 4_000_000
PLACE_COLUMNS = ["name", "code", "county_code", "x", "y", "sigma_m"]


def _no_places() -> pd.DataFrame:
    return pd.DataFrame({column: [] for column in PLACE_COLUMNS})


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the detective compares coordinates with.

    Attributes
    ----------
    counties
        code, name and outline of each county, in `crs`; None where there is no outline.
    outline_accuracy_m
        How far the outlines may be off [m], one standard deviation.
    townships, villages
        name, code, county_code, x, y [m, in `crs`], sigma_m of places that somebody has placed.
    roads, buildings
        Lines and outlines in `crs`; None where the layer is not there.
    crs
        The city's own projection, as PROJ text; metres.

    """

    counties: gpd.GeoDataFrame | None = None
    outline_accuracy_m: float = UNKNOWN_ACCURACY_M
    townships: pd.DataFrame = field(default_factory=_no_places)
    villages: pd.DataFrame = field(default_factory=_no_places)
    roads: NDArray[np.object_] | None = None
    buildings: NDArray[np.object_] | None = None
    crs: str = "EPSG:3857"

    def project(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
        """Return metres of the city's projection of WGS 84 degrees; what is far away is NaN."""
        x, y = self._transformer.transform(lon, lat)
        x, y = np.asarray(x, float), np.asarray(y, float)
        lost = ~(np.isfinite(x) & np.isfinite(y))
        return np.where(lost, np.nan, x), np.where(lost, np.nan, y)

    @cached_property
    def _transformer(self) -> pyproj.Transformer:
        return pyproj.Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)

    @cached_property
    def bounds_deg(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the counties [degree]; None where there is no outline."""
        if self.counties is None:
            return None
        west, south, east, north = self.counties.to_crs("EPSG:4326").total_bounds
        return float(west), float(south), float(east), float(north)

    @cached_property
    def outline(self) -> shapely.Geometry | None:
        """The outline of all counties together, in `crs`."""
        if self.counties is None:
            return None
        return shapely.union_all(self.counties.geometry.to_numpy())

    @cached_property
    def road_points(self) -> cKDTree | None:
        """Points along the roads, at most STEP_M apart."""
        return _points_along(self.roads)

    @cached_property
    def building_points(self) -> cKDTree | None:
        """Points along the walls of buildings, at most STEP_M apart."""
        return _points_along(self.buildings)


def surroundings_of(directory: Path) -> Surroundings:
    """Return what a folder of layers knows of the ground; an empty folder knows nothing."""
    counties = _counties(directory)
    roads, buildings = (_shapes(directory / f"{name}.gpkg") for name in ("roads", "buildings"))
    drawn = [one for one in (counties, roads, buildings) if one is not None]
    if not drawn:
        return Surroundings()
    west, south, east, north = drawn[0].total_bounds
    crs = (
        f"+proj=tmerc +lat_0={(south + north) / 2:.3f} +lon_0={(west + east) / 2:.3f} +datum=WGS84"
    )
    return Surroundings(
        counties=None if counties is None else counties.to_crs(crs),
        outline_accuracy_m=_accuracy(directory),
        townships=_places(directory, "townships", crs, "uncertainty_km", 1000.0),
        villages=_places(directory, "villages", crs, "location_radius_m", 1.0),
        roads=None if roads is None else roads.to_crs(crs).to_numpy(),
        buildings=None if buildings is None else buildings.to_crs(crs).to_numpy(),
        crs=crs,
    )


def _points_along(shapes: NDArray[np.object_] | None) -> cKDTree | None:
    if shapes is None or len(shapes) == 0:
        return None
    step_m = max(STEP_M, float(shapely.length(shapes).sum()) / MOST_POINTS)
    points = shapely.get_coordinates(shapely.segmentize(shapes, step_m))
    points = points[np.isfinite(points).all(axis=1)]
    return cKDTree(points, balanced_tree=False, compact_nodes=False) if len(points) else None


def _counties(directory: Path) -> gpd.GeoDataFrame | None:
    """Return code, name, geometry of the counties in degrees."""
    drawn = _drawn(directory, "counties")
    if drawn is None:
        return None
    codes = drawn["code"].astype(str) if "code" in drawn else pd.Series([""] * len(drawn))
    facts = _cells(directory / "counties.csv")
    names = dict(zip(facts.get("code", []), facts.get("name", []), strict=False))
    own = drawn["name"].astype(str) if "name" in drawn else pd.Series([""] * len(drawn))
    named = [names.get(code, name) for code, name in zip(codes, own, strict=True)]
    shapes = shapely.make_valid(drawn.geometry.to_numpy())
    table = gpd.GeoDataFrame(
        {"code": codes.to_numpy(), "name": named}, geometry=shapes, crs="EPSG:4326"
    )
    table = table[(shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)]
    return table.reset_index(drop=True) if len(table) else None


def _accuracy(directory: Path) -> float:
    """Return how far the outline may be off, by what the catalogue says of its file."""
    said = _cells(directory / "catalogue.csv")
    if not {"file", "provenance"} <= set(said):
        return UNKNOWN_ACCURACY_M
    drawn = said[said["file"].isin(["counties.geojson", "counties.gpkg"])]
    words = str(drawn["provenance"].iloc[0]) if len(drawn) else ""
    return max(
        (value for word, value in OUTLINE_ACCURACY_M.items() if word in words),
        default=UNKNOWN_ACCURACY_M,
    )


def _places(directory: Path, name: str, crs: str, column: str, metres: float) -> pd.DataFrame:
    """Return the places of a layer that somebody has placed, with their uncertainty [m]."""
    cells, lon, lat = _placed_cells(directory, name)
    if cells is None:
        return _no_places()
    blank = pd.Series([""] * len(cells), index=cells.index)
    given = pd.to_numeric(cells.get(column, blank), errors="coerce").to_numpy(float)
    transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = transformer.transform(lon, lat)
    area = pd.to_numeric(cells.get("area_km2", blank), errors="coerce").to_numpy(float)
    # what is stated is a 70 % radius: 1.55 standard deviations of each axis
    sigma_m = np.where(given > 0.0, given * metres, 2000.0) / 1.55
    # a record lies anywhere in its unit: a disc of that area, 12 km2 where none is stated
    size_m = np.sqrt(np.where(area > 0.0, area, 12.0 if name == "townships" else 2.0) / np.pi) * 500
    table = pd.DataFrame(
        {
            "name": cells.get("name", blank).astype(str).to_numpy(),
            "code": cells.get("code", blank).astype(str).to_numpy(),
            "county_code": cells.get("county_code", blank).astype(str).to_numpy(),
            "x": np.asarray(x, float),
            "y": np.asarray(y, float),
            "sigma_m": np.hypot(sigma_m, size_m),
        }
    )
    sound = np.isfinite(table["x"].to_numpy()) & np.isfinite(table["y"].to_numpy())
    placed: pd.DataFrame = table[sound].reset_index(drop=True)
    return placed


def _placed_cells(
    directory: Path, name: str
) -> tuple[pd.DataFrame | None, NDArray[np.float64], NDArray[np.float64]]:
    none = np.empty(0)
    drawn = _drawn(directory, name)
    if drawn is not None:
        points = shapely.centroid(drawn.geometry.to_numpy())
        return (
            pd.DataFrame(drawn.drop(columns="geometry")),
            shapely.get_x(points),
            shapely.get_y(points),
        )
    cells = _cells(directory / f"{name}.csv")
    if not {"lon", "lat", "name"} <= set(cells):
        return None, none, none
    lon = pd.to_numeric(cells["lon"], errors="coerce").to_numpy(float)
    lat = pd.to_numeric(cells["lat"], errors="coerce").to_numpy(float)
    placed = np.isfinite(lon) & np.isfinite(lat)
    return cells[placed], lon[placed], lat[placed]


def _drawn(directory: Path, name: str) -> gpd.GeoDataFrame | None:
    """Return a drawn layer in degrees, None where there is none that can be read."""
    for suffix in (".gpkg", ".geojson"):
        path = directory / (name + suffix)
        if path.is_file():
            try:
                table = gpd.read_file(path)
            except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
                return None
            drawn = isinstance(table, gpd.GeoDataFrame) and table.crs is not None and len(table)
            return table.to_crs("EPSG:4326") if drawn else None
    return None


def _cells(path: Path) -> pd.DataFrame:
    """Return the cells of a CSV of ours, empty where it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            records = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return pd.DataFrame()
    return pd.DataFrame(records).fillna("")


def _shapes(path: Path) -> gpd.GeoSeries | None:
    """Return the shapes of a GeoPackage of ours in degrees, None where there is none."""
    if not path.is_file():
        return None
    try:
        table = gpd.read_file(path, columns=[])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
        return None
    if not isinstance(table, gpd.GeoDataFrame) or table.crs is None:
        return None
    shapes = table.geometry.to_crs("EPSG:4326")
    shapes = shapes[~(shapes.isna() | shapes.is_empty)]
    return shapes if len(shapes) else None
