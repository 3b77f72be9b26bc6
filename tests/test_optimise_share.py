"""The fewest sites for a share: the least cost, proved where small, and a bound that holds."""

from __future__ import annotations

from itertools import product

import numba
import numpy as np
import pytest
from scipy import sparse

from siting.errors import ConfigurationError, InfeasibleError
from siting.optimise import cover_all, fewest_sites_for, maximise_coverage

LITTLE = {"search_rounds": 0, "exact_nodes": 0}


def drawn(seed):
    """Return a small random question: covers, weights, cost, share, locked and forbidden sites."""
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(1, 14)), int(rng.integers(1, 9))
    covers = rng.random((rows, sites)) < rng.choice([0.2, 0.5])
    weights = [rng.integers(0, 9, rows) * 1.0, rng.random(rows)][seed % 2]
    cost = [np.ones(sites), rng.integers(0, 5, sites) * 1.0, rng.random(sites)][seed % 3]
    share = float(rng.uniform(0.2, 1.0)) if seed % 5 else 1.0
    mark = rng.random(sites) if seed % 4 == 0 else np.full(sites, 0.5)
    return covers, weights, cost, share, np.flatnonzero(mark < 0.15), np.flatnonzero(mark > 0.85)


def least_cost(covers, weights, cost, share, locked=(), forbidden=()):
    """Return the least cost of all permitted choices, infinite if there is none."""
    every = np.array(list(product((0, 1), repeat=covers.shape[1])))
    reached = (every @ covers.T > 0) @ weights
    good = reached >= share * weights.sum() * (1 - 1e-12)
    good &= every[:, list(locked)].all(axis=1) & ~every[:, list(forbidden)].any(axis=1)
    return min(every[good] @ cost, default=np.inf)


def people_and_places(rows=1500, sites=150, reach=0.08, seed=3):
    rng = np.random.default_rng(seed)
    people, places = rng.random((rows, 2)), rng.random((sites, 2))
    near = ((people[:, None, :] - places[None, :, :]) ** 2).sum(axis=2) < reach**2
    return sparse.csr_array(near), rng.integers(1, 50, rows).astype(float)


@pytest.mark.parametrize("part", range(3))
def test_the_least_cost_of_small_questions_is_found_and_proved(part):
    answered = 0
    for seed in range(part * 100, part * 100 + 100):
        covers, weights, cost, share, locked, forbidden = drawn(seed)
        if not (weights > 0).any():
            continue
        limits = {"locked": locked, "forbidden": forbidden}
        best = least_cost(covers, weights, cost, share, **limits)
        if np.isinf(best):
            with pytest.raises(InfeasibleError, match="reach"):
                fewest_sites_for(covers, weights, share=share, cost=cost, **limits)
            continue
        answer = fewest_sites_for(covers, weights, share=share, cost=cost, **limits)
        answered += 1
        reached = weights[covers[:, answer.chosen].any(axis=1)].sum()
        assert answer.objective == pytest.approx(best, rel=1e-9, abs=1e-12), seed
        assert answer.status == "proved", seed
        assert answer.bound <= best * (1 + 1e-12), seed
        assert reached >= share * weights.sum() * (1 - 1e-11)
        assert answer.gains.sum() == pytest.approx(reached)
        assert set(locked) <= set(answer.chosen.tolist())
        assert not set(forbidden) & set(answer.chosen.tolist())
    assert answered > 40


@pytest.mark.parametrize("iterations", [0, 1, 20, 90])
def test_the_bound_is_never_above_the_least_cost_however_little_is_done(iterations):
    for seed in range(300, 380):
        covers, weights, cost, share, _, _ = drawn(seed)
        best = least_cost(covers, weights, cost, share)
        if np.isfinite(best) and (weights > 0).any():
            answer = fewest_sites_for(
                covers, weights, share=share, cost=cost, iterations=iterations, **LITTLE
            )
            assert answer.bound <= best * (1 + 1e-12)
            assert answer.objective >= best * (1 - 1e-12)


def test_the_bound_agrees_with_maximal_covering():
    covers, weights = people_and_places()
    answer = fewest_sites_for(covers, weights, share=0.8)
    below = maximise_coverage(covers, weights, max_stations=int(answer.bound) - 1)
    assert below.objective < 0.8 * weights.sum()
    with_as_many = maximise_coverage(covers, weights, max_stations=int(answer.objective))
    assert with_as_many.bound >= 0.8 * weights.sum()
    assert answer.gap < 0.1


def test_the_whole_weight_takes_as_many_sites_as_a_cover():
    covers, weights = people_and_places(rows=400, sites=60, reach=0.25)
    covered = cover_all(covers)
    assert covered.status == "proved"
    answer = fewest_sites_for(covers, weights, share=1.0)
    assert answer.bound <= covered.objective <= answer.objective
    assert answer.objective <= covered.objective + 1


def test_a_larger_share_never_takes_less():
    covers, weights = people_and_places(rows=200, sites=40, reach=0.15)
    answers = [fewest_sites_for(covers, weights, share=q / 10) for q in range(1, 9)]
    assert all(answer.status == "proved" for answer in answers)
    counts = [answer.objective for answer in answers]
    assert counts == sorted(counts)


def test_order_of_rows_and_sites_changes_nothing_that_is_proved():
    covers, weights = people_and_places(rows=200, sites=40, reach=0.15)
    rng = np.random.default_rng(1)
    rows, sites = rng.permutation(200), rng.permutation(40)
    one = fewest_sites_for(covers, weights, share=0.7)
    other = fewest_sites_for(covers[rows][:, sites], weights[rows], share=0.7)
    assert one.status == other.status == "proved"
    assert (one.objective, one.bound) == (other.objective, other.bound)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="needs two threads")
def test_one_thread_and_two_give_the_same_bits():
    rng = np.random.default_rng(2)
    covers = sparse.csr_array(rng.random((5000, 300)) < 0.08)
    weights, cost = rng.random(5000), rng.uniform(1, 2, 300)
    answers = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        answers.append(
            fewest_sites_for(
                covers, weights, share=0.7, cost=cost, iterations=60, search_rounds=3, exact_nodes=0
            )
        )
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    one, two = answers
    assert one.chosen.tobytes() == two.chosen.tobytes()
    assert one.gains.tobytes() == two.gains.tobytes()
    assert (one.objective, one.bound, one.gap) == (two.objective, two.bound, two.gap)


@pytest.mark.parametrize("stop_at", ["bound", "search", "prove"])
@pytest.mark.parametrize("by_key", [False, True])
def test_a_stop_gets_the_best_so_far_with_its_bound(stop_at, by_key):
    covers, weights = people_and_places()
    shares = []

    def watcher(share, text):
        shares.append(share)
        if text == stop_at and by_key:
            raise KeyboardInterrupt
        return text != stop_at

    answer = fewest_sites_for(covers, weights, share=0.9, progress=watcher)
    assert shares == sorted(shares)
    assert answer.gains.sum() >= 0.9 * weights.sum()
    assert 0 < answer.bound <= answer.objective


def test_a_share_out_of_reach_tells_what_is_within():
    covers = np.array([[1, 0], [0, 0], [0, 1]])
    with pytest.raises(InfeasibleError, match=r"is 0.9, but the allowed sites reach 0.75"):
        fewest_sites_for(covers, [2, 1, 1], share=0.9)
    with pytest.raises(InfeasibleError, match=r"reach 0.5 of the weight"):
        fewest_sites_for(covers, [2, 1, 1], share=0.6, forbidden=[1])
    assert fewest_sites_for(covers, [2, 1, 1], share=0.75).objective == 2


@pytest.mark.parametrize(
    ("arguments", "column"),
    [
        ({"share": 0.0}, "share"),
        ({"share": 1.01}, "share"),
        ({"share": np.nan}, "share"),
        ({"share": "most"}, "share"),
        ({"weights": [1, np.nan]}, "weights"),
        ({"weights": [0, 0]}, "weights"),
        ({"weights": [1, 1, 1]}, "weights"),
        ({"cost": [1, -1, 1]}, "cost"),
        ({"locked": [3]}, "locked"),
        ({"locked": [1], "forbidden": [1]}, "locked"),
        ({"seed": -1}, "seed"),
        ({"search_rounds": 0.5}, "search_rounds"),
    ],
)
def test_each_bad_argument_is_named(arguments, column):
    question = {"weights": [1, 1], "share": 0.5} | arguments
    with pytest.raises(ConfigurationError) as error:
        fewest_sites_for(np.array([[1, 1, 0], [0, 1, 1]]), question.pop("weights"), **question)
    assert {problem.column for problem in error.value.problems} == {column}
