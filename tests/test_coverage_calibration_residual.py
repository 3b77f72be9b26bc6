"""The learned residual helps where there is something to learn, and is saved as plain arrays."""

from dataclasses import replace

import numpy as np
import pytest
from calibration_town import town

from siting.coverage.calibration import (
    REASONS,
    Measurements,
    calibrate,
    predict,
    radio_bytes,
    read_radio,
)
from siting.coverage.calibration.features import FEATURES, feature_matrix
from siting.coverage.calibration.ground import ground_of, joined, keys_of
from siting.coverage.calibration.links import links_of
from siting.coverage.calibration.trees import forest_of
from siting.errors import ConfigurationError, DataError, MissingDataError

ABOUT = {"source": "made up", "crs": "plane metres"}


@pytest.fixture(scope="module")
def made():
    """Return a town with an effect that the physical form cannot hold."""
    plain = town(rows=8000, noise_db=4.0, site_db=2.0)
    places = plain.measured.places
    ground = ground_of(places)
    around = ground.window_means(keys_of(places.x_m, places.y_m), reach=5)[0]
    level = plain.measured.rsrp_dbm - 12.0 * np.sin(np.log10(1.0 + around) * 4.0)
    return replace(plain, measured=Measurements(places=places, rsrp_dbm=level.clip(-160.0, -20.0)))


@pytest.fixture(scope="module")
def learned(made):
    return calibrate(made.measured, made.cells, residual=True, seed=4, trees=60)


def rmse(off):
    return float(np.sqrt((off**2).mean()))


def test_trees_learn_what_the_form_cannot_hold_at_unseen_sites(made, learned):
    _, trial = learned
    level = made.measured.rsrp_dbm[trial.row]
    assert rmse(level - trial.mean_dbm) < 0.8 * rmse(level - trial.physical_dbm)


def test_intervals_hold_the_share_they_claim_at_sites_that_took_no_part():
    made = town(rows=8000, noise_db=4.0, site_db=3.0, side=10)
    site = np.arange(len(made.cells)) // 3 % 2
    of = site[made.measured.places.cell] == 0
    model, trial = calibrate(made.measured.rows(of), made.cells)
    there = predict(model, made.measured.places.rows(~of), made.cells)
    level = made.measured.rsrp_dbm[~of]
    told = there.reason == 0
    inside = (level >= there.low_dbm) & (level <= there.high_dbm)
    assert told.mean() > 0.7
    assert inside[told].mean() == pytest.approx(0.9, abs=0.04)
    assert trial.inside.mean() == pytest.approx(0.9, abs=0.02)


def test_probabilities_agree_with_what_is_found(made, learned):
    _, trial = learned
    level = made.measured.rsrp_dbm[trial.row]
    threshold = float(np.median(level))
    probability = trial.weak(threshold)
    for low, high in ((0.0, 0.2), (0.2, 0.8), (0.8, 1.01)):
        of = (probability >= low) & (probability < high)
        assert (level[of] < threshold).mean() == pytest.approx(probability[of].mean(), abs=0.06)


def test_our_trees_give_what_scikit_learn_gives():
    from sklearn.ensemble import HistGradientBoostingRegressor

    rng = np.random.default_rng(2)
    features = rng.normal(size=(3000, 6))
    features[rng.random(features.shape) < 0.1] = np.nan
    target = np.nan_to_num(features[:, 0]) ** 2 + np.isnan(features[:, 1]) * 3.0
    models = [
        HistGradientBoostingRegressor(max_iter=30, random_state=seed, max_features=0.5).fit(
            features, target
        )
        for seed in (0, 1)
    ]
    unseen = rng.normal(size=(500, 6)) * 3.0
    unseen[rng.random(unseen.shape) < 0.2] = np.nan
    theirs = np.mean([model.predict(unseen) for model in models], axis=0)
    assert forest_of(models).predict(unseen) == pytest.approx(theirs, abs=1e-9)


def test_a_saved_radio_predicts_what_the_model_predicts(made, learned, tmp_path):
    model, _ = learned
    text, arrays = radio_bytes(model, arrays="radio.npz", about=ABOUT)
    (tmp_path / "radio.toml").write_bytes(text)
    (tmp_path / "radio.npz").write_bytes(arrays)
    again, about = read_radio(tmp_path / "radio.toml")
    places = made.measured.places.rows(slice(0, 500))
    one, other = (predict(each, places, made.cells) for each in (model, again))
    assert about["source"] == "made up"
    for name in ("mean_dbm", "low_dbm", "high_dbm", "reason"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
    assert radio_bytes(again, arrays="radio.npz", about=ABOUT) == (text, arrays)


def test_the_same_measurements_and_seed_give_the_same_bytes(made, learned):
    again, _ = calibrate(made.measured, made.cells, residual=True, seed=4, trees=60)
    first, second = (
        radio_bytes(model, arrays="r.npz", about=ABOUT) for model in (learned[0], again)
    )
    assert first == second
    other, _ = calibrate(made.measured, made.cells, residual=True, seed=5, trees=60)
    assert radio_bytes(other, arrays="r.npz", about=ABOUT) != first


def test_no_level_is_told_outside_what_was_measured(made, learned):
    model, _ = learned
    places = made.measured.places.rows(slice(0, 6))
    cell, clutter, x_m = places.cell.copy(), places.clutter.copy(), places.x_m.copy()
    cell[0], clutter[1], x_m[2] = -1, 77, x_m[2] + 50_000.0
    places = replace(places, cell=cell, clutter=clutter, x_m=x_m)
    height, carrier = made.cells.height_m.copy(), made.cells.carrier_mhz.copy()
    height[cell[3]], carrier[-1] = 90.0, 700.0
    asked = replace(places, cell=np.where(np.arange(6) == 4, len(carrier) - 1, cell))
    told = predict(model, asked, replace(made.cells, height_m=height, carrier_mhz=carrier))
    reasons = [REASONS[index] for index in told.reason[:3]]
    assert reasons == [
        "the cell is not in the register",
        "the clutter was not measured",
        "the distance is outside what was measured",
    ]
    assert REASONS[told.reason[3]] == "the antenna height is outside what was measured"
    assert REASONS[told.reason[4]] == "the band was not measured"
    assert np.isnan(told.mean_dbm[:3]).all()
    assert np.isnan(told.low_dbm[:3]).all()
    assert np.isnan(told.probability_below(-100.0)[:3]).all()
    assert sum(told.refused.values()) == (told.reason != 0).sum()


def test_a_lone_place_on_an_unknown_way_has_no_level(made, learned):
    model, _ = learned
    cells = replace(made.cells, x_m=made.cells.x_m + 100_000.0)
    places = made.measured.places.rows(slice(0, 1))
    lone = replace(places, x_m=places.x_m + 100_000.0)
    told = predict(replace(model, ranges=_denser(model.ranges)), lone, cells)
    assert REASONS[told.reason[0]] == "too little of the ground on the way is known"
    plain, _ = calibrate(made.measured, made.cells)
    assert predict(plain, lone, cells).reason[0] == 0  # the form alone does not lean on the map


def _denser(ranges):
    return {band: replace(seen, known_share=0.5) for band, seen in ranges.items()}


def test_no_feature_names_a_cell_or_a_place():
    assert not {"cell", "site", "x_m", "y_m", "lon", "lat"} & set(FEATURES)


def test_measurements_without_map_columns_are_calibrated_all_the_same(made):
    places = made.measured.places
    nothing = np.full(len(places), np.nan)
    bare = replace(places, elevation_m=nothing, building_m=nothing)
    measured = Measurements(places=bare, rsrp_dbm=made.measured.rsrp_dbm)
    model, trial = calibrate(measured, made.cells, residual=True, trees=10)
    assert len(model.ground) == 0
    assert np.isfinite(trial.mean_dbm).all()
    assert np.isfinite(predict(model, bare.rows(slice(0, 9)), made.cells).mean_dbm).all()


def test_windows_average_the_squares_that_are_known(made):
    places = made.measured.places
    ground = ground_of(places)
    building, share, elevation = ground.window_means(keys_of(places.x_m, places.y_m), reach=5)
    for row in (0, 1234, 7999):
        near = np.abs(np.floor(places.x_m / 10) - np.floor(places.x_m[row] / 10)) <= 5
        near &= np.abs(np.floor(places.y_m / 10) - np.floor(places.y_m[row] / 10)) <= 5
        squares = ground.find(np.unique(keys_of(places.x_m[near], places.y_m[near])))[0]
        assert building[row] == pytest.approx(ground.building_m[squares].mean())
        assert share[row] == pytest.approx((ground.building_m[squares] > 0).mean())
        assert elevation[row] == pytest.approx(0.0)


def test_a_joined_ground_keeps_the_first_word_on_a_square(made):
    places = made.measured.places
    one = ground_of(places.rows(slice(0, 4000)))
    other = ground_of(replace(places, building_m=places.building_m + 1.0))
    both = joined(one, other)
    assert (np.diff(both.key) > 0).all()
    assert set(both.key) == set(other.key)
    index, _ = both.find(one.key)
    assert (both.building_m[index] == one.building_m).all()


def test_features_are_those_of_each_link_alone(made):
    places = made.measured.places.rows(slice(0, 300))
    ground = ground_of(made.measured.places)
    whole = feature_matrix(places, made.cells, links_of(places, made.cells, ground), ground)
    some = places.rows(slice(100, 200))
    part = feature_matrix(some, made.cells, links_of(some, made.cells, ground), ground)
    assert np.array_equal(whole[100:200], part, equal_nan=True)


def test_a_radio_file_that_is_not_whole_is_refused(learned, tmp_path):
    text, arrays = radio_bytes(learned[0], arrays="radio.npz", about=ABOUT)
    radio = tmp_path / "radio.toml"
    with pytest.raises(MissingDataError, match=r"radio\.toml"):
        read_radio(radio)
    radio.write_bytes(text)
    with pytest.raises(MissingDataError, match=r"radio\.npz"):
        read_radio(radio)
    (tmp_path / "radio.npz").write_bytes(arrays[:-1] + b"x")
    with pytest.raises(DataError, match="not the file that was written with it"):
        read_radio(radio)
    for content in (b"format = 9\n", b"format = \n", b"format = 1\n", b"\xff"):
        radio.write_bytes(content)
        with pytest.raises(DataError, match="calibrate again"):
            read_radio(radio)


@pytest.mark.parametrize("share", [0.2, 0.999, float("nan")])
def test_an_interval_of_an_absurd_share_is_refused(made, learned, share):
    with pytest.raises(ConfigurationError, match=r"use 0\.5 to 0\.99"):
        predict(learned[0], made.measured.places.rows(slice(0, 2)), made.cells, share=share)
