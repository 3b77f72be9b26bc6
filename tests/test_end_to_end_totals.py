"""A whole run states the same totals in plan.json, GeoPackage, workbook, edge files and page."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import rasterio
from page_reader import page_figures, page_table
from test_exports_plan_json import schema_problems

from siting.exports.geopackage import DEMAND_COLUMNS, EDGE_COLUMNS, SITE_COLUMNS


@dataclass(frozen=True)
class Written:
    """What one run wrote, read back by other libraries than those that wrote it."""

    figures: dict[str, Any]
    sites: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    edge: gpd.GeoDataFrame
    book: openpyxl.Workbook
    page: str

    def sheet(self, name: str, first: str) -> list[dict[str, Any]]:
        """Return the records of a sheet; `first` is the title of its first column."""
        rows = list(self.book[name].values)
        header = next(number for number, row in enumerate(rows) if row[0] == first)
        return [dict(zip(rows[header], row, strict=True)) for row in rows[header + 1 :]]

    def proposed(self, phase: str) -> gpd.GeoDataFrame:
        """Return the sites proposed in a phase."""
        return self.sites[(self.sites["status"] == "proposed") & (self.sites["phase"] == phase)]


@pytest.fixture(scope="module")
def written(tiny_outputs: Path) -> Written:
    def layer(name: str) -> gpd.GeoDataFrame:
        return pyogrio.read_dataframe(tiny_outputs / "sites.gpkg", layer=name)

    return Written(
        figures=json.loads((tiny_outputs / "plan.json").read_text("utf-8")),
        sites=layer("sites"),
        demand=layer("demand"),
        edge=layer("edge_data_centres"),
        book=openpyxl.load_workbook(tiny_outputs / "sites.xlsx", data_only=True),
        page=(tiny_outputs / "maps" / "index.html").read_text("utf-8"),
    )


def rounded(figures: Any) -> Any:
    """Return figures with the twelve digits of plan.json; the page holds them all."""
    if isinstance(figures, dict):
        return {key: rounded(value) for key, value in figures.items()}
    if isinstance(figures, list):
        return [rounded(value) for value in figures]
    return float(f"{figures:.12g}") if isinstance(figures, float) else figures


def test_the_plan_fits_its_schema(written: Written) -> None:
    assert schema_problems(written.figures) == []


def test_the_geopackage_is_in_cgcs2000_with_the_promised_columns_first(written: Written) -> None:
    tables = (written.sites, SITE_COLUMNS), (written.demand, DEMAND_COLUMNS)
    for table, promised in (*tables, (written.edge, EDGE_COLUMNS)):
        assert table.crs.to_epsg() == 4490
        assert tuple(table.columns)[: len(promised)] == promised
        west, south, east, north = table.total_bounds
        assert (118.3 < west < east < 118.7, 24.8 < south < north < 25.1) == (True, True)


def test_phases_have_the_same_stations_and_sites_everywhere(written: Written) -> None:
    register = written.sheet("站址库", "站址编码")
    quotas = written.sheet("任务分解", "区县代码")
    drawn = page_table(written.page, "proposed")
    for number, phase in enumerate(written.figures["phases"], start=1):
        totals = (phase["stations"], phase["sites"])
        rows = written.proposed(phase["name"])
        assert (rows["stations"].sum(), len(rows)) == totals

        listed = [row["站数"] for row in register if row["批次"] == phase["name"]]
        assert (sum(listed), len(listed)) == totals

        placed = [row for row in quotas if (row["批次"], row["落位"]) == (phase["name"], "已落位")]
        assert (sum(row["站数"] for row in placed), sum(row["站址数"] for row in placed)) == totals

        pairs = zip(drawn["stations"], drawn["phase"], strict=True)
        shown = [stations for stations, shown_in in pairs if shown_in == number]
        assert (sum(shown), len(shown)) == totals
        assert 0 < phase["stations"] <= phase["max_stations"]
    assert len(register) == len(drawn["site_id"])


def test_the_same_sites_stand_in_map_table_and_workbook(written: Written) -> None:
    proposed = written.sites[written.sites["status"] == "proposed"]
    listed = [row["站址编码"] for row in written.sheet("站址库", "站址编码")]
    assert listed == proposed["site_id"].tolist()
    assert sorted(page_table(written.page, "proposed")["site_id"]) == sorted(listed)
    for row, point in zip(written.sheet("站址库", "站址编码"), proposed.geometry, strict=True):
        assert (row["经度_CGCS2000"], row["纬度_CGCS2000"]) == (point.x, point.y)


def test_what_stands_before_is_counted_alike(written: Written) -> None:
    existing = written.sites[written.sites["status"] == "existing"]
    drawn = page_table(written.page, "existing")
    counties = written.sheet("区县", "区县代码")
    before = written.figures["stations_before"]
    assert [
        existing["stations"].sum(),
        sum(drawn["stations"]),
        sum(county["stations_before"] for county in written.figures["counties"]),
        sum(row["现有站数"] for row in counties),
    ] == [before] * 4
    assert len(existing) == len(drawn["site_id"]) == written.figures["sites_before"]


def test_the_page_carries_the_figures_of_the_plan(written: Written) -> None:
    shown = {**page_figures(written.page), "quotas": page_table(written.page, "quotas")}
    assert rounded(shown) == written.figures


def test_covered_people_can_be_recomputed_from_the_demand_layer(written: Written) -> None:
    rows = written.sheet("覆盖", "层级")
    last = written.figures["phases"][-1]["name"]
    for level in written.figures["levels"]:
        points = written.demand[written.demand["level"] == level["level"]]
        covered = {"现状": (points["people"] * points["share_before"]).sum()}
        for phase in written.figures["phases"]:
            column = "share_after" if phase["name"] == last else f"share_{phase['name']}"
            covered[phase["name"]] = (points["people"] * points[column]).sum()
        told = [level["covered_before"], *(after["covered"] for after in level["after"])]
        mine = [row for row in rows if row["层级"] == level["label_zh"]]
        assert [row["阶段"] for row in mine] == list(covered)
        assert [row["满足_人"] for row in mine] == pytest.approx(told)
        assert list(covered.values()) == pytest.approx(told)
        assert sorted(told) == told, "more sites never cover less"
        assert points["people"].sum() == pytest.approx(level["people"])


def test_the_objective_can_be_recomputed_from_the_demand_layer(written: Written) -> None:
    for phase in written.figures["phases"]:
        last = phase is written.figures["phases"][-1]
        share = written.demand["share_after" if last else f"share_{phase['name']}"]
        worth = (written.demand["weight"] * share).sum()
        assert worth == pytest.approx(phase["objective"], rel=1e-9)
        assert worth <= phase["bound"] * (1.0 + 1e-9)


def test_weights_are_people_times_the_weight_of_the_level(written: Written) -> None:
    weights = written.figures["scenario"]["assumptions"]["service"]
    residents = written.demand[written.demand["kind"] == "residents"]
    for level, points in residents.groupby("level"):
        assert points["weight"].to_numpy() == pytest.approx(
            points["people"].to_numpy() * weights[level]["weight"]
        )


def test_every_served_point_names_a_site_that_stands_or_is_proposed(written: Written) -> None:
    named = written.demand["served_by"].dropna()
    assert set(named) <= set(written.sites["site_id"])
    served = written.demand[written.demand["share_after"] > 0]
    assert served["served_by"].notna().all()


def test_edge_centres_are_the_same_in_every_file(written: Written, tiny_outputs: Path) -> None:
    told = written.figures["edge"]
    chosen = written.edge[written.edge["role"] == "edge"]
    assert (len(chosen), chosen["racks"].sum()) == (told["centres"], told["racks"])
    assert [site["edge_id"] for site in told["sites"]] == written.edge["edge_id"].tolist()

    with (tiny_outputs / "edge_data_centres.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    features = json.loads((tiny_outputs / "edge_data_centres.geojson").read_text("utf-8"))
    sheet = written.sheet("边缘数据中心", "编码")
    racks = {row["edge_id"]: row["racks"] for row in told["sites"] if row["role"] == "edge"}
    assert {row["edge_id"]: int(row["racks"]) for row in table if row["role"] == "edge"} == racks
    assert {row["编码"]: row["机架"] for row in sheet if row["类别"] == "边缘"} == racks
    properties = [feature["properties"] for feature in features["features"]]
    assert {row["edge_id"]: row["racks"] for row in properties if row["role"] == "edge"} == racks

    # each serves the stations, the ports and the parks nearest to it: none is left out
    zones = sum(
        row["rows"] for row in written.figures["inputs"] if row["layer"] in {"ports", "parks"}
    )
    asked = zones * written.figures["scenario"]["assumptions"]["edge"]["zone_stations"]
    assert chosen["demand"].sum() == written.sites["stations"].sum() + asked


def test_counties_and_targets_of_the_workbook_are_those_of_the_plan(written: Written) -> None:
    counties = {row["区县代码"]: row for row in written.sheet("区县", "区县代码")}
    for county in written.figures["counties"]:
        row = counties[county["code"]]
        assert row["规划后站数(含未落位额度)"] == county["stations_after"]
        assert row["覆盖率"] == pytest.approx(county["covered_share"])
    targets = {row["编号"]: row for row in written.sheet("指标", "编号")}
    assert {name: row["原文"] for name, row in targets.items()} == {
        target["id"]: target["phrase"] for target in written.figures["targets"]
    }


def test_the_coverage_picture_has_a_band_per_stage_and_never_weakens(
    written: Written, tiny_outputs: Path
) -> None:
    with rasterio.open(tiny_outputs / "coverage.tif") as picture:
        bands = picture.read(masked=True).filled(-9999.0)
        names = [phase["name"] for phase in written.figures["phases"]]
        assert picture.descriptions == ("before", *names)
        assert picture.crs == written.figures["scenario"]["assumptions"]["study"]["crs"]
    assert all((later >= earlier).all() for earlier, later in pairwise(bands))
