"""The probability of service is that of the mixture, and agrees with the spare a plan counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from siting.coverage import ENVIRONMENTS, Radio, Service, spare_db
from siting.coverage.probability import (
    Mixture,
    coverage_probability,
    level_exceeded_dbm,
    mixture_of,
    states_on_terrain,
)
from siting.coverage.signal_states import signal_states
from siting.errors import ConfigurationError

MACRO = Radio(name="macro", kind="macro", carrier_ghz=3.5, eirp_per_re_dbm=38.0, base_height_m=25.0)
MICRO = replace(MACRO, name="micro", kind="micro", eirp_per_re_dbm=25.8, base_height_m=10.0)
DISTANCE_M = np.array([20.0, 75.0, 150.0, 300.0, 700.0, 1500.0, 4000.0])
TWO_STATES = Mixture(
    los_dbm=-85.0, nlos_dbm=-105.0, los_sigma_db=4.0, nlos_sigma_db=7.82, los_probability=0.4
)
thresholds = st.floats(-140.0, -60.0)
shares = st.floats(0.01, 0.99)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda each: each.name)
@pytest.mark.parametrize("radio", [MACRO, MICRO], ids=lambda each: each.name)
@pytest.mark.parametrize("indoor", [False, True])
def test_the_level_exceeded_is_the_threshold_plus_the_spare(radio, environment, indoor):
    service = Service(name="any", location_probability=0.9, indoor=indoor)
    states = signal_states(
        radio,
        environment,
        DISTANCE_M,
        indoor=indoor,
        indoor_distance_m=service.indoor_distance_m,
    )
    mixture = mixture_of(states)
    level = level_exceeded_dbm(mixture, location_probability=0.9)
    spare = spare_db(radio, environment, service, DISTANCE_M)
    assert level - service.rsrp_min_dbm == pytest.approx(spare, abs=1e-8)
    there = coverage_probability(mixture, threshold_dbm=service.rsrp_min_dbm + spare)
    assert there == pytest.approx(np.full(DISTANCE_M.size, 0.9), abs=1e-8)


def test_the_spread_of_entry_loss_adds_in_square():
    outside = signal_states(MACRO, ENVIRONMENTS[0], DISTANCE_M, indoor=False)
    inside = signal_states(MACRO, ENVIRONMENTS[0], DISTANCE_M, indoor=True)
    entry = outside.los_dbm[0] - inside.los_dbm[0]
    ours = Mixture(
        los_dbm=outside.los_dbm - entry,
        nlos_dbm=outside.nlos_dbm - entry,
        los_sigma_db=outside.los_sigma_db,
        nlos_sigma_db=outside.nlos_sigma_db,
        los_probability=outside.los_probability,
        entry_sigma_db=6.5,
    )
    for threshold in (-120.0, -105.0, -90.0):
        assert coverage_probability(ours, threshold_dbm=threshold) == pytest.approx(
            coverage_probability(mixture_of(inside), threshold_dbm=threshold), abs=1e-12
        )


@given(share=st.floats(0.0, 1.0), threshold=thresholds)
def test_one_state_alone_is_the_normal_distribution(share, threshold):
    same = replace(TWO_STATES, nlos_dbm=-85.0, nlos_sigma_db=4.0, los_probability=share)
    expected = norm.sf(threshold, loc=-85.0, scale=4.0)
    assert float(coverage_probability(same, threshold_dbm=threshold)) == pytest.approx(
        expected, abs=1e-12
    )


@given(threshold=thresholds, more=st.floats(0.0, 30.0))
def test_a_stricter_threshold_never_covers_more(threshold, more):
    loose, strict = coverage_probability(TWO_STATES, threshold_dbm=[threshold, threshold + more])
    assert strict <= loose + 1e-15


@given(threshold=thresholds, less=shares, more=shares)
def test_more_line_of_sight_never_covers_less_where_it_is_the_stronger_state(threshold, less, more):
    # equal sigmas: the state with the higher mean is ahead at every threshold
    low, high = sorted((less, more))
    pair = replace(TWO_STATES, nlos_sigma_db=4.0, los_probability=np.array([low, high]))
    hidden, seen = coverage_probability(pair, threshold_dbm=threshold)
    assert seen >= hidden - 1e-15


@given(threshold=thresholds, up=st.floats(0.0, 30.0))
def test_more_power_never_covers_less(threshold, up):
    louder = replace(TWO_STATES, los_dbm=-85.0 + up, nlos_dbm=-105.0 + up)
    before = float(coverage_probability(TWO_STATES, threshold_dbm=threshold))
    assert float(coverage_probability(louder, threshold_dbm=threshold)) >= before - 1e-15


@given(share=shares)
@settings(max_examples=60)
def test_level_and_probability_are_each_others_inverse(share):
    level = level_exceeded_dbm(TWO_STATES, location_probability=share)
    assert float(coverage_probability(TWO_STATES, threshold_dbm=level)) == pytest.approx(
        share, abs=1e-7
    )


@given(low=shares, high=shares)
def test_more_places_exceed_a_lower_level(low, high):
    low, high = sorted((low, high))
    few, many = (level_exceeded_dbm(TWO_STATES, location_probability=each) for each in (low, high))
    assert many <= few + 1e-9


def test_arrays_of_places_are_worked_at_once():
    places = replace(TWO_STATES, los_dbm=np.array([[-80.0], [-90.0]]), los_probability=np.ones(3))
    assert coverage_probability(places, threshold_dbm=-85.0).shape == (2, 3)
    assert level_exceeded_dbm(places, location_probability=0.9).shape == (2, 3)


def test_where_nothing_is_received_the_probability_is_zero():
    silent = replace(TWO_STATES, los_dbm=-np.inf, nlos_dbm=-np.inf)
    assert float(coverage_probability(silent, threshold_dbm=-140.0)) == 0.0
    assert float(level_exceeded_dbm(silent, location_probability=0.5)) == -np.inf
    half = replace(TWO_STATES, nlos_dbm=-np.inf)
    assert float(coverage_probability(half, threshold_dbm=-140.0)) == pytest.approx(0.4)
    assert float(level_exceeded_dbm(half, location_probability=0.9)) == -np.inf
    assert float(level_exceeded_dbm(half, location_probability=0.2)) == pytest.approx(
        -85.0, abs=1e-6
    )


def test_terrain_ends_line_of_sight_and_counts_the_larger_loss_once():
    loss, probability = states_on_terrain(
        100.0, 120.0, [0.0, 5.0, 35.0], los_probability=[0.3, 0.3, 0.3]
    )
    assert loss.tolist() == [120.0, 120.0, 135.0]
    assert probability.tolist() == [0.3, 0.0, 0.0]


def test_nonsense_is_refused_by_name():
    with pytest.raises(ConfigurationError) as refused:
        replace(TWO_STATES, los_dbm=np.nan, nlos_sigma_db=0.0, los_probability=1.1)
    names = ("los_dbm", "nlos_sigma_db", "los_probability")
    assert all(name in str(refused.value) for name in names)
    with pytest.raises(ConfigurationError, match="location_probability"):
        level_exceeded_dbm(TWO_STATES, location_probability=1.0)
    with pytest.raises(ConfigurationError, match="threshold_dbm"):
        coverage_probability(TWO_STATES, threshold_dbm=np.nan)
    with pytest.raises(ConfigurationError, match="diffraction_db"):
        states_on_terrain(100.0, 120.0, -1.0, los_probability=0.3)
