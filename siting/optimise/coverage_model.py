r"""Choose sites that cover the most weight within a number of stations: maximal covering.

$$\max_S \sum_i w_i \min\Bigl(1, \frac{1}{n_i} \sum_{j \in S} a_{ij}\Bigr)
\quad\text{with}\quad \sum_{j \in S} b_j \le B,\quad \sum_{j \in S} c_j \le C$$

With $n_i = 1$ and $a_{ij} = 1$ this is the maximal covering location problem (Church and ReVelle,
1974); a need of two makes a row count fully only with two servers (backup coverage), and units
other than 1 let sites give more or less, such as carriers for the busy hour.

The steps, each in its own module: reduce to a core, fill it greedily, swap, prune what gains
nothing, bound, search again from the relaxed choice, and finish small cores exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from siting.optimise.core import Core, Problem, coverage_value, reduced
from siting.optimise.coverage_bound import coverage_bound
from siting.optimise.exact import EXACT_PAIRS, exact_choice
from siting.optimise.question import checked_problem, refuse_infeasible
from siting.optimise.ruin import ruin_and_recreate
from siting.optimise.search import (
    Search,
    empty_state,
    fill,
    greedy_order,
    opened,
    prune,
    start_search,
    swap,
)
from siting.optimise.solution import PROVED_RELATIVE, Solution, relative

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike, NDArray
    from scipy import sparse

    from siting.optimise.coverage_bound import CoverageBound


def maximise_coverage(  # noqa: PLR0913 - each limit of the choice is a keyword
    covers: sparse.csr_array | sparse.csr_matrix | NDArray[np.floating],
    weights: ArrayLike,
    *,
    stations: ArrayLike | None = None,
    max_stations: int,
    needed: ArrayLike | None = None,
    locked: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    groups: ArrayLike | None = None,
    group_floors: Mapping[Any, int] | None = None,
    seed: int = 0,
    swap_passes: int = 4,
    bound_iterations: int = 400,
    progress: Callable[[float, str], None] | None = None,
) -> Solution:
    """Choose sites that cover the most weight, with a proven bound on what any choice covers.

    Parameters
    ----------
    covers
        Demand x site, CSR or dense; a value is the units a site gives a row (1 or True: it covers).
    weights
        Worth of each row when it is fully served, at least 0.
    stations
        Whole stations each site takes, at least 1 [stations]; 1 each if not given.
    max_stations
        Stations that the choice may take, locked sites included [stations].
    needed
        Units each row wants, above 0; 1 if not given. A part counts in proportion.
    locked, forbidden
        Sites that must, and must not, be chosen: column numbers or a mask.
    cost, budget
        Cost of each site and the most that the choice may cost, locked sites included [any unit].
    groups, group_floors
        Group of each site, and the least stations of some groups. Floors are filled first, but only
        with sites that gain; what is short stays in `Solution.floors_short`.
    seed
        Order in which swaps are tried.
    swap_passes, bound_iterations
        How long to search and to tighten the bound; counts, never seconds.
    progress
        Called with a share from 0 to 1 and a text.

    Returns
    -------
    Solution
        A site that gains nothing is never chosen unless it is locked.

    Raises
    ------
    ConfigurationError
        When arguments cannot be used; all problems at once.
    InfeasibleError
        When locked sites exceed the stations or the budget, or floors exceed what is allowed.
    """
    problem, labels, counts = checked_problem(
        covers, weights, stations, max_stations, needed, locked, forbidden,
        (cost, budget), (groups, group_floors), (seed, swap_passes, bound_iterations),
    )  # fmt: skip
    refuse_infeasible(problem, labels)
    tell = progress or (lambda _share, _text: None)
    seed, swap_passes, bound_iterations = counts
    tell(0.0, "reduce")
    core = reduced(problem)
    search = start_search(core)
    tell(0.1, "search")
    best = _searched(search, np.empty(0, np.int64), seed=seed, passes=swap_passes)
    tell(0.3, "bound")
    limit = coverage_bound(
        core,
        start=_mask(core, best),
        objective=_added(core, best),
        iterations=bound_iterations,
        report=lambda share: tell(0.3 + 0.5 * share, "bound"),
    )
    tell(0.8, "search again")
    bound = limit.value
    if bound_iterations and swap_passes:
        sure = _rounded_down(core, limit.relaxed)
        again = _searched(search, sure, seed=seed, passes=swap_passes)
        best = _better(core, best, again)
    if swap_passes:
        best = _recreated(search, best, seed=seed, passes=swap_passes)
    best, bound = _finished(search, best, bound)
    tell(1.0, "done")
    return _solution(problem, search, best, bound, labels, seed, limit)


def _searched(
    search: Search, begin: NDArray[np.int64], *, seed: int, passes: int
) -> NDArray[np.int64]:
    """Return a choice of core sites: fill up, swap, and prune what gains nothing."""
    state = opened(search.core, begin) if len(begin) else empty_state(search.core)
    fill(search, state)
    if swap(search, state, seed=seed, passes=passes):
        fill(search, state)
    prune(search, state)
    return np.flatnonzero(state.is_open)


def _recreated(
    search: Search, begin: NDArray[np.int64], *, seed: int, passes: int
) -> NDArray[np.int64]:
    """Return a choice of core sites no worse than the one given, after ruin and recreate."""
    state = opened(search.core, begin)
    ruin_and_recreate(search, state, seed=seed, passes=passes)
    fill(search, state)
    prune(search, state)
    return _better(search.core, begin, np.flatnonzero(state.is_open))


def _mask(core: Core, sites: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(len(core.sites), np.bool_)
    mask[sites] = True
    return mask


def _added(core: Core, sites: NDArray[np.int64]) -> float:
    """Return what a choice of core sites adds to the settled rows."""
    instance = core.instance
    filled = opened(core, sites).filled
    return float(np.sum(instance.rate * np.minimum(instance.need, filled)))


def _rounded_down(core: Core, relaxed: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the sites the relaxed choice takes for the larger part, as many as fit."""
    order = np.argsort(-relaxed, kind="stable")
    order = order[relaxed[order] > 0.5]
    stations = np.cumsum(core.instance.stations[order])
    cost = np.cumsum(core.instance.cost[order])
    return order[(stations <= core.stations_left) & (cost <= core.budget_left)]


def _shortness(core: Core, sites: NDArray[np.int64]) -> int:
    """Return the stations by which a choice of core sites misses the floors."""
    return int(np.maximum(opened(core, sites).lack, 0).sum())


def _better(core: Core, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the choice that misses the floors by less, then the one that adds more."""
    short = _shortness(core, first), _shortness(core, second)
    if short[0] != short[1]:
        return first if short[0] < short[1] else second
    return second if _added(core, second) > _added(core, first) else first


def _finished(
    search: Search, best: NDArray[np.int64], bound: float
) -> tuple[NDArray[np.int64], float]:
    """Return the choice and the bound after an exact finish, where the core is small enough."""
    core = search.core
    pairs = len(core.instance.by_row.partner)
    if not 0 < pairs < EXACT_PAIRS or relative(bound - _added(core, best), bound) == 0.0:
        return best, bound
    floors_met = _shortness(core, best) == 0
    answer = exact_choice(core, with_floors=floors_met and bool((core.floors_left > 0).any()))
    if answer is None:
        return best, bound
    state = opened(core, answer[0])
    if state.room.min() < 0:
        return best, min(bound, answer[1])
    prune(search, state)
    return _better(core, best, np.flatnonzero(state.is_open)), min(bound, answer[1])


def _solution(
    problem: Problem,
    search: Search,
    best: NDArray[np.int64],
    bound: float,
    labels: list[object],
    seed: int,
    limit_met: CoverageBound,
) -> Solution:
    """Return the answer in the numbering and the units of the question."""
    core = search.core
    order = core.sites[greedy_order(search, best)]
    chosen = np.concatenate([np.flatnonzero(problem.locked), order])
    objective = coverage_value(problem, chosen)
    total = float(np.sum(problem.weights))
    limit = min(core.settled_value + bound, total)
    if core.whole:
        limit = float(np.floor(limit))
    limit = max(limit, objective)
    gap = relative(limit - objective, limit)
    placed = np.bincount(
        problem.group[chosen], problem.stations[chosen], minlength=len(problem.floors)
    )
    short = problem.floors - np.rint(placed).astype(np.int64)
    return Solution(
        chosen=chosen,
        gains=_gains(problem, chosen),
        objective=objective,
        bound=limit,
        gap=gap,
        gap_uncovered=relative(limit - objective, total - objective),
        status="proved" if gap <= PROVED_RELATIVE else "feasible",
        seed=seed,
        iterations=limit_met.iterations,
        reductions=core.reductions,
        floors_short={labels[k]: int(short[k]) for k in np.flatnonzero(short > 0)},
        prices=np.append(limit_met.prices, 1.0)[core.row_of],
    )


def _gains(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what each site adds to those before it, computed afresh from the problem as asked."""
    by_site = problem.covers.tocsc()
    filled = np.zeros(len(problem.weights))
    gains = np.empty(len(chosen))
    for k, site in enumerate(chosen):
        pairs = slice(by_site.indptr[site], by_site.indptr[site + 1])
        rows, units = by_site.indices[pairs], by_site.data[pairs].astype(np.float64)
        before = np.minimum(1.0, filled[rows] / problem.needed[rows])
        filled[rows] += units
        after = np.minimum(1.0, filled[rows] / problem.needed[rows])
        gains[k] = float(np.sum(problem.weights[rows] * (after - before)))
    return gains
