"""A plan for the made-up town with names that try to break a page, figures counted from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from plan_fixture import figures as exported_figures

from siting.plan.model import CoverageRasters, Plan

if TYPE_CHECKING:
    from siting.layers import Layers

HOSTILE = "</script><script>window.broken=1</script><img src=x onerror='window.broken=2'>\"&"
PHASES = ("2024", "2025")
KINDS = ("macro", "micro", "indoor")
EXISTING_COUNT, PROPOSED_COUNT = 40, 30


def town_plan(layers: Layers, *, provenance: str = "modelled") -> Plan:
    """Return a plan of the made-up town; `provenance` is that of every recommended place."""
    sites = _sites(layers, provenance)
    return Plan(
        sites=sites,
        demand=gpd.GeoDataFrame({"demand_id": []}, geometry=[], crs=layers.crs),
        edge_data_centres=_edge_data_centres(layers),
        figures=_figures(sites, share=1.0 if provenance == "modelled" else 0.0),
        rasters=_rasters(layers),
    )


def _spots(layers: Layers, count: int, *, shift_m: float) -> gpd.GeoSeries:
    """Return points near the township seats, the same at every call."""
    seats = layers.townships[["seat_x_m", "seat_y_m"]].to_numpy()
    number = np.arange(count)
    chosen = seats[number % len(seats)]
    turn = 2.4 * number
    reach = shift_m * (1 + number // len(seats))
    x, y = chosen[:, 0] + reach * np.cos(turn), chosen[:, 1] + reach * np.sin(turn)
    return gpd.GeoSeries(gpd.points_from_xy(x, y), crs=layers.crs)


def _sites(layers: Layers, provenance: str) -> gpd.GeoDataFrame:
    existing = _site_rows(layers, EXISTING_COUNT, "existing", "modelled")
    proposed = _site_rows(layers, PROPOSED_COUNT, "proposed", provenance)
    table = pd.concat([existing, proposed], ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=layers.crs)


def _site_rows(layers: Layers, count: int, status: str, provenance: str) -> gpd.GeoDataFrame:
    number = np.arange(count)
    townships = layers.townships.iloc[number % len(layers.townships)].reset_index(drop=True)
    proposed = status == "proposed"
    columns = {
        "site_id": [f"{'P' if proposed else 'E'}-{row:04d}" for row in number],
        "name": HOSTILE,
        "status": status,
        "kind": [KINDS[row % 3] for row in number],
        "build": "new" if proposed else "existing",
        "host_site_id": None,
        "phase": [PHASES[row % 2] if proposed else None for row in number],
        "stations": 1 + number % 2,
        "carriers": "2600;3500",
        "height_m": 25.0,
        "cost_cny": 400_000 if proposed else 0,
        "county_code": townships["county_code"],
        "county": "虚构西区",
        "township_code": townships["code"],
        "township": townships["name"],
        "village": HOSTILE,
        "planning_unit": "虚构西区",
        "marginal_people": 100.5 - number if proposed else 0.0,
        "gain_outdoors": 10.0,
        "gain_indoors": 80.5,
        "gain_busy_hour": float("nan"),
        "rank": number + 1 if proposed else None,
        "provenance": provenance,
        "location_radius_m": 600.0,
        "rules": "GB-50201:check",
        "reason_zh": f"补室内覆盖 {HOSTILE}",
        "reason_en": f"Fills an indoor gap {HOSTILE}",
    }
    spots = _spots(layers, count, shift_m=250.0 if proposed else 420.0)
    return gpd.GeoDataFrame(columns, geometry=spots)


def _edge_data_centres(layers: Layers) -> gpd.GeoDataFrame:
    township = layers.townships.iloc[0]
    columns = {
        "edge_id": ["X001", "C001"],
        "name": ["边缘机房", "核心机房"],
        "role": ["edge", "core"],
        "county_code": [township["county_code"]] * 2,
        "township_code": [township["code"], None],
        "racks": [20, 5000],
        "demand": [13.0, 0.0],
        "backup_id": ["C001", None],
        "latency_max_ms": [0.35, None],
        "provenance": ["modelled", "approximate"],
        "location_radius_m": [800.0, None],
        "rules": ["", ""],
        "reason_zh": [HOSTILE, "已建"],
        "reason_en": [HOSTILE, "Stands"],
    }
    geometry = [*_spots(layers, 1, shift_m=900.0), None]
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=layers.crs)


def _rasters(layers: Layers) -> CoverageRasters:
    west, south, east, north = layers.counties.total_bounds
    cell_m = 200.0
    rows, columns = np.mgrid[0 : int((north - south) / cell_m), 0 : int((east - west) / cell_m)]
    before = np.where(columns < columns.max() / 3, -85.0 - 0.3 * rows, np.nan)
    after = np.fmax(before, -98.0 - 0.1 * rows)
    later = np.fmax(after, np.where(rows < rows.max() / 2, -90.0, np.nan))
    return CoverageRasters(
        rsrp_dbm=np.stack([before, after, later]).astype("float32"),
        stages=("before", *PHASES),
        west_m=float(west),
        north_m=float(north),
        cell_m=cell_m,
        crs=layers.crs,
    )


def _figures(sites: gpd.GeoDataFrame, *, share: float) -> dict[str, Any]:
    """Return figures in the form of plan.json whose counts are those of the sites."""
    existing, proposed = (sites[sites["status"] == status] for status in ("existing", "proposed"))
    figures = exported_figures()
    title = f"小城一张图 {HOSTILE}"
    figures["scenario"] = {**figures["scenario"], "title_zh": title, "title_en": f"Town {HOSTILE}"}
    figures["modelled_share"] = share
    figures["stations_before"] = int(existing["stations"].sum())
    figures["sites_before"] = len(existing)
    for phase in figures["phases"]:
        chosen = proposed[proposed["phase"] == phase["name"]]
        phase.update(stations=int(chosen["stations"].sum()), sites=len(chosen))
    figures["quotas"] = _quotas(proposed)
    # the first target has a note in both languages, the others in English only
    figures["targets"] = [
        {**target, "phrase": f"{target['phrase']} {HOSTILE}", "flag": "1;3", "note": HOSTILE}
        for target in figures["targets"]
    ]
    figures["targets"][0]["note_zh"] = f"中文说明 {HOSTILE}"
    return figures


def _quotas(proposed: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    keys = ["county_code", "township_code", "phase", "kind"]
    counted = proposed.groupby(keys).agg(stations=("stations", "sum"), sites=("site_id", "count"))
    rows = counted.reset_index().to_dict("records")
    return [{**row, "township": HOSTILE, "planning_unit": None, "placed": True} for row in rows]
