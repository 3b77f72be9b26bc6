"""The page's tables say what the plan says: who is not covered, where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from maps_fixture import town_plan
from plan_fixture import small_plan

from siting.maps.columns import positions, values
from siting.maps.site_tables import edge_table, gap_table, proposed_tables
from siting.maps.tables import county_table, place_tables, township_table

if TYPE_CHECKING:
    from siting.layers import Layers

PHASES = ["2024", "2025"]


def test_places_not_covered_indoors_name_the_phase_that_covers_them() -> None:
    demand = small_plan().demand
    table = gap_table(demand, PHASES)
    assert table is not None
    assert table["phase"].count(2) == 10
    assert table["phase"].count(3) == 4, "one more than there are phases: never"
    first = demand["share_after"].where(demand.index % 2 == 0, 0.5)
    table = gap_table(demand.assign(share_2024=first), PHASES)
    assert table is not None
    assert set(table["phase"]) == {1, 2, 3}


def test_people_left_out_add_up_to_the_level_of_the_figures() -> None:
    plan = small_plan()
    table = gap_table(plan.demand, PHASES)
    level = next(level for level in plan.figures["levels"] if level["level"] == "indoors")
    assert table is not None
    assert sum(table["people"]) == level["people"] - level["covered_before"]
    never = sum(
        people for people, phase in zip(table["people"], table["phase"], strict=True) if phase == 3
    )
    assert never == level["people"] - level["after"][-1]["covered"]


def test_a_plan_without_an_indoor_level_has_no_gap_table() -> None:
    demand = small_plan().demand
    assert gap_table(demand[demand["level"] == "outdoors"], PHASES) is None
    assert gap_table(gpd.GeoDataFrame({"demand_id": []}, geometry=[]), PHASES) is None


def test_proposed_sites_stand_in_the_order_of_phase_and_rank(tiny_layers: Layers) -> None:
    drawn, told = proposed_tables(town_plan(tiny_layers).sites, tiny_layers, PHASES)
    order = list(zip(drawn["phase"], drawn["rank"], strict=True))
    assert order == sorted(order)
    assert len(told["reason_zh"]) == len(drawn["site_id"])


def test_every_coordinate_is_within_the_counties(tiny_layers: Layers) -> None:
    west, south, east, north = tiny_layers.counties.to_crs("EPSG:4326").total_bounds
    for table in (county_table(tiny_layers), township_table(tiny_layers)):
        lon, lat = (np.cumsum(table[axis]) / 1e5 for axis in "xy")
        assert ((lon > west) & (lon < east) & (lat > south) & (lat < north)).all()


def test_only_the_excluded_county_is_not_counted(tiny_layers: Layers) -> None:
    table = county_table(tiny_layers)
    excluded = [
        name for name, counted in zip(table["name"], table["counted"], strict=True) if not counted
    ]
    assert excluded == ["虚构岛"]


def test_a_place_nobody_knows_has_no_position(tiny_layers: Layers) -> None:
    places = place_tables(tiny_layers)
    for name, rows in places.items():
        known = getattr(tiny_layers, name).geometry.notna().sum()
        assert sum("lon" in row for row in rows) == known
    edge = edge_table(town_plan(tiny_layers).edge_data_centres, tiny_layers)
    assert edge["placed"] == [True, False]


@pytest.mark.parametrize(("code", "row"), [("b", 1), ("missing", -1), (None, -1)])
def test_a_code_is_the_row_of_the_table_it_names(code: str | None, row: int) -> None:
    assert positions([code], ["a", "b"]) == [row]


def test_an_absent_column_is_its_default_in_every_row() -> None:
    frame = gpd.GeoDataFrame({"a": [1, 2]})
    assert list(values(frame, "a")) == [1, 2]
    assert list(values(frame, "b")) == [None, None]
    assert list(values(frame, "b", default=True)) == [True, True]
