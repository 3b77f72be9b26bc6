"""Phases are nested, keep their stations and money, and their bound is above every nested plan."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from siting.levels import Covering
from siting.phases import PhaseChoice, PhaseWish, choose_in_phases


def _problem(covers: NDArray[np.float64], weights: NDArray[np.float64]) -> Covering:
    rows = np.arange(len(weights))
    needed = np.ones(len(weights), dtype=np.int64)
    matrix = sp.csr_array(covers)
    return Covering(covers=matrix, weights=weights, needed=needed, level=rows * 0, point=rows)


def _dice_problem(seed: int, rows: int, sites: int) -> tuple[Covering, dict[str, NDArray]]:
    """Return a covering problem, and stations, costs and counties of its sites, by dice."""
    dice = np.random.default_rng(seed)
    covers = (dice.random((rows, sites)) < 0.25) * dice.integers(1, 3, sites)
    problem = Covering(
        covers=sp.csr_array(covers.astype(float)),
        weights=dice.integers(1, 100, rows).astype(float),
        needed=dice.integers(1, 4, rows),
        level=np.zeros(rows, dtype=np.int64),
        point=np.arange(rows),
    )
    sites_of = {
        "stations": dice.integers(1, 3, sites),
        "cost_cny": dice.integers(1, 9, sites) * 10_000.0,
        "groups": np.array(["east", "west"], dtype=object)[dice.integers(0, 2, sites)],
    }
    return problem, sites_of


def _value(problem: Covering, chosen: Sequence[int] | NDArray[np.int64]) -> float:
    units = problem.covers[:, np.asarray(chosen, dtype=np.int64)].sum(axis=1)
    return float(problem.weights @ np.minimum(units / problem.needed, 1.0))


def _greedy(problem: Covering, stations: NDArray[np.int64], allowed: int) -> float:
    """Return what the simplest choice gains: the best per station, again and again."""
    chosen: list[int] = []
    while True:
        left = allowed - int(stations[chosen].sum())
        now = _value(problem, chosen)
        gains = [
            (_value(problem, [*chosen, site]) - now) / stations[site] if site not in chosen else 0.0
            for site in range(len(stations))
        ]
        gains = [gain if stations[k] <= left else 0.0 for k, gain in enumerate(gains)]
        if max(gains, default=0.0) <= 0:
            return now
        chosen.append(int(np.argmax(gains)))


def _wishes(*limits: int, budgets: Sequence[float | None] | None = None) -> list[PhaseWish]:
    money = budgets or [None] * len(limits)
    return [
        PhaseWish(name=f"{2024 + k}", max_stations=limit, budget_cny=budget)
        for k, (limit, budget) in enumerate(zip(limits, money, strict=True))
    ]


def _chosen(
    problem: Covering,
    sites: Mapping[str, NDArray],
    wishes: Sequence[PhaseWish],
    floors: Mapping[str, int] | None = None,
) -> list[PhaseChoice]:
    return choose_in_phases(problem, wishes, group_floors=floors or {}, **sites)


def _places(stations: list[int], counties: list[str]) -> dict[str, NDArray]:
    return {
        "stations": np.array(stations),
        "cost_cny": np.full(len(stations), 1000.0),
        "groups": np.array(counties, dtype=object),
    }


@pytest.mark.parametrize("seed", range(4))
def test_phases_are_nested_and_keep_their_stations(seed: int) -> None:
    problem, sites = _dice_problem(seed, 60, 40)
    wishes = _wishes(9, 6, 4)
    choices = _chosen(problem, sites, wishes)
    everything = np.concatenate([choice.chosen for choice in choices])
    assert len(np.unique(everything)) == len(everything)
    for number, (choice, wish) in enumerate(zip(choices, wishes, strict=True)):
        assert sites["stations"][choice.chosen].sum() <= wish.max_stations
        so_far = np.concatenate([earlier.chosen for earlier in choices[: number + 1]])
        assert choice.objective == pytest.approx(_value(problem, so_far))
        assert choice.bound >= choice.objective
    assert np.all(np.diff([choice.objective for choice in choices]) >= 0)
    assert [choice.name for choice in choices] == ["2024", "2025", "2026"]


@pytest.mark.parametrize("seed", range(4))
def test_every_site_gains_when_it_is_chosen(seed: int) -> None:
    problem, sites = _dice_problem(seed, 30, 40)
    chosen = np.concatenate([c.chosen for c in _chosen(problem, sites, _wishes(25, 25))])
    values = [_value(problem, chosen[:count]) for count in range(len(chosen) + 1)]
    assert np.diff(values).min() > 0


@pytest.mark.parametrize("seed", range(3))
def test_bound_objective_and_greedy_come_in_that_order(seed: int) -> None:
    problem, sites = _dice_problem(seed, 50, 30)
    first, second = _chosen(problem, sites, _wishes(10, 7))
    assert first.bound >= first.objective >= _greedy(problem, sites["stations"], 10) - 1e-9
    assert second.bound >= second.objective >= first.objective


@pytest.mark.parametrize("budgets", [[None, None], [90_000.0, 60_000.0], [None, 30_000.0]])
@pytest.mark.parametrize("seed", range(3))
def test_no_nested_plan_is_above_the_bound(seed: int, budgets: list[float | None]) -> None:
    problem, sites = _dice_problem(seed, 25, 8)
    limits = (4, 3)
    choices = _chosen(problem, sites, _wishes(*limits, budgets=budgets))
    stations, cost = sites["stations"], sites["cost_cny"]
    money = [np.inf if budget is None else budget for budget in budgets]
    best = [0.0, 0.0]
    for phase_of in itertools.product((0, 1, 2), repeat=8):  # 2: never built
        mine = [np.flatnonzero(np.array(phase_of) == phase) for phase in (0, 1)]
        if any(stations[m].sum() > limit for m, limit in zip(mine, limits, strict=True)):
            continue
        if any(cost[m].sum() > limit for m, limit in zip(mine, money, strict=True)):
            continue
        best[0] = max(best[0], _value(problem, mine[0])) if not len(mine[1]) else best[0]
        best[1] = max(best[1], _value(problem, np.concatenate(mine)))
    for choice, optimum in zip(choices, best, strict=True):
        assert choice.bound >= optimum - 1e-6
        assert choice.objective <= optimum + 1e-9
    assert choices[0].objective == pytest.approx(best[0])


@pytest.mark.parametrize("budgets", [[100_000.0, 50_000.0], [100_000.0, None], [None, 40_000.0]])
@pytest.mark.parametrize("seed", range(3))
def test_every_phase_keeps_its_own_budget(seed: int, budgets: list[float | None]) -> None:
    problem, sites = _dice_problem(seed, 60, 40)
    choices = _chosen(problem, sites, _wishes(6, 8, budgets=budgets))
    for choice, budget, limit in zip(choices, budgets, (6, 8), strict=True):
        assert sites["cost_cny"][choice.chosen].sum() <= (np.inf if budget is None else budget)
        assert sites["stations"][choice.chosen].sum() <= limit
        assert len(choice.chosen) > 0


def test_stations_left_by_a_phase_are_not_carried_over() -> None:
    problem = _problem(np.eye(10), np.full(10, 5.0))
    sites = _places([1] * 10, ["east"] * 10)
    poor, rich = _chosen(problem, sites, _wishes(6, 3, budgets=[2000.0, None]))
    assert len(poor.chosen) == 2
    assert len(rich.chosen) == 3


def test_a_floor_with_enough_candidates_is_met() -> None:
    # The east gains ten times as much; the floor asks four stations of the west all the same.
    weights = np.array([100.0] * 10 + [10.0] * 10)
    sites = _places([1] * 20, ["east"] * 10 + ["west"] * 10)
    choices = _chosen(_problem(np.eye(20), weights), sites, _wishes(5, 5), {"west": 4})
    assert (choices[0].chosen < 10).all(), "the first phase is free: the second can make it up"
    assert (choices[1].chosen >= 10).sum() == 4
    assert sum(len(choice.chosen) for choice in choices) == 10


def test_what_a_county_lacks_is_held_back_from_the_others() -> None:
    weights = np.array([100.0] * 20 + [10.0])
    sites = _places([1] * 21, ["east"] * 20 + ["west"])
    choices = _chosen(_problem(np.eye(21), weights), sites, _wishes(5, 5), {"west": 4})
    west = sum((choice.chosen == 20).sum() for choice in choices)
    placed = sum(len(choice.chosen) for choice in choices)
    held_back = 4 - west
    assert west == 1
    assert placed + held_back == 10


def test_a_place_without_a_gain_fills_no_floor() -> None:
    covers = np.eye(24)
    covers[:, 21:] = 0.0  # three more places in the west that serve nobody
    weights = np.array([100.0] * 20 + [10.0] + [1.0] * 3)
    sites = _places([1] * 24, ["east"] * 20 + ["west"] * 4)
    choices = _chosen(_problem(covers, weights), sites, _wishes(5, 5), {"west": 4})
    chosen = np.concatenate([choice.chosen for choice in choices])
    assert chosen.max() == 20
    assert len(chosen) + 3 == 10


def test_the_first_phase_leaves_what_the_last_cannot_make_up() -> None:
    weights = np.array([100.0] * 20 + [10.0] * 20)
    sites = _places([1] * 40, ["east"] * 20 + ["west"] * 20)
    first, last = _chosen(_problem(np.eye(40), weights), sites, _wishes(8, 2), {"west": 6})
    assert (first.chosen >= 20).sum() == 4
    assert (last.chosen >= 20).sum() == 2
    assert first.bound >= 8 * 100.0 - 1e-6, "the bound knows no floor"


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000), first=st.integers(0, 12), last=st.integers(0, 8),
    east=st.integers(0, 20), west=st.integers(0, 20), budget=st.sampled_from([None, 0.0, 50_000.0]),
)  # fmt: skip
def test_floors_that_fit_are_placed_or_held_back(
    seed: int, first: int, last: int, east: int, west: int, budget: float | None
) -> None:
    total = first + last
    east = min(east, total)
    floors = {"east": east, "west": min(west, total - east), "moon": 0}
    problem, sites = _dice_problem(seed, 12, 14)
    wishes = _wishes(first, last, budgets=[budget, None])
    choices = _chosen(problem, sites, wishes, floors)
    chosen = np.concatenate([choice.chosen for choice in choices])
    placed = {
        name: int(sites["stations"][chosen[sites["groups"][chosen] == name]].sum())
        for name in floors
    }
    lacking = sum(max(least - placed[name], 0) for name, least in floors.items())
    assert sum(placed.values()) + lacking <= total
    for choice, wish in zip(choices, wishes, strict=True):
        assert sites["stations"][choice.chosen].sum() <= wish.max_stations
        assert choice.bound >= choice.objective


@pytest.mark.parametrize(("rows", "sites"), [(0, 5), (5, 0), (0, 0)])
def test_without_need_or_without_candidates_nothing_is_chosen(rows: int, sites: int) -> None:
    problem = _problem(np.ones((rows, sites)), np.ones(rows))
    places = _places([1] * sites, ["east"] * sites)
    for floors in ({}, {"east": 2}):
        choices = _chosen(problem, places, _wishes(3, 2), floors)
        assert [len(choice.chosen) for choice in choices] == [0, 0]
        assert [choice.status for choice in choices] == ["proved", "proved"]
        assert [choice.bound for choice in choices] == [0.0, 0.0]


def test_a_phase_may_have_no_stations() -> None:
    problem, sites = _dice_problem(0, 30, 20)
    none, some = _chosen(problem, sites, _wishes(0, 5))
    assert len(none.chosen) == 0
    assert none.objective == 0.0
    assert len(some.chosen) > 0


def test_proved_means_that_the_bound_is_reached() -> None:
    for seed in range(4):
        problem, sites = _dice_problem(seed, 40, 25)
        for choice in _chosen(problem, sites, _wishes(6, 5)):
            reached = choice.bound <= choice.objective * (1 + 1e-9)
            assert (choice.status == "proved") == reached


def test_the_same_question_has_the_same_answer_twice() -> None:
    problem, sites = _dice_problem(9, 80, 60)
    first, again = (
        _chosen(problem, sites, _wishes(10, 7), {"east": 5, "west": 5}) for _ in range(2)
    )
    for one, two in zip(first, again, strict=True):
        assert one.chosen.tobytes() == two.chosen.tobytes()
        assert (one.objective, one.bound, one.status) == (two.objective, two.bound, two.status)


def test_progress_ends_at_the_whole() -> None:
    problem, sites = _dice_problem(1, 20, 10)
    told: list[float] = []
    choose_in_phases(problem, _wishes(3, 2), group_floors={}, progress=told.append, **sites)
    assert told == [0.5, 1.0]
