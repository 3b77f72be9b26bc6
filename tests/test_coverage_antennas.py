"""Antennas lose what the table says, nowhere less than nothing, and least where they point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage.antennas import (
    Antenna,
    Panel,
    Sweep,
    beam_panel,
    directivity_dbi,
    element_antenna,
    element_loss_db,
    envelope_antenna,
    isotropic,
    kernel_limits_db,
    kernel_tables,
    panel_antenna,
    panel_pattern_db,
    sectors_loss_db,
)
from siting.errors import ConfigurationError

MASSIVE = Panel(rows=12, columns=8, element_horizontal_deg=110.0, loss_db=1.5)
SSB = Sweep(beams=8, width_deg=105.0, rows=8, columns=4)
PASSIVE = Panel(rows=10, columns=1, row_spacing_wavelengths=0.8, loss_db=1.5)
ANTENNAS = (
    element_antenna(),
    panel_antenna(PASSIVE, name="passive"),
    panel_antenna(MASSIVE, name="traffic"),
    envelope_antenna(MASSIVE, SSB, name="ssb", gain_dbi=20.0),
)
azimuths = st.floats(-720.0, 720.0)
elevations = st.floats(-90.0, 90.0)
tilts = st.floats(-15.0, 30.0)


@pytest.mark.parametrize(
    ("azimuth", "elevation", "loss"),
    [
        (0.0, 0.0, 0.0),
        (32.5, 0.0, 3.0),  # half of the width of 65 degrees: 12 / 4
        (65.0, 0.0, 12.0),  # the whole width: 12
        (-65.0, 0.0, 12.0),
        (0.0, 65.0, 12.0),
        (32.5, 32.5, 6.0),
        (65.0, 65.0, 24.0),
        (102.0, 0.0, 12.0 * (102.0 / 65.0) ** 2),
        (103.0, 0.0, 30.0),  # from 65 sqrt(2.5) = 102.8 degrees on, 30 dB
        (180.0, 0.0, 30.0),
        (180.0, 90.0, 30.0),
    ],
)
def test_the_element_of_table_7_3_1(azimuth, elevation, loss):
    assert float(element_loss_db(azimuth, elevation)) == pytest.approx(loss)
    if azimuth == round(azimuth):
        assert float(element_antenna().loss_db(azimuth, elevation)) == pytest.approx(loss, abs=1e-5)


@given(azimuth=azimuths, elevation=elevations, electrical=tilts, mechanical=tilts)
@settings(max_examples=100)
def test_no_direction_gains_and_none_loses_more_than_the_limit(
    azimuth, elevation, electrical, mechanical
):
    for antenna in ANTENNAS:
        loss = antenna.loss_db(
            azimuth, elevation, electrical_tilt_deg=electrical, mechanical_tilt_deg=mechanical
        )
        assert 0.0 <= float(loss) <= antenna.front_to_back_db


@given(azimuth=azimuths, elevation=elevations, mechanical=tilts)
@settings(max_examples=60)
def test_left_and_right_are_alike(azimuth, elevation, mechanical):
    for antenna in ANTENNAS:
        left, right = antenna.loss_db(
            [-azimuth, azimuth], elevation, mechanical_tilt_deg=mechanical
        )
        assert left == pytest.approx(right, abs=1e-4)


def test_an_untilted_panel_is_strongest_at_boresight():
    for antenna in ANTENNAS[:3]:
        grid = antenna.loss_db(np.arange(-180.0, 180.0)[:, None], np.arange(-90.0, 91.0))
        assert np.argwhere(grid == 0.0).tolist() == [[180, 90]]


@given(electrical=st.integers(0, 20), mechanical=st.integers(0, 10))
@settings(max_examples=40)
def test_tilt_moves_the_peak_down_by_as_much(electrical, mechanical):
    elevation = np.arange(-90.0, 90.5, 0.5)
    for antenna in ANTENNAS:
        loss = antenna.loss_db(
            0.0, elevation, electrical_tilt_deg=electrical, mechanical_tilt_deg=mechanical
        )
        assert elevation[np.argmin(loss)] == -(electrical + mechanical)


def test_mechanical_tilt_leaves_the_sides_and_lifts_the_back():
    upright = Antenna(
        name="omni",
        horizontal_loss_db=np.zeros(360),
        vertical_loss_db=ANTENNAS[1].vertical_loss_db,
        gain_dbi=8.0,
        front_to_back_db=40.0,
    )
    losses = upright.loss_db(
        [0.0, 90.0, 180.0, 270.0], [-6.0, 0.0, 6.0, 0.0], mechanical_tilt_deg=6
    )
    assert losses == pytest.approx(np.zeros(4), abs=1e-5)


def test_the_cosine_of_mechanical_tilt_is_near_the_full_rotation():
    azimuth, elevation = np.meshgrid(np.arange(-60.0, 61.0, 5.0), np.arange(-15.0, 16.0))
    tilt = np.radians(8.0)
    phi, e = np.radians(azimuth), np.radians(elevation)
    x, y, z = np.cos(e) * np.cos(phi), np.cos(e) * np.sin(phi), np.sin(e)
    ahead, up = x * np.cos(tilt) - z * np.sin(tilt), x * np.sin(tilt) + z * np.cos(tilt)
    own_azimuth, own_elevation = np.degrees(np.arctan2(y, ahead)), np.degrees(np.arcsin(up))
    simple = elevation + 8.0 * np.cos(phi)
    assert np.abs(own_elevation - simple).max() < 0.2
    assert np.abs(own_azimuth - azimuth).max() < 2.2


def test_electrical_steering_puts_the_peak_where_it_is_told():
    elevation = np.arange(-30.0, 30.01, 0.1)
    steered = panel_pattern_db(PASSIVE, 0.0, elevation, steer_elevation_deg=-6.0)
    assert elevation[np.argmax(steered)] == pytest.approx(-6.0, abs=0.11)
    azimuth = np.arange(-60.0, 60.01, 0.1)
    turned = panel_pattern_db(MASSIVE, azimuth, 0.0, steer_azimuth_deg=20.0)
    assert azimuth[np.argmax(turned)] == pytest.approx(20.0, abs=0.5)  # the element pulls it back


def test_shifting_the_cut_stands_for_steering_within_a_tilt_of_ten_degrees():
    elevation = np.arange(-16.0, 0.5, 0.5)
    antenna = panel_antenna(PASSIVE, name="passive")
    shifted = antenna.loss_db(0.0, elevation, electrical_tilt_deg=8.0)
    steered = -panel_pattern_db(PASSIVE, 0.0, elevation, steer_elevation_deg=-8.0)
    main_lobe = steered < 10.0
    assert shifted[main_lobe] == pytest.approx(steered[main_lobe], abs=0.5)


@pytest.mark.parametrize(
    ("panel", "stated_dbi"),
    [(MASSIVE, 24.5), (PASSIVE, 17.5), (beam_panel(MASSIVE, SSB), 20.0)],
    ids=["64T panel", "passive panel of 10 rows", "one SSB beam"],
)
def test_the_integrated_directivity_is_the_stated_gain_within_a_decibel(panel, stated_dbi):
    assert directivity_dbi(panel) - panel.loss_db == pytest.approx(stated_dbi, abs=1.0)


def test_twice_the_rows_give_three_decibels_and_half_the_width():
    single, double = (replace(PASSIVE, rows=rows) for rows in (8, 16))
    assert directivity_dbi(double) - directivity_dbi(single) == pytest.approx(3.0, abs=0.2)
    widths = [panel_antenna(panel, name="p").vertical_width_deg for panel in (single, double)]
    assert widths[1] == pytest.approx(0.5 * widths[0], rel=0.03)


def test_the_widths_of_a_passive_sector_are_those_of_data_sheets():
    passive = panel_antenna(PASSIVE, name="passive")
    assert passive.horizontal_width_deg == pytest.approx(65.0, abs=0.1)
    assert passive.vertical_width_deg == pytest.approx(6.3, abs=0.2)  # 50.8 / (10 x 0.8)


def test_the_ssb_envelope_is_105_degrees_wide_and_flat_within_3_db():
    envelope = ANTENNAS[3]
    assert envelope.horizontal_width_deg == pytest.approx(105.0, abs=3.0)
    across = envelope.loss_db(np.arange(-50.0, 51.0), 0.0)
    assert across.max() < 3.0
    at_rim = float(envelope.loss_db(60.0, 0.0))
    assert at_rim < float(element_antenna().loss_db(60.0, 0.0)) - 4.0


def test_three_sectors_are_weakest_between_two_of_them():
    around = np.arange(0.0, 360.0)
    losses = sectors_loss_db(element_antenna(), around, 0.0)
    assert losses[[0, 120, 240]] == pytest.approx(np.zeros(3))
    assert losses.max() == pytest.approx(12.0 * (60.0 / 65.0) ** 2, abs=1e-4)
    assert losses[[60, 180, 300]] == pytest.approx(np.full(3, losses.max()))


def test_kernel_tables_hold_the_cuts_row_by_row():
    horizontal, vertical = kernel_tables(ANTENNAS)
    assert (horizontal.shape, vertical.shape) == ((4, 360), (4, 361))
    assert (horizontal.dtype, vertical.dtype) == (np.float32, np.float32)
    for row, antenna in enumerate(ANTENNAS):
        assert (horizontal[row] == antenna.horizontal_loss_db).all()
        assert (vertical[row] == antenna.vertical_loss_db).all()
    assert kernel_limits_db(ANTENNAS).tolist() == [30.0] * 4


def test_an_isotropic_antenna_loses_nothing_anywhere():
    loss = isotropic().loss_db(np.arange(360.0), np.linspace(-90, 90, 360), electrical_tilt_deg=9)
    assert (loss == 0.0).all()


def test_a_pattern_cannot_be_changed_by_what_it_was_made_of():
    cut = np.zeros(360, dtype=np.float32)
    antenna = replace(isotropic(), horizontal_loss_db=cut)
    cut[:] = 9.0
    assert antenna.horizontal_loss_db.max() == 0.0
    with pytest.raises(ValueError, match="read-only"):
        antenna.horizontal_loss_db[0] = 1.0


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"horizontal_loss_db": np.zeros(361)}, ["horizontal_loss_db"]),
        ({"vertical_loss_db": np.full(361, np.nan)}, ["vertical_loss_db"]),
        ({"horizontal_loss_db": np.full(360, -1.0), "gain_dbi": 99.0}, ["horizontal", "gain_dbi"]),
        ({"front_to_back_db": float("nan")}, ["front_to_back_db"]),
    ],
)
def test_what_is_no_pattern_is_refused_all_at_once(change, names):
    with pytest.raises(ConfigurationError) as refused:
        replace(isotropic(), **change)
    assert all(name in str(refused.value) for name in names)


def test_directions_that_are_none_are_refused():
    with pytest.raises(ConfigurationError, match="elevation_deg"):
        isotropic().loss_db(0.0, [0.0, np.nan])
    with pytest.raises(ConfigurationError, match="azimuth_off_deg"):
        isotropic().loss_db(np.inf, 0.0)
    with pytest.raises(ConfigurationError, match="antenna"):
        kernel_tables([])
    with pytest.raises(ConfigurationError, match="columns"):
        envelope_antenna(PASSIVE, SSB, name="too wide", gain_dbi=20.0)
