"""Edge data centres: p distinct places, nearest to the stations, the least fibre that p allow."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from town_study import distances, town, town_layers, xy

from siting.edge import EdgePlan, Latency, edge_plan
from siting.edge.rooms import places_on_offer
from siting.errors import ConfigurationError, InfeasibleError
from siting.plan.findings import all_stations

KM = 1.4 / 1000.0  # fibre length [km] of a straight metre


@cache
def lap(p: int = 3, zone_stations: int = 20, reach_km: float = 60.0) -> EdgePlan:
    """Return the centres of the made-up town."""
    return edge_plan(
        town_layers(), stations(), p=p, zone_stations=zone_stations, reach_km=reach_km,
        racks_per_centre=20, racks_total=100,
    )  # fmt: skip


@cache
def stations() -> gpd.GeoDataFrame:
    """Return all sites of the made-up town's plan."""
    return all_stations(town().findings)


@cache
def demand(zone_stations: int = 20) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """Return what wants a centre, computed another way: places and weights [stations]."""
    sites = stations()
    points, weights = [], []
    for _, group in sites.groupby("village_code"):
        count = group["stations"].to_numpy(float)
        points.append(np.average(xy(group), axis=0, weights=count))
        weights.append(count.sum())
    for table in (town_layers().ports, town_layers().parks):
        points += [[point.x, point.y] for point in table.geometry.representative_point()]
        weights += [float(zone_stations)] * len(table)
    places = gpd.GeoDataFrame(geometry=shapely.points(np.array(points)), crs=sites.crs)
    return places, np.array(weights)


def fibre_km(places: gpd.GeoDataFrame) -> np.ndarray:
    """Return the fibre length [km] from each demand to each place."""
    return distances(demand()[0], places) * KM


def chosen(plan: EdgePlan) -> gpd.GeoDataFrame:
    """Return the centres without the core rooms."""
    return plan.centres[plan.centres["role"] == "edge"]


@pytest.mark.parametrize("p", [1, 2, 3, 10])
def test_p_distinct_places_are_chosen(p: int) -> None:
    centres = chosen(lap(p))

    assert len(centres) == lap(p).figures["centres"] == p
    assert centres["edge_id"].is_unique
    assert len(np.unique(xy(centres), axis=0)) == p


@pytest.mark.parametrize("p", [1, 2])
def test_no_other_places_need_less_fibre(p: int) -> None:
    length, weight = fibre_km(places_on_offer(town_layers())), demand()[1]
    choices = combinations(range(length.shape[1]), p)
    least = min(float(weight @ length[:, list(choice)].min(axis=1)) for choice in choices)

    assert lap(p).figures["objective"] == pytest.approx(least)
    assert lap(p).figures["bound"] <= least * (1 + 1e-9)


def test_more_centres_never_need_more_fibre() -> None:
    lengths = [lap(p).figures["objective"] for p in (1, 2, 3, 10)]

    assert lengths == sorted(lengths, reverse=True)


def test_every_station_is_served_by_its_nearest_centre() -> None:
    centres = chosen(lap())
    length, weight = fibre_km(centres), demand()[1]
    load = np.bincount(length.argmin(axis=1), weight, minlength=len(centres))

    assert centres["demand"].tolist() == load.round().tolist()
    assert lap().figures["objective"] == pytest.approx(weight @ length.min(axis=1), rel=1e-6)


def test_latency_by_hand() -> None:
    service = Latency(fibre_ms_per_km=0.01, fibre_detour=1.4, equipment_ms=0.3)

    assert service.round_trip_ms(np.array([0.0, 10_000.0])) == pytest.approx([0.3, 0.44])


def test_latency_is_that_of_the_farthest_village_and_of_95_in_100_stations() -> None:
    trip = 0.3 + 0.01 * fibre_km(chosen(lap())).min(axis=1)
    weight = demand()[1]
    exceeded = lap().figures["latency_p95_ms"] + 1e-4

    assert lap().figures["latency_max_ms"] == pytest.approx(trip.max(), abs=1e-4)
    assert chosen(lap())["latency_max_ms"].max() == pytest.approx(trip.max(), abs=1e-4)
    assert weight[trip > exceeded].sum() <= 0.05 * weight.sum()
    assert weight[trip > exceeded - 2e-4].sum() > 0.05 * weight.sum()
    assert lap().figures["latency_p95_ms"] < lap().figures["latency_max_ms"]


@pytest.mark.parametrize(("limit_ms", "binds"), [(1.0, False), (0.31, True)])
def test_the_plan_says_whether_latency_binds(limit_ms: float, binds: bool) -> None:  # noqa: FBT001
    figures = edge_plan(
        town_layers(), stations(), p=3, latency=Latency(latency_max_ms=limit_ms)
    ).figures

    assert ("exceeded" in figures["binding_en"]) is binds
    assert ("超限" in figures["binding_zh"]) is binds


@pytest.mark.parametrize("p", [1, 3, 10])
def test_racks_are_shared_out_to_the_last_one(p: int) -> None:
    centres, figures = chosen(lap(p)), lap(p).figures

    assert centres["racks"].sum() == figures["racks"] == 20 * p
    assert figures["racks_core"] == max(100 - 20 * p, 0)
    assert centres["racks"].min() >= 5
    order = centres.sort_values("demand")["racks"].tolist()
    assert order == sorted(order)


@pytest.mark.parametrize("p", [2, 3, 10, 34])
def test_the_backup_is_the_nearest_other_centre(p: int) -> None:
    centres = chosen(lap(p))
    gap = distances(centres, centres) + np.where(np.eye(p), np.inf, 0.0)
    backup = centres.set_index("edge_id").index.get_indexer(centres["backup_id"])

    assert (centres["backup_id"] != centres["edge_id"]).all()
    assert gap[np.arange(p), backup] == pytest.approx(gap.min(axis=1))


def test_a_single_centre_has_no_backup() -> None:
    assert chosen(lap(1))["backup_id"].tolist() == [""]


def test_two_centres_on_one_spot_back_each_other_up() -> None:
    layers = town_layers()
    twice = replace(layers, ports=layers.ports.assign(geometry=layers.ports.geometry.iloc[0]))
    centres = edge_plan(twice, stations(), p=34).centres
    centres = centres[centres["role"] == "edge"]

    assert (centres["backup_id"] != centres["edge_id"]).all()


def test_core_rooms_are_open_and_outside_the_p() -> None:
    rooms = lap().centres[lap().centres["role"] == "core"]

    assert rooms["edge_id"].tolist() == ["DC-1", "DC-2"]
    assert rooms["racks"].isna().all()
    assert rooms["county_code"].tolist() == ["990101", "990102"]
    assert len(lap().centres) == 3 + 2


def test_a_core_room_without_a_place_keeps_its_county() -> None:
    layers = town_layers()
    rooms = layers.data_centres.copy()
    rooms.loc[rooms.index[0], "geometry"] = None
    plan = edge_plan(replace(layers, data_centres=rooms), stations(), p=3)
    lost = plan.centres.set_index("edge_id").loc["DC-1"]

    assert lost["county_code"] == "990101"
    assert lost["township_code"] == ""


@pytest.mark.parametrize("p", [0, 35])
def test_a_number_of_centres_that_cannot_be_is_refused(p: int) -> None:
    with pytest.raises(ConfigurationError, match=r"edge\.p"):
        lap(p)


def test_as_many_centres_as_places_is_possible() -> None:
    assert lap(34).figures["centres"] == len(places_on_offer(town_layers())) == 34


@pytest.mark.parametrize(("p", "reach_km"), [(1, 5.0), (3, 0.3)])
def test_a_reach_that_leaves_somebody_out_is_infeasible(p: int, reach_km: float) -> None:
    with pytest.raises(InfeasibleError, match=r"edge.*raise edge.reach_km or edge.p"):
        lap(p, reach_km=reach_km)


def test_a_few_centres_among_very_many_places_are_found() -> None:
    layers = town_layers()
    west, south, east, north = layers.townships.total_bounds
    x, y = np.meshgrid(np.linspace(west, east, 30), np.linspace(south, north, 25))
    grid = gpd.GeoDataFrame(
        {"name": "虚构港", "provenance": "modelled", "radius_m": 0.0},
        geometry=shapely.points(x.ravel(), y.ravel()), crs=layers.crs, index=range(x.size),
    )  # fmt: skip
    many = edge_plan(replace(layers, ports=grid), stations(), p=2, zone_stations=0)

    assert many.figures["objective"] <= lap(2, zone_stations=0).figures["objective"]


def test_ports_and_parks_ask_for_a_centre_only_where_they_count() -> None:
    assert chosen(lap(3))["demand"].sum() == stations()["stations"].sum() + 4 * 20
    assert chosen(lap(3, zone_stations=0))["demand"].sum() == stations()["stations"].sum()


def test_a_site_out_at_sea_stands_for_itself() -> None:
    sites = stations().copy()
    far = sites.geometry.iloc[[0, 1]].translate(0, 9000.0)
    sites.loc[sites.index[:2], "geometry"] = far.to_numpy()
    sites.loc[sites.index[:2], "village_code"] = ""
    plan = edge_plan(town_layers(), sites, p=3)

    assert chosen(plan)["demand"].sum() == sites["stations"].sum() + 4 * 20
