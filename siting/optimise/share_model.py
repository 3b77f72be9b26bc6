r"""Choose the fewest or cheapest sites that reach a share of the weight: partial set covering.

$$\min \sum_j c_j x_j \quad\text{with}\quad \sum_i w_i z_i \ge q \sum_i w_i,\quad
z_i \le \sum_{j \in N_i} x_j,\quad z_i \le 1,\quad x_j \in \{0, 1\}$$

(Daskin and Owen, 1999; Cordeau, Furini and Ljubic, 2019.) Greedy, a limit from the prices of
maximal covering, a search from the relaxed choice, and an exact finish of small cores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from siting.errors import InfeasibleError
from siting.errors import Problem as Complaint
from siting.optimise.arguments import Checks
from siting.optimise.core import Core, Problem, reduced
from siting.optimise.cover_core import common_step
from siting.optimise.cover_exact import INFEASIBLE, SOLVER_TOLERANCE
from siting.optimise.cover_question import cover_pattern
from siting.optimise.search import greedy_order, start_search
from siting.optimise.share_bound import ShareBound, improve_share_bound
from siting.optimise.share_search import BestShare, ShareSearch
from siting.optimise.solution import PROVED_RELATIVE, Solution, relative
from siting.optimise.watch import Watch

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from siting.optimise.watch import Progress

EXACT_PAIRS = 20_000
# Cores below this are left to the solver before any search.
QUICK_PAIRS = 2000
# The weight to reach is lowered by this share, which is rounding.
TARGET_ROUNDING = 1e-12


def fewest_sites_for(
    covers: sparse.csr_array | sparse.csr_matrix | NDArray[np.floating],
    weights: ArrayLike,
    *,
    share: float,
    cost: ArrayLike | None = None,
    locked: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    seed: int = 0,
    iterations: int = 600,
    search_rounds: int = 120,
    exact_nodes: int = 400,
    progress: Progress | None = None,
) -> Solution:
    """Choose the fewest or cheapest sites that reach a share of the weight, with a proven bound.

    Parameters
    ----------
    covers
        Demand x site, CSR or dense; any value but 0 covers.
    weights
        Worth of each row, at least 0, in all above 0.
    share
        Share of the total weight, that of unreachable rows included, to reach; above 0, at most 1.
    cost
        Cost of each site, at least 0 [any unit]; 1 each if not given: the fewest sites.
    locked, forbidden
        Sites that must, and must not, be chosen: column numbers or a mask. Locked sites are paid.
    seed
        Dice of the search.
    iterations, search_rounds, exact_nodes
        How long to tighten the bound, to search, and to prove; counts, never seconds.
    progress
        Called with a share from 0 to 1 and a text; when it returns False, or Ctrl-C is pressed, the
        best choice so far is returned with its bound.

    Returns
    -------
    Solution
        `objective` and `bound` [cost]: no permitted choice costs less than the bound. `gains`
        [weight] are what each site adds in the order of `chosen`; their sum is the weight reached.

    Raises
    ------
    ConfigurationError
        When arguments cannot be used; all problems at once.
    InfeasibleError
        When the allowed sites together do not reach the share.
    """
    efforts = {"iterations": iterations, "search_rounds": search_rounds, "exact_nodes": exact_nodes}
    problem = _checked(covers, weights, share, cost, (locked, forbidden), {"seed": seed} | efforts)
    watch = Watch(progress)
    watch.tell(0.0, "reduce")
    core = reduced(problem)
    target = _target(problem, core, float(share))
    search = ShareSearch(core, target, common_step(core.instance.cost))
    best = search.first()
    bound = ShareBound(value=0.0, relaxed=_mask(core, best.chosen).astype(np.float64))
    with watch.interruptible():
        _worked_out(search, best, bound, int(seed), efforts, watch)
    watch.tell(1.0, "done")
    return _solution(problem, search, best, bound, int(seed))


def _worked_out(
    search: ShareSearch,
    best: BestShare,
    bound: ShareBound,
    seed: int,
    efforts: dict[str, int],
    watch: Watch,
) -> None:
    """Bound, search from the relaxed choice and from the best, and finish exactly what is small."""
    core = search.core
    if search.target <= 0.0 or len(core.sites) == 0:
        bound.value = best.cost
        return
    improve_share_bound(
        core,
        bound,
        target=search.target,
        cost=best.cost,
        iterations=int(efforts["iterations"]),
        watch=watch.part(0.1, 0.5),
    )
    again = search.completed(np.flatnonzero(bound.relaxed > 0.6))
    if again is not None and again.cost < best.cost:
        best.chosen, best.cost = again.chosen, again.cost
    pairs, nodes = len(core.instance.by_row.partner), int(efforts["exact_nodes"])
    if pairs <= QUICK_PAIRS and nodes and _is_open(search, best, bound):
        _finish(search, best, bound, nodes)
    if _is_open(search, best, bound):
        rounds = int(efforts["search_rounds"])
        search.descend(best, seed=seed, rounds=rounds, watch=watch.part(0.5, 0.9))
    solvable = QUICK_PAIRS < pairs <= EXACT_PAIRS and nodes > 0
    if solvable and _is_open(search, best, bound) and watch.tell(0.9, "prove"):
        _finish(search, best, bound, nodes)


def _is_open(search: ShareSearch, best: BestShare, bound: ShareBound) -> bool:
    """Tell whether a cheaper choice may exist."""
    return _up(search, bound.value) < best.cost * (1.0 - PROVED_RELATIVE)


def _checked(
    covers: object,
    weights: ArrayLike,
    share: float,
    cost: ArrayLike | None,
    sites_named: tuple[ArrayLike | None, ArrayLike | None],
    counts: dict[str, int],
) -> Problem:
    """Return the problem in arrays, or all complaints at once."""
    checks = Checks()
    matrix = cover_pattern(checks, covers)
    rows, sites = matrix.shape
    real = isinstance(share, (int, float, np.integer, np.floating))
    if not real or not 0.0 < share <= 1.0:
        checks.note("share", f"is {share!r}", "give a number above 0 and at most 1")
    problem = Problem(
        covers=matrix,
        weights=checks.numbers("weights", weights, rows),
        needed=np.ones(rows),
        stations=np.ones(sites),
        max_stations=float(sites),
        cost=checks.numbers("cost", 1.0 if cost is None else cost, sites),
        budget=np.inf,
        locked=checks.sites("locked", sites_named[0], sites),
        forbidden=checks.sites("forbidden", sites_named[1], sites),
        group=np.zeros(sites, np.int64),
        floors=np.zeros(1, np.int64),
    )
    if not checks.problems and not (problem.weights > 0).any():
        checks.note("weights", "are all 0", "give some row a weight")
    checks.apart(problem.locked, problem.forbidden)
    for name, value in counts.items():
        checks.count(name, value)
    checks.settle()
    return problem


def _target(problem: Problem, core: Core, share: float) -> float:
    """Return the weight to reach in the core; refuse a share that is out of reach."""
    total = float(np.sum(problem.weights))
    target = share * total * (1.0 - TARGET_ROUNDING)
    if core.whole:
        target = float(np.ceil(target))
    most = core.settled_value + core.weight
    if most * (1.0 + TARGET_ROUNDING) < target:
        what = f"is {share:g}, but the allowed sites reach {most / total:.6g} of the weight"
        raise InfeasibleError(
            Complaint(column="share", what=what, remedy="lower the share or add candidates")
        )
    return min(target, most) - core.settled_value


def _mask(core: Core, sites: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(len(core.sites), np.bool_)
    mask[sites] = True
    return mask


def _up(search: ShareSearch, limit: float) -> float:
    """Return a limit rounded up to what a choice can cost."""
    if search.step > 0.0:
        return float(np.ceil(limit / search.step - 1e-9) * search.step)
    return limit * (1.0 - 1e-14)


def _finish(search: ShareSearch, best: BestShare, bound: ShareBound, nodes: int) -> None:
    """Let HiGHS look for the cheapest choice of a small core, within a limit of nodes."""
    instance = search.core.instance
    sites, rows = len(instance.cost), len(instance.need)
    pairs = sparse.csr_array(
        (np.ones(len(instance.by_row.partner)), instance.by_row.partner, instance.by_row.start),
        shape=(rows, sites),
    )
    served = sparse.hstack([-pairs, sparse.eye_array(rows)], format="csr")
    reached = np.concatenate([np.zeros(sites), search.weight / search.target])[None, :]
    scale = 1e6 / max(float(instance.cost.sum()), 1e-300)
    result: Any = milp(
        np.concatenate([instance.cost * scale, np.zeros(rows)]),
        integrality=np.concatenate([np.ones(sites, np.int64), np.zeros(rows, np.int64)]),
        bounds=Bounds(0.0, 1.0),
        constraints=[
            LinearConstraint(served, -np.inf, 0.0),
            LinearConstraint(reached, 1.0, np.inf),
        ],
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
    )
    if result.status == INFEASIBLE or result.mip_dual_bound is None:
        return
    limit = float(result.mip_dual_bound) / scale
    if np.isfinite(limit):
        lowered = limit - 1e-4 * search.step if search.step else limit
        bound.value = max(bound.value, lowered * (1.0 - SOLVER_TOLERANCE / 2))
    found = None if result.x is None else search.completed(np.flatnonzero(result.x[:sites] > 0.5))
    if found is not None and found.cost < best.cost:
        best.chosen, best.cost = found.chosen, found.cost


def _solution(
    problem: Problem, search: ShareSearch, best: BestShare, bound: ShareBound, seed: int
) -> Solution:
    """Return the answer in the numbering of the question."""
    core = search.core
    order = core.sites[greedy_order(start_search(core), best.chosen)]
    locked = np.flatnonzero(problem.locked)
    chosen = np.concatenate([locked, order])
    objective = float(np.sum(problem.cost[chosen]))
    limit = float(np.sum(problem.cost[locked])) + _up(search, bound.value)
    limit = min(objective, limit)
    gap = relative(objective - limit, objective)
    return Solution(
        chosen=chosen,
        gains=_gains(problem, chosen),
        objective=objective,
        bound=limit,
        gap=gap,
        gap_uncovered=None,
        status="proved" if gap <= PROVED_RELATIVE else "feasible",
        seed=seed,
        iterations=bound.iterations,
        reductions=core.reductions,
    )


def _gains(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weight that each site reaches beyond those before it."""
    by_site = problem.covers.tocsc()
    reached = np.zeros(len(problem.weights), np.bool_)
    gains = np.empty(len(chosen))
    for k, site in enumerate(chosen):
        rows = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        gains[k] = float(np.sum(problem.weights[rows[~reached[rows]]]))
        reached[rows] = True
    return gains
