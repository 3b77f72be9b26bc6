"""Spare and reach: monotone in distance, loss and demand; the mixture is the distribution meant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from siting.coverage import ENVIRONMENTS, Radio, Service, reach_m, spare_db
from siting.coverage.mixture import mixture_quantile
from siting.coverage.signal_states import signal_states
from siting.errors import ConfigurationError

MACRO = Radio(name="macro", kind="macro", carrier_ghz=3.5, eirp_per_re_dbm=38.0, base_height_m=25.0)
LOW_BAND = replace(MACRO, name="low", carrier_ghz=0.7, eirp_per_re_dbm=32.0, base_height_m=30.0)
MICRO = Radio(name="micro", kind="micro", carrier_ghz=3.5, eirp_per_re_dbm=20.0, base_height_m=10.0)
INDOOR = Radio(
    name="indoor", kind="indoor", carrier_ghz=3.5, eirp_per_re_dbm=-8.0, base_height_m=3.0
)
OUTDOORS = Service(name="outdoors")
INDOORS = Service(name="indoors", location_probability=0.9, indoor=True)
URBAN, TOWN, PLAIN, HILL, MOUNTAIN = ENVIRONMENTS
DISTANCE_M = np.arange(0.0, 5001.0, 7.0)

radios = st.sampled_from([MACRO, LOW_BAND, MICRO, INDOOR])
environments = st.sampled_from(ENVIRONMENTS)
probabilities = st.floats(0.5, 0.99)


@given(radio=radios, environment=environments, probability=probabilities, indoor=st.booleans())
@settings(max_examples=25, deadline=None)
def test_nearer_is_never_worse(radio, environment, probability, indoor):
    service = Service(name="any", location_probability=probability, indoor=indoor)
    spare = spare_db(radio, environment, service, DISTANCE_M)
    served = np.isfinite(spare)
    assert (np.diff(spare[served]) <= 1e-9).all()
    assert not served[np.argmin(served) :].any() or served.all()


@given(radio=st.sampled_from([MACRO, MICRO]), environment=environments, probability=probabilities)
@settings(max_examples=20, deadline=None)
def test_walls_never_help(radio, environment, probability):
    outside = Service(name="out", location_probability=probability)
    inside = Service(name="in", location_probability=probability, indoor=True)
    deeper = replace(inside, indoor_distance_m=20.0)
    spare = [spare_db(radio, environment, each, DISTANCE_M) for each in (outside, inside, deeper)]
    assert (spare[1] <= spare[0]).all()
    assert (spare[2] <= spare[1]).all()


@given(low=probabilities, high=probabilities, environment=environments)
@settings(max_examples=20, deadline=None)
def test_asking_for_more_places_never_raises_the_spare(low, high, environment):
    low, high = sorted((low, high))
    spare = [
        spare_db(MACRO, environment, replace(OUTDOORS, location_probability=each), DISTANCE_M)
        for each in (low, high)
    ]
    assert (spare[1] <= spare[0] + 1e-9).all()


def test_mixture_quantile_has_the_probability_that_was_asked():
    weight = np.array([0.0, 0.03, 0.5, 1.0])
    first = (np.full(4, -80.0), np.full(4, 4.0))
    second = (np.full(4, -105.0), np.full(4, 7.0))
    x = mixture_quantile(0.05, weight=weight, first=first, second=second)
    share = weight * norm.cdf(x, -80.0, 4.0) + (1 - weight) * norm.cdf(x, -105.0, 7.0)
    assert share == pytest.approx(0.05, abs=1e-9)
    assert x[[0, 3]] == pytest.approx([norm.ppf(0.05, -105, 7), norm.ppf(0.05, -80, 4)])


def test_spare_agrees_with_a_drawn_sample():
    distance = 300.0
    states = signal_states(MACRO, TOWN, [distance], indoor=True, indoor_distance_m=5.0)
    generator = np.random.default_rng(0)
    line_of_sight = generator.random(400_000) < states.los_probability
    drawn = np.where(
        line_of_sight,
        generator.normal(states.los_dbm, states.los_sigma_db, 400_000),
        generator.normal(states.nlos_dbm, states.nlos_sigma_db, 400_000),
    )
    level = spare_db(MACRO, TOWN, INDOORS, distance) + INDOORS.rsrp_min_dbm
    assert np.mean(drawn >= level) == pytest.approx(0.9, abs=0.002)


def test_link_budget_adds_up_by_hand():
    # at 10 m line of sight is certain: EIRP - UMa loss - body - interference - z sigma - threshold
    radio = replace(MACRO, body_loss_db=3.0, interference_margin_db=2.0)
    slant_m = np.hypot(10.0, 23.5)
    loss = 28.0 + 22.0 * np.log10(slant_m) + 20.0 * np.log10(3.5)
    by_hand = 38.0 - 3.0 - 2.0 - loss - norm.ppf(0.95) * 4.0 + 105.0
    assert spare_db(radio, URBAN, OUTDOORS, 10.0) == pytest.approx(by_hand)


def test_nearer_than_the_models_counts_as_their_least_distance():
    near = spare_db(MACRO, URBAN, OUTDOORS, [0.0, 5.0, 10.0])
    assert near[0] == near[1] == near[2]


def test_nothing_is_served_beyond_the_models():
    assert spare_db(MACRO, PLAIN, OUTDOORS, 5000.1) == -np.inf
    assert np.isfinite(spare_db(MACRO, PLAIN, OUTDOORS, 5000.0))
    assert spare_db(INDOOR, URBAN, INDOORS, 60.1) == -np.inf


def test_indoor_heads_serve_indoors_only_and_pass_no_wall():
    assert reach_m(INDOOR, URBAN, OUTDOORS) == 0.0
    assert (spare_db(INDOOR, URBAN, OUTDOORS, [0.0, 5.0]) == -np.inf).all()
    by_building = [spare_db(INDOOR, each, INDOORS, 20.0) for each in (URBAN, MOUNTAIN)]
    assert by_building[0] == by_building[1]


def test_reach_is_where_the_spare_ends():
    for radio in (MACRO, LOW_BAND, MICRO):
        reach = reach_m(radio, HILL, INDOORS)
        beyond = spare_db(radio, HILL, INDOORS, [reach, reach + 1.0])
        assert beyond[0] >= 0.0 > beyond[1]
        assert reach_m(radio, HILL, INDOORS, -15.0) > reach


def test_relief_shortens_the_reach_of_macro_sites():
    reach = [reach_m(MACRO, each, OUTDOORS) for each in (PLAIN, HILL, MOUNTAIN)]
    assert reach == sorted(reach, reverse=True)
    assert len({reach_m(MICRO, each, OUTDOORS) for each in ENVIRONMENTS}) == 1


def test_low_band_answers_to_its_own_threshold():
    strict = replace(OUTDOORS, rsrp_min_low_band_dbm=-105.0)
    gained = spare_db(LOW_BAND, TOWN, OUTDOORS, 500.0) - spare_db(LOW_BAND, TOWN, strict, 500.0)
    assert gained == pytest.approx(5.0)
    assert spare_db(MACRO, TOWN, OUTDOORS, 500.0) == spare_db(MACRO, TOWN, strict, 500.0)


def test_radios_and_services_outside_the_models_are_refused():
    with pytest.raises(ConfigurationError, match="kind"):
        replace(MACRO, kind="tower")
    with pytest.raises(ConfigurationError) as caught:
        replace(MACRO, carrier_ghz=0.3, base_height_m=3.0)
    assert len(caught.value.problems) == 2
    with pytest.raises(ConfigurationError, match="location_probability"):
        replace(OUTDOORS, location_probability=1.0)
