r"""Choose the cheapest sites that cover every row as often as it wants: location set covering.

$$\min \sum_j c_j x_j \quad\text{with}\quad \sum_{j \in N_i} x_j \ge k_i \text{ for every row } i,
\quad x_j \in \{0, 1\}$$

(Toregas, Swain, ReVelle and Bergman, 1971.) With $c_j = 1$ it asks for the fewest sites; with
$k_i = 2$ each row keeps service when any one site is lost (backup cover). Sites are reduced to a
core, covered greedily, priced by a Lagrangian limit, searched, fixed by reduced cost, and small
remainders are finished exactly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.optimise.cover_core import CoverCore, CoverProblem, common_step, reduced
from siting.optimise.cover_question import checked_cover, within_reach
from siting.optimise.cover_solve import CoverEffort, solve_core
from siting.optimise.solution import PROVED_RELATIVE, Solution, relative
from siting.optimise.watch import Watch

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy import sparse

    from siting.optimise.cover_bound import Best
    from siting.optimise.watch import Progress


def cover_all(
    covers: sparse.csr_array | sparse.csr_matrix | NDArray[np.floating],
    *,
    cover: ArrayLike = 1,
    cost: ArrayLike | None = None,
    locked: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    lower_uncoverable: bool = False,
    seed: int = 0,
    iterations: int = 400,
    search_steps: int = 40_000,
    exact_nodes: int = 1000,
    progress: Progress | None = None,
) -> Solution:
    """Choose the cheapest sites that cover every row, with a proven bound on the least cost.

    Parameters
    ----------
    covers
        Demand x site, CSR or dense; any value but 0 covers.
    cover
        Sites that must cover a row, one number or one per row, whole, at least 0 [sites].
    cost
        Cost of each site, at least 0 [any unit]; 1 each if not given: the fewest sites.
    locked, forbidden
        Sites that must, and must not, be chosen: column numbers or a mask. Locked sites are paid.
    lower_uncoverable
        Let a row that too few sites reach want those that do (0: it is left out), and count it in
        `Solution.reductions.rows_unreachable`. Without it such rows are an error.
    seed
        Dice of the search.
    iterations, search_steps, exact_nodes
        How long to tighten the bound, to search, and to prove; counts, never seconds.
    progress
        Called with a share from 0 to 1 and a text; when it returns False, or Ctrl-C is pressed, the
        best choice so far is returned with its bound.

    Returns
    -------
    Solution
        `objective` and `bound` [cost]: no permitted choice costs less than the bound. `gains` are
        the servers [row servings] that each site adds of those wanted, in the order of `chosen`. A
        site that serves no row alone is never chosen unless it is locked.

    Raises
    ------
    ConfigurationError
        When arguments cannot be used; all problems at once.
    InfeasibleError
        When too few allowed sites reach some rows, telling how many and which.
    """
    efforts = {"iterations": iterations, "search_steps": search_steps, "exact_nodes": exact_nodes}
    problem = checked_cover(covers, cover, cost, (locked, forbidden), {"seed": seed} | efforts)
    need, short = within_reach(problem, lower=lower_uncoverable)
    problem = replace(problem, need=need)
    watch = Watch(progress)
    watch.tell(0.0, "reduce")
    core = reduced(problem)
    effort = CoverEffort(
        iterations=int(iterations), steps=int(search_steps), nodes=int(exact_nodes)
    )
    best = solve_core(core, seed=int(seed), effort=effort, watch=watch.part(0.1, 1.0))
    watch.tell(1.0, "done")
    return _solution(problem, core, best, seed=int(seed), unreachable=len(short))


def _solution(
    problem: CoverProblem, core: CoverCore, best: Best, *, seed: int, unreachable: int
) -> Solution:
    """Return the answer in the numbering of the question."""
    picked = np.union1d(core.taken, core.sites[best.chosen])
    kept = _kept(problem, picked)
    chosen, gains = _in_order(problem, kept)
    objective = float(np.sum(problem.cost[chosen]))
    sure = float(np.sum(problem.cost[core.taken]))
    bound = min(objective, _rounded(problem, sure + best.bound))
    gap = relative(objective - bound, objective)
    return Solution(
        chosen=chosen,
        gains=gains,
        objective=objective,
        bound=bound,
        gap=gap,
        gap_uncovered=None,
        status="proved" if gap <= PROVED_RELATIVE else "feasible",
        seed=seed,
        iterations=best.iterations,
        reductions=replace(core.reductions, rows_unreachable=unreachable),
    )


def _rounded(problem: CoverProblem, limit: float) -> float:
    """Return a limit without the rounding of its sum, up to what choices can cost."""
    step = common_step(problem.cost)
    if step > 0.0:
        return float(np.ceil(limit / step - 1e-9) * step)
    return limit * (1.0 - 1e-14)


def _kept(problem: CoverProblem, picked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the choice without sites that serve no row alone, the dearest dropped first."""
    by_site = problem.covers.tocsc()
    inside = np.zeros(len(problem.cost), np.bool_)
    inside[picked] = True
    spare = np.rint(problem.covers @ inside.astype(np.float64)).astype(np.int64) - problem.need
    for site in picked[np.argsort(-problem.cost[picked], kind="stable")]:
        rows = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        wanted = rows[problem.need[rows] > 0]
        if not problem.locked[site] and (spare[wanted] > 0).all():
            inside[site] = False
            spare[rows] -= 1
    return np.flatnonzero(inside)


def _in_order(
    problem: CoverProblem, chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return locked sites, then the others by greatest gain per cost, and what each one adds.

    Gains only fall as sites are added, so that the first site whose gain is still what it was
    when it was looked at last is the best one.
    """
    by_site: Any = problem.covers.tocsc()
    left = problem.need.astype(np.int64).copy()
    order = [int(site) for site in chosen[problem.locked[chosen]]]
    gains = [_add(by_site, left, site) for site in order]
    waiting = [int(site) for site in chosen[~problem.locked[chosen]]]
    cost = np.maximum(problem.cost, 1e-300)
    known = dict.fromkeys(waiting, np.inf)
    while waiting:
        site = max(waiting, key=lambda j: (known[j], -j))
        rows = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        fresh = float((left[rows] > 0).sum()) / cost[site]
        if fresh < known[site]:
            known[site] = fresh
            continue
        order.append(site)
        gains.append(_add(by_site, left, site))
        waiting.remove(site)
    return np.array(order, np.int64), np.array(gains, np.float64)


def _add(by_site: Any, left: NDArray[np.int64], site: int) -> float:
    """Serve the rows of a site once; return how many still wanted it."""
    rows = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
    wanting = rows[left[rows] > 0]
    left[wanting] -= 1
    return float(len(wanting))
