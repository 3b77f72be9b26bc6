"""Measure the optimiser on generated instances, beside HiGHS on the same ones.

Inputs:  none; every instance is generated from a seed. Only the case `scp` reads files: the folder
         of published set covers given with --instances.
Outputs: a table, or with --json a list of {case, value, unit, peer, ratio, bar, passed}.

`value` is ours, `peer` what HiGHS (scipy.optimize.milp) took or reached on the same instance, or at
the size of a city, where it does not answer, greedy alone. `ratio` is peer / value. A figure
without a peer is only told: its bar is null and it never passes. Times are processor seconds of
all threads, warm.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from _benchmark import Figure, list_cases, parser_of, report, told
from _reference_city import reference_city, reference_places
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from siting.optimise import (
    cover_all,
    fewest_sites_for,
    maximise_coverage,
    measured,
    p_center,
    p_median,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

PEER_SECONDS = 60.0


def closer(case: str, value: float, peer: float, bar: float) -> Figure:
    """Return a gap that passes when the peer's gap to the same bound is `bar` times as large."""
    ratio = peer / max(value, 1e-12)
    return Figure(
        case=case, value=value, unit="share", peer=peer, ratio=ratio, bar=bar, passed=ratio >= bar
    )


def faster(case: str, value: float, peer: float | None, bar: float) -> Figure:
    """Return a time that passes when the peer took at least `bar` times as long."""
    ratio = None if peer is None else peer / max(value, 1e-9)
    passed = ratio is not None and ratio >= bar
    return Figure(
        case=case, value=value, unit="CPU s", peer=peer, ratio=ratio, bar=bar, passed=passed
    )


def city(
    rows: int, sites: int, reach_m: float, seed: int = 1
) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """Return towns of unequal size in a countryside: covers within the reach, and weights."""
    rng = np.random.default_rng(seed)
    side_m = 100.0 * math.sqrt(rows)
    towns = max(3, rows // 5000)
    size = 1.0 / np.arange(1, towns + 1) ** 0.8
    centre = rng.uniform(0.05 * side_m, 0.95 * side_m, (towns, 2))
    spread_m = 600.0 + 4000.0 * np.sqrt(size) * min(1.0, side_m / 30000.0)

    def places(count: int) -> NDArray[np.float64]:
        inside = int(0.65 * count)
        town = rng.choice(towns, inside, p=size / size.sum())
        near = centre[town] + rng.normal(size=(inside, 2)) * spread_m[town][:, None]
        anywhere = rng.uniform(0.0, side_m, (count - inside, 2))
        return np.clip(np.vstack([near, anywhere]), 0.0, side_m)

    people, candidates = places(rows), places(sites)
    tree = cKDTree(people)
    pairs = tree.sparse_distance_matrix(cKDTree(candidates), reach_m, output_type="coo_matrix")
    covers = sparse.csr_array(
        (np.ones(pairs.nnz, np.float32), (pairs.row, pairs.col)), shape=(rows, sites)
    )
    return covers, np.maximum(1.0, np.round(np.exp(rng.normal(1.5, 0.9, rows))))


def coverage_by_highs(
    covers: sparse.csr_array, weights: NDArray[np.float64], count: int
) -> tuple[float | None, float | None]:
    """Return the CPU seconds and the objective of HiGHS, or nothing if it proved no optimum."""
    rows, sites = covers.shape
    served = sparse.hstack([-covers, sparse.eye_array(rows)], format="csr")
    number = np.concatenate([np.ones(sites), np.zeros(rows)])[None, :]
    started = time.process_time()
    result = milp(
        -np.concatenate([np.zeros(sites), weights]),
        integrality=number[0],
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(served, -np.inf, 0), LinearConstraint(number, 0, count)],
        options={"time_limit": PEER_SECONDS, "mip_rel_gap": 0.0},
    )
    if result.status != 0:
        return None, None
    return time.process_time() - started, -float(result.fun)


def median_by_highs(
    cost: NDArray[np.float64], weights: NDArray[np.float64], p: int
) -> tuple[float | None, float | None]:
    """Return the CPU seconds and the objective of HiGHS, or nothing if it proved no optimum."""
    rows, sites = cost.shape
    pairs = sparse.eye_array(rows * sites, format="csr")
    once = sparse.kron(sparse.eye_array(rows), np.ones((1, sites)), format="csr")
    opened = sparse.vstack([sparse.eye_array(sites)] * rows, format="csr")
    none = sparse.csr_array((rows, sites))
    number = np.concatenate([np.zeros(rows * sites), np.ones(sites)])[None, :]
    started = time.process_time()
    result = milp(
        np.concatenate([(weights[:, None] * cost).ravel(), np.zeros(sites)]),
        integrality=number[0],
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(sparse.hstack([pairs, -opened], format="csr"), -np.inf, 0),
            LinearConstraint(sparse.hstack([once, none], format="csr"), 1, 1),
            LinearConstraint(number, p, p),
        ],
        options={"time_limit": PEER_SECONDS, "mip_rel_gap": 0.0},
    )
    if result.status != 0:
        return None, None
    return time.process_time() - started, float(result.fun)


def coverage_beside_highs(*, quick: bool) -> list[Figure]:
    """Compare a coverage question that HiGHS can finish."""
    covers, weights = city(1000, 100, 800.0) if quick else city(2000, 200, 800.0)
    count = 4 if quick else 8
    maximise_coverage(covers, weights, max_stations=count)
    answer, effort = measured(lambda: maximise_coverage(covers, weights, max_stations=count))
    peer_s, best = coverage_by_highs(covers, weights, count)
    missed = 1.0 if best is None else (best - answer.objective) / best
    reached = Figure(
        case="coverage_small_objective",
        value=answer.objective,
        unit="weight",
        peer=best,
        ratio=None if best is None else best / answer.objective,
        bar=0.005,
        passed=best is not None and missed <= 0.005 and answer.bound >= best * (1 - 1e-9),
    )
    return [reached, faster("coverage_small_time", effort.cpu_s, peer_s, 0.3 if quick else 3.0)]


def median_beside_highs(*, quick: bool) -> list[Figure]:
    """Compare a median question that HiGHS can finish."""
    rng = np.random.default_rng(1)
    size = 60 if quick else 150
    people, places = rng.random((size, 2)), rng.random((size, 2))
    cost = np.sqrt(((people[:, None, :] - places[None, :, :]) ** 2).sum(axis=2))
    weights = rng.integers(1, 50, size).astype(float)
    p_median(cost, weights, p=5)
    answer, effort = measured(lambda: p_median(cost, weights, p=5))
    peer_s, best = median_by_highs(cost, weights, 5)
    reached = Figure(
        case="median_small_objective",
        value=answer.objective,
        unit="cost",
        peer=best,
        ratio=None if best is None else best / answer.objective,
        bar=1e-6,
        passed=best is not None and abs(answer.objective - best) <= 1e-6 * best,
    )
    return [reached, faster("median_small_time", effort.cpu_s, peer_s, 1.0 if quick else 3.0)]


def coverage_of_a_city(*, quick: bool) -> list[Figure]:
    """Measure the scale of a whole city: 250,000 rows, 40,000 candidates, 6 million pairs."""
    covers, weights = city(25_000, 4_000, 800.0) if quick else city(250_000, 40_000, 560.0)
    count = 150 if quick else 5_000
    rng = np.random.default_rng(0)
    stations = rng.integers(1, 3, covers.shape[1])
    needed = np.where(rng.random(len(weights)) < 0.3, 2.0, 1.0)
    maximise_coverage(covers[:500], weights[:500], max_stations=5)
    answer, effort = measured(
        lambda: maximise_coverage(
            covers, weights, stations=stations, max_stations=count, needed=needed
        )
    )
    greedy = maximise_coverage(
        covers, weights, stations=stations, max_stations=count, needed=needed,
        swap_passes=0, bound_iterations=0,
    )  # fmt: skip
    missed = (answer.bound - greedy.objective) / answer.bound
    return [
        told("coverage_city_pairs", float(covers.nnz), "pairs"),
        told("coverage_city_time", effort.cpu_s, "CPU s"),
        told("coverage_city_memory", effort.peak_mb, "MB"),
        closer("coverage_city_gap", answer.gap, missed, 1.0),
        told("coverage_city_uncovered_gap", answer.gap_uncovered or 0.0, "share"),
    ]


def median_of_a_city(*, quick: bool) -> list[Figure]:
    """Measure an edge lap: sites served by 100 of many rooms."""
    rng = np.random.default_rng(2)
    rows, sites, p = (2_000, 300, 30) if quick else (13_000, 1_500, 100)
    people, places = rng.random((rows, 2)), rng.random((sites, 2))
    cost = np.sqrt(((people[:, None, :] - places[None, :, :]) ** 2).sum(axis=2))
    weights = rng.integers(1, 9, rows).astype(float)
    p_median(cost[:50], weights[:50], p=3)
    answer, effort = measured(lambda: p_median(cost, weights, p=p))
    first = greedy_median(cost, weights, p)
    return [
        told("median_city_time", effort.cpu_s, "CPU s"),
        closer("median_city_gap", answer.gap, (first - answer.bound) / first, 1.0),
    ]


def greedy_median(cost: NDArray[np.float64], weights: NDArray[np.float64], p: int) -> float:
    """Return the cost of opening p sites one by one, each the best addition."""
    nearest = np.full(len(weights), cost.max())
    for _ in range(p):
        saved = weights @ np.maximum(nearest[:, None] - cost, 0.0)
        nearest = np.minimum(nearest, cost[:, int(saved.argmax())])
    return float(weights @ nearest)


def cover_beside_highs(*, quick: bool) -> list[Figure]:
    """Compare a set cover that HiGHS can finish."""
    covers, _ = reference_city(1000, 100, 800.0) if quick else reference_city(2000, 200, 800.0)
    covers = covers[np.flatnonzero(np.diff(covers.indptr) > 0)]
    rows, sites = covers.shape
    cover_all(covers)
    answer, effort = measured(lambda: cover_all(covers))
    started = time.process_time()
    result = milp(
        np.ones(sites),
        integrality=np.ones(sites, np.int64),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(covers, np.ones(rows), np.inf)],
        options={"time_limit": PEER_SECONDS, "mip_rel_gap": 0.0},
    )
    peer_s = time.process_time() - started
    best = float(round(result.fun)) if result.status == 0 else None
    reached = Figure(
        case="cover_small_objective",
        value=answer.objective,
        unit="sites",
        peer=best,
        ratio=None if best is None else best / answer.objective,
        bar=0.0,
        passed=answer.objective == answer.bound == best,
    )
    return [reached, faster("cover_small_time", effort.cpu_s, peer_s if best else None, 1.0)]


def share_of_a_town(*, quick: bool) -> list[Figure]:
    """Measure the fewest sites for 95 % of the weight of a town."""
    return _share("share_town", 5_000 if quick else 20_000, 500 if quick else 2_000)


def share_of_a_city(*, quick: bool) -> list[Figure]:
    """Measure the fewest sites for 95 % of the weight: 500,000 rows, 50,000 candidates."""
    rows, sites = (20_000, 2_000) if quick else (500_000, 50_000)
    return _share("share_city", rows, sites)


def _share(case: str, rows: int, sites: int) -> list[Figure]:
    covers, weights = reference_city(rows, sites, 800.0)
    fewest_sites_for(covers[:500], weights[:500], share=0.5, iterations=40, search_rounds=2)
    answer, effort = measured(lambda: fewest_sites_for(covers, weights, share=0.95))
    return [
        told(f"{case}_pairs", float(covers.nnz), "pairs"),
        told(f"{case}_sites", answer.objective, "sites"),
        told(f"{case}_bound", answer.bound, "sites"),
        told(f"{case}_gap", answer.gap, "share"),
        told(f"{case}_time", effort.cpu_s, "CPU s"),
        told(f"{case}_memory", effort.peak_mb, "MB"),
    ]


def center_of_a_town(*, quick: bool) -> list[Figure]:
    """Measure a center of 500 x 500 (quick: 200 x 200) with 10 sites."""
    return _center("center_town", 200 if quick else 500, 10)


def center_of_a_city(*, quick: bool) -> list[Figure]:
    """Measure a center of 5,000 x 5,000 (quick: 1,000 x 1,000) with 20 sites."""
    return _center("center_city", 1000 if quick else 5000, 20)


def _center(case: str, size: int, p: int) -> list[Figure]:
    people, candidates, _ = reference_places(size, size)
    cost = cdist(people, candidates)
    p_center(cost[:40, :40], p=3)
    answer, effort = measured(lambda: p_center(cost, p=p))
    return [
        told(f"{case}_radius", answer.objective, "m"),
        told(f"{case}_bound", answer.bound, "m"),
        told(f"{case}_gap", answer.gap, "share"),
        told(f"{case}_time", effort.cpu_s, "CPU s"),
    ]


def published_covers(folder: Path) -> list[Figure]:
    """Prove each set cover of a folder of scp*.txt (rows, sites, costs, then each row's sites)."""
    figures = []
    for path in sorted(folder.glob("scp*.txt")):
        numbers = [int(word) for word in path.read_text(encoding="utf-8").split()]
        rows, sites = numbers[:2]
        start, partner, at = [0], [], 2 + sites
        for _ in range(rows):
            partner += [site - 1 for site in numbers[at + 1 : at + 1 + numbers[at]]]
            at += 1 + numbers[at]
            start.append(len(partner))
        covers = sparse.csr_array((np.ones(len(partner)), partner, start), shape=(rows, sites))
        cost = numbers[2 : 2 + sites]
        answer, effort = measured(lambda a=covers, c=cost: cover_all(a, cost=c))
        figures += [
            told(f"{path.stem}_cost", answer.objective, "cost"),
            told(f"{path.stem}_gap", answer.gap, "share"),
            told(f"{path.stem}_time", effort.cpu_s, "CPU s"),
        ]
    return figures


CASES: dict[str, Callable[..., list[Figure]]] = {
    "coverage_small": coverage_beside_highs,
    "coverage_city": coverage_of_a_city,
    "median_small": median_beside_highs,
    "median_city": median_of_a_city,
    "cover_small": cover_beside_highs,
    "share_town": share_of_a_town,
    "center_town": center_of_a_town,
}
# Minutes of processor time: run only when asked for by name.
LARGE: dict[str, Callable[..., list[Figure]]] = {
    "share_city": share_of_a_city,
    "center_city": center_of_a_city,
}


def main() -> int:
    """Run the cases asked for; return 0 when all that are judged pass."""
    parser = parser_of(__doc__, [*CASES, *LARGE, "scp"])
    parser.add_argument("--instances", type=Path, help="folder of published instances, for scp")
    options = parser.parse_args()
    if options.list:
        return list_cases(CASES)
    names = options.case or list(CASES)
    if "scp" in names and options.instances is None:
        parser.error("--case scp needs --instances")
    every = CASES | LARGE | {"scp": lambda **_: published_covers(options.instances)}
    figures = [figure for name in names for figure in every[name](quick=options.quick)]
    return report(figures, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
