"""Covering everything: the least cost, proved, beside every choice and published optima."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numba
import numpy as np
import pytest
from scipy import sparse

from siting.errors import ConfigurationError, InfeasibleError
from siting.optimise import cover_all
from siting.optimise.cover_core import CoverProblem, reduced

SCP = {
    "scp42": 512, "scp43": 516, "scp44": 494, "scp45": 512,
    "scp46": 560, "scp47": 430, "scp48": 492, "scp49": 641,
}  # fmt: skip
NO_SEARCH = {"iterations": 0, "search_steps": 0, "exact_nodes": 0}


def choices(sites):
    """Return every choice of so many sites, one per row."""
    return np.array(list(product((False, True), repeat=sites)))


def least_cost(covers, need, cost, locked=(), forbidden=()):
    """Return the least cost of all permitted choices, infinite if there is none."""
    every = choices(covers.shape[1])
    good = (every.astype(int) @ (covers != 0).T.astype(int) >= need).all(axis=1)
    good &= every[:, list(locked)].all(axis=1) & ~every[:, list(forbidden)].any(axis=1)
    return min((every[good] * cost).sum(axis=1), default=np.inf)


def drawn(seed):
    """Return a small random question: covers, need, cost, locked and forbidden sites."""
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(1, 14)), int(rng.integers(1, 10))
    covers = (rng.random((rows, sites)) < rng.choice([0.3, 0.5, 0.8])) * rng.integers(1, 4)
    need = rng.integers(0, 4, rows) if seed % 2 else np.ones(rows, int)
    cost = [np.ones(sites), rng.integers(0, 6, sites), rng.random(sites)][seed % 3]
    mark = rng.random(sites) if seed % 4 == 0 else np.ones(sites)
    return covers, need, cost, np.flatnonzero(mark < 0.15), np.flatnonzero(mark > 1.0 - 0.15) * 1


def people_and_places(rows=1200, sites=150, reach=0.12, seed=3):
    rng = np.random.default_rng(seed)
    people, places = rng.random((rows, 2)), rng.random((sites, 2))
    near = ((people[:, None, :] - places[None, :, :]) ** 2).sum(axis=2) < reach**2
    return sparse.csr_array(near[near.any(axis=1)])


@pytest.mark.parametrize("part", range(4))
def test_the_least_cost_of_small_questions_is_found_and_proved(part):
    answered = 0
    for seed in range(part * 100, part * 100 + 100):
        covers, need, cost, locked, forbidden = drawn(seed)
        forbidden = forbidden[~np.isin(forbidden, locked)]
        if seed % 4:
            forbidden = forbidden[:0]
        limits = {"locked": locked, "forbidden": forbidden}
        best = least_cost(covers, need, cost, **limits)
        if np.isinf(best):
            with pytest.raises(InfeasibleError):
                cover_all(covers, cover=need, cost=cost, **limits)
            continue
        answer = cover_all(covers, cover=need, cost=cost, **limits)
        answered += 1
        assert answer.objective == pytest.approx(best, rel=1e-9, abs=1e-12), seed
        assert answer.status == "proved", seed
        assert answer.bound <= best * (1 + 1e-12), seed
        assert ((covers[:, answer.chosen] != 0).sum(axis=1) >= need).all(), seed
        assert set(locked) <= set(answer.chosen.tolist())
        assert answer.gains.sum() == need.sum()
    assert answered > 30


@pytest.mark.parametrize("iterations", [0, 1, 7, 60])
def test_the_bound_is_never_above_the_least_cost_however_little_is_done(iterations):
    for seed in range(400, 460):
        covers, need, cost, _, _ = drawn(seed)
        best = least_cost(covers, need, cost)
        if np.isfinite(best):
            answer = cover_all(
                covers, cover=need, cost=cost, **(NO_SEARCH | {"iterations": iterations})
            )
            assert answer.bound <= best * (1 + 1e-12) <= answer.objective * (1 + 1e-11) + 1e-300


@pytest.mark.parametrize("need", [1, 2])
def test_reductions_leave_the_least_cost(need):
    for seed in range(500, 560):
        covers, _, cost, _, _ = drawn(seed)
        rows, sites = covers.shape
        wanted = np.minimum(need, (covers != 0).sum(axis=1))
        nobody = np.zeros(sites, bool)
        core = reduced(
            CoverProblem(
                covers=sparse.csr_array((covers != 0).astype(np.float32)),
                need=wanted,
                cost=np.asarray(cost, float),
                locked=nobody,
                forbidden=nobody,
            )
        )
        left = core.cover
        small = np.zeros((len(left.need), len(left.cost)))
        for i in range(len(left.need)):
            small[i, left.by_row.partner[left.by_row.start[i] : left.by_row.start[i + 1]]] = 1
        rest = least_cost(small, left.need, left.cost) if small.size else 0.0
        total = float(np.sum(np.asarray(cost)[core.taken])) + rest
        assert total == pytest.approx(least_cost(covers, wanted, cost), abs=1e-12)
        counted = core.reductions
        assert counted.rows_settled + counted.rows_merged + len(left.need) == rows
        assert counted.sites_useless + len(core.taken) + len(left.cost) == sites


@pytest.mark.parametrize("instance", SCP)
def test_published_set_covers_are_reached_and_proved(instance):
    path = Path(__file__).resolve().parents[2] / "shared/vectors/location/scp" / f"{instance}.txt"
    if not path.is_file():
        pytest.skip("the published instances are not beside this repository")
    numbers = [int(word) for word in path.read_text(encoding="utf-8").split()]
    rows, sites = numbers[:2]
    cost, at = numbers[2 : 2 + sites], 2 + sites
    covers = np.zeros((rows, sites), bool)
    for row in range(rows):
        count = numbers[at]
        covers[row, np.array(numbers[at + 1 : at + 1 + count]) - 1] = True
        at += 1 + count
    assert at == len(numbers)
    answer = cover_all(covers, cost=cost)
    assert (answer.objective, answer.bound) == (SCP[instance], SCP[instance])
    assert answer.status == "proved"
    assert covers[:, answer.chosen].any(axis=1).all()


def test_backup_cover_survives_the_loss_of_any_site():
    covers = people_and_places(reach=0.2)
    covers = covers[np.flatnonzero(np.diff(covers.indptr) >= 2)]
    answer = cover_all(covers, cover=2)
    for lost in answer.chosen:
        left = answer.chosen[answer.chosen != lost]
        assert (covers[:, left].sum(axis=1) >= 1).all()
    assert cover_all(covers).objective < answer.objective


def test_no_site_is_chosen_that_could_be_left_out():
    covers = people_and_places()
    answer = cover_all(covers)
    for site in answer.chosen:
        left = answer.chosen[answer.chosen != site]
        assert (covers[:, left].sum(axis=1) == 0).any()
    assert answer.gains[0] == np.diff(covers.tocsc().indptr)[answer.chosen].max()


def test_order_of_rows_and_sites_changes_nothing():
    covers = people_and_places()
    rng = np.random.default_rng(1)
    rows, sites = rng.permutation(covers.shape[0]), rng.permutation(covers.shape[1])
    one, other = cover_all(covers), cover_all(covers[rows][:, sites])
    assert one.status == other.status == "proved"
    assert (one.objective, one.bound) == (other.objective, other.bound)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="needs two threads")
def test_one_thread_and_two_give_the_same_bits():
    rng = np.random.default_rng(2)
    covers = sparse.csr_array(rng.random((4000, 400)) < 0.1)
    assert covers.nnz > 150_000
    answers = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        answers.append(
            cover_all(covers, cost=rng.random(400) * 0 + np.arange(1, 401) * 0.1, iterations=40,
                      search_steps=300, exact_nodes=0)
        )  # fmt: skip
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    one, two = answers
    assert one.chosen.tobytes() == two.chosen.tobytes()
    assert one.gains.tobytes() == two.gains.tobytes()
    assert (one.objective, one.bound, one.gap) == (two.objective, two.bound, two.gap)
    assert one.bound <= one.objective


def test_a_watcher_that_says_no_gets_the_best_so_far_with_its_bound():
    covers, told = people_and_places(rows=3000, sites=400, reach=0.06), []

    def watcher(share, text):
        told.append((share, text))
        return text != "search"

    answer = cover_all(covers, progress=watcher)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert [text for _, text in told].count("search") <= 1
    assert answer.bound <= answer.objective
    assert (covers[:, answer.chosen].sum(axis=1) >= 1).all()


def test_control_c_gets_the_best_so_far_with_its_bound():
    covers = people_and_places(rows=3000, sites=400, reach=0.06)

    def pressed(share, text):
        if text == "bound" and share > 0.3:
            raise KeyboardInterrupt

    answer = cover_all(covers, progress=pressed)
    assert (covers[:, answer.chosen].sum(axis=1) >= 1).all()
    assert 0 < answer.bound <= answer.objective


def test_rows_beyond_reach_are_named_or_left_out_and_counted():
    covers = np.array([[1, 0], [0, 0], [1, 1], [0, 0]])
    with pytest.raises(InfeasibleError, match=r"2 rows are reached by fewer .*: 1, 3;"):
        cover_all(covers)
    answer = cover_all(covers, lower_uncoverable=True)
    assert answer.chosen.tolist() == [0]
    assert answer.reductions.rows_unreachable == 2
    twice = cover_all(covers, cover=2, lower_uncoverable=True)
    assert sorted(twice.chosen) == [0, 1]
    assert twice.reductions.rows_unreachable == 3
    with pytest.raises(InfeasibleError, match="1 rows"):
        cover_all(covers[[0, 2]], forbidden=[0], cover=[1, 1])


def test_nothing_wanted_is_answered_with_no_sites():
    answer = cover_all(np.ones((3, 2)), cover=0)
    assert answer.chosen.tolist() == []
    assert (answer.objective, answer.bound, answer.status) == (0.0, 0.0, "proved")


@pytest.mark.parametrize(
    ("arguments", "column"),
    [
        ({"cover": 1.5}, "cover"),
        ({"cover": -1}, "cover"),
        ({"cover": [1, 1, 1]}, "cover"),
        ({"cost": [1, -1, 1]}, "cost"),
        ({"cost": [1, np.nan, 1]}, "cost"),
        ({"locked": [3]}, "locked"),
        ({"forbidden": [-1]}, "forbidden"),
        ({"locked": [1], "forbidden": [1]}, "locked"),
        ({"seed": -1}, "seed"),
        ({"search_steps": 0.5}, "search_steps"),
        ({"exact_nodes": -3}, "exact_nodes"),
    ],
)
def test_each_bad_argument_is_named(arguments, column):
    with pytest.raises(ConfigurationError) as error:
        cover_all(np.array([[1, 1, 0], [0, 1, 1]]), **arguments)
    assert {problem.column for problem in error.value.problems} == {column}


@pytest.mark.parametrize("covers", [np.ones(3), np.ones((2, 0)), np.array([[1.0, np.nan]])])
def test_a_matrix_that_cannot_be_used_is_refused(covers):
    with pytest.raises(ConfigurationError, match="covers"):
        cover_all(covers)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(ConfigurationError) as error:
        cover_all(np.ones((2, 2)), cover=-1, cost=[1], locked=[7], iterations=-1)
    told = {problem.column for problem in error.value.problems}
    assert told == {"cover", "cost", "locked", "iterations"}
