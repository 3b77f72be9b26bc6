"""Throughput follows the standard's tables: its peak is the published one, more SINR never less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage.throughput import (
    MCS_EFFICIENCIES,
    Carrier,
    busy_hour_capacity_mbps,
    mcs_efficiency,
    mean_throughput_mbps,
    peak_throughput_mbps,
    shannon_efficiency,
    throughput_mbps,
)
from siting.errors import ConfigurationError

N78 = Carrier(resource_blocks=273, subcarrier_khz=30.0, layers=4, downlink_share=1.0)
SINR_DB = np.arange(-20.0, 45.0, 0.25)
sinrs = st.floats(-30.0, 60.0)


def test_the_efficiencies_are_those_of_the_table():
    # TS 38.214 Table 5.1.3.1-2, spectral efficiency of some indices as printed
    printed = {0: 0.2344, 4: 1.1758, 5: 1.4766, 10: 2.5703, 11: 2.7305, 19: 5.1152}
    printed |= {20: 5.3320, 24: 6.5703, 27: 7.4063}
    assert len(MCS_EFFICIENCIES) == 28
    for index, efficiency in printed.items():
        assert MCS_EFFICIENCIES[index] == pytest.approx(efficiency, abs=5e-5)
    assert (np.diff(MCS_EFFICIENCIES) > 0).all()


def test_the_peak_of_100_mhz_with_four_layers_is_the_published_2_34_gbit_s():
    # TS 38.306 clause 4.1.2: 4 x 8 x 948/1024 x 273 x 12 x 28000 x 0.86
    assert peak_throughput_mbps(N78) == pytest.approx(2337.0, abs=1.0)
    assert peak_throughput_mbps(replace(N78, layers=2)) == pytest.approx(1168.5, abs=0.5)
    narrow = Carrier(resource_blocks=106, subcarrier_khz=15.0, layers=2)
    assert peak_throughput_mbps(narrow) == pytest.approx(226.9, abs=0.1)


def test_the_peak_is_reached_and_not_passed():
    assert float(throughput_mbps(60.0, N78)) == pytest.approx(peak_throughput_mbps(N78))
    assert (throughput_mbps(SINR_DB, N78) <= peak_throughput_mbps(N78) + 1e-9).all()


@given(sinr=sinrs, more=st.floats(0.0, 30.0))
def test_more_power_is_never_less_throughput(sinr, more):
    low, high = throughput_mbps([sinr, sinr + more], N78)
    assert high >= low


@given(sinr=sinrs, layers=st.integers(1, 8))
@settings(max_examples=50)
def test_more_layers_time_or_spectrum_are_never_less_throughput(sinr, layers):
    fewer = replace(N78, layers=layers)
    assert throughput_mbps(sinr, replace(N78, layers=layers + 1)) >= throughput_mbps(sinr, fewer)
    assert throughput_mbps(sinr, N78) >= throughput_mbps(sinr, replace(N78, downlink_share=0.7))
    assert throughput_mbps(sinr, N78) >= throughput_mbps(sinr, replace(N78, resource_blocks=106))


@given(sinr=sinrs)
def test_a_scheme_never_beats_the_bound_it_stands_under(sinr):
    efficiency = float(mcs_efficiency(sinr))
    assert efficiency <= float(shannon_efficiency(sinr)) + 1e-6
    assert efficiency == 0.0 or efficiency in np.array(MCS_EFFICIENCIES)


def test_below_the_lowest_scheme_there_is_nothing():
    least_db = 10.0 * np.log10(2.0 ** (MCS_EFFICIENCIES[0] / 0.75) - 1.0)
    assert least_db == pytest.approx(-6.2, abs=0.1)
    assert float(mcs_efficiency(least_db - 0.01)) == 0.0
    assert float(mcs_efficiency(least_db + 0.01)) == pytest.approx(0.2344, abs=1e-4)
    assert float(throughput_mbps(-np.inf, N78)) == 0.0


def test_64qam_stops_at_its_own_top():
    assert float(mcs_efficiency(60.0, modulation_bits=6)) == pytest.approx(5.1152, abs=1e-4)
    assert float(mcs_efficiency(60.0, modulation_bits=2)) == pytest.approx(1.1758, abs=1e-4)


def test_good_and_poor_points_of_an_acceptance_are_on_their_side():
    # city acceptance at 100 MHz: "good" (25 dB) above 800, "poor" (-5 dB) around 90 Mbit/s
    tdd = replace(N78, downlink_share=0.7)
    assert float(throughput_mbps(25.0, tdd)) > 800.0
    assert float(throughput_mbps(-5.0, tdd)) < 90.0


def test_layers_pay_more_the_higher_the_sinr():
    single = replace(N78, layers=1)
    gains = throughput_mbps([0.0, 10.0, 25.0], N78) / throughput_mbps([0.0, 10.0, 25.0], single)
    assert (np.diff(gains) > 0).all()
    assert gains[0] < 1.6
    assert gains[2] > 2.0


def test_the_mean_is_weighted_by_who_is_there():
    rates = throughput_mbps([0.0, 20.0], N78)
    assert mean_throughput_mbps([0.0, 20.0], N78) == pytest.approx(rates.mean())
    weighted = mean_throughput_mbps([0.0, 20.0], N78, weights=[3.0, 1.0])
    assert weighted == pytest.approx(0.75 * rates[0] + 0.25 * rates[1])
    assert mean_throughput_mbps([20.0, -np.inf], N78) == pytest.approx(rates[1] / 2.0)


def test_a_site_carries_what_its_sectors_carry_at_the_planned_load():
    sector = [0.0, 10.0, 20.0]
    mean = mean_throughput_mbps(sector, N78)
    site = busy_hour_capacity_mbps([sector] * 3, N78, utilisation=0.5)
    assert site == pytest.approx(1.5 * mean)
    paired = busy_hour_capacity_mbps([sector] * 3, N78, utilisation=0.5, paired_terminals=2.0)
    assert paired == pytest.approx(2.0 * site)
    one_place = busy_hour_capacity_mbps([sector], N78, utilisation=1.0, sector_weights=[[0, 0, 1]])
    assert one_place == pytest.approx(float(throughput_mbps(20.0, N78)))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"resource_blocks": 0}, "resource_blocks"),
        ({"downlink_share": 1.2}, "downlink_share"),
        ({"modulation_bits": 7}, "modulation_bits"),
        ({"overhead": float("nan")}, "overhead"),
        ({"layers": 0}, "layers"),
    ],
)
def test_what_is_no_carrier_is_refused(change, name):
    with pytest.raises(ConfigurationError, match=name):
        replace(N78, **change)


def test_nonsense_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="sinr_db"):
        throughput_mbps([1.0, np.nan], N78)
    with pytest.raises(ConfigurationError, match="number of sectors"):
        busy_hour_capacity_mbps([], N78)
    with pytest.raises(ConfigurationError, match="sector_weights"):
        busy_hour_capacity_mbps([[1.0]], N78, sector_weights=[])
    for sinr, weights in (([], None), ([1.0], [0.0]), ([1.0], [1.0, 2.0])):
        with pytest.raises(ConfigurationError, match="weights"):
            mean_throughput_mbps(sinr, N78, weights=weights)
