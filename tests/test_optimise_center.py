"""The p-center: the least worst cost, proved, beside every choice and known network optima."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from siting.errors import ConfigurationError, InfeasibleError
from siting.optimise import p_center

# Vertex p-centers of the OR-Library networks, as they stand in the literature on the problem.
NETWORKS = {
    "pmed1": 127, "pmed2": 98, "pmed3": 93, "pmed4": 74, "pmed5": 48,
    "pmed6": 84, "pmed7": 64, "pmed8": 55, "pmed9": 37, "pmed10": 20,
    "pmed11": 59, "pmed12": 51, "pmed13": 36, "pmed14": 26, "pmed15": 18,
    "pmed16": 47, "pmed17": 39, "pmed18": 28, "pmed19": 18, "pmed20": 13,
}  # fmt: skip


def worst(cost, chosen):
    return cost[:, list(chosen)].min(axis=1).max()


def least_worst(cost, p, locked=(), forbidden=()):
    allowed = [j for j in range(cost.shape[1]) if j not in set(forbidden)]
    picks = (c for c in combinations(allowed, p) if set(locked) <= set(c))
    return min(worst(cost, chosen) for chosen in picks)


def drawn(seed):
    """Return small random costs, some of which cannot serve, and p."""
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(1, 16)), int(rng.integers(1, 9))
    cost = [rng.random((rows, sites)), rng.integers(0, 9, (rows, sites)) * 1.0][seed % 2]
    if seed % 3 == 0:
        cost[rng.random(cost.shape) < 0.3] = np.inf
    return cost, int(rng.integers(1, sites + 1))


def as_csr(cost):
    row, column = np.nonzero(np.isfinite(cost))
    start = np.concatenate([[0], np.cumsum(np.isfinite(cost).sum(axis=1))])
    return sparse.csr_array((cost[row, column], column, start), shape=cost.shape)


def plane(size, seed=1):
    rng = np.random.default_rng(seed)
    people, places = rng.random((size, 2)), rng.random((size, 2))
    return np.sqrt(((people[:, None, :] - places[None, :, :]) ** 2).sum(axis=2))


@pytest.mark.parametrize("form", [np.asarray, as_csr])
def test_the_least_worst_cost_of_small_questions_is_found_and_proved(form):
    answered = 0
    for seed in range(200):
        cost, p = drawn(seed)
        best = least_worst(cost, p)
        if np.isinf(best):
            with pytest.raises((InfeasibleError, ConfigurationError)):
                p_center(form(cost), p=p)
            continue
        answer = p_center(form(cost), p=p)
        answered += 1
        assert (answer.objective, answer.bound) == (best, best), seed
        assert answer.status == "proved"
        assert len(set(answer.chosen.tolist())) == p
        assert worst(cost, answer.chosen) == best
        dearest = cost[np.isfinite(cost)].max()
        assert answer.gains.sum() == pytest.approx(dearest - best, abs=1e-12)
    assert answered > 120


def test_locked_sites_stay_and_forbidden_sites_stay_out():
    for seed in range(300, 400):
        cost, p = drawn(seed)
        mark = np.random.default_rng(seed).random(cost.shape[1])
        locked, forbidden = np.flatnonzero(mark < 0.2)[:p], np.flatnonzero(mark > 0.8)
        if cost.shape[1] - len(forbidden) < p:
            continue
        best = least_worst(cost, p, locked, forbidden)
        if np.isfinite(best):
            answer = p_center(cost, p=p, locked=locked, forbidden=forbidden)
            assert (answer.objective, answer.bound) == (best, best), seed
            assert answer.chosen[: len(locked)].tolist() == locked.tolist()
            assert not set(forbidden.tolist()) & set(answer.chosen.tolist())


@pytest.mark.parametrize("stop_after", [1, 2, 4, 8, 16])
def test_the_bound_holds_at_every_moment(stop_after):
    cost = plane(80)
    best = p_center(cost, p=6)
    assert best.status == "proved"
    told = []

    def watcher(share, text):
        told.append(share)
        return len(told) < 4 * stop_after

    answer = p_center(cost, p=6, progress=watcher)
    assert answer.bound <= best.objective <= answer.objective
    assert answer.objective == worst(cost, answer.chosen)
    assert told == sorted(told)


def test_control_c_gets_the_best_so_far_with_its_bound():
    def pressed(share, text):
        if text == "radius" and share > 0.1:
            raise KeyboardInterrupt

    cost = plane(120)
    answer = p_center(cost, p=8, progress=pressed)
    assert answer.objective == worst(cost, answer.chosen)
    assert 0 < answer.bound <= answer.objective


def test_a_test_that_stays_open_is_never_called_a_proof():
    cost = plane(150)
    free = p_center(cost, p=10)
    held = p_center(cost, p=10, iterations=3, search_steps=0, exact_nodes=0)
    assert held.bound <= free.objective <= held.objective
    assert (held.status == "proved") == (held.bound == held.objective)


@pytest.mark.parametrize("instance", NETWORKS)
def test_known_network_centers_are_proved(instance):
    path = Path(__file__).resolve().parents[2] / "shared/vectors/location/pmed" / f"{instance}.txt"
    if not path.is_file():
        pytest.skip("the published instances are not beside this repository")
    table = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    nodes, _, p = (int(value) for value in table[0])
    lengths = np.zeros((nodes, nodes))
    for first, second, length in table[1:]:
        lengths[int(first) - 1, int(second) - 1] = lengths[int(second) - 1, int(first) - 1] = length
    cost = shortest_path(lengths, directed=False)
    answer = p_center(cost, p=p)
    assert (answer.objective, answer.bound) == (NETWORKS[instance], NETWORKS[instance])
    assert answer.status == "proved"
    assert worst(cost, answer.chosen) == NETWORKS[instance]


def test_order_of_rows_and_sites_changes_nothing():
    cost = plane(100)
    rng = np.random.default_rng(4)
    rows, sites = rng.permutation(100), rng.permutation(100)
    one, other = p_center(cost, p=7), p_center(cost[rows][:, sites], p=7)
    assert (one.objective, one.bound) == (other.objective, other.bound)


def test_the_same_question_has_the_same_bits_dense_and_sparse():
    cost = plane(100)
    one, two, three = p_center(cost, p=7), p_center(cost, p=7), p_center(as_csr(cost), p=7)
    for answer in (two, three):
        assert answer.chosen.tobytes() == one.chosen.tobytes()
        assert answer.gains.tobytes() == one.gains.tobytes()
        assert (answer.objective, answer.bound) == (one.objective, one.bound)


def test_more_sites_never_serve_the_worst_row_worse():
    cost = plane(60)
    radii = [p_center(cost, p=p).objective for p in range(1, 12)]
    assert radii == sorted(radii, reverse=True)


def test_rows_that_p_sites_cannot_all_serve_are_infeasible():
    cost = np.where(np.eye(4) > 0, 1.0, np.inf)
    with pytest.raises(InfeasibleError, match="no 3 sites serve every row; without service: 1"):
        p_center(cost, p=3)
    assert p_center(cost, p=4).objective == 1.0


@pytest.mark.parametrize(
    ("arguments", "column"),
    [
        ({"p": 0}, "p"),
        ({"p": 4}, "p"),
        ({"p": 1.5}, "p"),
        ({"p": 3, "forbidden": [0]}, "p"),
        ({"p": 1, "locked": [0, 1]}, "p"),
        ({"locked": [3]}, "locked"),
        ({"forbidden": [-1]}, "forbidden"),
        ({"locked": [1], "forbidden": [1]}, "locked"),
        ({"seed": -1}, "seed"),
        ({"iterations": 0.5}, "iterations"),
    ],
)
def test_each_bad_argument_is_named(arguments, column):
    with pytest.raises(ConfigurationError) as error:
        p_center(np.ones((2, 3)), **({"p": 2} | arguments))
    assert {problem.column for problem in error.value.problems} == {column}


@pytest.mark.parametrize(
    "cost",
    [
        np.ones(3),
        np.ones((2, 0)),
        np.ones((0, 2)),
        np.array([[1.0, np.nan]]),
        np.array([[1.0, -1.0]]),
        np.array([[np.inf, np.inf]]),
        sparse.csr_array(np.array([[1.0, -2.0]])),
        np.array([["a"]]),
    ],
)
def test_costs_that_cannot_be_used_are_refused(cost):
    with pytest.raises(ConfigurationError) as error:
        p_center(cost, p=1)
    assert {problem.column for problem in error.value.problems} == {"cost"}
