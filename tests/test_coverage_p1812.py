"""P.1812 agrees with the published runs term by term, and keeps its promises on any terrain."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage import p1812
from siting.errors import ConfigurationError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))
import _vector_cases as vectors

OURS = list(vectors.p1812_cases())
LINK = {"carrier_ghz": 0.7, "transmitter_height_m": 35.0, "receiver_height_m": 1.5}
FLAT_KM = np.linspace(0.0, 5.0, 51)
FLAT_M = np.zeros(51)


@pytest.mark.parametrize("case", OURS, ids=[case.name for case in OURS])
def test_every_term_of_a_published_run_is_met(case):
    off = vectors.deviations(case)
    assert "Lb" in off
    assert {key: value for key, value in off.items() if abs(value) > 1e-6} == {}


def test_our_published_runs_hold_land_and_sea_and_every_term():
    assert {case.terms.get("w", 0.0) > 0.75 for case in OURS} == {True, False}
    assert max(len(case.terms) for case in OURS) == len(vectors.SYMBOLS)
    carriers = [case.arguments["carrier_ghz"] for case in OURS]
    assert (min(carriers), max(carriers)) == (0.03, 6.0)


def test_every_supplied_run_is_met(shared_directory):
    folder = shared_directory / "vectors/radio"
    if not (folder / "p1812").is_dir():
        pytest.skip("the published vectors are not here")
    cases = list(vectors.p1812_cases(folder))
    assert len(cases) == 27 + 6  # and those over sea, which are ours alone
    for case in cases:
        assert max(map(abs, vectors.deviations(case).values())) < 1e-6, case.name


def test_every_model_passes_its_bar():
    rows = vectors.vector_rows(None)
    assert len(rows) == 8
    assert [row["case"] for row in rows if not row["passed"]] == []


def test_a_clear_short_path_is_free_space():
    loss = p1812.basic_loss_db(
        FLAT_KM,
        FLAT_M,
        carrier_ghz=6.0,
        transmitter_height_m=200.0,
        receiver_height_m=200.0,
    )
    assert loss == pytest.approx(92.4 + 20 * np.log10(6.0) + 20 * np.log10(5.0), abs=0.01)


def test_one_kilowatt_makes_the_known_field_in_free_space():
    # 1 kW from a half-wave dipole at 1 km: sqrt(30 x 1640) V/m per km = 106.9 dB(uV/m)
    free_db = 92.45 + 20 * np.log10(0.7)
    field = p1812.field_strength_dbuv_per_m(free_db, carrier_ghz=0.7)
    assert field == pytest.approx(20 * np.log10(np.sqrt(30 * 1640.0) * 1e3), abs=0.05)
    louder = p1812.field_strength_dbuv_per_m(free_db, carrier_ghz=0.7, power_kw=10.0)
    assert louder - field == pytest.approx(10.0)


def test_clutter_counts_between_the_ends_and_never_on_them():
    ends, between = np.zeros(51), np.zeros(51)
    ends[[0, -1]], between[25] = 50.0, 50.0
    bare = p1812.basic_loss_db(FLAT_KM, FLAT_M, **LINK)
    assert p1812.basic_loss_db(FLAT_KM, FLAT_M, clutter_height_m=ends, **LINK) == bare
    assert p1812.basic_loss_db(FLAT_KM, FLAT_M, clutter_height_m=between, **LINK) > bare + 5.0


def test_an_antenna_at_the_shore_couples_into_ducts_over_sea():
    distance_km = np.linspace(0.0, 150.0, 301)
    zones = ["coastal", *["sea"] * 299, "coastal"]
    arguments = LINK | {"receiver_height_m": 10.0, "time_percent": 1.0, "zones": zones}
    inland = p1812.loss_terms(distance_km, np.zeros(301), **arguments)
    shore = p1812.loss_terms(distance_km, np.zeros(301), coast_km=(0.0, 0.0), **arguments)
    assert shore.ducting_db < inland.ducting_db - 5.0
    assert inland.climate.sea_share == pytest.approx(299.0 / 300.0)


def test_places_spread_as_clause_4_7_says():
    sigma = p1812.location_sigma_db(
        carrier_ghz=0.7,
        receiver_height_m=[1.5, 10.0, 15.0, 20.0, 30.0],
        clutter_height_m=10.0,
        resolution_m=500.0,
    )
    full = (0.024 * 0.7 + 0.52) * 500.0**0.28
    assert sigma == pytest.approx([full, full, full / 2, 0.0, 0.0])


def test_nine_places_in_ten_cost_the_normal_quantile():
    half = p1812.basic_loss_db(FLAT_KM, FLAT_M, **LINK)
    most = p1812.basic_loss_db(
        FLAT_KM, FLAT_M, location_percent=90.0, location_sigma_db=5.5, **LINK
    )
    few = p1812.basic_loss_db(FLAT_KM, FLAT_M, location_percent=10.0, location_sigma_db=5.5, **LINK)
    assert most - half == pytest.approx(1.2816 * 5.5, abs=0.01)
    assert half - few == pytest.approx(1.2816 * 5.5, abs=0.01)


def test_at_sea_no_place_differs_from_another():
    link = LINK | {"zones": "sea", "location_sigma_db": 5.5}
    half = p1812.basic_loss_db(FLAT_KM, FLAT_M, **link)
    assert p1812.basic_loss_db(FLAT_KM, FLAT_M, location_percent=95.0, **link) == half


def test_a_building_adds_its_entry_loss():
    outdoors = p1812.basic_loss_db(FLAT_KM, FLAT_M, **LINK)
    terms = p1812.loss_terms(FLAT_KM, FLAT_M, **LINK)
    elevation_deg = np.degrees(terms.horizons.receiver_mrad / 1000.0)
    for building in ("traditional", "thermally_efficient"):
        indoors = p1812.basic_loss_db(FLAT_KM, FLAT_M, building=building, **LINK)
        entry = p1812.location_db(
            0.0,
            location_percent=50.0,
            carrier_ghz=0.7,
            building=building,
            elevation_deg=elevation_deg,
        )
        assert indoors - outdoors == pytest.approx(float(entry), abs=1e-6)
        assert 5.0 < float(entry) < 40.0


def test_deviations_outdoors_and_in_the_wall_add_as_independent_ones():
    arguments = {"location_percent": 90.0, "carrier_ghz": 0.7}
    outdoors = p1812.location_db(4.0, **arguments)
    wall = p1812.location_db(0.0, building="traditional", **arguments)
    median = p1812.location_db(0.0, building="traditional", carrier_ghz=0.7, location_percent=50.0)
    both = p1812.location_db(4.0, building="traditional", **arguments)
    assert both - median == pytest.approx(np.hypot(outdoors, wall - median))


# ------------------------------------------------------------------ any terrain
@st.composite
def profiles(draw):
    """Draw a profile of 5 to 60 points, 0.3 to 200 km long, with clutter and zones."""
    count = draw(st.integers(5, 60))
    length_km = draw(st.floats(0.3, 200.0))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    steps = rng.uniform(0.2, 1.0, count - 1)
    distance_km = np.concatenate([[0.0], np.cumsum(steps)]) * length_km / steps.sum()
    relief_m = draw(st.sampled_from([0.0, 5.0, 100.0, 2000.0]))
    height_m = rng.uniform(0.0, 1.0, count) * relief_m
    return distance_km, height_m, {
        "clutter_height_m": rng.choice([0.0, 10.0, 25.0], count),
        "zones": list(rng.choice(p1812.ZONES, count)),
        "carrier_ghz": draw(st.floats(0.03, 6.0)),
        "transmitter_height_m": draw(st.floats(1.0, 300.0)),
        "receiver_height_m": draw(st.floats(1.0, 300.0)),
        "polarisation": draw(st.sampled_from(["horizontal", "vertical"])),
    }  # fmt: skip


@given(profiles(), st.floats(1.0, 50.0))
def test_any_terrain_has_a_finite_loss_no_less_than_line_of_sight(profile, time_percent):
    distance_km, height_m, link = profile
    terms = p1812.loss_terms(distance_km, height_m, time_percent=time_percent, **link)
    loss = p1812.basic_loss_db(distance_km, height_m, time_percent=time_percent, **link)
    assert np.isfinite(loss)
    assert loss >= terms.line_of_sight.loss_db
    assert np.isfinite(np.hstack([np.ravel(np.asarray(part, float)) for part in terms])).all()


@given(profiles(), st.floats(1.0, 50.0))
def test_the_loss_is_the_same_both_ways(profile, time_percent):
    distance_km, height_m, link = profile
    back = link | {
        "transmitter_height_m": link["receiver_height_m"],
        "receiver_height_m": link["transmitter_height_m"],
        "clutter_height_m": link["clutter_height_m"][::-1],
        "zones": link["zones"][::-1],
    }
    returned_km = distance_km[-1] - distance_km[::-1]
    returned_km[0] = 0.0
    there = p1812.basic_loss_db(distance_km, height_m, time_percent=time_percent, **link)
    here = p1812.basic_loss_db(returned_km, height_m[::-1], time_percent=time_percent, **back)
    assert there == pytest.approx(here, abs=1e-6)


@given(profiles())
def test_a_larger_share_of_time_never_costs_less(profile):
    distance_km, height_m, link = profile
    loss = [
        p1812.basic_loss_db(distance_km, height_m, time_percent=percent, **link)
        for percent in (1.0, 2.0, 5.0, 10.0, 20.0, 35.0, 50.0)
    ]
    # a larger earth can raise the loss of the same relief by hundredths of a decibel
    assert (np.diff(loss) > -0.05).all()


@settings(max_examples=30)
@given(profiles(), st.sampled_from([50.0, 95.0]), st.sampled_from(["", "traditional"]))
def test_a_ray_holds_the_loss_of_each_of_its_points(profile, location_percent, building):
    distance_km, height_m, link = profile
    link |= {"location_percent": location_percent, "carrier_ghz": max(link["carrier_ghz"], 0.08)}
    ray = p1812.ray_loss_db(distance_km, height_m, building=building, **link)
    for i in range(len(distance_km)):
        if i < 4 or distance_km[i] < 0.25:
            assert np.isnan(ray[i])
            continue
        end = slice(0, i + 1)
        part = {key: link[key][end] for key in ("clutter_height_m", "zones")}
        one = p1812.basic_loss_db(
            distance_km[end], height_m[end], building=building, **(link | part)
        )
        assert ray[i] == pytest.approx(one, abs=1e-9)


# ------------------------------------------------------------------ refusals
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"carrier_ghz": 6.1}, "carrier_ghz"),
        ({"carrier_ghz": np.nan}, "carrier_ghz"),
        ({"transmitter_height_m": 0.5}, "transmitter_height_m"),
        ({"receiver_height_m": 3001.0}, "receiver_height_m"),
        ({"time_percent": 51.0}, "time_percent"),
        ({"location_percent": 99.5}, "location_percent"),
        ({"location_percent": 90.0, "location_sigma_db": -1.0}, "sigma_db"),
        ({"polarisation": "circular"}, "polarisation"),
        ({"zones": "desert"}, "zones"),
        ({"zones": ["sea"] * 50}, "zones"),
        ({"zones": ["sea"] * 50 + ["desert"]}, "zones"),
        ({"clutter_height_m": [1.0, 2.0]}, "clutter_height_m"),
        ({"clutter_height_m": -1.0}, "clutter_height_m"),
        ({"air": p1812.Air(delta_n=160.0)}, "delta_n"),
        ({"air": p1812.Air(n0=np.nan)}, "n0"),
        ({"coast_km": (-1.0, 0.0)}, "coast_km"),
        ({"building": "tent"}, "building"),
        ({"building": "traditional", "carrier_ghz": 0.05}, "carrier_ghz"),
    ],
)
def test_what_the_model_does_not_cover_is_refused(change, name):
    with pytest.raises(ConfigurationError, match=name):
        p1812.basic_loss_db(FLAT_KM, FLAT_M, **(LINK | change))


@pytest.mark.parametrize(
    ("distance_km", "height_m", "words"),
    [
        ([0.0, 2.0, 1.0, 3.0, 4.0], [0.0] * 5, "do not ascend after point 2"),
        ([0.0, 1.0, 1.0, 3.0, 4.0], [0.0] * 5, "do not ascend"),
        ([0.0, 1.0, np.nan, 3.0, 4.0], [0.0] * 5, "do not ascend"),
        ([1.0, 2.0, 3.0, 4.0, 5.0], [0.0] * 5, "begins at 1 km"),
        ([0.0, 1.0, 2.0, 3.0], [0.0] * 4, "no profile"),
        ([0.0, 1.0, 2.0, 3.0, 4.0], [0.0] * 4, "no profile"),
        ([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, np.nan, 0.0, np.nan, 0.0], "2 of 5 heights are void"),
        ([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, -32768.0, 0.0, 0.0, 0.0], "-32768"),
        ([0.0, 0.05, 0.1, 0.15, 0.2], [0.0] * 5, "0.2 km is outside"),
        ([0.0, 1000.0, 2000.0, 3000.0, 4000.0], [0.0] * 5, "4000 km is outside"),
    ],
)
def test_profiles_that_are_none_are_refused_in_words(distance_km, height_m, words):
    for function in (p1812.basic_loss_db, p1812.loss_terms):
        with pytest.raises(ConfigurationError, match=words):
            function(distance_km, height_m, **LINK)


def test_all_faults_are_told_at_once():
    with pytest.raises(ConfigurationError) as refused:
        p1812.basic_loss_db(FLAT_KM, FLAT_M * np.nan, **(LINK | {"carrier_ghz": 60.0}))
    assert "carrier_ghz" in str(refused.value)
    assert "51 of 51 heights are void" in str(refused.value)


@pytest.mark.parametrize("model", [p1812.basic_loss_db, p1812.ray_loss_db, p1812.loss_terms])
def test_clutter_heights_on_a_surface_model_are_refused(model):
    link = {"carrier_ghz": 0.7, "transmitter_height_m": 30.0, "receiver_height_m": 1.5}
    line = np.linspace(0.0, 5.0, 11), np.full(11, 20.0)
    with pytest.raises(ConfigurationError, match="surface model has trees and roofs already"):
        model(*line, **link, clutter_height_m=10.0, ground="surface")
    model(*line, **link, clutter_height_m=10.0)
    model(*line, **link, ground="surface")
