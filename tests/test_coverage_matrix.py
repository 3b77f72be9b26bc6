"""The sparse matrix and the best server: equal to a slow loop, monotone, and thread-independent."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage import (
    ENVIRONMENTS,
    Radio,
    Service,
    best_server,
    combine,
    radio_coverage,
    spare_db,
)
from siting.coverage.tables import STEP_M
from siting.errors import ConfigurationError

RADIOS = (
    Radio(name="low", kind="macro", carrier_ghz=0.7, eirp_per_re_dbm=32.0, base_height_m=30.0),
    Radio(name="macro", kind="macro", carrier_ghz=3.5, eirp_per_re_dbm=38.0, base_height_m=25.0),
    Radio(name="micro", kind="micro", carrier_ghz=3.5, eirp_per_re_dbm=20.0, base_height_m=10.0),
    Radio(name="indoor", kind="indoor", carrier_ghz=3.5, eirp_per_re_dbm=-8.0, base_height_m=3.0),
)
INDOORS = Service(name="indoors", location_probability=0.9, indoor=True)
OUTDOORS = Service(name="outdoors")
WEST_M, SOUTH_M = 620_000.0, 2_740_000.0


def town(points, sites, seed=0, width_m=3000.0):
    """Return a random town: demand, its environments, sites and their radios."""
    generator = np.random.default_rng(seed)
    corner = np.array([WEST_M, SOUTH_M])
    return {
        "demand_xy_m": corner + generator.uniform(0.0, width_m, (points, 2)),
        "demand_environment": generator.integers(0, len(ENVIRONMENTS), points),
        "site_xy_m": corner + generator.uniform(-200.0, width_m + 200.0, (sites, 2)),
        "site_radio": generator.integers(0, len(RADIOS), sites),
    }


def answers(call, place, service=INDOORS, **options):
    """Call an engine function on a town."""
    return call(
        place["demand_xy_m"],
        place["site_xy_m"],
        demand_environment=place["demand_environment"],
        site_radio=place["site_radio"],
        radios=RADIOS,
        service=service,
        **options,
    )


def part(place, columns):
    """Return the town with some of its sites."""
    kept = {key: place[key][columns] for key in ("site_xy_m", "site_radio")}
    return place | kept


def slow_spare_db(place, service, floor_db):
    """Return the dense spare by a plain double loop over the physics, linear between 2 m steps."""
    steps_m = np.arange(0.0, 5000.0 + STEP_M, STEP_M)
    curves = {}
    for i, radio in enumerate(RADIOS):
        for j, environment in enumerate(ENVIRONMENTS):
            curves[i, j] = spare_db(radio, environment, service, steps_m)
    dense = np.full((len(place["demand_xy_m"]), len(place["site_xy_m"])), -np.inf)
    for row, (x, y) in enumerate(place["demand_xy_m"]):
        for column, (site_x, site_y) in enumerate(place["site_xy_m"]):
            distance = math.hypot(site_x - x, site_y - y)
            curve = curves[place["site_radio"][column], place["demand_environment"][row]]
            left = int(distance // STEP_M)
            if distance <= 5000.0 and np.isfinite(curve[[left, left + 1]]).all():
                share = distance / STEP_M - left
                dense[row, column] = curve[left] * (1.0 - share) + curve[left + 1] * share
    dense[dense < floor_db] = -np.inf
    return dense


@pytest.mark.parametrize("service", [INDOORS, OUTDOORS])
@pytest.mark.parametrize("floor_db", [-15.0, 0.0])
def test_matrix_and_best_server_equal_a_slow_loop(service, floor_db):
    place = town(200, 50)
    slow = slow_spare_db(place, service, floor_db)
    coverage = answers(radio_coverage, place, service, spare_floor_db=floor_db)
    fast = np.full(slow.shape, -np.inf)
    pairs = coverage.spare_db.tocoo()
    fast[pairs.row, pairs.col] = pairs.data

    differ = np.isfinite(slow) != np.isfinite(fast)
    assert not differ.any()
    assert np.isfinite(slow).sum() > 100
    met = np.isfinite(slow)
    assert np.abs(slow[met] - fast[met]).max() < 1e-4
    assert (coverage.covers.toarray() == (slow >= 0.0)).all()

    best = answers(best_server, place, service, spare_floor_db=floor_db)
    assert (best.server == np.where(met.any(axis=1), fast.argmax(axis=1), -1)).all()
    assert (best.spare_db == fast.max(axis=1).astype(np.float32)).all()
    assert (best.servers == (slow >= 0.0).sum(axis=1)).all()


def test_table_steps_are_fine_enough_to_read_between():
    distance_m = np.arange(0.0, 2000.0, 0.5)
    coarse_m = np.arange(0.0, 2002.0, STEP_M)
    for radio in RADIOS[:3]:
        for environment in ENVIRONMENTS:
            exact = spare_db(radio, environment, OUTDOORS, distance_m)
            read = np.interp(distance_m, coarse_m, spare_db(radio, environment, OUTDOORS, coarse_m))
            assert np.quantile(np.abs(exact - read), 0.999) < 0.1


def test_rows_list_their_sites_in_ascending_order():
    coverage = answers(radio_coverage, town(300, 120))
    assert coverage.spare_db.has_canonical_format
    assert coverage.spare_db.data.dtype == np.float32


def test_one_thread_and_two_give_the_same_bytes():
    place = town(600, 150, seed=3)
    threads = numba.get_num_threads()
    seen = []
    try:
        for count in {1, min(2, numba.config.NUMBA_NUM_THREADS)}:
            numba.set_num_threads(count)
            spare = answers(radio_coverage, place).spare_db
            best = answers(best_server, place)
            parts = (spare.data, spare.indices, spare.indptr, best.spare_db, best.server)
            seen.append([each.tobytes() for each in (*parts, best.servers, best.station_count)])
    finally:
        numba.set_num_threads(threads)
    assert all(each == seen[0] for each in seen)


def test_equal_spares_go_to_the_lower_site():
    place = town(50, 1, seed=1, width_m=100.0)
    place["site_radio"][:] = 1
    twice = part(place, np.array([0, 0, 0]))
    best = answers(best_server, twice, OUTDOORS)
    assert (best.server == 0).all()
    assert (best.servers == 3).all()


@given(seed=st.integers(0, 1000), first=st.integers(0, 30))
@settings(max_examples=15, deadline=None)
def test_more_sites_never_lower_any_spare_and_parts_combine_to_the_whole(seed, first):
    place = town(80, 30, seed=seed, width_m=1500.0)
    stations = np.random.default_rng(seed).integers(1, 4, 30)
    whole = answers(best_server, place, site_stations=stations)
    early = answers(best_server, part(place, slice(None, first)), site_stations=stations[:first])
    late = answers(best_server, part(place, slice(first, None)), site_stations=stations[first:])
    assert (whole.spare_db >= early.spare_db).all()
    assert (whole.servers >= early.servers).all()

    together = combine(early, late, first)
    for name in ("spare_db", "server", "servers", "station_count"):
        assert (getattr(together, name) == getattr(whole, name)).all()


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_walls_never_add_a_pair_that_no_indoor_head_serves(seed):
    place = town(60, 20, seed=seed, width_m=1500.0)
    place["site_radio"] %= 3
    inside = Service(name="in", indoor=True)
    outside = answers(radio_coverage, place, OUTDOORS).covers.toarray()
    assert not (answers(radio_coverage, place, inside).covers.toarray() & ~outside).any()


def test_a_raised_threshold_is_a_filter_of_the_stored_spare():
    place = town(200, 60, seed=5)
    stored = answers(radio_coverage, place).spare_db.toarray()
    stricter = Service(
        name="strict",
        location_probability=0.9,
        indoor=True,
        rsrp_min_dbm=-99.0,
        rsrp_min_low_band_dbm=-104.0,
    )
    again = answers(radio_coverage, place, stricter).covers.toarray()
    assert ((stored >= 6.0 + 1e-4) <= again).all()
    assert (again <= (stored >= 6.0 - 1e-4)).all()


def test_stations_are_summed_over_the_sites_that_serve():
    place = town(100, 40, seed=7)
    stations = np.arange(40)
    best = answers(best_server, place, site_stations=stations)
    covers = answers(radio_coverage, place).covers
    assert (best.station_count == covers @ stations).all()


def test_no_sites_and_no_demand_are_answers_too():
    none = part(town(20, 5), slice(0, 0))
    best = answers(best_server, none)
    assert (best.server == -1).all()
    assert (best.spare_db == -np.inf).all()
    assert answers(radio_coverage, none).spare_db.shape == (20, 0)
    assert answers(radio_coverage, town(0, 5)).spare_db.shape == (0, 5)


def test_all_wrong_inputs_are_refused_at_once():
    place = town(20, 5)
    place["demand_environment"][3] = 9
    place["site_radio"][1] = -1
    place["site_xy_m"][2, 0] = np.nan
    with pytest.raises(ConfigurationError) as caught:
        answers(radio_coverage, place, spare_floor_db=3.0)
    assert {problem.column for problem in caught.value.problems} == {
        "demand_environment",
        "site_radio",
        "site_xy_m",
        "spare_floor_db",
    }
    with pytest.raises(ConfigurationError, match="site_stations"):
        answers(best_server, town(20, 5), site_stations=[1, 2])
