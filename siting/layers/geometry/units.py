"""Measure where administrative units overlap, leave gaps, or reach out of the unit they belong to.

Every fault has an area [km2], a place and a mean width, twice its area over its perimeter: a fault
narrower than the outlines are accurate says nothing about the ground. Gaps are the parts that units
enclose and do not cover; against a parent, the parts of the parent that none of its units covers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from siting.errors import ConfigurationError, Problem
from siting.layers.geometry.gaps import enclosed_gaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

OVERLAP, GAP = "overlap", "gap"
OUTSIDE_PARENT, LEFT_OPEN = "outside its parent", "in no unit of its parent"
COLUMNS = (
    "fault",
    "code_1",
    "name_1",
    "code_2",
    "name_2",
    "area_km2",
    "width_m",
    "lon",
    "lat",
    "beyond_accuracy",
)
LEAST_AREA_KM2 = 0.0001
"""Faults below this area, 100 m2, are the rounding of coordinates."""

TOUCHING_M = 1e-6
"""A unit this near to a gap borders it [m]: no more than coordinates are rounded."""

_INTERIORS_MEET = "2********"


def unit_faults(
    units: gpd.GeoDataFrame,
    *,
    accuracy_m: float = 0.0,
    parents: gpd.GeoDataFrame | None = None,
    parent_column: str = "county_code",
    least_area_km2: float = LEAST_AREA_KM2,
) -> pd.DataFrame:
    """Return overlaps and gaps between units, the largest first.

    Parameters
    ----------
    units
        `code`, `name` and valid polygons in a projected CRS (metres); rows without one are passed
        over.
    accuracy_m
        How far off the outlines may be [m]; `beyond_accuracy` tells the faults that are wider.
    parents
        `code`, `name` and valid polygons of the units above, in the same CRS; each unit is compared
        with the one that its `parent_column` names.
    least_area_km2
        Smaller faults are not listed.

    Returns
    -------
    pandas.DataFrame
        fault, code_1, name_1, code_2, name_2 (a gap: every unit around it, by semicolons; against a
        parent: the parent), area_km2, width_m, lon, lat (inside its largest part), beyond_accuracy.

    Raises
    ------
    ConfigurationError
        If the units are not in metres, or the parents not in the same CRS.

    """
    _require_one_crs(units, parents)
    drawn = _drawn(units)
    faults = _overlaps(drawn) + _gaps(drawn, least_area_km2=least_area_km2)
    if parents is not None:
        faults += _against_parents(drawn, _drawn(parents), parent_column)
    table = pd.DataFrame(faults, columns=["fault", "code_1", "name_1", "code_2", "name_2", "shape"])
    return _measured(table, units.crs, accuracy_m=accuracy_m, least_area_km2=least_area_km2)


def _require_one_crs(units: gpd.GeoDataFrame, parents: gpd.GeoDataFrame | None) -> None:
    if units.crs is None or not units.crs.is_projected:
        remedy = "project them to metres first, for example to EPSG:32650"
        raise ConfigurationError(Problem(what="the units are not in metres", remedy=remedy))
    if parents is not None and parents.crs != units.crs:
        remedy = "project both to one CRS"
        what = "the units and their parents are in two coordinate systems"
        raise ConfigurationError(Problem(what=what, remedy=remedy))


def _drawn(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the units that are drawn as areas."""
    areas = shapely.get_dimensions(units.geometry.to_numpy()) == 2
    return units[areas].reset_index(drop=True)


def _overlaps(units: gpd.GeoDataFrame) -> list[tuple[Any, ...]]:
    """Return what two units cover both, for each pair."""
    shapes = units.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    meet = shapely.relate_pattern(shapes[first], shapes[second], _INTERIORS_MEET)
    first, second = first[meet], second[meet]
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    common = _intersections(shapes[first], shapes[second])
    codes, names = units["code"].to_numpy(object), units["name"].to_numpy(object)
    return [
        (OVERLAP, codes[a], names[a], codes[b], names[b], shape)
        for a, b, shape in zip(first, second, common, strict=True)
    ]


def _intersections(first: NDArray[np.object_], second: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return what pairs have in common, each cut to the box that both reach into."""
    a, b = shapely.bounds(first), shapely.bounds(second)
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    common: NDArray[np.object_] = shapely.intersection(
        shapely.intersection(first, boxes), shapely.intersection(second, boxes)
    )
    return common


def _gaps(units: gpd.GeoDataFrame, *, least_area_km2: float) -> list[tuple[Any, ...]]:
    """Return what the units enclose and do not cover, with the units around each gap."""
    shapes = units.geometry.to_numpy()
    gaps = enclosed_gaps(shapes, least_area=least_area_km2 * 1e6)
    gap, unit = shapely.STRtree(shapes).query(gaps, predicate="dwithin", distance=TOUCHING_M)
    order = np.lexsort((unit, gap))
    around = np.split(unit[order], np.searchsorted(gap[order], np.arange(1, len(gaps))))
    codes, names = units["code"].to_numpy(object), units["name"].to_numpy(object)
    return [
        (GAP, *_interleaved(codes[near], names[near]), shape)
        for near, shape in zip(around, gaps, strict=False)  # no gap still splits into one part
    ]


def _interleaved(
    codes: NDArray[np.object_], names: NDArray[np.object_]
) -> tuple[str, str, str, str]:
    """Return code and name of the first unit and, by semicolons, those of the others."""
    if not len(codes):
        return "", "", "", ""
    return codes[0], names[0], "; ".join(codes[1:]), "; ".join(names[1:])


def _against_parents(
    units: gpd.GeoDataFrame, parents: gpd.GeoDataFrame, column: str
) -> list[tuple[Any, ...]]:
    """Return what units cover outside their parent, and what of a parent none of its units covers."""
    faults: list[tuple[Any, ...]] = []
    for parent in parents.itertuples():
        mine = units[units[column] == parent.code]
        if mine.empty:
            continue
        shapes = mine.geometry.to_numpy()
        shapely.prepare(parent.geometry)
        out = np.flatnonzero(~shapely.covers(parent.geometry, shapes))
        over = shapely.difference(shapes[out], parent.geometry)
        codes, names = mine["code"].to_numpy(object)[out], mine["name"].to_numpy(object)[out]
        faults += [
            (OUTSIDE_PARENT, code, name, parent.code, parent.name, shape)
            for code, name, shape in zip(codes, names, over, strict=True)
        ]
        left = shapely.difference(parent.geometry, shapely.union_all(shapes))
        faults += [
            (LEFT_OPEN, "", "", parent.code, parent.name, part) for part in shapely.get_parts(left)
        ]
    return faults


def _measured(
    table: pd.DataFrame, crs: Any, *, accuracy_m: float, least_area_km2: float
) -> pd.DataFrame:
    """Return faults with area, width and place instead of a shape, the largest first."""
    shapes = table.pop("shape").to_numpy(object)
    area_m2, perimeter_m = shapely.area(shapes), shapely.length(shapes)
    with np.errstate(invalid="ignore"):
        width_m = 2.0 * area_m2 / perimeter_m
    kept = area_m2 >= max(least_area_km2 * 1e6, np.finfo(float).tiny)
    table, shapes = table[kept], shapes[kept]
    area_m2, width_m = area_m2[kept], width_m[kept]
    middles = gpd.GeoSeries(_middles(shapes), crs=crs).to_crs("EPSG:4326")
    table = table.assign(
        area_km2=np.round(area_m2 / 1e6, 6),
        width_m=np.round(width_m, 1),
        lon=np.round(shapely.get_x(middles.to_numpy()), 5),
        lat=np.round(shapely.get_y(middles.to_numpy()), 5),
        beyond_accuracy=width_m > accuracy_m,
    )
    order = ["area_km2", "fault", "code_1", "code_2", "lon", "lat"]
    table = table.sort_values(order, ascending=[False] + [True] * 5, kind="stable")
    return table.reset_index(drop=True)[list(COLUMNS)]


def _middles(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return for each fault a point inside its largest part."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    largest = order[np.r_[True, owner[order][1:] != owner[order][:-1]]] if len(order) else order
    points: NDArray[np.object_] = shapely.point_on_surface(parts[largest])
    return points
