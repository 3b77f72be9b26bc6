"""Coefficients come back from measurements that were made with them, and stay physical."""

from dataclasses import astuple, replace

import numpy as np
import pytest
from calibration_town import TRUE_ANTENNA_SHARE, TRUE_CLUTTER_DB, TRUE_K, town, true_level_dbm

from siting.coverage.calibration import Measurements, calibrate
from siting.coverage.calibration.blocks import (
    block_of_cells,
    folds_of_blocks,
    row_weights,
    thinned,
)
from siting.coverage.calibration.ground import ground_of
from siting.coverage.calibration.least_squares import BOUNDS, bands_of, bounded
from siting.coverage.calibration.links import knife_edge_db, links_of
from siting.coverage.calibration.model import physical_dbm
from siting.coverage.p526 import knife_edge_loss_db
from siting.errors import ConfigurationError, DataError


@pytest.fixture(scope="module")
def made():
    return town()


@pytest.fixture(scope="module")
def fitted(made):
    return calibrate(made.measured, made.cells)[0]


def test_the_slopes_that_made_the_measurements_are_found(fitted):
    band = fitted.bands[2600]
    slope = band.coefficients.k2 + band.coefficients.k5 * np.log10(30.0)
    assert slope == pytest.approx(TRUE_K.k2 + TRUE_K.k5 * np.log10(30.0), abs=0.5)
    assert band.coefficients.k4 == pytest.approx(TRUE_K.k4, abs=0.03)
    assert band.antenna_share == pytest.approx(TRUE_ANTENNA_SHARE, abs=0.02)
    assert band.power_share == pytest.approx(1.0, abs=0.05)


def test_the_level_is_found_wherever_it_was_measured(made, fitted):
    places = made.measured.places
    links = links_of(places, made.cells, ground_of(places))
    level = physical_dbm(fitted.bands, places, made.cells, links)
    off = level - true_level_dbm(places, made.cells)
    assert np.sqrt((off**2).mean()) < 0.3
    for clutter in TRUE_CLUTTER_DB:
        assert abs(off[places.clutter == clutter].mean()) < 0.15


def test_every_coefficient_stays_within_its_bounds_whatever_was_measured(made):
    rng = np.random.default_rng(0)
    noise = Measurements(places=made.measured.places, rsrp_dbm=rng.uniform(-140, -30, 6000))
    model, _ = calibrate(noise, made.cells)
    fit = model.bands[2600]
    for coefficients in (fit.coefficients, *fit.by_clutter.values()):
        for value, (least, largest) in zip(astuple(coefficients), BOUNDS.values(), strict=False):
            assert least <= value <= largest
    assert 0.0 <= fit.power_share <= 1.0
    assert 0.0 <= fit.antenna_share <= 1.0


def test_a_twentieth_of_absurd_rows_moves_the_level_by_little(made, fitted):
    level = made.measured.rsrp_dbm.copy()
    level[::20] = -30.0
    wild, _ = calibrate(Measurements(places=made.measured.places, rsrp_dbm=level), made.cells)
    links = links_of(made.measured.places, made.cells, ground_of(made.measured.places))
    both = [
        physical_dbm(model.bands, made.measured.places, made.cells, links)
        for model in (fitted, wild)
    ]
    assert abs((both[1] - both[0]).mean()) < 0.6  # plain least squares: about 3 dB


def test_a_clutter_class_of_three_samples_keeps_the_coefficients_of_the_band(made):
    clutter = made.measured.places.clutter.copy()
    clutter[:3] = 9
    places = replace(made.measured.places, clutter=clutter)
    model, _ = calibrate(Measurements(places=places, rsrp_dbm=made.measured.rsrp_dbm), made.cells)
    assert 9 not in model.bands[2600].by_clutter
    assert set(model.bands[2600].by_clutter) == {1, 2, 3}
    assert 9 in model.ranges[2600].clutter


def test_what_the_rows_do_not_tell_is_taken_from_the_prior():
    distance = np.linspace(2.0, 3.0, 50)
    design = np.column_stack([np.ones(50), distance])
    prior = np.array([0.0, 44.9])
    same = np.column_stack([np.ones(50), np.full(50, 2.5)])
    told = bounded(design, 10.0 + 35.0 * distance, np.ones(50), prior=prior, prior_rows=1.0)
    untold = bounded(same, np.full(50, 100.0), np.ones(50), prior=prior, prior_rows=1.0)
    assert told == pytest.approx([10.0, 35.0], abs=2.0)
    assert untold[1] == pytest.approx(44.9, abs=1e-6)


def test_two_bands_get_coefficients_of_their_own(made):
    carrier = np.where(np.arange(len(made.cells)) // 3 % 2 == 0, 2600.0, 720.0)
    cells = replace(made.cells, carrier_mhz=carrier)
    model, _ = calibrate(made.measured, cells)
    assert set(model.bands) == set(model.ranges) == {700, 2600}


def test_carriers_of_one_band_are_one_band():
    assert bands_of(np.array([2585.0, 2624.6, 703.0, 3450.0])).tolist() == [2600, 2600, 700, 3500]


def test_no_site_is_on_both_sides_of_a_split(made):
    fold = folds_of_blocks(block_of_cells(made.cells), folds=4, seed=3)
    block = block_of_cells(made.cells)
    assert set(fold.tolist()) == {0, 1, 2, 3}
    for one in np.unique(block):
        assert len(set(fold[block == one].tolist())) == 1


def test_no_cell_outweighs_the_others():
    cell = np.repeat([0, 1, 2, 3], [10, 10, 10, 1000])
    weight = row_weights(cell)
    assert weight[cell == 3].sum() == pytest.approx(20.0)
    assert (weight[cell != 3] == 1.0).all()


def test_thinning_takes_from_the_largest_cells_first():
    cell = np.repeat([7, 8, 9], [5, 50, 500])
    kept = thinned(cell, most=60, seed=0)
    assert len(kept) <= 60
    assert np.bincount(cell[kept])[7:].tolist() == [5, 27, 27]
    assert (np.diff(kept) > 0).all()
    assert thinned(cell, most=555, seed=0).tolist() == list(range(555))


def test_the_knife_edge_is_that_of_p526():
    nu = np.array([-3.0, -0.78, -0.5, 0.0, 1.0, 5.0])
    expected = [knife_edge_loss_db(float(one)) for one in nu]
    assert knife_edge_db(nu) == pytest.approx(expected, abs=1e-9)


def test_too_few_rows_or_sites_are_refused_together(made):
    few = made.measured.rows(made.measured.places.cell == 0)
    with pytest.raises(DataError) as caught:
        calibrate(few.rows(slice(0, 20)), made.cells)
    told = str(caught.value)
    assert "20 usable measurements, 100 are needed" in told
    assert "1 squares of 2 km" in told or "1 square of 2 km" in told


def test_columns_of_unequal_length_and_levels_that_are_none_are_refused(made):
    with pytest.raises(ConfigurationError, match="give one value per row"):
        replace(made.measured.places, clutter=np.zeros(3, dtype=np.int64))
    level = made.measured.rsrp_dbm.copy()
    level[4] = np.nan
    with pytest.raises(ConfigurationError, match="rsrp_dbm"):
        replace(made.measured, rsrp_dbm=level)
    with pytest.raises(ConfigurationError, match="height_m"):
        replace(made.cells, height_m=np.zeros(len(made.cells)))
