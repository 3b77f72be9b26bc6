"""The relaxed knapsack limits every whole choice, and meets the best one where it can."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from siting.optimise.knapsack import Room, most_earned


def room(seed, *, sites=6, budget=np.inf):
    rng = np.random.default_rng(seed)
    earnings = np.round(rng.random(sites) * 10, 2)
    return earnings, Room(
        stations=rng.integers(1, 4, sites).astype(float),
        max_stations=float(rng.integers(0, 9)),
        cost=np.round(rng.random(sites), 2),
        budget=budget,
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), budget=st.sampled_from([0.0, 0.7, 1.5, np.inf]))
def test_no_whole_choice_earns_more(seed, budget):
    earnings, limits = room(seed, budget=budget)
    best = max(
        earnings[list(chosen)].sum()
        for size in range(7)
        for chosen in combinations(range(6), size)
        if limits.stations[list(chosen)].sum() <= limits.max_stations
        and limits.cost[list(chosen)].sum() <= budget
    )
    assert best <= most_earned(earnings, limits.rounded()) + 1e-9


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), budget=st.sampled_from([0.7, 1.5, np.inf]))
def test_it_meets_the_linear_relaxation(seed, budget):
    earnings, limits = room(seed, budget=budget)
    lines = [limits.stations] + ([limits.cost] if np.isfinite(budget) else [])
    most = [limits.max_stations] + ([budget] if np.isfinite(budget) else [])
    relaxed = linprog(-earnings, A_ub=np.array(lines), b_ub=most, bounds=(0, 1))
    assert most_earned(earnings, limits) == pytest.approx(-relaxed.fun, rel=1e-5, abs=1e-6)


def test_stations_are_rounded_down_to_what_sites_can_use():
    limits = Room(
        stations=np.array([2.0, 2.0, 4.0]), max_stations=5.0, cost=np.zeros(3), budget=np.inf
    )
    assert limits.rounded().max_stations == 4.0
