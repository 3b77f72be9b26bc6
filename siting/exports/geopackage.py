"""Write sites, demand and edge data centres as one GeoPackage in CGCS2000.

A GeoPackage records when each layer last changed. The date of the scenario is written there
instead of the clock, so that the same plan gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from siting.disk.atomic import replaced_file
from siting.disk.dated import gdal_date

if TYPE_CHECKING:
    from siting.plan.model import Plan

DELIVERABLE_CRS = "EPSG:4490"
DEGREES_DECIMALS = 8  # about a millimetre

SITE_COLUMNS = (
    "site_id",
    "name",
    "status",
    "kind",
    "build",
    "host_site_id",
    "phase",
    "stations",
    "carriers",
    "height_m",
    "cost_cny",
    "county_code",
    "township_code",
    "planning_unit",
    "marginal_people",
    "provenance",
    "location_radius_m",
    "rules",
)
DEMAND_COLUMNS = ("demand_id", "weight", "level", "served_by")
EDGE_COLUMNS = (
    "edge_id",
    "name",
    "role",
    "county_code",
    "township_code",
    "racks",
    "demand",
    "backup_id",
    "latency_max_ms",
    "provenance",
    "location_radius_m",
    "rules",
)


def save_geopackage(plan: Plan, path: str | Path) -> Path:
    """Write the layers `sites`, `demand` and `edge_data_centres` in EPSG:4490.

    `demand` carries no spatial index: at one row per point and level it would add a third to
    the size, and a viewer builds one when it is wanted.

    Parameters
    ----------
    plan
        The plan, in its working CRS; docs/reference/sites.md lists the columns.
    path
        The file to write, usually outputs/sites.gpkg.
    """
    layers = (
        ("sites", plan.sites, SITE_COLUMNS, "YES", "站址 CGCS2000"),
        ("demand", plan.demand, DEMAND_COLUMNS, "NO", "需求点 CGCS2000"),
        ("edge_data_centres", plan.edge_data_centres, EDGE_COLUMNS, "YES", "边缘数据中心 CGCS2000"),
    )
    with replaced_file(path) as part, gdal_date(plan.figures["scenario"]["date"]):
        for name, table, first, index, description in layers:
            pyogrio.write_dataframe(
                deliverable(table, first),
                part,
                layer=name,
                driver="GPKG",
                geometry_type="Point",
                append=part.exists(),
                layer_options={"SPATIAL_INDEX": index, "DESCRIPTION": description},
            )
    return Path(path)


def deliverable(table: gpd.GeoDataFrame, first: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return a table in CGCS2000 degrees with the promised columns first, then the others."""
    named = [column for column in first if column in table.columns]
    others = [column for column in table.columns if column not in (*named, "geometry")]
    columns = {column: _storable(table[column]) for column in (*named, *others)}
    degrees = table.geometry.to_crs(DELIVERABLE_CRS)
    points = shapely.transform(degrees.array, lambda xy: np.round(xy, DEGREES_DECIMALS))
    return gpd.GeoDataFrame(columns, geometry=points, crs=DELIVERABLE_CRS)


def records_in_degrees(table: gpd.GeoDataFrame, first: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the rows of a table with CGCS2000 `lon` and `lat` last; what is missing is None."""
    degrees = deliverable(table, first)
    plain = pd.DataFrame(degrees.drop(columns="geometry"))
    plain["lon"], plain["lat"] = degrees.geometry.x, degrees.geometry.y
    plain = plain.astype(object).where(plain.notna(), None)
    names = [str(name) for name in plain.columns]
    values = (plain[name].tolist() for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _storable(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as numbers, truth values or texts; lists become `a;b`, "" becomes null."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    texts = column.astype(object).where(column.notna() & (column != ""), None)
    if isinstance(column.dtype, pd.StringDtype):
        return texts
    kind = pd.api.types.infer_dtype(texts, skipna=True)
    if kind in {"integer", "floating", "mixed-integer-float"}:  # numbers with gaps
        return texts.astype("Int64") if kind == "integer" else texts.astype("Float64")
    return texts.map(_text)


def _text(value: Any) -> str | None:
    if isinstance(value, (list, tuple)):
        return ";".join(str(item) for item in value)
    return None if value is None else str(value)
