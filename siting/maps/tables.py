"""Turn areas and places into the columns that the page draws, in WGS 84 degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from siting.maps.columns import DEGREES, positions, text, values
from siting.maps.encode import column, differences, outline
from siting.maps.words import initials, romanised, syllables

if TYPE_CHECKING:
    import pandas as pd

    from siting.layers.model import Layers

TOWNSHIP_TOLERANCE_M = 30.0
_PLACE_LAYERS = ("ports", "parks", "protected", "projects", "data_centres")


def county_table(layers: Layers) -> dict[str, Any]:
    """Return counties with outline, label point and the names a search finds."""
    counties = layers.counties
    degrees = counties.to_crs(DEGREES)
    points = gpd.GeoSeries(_middles(counties.geometry), crs=counties.crs).to_crs(DEGREES)
    names = column(counties["name"])
    return {
        "code": text(counties["code"]),
        "name": names,
        "name_en": _english(counties, names),
        "initials": [initials(name) for name in names],
        "pinyin": [syllables(name) for name in names],
        "population": column(values(counties, "population")),
        "counted": column(values(counties, "in_denominator", default=True)),
        "x": differences(points.x.to_numpy()),
        "y": differences(points.y.to_numpy()),
        "outline": [outline(geometry) for geometry in degrees.geometry],
    }


def township_table(layers: Layers) -> dict[str, Any]:
    """Return townships with their modelled area, seat and names."""
    townships = layers.townships
    seats = _seats(townships, layers.crs)
    areas = gpd.GeoSeries(_simplified(townships.geometry), crs=townships.crs).to_crs(DEGREES)
    names = column(townships["name"])
    return {
        "code": text(townships["code"]),
        "name": names,
        "name_en": _english(townships, names),
        "initials": [initials(name) for name in names],
        "pinyin": [syllables(name) for name in names],
        "county": positions(townships["county_code"], layers.counties["code"]),
        "kind": column(values(townships, "type")),
        "planning_unit": column(values(townships, "planning_unit")),
        "relief": column(values(townships, "relief")),
        "uncertainty_km": column(values(townships, "uncertainty_km"), digits=1),
        "provenance": column(values(townships, "provenance")),
        "x": differences(seats[:, 0]),
        "y": differences(seats[:, 1]),
        "outline": [outline(geometry) for geometry in areas],
    }


def village_table(layers: Layers) -> dict[str, Any]:
    """Return villages as points; their place is only as good as `location_radius_m`."""
    villages = layers.villages
    points = villages.geometry.to_crs(DEGREES)
    names = column(villages["name"])
    return {
        "code": text(villages["code"]),
        "name": names,
        "name_en": column(values(villages, "name_en")),
        "initials": [initials(name) for name in names],
        "township": positions(villages["township_code"], layers.townships["code"]),
        "kind": column(values(villages, "kind")),
        "population": column(values(villages, "population"), digits=0),
        "radius_m": column(values(villages, "location_radius_m"), digits=0),
        "provenance": column(values(villages, "provenance")),
        "x": differences(points.x.to_numpy()),
        "y": differences(points.y.to_numpy()),
    }


def place_tables(layers: Layers) -> dict[str, list[dict[str, Any]]]:
    """Return ports, parks, protected areas, projects and core rooms, one object per place."""
    return {name: _places(getattr(layers, name), layers) for name in _PLACE_LAYERS}


def _english(units: pd.DataFrame, names: list[str]) -> list[str]:
    """Return English names as given, in pinyin where none is."""
    given = column(values(units, "name_en"))
    return [english or romanised(name) for english, name in zip(given, names, strict=True)]


def _places(frame: gpd.GeoDataFrame, layers: Layers) -> list[dict[str, Any]]:
    """Return the places of one layer; those without a position lean on their county."""
    degrees = frame.geometry.to_crs(DEGREES) if len(frame) else frame.geometry
    counties = positions(values(frame, "county_code"), layers.counties["code"])
    told = ("id", "name", "name_en", "kind", "radius_m", "clause", "provenance", "note")
    columns = {name: column(values(frame, name)) for name in told}
    places = []
    for row, geometry in enumerate(degrees):
        place = {name: entries[row] for name, entries in columns.items()}
        place["county"] = counties[row]
        place["initials"] = initials(str(place["name"]))
        if geometry is not None and not geometry.is_empty:
            centre = geometry if geometry.geom_type == "Point" else geometry.representative_point()
            place["lon"], place["lat"] = round(centre.x, 5), round(centre.y, 5)
            place["outline"] = outline(geometry)
        places.append(place)
    return places


def _middles(areas: gpd.GeoSeries) -> list[Any]:
    """Return where a name fits best: the middle of the largest circle inside the largest part."""
    largest = [max(shapely.get_parts(area), key=lambda part: part.area) for area in areas]
    return [
        shapely.get_point(shapely.maximum_inscribed_circle(part, tolerance=200.0), 0)
        for part in largest
    ]


def _seats(townships: gpd.GeoDataFrame, crs: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return township seats in degrees; where none is known the middle of the area, or 0, 0."""
    middles = townships.geometry.representative_point()
    x_m = _filled(townships["seat_x_m"], middles.x)
    y_m = _filled(townships["seat_y_m"], middles.y)
    known = np.isfinite(x_m) & np.isfinite(y_m)
    points = gpd.GeoSeries(gpd.points_from_xy(x_m[known], y_m[known]), crs=crs).to_crs(DEGREES)
    seats = np.zeros((len(townships), 2))
    seats[known] = np.column_stack([points.x, points.y])
    return seats


def _filled(values: pd.Series, fallback: pd.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    known = values.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(known), known, fallback.to_numpy(dtype=float, na_value=np.nan))


def _simplified(areas: gpd.GeoSeries) -> list[Any]:
    """Return areas with fewer points, their shared borders still shared."""
    geometries = np.array([shapely.Polygon() if g is None else g for g in areas], dtype=object)
    simplified: list[Any] = list(shapely.coverage_simplify(geometries, TOWNSHIP_TOLERANCE_M))
    return simplified
