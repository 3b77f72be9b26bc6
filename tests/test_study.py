"""A study from layers to plan: reproducible, limited by money and floors, sharper with surveys."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from layer_edits import add_columns, records, write
from town_study import TOWN, Study, study, town, town_layers

import siting
from siting.errors import ConfigurationError, DataError, InfeasibleError
from siting.layers import read_layers
from siting.plan.model import Plan


def copied(folder: Path) -> Path:
    """Return a copy of the made-up town that may be changed."""
    return Path(shutil.copytree(TOWN, folder / "town"))


def run() -> Plan:
    """Return the plan of the made-up town, made anew."""
    return siting.run(siting.load_scenario(TOWN.with_suffix(".toml")), town_layers())


def assert_same(first: Plan, second: Plan) -> None:
    """Every figure, every cell of every table and every pixel is the same."""
    assert first.figures == second.figures
    for name in ("sites", "demand", "edge_data_centres"):
        one, other = getattr(first, name), getattr(second, name)
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), check_exact=True)
    assert first.rasters is not None
    assert second.rasters is not None
    assert np.array_equal(first.rasters.rsrp_dbm, second.rasters.rsrp_dbm, equal_nan=True)


# --- the same inputs give the same plan


def test_running_the_stages_is_running_the_study() -> None:
    assert_same(town().plan, run())


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="this machine has one thread")
def test_one_thread_and_two_give_the_same_plan() -> None:
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        one = run()
        numba.set_num_threads(2)
        assert_same(one, run())
    finally:
        numba.set_num_threads(before)


def test_progress_is_told_step_by_step_up_to_the_end() -> None:
    told: list[tuple[str, float]] = []
    siting.run(
        siting.load_scenario(TOWN.with_suffix(".toml")), town_layers(),
        progress=lambda step, share: told.append((step, share)),
    )  # fmt: skip
    steps = list(dict.fromkeys(step for step, _ in told))

    assert steps == [
        "demand", "network", "candidates", "coverage", "optimise", "edge", "picture", "plan",
    ]  # fmt: skip
    for step in steps:
        shares = [share for name, share in told if name == step]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert shares[0] >= 0.0


# --- what limits a plan


def test_more_stations_never_cover_less() -> None:
    many = town(("phases.2024.max_stations", 60))

    assert many.figures["phases"][0]["objective"] > town().figures["phases"][0]["objective"]
    assert many.figures["phases"][0]["bound"] >= town().figures["phases"][0]["bound"]


def test_money_limits_each_phase_by_itself() -> None:
    """A first phase without a limit must not lift that of the second, nor leave it its rest."""
    free, tight = town().figures["phases"], town(("phases.2025.budget_cny", 500_000))

    assert free[1]["cost_cny"] > 500_000
    assert tight.figures["phases"][1]["cost_cny"] <= 500_000
    assert tight.figures["phases"][1]["stations_unplaced"] > 0
    assert "budget" in tight.figures["phases"][1]["binding"]


def test_what_the_first_phase_cannot_pay_is_not_built_by_the_second() -> None:
    figures = town(("phases.2024.budget_cny", 1_000_000)).figures

    assert figures["phases"][0]["cost_cny"] <= 1_000_000
    assert [phase["stations"] <= phase["max_stations"] for phase in figures["phases"]] == [True] * 2
    assert all(phase["stations_unplaced"] >= 0 for phase in figures["phases"])


def test_costs_are_the_sum_of_the_sites() -> None:
    wishes = town().scenario.sites
    for phase in town().figures["phases"]:
        mine = town().proposed[town().proposed["phase"] == phase["name"]]
        prices = [
            wishes[row.kind].cost_new_cny if row.build == "new"
            else wishes[row.kind].cost_co_located_cny
            for row in mine.itertuples()
        ]  # fmt: skip
        assert phase["cost_cny"] == sum(prices)


def test_floors_larger_than_the_phases_are_infeasible_and_name_the_counties() -> None:
    with pytest.raises(InfeasibleError) as caught:
        town(("floors.county_stations_per_10000", 50.0))

    (problem,) = caught.value.problems
    assert problem.column == "floors.county_stations_per_10000"
    assert "990101 lacks 100, 990102 lacks 40" in problem.what
    assert "140 stations and the phases have 47" in problem.what


@pytest.mark.parametrize("split", [(30, 17), (46, 1), (1, 46)])
def test_floors_that_just_fit_are_kept_however_the_phases_are_cut(split: tuple[int, int]) -> None:
    """34 per 10,000 want 33 + 12 = 45 stations more, of 47."""
    study = town(
        ("floors.county_stations_per_10000", 34.0),
        ("phases.2024.max_stations", split[0]),
        ("phases.2025.max_stations", split[1]),
    )
    rates = [row["stations_per_10000"] for row in study.figures["counties"] if row["population"]]

    assert min(rates) >= 34.0
    assert study.figures["stations_before"] + sum(split) == 207


def test_a_floor_of_nought_is_off_and_not_spoken_of() -> None:
    warnings = town(("floors.county_stations_per_10000", 0.0)).figures["warnings"]

    assert not any("our reading" in warning["en"] for warning in warnings)


def test_phases_without_stations_leave_everything_as_it_is() -> None:
    figures = town(
        ("phases.2024.max_stations", 0), ("phases.2025.max_stations", 0),
        ("floors.county_stations_per_10000", 0.0),
    ).figures  # fmt: skip

    assert [phase["sites"] for phase in figures["phases"]] == [0, 0]
    assert all(level["after"][-1]["gained"] == 0.0 for level in figures["levels"])


def test_too_many_centres_are_refused_before_anything_is_computed() -> None:
    told: list[str] = []
    scenario = town().scenario.with_changes({"edge.p": 99})
    with pytest.raises(ConfigurationError, match="99 edge data centres are wanted and 34 places"):
        siting.run(scenario, town_layers(), progress=lambda step, _share: told.append(step))

    assert told == []


# --- surveyed layers


def surveyed(folder: Path) -> Study:
    """Return the study of the town in which everything but the protected areas was surveyed."""
    town_folder = copied(folder)
    villages = town_layers().villages.to_crs("EPSG:4326")
    place = {row.code: row.geometry for row in villages.itertuples()}
    codes = [row[0] for row in records(town_folder / "villages.csv")[1:]]
    add_columns(
        town_folder / "villages.csv",
        lon=lambda k: f"{place[codes[k]].x:.6f}",
        lat=lambda k: f"{place[codes[k]].y:.6f}",
        location_radius_m=lambda _k: "20",
    )
    for name in ("villages", "townships", "ports", "parks"):
        path = town_folder / f"{name}.csv"
        write(path, [["surveyed" if c == "modelled" else c for c in r] for r in records(path)])
    write_register(town_folder / "sites.csv", town().existing)
    return study(read_layers(town_folder))


def write_register(path: Path, sites: gpd.GeoDataFrame) -> None:
    """Write sites as a surveyed register."""
    degrees = sites.to_crs("EPSG:4326")
    rows = [
        [r.site_id, r.kind, str(r.stations), r.carriers, f"{r.height_m:g}",
         f"{r.geometry.x:.6f}", f"{r.geometry.y:.6f}", "surveyed", "made up", "2025"]
        for r in degrees.itertuples()
    ]  # fmt: skip
    head = "site_id,kind,stations,carriers,height_m,lon,lat,provenance,source,vintage"
    write(path, [head.split(","), *rows])


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return the surveyed town's study, done once."""
    return surveyed(tmp_path_factory.mktemp("surveyed"))


def test_surveyed_layers_lower_the_modelled_share_to_nought(survey: Study) -> None:
    assert survey.figures["modelled"] == {"demand": 0.0, "network": 0.0, "places": 0.0}
    assert survey.figures["modelled_share"] == 0.0 < town().figures["modelled_share"]


def test_sites_that_rest_on_surveys_are_pins(survey: Study) -> None:
    assert set(survey.proposed["provenance"]) == {"surveyed"}
    assert survey.proposed["location_radius_m"].max() <= 1000.0
    assert not survey.proposed["name"].str.contains("示意").any()
    assert not any("modelled" in warning["en"] for warning in survey.figures["warnings"])


def test_the_register_is_the_network(survey: Study) -> None:
    assert survey.existing["site_id"].tolist() == town().existing["site_id"].tolist()
    assert survey.figures["stations_before"] == 160
    assert survey.figures["sites_before"] == 80


def test_the_register_alone_makes_the_network_firm_and_leaves_places_modelled(
    tmp_path: Path,
) -> None:
    folder = copied(tmp_path)
    write_register(folder / "sites.csv", town().existing)
    figures = study(read_layers(folder)).figures

    assert figures["modelled"] == {"demand": 1.0, "network": 0.0, "places": 1.0}
    assert figures["modelled_share"] == pytest.approx(2 / 3)


# --- terrain


def write_dem(path: Path, *, ridges_m: float, void: str = "") -> None:
    """Write a DEM of the town: flat, or with a ridge from north to south every 1.5 km."""
    west, south, east, north = town_layers().townships.total_bounds
    cell, margin = 100.0, 12_000.0
    columns = int((east - west + 2 * margin) // cell)
    rows = int((north - south + 2 * margin) // cell)
    elevation = np.full((rows, columns), 20.0, dtype=np.float32)
    elevation[:, ::15] += ridges_m
    if void == "all":
        elevation[:] = -9999.0
    elif void:
        elevation[rows // 2 - 2 : rows // 2 + 2, columns // 2 - 2 : columns // 2 + 2] = -9999.0
    profile = {
        "driver": "GTiff", "width": columns, "height": rows, "count": 1, "dtype": "float32",
        "crs": "EPSG:32650", "nodata": -9999.0,
        "transform": Affine(cell, 0.0, west - margin, 0.0, -cell, north + margin),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(elevation, 1)


def with_dem(folder: Path, **shape) -> Study:
    """Return the study of the town with a DEM."""
    town_folder = copied(folder)
    write_dem(town_folder / "dem.tif", **shape)
    return study(read_layers(town_folder))


def speaks_of(study: Study, words: str) -> bool:
    return any(words in warning["en"] for warning in study.figures["warnings"])


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return the study of the town on flat ground, done once."""
    return with_dem(tmp_path_factory.mktemp("flat"), ridges_m=0.0)


def test_a_dem_replaces_the_allowance_for_relief_and_nothing_else(flat: Study) -> None:
    demand = town().today.demand
    relief = np.tile(demand["environment"].isin(["hill", "mountain"]), len(town().today.levels))
    seen, assumed = (s.plan.demand["share_before"].to_numpy() for s in (flat, town()))

    assert (seen[~relief] == assumed[~relief]).all()
    assert (seen[relief] >= assumed[relief]).all()


def test_a_dem_is_announced(flat: Study) -> None:
    assert speaks_of(town(), "no terrain")
    assert not speaks_of(flat, "no terrain")
    assert speaks_of(flat, "terrain decides what is served")
    assert "terrain" in {entry["layer"] for entry in flat.figures["inputs"]}


def test_ridges_take_service_away_and_give_none(tmp_path: Path, flat: Study) -> None:
    hilly = with_dem(tmp_path, ridges_m=150.0)
    before, open_ground = (s.plan.demand["share_before"].to_numpy() for s in (hilly, flat))

    assert (before <= open_ground).all()
    assert (before < open_ground).any()
    assert hilly.proposed["site_id"].tolist() != flat.proposed["site_id"].tolist()


@pytest.mark.parametrize("void", ["all", "a hole"])
def test_a_void_dem_is_an_error_and_never_sea_level(tmp_path: Path, void: str) -> None:
    with pytest.raises(DataError, match=r"dem\.tif"):
        with_dem(tmp_path, ridges_m=0.0, void=void)
