"""Hata, COST 231 and the calibrated form say what their formulas say, within their ranges."""

from __future__ import annotations

import numpy as np
import pytest

from siting.coverage import cost231, spm
from siting.errors import ConfigurationError

DISTANCE_M = np.array([1000.0, 2000.0, 5000.0, 10_000.0, 20_000.0])


def test_hata_at_869_mhz_is_the_worked_value_of_the_textbooks():
    # 869 MHz, base 30 m, terminal 1.5 m, 1 km, medium city: 69.55 + 26.16 lg f - 13.82 lg 30 - a
    loss = cost231.path_loss_db("city", 1000.0, carrier_ghz=0.869, base_height_m=30.0)
    assert float(loss) == pytest.approx(126.0, abs=0.1)


def test_cost_231_takes_over_from_hata_with_a_jump_below_one_and_a_half_decibels():
    hata = cost231.path_loss_db("city", DISTANCE_M, carrier_ghz=1.5, base_height_m=30.0)
    cost = cost231.path_loss_db("city", DISTANCE_M, carrier_ghz=1.5001, base_height_m=30.0)
    assert cost == pytest.approx(hata, abs=1.5)


def test_a_metropolis_loses_three_decibels_more():
    city = cost231.path_loss_db("city", DISTANCE_M, carrier_ghz=1.8, base_height_m=30.0)
    large = cost231.path_loss_db("large_city", DISTANCE_M, carrier_ghz=1.8, base_height_m=30.0)
    assert large - city == pytest.approx(np.full(5, 3.0))


def test_open_land_loses_least_and_the_city_most():
    losses = [
        float(cost231.path_loss_db(area, 3000.0, carrier_ghz=0.9, base_height_m=40.0))
        for area in ("open", "suburban", "city")
    ]
    assert losses == sorted(losses)


def test_ten_times_the_distance_costs_44_9_less_6_55_lg_h():
    near, far = cost231.path_loss_db(
        "city", [1000.0, 10_000.0], carrier_ghz=1.8, base_height_m=30.0
    )
    assert far - near == pytest.approx(44.9 - 6.55 * np.log10(30.0))


def test_the_calibrated_form_holds_cost_231_as_one_of_its_cases():
    # a terminal of 1.5 m at 1.8 GHz; distances in metres instead of kilometres move k2 into k1
    log_f = np.log10(1800.0)
    terminal = (1.1 * log_f - 0.7) * 1.5 - (1.56 * log_f - 0.8)
    k = spm.Coefficients(
        k1=46.3 + 33.9 * log_f - terminal - 3 * 44.9, k2=44.9, k3=-13.82 + 3 * 6.55, k5=-6.55
    )
    ours = spm.path_loss_db(k, DISTANCE_M, base_height_m=50.0)
    theirs = cost231.path_loss_db("city", DISTANCE_M, carrier_ghz=1.8, base_height_m=50.0)
    assert ours == pytest.approx(theirs)


def test_every_term_of_the_calibrated_form_counts_once():
    arguments = {"base_height_m": 30.0, "diffraction_db": 7.0, "ue_height_m": 2.0}
    columns = spm.terms([500.0], **arguments)[0]
    expected = [1.0, np.log10(500), np.log10(30), 7.0, np.log10(500) * np.log10(30), 2.0]
    assert columns == pytest.approx([*expected, np.log10(2.0)])
    k = spm.Coefficients(k1=1.0, k2=2.0, k3=3.0, k4=4.0, k5=5.0, k6=6.0, k7=7.0)
    loss = spm.path_loss_db(k, [500.0], clutter_db=10.0, **arguments)
    assert loss == pytest.approx([columns @ [1, 2, 3, 4, 5, 6, 7] + 10.0])


@pytest.mark.parametrize(
    "change",
    [
        {"distance_m": 500.0},
        {"carrier_ghz": 2.6},
        {"base_height_m": 20.0},
        {"ue_height_m": 0.5},
        {"area": "open", "carrier_ghz": 1.8},
        {"area": "forest"},
        {"distance_m": np.nan},
    ],
)
def test_hata_refuses_what_it_was_not_fitted_to(change):
    wanted = {"area": "city", "distance_m": 2000.0, "carrier_ghz": 1.8, "base_height_m": 30.0}
    arguments = wanted | change
    with pytest.raises(ConfigurationError):
        cost231.path_loss_db(arguments.pop("area"), arguments.pop("distance_m"), **arguments)


def test_the_calibrated_form_refuses_what_is_no_number():
    with pytest.raises(ConfigurationError, match="k2"):
        spm.Coefficients(k1=1.0, k2=float("nan"))
    with pytest.raises(ConfigurationError, match="distance_m"):
        spm.terms([0.0], base_height_m=30.0)
