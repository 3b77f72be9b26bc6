"""Certificates: every answer can be checked without its solver, and no forged one passes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.optimise import (
    CoverageInputs,
    MedianInputs,
    certify,
    maximise_coverage,
    p_median,
    verify_certificate,
)
from siting.optimise.certificate import load_certificate, save_certificate

ROOT = Path(__file__).resolve().parents[1]
SOLVERS = {"numba", "scipy.optimize", "highspy", "ortools", "pulp", "sklearn"}


def coverage_case(seed):
    """Return the arguments of a random small question of maximal covering."""
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(1, 14)), int(rng.integers(2, 9))
    near = rng.random((rows, sites)) < rng.choice([0.2, 0.4, 0.7])
    whole = rng.random() < 0.5
    units = np.where(near, rng.integers(1, 3, near.shape), 0.0)
    units = units if whole else np.where(near, rng.random(near.shape), 0.0)
    weights = rng.integers(0, 9, rows) * (1.0 if whole else 0.37)
    locked = np.flatnonzero(rng.random(sites) < 0.15)
    forbidden = np.setdiff1d(np.flatnonzero(rng.random(sites) < 0.15), locked)
    stations = rng.integers(1, 4, sites)
    options = {
        "stations": stations,
        "max_stations": int(stations[locked].sum() + rng.integers(0, 7)),
        "needed": rng.integers(1, 4, rows).astype(float),
        "locked": locked,
        "forbidden": forbidden,
    }
    if rng.random() < 0.4:
        cost = rng.integers(0, 10, sites) / 10.0
        options |= {"cost": cost, "budget": float(cost[locked].sum() + rng.random() * 2)}
    if rng.random() < 0.3:
        groups = rng.integers(0, 2, sites)
        open_to = np.bincount(groups, np.where(np.isin(np.arange(sites), forbidden), 0, stations))
        if open_to.min(initial=0) >= 1 and len(open_to) == 2:
            floors = {0: int(min(1, options["max_stations"]))}
            options |= {"groups": groups, "group_floors": floors}
    return units, weights, options


def best_coverage(inputs):
    """Return the most that any permitted choice covers, by trying all of them."""
    sites = range(inputs.covers.shape[1])
    return max(
        inputs.worth(np.array(chosen, np.int64))
        for size in range(len(sites) + 1)
        for chosen in combinations(sites, size)
        if not inputs.faults(np.array(chosen, np.int64))
    )


def median_case(seed):
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(1, 12)), int(rng.integers(2, 9))
    cost = rng.integers(0, 30, (rows, sites)).astype(float)
    cost = cost if rng.random() < 0.5 else cost * 0.31
    locked = np.flatnonzero(rng.random(sites) < 0.15)[:1]
    forbidden = np.setdiff1d(np.flatnonzero(rng.random(sites) < 0.2), locked)
    allowed = sites - len(forbidden)
    weights = rng.integers(0, 5, rows).astype(float)
    weights[0] = 1.0
    p = int(rng.integers(max(1, len(locked)), max(2, allowed)))
    return cost, weights, {"p": min(p, allowed), "locked": locked, "forbidden": forbidden}


def least_cost(inputs):
    return min(
        inputs.worth(np.array(chosen, np.int64))
        for chosen in combinations(range(inputs.cost.shape[1]), inputs.p)
        if not inputs.faults(np.array(chosen, np.int64))
    )


def test_every_coverage_certificate_holds_and_its_bound_lies_above_the_best_choice():
    close = 0
    for seed in range(150):
        units, weights, options = coverage_case(seed)
        inputs = CoverageInputs.of(units, weights, **options)
        solution = maximise_coverage(units, weights, **options, bound_iterations=120)
        certificate = certify(solution, inputs)
        verdict = verify_certificate(certificate, inputs)
        best = best_coverage(inputs)
        assert verdict.accepted, (seed, verdict.faults)
        assert verdict.bound >= best * (1 - 1e-12), seed
        assert verdict.objective <= best * (1 + 1e-12), seed
        assert verdict.status == "feasible" or solution.objective == pytest.approx(best), seed
        assert inputs.floors_short(solution.chosen) == solution.floors_short, seed
        close += verdict.gap <= 0.2
    assert close > 120  # the limits say something, too


def test_any_prices_prove_a_limit_never_on_the_wrong_side():
    rng = np.random.default_rng(7)
    for seed in range(60):
        units, weights, options = coverage_case(seed)
        inputs = CoverageInputs.of(units, weights, **options)
        best = best_coverage(inputs)
        for _ in range(4):
            prices, room_prices = rng.random(len(weights)), rng.random(2) * rng.choice([0, 1, 9])
            assert inputs.limit(prices, room_prices) >= best * (1 - 1e-12)
        prices = rng.random(len(weights))
        own = inputs.limit(prices, inputs.room_prices(prices))
        assert best * (1 - 1e-12) <= own <= inputs.limit(prices, np.zeros(2)) * (1 + 1e-9)


def test_every_median_certificate_holds_and_its_bound_lies_below_the_best_choice():
    for seed in range(80):
        cost, weights, options = median_case(seed)
        inputs = MedianInputs.of(cost, weights, **options)
        solution = p_median(cost, weights, **options, iterations=60)
        verdict = verify_certificate(certify(solution, inputs), inputs)
        best = least_cost(inputs)
        assert verdict.accepted, (seed, verdict.faults)
        assert verdict.bound <= best * (1 + 1e-12), seed
        assert verdict.objective >= best * (1 - 1e-12), seed
        if seed < 40:
            prices = np.random.default_rng(seed).random(len(weights)) * 60
            assert inputs.limit(prices, np.zeros(2)) <= best * (1 + 1e-12)


def test_truncated_lists_prove_the_limit_of_the_whole_matrix():
    rng = np.random.default_rng(3)
    for seed in range(40):
        cost = rng.random((12, 9)) * 10
        weights = rng.integers(1, 5, 12).astype(float)
        listed = np.argsort(cost, axis=1)[:, :6]
        row = np.repeat(np.arange(12), 6)
        lists = sparse.csr_array((cost[row, listed.ravel()], (row, listed.ravel())), (12, 9))
        solution = p_median(lists, weights, p=5, truncated=True, seed=seed, iterations=60)
        inputs = MedianInputs.of(lists, weights, p=5, truncated=True)
        verdict = verify_certificate(certify(solution, inputs), inputs)
        whole = least_cost(MedianInputs.of(cost, weights, p=5))
        assert verdict.accepted
        assert verdict.bound <= whole * (1 + 1e-12)


@pytest.fixture(scope="module")
def town():
    rng = np.random.default_rng(11)
    units = (rng.random((300, 40)) < 0.12) * rng.integers(1, 3, (300, 40)).astype(float)
    weights, cost = rng.integers(1, 90, 300) * 0.7, rng.random(40)
    options = {
        "stations": rng.integers(1, 3, 40), "max_stations": 12, "needed": np.full(300, 2.0),
        "locked": [3], "forbidden": [4, 5], "cost": cost, "budget": 5.0,
        "groups": ["a", "b"] * 20, "group_floors": {"a": 2},
    }  # fmt: skip
    inputs = CoverageInputs.of(units, weights, **options)
    solution = maximise_coverage(units, weights, **options)
    return units, weights, options, inputs, certify(solution, inputs)


def resealed(certificate, **changed):
    """Return a forgery whose seal is right."""
    forged = replace(certificate, **changed)
    return replace(forged, seal=forged.sealed())


def forgeries(certificate):
    others = np.setdiff1d(np.arange(40), [*certificate.chosen, 4, 5])
    prices = certificate.prices.copy()
    prices[:5] = 1.0 - prices[:5]
    return {
        "kind": {"kind": "p_median"},
        "version": {"version": 2},
        "chosen, one more": {"chosen": np.append(certificate.chosen, others[0])},
        "chosen, one less": {"chosen": certificate.chosen[:-1]},
        "chosen, another": {"chosen": np.append(certificate.chosen[:-1], others[0])},
        "chosen, forbidden": {"chosen": np.append(certificate.chosen[:-1], 4)},
        "chosen, locked left out": {"chosen": certificate.chosen[1:]},
        "chosen, twice": {"chosen": np.append(certificate.chosen, certificate.chosen[-1])},
        "chosen, out of range": {"chosen": np.append(certificate.chosen, 40)},
        "objective": {"objective": certificate.objective * (1 + 1e-6)},
        "objective, not a number": {"objective": float("nan")},
        "bound, lower": {"bound": certificate.bound * (1 - 1e-6)},
        "bound, higher": {"bound": certificate.bound * (1 + 1e-6)},
        "bound, not a number": {"bound": float("nan")},
        "prices": {"prices": prices},
        "prices, too high": {"prices": certificate.prices + 1.0},
        "prices, negative": {"prices": certificate.prices - 1.0},
        "prices, not a number": {"prices": certificate.prices * np.nan},
        "prices, too few": {"prices": certificate.prices[1:]},
        "room prices": {"room_prices": certificate.room_prices * 1.5 + 1e-3},
        "room prices, negative": {"room_prices": -certificate.room_prices - 1.0},
        "room prices, too few": {"room_prices": certificate.room_prices[:1]},
        "hashes": {"hashes": {**certificate.hashes, "covers": "0" * 64}},
        "hashes, one less": {"hashes": {"covers": certificate.hashes["covers"]}},
    }


def test_a_changed_field_is_refused_with_the_old_seal_and_with_a_new_one(town):
    *_, inputs, certificate = town
    assert verify_certificate(certificate, inputs).accepted
    for name, changed in forgeries(certificate).items():
        for forged in (replace(certificate, **changed), resealed(certificate, **changed)):
            verdict = verify_certificate(forged, inputs)
            assert not verdict.accepted, name
            assert verdict.faults, name
            assert verdict.status == "feasible", name
    broken = verify_certificate(replace(certificate, seal="0" * 64), inputs)
    assert broken.faults == ("the seal is broken: a field was changed after it was written",)


def test_a_changed_input_is_named(town):
    units, weights, options, inputs, certificate = town
    del inputs
    more = units.copy()
    more[0, 0] += 1.0
    changes = {
        "covers": ((more, weights), {}),
        "weights": ((units, weights + 0.1), {}),
        "needed": ((units, weights), {"needed": np.full(300, 1.0)}),
        "stations": ((units, weights), {"stations": np.ones(40)}),
        "cost": ((units, weights), {"cost": options["cost"] * 2}),
        "locked": ((units, weights), {"locked": []}),
        "forbidden": ((units, weights), {"forbidden": [4]}),
        "groups": ((units, weights), {"groups": ["b", "a"] * 20}),
        "options": ((units, weights), {"max_stations": 13}),
    }
    for name, (arrays, changed) in changes.items():
        verdict = verify_certificate(certificate, CoverageInputs.of(*arrays, **options | changed))
        assert verdict.faults[0] == f"was made from other inputs: {name}"


def test_a_better_answer_of_another_question_cannot_be_certified(town):
    units, weights, options, inputs, _ = town
    richer = maximise_coverage(units, weights, **options | {"max_stations": 20})
    with pytest.raises(ConfigurationError, match="stations of 12"):
        certify(richer, inputs)
    with pytest.raises(ConfigurationError, match="objective"):
        certify(replace(richer, chosen=np.array([3])), inputs)
    solution = maximise_coverage(units, weights, **options, bound_iterations=5)
    with pytest.raises(ConfigurationError, match="0 row prices for 300 rows"):
        certify(replace(solution, prices=np.empty(0)), inputs)


def test_how_the_inputs_are_stored_makes_no_difference(town):
    units, weights, options, inputs, _ = town
    other = CoverageInputs.of(
        sparse.csc_array(units.astype(np.float32)), weights.tolist(),
        **options | {"stations": options["stations"].tolist(), "forbidden": np.array([5, 4])},
    )  # fmt: skip
    assert other.hashes() == inputs.hashes()
    cost = np.array([[0.0, 2.0], [3.0, np.inf]])
    listed = sparse.csr_array((np.array([0.0, 2.0, 3.0]), [0, 1, 0], [0, 2, 3]), shape=(2, 2))
    dense, lists = (MedianInputs.of(c, [1, 1], p=1).hashes() for c in (cost, listed))
    assert dense == lists


def test_a_file_holds_the_same_certificate_in_the_same_bytes(town, tmp_path):
    *_, inputs, certificate = town
    first = save_certificate(certificate, tmp_path / "a.npz")
    second = save_certificate(certificate, tmp_path / "b.npz")
    assert first.read_bytes() == second.read_bytes()
    read = load_certificate(first)
    assert read.seal == certificate.seal == read.sealed()
    assert verify_certificate(read, inputs).accepted
    with pytest.raises(MissingDataError):
        load_certificate(tmp_path / "c.npz")
    damaged = bytearray(first.read_bytes())
    damaged[200:210] = b"0123456789"
    (tmp_path / "c.npz").write_bytes(bytes(damaged))
    with pytest.raises(DataError, match=r"cannot be read|is no certificate"):
        load_certificate(tmp_path / "c.npz")
    (tmp_path / "d.npz").write_bytes(b"no archive")
    with pytest.raises(DataError, match="cannot be read"):
        load_certificate(tmp_path / "d.npz")


def test_dual_vectors_do_not_depend_on_where_equal_rows_were_merged():
    rng = np.random.default_rng(5)
    units = np.repeat((rng.random((40, 30)) < 0.2).astype(float), 3, axis=0)
    solution = maximise_coverage(units, rng.integers(1, 9, 120), max_stations=5)
    prices = solution.prices.reshape(40, 3)
    assert len(solution.prices) == 120
    assert (prices == prices[:, :1]).all()


def test_the_checker_loads_no_solver():
    code = (
        "import sys, siting.optimise.certificate, siting.optimise.proof_coverage, "
        "siting.optimise.proof_median; "
        f"print(*sorted({SOLVERS} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []
