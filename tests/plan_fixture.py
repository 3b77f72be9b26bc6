"""A small plan made by hand: two counties, 17 sites, 34 demand points at three levels, two edges.

Every figure is written out, not computed from the tables, so that the checks compare two things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from siting.plan.model import CoverageRasters, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKING_CRS = "EPSG:32650"
WEST_M, NORTH_M = 650_000.0, 2_760_000.0
COUNTIES = {"350502": "鲤城区", "350503": "丰泽区"}
# id, kind, stations, county
EXISTING = (
    ("E01", "macro", 2, "350502"),
    ("E02", "macro", 2, "350502"),
    ("E03", "micro", 1, "350502"),
    ("E04", "indoor", 1, "350502"),
    ("E05", "macro", 2, "350503"),
    ("E06", "macro", 2, "350503"),
    ("E07", "micro", 1, "350503"),
    ("E08", "indoor", 1, "350503"),
)
# id, name, kind, stations, county, phase, host, cost
PROPOSED = (
    ("P01", "泉州临江街道拟建宏站", "macro", 2, "350502", "2024", "E01", 190_000),
    ("P02", "=1+1", "micro", 1, "350502", "2024", "", 80_000),
    ("P03", "@SUM(A1)", "micro", 1, "350503", "2024", "", 80_000),
    ("P04", "-2+3", "macro", 2, "350503", "2024", "", 400_000),
    ("P05", "+86", "indoor", 1, "350503", "2024", "E08", 120_000),
    ("P06", "“浮桥”宏站", "macro", 2, "350502", "2025", "", 400_000),
    ("P07", "微站甲\x0b", "micro", 1, "350502", "2025", "", 80_000),
    ("P08", "室分乙", "indoor", 1, "350503", "2025", "", 120_000),
    ("P09", "微站丙", "micro", 1, "350503", "2025", "E07", 60_000),
)
CARRIERS = {"macro": "700;2600", "micro": "3500", "indoor": "3500"}
HEIGHT_M = {"macro": 25.0, "micro": 10.0, "indoor": 3.0}
SHARES = {
    "outdoors": ([1.0] * 30 + [0.0] * 4, [1.0] * 34),
    "indoors": ([1.0] * 20 + [0.0] * 14, [1.0] * 30 + [0.0] * 4),
    "busy_hour": ([0.5] * 34, [0.75] * 34),
}


def small_plan(*, rasters: bool = True) -> Plan:
    """Return the plan; `rasters` says whether it carries coverage."""
    return Plan(
        sites=_sites(),
        demand=_demand(),
        edge_data_centres=_edge_data_centres(),
        figures=figures(),
        rasters=_rasters() if rasters else None,
    )


def _points(count: int, *, step_m: float) -> gpd.GeoSeries:
    number = np.arange(count)
    x, y = WEST_M + step_m * (1 + number % 8), NORTH_M - step_m * (1 + number // 8)
    return gpd.GeoSeries(gpd.points_from_xy(x, y), crs=WORKING_CRS)


def _site(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    kind, county = row["kind"], row["county_code"]
    return {
        "name": row["site_id"],
        "host_site_id": "",
        "phase": "",
        "cost_cny": 0,
        "carriers": CARRIERS[kind],
        "height_m": HEIGHT_M[kind],
        "county": COUNTIES[county],
        "township_code": f"{county}00{number % 2 + 1}",
        "township": "临江街道",
        "village": None,
        "planning_unit": COUNTIES[county],
        "marginal_people": 0.0,
        "gain_outdoors": 0.0,
        "gain_indoors": 0.0,
        "gain_busy_hour": 0.0,
        "rank": pd.NA,
        "provenance": "modelled",
        "location_radius_m": 800.0,
        "rules": "R-CHECK:check",
        "reason_zh": "",
        "reason_en": "",
        **row,
    }


def _sites() -> gpd.GeoDataFrame:
    names = ("site_id", "kind", "stations", "county_code")
    rows = [dict(zip(names, row, strict=True)) for row in EXISTING]
    rows = [{**row, "status": "existing", "build": "existing"} for row in rows]

    names = ("site_id", "name", "kind", "stations", "county_code", "phase", "host_site_id")
    proposed = [dict(zip((*names, "cost_cny"), row, strict=True)) for row in PROPOSED]
    for rank, row in enumerate(proposed, start=1):
        build = "co_located" if row["host_site_id"] else "new"
        gains = {"gain_outdoors": 2.0, "gain_indoors": 10.0, "marginal_people": 12.5 - rank}
        words = {"reason_zh": "补足室内覆盖", "reason_en": "Fills a gap indoors"}
        row.update(status="proposed", build=build, rank=rank, **gains, **words)

    table = pd.DataFrame([_site(row, number) for number, row in enumerate(rows + proposed)])
    table["rank"] = table["rank"].astype("Int64")
    return gpd.GeoDataFrame(table, geometry=_points(len(table), step_m=300.0))


def _demand() -> gpd.GeoDataFrame:
    points = _points(34, step_m=200.0)
    tables = []
    for level, (before, after) in SHARES.items():
        columns = {
            "demand_id": [f"D{number:03d}" for number in range(34)],
            "weight": 10.0,
            "level": level,
            "people": 10.0,
            "served_by": ["E01" if share else "" for share in after],
            "share_before": before,
            "share_after": after,
            "county_code": ["350502"] * 17 + ["350503"] * 17,
            "township_code": ["350502001"] * 17 + ["350503001"] * 17,
            "provenance": "modelled",
        }
        tables.append(gpd.GeoDataFrame(columns, geometry=points))
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=WORKING_CRS)


def _edge_data_centres() -> gpd.GeoDataFrame:
    columns = {
        "edge_id": ["X001", "X002", "C001"],
        "name": ["边缘机房一", "=边缘机房二", "安溪数据中心"],
        "role": ["edge", "edge", "core"],
        "county_code": ["350502", "350503", "350503"],
        "township_code": ["350502001", "350503001", None],
        "racks": [20, 20, 5000],
        "demand": [13.0, 13.0, 0.0],
        "backup_id": ["X002", "X001", ""],
        "latency_max_ms": [0.35, 0.36, None],
        "provenance": ["modelled", "modelled", "approximate"],
        "location_radius_m": [800.0, 800.0, None],
        "rules": ["R-FLOOD:check", "", ""],
        "reason_zh": ["离站最近", "离站最近", "已建核心机房"],
        "reason_en": ["Nearest to its sites", "Nearest to its sites", "Existing core room"],
    }
    geometry = [*_points(2, step_m=900.0), None]
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=WORKING_CRS)


def _rasters() -> CoverageRasters:
    rows, columns = np.mgrid[0:40, 0:50]
    before = np.where(columns < 25, -70.0 - 0.7 * rows, np.nan)
    after = np.fmax(before, np.where(rows < 20, -80.0 - 0.3 * columns, np.nan))
    later = np.fmax(after, -118.3)
    return CoverageRasters(
        rsrp_dbm=np.stack([before, after, later]).astype("float32"),
        stages=("before", "2024", "2025"),
        west_m=WEST_M,
        north_m=NORTH_M,
        cell_m=100.0,
        crs=WORKING_CRS,
    )


def figures() -> dict[str, Any]:
    """Return the content of plan.json for the small plan."""
    return {
        "schema": "siting-plan/1",
        "version": "0.1.0",
        "scenario": {
            "name": "small",
            "title_zh": "小城一张图",
            "title_en": "Small Town, One Map",
            "date": "2025-12-31",
            "seed": 0,
            "assumptions": {"demand": {"spacing_m": 100}},
        },
        "inputs": _inputs(),
        "modelled_share": 1.0,
        "modelled": {"demand": 1.0, "network": 1.0, "places": 1.0},
        "stations_before": 12,
        "sites_before": 8,
        "phases": _phases(),
        "levels": _levels(),
        "edge": _edge(),
        "counties": _counties(),
        "quotas": _quotas(),
        "targets": _targets(),
        "warnings": [{"zh": "没有地形数据", "en": "No terrain was given"}],
    }


def _inputs() -> list[dict[str, Any]]:
    return [
        {
            "layer": "counties",
            "file": "counties.csv",
            "sha256": "0" * 64,
            "rows": 2,
            "provenance": "official",
            "source": "=第七次人口普查",
            "vintage": "2020-11-01",
            "crs": "EPSG:4326",
            "datum": "WGS 84",
        }
    ]


def _phases() -> list[dict[str, Any]]:
    solved = {"gap": 0.01, "gap_uncovered": 0.2, "status": "feasible", "seed": 0}
    first = {
        "name": "2024",
        "max_stations": 8,
        "budget_cny": None,
        "stations": 7,
        "sites": 5,
        "stations_unplaced": 1,
        "by_kind": {
            "macro": {"stations": 4, "sites": 2},
            "micro": {"stations": 2, "sites": 2},
            "indoor": {"stations": 1, "sites": 1},
        },
        "stations_co_located": 3,
        "stations_new": 4,
        "cost_cny": 870_000,
        "objective": 780.0,
        "bound": 787.9,
        "binding": "max_stations",
    }
    second = {
        "name": "2025",
        "max_stations": 6,
        "budget_cny": 1_000_000,
        "stations": 5,
        "sites": 4,
        "stations_unplaced": 1,
        "by_kind": {
            "macro": {"stations": 2, "sites": 1},
            "micro": {"stations": 2, "sites": 2},
            "indoor": {"stations": 1, "sites": 1},
        },
        "stations_co_located": 1,
        "stations_new": 4,
        "cost_cny": 660_000,
        "objective": 895.0,
        "bound": 904.0,
        "binding": None,
    }
    return [{**first, **solved}, {**second, **solved, "gap_uncovered": None}]


def _levels() -> list[dict[str, Any]]:
    # level, zh, en, weight, before, after 2024, after 2025
    rows = (
        ("outdoors", "室外", "Outdoors", 1.0, 300.0, 320.0, 340.0),
        ("indoors", "室内", "Indoors", 1.0, 200.0, 250.0, 300.0),
        ("busy_hour", "忙时", "Busy hour", 0.5, 170.0, 210.0, 255.0),
    )
    return [_level(*row) for row in rows]


def _level(
    level: str, zh: str, en: str, weight: float, before: float, first: float, second: float
) -> dict[str, Any]:
    people = 340.0
    steps = (("2024", before, first), ("2025", first, second))
    return {
        "level": level,
        "label_zh": zh,
        "label_en": en,
        "weight": weight,
        "threshold_zh": "-105 dBm",
        "threshold_en": "-105 dBm",
        "people": people,
        "covered_before": before,
        "share_before": before / people,
        "after": [
            {
                "phase": phase,
                "covered": now,
                "share": now / people,
                "gained": now - earlier,
                "gained_share_of_uncovered": (now - earlier) / (people - earlier),
            }
            for phase, earlier, now in steps
        ],
    }


def _edge() -> dict[str, Any]:
    lon_lat = {"lon": 118.5, "lat": 24.9}
    sites = [
        {"edge_id": "X001", "role": "edge", "county_code": "350502", "racks": 20, **lon_lat},
        {"edge_id": "X002", "role": "edge", "county_code": "350503", "racks": 20, **lon_lat},
        {"edge_id": "C001", "role": "core", "county_code": "350503", "racks": 5000},
    ]
    extra = {"name": "机房", "demand": 13.0, "backup_id": "", "lon": None, "lat": None}
    return {
        "p": 2,
        "centres": 2,
        "objective": 31.5,
        "bound": 31.5,
        "gap": 0.0,
        "gap_uncovered": None,
        "status": "proved",
        "seed": 0,
        "unit": "station km",
        "racks": 40,
        "racks_core": 5000,
        "latency_max_ms": 0.36,
        "latency_p95_ms": 0.35,
        "binding_zh": "数量",
        "binding_en": "the number of centres",
        "sites": [{**extra, **site} for site in sites],
    }


def _counties() -> list[dict[str, Any]]:
    shared = {"in_denominator": True, "stations_before": 6, "stations_after": 13}
    shared |= {"stations_unplaced": 1, "covered_share": 0.9}
    first = {"code": "350502", "name": "鲤城区", "name_en": "Licheng", "population": 4000}
    second = {"code": "350503", "name": "丰泽区", "name_en": "Fengze", "population": 5000}
    outside = {"code": "350527", "name": "金门县", "name_en": "Kinmen", "population": None}
    nothing = {"stations_before": 0, "stations_after": 0, "stations_unplaced": 0}
    rates = {"stations_per_10000": None, "covered_share": None, "in_denominator": False}
    return [
        {**first, **shared, "stations_per_10000": 32.5},
        {**second, **shared, "stations_per_10000": 26.0},
        {**outside, **nothing, **rates},
    ]


def _quotas() -> list[dict[str, Any]]:
    # county, township, phase, kind, stations, sites, placed
    rows = (
        ("350502", "350502001", "2024", "macro", 2, 1, True),
        ("350502", "350502001", "2024", "micro", 1, 1, True),
        ("350503", "350503001", "2024", "micro", 1, 1, True),
        ("350503", "350503001", "2024", "macro", 2, 1, True),
        ("350503", "350503001", "2024", "indoor", 1, 1, True),
        ("350502", "350502001", "2025", "macro", 2, 1, True),
        ("350502", "350502002", "2025", "micro", 1, 1, True),
        ("350503", "350503001", "2025", "indoor", 1, 1, True),
        ("350503", "350503002", "2025", "micro", 1, 1, True),
        ("350502", "", "2024", "", 1, 0, False),
        ("350503", "", "2025", "", 1, 0, False),
    )
    names = ("county_code", "township_code", "phase", "kind", "stations", "sites", "placed")
    quotas = [dict(zip(names, row, strict=True)) for row in rows]
    for quota in quotas:
        county = COUNTIES[quota["county_code"]]
        township = "临江街道" if quota["township_code"] else ""
        quota.update(county=county, planning_unit=county, township=township)
    return quotas


def _targets() -> list[dict[str, Any]]:
    row = {
        "id": "T-5G-TOTAL",
        "phrase": "全市建成5G基站超3.2万个",
        "name_en": "5G stations citywide",
        "clause": "二(一)2",
        "document": "泉政办〔2023〕29号",
        "responsible_unit": "市通信发展管理办",
        "kind": "target",
        "tier": "core",
        "operator": ">",
        "value": 32000,
        "unit": "站",
        "as_of": None,
        "due": "2025",
        "denominator": None,
        "baseline": 24198,
        "plan": 26,
        "met": False,
        "flag": None,
        "note": None,
    }
    policy = {**row, "id": "T-5G-MIX", "kind": "policy", "operator": "policy", "met": None}
    return [row, {**policy, "value": None, "baseline": None, "plan": None, "unit": None}]
