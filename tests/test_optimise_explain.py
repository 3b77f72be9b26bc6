"""explain and diagnose: reasons that brute force confirms, and the smallest story of a failure."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from test_optimise_certificate import coverage_case

from siting.errors import ConfigurationError
from siting.optimise import CoverageInputs, diagnose, explain, maximise_coverage
from siting.optimise.explanation import (
    ALL_BUILT,
    FORBIDDEN,
    NO_CANDIDATE,
    OPEN,
    SPENT,
    TOO_LARGE,
    shadow_prices,
)


def shortage(inputs, chosen):
    """Return the stations that each group lacks of its floor."""
    return inputs.floors_short(np.array(chosen, np.int64))


def exchanges(inputs, chosen, site):
    """Return the worth of dropping a site, and of every permitted exchange for it, by hand."""
    rest = [other for other in chosen if other != site]
    own = inputs.groups[site] if inputs.groups else None
    before = shortage(inputs, chosen).get(own, 0)
    found = {-1: inputs.worth(np.array(rest, np.int64))}
    for other in np.setdiff1d(np.arange(inputs.covers.shape[1]), chosen):
        swapped = np.array([*rest, other], np.int64)
        faults = [fault for fault in inputs.faults(swapped) if "must be chosen" not in fault]
        if not faults and shortage(inputs, swapped).get(own, 0) <= before:
            found[int(other)] = inputs.worth(swapped)
    return found


def test_unique_gain_and_regret_are_those_of_trying_every_exchange():
    exchanged = 0
    for seed in range(80):
        units, weights, options = coverage_case(seed)
        inputs = CoverageInputs.of(units, weights, **options)
        solution = maximise_coverage(units, weights, **options, bound_iterations=20, swap_passes=1)
        reasons = explain(units, weights, solution, **options).sites
        for k, site in enumerate(solution.chosen):
            worths = exchanges(inputs, solution.chosen, site)
            best = max(worths.values())
            alone = inputs.worth(np.array([site]))
            assert reasons.unique[k] == pytest.approx(solution.objective - worths[-1], abs=1e-9)
            assert reasons.shared[k] == pytest.approx(alone - reasons.unique[k], abs=1e-9)
            assert reasons.regret[k] == pytest.approx(solution.objective - best, abs=1e-9)
            replacement = int(reasons.replacement[k])
            assert worths[replacement] == pytest.approx(best, abs=1e-9)
            exchanged += replacement >= 0
    assert exchanged > 12


def test_every_row_that_is_left_has_its_true_reason():
    seen = set()
    for seed in range(130):
        units, weights, options = coverage_case(seed)
        inputs = CoverageInputs.of(units, weights, **options)
        solution = maximise_coverage(units, weights, **options, bound_iterations=0, swap_passes=0)
        rows = explain(units, weights, solution, **options).rows
        chosen = solution.chosen
        share = np.minimum(1.0, units[:, chosen].sum(axis=1) / options["needed"])
        assert rows.row.tolist() == np.flatnonzero((share < 1 - 1e-9) & (weights > 0)).tolist()
        for row, reason, best, gain in zip(
            rows.row, rows.reason, rows.site, rows.gain, strict=True
        ):
            reach = np.flatnonzero(units[row])
            allowed = np.setdiff1d(reach, [*options["forbidden"], *chosen])
            worth = {
                int(site): inputs.worth(np.append(chosen, site)) - inputs.worth(chosen)
                for site in allowed
            }
            fits = [site for site in worth if not inputs.faults(np.append(chosen, site))]
            seen.add(reason)
            if reason == NO_CANDIDATE:
                assert not len(reach)
            elif reason == FORBIDDEN:
                assert len(reach)
                assert set(reach) <= set(options["forbidden"])
            elif reason == ALL_BUILT:
                assert not len(allowed)
                assert set(reach) & set(chosen)
            elif reason == OPEN:
                assert any(worth[site] > 0 for site in fits)
            else:
                assert reason in (SPENT, TOO_LARGE)
                assert not any(worth[site] > 1e-9 for site in fits)
                assert (not inputs.free[allowed].any()) == (reason == TOO_LARGE)
            assert gain == pytest.approx(max(worth.values(), default=0.0), abs=1e-9)
            assert (best == -1) == (not worth)
    assert seen >= {NO_CANDIDATE, FORBIDDEN, ALL_BUILT, SPENT, TOO_LARGE}


def test_prices_of_floors_are_those_of_the_relaxation():
    rng = np.random.default_rng(1)
    bound_to = 0
    for seed in range(40):
        units = (rng.random((60, 16)) < 0.15).astype(float)
        weights, groups = rng.integers(1, 50, 60).astype(float), np.arange(16) % 2
        units[:, groups == 1] *= rng.random((60, 8)) < 0.4
        stations = rng.integers(1, 3, 16)
        options = {"stations": stations, "max_stations": 8, "groups": groups}
        inputs = CoverageInputs.of(units, weights, **options, group_floors={1: 4})
        solution = maximise_coverage(units, weights, **options, seed=seed)
        price, money, of_groups = shadow_prices(inputs, solution.prices)
        kept, earned = inputs.earnings(solution.prices)
        owed = price - np.where(groups == 1, of_groups[1], 0.0)
        limit = kept + 8 * price - 4 * of_groups[1]
        limit += float(np.sum(np.maximum(0.0, earned - owed * stations)))
        best = max(
            inputs.worth(np.array(chosen))
            for size in range(1, 9)
            for chosen in combinations(range(16), size)
            if stations[list(chosen)].sum() <= 8
            and stations[list(chosen)][groups[list(chosen)] == 1].sum() >= 4
        ) if seed < 4 else 0.0  # fmt: skip
        assert money == 0.0
        assert limit >= best * (1 - 1e-9)
        free = kept + float(np.sum(np.maximum(0.0, earned - price * stations))) + 8 * price
        assert limit <= free + 1e-6
        bound_to += of_groups[1] > 0
    assert bound_to > 5


def permitted(inputs, chosen):
    """Tell by hand whether a choice keeps to all limits, floors included."""
    return not inputs.faults(chosen) and not inputs.floors_short(chosen)


def test_limits_are_refuted_exactly_when_no_choice_keeps_to_them():
    rng = np.random.default_rng(2)
    verdicts = []
    for _ in range(300):
        sites = int(rng.integers(2, 8))
        groups = rng.integers(0, 3, sites)
        locked = np.flatnonzero(rng.random(sites) < 0.2)
        options = {
            "stations": rng.integers(1, 4, sites), "max_stations": int(rng.integers(1, 10)),
            "locked": locked, "cost": rng.integers(0, 9, sites) / 4,
            "forbidden": np.setdiff1d(np.flatnonzero(rng.random(sites) < 0.2), locked),
            "budget": float(rng.integers(0, 28)) / 4 if rng.random() < 0.7 else None, "groups": groups,
            "group_floors": {int(g): int(rng.integers(0, 3)) for g in np.unique(groups)},
        }  # fmt: skip
        covers = np.ones((1, sites))
        inputs = CoverageInputs.of(covers, [1.0], **options)
        possible = any(
            permitted(inputs, np.array(chosen, np.int64))
            for size in range(sites + 1)
            for chosen in combinations(range(sites), size)
        )
        told = diagnose(covers, **options)
        assert told.feasible is possible
        assert (not told.conflicts) == possible
        verdicts.append(possible)
    assert 60 < sum(verdicts) < 240


def test_a_story_is_the_smallest_one():
    covers, groups = np.ones((1, 6)), ["a", "a", "b", "b", "c", "c"]
    floors = {"a": 2, "b": 2, "c": 2}
    told = diagnose(covers, groups=groups, group_floors=floors, max_stations=3)
    (first, *_) = told.conflicts
    assert first.limits == ("max_stations", "floor of 'b'", "floor of 'c'")
    assert first.what == (
        "the floor of 'b' (2) and the floor of 'c' (2) take at least 4 stations of 3"
    )
    told = diagnose(covers, groups=groups, group_floors={"a": 3}, forbidden=[0], max_stations=9)
    (story,) = told.conflicts
    assert story.limits == ("floor of 'a'", "forbidden")
    assert "wants 3 stations, its 1 allowed candidates offer 1" in story.what
    told = diagnose(covers, locked=[0, 1], max_stations=1, cost=np.ones(6), budget=1.5)
    told_of = {story.limits: story.what for story in told.conflicts}
    assert told_of == {
        ("locked", "max_stations"): "must-opens take at least 2 stations of 1",
        ("locked", "budget"): "must-opens take at least 2 of 1.5 money",
    }
    told = diagnose(covers, locked=[0], forbidden=[0])
    assert told.conflicts[0].limits == ("locked", "forbidden")


def test_rows_that_cannot_be_served_are_named():
    covers = np.array([[1, 1, 0], [0, 0, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]])
    told = diagnose(covers, cover=[2, 1, 1, 1, 0], forbidden=[2])
    found = {story.what.split(",")[0]: story.rows.tolist() for story in told.conflicts}
    assert found == {
        "1 rows that no candidate reaches": [1],
        "1 rows whose candidates are all forbidden": [2],
    }
    told = diagnose(covers, cover=2)
    assert told.conflicts[-1].rows.tolist() == [2, 3, 4]
    told = diagnose(covers, [1, 1, 2, 1, 0], share=0.9)
    assert told.conflicts[0].what == "0.9 of the weight is wanted, candidates reach 0.8"
    assert told.conflicts[0].rows.tolist() == [1]
    assert diagnose(covers, [1, 0, 2, 1, 0], share=1.0, cover=1).feasible is True
    assert diagnose(covers, [1, 0, 2, 1, 0], cover=1, max_stations=2).feasible is None
    told = diagnose(covers, [1, 0, 2, 1, 1], cover=1, max_stations=2)
    assert told.conflicts[0].rows.tolist() == [2, 3, 4]
    assert told.conflicts[0].limits == ("cover", "max_stations")


def test_arguments_that_cannot_be_used_are_refused():
    with pytest.raises(ConfigurationError, match="has no groups"):
        diagnose(np.ones((1, 2)), group_floors={"a": 1})
    with pytest.raises(ConfigurationError, match="share"):
        diagnose(np.ones((1, 2)), share=1.5)
    with pytest.raises(ConfigurationError, match="negative or not finite"):
        diagnose(-np.ones((1, 2)))
