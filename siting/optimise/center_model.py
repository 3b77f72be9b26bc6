r"""Choose p sites whose worst-served row is served best: the p-center.

$$\min_{|S| = p} \max_i \min_{j \in S} d_{ij}$$

(Hakimi, 1964; as a sequence of covering problems, Minieka, 1970.) A radius r is enough when p sites
cover every row within r. Each test looks at some of the rows only: when they cannot be covered, all
rows cannot either, and the limit rises to the next cost that occurs in those rows; when they can,
the choice is measured on all rows, and the worst-served ones join (Chen and Handler, 1987;
Contardo, Iori and Kramer, 2019). At every moment the limit is proven and the choice is real; they
meet at the optimum.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InfeasibleError
from siting.errors import Problem as Complaint
from siting.optimise.center_costs import Costs, checked_center
from siting.optimise.cover_core import CoverProblem, reduced
from siting.optimise.cover_question import named
from siting.optimise.cover_solve import CoverEffort, solve_core
from siting.optimise.solution import PROVED_RELATIVE, Reductions, Solution, relative
from siting.optimise.watch import Watch

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy import sparse

    from siting.optimise.watch import Progress

MOST_TESTS = 100_000
# Rows that join after a test: few after a quick one, many after one that took the solver.
WORST_ROWS = 8
MANY_ROWS = 80
QUICK_STEPS, QUICK_NODES, QUICK_PAIRS = 8000, 20, 5000


def p_center(
    cost: sparse.csr_array | sparse.csr_matrix | NDArray[np.floating],
    *,
    p: int,
    locked: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    seed: int = 0,
    iterations: int = 200,
    search_steps: int = 300_000,
    exact_nodes: int = 20_000,
    progress: Progress | None = None,
) -> Solution:
    """Choose at most p sites whose worst-served row costs least, with a proven bound.

    Parameters
    ----------
    cost
        Demand x site, dense (infinite: cannot serve) or CSR (missing: cannot serve; a stored 0 is
        a cost of 0) [any unit], at least 0.
    p
        Sites to choose at most, locked ones included, from 1 to the number of allowed sites.
    locked, forbidden
        Sites that must, and must not, be chosen: column numbers or a mask.
    seed
        Dice of the searches.
    iterations, search_steps, exact_nodes
        How long each covering test may bound, search and prove; counts, never seconds. A test that
        stays open ends the search with the bound reached.
    progress
        Called with a share from 0 to 1 and a text; when it returns False, or Ctrl-C is pressed, the
        best choice so far is returned with its bound.

    Returns
    -------
    Solution
        `objective` is the cost of the worst-served row, `bound` what no p sites can go below.
        `chosen` holds p sites, locked ones first; `gains` is by how much each one lowers the worst
        cost of those before it, a row without service counting as the dearest pair.

    Raises
    ------
    ConfigurationError
        When arguments cannot be used, or no allowed site reaches a row; all problems at once.
    InfeasibleError
        When no p sites serve every row, or none were found.
    """
    efforts = {"iterations": iterations, "search_steps": search_steps, "exact_nodes": exact_nodes}
    costs, size, locked_mask = checked_center(
        cost, p, (locked, forbidden), {"seed": seed} | efforts
    )
    effort = CoverEffort(
        iterations=int(iterations), steps=int(search_steps), nodes=int(exact_nodes)
    )
    watch = Watch(progress)
    search = _Search(costs, size, locked_mask, seed=int(seed), effort=effort)
    with watch.interruptible():
        search.run(watch)
    watch.tell(1.0, "done")
    return search.solution(int(seed))


class _Search:
    """A search for the least radius: `low` is proven, `high` is what `chosen` costs."""

    def __init__(
        self,
        costs: Costs,
        p: int,
        locked: NDArray[np.bool_],
        *,
        seed: int,
        effort: CoverEffort,
    ) -> None:
        self.costs, self.p, self.locked = costs, p, locked
        self.seed, self.effort = seed, effort
        self.chosen = self._filled_up(np.flatnonzero(locked))
        self.high, served = self._measured(self.chosen)
        self.low = float(costs.least_possible())
        self.rows = np.unique(np.append(_worst(served, WORST_ROWS), costs.hardest_row()))
        self.iterations = 0

    def run(self, watch: Watch) -> None:
        """Halve the radii left until the limit meets the choice, a test stays open, or a stop."""
        first = max(self.high - self.low, 1e-300) if np.isfinite(self.high) else np.inf
        for _ in range(MOST_TESTS):
            if self.low >= self.high:
                return
            left = self.high - self.low
            share = 0.0 if np.isinf(first) else 1.0 - min(1.0, left / first)
            told = 0.99 * share
            if not watch.tell(told, "radius"):
                return
            if not self._test(self._middle(), watch.part(told, told)):
                return

    def _middle(self) -> float:
        """Return the radius to test: the median of those that are left among the rows looked at."""
        radii = self.costs.values_of(self.rows)
        radii = radii[(radii >= self.low) & (radii < self.high)]
        return float(radii[(len(radii) - 1) // 2]) if len(radii) else self.low

    def _test(self, radius: float, watch: Watch) -> bool:
        """Raise the limit, lower the cost, or add rows; return False where the test stays open."""
        problem = CoverProblem(
            covers=self.costs.within(self.rows, radius),
            need=np.ones(len(self.rows), np.int64),
            cost=np.ones(self.costs.sites),
            locked=self.locked,
            forbidden=np.zeros(self.costs.sites, np.bool_),
        )
        core = reduced(problem)
        room = float(self.p - len(core.taken))
        if core.hopeless or room < 0:
            self._raise(radius)
            return True
        for effort in (self._quick(core.pairs), self.effort):
            best = solve_core(core, seed=self.seed, effort=effort, watch=watch, enough=room)
            self.iterations += best.iterations
            if best.cost <= room:
                sites = np.union1d(core.taken, core.sites[best.chosen])
                self._measure(sites, radius, hard=effort is self.effort)
                return True
            if best.bound > room:
                self._raise(radius)
                return True
            if watch.stopped:
                break
        return False

    def _quick(self, pairs: int) -> CoverEffort:
        """Return a first effort, which settles most tests; it asks the solver in small ones only."""
        return replace(
            self.effort,
            steps=min(self.effort.steps, QUICK_STEPS),
            nodes=min(self.effort.nodes, QUICK_NODES) if pairs <= QUICK_PAIRS else 0,
        )

    def _raise(self, radius: float) -> None:
        """Raise the limit to the next cost that occurs in the rows that could not be covered."""
        radii = self.costs.values_of(self.rows)
        above = radii[radii > radius]
        self.low = float(above[0]) if len(above) else np.inf

    def _measure(self, sites: NDArray[np.int64], radius: float, *, hard: bool) -> None:
        """Measure a choice that covers the rows looked at on all rows; add those it serves worst."""
        sites = self._filled_up(sites)
        worst, served = self._measured(sites)
        if worst < self.high:
            self.high, self.chosen = worst, sites
        if worst > radius:
            self.rows = np.union1d(
                self.rows, self._spread(served, radius, MANY_ROWS if hard else WORST_ROWS)
            )

    def _spread(self, served: NDArray[np.float64], radius: float, count: int) -> NDArray[np.int64]:
        """Return rows beyond the radius, worst first, no two of which share their nearest site."""
        order = np.argsort(-served, kind="stable")
        order = order[: int((served > radius).sum())]
        _, first = np.unique(self.costs.nearest[order], return_index=True)
        return order[np.sort(first)[:count]]

    def _measured(self, sites: NDArray[np.int64]) -> tuple[float, NDArray[np.float64]]:
        """Return the worst cost of a choice, and the cost of each row (infinite: no service)."""
        served = self.costs.served(sites)
        return float(served.max(initial=0.0)), served

    def _filled_up(self, sites: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return p sites: those given, the cheapest of the worst-served row in turn, and any."""
        inside = np.zeros(self.costs.sites, np.bool_)
        inside[sites] = True
        for _ in range(self.p - int(inside.sum())):
            served = self.costs.served(np.flatnonzero(inside))
            site = int(self.costs.nearest[int(np.argmax(served))])
            inside[site if not inside[site] else int(np.argmin(inside))] = True
        return np.flatnonzero(inside)

    def solution(self, seed: int) -> Solution:
        """Return the answer in the numbering of the question, filled up to p sites."""
        costs = self.costs
        if np.isinf(self.high):
            _, served = self._measured(self.chosen)
            lost = np.flatnonzero(np.isinf(served))
            what = f"no {self.p} sites serve every row" if np.isinf(self.low) else ""
            what = what or f"no {self.p} sites were found that serve every row"
            what += f"; without service: {len(lost)} rows ({named(lost)})"
            remedy = "choose more sites or add pairs"
            raise InfeasibleError(Complaint(column="p", what=what, remedy=remedy))
        order = np.concatenate([np.flatnonzero(self.locked), self._free_chosen()])
        gap = relative(self.high - self.low, self.high)
        return Solution(
            chosen=costs.columns[order],
            gains=self._gains(order),
            objective=self.high,
            bound=min(self.low, self.high),
            gap=gap,
            gap_uncovered=None,
            status="proved" if gap <= PROVED_RELATIVE else "feasible",
            seed=seed,
            iterations=self.iterations,
            reductions=Reductions(
                rows=costs.rows,
                rows_unreachable=0,
                rows_settled=costs.rows - len(self.rows),
                rows_merged=0,
                sites=costs.all_sites,
                sites_useless=costs.all_sites - costs.sites,
            ),
        )

    def _free_chosen(self) -> NDArray[np.int64]:
        return self.chosen[~self.locked[self.chosen]]

    def _gains(self, order: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return by how much each site lowers the worst cost of those before it."""
        dearest = self.costs.dearest
        now, before = np.full(self.costs.rows, dearest), dearest
        gains = np.empty(len(order))
        for k, site in enumerate(order):
            now = np.minimum(now, self.costs.served(np.array([site])))
            worst = float(now.max(initial=0.0))
            gains[k], before = before - worst, worst
        return gains


def _worst(served: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Return the rows that cost most."""
    return np.argsort(-served, kind="stable")[:count]
