"""TR 38.901: published path losses, the tables' worked values, and the refusal of ranges."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from siting.coverage import tr38901
from siting.errors import ConfigurationError

VECTORS = Path(__file__).resolve().parents[2] / "shared/vectors/radio/tr38901/pathloss.csv"
BASE_HEIGHT_M = {"RMa": 35.0, "UMa": 25.0, "UMi": 10.0, "InH": 3.0}
TABLE = Path(__file__).parent / "data" / "radio" / "tr38901.csv"


def published() -> dict[tuple[str, bool], pd.DataFrame]:
    rows = pd.read_csv(TABLE, comment="#")
    return dict(list(rows.groupby(["scenario", "line_of_sight"])))


def test_the_published_values_are_of_every_scenario():
    assert set(published()) == {(name, los) for name in tr38901.SCENARIOS for los in (True, False)}


@pytest.mark.parametrize(("scenario", "line_of_sight"), list(published()))
def test_path_loss_equals_the_published_values(scenario, line_of_sight):
    rows = published()[scenario, line_of_sight]
    loss = tr38901.path_loss_db(
        scenario,
        rows["distance_m"],
        carrier_ghz=5.0,
        base_height_m=rows["base_height_m"].iloc[0],
        line_of_sight=bool(line_of_sight),
    )
    assert loss == pytest.approx(rows["loss_db"].to_numpy(), abs=6e-5)


def test_path_loss_equals_every_stored_vector():
    if not VECTORS.exists():
        pytest.skip("the published vectors are not next to the repository")
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            loss = tr38901.path_loss_db(
                row["scenario"],
                float(row["d2D_m"]),
                carrier_ghz=float(row["fc_GHz"]),
                base_height_m=float(row["hBS_m"]),
                ue_height_m=float(row["hUT_m"]),
                line_of_sight=row["los"] == "true",
            )
            assert loss == pytest.approx(float(row["pathloss_dB"]), abs=6e-5)


@pytest.mark.parametrize("scenario", tr38901.SCENARIOS)
@pytest.mark.parametrize("line_of_sight", [True, False])
@pytest.mark.parametrize("carrier_ghz", [0.7, 3.5, 26.0])
def test_path_loss_never_falls_with_distance(scenario, line_of_sight, carrier_ghz):
    least, largest = tr38901.distance_range_m(scenario, line_of_sight=line_of_sight)
    distance = np.linspace(least, largest - 1.0, 4001)
    loss = tr38901.path_loss_db(
        scenario,
        distance,
        carrier_ghz=carrier_ghz,
        base_height_m=BASE_HEIGHT_M[scenario],
        line_of_sight=line_of_sight,
    )
    assert (np.diff(loss) >= 0.0).all()


@pytest.mark.parametrize("scenario", tr38901.SCENARIOS)
def test_line_of_sight_never_loses_more_than_its_absence(scenario):
    distance = np.linspace(10.0, 140.0, 50)
    both = [
        tr38901.path_loss_db(
            scenario,
            distance,
            carrier_ghz=3.5,
            base_height_m=BASE_HEIGHT_M[scenario],
            line_of_sight=line_of_sight,
        )
        for line_of_sight in (True, False)
    ]
    assert (both[0] <= both[1]).all()


@pytest.mark.parametrize(("scenario", "base_height_m", "break_m"), [
    ("UMa", 25.0, 4 * 24 * 0.5 * 3.5e9 / 3e8),
    ("UMi", 10.0, 4 * 9 * 0.5 * 3.5e9 / 3e8),
    ("RMa", 35.0, 2 * np.pi * 35 * 1.5 * 3.5e9 / 3e8),
])  # fmt: skip
def test_slope_doubles_at_the_break_point(scenario, base_height_m, break_m):
    at = np.array([0.90, 0.95, 1.05, 1.10]) * break_m
    loss = tr38901.path_loss_db(
        scenario, at, carrier_ghz=3.5, base_height_m=base_height_m, line_of_sight=True
    )
    before, after = np.diff(loss)[[0, 2]] / np.diff(np.log10(at))[[0, 2]]
    assert after == pytest.approx(40.0, abs=0.3)
    assert before < 33.0


def test_line_of_sight_probability_equals_the_table_by_hand():
    street = 18 / 100 + np.exp(-100 / 36) * (1 - 18 / 100)
    macro = 18 / 100 + np.exp(-100 / 63) * (1 - 18 / 100)
    lifted = macro * (1 + (10 / 10) ** 1.5 * 1.25 * 1.0 * np.exp(-100 / 150))
    probability = tr38901.line_of_sight_probability
    assert probability("UMi", 100.0) == pytest.approx(street)
    assert probability("UMa", 100.0) == pytest.approx(macro)
    assert probability("UMa", 100.0, ue_height_m=13.0) == pytest.approx(macro)
    assert probability("UMa", 100.0, ue_height_m=23.0) == pytest.approx(lifted)
    assert probability("RMa", 1010.0) == pytest.approx(np.exp(-1.0))
    assert probability("InH", [1.2, 5.9]) == pytest.approx([1.0, np.exp(-1.0)])
    assert probability("InH", 39.1) == pytest.approx(0.32 * np.exp(-1.0))


@pytest.mark.parametrize("scenario", tr38901.SCENARIOS)
def test_line_of_sight_is_certain_nearby_and_only_falls(scenario):
    probability = tr38901.line_of_sight_probability(scenario, np.linspace(0.0, 5000.0, 5001))
    assert probability[:2] == pytest.approx(1.0)
    assert (np.diff(probability) <= 1e-12).all()
    assert probability.min() >= 0.0


def test_shadowing_equals_the_table():
    def sigma(scenario, distance_2d_m, *, line_of_sight):
        return tr38901.shadow_sigma_db(
            scenario,
            distance_2d_m,
            line_of_sight=line_of_sight,
            carrier_ghz=0.7,
            base_height_m=BASE_HEIGHT_M[scenario],
        )

    assert sigma("UMa", [50.0, 500.0], line_of_sight=True).tolist() == [4.0, 4.0]
    assert sigma("UMa", 50.0, line_of_sight=False) == 6.0
    assert sigma("UMi", 50.0, line_of_sight=True) == 4.0
    assert sigma("UMi", 50.0, line_of_sight=False) == 7.82
    assert sigma("InH", 50.0, line_of_sight=True) == 3.0
    assert sigma("InH", 50.0, line_of_sight=False) == 8.03
    assert sigma("RMa", 50.0, line_of_sight=False) == 8.0
    break_m = 2 * np.pi * 35.0 * 1.5 * 0.7e9 / 3e8
    assert sigma("RMa", [break_m - 1, break_m + 1], line_of_sight=True).tolist() == [4.0, 6.0]


def test_entry_loss_equals_the_table_by_hand():
    # 3.5 GHz: concrete 19 dB, glass 2.7 dB, coated glass 24.05 dB
    low = 5 - 10 * np.log10(0.3 * 10**-0.27 + 0.7 * 10**-1.9)
    high = 5 - 10 * np.log10(0.7 * 10**-2.405 + 0.3 * 10**-1.9)
    assert tr38901.entry_loss_db("low", carrier_ghz=3.5) == pytest.approx(low)
    assert tr38901.entry_loss_db("high", carrier_ghz=3.5) == pytest.approx(high)
    assert low == pytest.approx(12.70, abs=0.01)
    assert high == pytest.approx(26.85, abs=0.01)
    deep = tr38901.entry_loss_db("low", carrier_ghz=3.5, indoor_distance_m=10.0)
    assert deep - low == pytest.approx(5.0)
    assert (tr38901.entry_sigma_db("low"), tr38901.entry_sigma_db("high")) == (4.4, 6.5)


@pytest.mark.parametrize(("scenario", "line_of_sight", "distance_2d_m"), [
    ("UMa", True, 9.9),
    ("UMa", False, 5001.0),
    ("UMi", True, 5001.0),
    ("RMa", True, 10_001.0),
    ("RMa", False, 5001.0),
    ("InH", True, 151.0),
    ("UMa", True, float("nan")),
])  # fmt: skip
def test_distances_outside_the_range_are_refused(scenario, line_of_sight, distance_2d_m):
    with pytest.raises(ConfigurationError, match="distance"):
        tr38901.path_loss_db(
            scenario,
            [100.0, distance_2d_m],
            carrier_ghz=3.5,
            base_height_m=BASE_HEIGHT_M[scenario],
            line_of_sight=line_of_sight,
        )


def test_a_refusal_names_the_value_and_the_range_and_every_problem():
    with pytest.raises(ConfigurationError) as caught:
        tr38901.path_loss_db(
            "RMa", 100.0, carrier_ghz=39.0, base_height_m=500.0, line_of_sight=True
        )
    text = str(caught.value)
    assert "39 GHz" in text
    assert "0.5 to 30 GHz" in text
    assert "500 m" in text
    assert len(caught.value.problems) == 2


def test_unknown_scenarios_and_buildings_are_refused():
    with pytest.raises(ConfigurationError, match="UMx"):
        tr38901.line_of_sight_probability("UMx", 10.0)
    with pytest.raises(ConfigurationError, match="glass"):
        tr38901.entry_loss_db("glass", carrier_ghz=3.5)
