"""sites.gpkg is CGCS2000, in the promised columns, the same bytes each time."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from plan_fixture import small_plan

from siting.exports import save_geopackage
from siting.exports.geopackage import DEMAND_COLUMNS, EDGE_COLUMNS, SITE_COLUMNS


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the GeoPackage of the small plan, in a folder with a Chinese name."""
    return save_geopackage(small_plan(), tmp_path_factory.mktemp("泉州") / "sites.gpkg")


@pytest.mark.parametrize(
    ("layer", "columns"),
    [("sites", SITE_COLUMNS), ("demand", DEMAND_COLUMNS), ("edge_data_centres", EDGE_COLUMNS)],
)
def test_a_layer_begins_with_the_promised_columns(
    path: Path, layer: str, columns: tuple[str, ...]
) -> None:
    table = gpd.read_file(path, layer=layer)

    assert tuple(table.columns[: len(columns)]) == columns
    assert table.crs == "EPSG:4490"


def test_there_are_three_layers(path: Path) -> None:
    layers = pyogrio.list_layers(path)

    assert [tuple(layer) for layer in layers] == [
        ("sites", "Point"),
        ("demand", "Point"),
        ("edge_data_centres", "Point"),
    ]


def test_points_and_values_come_back(path: Path) -> None:
    plan = small_plan()
    table = gpd.read_file(path, layer="sites")
    back = table.to_crs(plan.sites.crs)

    assert back.geometry.distance(plan.sites.geometry, align=False).max() < 0.002
    assert table["name"].tolist() == plan.sites["name"].tolist()
    assert table["stations"].tolist() == plan.sites["stations"].tolist()
    assert table["host_site_id"].isna().sum() == (plan.sites["host_site_id"] == "").sum()
    assert len(gpd.read_file(path, layer="demand")) == len(plan.demand)


def test_a_core_room_without_a_known_place_has_no_point(path: Path) -> None:
    table = gpd.read_file(path, layer="edge_data_centres").set_index("edge_id")

    assert table.geometry["C001"] is None
    assert table.geometry["X001"] is not None


def test_the_same_plan_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    time.sleep(1.1)  # a clock inside would show
    again = save_geopackage(small_plan(), tmp_path / "another name.gpkg")

    assert again.read_bytes() == path.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == [again.name]


def test_the_date_inside_is_the_date_of_the_scenario(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        dates = database.execute("SELECT last_change, description FROM gpkg_contents").fetchall()

    assert {date for date, _ in dates} == {"2025-12-31T00:00:00.000Z"}
    assert dates[0][1] == "站址 CGCS2000"


@pytest.mark.parametrize("before", [None, "2001-01-01T00:00:00.000Z"])
def test_the_setting_of_the_library_is_put_back(tmp_path: Path, before: str | None) -> None:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    try:
        save_geopackage(small_plan(), tmp_path / "sites.gpkg")
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def test_the_plan_itself_is_not_changed(tmp_path: Path) -> None:
    plan, untouched = small_plan(), small_plan()
    save_geopackage(plan, tmp_path / "sites.gpkg")

    pd.testing.assert_frame_equal(plan.sites, untouched.sites)


def test_lists_and_categories_become_text(tmp_path: Path) -> None:
    plan = small_plan()
    sites = plan.sites.copy()
    sites["rules"] = [["A:pass", "B:check"]] * len(sites)
    sites["kind"] = sites["kind"].astype("category")
    path = save_geopackage(replace(plan, sites=sites), tmp_path / "sites.gpkg")
    table = gpd.read_file(path, layer="sites")

    assert set(table["rules"]) == {"A:pass;B:check"}
    assert table["kind"].tolist() == plan.sites["kind"].tolist()


@pytest.mark.parametrize("racks", [[20, 20, pd.NA], [20.5, 20, None], pd.array([20, 20, None])])
def test_numbers_with_gaps_stay_numbers(tmp_path: Path, racks: object) -> None:
    plan = small_plan()
    centres = plan.edge_data_centres.assign(racks=racks)
    path = save_geopackage(replace(plan, edge_data_centres=centres), tmp_path / "sites.gpkg")
    read = gpd.read_file(path, layer="edge_data_centres")["racks"]

    assert read[1] == 20.0
    assert np.isnan(read[2])


def test_a_plan_without_edge_centres_is_written(tmp_path: Path) -> None:
    plan = small_plan()
    path = save_geopackage(
        replace(plan, edge_data_centres=plan.edge_data_centres.iloc[:0]), tmp_path / "sites.gpkg"
    )

    assert len(gpd.read_file(path, layer="edge_data_centres")) == 0


def test_a_hundred_thousand_demand_rows_take_few_bytes(tmp_path: Path) -> None:
    plan, count = small_plan(), 100_000
    rows = np.arange(count) % len(plan.demand)
    path = save_geopackage(replace(plan, demand=plan.demand.iloc[rows]), tmp_path / "sites.gpkg")

    assert path.stat().st_size < 140 * count
