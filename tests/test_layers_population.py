"""A county's people are shared out to its villages: every county sum is exact."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.layers.modelled.population import CLASS_WEIGHTS, largest_remainder, share_out


def villages(*rows: tuple[str, str], population: list[float] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "county_code": "A",
            "township_code": [town for town, _ in rows],
            "urban_rural_class": [word for _, word in rows],
            "population": population or [np.nan] * len(rows),
        }
    )


def townships(*rows: tuple[str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"code": c, "county_code": "A", "population": p, "population_kind": k}
            for c, p, k in rows
        ],
        columns=["code", "county_code", "population", "population_kind"],
    )


def county(population: int) -> pd.DataFrame:
    return pd.DataFrame({"code": ["A"], "population": [population]})


@given(st.lists(st.floats(0.1, 50.0), min_size=1, max_size=40), st.integers(0, 10**7))
def test_largest_remainder_conserves_the_total_and_stays_within_one(weights, total):
    weights = np.array(weights)
    shares = largest_remainder(weights, total)
    assert shares.sum() == total
    assert np.abs(shares - weights * total / weights.sum()).max() < 1.0 + 1e-6


def test_equal_remainders_go_to_the_earlier_rows():
    assert largest_remainder(np.ones(4), 6).tolist() == [2, 2, 1, 1]


def test_people_follow_the_class_weights():
    people = share_out(
        villages(("T", "111"), ("T", "220")), townships(), county(4000), class_weights=CLASS_WEIGHTS
    )
    assert people.tolist() == [3000, 1000]


def test_class_weights_are_an_argument():
    equal = dict.fromkeys(CLASS_WEIGHTS, 1.0)
    people = share_out(
        villages(("T", "111"), ("T", "220")), townships(), county(4001), class_weights=equal
    )
    assert people.tolist() == [2001, 2000]


def test_known_townships_of_one_kind_share_in_proportion_to_their_figures():
    """S and T hold two thirds by class; their figures move people between them, not to U."""
    people = share_out(
        villages(("S", "220"), ("T", "220"), ("U", "220")),
        townships(("S", 300.0, "census"), ("T", 100.0, "census"), ("U", np.nan, "")),
        county(3000),
    )
    assert people.tolist() == [1500, 500, 1000]


@pytest.mark.parametrize("kind", ["registered", "", "unspecified, undated", "census, undated"])
def test_figures_that_cannot_be_compared_move_nobody(kind):
    people = share_out(
        villages(("S", "220"), ("T", "220")),
        townships(("S", 300.0, "census" if kind == "registered" else kind), ("T", 100.0, kind)),
        county(2000),
    )
    assert people.tolist() == [1000, 1000]


def test_a_given_population_stays_and_the_rest_is_shared():
    people = share_out(
        villages(("S", "220"), ("S", "220"), ("T", "220"), population=[700.0, np.nan, np.nan]),
        townships(),
        county(1001),
    )
    assert people.tolist() == [700, 151, 150]
