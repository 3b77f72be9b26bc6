"""The register is taken as it is; without one the modelled network adds up and says it is modelled."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from siting import load_scenario
from siting.assumptions import antennas_of, radios
from siting.demand import demand_points
from siting.errors import ConfigurationError
from siting.layers import Layers, read_layers
from siting.network import existing_network

REGISTER = """\
site_id,name,kind,stations,carriers,height_m,lon,lat,provenance,source,vintage
R-1,塔一,macro,3,700; 2600,30,118.476,24.906,official,made up,2024
R-2,塔二,macro,2,2100;3500,25,118.524,24.892,official,made up,2024
R-3,杆一,micro,1,4900,8,118.45,24.88,surveyed,made up,2024
R-4,楼一,indoor,1,3500,3,118.444,24.92,modelled,made up,2024
R-5,海塔,macro,1,3500,30,118.624,24.88,official,made up,2024
"""


@pytest.fixture(scope="module")
def demand(tiny_layers: Layers) -> gpd.GeoDataFrame:
    return demand_points(tiny_layers)


@pytest.fixture(scope="module")
def network(tiny_layers: Layers, demand: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return existing_network(tiny_layers, demand, stations=160)


@pytest.fixture(scope="module")
def registered(tiny_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Layers:
    town = tmp_path_factory.mktemp("register") / "town"
    shutil.copytree(tiny_town, town)
    (town / "catalogue.csv").unlink()
    (town / "sites.csv").write_text(REGISTER, encoding="utf-8")
    return read_layers(town)


@pytest.mark.parametrize(
    ("stations", "sharing"), [(1, 1.0), (3, 2.0), (33, 1.0), (160, 2.0), (500, 4.0), (5000, 1.7)]
)
def test_stations_sum_exactly_and_every_site_has_one(
    tiny_layers: Layers, demand: gpd.GeoDataFrame, stations: int, sharing: float
) -> None:
    network = existing_network(tiny_layers, demand, stations=stations, stations_per_site=sharing)
    assert network["stations"].sum() == stations
    assert np.ptp(network["stations"]) <= 1
    assert network["stations"].min() >= 1
    cells = int((demand["kind"] == "residents").sum())
    assert len(network) == min(max(round(stations / sharing), 1), cells)


def test_sites_stand_on_settled_cells_one_on_each(
    demand: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> None:
    settled = set(demand.geometry[demand["kind"] == "residents"].to_wkb())
    stand = network.geometry.to_wkb()
    assert set(stand) <= settled
    assert stand.is_unique
    assert network["site_id"].is_unique


def test_every_village_committee_has_a_site_and_its_only_site_is_macro(
    tiny_layers: Layers, network: gpd.GeoDataFrame
) -> None:
    villages = tiny_layers.villages
    committees = villages["code"][villages["kind"] == "village_committee"]
    assert set(committees) <= set(network["village_code"])
    alone = network[~network["village_code"].duplicated(keep=False)]
    assert len(alone) > 0
    assert set(alone["kind"]) == {"macro"}


def test_a_committee_without_residents_asks_for_no_site(tiny_layers: Layers) -> None:
    people = tiny_layers.villages["population"].where(tiny_layers.villages.index != 6, 0)
    emptied = replace(tiny_layers, villages=tiny_layers.villages.assign(population=people))
    demand = demand_points(emptied)
    network = existing_network(emptied, demand, stations=160)
    assert tiny_layers.villages["code"][6] not in set(network["village_code"])
    assert network["stations"].sum() == 160


def test_more_people_have_no_fewer_sites(tiny_layers: Layers, network: gpd.GeoDataFrame) -> None:
    sites = network.groupby("county_code").size()
    people = tiny_layers.counties.set_index("code")["population"]
    assert sites["990101"] / sites["990102"] == pytest.approx(
        people["990101"] / people["990102"], rel=0.15
    )


@pytest.mark.parametrize(("micro", "indoor"), [(0.0, 0.0), (0.15, 0.1), (0.3, 0.2)])
def test_kinds_have_their_shares(
    tiny_layers: Layers, demand: gpd.GeoDataFrame, micro: float, indoor: float
) -> None:
    network = existing_network(
        tiny_layers, demand, stations=400, micro_share=micro, indoor_share=indoor
    )
    kinds = network["kind"].value_counts()
    assert kinds.get("micro", 0) == round(micro * len(network))
    assert kinds.get("indoor", 0) == round(indoor * len(network))


def test_the_modelled_network_says_so_and_carries_known_bands(network: gpd.GeoDataFrame) -> None:
    assert set(network["provenance"]) == {"modelled"}
    assert (network["location_radius_m"] > 0).all()
    assert network["name"].str.contains("示意").all()
    rural = network["environment"].isin(["plain", "hill", "mountain"])
    macro = network["kind"] == "macro"
    assert set(network["carriers"][macro & ~rural]) == {"2600;3500"}
    assert set(network["carriers"][macro & rural]) <= {"700;2600", "900;2600", "2600"}
    assert set(network["carriers"][~macro]) == {"3500"}


def test_every_site_knows_its_place(tiny_layers: Layers, network: gpd.GeoDataFrame) -> None:
    area = tiny_layers.townships.set_index("code").geometry.reindex(network["township_code"])
    assert shapely.covers(area.to_numpy(), network.geometry.to_numpy()).all()
    unit = tiny_layers.villages.set_index("code")["planning_unit"]
    assert (network["village_code"].map(unit) == network["planning_unit"]).all()


def test_every_share_out_of_range_is_named_at_once(
    tiny_layers: Layers, demand: gpd.GeoDataFrame
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        existing_network(
            tiny_layers, demand, stations=-1, stations_per_site=5.0, micro_share=-0.1,
            indoor_share=1.2,
        )  # fmt: skip
    assert {problem.column for problem in refusal.value.problems} == {
        "network.stations",
        "network.stations_per_site",
        "network.micro_share",
        "network.indoor_share",
    }


def test_shares_may_leave_no_macro_but_the_first_of_each_village(
    tiny_layers: Layers, demand: gpd.GeoDataFrame
) -> None:
    network = existing_network(tiny_layers, demand, stations=160, micro_share=0.9, indoor_share=0.1)
    macros = network[network["kind"] == "macro"]
    assert len(macros) == network["village_code"].nunique()
    assert macros["village_code"].is_unique


def test_a_register_replaces_the_model(registered: Layers) -> None:
    network = existing_network(registered, demand_points(registered), stations=160)
    assert list(network["site_id"]) == ["R-1", "R-2", "R-3", "R-4", "R-5"]
    assert list(network["stations"]) == [3, 2, 1, 1, 1]
    assert list(network["carriers"]) == ["700;2600", "2100;3500", "4900", "3500", "3500"]
    assert list(network["provenance"]) == [
        "official",
        "official",
        "surveyed",
        "modelled",
        "official",
    ]
    assert list(network["location_radius_m"]) == [20.0, 20.0, 20.0, 500.0, 20.0]
    assert network["county_code"].tolist()[:4] == ["990101", "990102", "990101", "990101"]
    assert network["county_code"][4] == "", "the isle counts in no denominator"
    assert network["county"].tolist()[:2] == ["虚构西区", "虚构东县"]


def test_bands_that_the_scenario_does_not_know_are_all_named(
    registered: Layers, tiny_town: Path
) -> None:
    network = existing_network(registered, demand_points(registered))
    known = radios(load_scenario(tiny_town.with_suffix(".toml")))
    with pytest.raises(ConfigurationError) as refusal:
        antennas_of(network, known)
    assert [problem.what for problem in refusal.value.problems] == [
        "macro sites carry 2100 MHz and the scenario has no [radio.macro_2100]",
        "micro sites carry 4900 MHz and the scenario has no [radio.micro_4900]",
    ]


def test_the_same_town_gives_the_same_bytes_twice(
    tiny_layers: Layers, demand: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> None:
    again = existing_network(tiny_layers, demand, stations=160)
    assert again.to_wkb().to_csv().encode() == network.to_wkb().to_csv().encode()
