"""Make the tables of a survey: each row says which layer, file and row it is about, and what is odd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from siting.layers.folder.files import WGS84
from siting.layers.geometry.duplicates import COLUMNS as PAIR_COLUMNS
from siting.layers.geometry.duplicates import duplicate_places
from siting.layers.geometry.repair import repair_shapes
from siting.layers.geometry.sea import COLUMNS as SEA_COLUMNS
from siting.layers.geometry.sea import places_at_sea
from siting.layers.geometry.units import COLUMNS as UNIT_COLUMNS
from siting.layers.geometry.units import LEFT_OPEN, unit_faults
from siting.layers.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.layers.folder.check import Examination

HEAD = ("layer", "file", "row", "what")
MENDED, UNUSABLE = "mended", "cannot be used"
_DIMENSIONS = {"outline": 2, "line": 1}


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """A folder of layers with its places in metres and the outline of the counties mended."""

    found: Examination
    counties: gpd.GeoSeries
    placed: Mapping[str, gpd.GeoSeries]
    accuracy_m: float
    notes: tuple[str, ...]


def shape_rows(found: Examination) -> pd.DataFrame:
    """Return the shapes that need mending: layer, file, row, what, id, name, verdict."""
    tables = []
    for name, raw in found.raws.items():
        drawn = (found.outline or raw) if name == "counties" else raw
        if drawn.geometry is None:
            continue
        shapes = drawn.geometry.to_numpy()
        mended, notes = repair_shapes(shapes, dimension=_DIMENSIONS.get(TABLES[name].places))
        told = np.flatnonzero((notes != "") & ~shapely.is_missing(shapes))
        cells = drawn.cells.iloc[told]
        tables.append(
            pd.DataFrame(
                {
                    "layer": name,
                    "file": drawn.path.name,
                    "row": drawn.rows[told],
                    "what": notes[told],
                    "id": _texts(cells, TABLES[name].key),
                    "name": _texts(cells, "name"),
                    "verdict": np.where(shapely.is_missing(mended[told]), UNUSABLE, MENDED),
                }
            )
        )
    return _joined(tables, (*HEAD, "id", "name", "verdict"))


def unit_rows(surveyed: Surveyed) -> pd.DataFrame:
    """Return the faults of counties and of townships drawn as areas, the largest first in each."""
    found, columns = surveyed.found, (*HEAD, "row_2", *UNIT_COLUMNS)
    tables = []
    counties = _units(surveyed, "counties", surveyed.counties)
    townships = _units(surveyed, "townships", surveyed.placed.get("townships"))
    if counties is not None:
        file = (found.outline or found.raws["counties"]).path.name
        faults = unit_faults(counties, accuracy_m=surveyed.accuracy_m)
        tables.append(_numbered(faults, "counties", file, counties, counties))
    if townships is not None and (shapely.get_dimensions(townships.geometry.to_numpy()) == 2).any():
        mended, _ = repair_shapes(townships.geometry.to_numpy())
        townships = townships.set_geometry(mended, crs=townships.crs)
        faults = unit_faults(townships, accuracy_m=surveyed.accuracy_m, parents=counties)
        parents = townships if counties is None else counties
        file = found.raws["townships"].path.name
        tables.append(_numbered(faults, "townships", file, townships, parents))
    return _joined(tables, columns)


def duplicate_rows(
    surveyed: Surveyed, *, distance_m: float, name_distance_m: float, least_likeness: float
) -> pd.DataFrame:
    """Return the pairs of places of one layer that may be one, the likeliest of each layer first."""
    tables = []
    for name, points in _point_layers(surveyed):
        table, raw = surveyed.found.tables[name], surveyed.found.raws[name]
        middles = shapely.point_on_surface(points.to_numpy())
        pairs = duplicate_places(
            np.arange(len(table)).astype(object),
            _texts(table, "name"),
            shapely.get_x(middles),
            shapely.get_y(middles),
            distance_m=distance_m,
            name_distance_m=name_distance_m,
            least_likeness=least_likeness,
        )
        one, other = pairs["id_1"].to_numpy(int), pairs["id_2"].to_numpy(int)
        ids = _texts(table, TABLES[name].key)
        lon, lat = _degrees(middles[one], points.crs)
        pairs = pairs.assign(
            layer=name,
            file=raw.path.name,
            row=raw.rows[one],
            row_2=raw.rows[other],
            what=pairs.pop("why"),
            id_1=ids[one],
            id_2=ids[other],
            lon=lon,
            lat=lat,
        )
        tables.append(pairs)
    return _joined(tables, (*HEAD, "row_2", *PAIR_COLUMNS[:-1], "lon", "lat"))


def sea_rows(surveyed: Surveyed) -> pd.DataFrame:
    """Return the places outside every county, the farthest of each layer first."""
    columns = (*HEAD, *SEA_COLUMNS[:2], "lon", "lat", *SEA_COLUMNS[2:-1])
    counties = surveyed.counties.to_numpy()
    counties = counties[~shapely.is_missing(counties)]
    tables = []
    for name, points in _point_layers(surveyed) if len(counties) else []:
        table, raw = surveyed.found.tables[name], surveyed.found.raws[name]
        out = places_at_sea(
            np.arange(len(table)).astype(object),
            _texts(table, "name"),
            points.to_numpy(),
            counties,
            accuracy_m=surveyed.accuracy_m,
            own_accuracy_m=_own_accuracy_m(table),
        )
        place = out["id"].to_numpy(int)
        lon, lat = _degrees(shapely.point_on_surface(points.to_numpy()[place]), points.crs)
        out = out.assign(
            layer=name,
            file=raw.path.name,
            row=raw.rows[place],
            what=out.pop("why"),
            id=_texts(table, TABLES[name].key)[place],
            lon=lon,
            lat=lat,
        )
        tables.append(out)
    return _joined(tables, columns)


def _units(surveyed: Surveyed, name: str, shapes: gpd.GeoSeries | None) -> gpd.GeoDataFrame | None:
    """Return code, name, county_code, row and shape of administrative units, None without any."""
    found = surveyed.found
    if name not in found.tables or shapes is None or shapes.isna().all():
        return None
    table, rows = found.tables[name], found.raws[name].rows
    if name == "counties" and found.outline is not None:
        lines = dict(zip(_texts(found.outline.cells, "code"), found.outline.rows, strict=True))
        rows = np.array([lines.get(code, 0) for code in _texts(table, "code")], dtype=np.int64)
    units = {
        "code": _texts(table, "code"),
        "name": _texts(table, "name"),
        "county_code": _texts(table, "county_code"),
        "row": rows,
    }
    return gpd.GeoDataFrame(units, geometry=shapes.to_numpy(), crs=shapes.crs)


def _numbered(
    faults: pd.DataFrame,
    layer: str,
    file: str,
    units: gpd.GeoDataFrame,
    parents: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Return faults with the rows of the units in their files and a sentence each."""
    mine = dict(zip(units["code"], units["row"], strict=True))
    above = dict(zip(parents["code"], parents["row"], strict=True)) | mine
    first = [mine.get(code) for code in faults["code_1"]]
    second = [above.get(code) for code in faults["code_2"]]
    whats = [_sentence(fault) for _, fault in faults.iterrows()]
    numbers = {"row": pd.array(first, dtype="Int64"), "row_2": pd.array(second, dtype="Int64")}
    return faults.assign(layer=layer, file=file, what=whats, **numbers)


def _sentence(fault: pd.Series) -> str:
    """Return what is wrong between units, in words."""
    first, second, kind = fault["name_1"], fault["name_2"], fault["fault"]
    area = f"{fault['area_km2']:.4f} km2"
    if kind == "overlap":
        return f"{first} and {second} overlap over {area}"
    if kind == LEFT_OPEN:
        return f"{area} of {second} in none of its units"
    if kind == "gap":
        around = "; ".join(str(name) for name in (first, second) if name)
        return f"{area} in no unit, between {around}"
    return f"{area} of {first} outside {second}"


def _point_layers(surveyed: Surveyed) -> list[tuple[str, gpd.GeoSeries]]:
    """Return the layers of single places with their places in metres, in the schema's order."""
    return [
        (name, surveyed.placed[name])
        for name in TABLES
        if name in surveyed.placed and name != "counties" and surveyed.placed[name].notna().any()
    ]


def _own_accuracy_m(table: pd.DataFrame) -> NDArray[np.float64]:
    """Return how far off each place of a layer may be itself [m], 0 where nothing is said."""
    own_m = np.zeros(len(table))
    for column, metres in (("radius_km", 1e3), ("uncertainty_km", 1e3), ("location_radius_m", 1.0)):
        if column in table:
            own_m = np.maximum(own_m, np.nan_to_num(table[column].to_numpy(float)) * metres)
    return own_m


def _degrees(
    points: NDArray[np.object_], crs: object
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitude and latitude of points, to about a metre."""
    places = gpd.GeoSeries(points, crs=crs).to_crs(WGS84).to_numpy()
    return np.round(shapely.get_x(places), 5), np.round(shapely.get_y(places), 5)


def _texts(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """Return a column as texts, blank where the table has none."""
    if column not in table:
        return np.full(len(table), "", dtype=object)
    return table[column].fillna("").astype(str).to_numpy(object)


def _joined(tables: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return tables below each other with these columns."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(filled, ignore_index=True)[list(columns)]
