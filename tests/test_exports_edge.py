"""The edge tables open in Excel and in a web map, and run no formula."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

from plan_fixture import small_plan

from siting.exports import save_edge_csv, save_edge_geojson
from siting.exports.geopackage import EDGE_COLUMNS


def rows(tmp_path: Path) -> list[dict[str, str]]:
    """Return the rows of the CSV of the small plan."""
    path = save_edge_csv(small_plan(), tmp_path / "edge.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_begins_with_a_byte_order_mark(tmp_path: Path) -> None:
    content = save_edge_csv(small_plan(), tmp_path / "edge.csv").read_bytes()

    assert content.startswith(b"\xef\xbb\xbfedge_id,")
    assert content.count(b"\r\n") == content.count(b"\n") == 4


def test_the_table_has_the_promised_columns_and_degrees(tmp_path: Path) -> None:
    first = rows(tmp_path)[0]
    point = small_plan().edge_data_centres.to_crs("EPSG:4490").geometry.iloc[0]

    assert tuple(first)[: len(EDGE_COLUMNS)] == EDGE_COLUMNS
    assert abs(float(first["lon"]) - point.x) < 1e-8
    assert abs(float(first["lat"]) - point.y) < 1e-8


def test_what_is_not_known_is_blank(tmp_path: Path) -> None:
    core = rows(tmp_path)[2]

    assert (core["edge_id"], core["lon"], core["lat"], core["backup_id"]) == ("C001", "", "", "")


def test_a_name_that_looks_like_a_formula_is_disarmed(tmp_path: Path) -> None:
    assert rows(tmp_path)[1]["name"] == "'=边缘机房二"


def test_the_features_carry_the_same_values(tmp_path: Path) -> None:
    path = save_edge_geojson(small_plan(), tmp_path / "edge.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]

    assert [feature["properties"]["edge_id"] for feature in features] == ["X001", "X002", "C001"]
    assert features[1]["properties"]["name"] == "=边缘机房二"
    assert features[0]["geometry"]["type"] == "Point"
    assert features[2]["geometry"] is None
    assert features[2]["properties"]["latency_max_ms"] is None


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for save, ending in ((save_edge_csv, "csv"), (save_edge_geojson, "geojson")):
        first = save(small_plan(), tmp_path / f"first.{ending}").read_bytes()
        assert save(small_plan(), tmp_path / f"second.{ending}").read_bytes() == first


def test_a_plan_without_edge_centres_gives_a_header_only(tmp_path: Path) -> None:
    plan = small_plan()
    plan = replace(plan, edge_data_centres=plan.edge_data_centres.iloc[:0])
    content = save_edge_csv(plan, tmp_path / "edge.csv").read_text(encoding="utf-8-sig")

    assert content.startswith(",".join(EDGE_COLUMNS))
    assert content.count("\n") == 1
