"""Candidates stand where something is unmet, keep their distance, and say what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from siting.candidates import KINDS, candidate_sites
from siting.demand import demand_points
from siting.layers import Layers
from siting.network import existing_network


@pytest.fixture(scope="module")
def demand(tiny_layers: Layers) -> gpd.GeoDataFrame:
    return demand_points(tiny_layers)


@pytest.fixture(scope="module")
def network(tiny_layers: Layers, demand: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return existing_network(tiny_layers, demand, stations=160)


@pytest.fixture(scope="module")
def unmet(demand: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return a need in the east county and in one urban community, none elsewhere."""
    lacks = (demand["county_code"] == "990102") | (demand["village_code"] == "990101001001")
    return demand["weight"].where(lacks, 0.0).to_numpy(float)


@pytest.fixture(scope="module")
def candidates(
    tiny_layers: Layers,
    demand: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    unmet: NDArray[np.float64],
) -> gpd.GeoDataFrame:
    return candidate_sites(tiny_layers, demand, network, unmet)


def _xy(points: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return np.column_stack([points.geometry.x, points.geometry.y])


def test_every_existing_macro_site_offers_one_more_carrier_where_it_stands(
    candidates: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> None:
    shared = candidates[candidates["build"] == "co_located"].set_index("host_site_id")
    hosts = network[network["kind"] == "macro"].set_index("site_id")
    assert list(shared.index) == list(hosts.index)
    assert (shared.geometry.to_wkb() == hosts.geometry.to_wkb()).all()
    assert set(shared["kind"]) == {"macro"}
    assert set(shared["stations"]) == {1}
    assert set(shared["cost_cny"]) == {190_000.0}


def test_a_rural_host_is_offered_the_low_band_that_it_has_not(
    candidates: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> None:
    bands = candidates.set_index("host_site_id")["carriers"]
    for host in network[network["kind"] == "macro"].itertuples():
        rural = host.environment in ("plain", "hill", "mountain")
        wants_low = rural and "700" not in host.carriers.split(";")
        assert bands[host.site_id] == ("700" if wants_low else "3500")


def test_new_sites_have_no_host(candidates: gpd.GeoDataFrame) -> None:
    new = candidates[candidates["build"] == "new"]
    assert set(new["host_site_id"]) == {""}
    assert set(new["kind"]) == {"macro", "micro", "indoor"}
    assert (
        new["stations"].tolist() == new["kind"].map({"macro": 2, "micro": 1, "indoor": 1}).tolist()
    )


@pytest.mark.parametrize("spacing_m", [0.0, 80.0, 450.0])
def test_new_sites_of_a_kind_keep_their_spacing(
    tiny_layers: Layers,
    demand: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    unmet: NDArray[np.float64],
    spacing_m: float,
) -> None:
    kinds = {name: replace(kind, spacing_m=spacing_m) for name, kind in KINDS.items()}
    found = candidate_sites(tiny_layers, demand, network, unmet, kinds=kinds)
    for kind, mine in found[found["build"] == "new"].groupby("kind"):
        gap = cKDTree(_xy(mine)).query(_xy(mine), k=2)[0][:, 1]
        assert gap.min() >= spacing_m * (1 - 1e-6), kind
        assert gap.min() > 0, kind


def test_a_site_gives_way_only_to_one_that_is_near(
    tiny_layers: Layers,
    demand: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    unmet: NDArray[np.float64],
    candidates: gpd.GeoDataFrame,
) -> None:
    close = {name: replace(kind, spacing_m=0.0) for name, kind in KINDS.items()}
    offered = candidate_sites(tiny_layers, demand, network, unmet, kinds=close)
    for name, kind in KINDS.items():
        before, after = (
            _xy(table[(table["kind"] == name) & (table["build"] == "new")])
            for table in (offered, candidates)
        )
        assert cKDTree(after).query(before)[0].max() < kind.spacing_m


def test_new_sites_stand_near_unmet_need_and_nowhere_else(
    candidates: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, unmet: NDArray[np.float64]
) -> None:
    new = candidates[candidates["build"] == "new"]
    gap = cKDTree(_xy(demand[unmet > 0])).query(_xy(new))[0]
    assert gap.max() < 1000.0
    placed = new[new["origin"] != "hot_spot"]
    assert cKDTree(_xy(demand[unmet > 0])).query(_xy(placed))[0].max() == 0.0
    assert (new["county_code"] == "990102").sum() > 0.5 * len(new)


def test_hot_spots_of_micro_sites_are_urban(
    tiny_layers: Layers, demand: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> None:
    rural = demand["environment"].isin(["plain", "hill", "mountain"])
    lacks = demand["weight"].where(rural, 0.0).to_numpy(float)
    found = candidate_sites(tiny_layers, demand, network, lacks)
    assert "macro" in set(found["kind"][found["origin"] == "hot_spot"])
    assert "micro" not in set(found["kind"][found["origin"] == "hot_spot"])


def test_ports_and_parks_without_service_are_offered_themselves(
    candidates: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, unmet: NDArray[np.float64]
) -> None:
    zones = candidates[candidates["origin"] == "zone"]
    lacking = demand[demand["kind"].isin(["port", "park"]) & (unmet > 0)]
    assert set(lacking["kind"]) == {"port", "park"}
    assert set(zones.geometry.to_wkb()) <= set(lacking.geometry.to_wkb())
    assert set(zones["location_radius_m"]) <= {500.0, 1000.0}
    micro = _xy(candidates[candidates["kind"] == "micro"])
    assert cKDTree(micro).query(_xy(lacking))[0].max() < KINDS["micro"].spacing_m


def test_where_nothing_is_unmet_only_carriers_are_offered(
    tiny_layers: Layers, demand: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> None:
    found = candidate_sites(tiny_layers, demand, network, np.zeros(len(demand)))
    assert set(found["build"]) == {"co_located"}


@pytest.mark.parametrize("name", ["macro", "micro", "indoor"])
def test_without_need_and_without_a_network_there_is_no_candidate(
    tiny_layers: Layers, demand: gpd.GeoDataFrame, network: gpd.GeoDataFrame, name: str
) -> None:
    none = np.zeros(len(demand))
    one = {name: KINDS[name]}
    found = candidate_sites(tiny_layers, demand, network.iloc[:0], none, kinds=one)
    assert found.empty
    assert found.crs == tiny_layers.crs
    assert {"site_id", "carriers", "cost_cny", "county_code"} <= set(found.columns)


def test_only_the_kinds_on_offer_are_offered(
    tiny_layers: Layers,
    demand: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    unmet: NDArray[np.float64],
) -> None:
    one: Mapping = {"indoor": KINDS["indoor"]}
    found = candidate_sites(tiny_layers, demand, network, unmet, kinds=one)
    assert set(found["kind"]) == {"indoor"}


def test_a_layer_of_public_places_is_where_indoor_systems_go(
    tiny_layers: Layers, network: gpd.GeoDataFrame
) -> None:
    halls = replace(tiny_layers, public_places=tiny_layers.parks.assign(name=["一馆", "二馆"]))
    demand = demand_points(halls)
    found = candidate_sites(halls, demand, network, demand["weight"].to_numpy(float))
    indoor = found[found["kind"] == "indoor"]
    assert set(indoor.geometry.to_wkb()) == set(tiny_layers.parks.geometry.to_wkb())


def test_every_candidate_stands_in_a_county_that_counts(
    tiny_layers: Layers, candidates: gpd.GeoDataFrame
) -> None:
    assert set(candidates["county_code"]) <= {"990101", "990102"}
    outlines = tiny_layers.counties.set_index("code").geometry.buffer(500.0)
    mine = outlines.reindex(candidates["county_code"]).to_numpy()
    assert shapely.covers(mine, candidates.geometry.to_numpy()).all()


def test_every_candidate_is_complete(candidates: gpd.GeoDataFrame) -> None:
    assert candidates["site_id"].is_unique
    needed = candidates[["county", "township", "village", "planning_unit", "carriers", "owner"]]
    assert (needed != "").all().all()
    assert candidates.drop(columns="geometry").notna().all().all()
    assert (candidates["location_radius_m"] > 0).all()
    assert set(candidates["status"]) == {"candidate"}
    assert set(candidates["provenance"]) == {"modelled"}


def test_no_candidate_has_the_id_of_a_site_that_stands(
    tiny_layers: Layers, demand: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> None:
    taken = network.assign(site_id=network["site_id"].str.replace("E", "C"))
    found = candidate_sites(tiny_layers, demand, taken, np.zeros(len(demand)))
    assert not set(found["site_id"]) & set(taken["site_id"])
    assert set(found["host_site_id"]) <= set(taken["site_id"])


def test_points_at_one_place_are_one_hot_spot(
    tiny_layers: Layers, demand: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> None:
    town = demand[demand["environment"] == "town"].iloc[:12]
    place = town.geometry.iloc[0]
    piled = town.set_geometry([place] * len(town), crs=town.crs).reset_index(drop=True)
    found = candidate_sites(tiny_layers, piled, network, np.ones(len(piled)))
    spots = found[found["origin"] == "hot_spot"]
    assert sorted(spots["kind"]) == ["macro", "micro"]
    assert (spots.geometry.distance(place) < 10.0).all()


def test_the_same_need_gives_the_same_bytes_twice(
    tiny_layers: Layers,
    demand: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    unmet: NDArray[np.float64],
    candidates: gpd.GeoDataFrame,
) -> None:
    again = candidate_sites(tiny_layers, demand, network, unmet)
    assert again.to_wkb().to_csv().encode() == candidates.to_wkb().to_csv().encode()
