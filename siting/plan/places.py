"""Small tables of the plan: the names of places, the inputs, the list of edge data centres."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from siting.layers.model import Layers

INPUT_KEYS = ("layer", "file", "sha256", "rows", "provenance", "source", "vintage", "crs", "datum")
EDGE_KEYS = ("edge_id", "name", "role", "county_code", "racks", "demand", "backup_id")


def inputs_of(layers: Layers) -> list[dict[str, Any]]:
    """Return the `inputs` block: one entry per layer that was read."""
    rows = layers.catalogue.reindex(columns=list(INPUT_KEYS)).to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def edge_sites(rooms: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the list of centres and core rooms with their WGS 84 coordinates, if known."""
    degrees = gpd.GeoSeries(rooms.geometry, crs=rooms.crs).to_crs("EPSG:4326")
    entries = []
    for row, point in zip(rooms.to_dict("records"), degrees, strict=True):
        known = point is not None and not point.is_empty
        entry = {key: _plain(row[key]) for key in EDGE_KEYS}
        entry["lon"] = round(point.x, 5) if known else None
        entry["lat"] = round(point.y, 5) if known else None
        entries.append(entry)
    return entries


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value
