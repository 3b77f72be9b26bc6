"""A scenario's tables become the values of the lower floors, or one error says what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from scipy.spatial import cKDTree

from siting.assumptions import (
    antennas_of,
    county_floors,
    kinds_of_site,
    latency_of,
    levels_of,
    points_of,
    radios,
    wishes_of,
)
from siting.coverage import ENVIRONMENTS
from siting.demand import demand_points
from siting.errors import ConfigurationError, InfeasibleError
from siting.layers import Layers
from siting.network import existing_network
from siting.scenario import Scenario, load_scenario


@pytest.fixture(scope="module")
def scenario(tiny_town: Path) -> Scenario:
    return load_scenario(tiny_town.with_suffix(".toml"))


@pytest.fixture(scope="module")
def demand(tiny_layers: Layers) -> gpd.GeoDataFrame:
    return demand_points(tiny_layers)


@pytest.fixture(scope="module")
def network(tiny_layers: Layers, demand: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return existing_network(tiny_layers, demand, stations=161)


def _sites(*rows: tuple[str, str, int]) -> gpd.GeoDataFrame:
    kind, carriers, stations = zip(*rows, strict=True)
    table = {"kind": kind, "carriers": carriers, "stations": stations}
    places = gpd.points_from_xy(range(len(rows)), [0.0] * len(rows))
    return gpd.GeoDataFrame(table, geometry=places, crs="EPSG:32650")


def test_every_radio_is_found_by_its_kind_and_band(scenario: Scenario) -> None:
    known = radios(scenario)
    assert [radio.name for radio in known.radios] == list(scenario.radio)
    for (kind, band), place in known.by_kind_and_band.items():
        radio = known.radios[place]
        assert radio.kind == kind
        assert radio.carrier_ghz * 1000.0 == pytest.approx(float(band))
        assert radio.eirp_per_re_dbm == scenario.radio[radio.name].eirp_per_re_dbm
    assert {("macro", "700"), ("micro", "3500"), ("indoor", "3500")} <= set(known.by_kind_and_band)


def test_a_radio_with_a_name_of_its_own_is_of_the_kind_that_names_it(scenario: Scenario) -> None:
    renamed = {**scenario.radio, "mast": scenario.radio["macro_3500"]}
    macro = replace(scenario.sites["macro"], radio="mast")
    changed = replace(scenario, radio=renamed, sites={**scenario.sites, "macro": macro})
    known = radios(changed)
    assert known.radios[known.by_kind_and_band["macro", "3500"]].name == "mast"
    assert kinds_of_site(changed)["macro"].carrier == "3500"


def test_radios_without_a_kind_are_all_named(scenario: Scenario) -> None:
    mast = scenario.radio["macro_3500"]
    lost = replace(scenario, radio={**scenario.radio, "mast": mast, "pole": mast})
    with pytest.raises(ConfigurationError) as refusal:
        radios(lost)
    assert [problem.column for problem in refusal.value.problems] == ["radio.mast", "radio.pole"]


def test_a_kind_that_is_not_offered_may_still_stand(scenario: Scenario) -> None:
    macro_only = replace(scenario, sites={"macro": scenario.sites["macro"]})
    assert set(kinds_of_site(macro_only)) == {"macro"}
    known = radios(macro_only)
    stands = antennas_of(_sites(("indoor", "3500", 1)), known)
    assert known.radios[stands.radio[0]].kind == "indoor"


def test_kinds_of_site_are_those_of_the_scenario(scenario: Scenario) -> None:
    kinds = kinds_of_site(scenario)
    assert list(kinds) == ["macro", "micro", "indoor"]
    assert (kinds["macro"].carrier, kinds["macro"].carrier_rural) == ("3500", "700")
    assert (kinds["micro"].carrier, kinds["micro"].carrier_rural) == ("3500", "3500")
    for name, kind in kinds.items():
        table = scenario.sites[name]
        assert (kind.stations, kind.stations_co_located) == (
            table.stations,
            table.stations_co_located,
        )
        assert (kind.cost_new_cny, kind.spacing_m) == (table.cost_new_cny, table.spacing_m)


def test_points_keep_their_order_and_their_environment(demand: gpd.GeoDataFrame) -> None:
    points = points_of(demand)
    assert [ENVIRONMENTS[k].name for k in points.environment] == list(demand["environment"])
    assert points.weight.tolist() == demand["weight"].tolist()
    assert points.xy_m[:, 0].tolist() == demand.geometry.x.tolist()


def test_the_stations_of_a_site_are_shared_out_over_its_bands(scenario: Scenario) -> None:
    sites = _sites(
        ("macro", "700;2600", 3), ("micro", "3500", 2), ("macro", "2600;3500", 1),
    )  # fmt: skip
    antennas = antennas_of(sites, radios(scenario))
    assert antennas.site.tolist() == [0, 0, 1, 2, 2]
    assert antennas.stations.tolist() == [2, 1, 2, 1, 0]
    assert antennas.xy_m[:, 0].tolist() == [0.0, 0.0, 1.0, 2.0, 2.0]
    names = [radios(scenario).radios[k].name for k in antennas.radio]
    assert names == ["macro_700", "macro_2600", "micro_3500", "macro_2600", "macro_3500"]


def test_no_station_of_the_network_is_lost(scenario: Scenario, network: gpd.GeoDataFrame) -> None:
    antennas = antennas_of(network, radios(scenario))
    by_site = np.bincount(antennas.site, antennas.stations)
    assert by_site.tolist() == network["stations"].tolist()
    assert by_site.sum() == 161


def test_unknown_bands_are_all_named_once(scenario: Scenario) -> None:
    sites = _sites(
        ("macro", "2100;700", 2), ("macro", "2100", 1), ("indoor", "4900", 1), ("micro", "26000", 1),
    )  # fmt: skip
    with pytest.raises(ConfigurationError) as refusal:
        antennas_of(sites, radios(scenario))
    words = [problem.what.split(" MHz")[0] for problem in refusal.value.problems]
    assert words == ["indoor sites carry 4900", "macro sites carry 2100", "micro sites carry 26000"]


def test_no_sites_have_no_antennas(scenario: Scenario, network: gpd.GeoDataFrame) -> None:
    antennas = antennas_of(network.iloc[:0], radios(scenario))
    assert antennas.xy_m.shape == (0, 2)
    assert len(antennas.radio) == len(antennas.site) == len(antennas.stations) == 0


def test_levels_are_those_with_weight_in_the_order_of_the_scenario(
    scenario: Scenario, demand: gpd.GeoDataFrame
) -> None:
    levels = levels_of(scenario, demand)
    assert [level.name for level in levels] == ["outdoors", "indoors", "busy_hour"]
    assert [level.counts_carriers for level in levels] == [False, False, True]
    assert [level.service.indoor for level in levels] == [False, True, True]
    for level in levels[:2]:
        assert set(level.carriers_wanted) == {1}
    without = levels_of(scenario.with_changes({"service.indoors.weight": 0.0}), demand)
    assert [level.name for level in without] == ["outdoors", "busy_hour"]


@pytest.mark.parametrize("spacing_m", [100.0, 33.3, 61.7])
def test_the_busy_hour_counts_the_people_around(
    scenario: Scenario, tiny_layers: Layers, spacing_m: float
) -> None:
    demand = demand_points(
        tiny_layers, spacing_m=spacing_m, port_people=0.0, park_people=0.0, place_people=0.0
    )
    changes = {"service.busy_hour.active_share": 0.03, "demand.spacing_m": spacing_m}
    crowded = scenario.with_changes(changes)
    table = crowded.service["busy_hour"]
    xy = np.column_stack([demand.geometry.x, demand.geometry.y])
    around = cKDTree(xy).query_ball_point(xy, 250.0)
    people = np.array([demand["people"].to_numpy()[near].sum() for near in around])
    carriers = np.ceil(people * 0.7 * 0.03 * 50.0 / 450.0 - 1e-9)
    expected = np.clip(carriers, 1, table.max_carriers).astype(int)
    wanted = levels_of(crowded, demand)[2].carriers_wanted
    assert len(set(expected)) > 2
    assert wanted.tolist() == expected.tolist()


def test_phases_become_wishes(scenario: Scenario) -> None:
    changed = scenario.with_changes({"phases.2025.budget_cny": 5_000_000})
    wishes = [(wish.name, wish.max_stations, wish.budget_cny) for wish in wishes_of(changed)]
    assert wishes == [("2024", 30, None), ("2025", 17, 5_000_000.0)]


def test_latency_is_that_of_the_edge(scenario: Scenario) -> None:
    latency = latency_of(scenario)
    assert latency.latency_max_ms == scenario.edge.latency_max_ms
    assert latency.fibre_ms_per_km == scenario.edge.fibre_ms_per_km


def test_a_county_lacks_what_its_people_ask_beyond_what_stands(
    scenario: Scenario, tiny_layers: Layers, network: gpd.GeoDataFrame
) -> None:
    # 42,000 and 18,000 people at 30 per 10,000 ask 126 and 54 stations.
    there = network.groupby("county_code")["stations"].sum()
    expected = {"990101": 126 - there["990101"], "990102": 54 - there["990102"]}
    expected = {code: count for code, count in expected.items() if count > 0}
    assert county_floors(scenario, tiny_layers, network) == expected
    empty = {"990101": 126, "990102": 54}
    many = scenario.with_changes({"phases.2024.max_stations": 163})
    assert county_floors(many, tiny_layers, network.iloc[:0]) == empty


def test_a_floor_of_zero_asks_nothing(
    scenario: Scenario, tiny_layers: Layers, network: gpd.GeoDataFrame
) -> None:
    off = scenario.with_changes({"floors.county_stations_per_10000": 0.0})
    assert county_floors(off, tiny_layers, network.iloc[:0]) == {}


def test_floors_beyond_all_phases_are_refused_and_every_county_is_named(
    scenario: Scenario, tiny_layers: Layers, network: gpd.GeoDataFrame
) -> None:
    with pytest.raises(InfeasibleError, match="990101 lacks 126, 990102 lacks 54") as refusal:
        county_floors(scenario, tiny_layers, network.iloc[:0])
    assert "180 stations" in str(refusal.value)
    assert "47" in str(refusal.value)
