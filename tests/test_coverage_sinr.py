"""SINR is noise alone without load, and never better with more load, noise or neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.coverage.sinr import sinr_db, strongest_and_sum
from siting.errors import ConfigurationError

NOISE_DBM = -122.2  # 30 kHz and a noise figure of 7 dB
levels = st.lists(st.floats(-160.0, -40.0), min_size=1, max_size=8)
loads = st.floats(0.0, 1.0)


def sinr(cells_dbm, load, noise_dbm=NOISE_DBM, **options) -> float:
    best, total = strongest_and_sum([[level] for level in cells_dbm])
    return float(sinr_db(best, total, noise_per_re_dbm=noise_dbm, load=load, **options)[0])


@given(cells=levels, load=loads)
def test_one_formula_holds_whatever_the_cells(cells, load):
    power = [10.0 ** (level / 10.0) for level in cells]
    best = max(power)
    others = sum(power) - best
    expected = 10.0 * np.log10(best / (load * others + 10.0 ** (NOISE_DBM / 10.0)))
    assert sinr(cells, load) == pytest.approx(expected, abs=1e-6)


@given(cells=levels, load=loads, more=loads)
def test_more_load_is_never_more_sinr(cells, load, more):
    low, high = sorted((load, more))
    assert sinr(cells, high) <= sinr(cells, low) + 1e-12


@given(cells=levels, load=loads, another=st.floats(-160.0, -40.0))
def test_another_weaker_cell_never_helps(cells, load, another):
    weaker = min(another, max(cells))
    assert sinr([*cells, weaker], load) <= sinr(cells, load) + 1e-9


@given(cells=levels, load=loads, up=st.floats(0.0, 20.0))
def test_more_power_for_all_cells_never_hurts(cells, load, up):
    assert sinr([level + up for level in cells], load) >= sinr(cells, load) - 1e-9


def test_without_load_only_noise_is_left():
    assert sinr([-90.0, -91.0, -92.0], 0.0) == pytest.approx(-90.0 - NOISE_DBM)


def test_two_equal_cells_at_full_load_are_at_zero_decibels_where_noise_is_far_below():
    assert sinr([-70.0, -70.0], 1.0) == pytest.approx(0.0, abs=1e-4)
    assert sinr([-70.0, -70.0], 0.5) == pytest.approx(3.01, abs=0.01)
    assert sinr([-70.0, -70.0, -70.0], 1.0) == pytest.approx(-3.01, abs=0.01)


def test_the_traffic_beam_adds_to_the_wanted_signal_alone():
    plain = sinr([-90.0, -95.0], 0.5)
    assert sinr([-90.0, -95.0], 0.5, wanted_gain_db=4.0) == pytest.approx(plain + 4.0)


def test_where_nothing_is_received_there_is_no_sinr():
    best, total = strongest_and_sum([[-np.inf, -90.0], [-np.inf, -np.inf]])
    values = sinr_db(best, total, noise_per_re_dbm=NOISE_DBM)
    assert values[0] == -np.inf
    assert values[1] == pytest.approx(-90.0 - NOISE_DBM)


def test_sums_kept_in_single_precision_do():
    best = np.float32([-60.0, -100.0])
    total = (10.0 ** (best / np.float32(10.0))).astype(np.float32)
    values = sinr_db(best, total, noise_per_re_dbm=NOISE_DBM)
    assert values == pytest.approx([62.2, 22.2], abs=1e-3)


def test_nonsense_is_refused_by_name():
    with pytest.raises(ConfigurationError, match=r"sum_mw.*below the best"):
        sinr_db(-90.0, 1e-10, noise_per_re_dbm=NOISE_DBM)
    with pytest.raises(ConfigurationError) as refused:
        sinr_db([-90.0, np.nan], [1e-8, 1e-8], noise_per_re_dbm=0.0, load=1.5)
    assert all(name in str(refused.value) for name in ("best_dbm", "noise_per_re", "load"))
    with pytest.raises(ConfigurationError, match="no cell"):
        strongest_and_sum(np.empty((0, 3)))
