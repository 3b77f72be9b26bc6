"""People are counted once and where they live; ports, parks and places stand for people."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from layer_edits import records, set_cell, write

from siting.demand import CLASS_NAMES, SETTLED_PEOPLE_PER_KM2, demand_points, environments, locate
from siting.errors import ConfigurationError, DataError
from siting.layers import Layers, read_layers

SOURCE = "made up for the tests; no real place"


@pytest.fixture(scope="module")
def demand(tiny_layers: Layers) -> gpd.GeoDataFrame:
    return demand_points(tiny_layers)


@pytest.fixture(scope="module")
def residents(demand: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return demand[demand["kind"] == "residents"]


@pytest.fixture(scope="module")
def peopled_isle(tiny_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """Return the town with people, a village and a port on the isle that counts nowhere."""
    town = tmp_path_factory.mktemp("isle") / "town"
    shutil.copytree(tiny_town, town)
    (town / "catalogue.csv").unlink()
    add = {
        "townships": f"990103100,岛镇,990103,镇,,118.624,24.88,0.5,made up,,,,plain,,modelled,{SOURCE},",
        "villages": f"990103100201,岛村,990103100,990103,220,village_committee,modelled,{SOURCE},",
        "ports": f"PO-3,岛港,,work_area,118.6125,24.876,1.0,990103,,,modelled,{SOURCE},",
    }
    for name, row in add.items():
        path = town / f"{name}.csv"
        write(path, [*records(path), row.split(",")])
    set_cell(town / "counties.csv", 4, "population", "500")
    return read_layers(town)


@pytest.mark.parametrize("spacing_m", [30.0, 100.0, 170.0, 1000.0])
def test_every_county_and_village_keeps_its_people(tiny_layers: Layers, spacing_m: float) -> None:
    demand = demand_points(tiny_layers, spacing_m=spacing_m)
    counties = tiny_layers.counties.set_index("code")["population"]
    by_county = demand.groupby("county_code")["people"].sum()
    assert by_county.to_dict() == counties[counties > 0].to_dict()
    villages = tiny_layers.villages.set_index("code")["population"]
    assert demand.groupby("village_code")["people"].sum().to_dict() == villages.to_dict()


def test_residents_live_in_their_county_and_in_the_township_that_hosts_their_village(
    tiny_layers: Layers, residents: gpd.GeoDataFrame
) -> None:
    for areas, column in (
        (tiny_layers.counties, "county_code"),
        (tiny_layers.townships, "township_code"),
    ):
        area = areas.set_index("code").geometry.reindex(residents[column]).to_numpy()
        assert shapely.covers(area, residents.geometry.to_numpy()).all()
    host = tiny_layers.villages.set_index("code")["host_township_code"]
    assert (residents["village_code"].map(host) == residents["township_code"]).all()


def test_residents_live_on_the_lattice_and_no_cell_twice(residents: gpd.GeoDataFrame) -> None:
    place = np.column_stack([residents.geometry.x, residents.geometry.y])
    assert (place % 100.0 == 50.0).all()
    assert len(np.unique(place, axis=0)) == len(place)


def test_a_village_settles_as_many_cells_as_its_density_asks(
    tiny_layers: Layers, residents: gpd.GeoDataFrame
) -> None:
    villages = tiny_layers.villages.set_index("code")
    density = villages["urban_rural_class"].map(CLASS_NAMES).map(SETTLED_PEOPLE_PER_KM2)
    asked = np.ceil(villages["population"] / (density * 0.01))
    assert residents.groupby("village_code").size().to_dict() == asked.to_dict()


def test_a_village_is_denser_in_the_middle_than_at_the_edge(
    tiny_layers: Layers, residents: gpd.GeoDataFrame
) -> None:
    middle = tiny_layers.villages.set_index("code").geometry
    for code, cells in residents.groupby("village_code"):
        gap = cells.geometry.distance(middle[code]).to_numpy()
        people = cells["people"].to_numpy()[np.argsort(gap, kind="stable")]
        assert (np.diff(people) <= 1).all(), code  # whole people: one more by remainder
        assert people[0] > 1.3 * people[-1], code


def test_residents_weigh_what_they_count_and_the_others_count_nobody(
    demand: gpd.GeoDataFrame,
) -> None:
    lives = demand["kind"] == "residents"
    assert (demand["weight"][lives] == demand["people"][lives]).all()
    assert (demand["people"][lives] > 0).all()
    assert (demand["people"][~lives] == 0).all()
    weights = demand[~lives].groupby("kind")["weight"].unique().map(list).to_dict()
    assert weights == {"park": [3000.0], "place": [100.0], "port": [2000.0]}
    assert demand["demand_id"].is_unique


def test_places_are_the_seats_and_the_village_committees(
    tiny_layers: Layers, demand: gpd.GeoDataFrame
) -> None:
    committees = tiny_layers.villages["kind"] == "village_committee"
    places = demand[demand["kind"] == "place"]
    assert len(places) == len(tiny_layers.townships) + committees.sum()
    assert set(tiny_layers.villages["name"][committees] + "村委会") <= set(places["name"])


def test_a_layer_of_public_places_replaces_the_seats(tiny_layers: Layers) -> None:
    halls = tiny_layers.parks.assign(name=["一馆", "二馆"], provenance="surveyed")
    demand = demand_points(replace(tiny_layers, public_places=halls))
    places = demand[demand["kind"] == "place"]
    assert list(places["name"]) == ["一馆", "二馆"]
    assert list(places["provenance"]) == ["surveyed", "surveyed"]


def test_a_kind_that_stands_for_nobody_is_left_out(tiny_layers: Layers) -> None:
    demand = demand_points(tiny_layers, port_people=0.0, park_people=0.0, place_people=0.0)
    assert set(demand["kind"]) == {"residents"}


def test_a_town_without_ports_and_parks_or_with_badges_only_has_residents_still(
    tiny_layers: Layers,
) -> None:
    badges = tiny_layers.ports.copy()
    badges.geometry = [None] * len(badges)
    town = replace(tiny_layers, ports=badges, parks=tiny_layers.parks.iloc[:0])
    demand = demand_points(town)
    assert set(demand["kind"]) == {"residents", "place"}
    assert demand["people"].sum() == tiny_layers.counties["population"].sum()


def test_villages_of_a_zone_carry_its_planning_unit(tiny_layers: Layers) -> None:
    villages = tiny_layers.villages
    found = locate(tiny_layers, villages.geometry)
    assert list(found["village_code"]) == list(villages["code"])
    assert list(found["planning_unit"]) == list(villages["planning_unit"])
    assert list(found["township_code"]) == list(villages["host_township_code"])
    zone = (villages["township_code"] == "990101400").to_numpy()
    assert found["planning_unit"][zone].tolist() == ["虚构开发区"]


def test_a_county_outside_the_denominators_has_no_demand(peopled_isle: Layers) -> None:
    assert "990103" in set(peopled_isle.villages["county_code"])
    demand = demand_points(peopled_isle)
    assert set(demand["county_code"]) == {"990101", "990102"}
    assert demand["people"].sum() == 60_000
    assert "岛港" not in set(demand["name"])


def test_a_place_in_a_county_outside_the_denominators_is_not_its_neighbours(
    tiny_layers: Layers,
) -> None:
    isle = tiny_layers.counties["code"] == "990103"
    edge = tiny_layers.townships.union_all().buffer(2500.0)
    shores = tiny_layers.counties.geometry.where(~isle, edge)
    near = replace(tiny_layers, counties=tiny_layers.counties.set_geometry(shores))
    coast = tiny_layers.townships.union_all().bounds
    at_sea = gpd.GeoSeries(
        [shapely.Point(coast[2] + 500.0, coast[1] + 3000.0)], crs=tiny_layers.crs
    )
    assert locate(tiny_layers, at_sea)["county_code"].tolist() == ["990102"]
    assert locate(near, at_sea)["county_code"].tolist() == [""]
    inland = tiny_layers.villages.geometry  # an outline drawn over others takes nothing from them
    assert list(locate(near, inland)["county_code"]) == list(tiny_layers.villages["county_code"])


def test_the_sea_belongs_to_the_nearest_township_for_three_kilometres(tiny_layers: Layers) -> None:
    west, south, _, _ = tiny_layers.townships.total_bounds
    town = tiny_layers.townships.union_all()
    corner = town.boundary.interpolate(
        town.boundary.project(shapely.Point(west - 9999, south + 4000))
    )
    off = [shapely.Point(corner.x - gap, corner.y) for gap in (2500.0, 4000.0)]
    found = locate(tiny_layers, gpd.GeoSeries(off, crs=tiny_layers.crs))
    assert found["county_code"].tolist() == ["990101", ""]
    assert found.loc[1, ["township_code", "village_code", "planning_unit"]].tolist() == ["", "", ""]


def test_no_points_are_located_nowhere(tiny_layers: Layers) -> None:
    assert locate(tiny_layers, gpd.GeoSeries([], crs=tiny_layers.crs)).empty


@pytest.mark.parametrize(
    ("urban_rural_class", "relief", "environment"),
    [
        ("111", "urban", "urban"),
        ("111", "mountain", "urban"),
        ("112", "plain", "town"),
        ("121", "hill", "town"),
        ("123", "plain", "town"),
        ("210", "mountain", "town"),
        ("220", "plain", "plain"),
        ("220", "hill", "hill"),
        ("220", "mountain", "mountain"),
        ("220", "urban", "plain"),
    ],
)
def test_the_class_decides_the_environment_of_towns_and_relief_that_of_villages(
    urban_rural_class: str, relief: str, environment: str
) -> None:
    found = environments(pd.Series([urban_rural_class]), pd.Series([relief]))
    assert found.tolist() == [environment]


@pytest.mark.parametrize("spacing_m", [19.9, 1000.1, float("nan")])
def test_a_spacing_out_of_range_is_refused(tiny_layers: Layers, spacing_m: float) -> None:
    with pytest.raises(ConfigurationError, match="20 to 1000 m"):
        demand_points(tiny_layers, spacing_m=spacing_m)


def test_every_class_without_a_density_is_named(tiny_layers: Layers) -> None:
    some = {**SETTLED_PEOPLE_PER_KM2, "village": 0.0}
    del some["special"]
    with pytest.raises(ConfigurationError) as refusal:
        demand_points(tiny_layers, spacing_m=5.0, people_per_km2=some)
    words = [problem.what.split(" ")[0] for problem in refusal.value.problems]
    assert words == ["spacing_m", "special", "village"]


def test_a_town_where_nobody_lives_is_refused(tiny_layers: Layers) -> None:
    for villages in (tiny_layers.villages.assign(population=0), tiny_layers.villages.iloc[:0]):
        with pytest.raises(DataError, match="nobody lives"):
            demand_points(replace(tiny_layers, villages=villages))


@pytest.mark.parametrize("people", [1, 7, 5000])
def test_one_village_alone_keeps_its_people(tiny_layers: Layers, people: int) -> None:
    alone = tiny_layers.villages.iloc[:1].assign(population=people)
    demand = demand_points(replace(tiny_layers, villages=alone), spacing_m=50.0)
    assert demand["people"].sum() == people


def test_a_village_that_owns_no_cell_lives_at_its_own_point(tiny_layers: Layers) -> None:
    two = tiny_layers.villages.iloc[:2]
    together = two.set_geometry([two.geometry.iloc[0]] * 2, crs=tiny_layers.crs)
    demand = demand_points(replace(tiny_layers, villages=together))
    second = demand[demand["village_code"] == two["code"].iloc[1]]
    assert second["people"].tolist() == [two["population"].iloc[1]]
    assert second.geometry.iloc[0] == two.geometry.iloc[0]


def test_the_same_town_gives_the_same_bytes_twice(
    tiny_layers: Layers, demand: gpd.GeoDataFrame
) -> None:
    again = demand_points(tiny_layers)
    assert again.to_wkb().to_csv().encode() == demand.to_wkb().to_csv().encode()
