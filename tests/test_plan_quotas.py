"""Quotas: what found a place by township, what found none by county, floors first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from town_study import MANY, town

from siting.plan.quotas import placed_quotas, share_unplaced, unplaced_quotas

COUNTIES = pd.DataFrame(
    {
        "code": ["1", "2", "3"],
        "name": ["甲", "乙", "岛"],
        "population": [30_000, 10_000, 99_000],
        "in_denominator": [True, True, False],
    }
)


def shared(stations: int, so_far: list[int], floor: float = 30.0) -> list[int]:
    """Return what each county is given."""
    return list(share_unplaced(stations, COUNTIES, np.array(so_far), floor).values())


def test_without_floors_stations_follow_the_people_that_count() -> None:
    assert shared(8, [0, 0, 0], floor=0.0) == [6, 2, 0]


def test_floors_come_first_and_the_rest_follows_the_people() -> None:
    assert shared(10, [90, 20, 0]) == [0, 10, 0]
    assert shared(14, [90, 20, 0]) == [3, 11, 0]


def test_too_few_for_all_floors_go_where_they_lack() -> None:
    assert shared(4, [80, 0, 0]) == [1, 3, 0]


@given(st.integers(0, 500), st.lists(st.integers(0, 120), min_size=3, max_size=3))
def test_every_station_is_shared_out_and_no_floor_is_passed_over(
    stations: int, so_far: list[int]
) -> None:
    given_out = np.array(shared(stations, so_far))
    lacking = np.maximum([90, 30, 0] - np.array(so_far), 0) * [1, 1, 0]

    assert given_out.sum() == stations
    assert given_out[2] == 0
    if stations >= lacking.sum():
        assert (given_out >= lacking).all()
    else:
        assert (given_out <= lacking).all()


def test_counties_without_unplaced_stations_have_no_line() -> None:
    lines = unplaced_quotas(COUNTIES, {"2024": {"2": 5, "1": 0}, "2025": {"1": 1}})

    assert [(q["phase"], q["county"], q["stations"]) for q in lines] == [
        ("2024", "乙", 5), ("2025", "甲", 1),
    ]  # fmt: skip
    assert not any(line["placed"] for line in lines)


def test_no_sites_make_no_quotas() -> None:
    assert placed_quotas(town().proposed.iloc[:0]) == []


@pytest.mark.parametrize("stations", [(140, 61), (150, 60)])
def test_floors_larger_than_the_places_are_met_by_quotas(stations: tuple[int, int]) -> None:
    """60 per 10,000 want 200 more stations, and places with a gain take about 125 of them."""
    study = town(
        ("floors.county_stations_per_10000", 60.0),
        ("phases.2024.max_stations", stations[0]),
        ("phases.2025.max_stations", stations[1]),
    )
    counties = [row for row in study.figures["counties"] if row["in_denominator"]]

    assert sum(row["stations_unplaced"] for row in counties) > 70
    assert all(row["stations_per_10000"] >= 60.0 for row in counties)
    assert all(phase["binding"].startswith("county floors") for phase in study.figures["phases"])
    for county in counties:
        said = f"{county['name_en']}: too few places with a gain for its floor"
        assert any(said in warning["en"] for warning in study.figures["warnings"])


def test_the_plan_says_what_stopped_a_phase() -> None:
    binding = {changes: town(*changes).figures["phases"][1]["binding"] for changes in ((), MANY)}

    assert binding == {(): "stations", MANY: "no place with a gain is left"}
