"""Turn a plan and its layers into the columns that the page draws, in WGS 84 degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from siting.maps.encode import column, differences, outline
from siting.maps.words import initials, romanised, syllables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from siting.layers.model import Layers

DEGREES = "EPSG:4326"
TOWNSHIP_TOLERANCE_M = 30.0
MOST_GAPS = 60_000
_PLACE_LAYERS = ("ports", "parks", "protected", "projects", "data_centres")


def county_table(layers: Layers) -> dict[str, Any]:
    """Return counties with outline, label point and the names a search finds."""
    counties = layers.counties
    degrees = counties.to_crs(DEGREES)
    points = gpd.GeoSeries(_middles(counties.geometry), crs=counties.crs).to_crs(DEGREES)
    names = column(counties["name"])
    return {
        "code": _text(counties["code"]),
        "name": names,
        "name_en": column(_values(counties, "name_en", names)),
        "initials": [initials(name) for name in names],
        "pinyin": [syllables(name) for name in names],
        "population": column(_values(counties, "population")),
        "counted": column(_values(counties, "in_denominator", default=True)),
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
        "code": _text(townships["code"]),
        "name": names,
        "name_en": _english(townships, names),
        "initials": [initials(name) for name in names],
        "pinyin": [syllables(name) for name in names],
        "county": _positions(townships["county_code"], layers.counties["code"]),
        "kind": column(_values(townships, "type")),
        "planning_unit": column(_values(townships, "planning_unit")),
        "relief": column(_values(townships, "relief")),
        "uncertainty_km": column(_values(townships, "uncertainty_km"), digits=1),
        "provenance": column(_values(townships, "provenance")),
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
        "code": _text(villages["code"]),
        "name": names,
        "name_en": column(_values(villages, "name_en")),
        "initials": [initials(name) for name in names],
        "township": _positions(villages["township_code"], layers.townships["code"]),
        "kind": column(_values(villages, "kind")),
        "population": column(_values(villages, "population"), digits=0),
        "radius_m": column(_values(villages, "location_radius_m"), digits=0),
        "provenance": column(_values(villages, "provenance")),
        "x": differences(points.x.to_numpy()),
        "y": differences(points.y.to_numpy()),
    }


def place_tables(layers: Layers) -> dict[str, list[dict[str, Any]]]:
    """Return ports, parks, protected areas, projects and core rooms, one object per place."""
    return {name: _places(getattr(layers, name), layers) for name in _PLACE_LAYERS}


def existing_table(sites: gpd.GeoDataFrame, layers: Layers) -> dict[str, Any]:
    """Return the sites that stand today."""
    chosen = sites[sites["status"] == "existing"]
    return {**_site_columns(chosen, layers), "site_id": _text(chosen["site_id"])}


def proposed_tables(
    sites: gpd.GeoDataFrame, layers: Layers, phases: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the proposed sites in the order of phase and rank, and the words of their cards."""
    chosen = sites[sites["status"] == "proposed"]
    chosen = chosen.assign(_phase=_positions(chosen["phase"], phases))
    chosen = chosen.sort_values(["_phase", "rank"], kind="stable")
    drawn = {
        **_site_columns(chosen, layers),
        "site_id": _text(chosen["site_id"]),
        "phase": [position + 1 for position in column(chosen["_phase"])],
        "build": column(chosen["build"]),
        "people": column(chosen["marginal_people"], digits=1),
        "rank": column(chosen["rank"]),
    }
    told = {
        "host": column(chosen["host_site_id"]),
        "village": column(chosen["village"]),
        "planning_unit": column(chosen["planning_unit"]),
        "cost_cny": column(chosen["cost_cny"], digits=0),
        "gains": {
            level: column(chosen[f"gain_{level}"], digits=1)
            for level in ("outdoors", "indoors", "busy_hour")
            if f"gain_{level}" in chosen
        },
        "rules": column(chosen["rules"]),
        "reason_zh": column(chosen["reason_zh"]),
        "reason_en": column(chosen["reason_en"]),
    }
    return drawn, told


def gap_table(demand: gpd.GeoDataFrame, phases: Sequence[str]) -> dict[str, Any] | None:
    """Return the places not served indoors today and the phase that serves them.

    `phase` is 1 for the first, one more than there are phases where none does; `None` where the
    plan's demand has no indoor level. Of very many places those with the most people are kept.
    """
    if "level" not in demand or not (demand["level"] == "indoors").any():
        return None
    gaps = demand[(demand["level"] == "indoors") & (demand["share_before"] < 1)]
    gaps = gaps.sort_values("people", ascending=False, kind="stable").head(MOST_GAPS).sort_index()
    points = gaps.geometry.to_crs(DEGREES)
    return {
        "people": column(gaps["people"], digits=1),
        "phase": [int(phase) for phase in _serving_phase(gaps, phases)],
        "x": differences(points.x.to_numpy()),
        "y": differences(points.y.to_numpy()),
    }


def _serving_phase(gaps: gpd.GeoDataFrame, phases: Sequence[str]) -> np.ndarray[Any, Any]:
    """Return the first phase after which a place is wholly served; phases nest."""
    served = np.full(len(gaps), len(phases) + 1)
    for number in range(len(phases), 0, -1):
        name = "share_after" if number == len(phases) else f"share_{phases[number - 1]}"
        if name in gaps:
            served[gaps[name].to_numpy(dtype=float) >= 1] = number
    return served


def edge_table(centres: gpd.GeoDataFrame, layers: Layers) -> dict[str, Any]:
    """Return the edge data centres and the core rooms they lean on."""
    points = _placed(centres)
    told = ("name", "role", "backup_id", "provenance", "rules", "reason_zh", "reason_en")
    counts = ("racks", "demand", "latency_max_ms", "location_radius_m")
    return {
        "edge_id": _text(centres["edge_id"]),
        **{name: column(_values(centres, name)) for name in told},
        **{name: column(_values(centres, name), digits=3) for name in counts},
        "county": _positions(centres["county_code"], layers.counties["code"]),
        "township": _positions(centres["township_code"], layers.townships["code"]),
        "placed": [bool(placed) for placed in points.notna()],
        "x": differences(points.x.fillna(0).to_numpy()),
        "y": differences(points.y.fillna(0).to_numpy()),
    }


def _placed(centres: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return points in degrees; a room whose place nobody knows keeps none."""
    return centres.geometry.set_crs(centres.crs).to_crs(DEGREES)


def _english(townships: pd.DataFrame, names: list[str]) -> list[str]:
    """Return English names as given, in pinyin where none is."""
    given = column(_values(townships, "name_en"))
    return [english or romanised(name) for english, name in zip(given, names, strict=True)]


def _site_columns(sites: gpd.GeoDataFrame, layers: Layers) -> dict[str, Any]:
    points = sites.geometry.to_crs(DEGREES)
    return {
        "kind": column(sites["kind"]),
        "stations": column(sites["stations"]),
        "carriers": column(sites["carriers"]),
        "height_m": column(sites["height_m"], digits=1),
        "county": _positions(sites["county_code"], layers.counties["code"]),
        "township": _positions(sites["township_code"], layers.townships["code"]),
        "provenance": column(sites["provenance"]),
        "radius_m": column(sites["location_radius_m"], digits=0),
        "x": differences(points.x.to_numpy()),
        "y": differences(points.y.to_numpy()),
    }


def _places(frame: gpd.GeoDataFrame, layers: Layers) -> list[dict[str, Any]]:
    """Return the places of one layer; those without a position lean on their county."""
    degrees = frame.geometry.to_crs(DEGREES) if len(frame) else frame.geometry
    counties = _positions(_values(frame, "county_code"), layers.counties["code"])
    told = ("id", "name", "name_en", "kind", "radius_m", "clause", "provenance", "note")
    columns = {name: column(_values(frame, name)) for name in told}
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


def _positions(codes: Iterable[Any], known: Iterable[Any]) -> list[int]:
    """Return the row of each code in the table it names, -1 where there is none."""
    rows = {str(code): row for row, code in enumerate(known)}
    return [rows.get(str(code), -1) for code in codes]


def _text(values: Iterable[Any]) -> list[str]:
    return [str(value) for value in values]


def _values(frame: pd.DataFrame, name: str, default: Any = None) -> Iterable[Any]:
    """Return a column, or the default for every row of a table that does not have it."""
    if name in frame:
        values: Iterable[Any] = frame[name]
        return values
    return default if isinstance(default, list) else [default] * len(frame)
