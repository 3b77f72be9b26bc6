"""Turn sites, edge data centres and unserved places into the columns that the page draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from siting.maps.columns import DEGREES, positions, text, values
from siting.maps.encode import column, differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from siting.layers.model import Layers

MOST_GAPS = 60_000


def existing_table(sites: gpd.GeoDataFrame, layers: Layers) -> dict[str, Any]:
    """Return the sites that stand today."""
    chosen = sites[sites["status"] == "existing"]
    return {**_site_columns(chosen, layers), "site_id": text(chosen["site_id"])}


def proposed_tables(
    sites: gpd.GeoDataFrame, layers: Layers, phases: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the proposed sites in the order of phase and rank, and the words of their cards."""
    chosen = sites[sites["status"] == "proposed"]
    chosen = chosen.assign(_phase=positions(chosen["phase"], phases))
    chosen = chosen.sort_values(["_phase", "rank"], kind="stable")
    drawn = {
        **_site_columns(chosen, layers),
        "site_id": text(chosen["site_id"]),
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
        "edge_id": text(centres["edge_id"]),
        **{name: column(values(centres, name)) for name in told},
        **{name: column(values(centres, name), digits=3) for name in counts},
        "county": positions(centres["county_code"], layers.counties["code"]),
        "township": positions(centres["township_code"], layers.townships["code"]),
        "placed": [bool(placed) for placed in points.notna()],
        "x": differences(points.x.fillna(0).to_numpy()),
        "y": differences(points.y.fillna(0).to_numpy()),
    }


def _placed(centres: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return points in degrees; a room whose place nobody knows keeps none."""
    return centres.geometry.set_crs(centres.crs).to_crs(DEGREES)


def _site_columns(sites: gpd.GeoDataFrame, layers: Layers) -> dict[str, Any]:
    points = sites.geometry.to_crs(DEGREES)
    return {
        "kind": column(sites["kind"]),
        "stations": column(sites["stations"]),
        "carriers": column(sites["carriers"]),
        "height_m": column(sites["height_m"], digits=1),
        "county": positions(sites["county_code"], layers.counties["code"]),
        "township": positions(sites["township_code"], layers.townships["code"]),
        "provenance": column(sites["provenance"]),
        "radius_m": column(sites["location_radius_m"], digits=0),
        "x": differences(points.x.to_numpy()),
        "y": differences(points.y.to_numpy()),
    }
