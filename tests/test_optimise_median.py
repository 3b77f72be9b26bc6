"""The p-median: the truth lies between bound and cost, on dense and on sparse costs."""

from __future__ import annotations

from itertools import combinations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from siting.errors import ConfigurationError, InfeasibleError
from siting.optimise import p_median


def distances(seed, rows=12, sites=8):
    rng = np.random.default_rng(seed)
    people, places = rng.random((rows, 2)), rng.random((sites, 2))
    return np.sqrt(((people[:, None, :] - places[None, :, :]) ** 2).sum(axis=2))


def best_cost(cost, weights, p, *, locked=(), forbidden=()):
    choices = (
        list(chosen)
        for chosen in combinations(range(cost.shape[1]), p)
        if set(locked) <= set(chosen) and not set(forbidden) & set(chosen)
    )
    return min(float(weights @ cost[:, chosen].min(axis=1)) for chosen in choices)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), p=st.integers(1, 6), whole=st.booleans())
def test_the_truth_lies_between_bound_and_cost(seed, p, whole):
    cost = distances(seed)
    cost = np.rint(cost * 20) if whole else cost
    weights = np.random.default_rng(seed).integers(1, 9, len(cost)).astype(float)
    answer = p_median(cost, weights, p=p, iterations=120)
    best = best_cost(cost, weights, p)
    assert len(set(answer.chosen.tolist())) == p
    assert answer.objective == pytest.approx(weights @ cost[:, answer.chosen].min(axis=1))
    assert answer.bound <= best * (1 + 1e-12)
    assert best <= answer.objective * (1 + 1e-12)
    if answer.status == "proved":
        assert answer.objective == pytest.approx(best, rel=1e-9)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), iterations=st.integers(0, 40))
def test_the_bound_is_valid_however_few_iterations_it_had(seed, iterations):
    cost, weights = distances(seed), np.ones(12)
    answer = p_median(cost, weights, p=3, iterations=iterations, perturbations=0)
    assert answer.bound <= best_cost(cost, weights, 3) * (1 + 1e-12)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_locked_sites_stay_and_forbidden_sites_stay_out(seed):
    cost, weights = distances(seed), np.ones(12)
    answer = p_median(cost, weights, p=3, locked=[5], forbidden=[0, 1])
    best = best_cost(cost, weights, 3, locked=[5], forbidden=[0, 1])
    assert answer.chosen[0] == 5
    assert not {0, 1} & set(answer.chosen.tolist())
    assert answer.bound <= best * (1 + 1e-12)
    assert best <= answer.objective * (1 + 1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), reach=st.sampled_from([0.4, 0.6]), p=st.integers(2, 5))
def test_missing_pairs_cannot_serve(seed, reach, p):
    cost, weights = distances(seed), np.ones(12)
    limited = np.where(cost <= reach, cost, np.inf)
    best = best_cost(limited, weights, p)
    try:
        answer = p_median(limited, weights, p=p)
    except (ConfigurationError, InfeasibleError):
        assert best == np.inf
        return
    assert answer.bound <= best * (1 + 1e-12)
    assert best <= answer.objective * (1 + 1e-12)
    assert np.isfinite(answer.objective)


def test_sparse_and_dense_costs_give_the_same_bits():
    cost = distances(3, rows=60, sites=30)
    cost[5, 7] = 0.0
    full = np.ones(cost.shape, bool)
    rows, columns = np.nonzero(full)
    start = np.arange(0, cost.size + 1, cost.shape[1])
    lists = sparse.csr_array((cost[rows, columns], columns, start), shape=cost.shape)
    dense, listed = (p_median(matrix, np.ones(60), p=5) for matrix in (cost, lists))
    assert dense.chosen.tobytes() == listed.chosen.tobytes()
    assert (dense.objective, dense.bound) == (listed.objective, listed.bound)


def test_a_stored_zero_is_a_cost_and_not_a_missing_pair():
    lists = sparse.csr_array(
        (np.array([0.0, 3.0, 2.0]), np.array([0, 1, 1]), np.array([0, 2, 3])), shape=(2, 2)
    )
    answer = p_median(lists, [1, 1], p=2)
    assert answer.objective == 2.0
    assert answer.status == "proved"


def test_rows_out_of_reach_are_named():
    cost = np.array([[1.0, np.inf], [np.inf, np.inf], [2.0, 1.0]])
    with pytest.raises(ConfigurationError, match=r"no allowed site reaches 1 rows \(1\)"):
        p_median(cost, [1, 1, 1], p=1)


def test_too_few_sites_to_serve_everyone_is_infeasible():
    cost = np.array([[1.0, np.inf], [np.inf, 1.0]])
    with pytest.raises(InfeasibleError, match="without service: 1"):
        p_median(cost, [1, 1], p=1)


def test_all_complaints_come_at_once():
    with pytest.raises(ConfigurationError) as error:
        p_median(np.ones((3, 2)), [1, np.nan, 1], p=5, locked=[0], forbidden=[0])
    named = {problem.column for problem in error.value.problems}
    assert named == {"weights", "p", "locked"}


def test_more_sites_never_cost_more():
    cost, weights = distances(8, rows=40, sites=15), np.ones(40)
    costs = [p_median(cost, weights, p=p).objective for p in range(1, 15)]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="needs two threads")
def test_one_thread_and_two_give_the_same_bits():
    cost, weights = distances(9, rows=400, sites=80), np.linspace(0.1, 3, 400)
    answers = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        answers.append(p_median(cost, weights, p=9, iterations=100))
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    one, two = answers
    assert one.chosen.tobytes() == two.chosen.tobytes()
    assert (one.objective, one.bound) == (two.objective, two.bound)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), p=st.integers(2, 5), kept=st.integers(3, 6))
def test_the_bound_of_truncated_lists_holds_for_all_pairs(seed, p, kept):
    cost = distances(seed)
    weights = np.random.default_rng(seed).integers(1, 9, len(cost)).astype(float)
    lists = np.where(cost <= np.sort(cost, axis=1)[:, [kept - 1]], cost, np.inf)
    try:
        answer = p_median(lists, weights, p=p, truncated=True, iterations=120)
    except InfeasibleError:
        return  # no p listed sites serve everyone; without a choice there is no bound to hold
    best = best_cost(cost, weights, p)
    assert answer.bound <= best * (1 + 1e-12)
    assert best <= answer.objective * (1 + 1e-12)
