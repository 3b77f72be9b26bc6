"""Link budgets come out as worked by hand; every decibel counts once and in its direction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage import p2109, tr38901
from siting.coverage.carrier import (
    RESOURCE_BLOCKS,
    noise_per_re_dbm,
    resource_blocks,
    resource_element_share_db,
)
from siting.coverage.link import (
    eirp_per_re_dbm,
    fading_margin_db,
    max_path_loss_db,
    penetration_db,
    rsrp_dbm,
)
from siting.errors import ConfigurationError

losses = st.floats(0.0, 200.0)


@pytest.mark.parametrize(
    ("bandwidth", "spacing", "technology", "blocks"),
    [
        (100, 30, "NR", 273),
        (60, 30, "NR", 162),
        (40, 30, "NR", 106),
        (20, 30, "NR", 51),
        (30, 15, "NR", 160),
        (20, 15, "NR", 106),
        (10, 15, "NR", 52),
        (50, 15, "NR", 270),
        (100, 60, "NR", 135),
        (10, 60, "NR", 11),
        (20, 15, "LTE", 100),
        (1.4, 15, "LTE", 6),
    ],
)
def test_resource_blocks_are_those_of_the_standard(bandwidth, spacing, technology, blocks):
    found = resource_blocks(bandwidth_mhz=bandwidth, subcarrier_khz=spacing, technology=technology)
    assert found == blocks


def test_blocks_fit_into_their_channel_and_use_most_of_it():
    for (_, spacing), table in RESOURCE_BLOCKS.items():
        for bandwidth, blocks in table.items():
            used = 12 * blocks * spacing / 1000.0 / bandwidth
            assert 0.7 < used < 0.99, (bandwidth, spacing)


@pytest.mark.parametrize(
    ("bandwidth", "spacing", "technology", "column", "known"),
    [
        (33, 30, "NR", "bandwidth_mhz", "30, 35, 40"),
        (100, 15, "NR", "bandwidth_mhz", "45, 50"),
        (20, 30, "LTE", "subcarrier_khz", "15"),
        (20, float("nan"), "NR", "subcarrier_khz", "15, 30, 60"),
    ],
)
def test_a_carrier_that_does_not_exist_lists_those_that_do(
    bandwidth, spacing, technology, column, known
):
    with pytest.raises(ConfigurationError, match=column) as refused:
        resource_blocks(bandwidth_mhz=bandwidth, subcarrier_khz=spacing, technology=technology)
    assert known in str(refused.value)


def test_a_carrier_of_100_mhz_is_35_2_db_above_its_resource_elements():
    assert resource_element_share_db(273) == pytest.approx(35.15, abs=0.005)
    assert resource_element_share_db(160) == pytest.approx(32.83, abs=0.005)
    assert resource_element_share_db(52) == pytest.approx(27.95, abs=0.005)


@pytest.mark.parametrize(
    ("power", "blocks", "gain", "feeder", "eirp"),
    [
        (53.0, 273, 20.0, 0.0, 37.85),  # 3.5 GHz 64T: 200 W, SSB beam of 20 dBi: 38
        (53.8, 160, 15.0, 3.0, 32.97),  # 700 MHz: 4 x 60 W, 30 MHz: 33
        (49.0, 52, 15.0, 3.0, 33.05),  # 900 MHz: 2 x 40 W, 10 MHz: 33
        (49.0, 273, 12.0, 0.0, 25.85),  # micro: 4 x 20 W: 25.8
        (46.0, 273, 25.0, 3.0, 32.85),  # 46 + 25 - 3 = 68 dBm of EIRP
    ],
)
def test_worked_link_budgets(power, blocks, gain, feeder, eirp):
    ours = eirp_per_re_dbm(
        power_dbm=power, resource_blocks=blocks, gain_dbi=gain, feeder_loss_db=feeder
    )
    assert ours == pytest.approx(eirp, abs=0.01)


def test_one_port_of_four_has_six_decibels_less():
    whole = {"power_dbm": 30.0, "resource_blocks": 273, "gain_dbi": 3.0}
    quarter = 10.0 * math.log10(0.25)
    less = eirp_per_re_dbm(**whole, power_offset_db=quarter)
    assert eirp_per_re_dbm(**whole) - less == pytest.approx(6.02, abs=0.01)
    assert less == pytest.approx(-8.2, abs=0.05)


def test_the_largest_path_loss_of_a_worked_budget():
    # 38 dBm per resource element down to -115 dBm, without margins: 153 dB
    assert max_path_loss_db(eirp_per_re_dbm=38.0, rsrp_min_dbm=-115.0) == pytest.approx(153.0)
    # body 3, penetration 20, shadowing 8.3, interference 4: 35.3 dB less
    loss = max_path_loss_db(
        eirp_per_re_dbm=38.0,
        rsrp_min_dbm=-105.0,
        body_loss_db=3.0,
        entry_loss_db=20.0,
        interference_margin_db=4.0,
        fading_margin_db=8.3,
    )
    assert loss == pytest.approx(107.7)
    assert float(rsrp_dbm(38.0, loss, body_loss_db=3.0, entry_loss_db=20.0)) == pytest.approx(
        -105.0 + 8.3 + 4.0
    )


@given(path=losses, antenna=losses, wall=losses, more=st.floats(0.0, 40.0))
@settings(max_examples=60)
def test_every_decibel_of_loss_is_a_decibel_of_level(path, antenna, wall, more):
    level = float(rsrp_dbm(38.0, path, antenna, entry_loss_db=wall))
    for change in ((more, 0, 0, 0), (0, more, 0, 0), (0, 0, more, 0), (0, 0, 0, more)):
        less = float(
            rsrp_dbm(
                38.0,
                path + change[0],
                antenna + change[1],
                entry_loss_db=wall + change[2],
                body_loss_db=change[3],
            )
        )
        assert level - less == pytest.approx(more, abs=1e-9)


def test_levels_come_as_arrays_and_an_endless_loss_leaves_nothing():
    levels = rsrp_dbm([38.0, 33.0], [[100.0, np.inf]], [0.0, 3.0])
    assert levels.tolist() == [[-62.0, -np.inf]]


def test_entry_losses_are_those_of_the_models():
    assert penetration_db("none", carrier_ghz=3.5) == (0.0, 0.0)
    low, low_sigma = penetration_db("low", carrier_ghz=3.5, indoor_distance_m=5.0)
    assert low == tr38901.entry_loss_db("low", carrier_ghz=3.5, indoor_distance_m=5.0)
    assert low_sigma == 4.4
    median, spread = penetration_db("traditional", carrier_ghz=3.5)
    assert median == pytest.approx(float(p2109.entry_loss_db("traditional", carrier_ghz=3.5)))
    assert 7.0 < spread < 12.0
    efficient, _ = penetration_db("thermally_efficient", carrier_ghz=3.5)
    assert efficient > median + 10.0
    with pytest.raises(ConfigurationError, match="entry model"):
        penetration_db("glass", carrier_ghz=3.5)


def test_margins_are_quantiles_of_the_normal_distribution():
    assert float(fading_margin_db(8.0, location_probability=0.95)) == pytest.approx(13.16, abs=0.01)
    assert float(fading_margin_db(8.0, location_probability=0.5)) == pytest.approx(0.0, abs=1e-12)
    # the 8.3 dB that planners write for 95 % hold for a sigma of 5 dB
    assert float(fading_margin_db(5.05, location_probability=0.95)) == pytest.approx(8.3, abs=0.01)


def test_noise_of_a_resource_element_is_minus_129_2_and_the_noise_figure():
    noise = noise_per_re_dbm(subcarrier_khz=30, noise_figure_db=0.0)
    assert noise == pytest.approx(-129.2, abs=0.01)
    assert noise_per_re_dbm(subcarrier_khz=30, noise_figure_db=7.0) == pytest.approx(noise + 7.0)
    halved = noise_per_re_dbm(subcarrier_khz=15, noise_figure_db=0.0)
    assert noise - halved == pytest.approx(3.01, abs=0.001)


def test_nonsense_is_refused_by_name_all_at_once():
    nan = float("nan")
    with pytest.raises(ConfigurationError) as refused:
        eirp_per_re_dbm(power_dbm=nan, resource_blocks=273, gain_dbi=99.0, feeder_loss_db=-1.0)
    assert all(name in str(refused.value) for name in ("power_dbm", "gain_dbi", "feeder_loss_db"))
    with pytest.raises(ConfigurationError, match="path_loss_db"):
        rsrp_dbm(38.0, [100.0, -1.0])
    with pytest.raises(ConfigurationError, match="rsrp_min_dbm"):
        max_path_loss_db(eirp_per_re_dbm=38.0, rsrp_min_dbm=105.0)
    with pytest.raises(ConfigurationError, match="resource_blocks"):
        eirp_per_re_dbm(power_dbm=53.0, resource_blocks=0, gain_dbi=20.0)
    with pytest.raises(ConfigurationError, match="noise_figure_db"):
        noise_per_re_dbm(subcarrier_khz=30, noise_figure_db=nan)
