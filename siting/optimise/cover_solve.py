"""Solves a covering core: search, bound, fix, and finish exactly, as far as the effort allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from siting.optimise.cover_bound import Best, Goal, Prices, cover_near, fixed, improve_bound
from siting.optimise.cover_core import CoverCore, CoverProblem, reduced
from siting.optimise.cover_exact import EXACT_PAIRS, exact_cover
from siting.optimise.cover_search import CHUNK, drop_idle, empty_state, open_site, search

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.optimise.watch import Watch


@dataclass(frozen=True, kw_only=True)
class CoverEffort:
    """How long to bound and to search: iterations, steps and solver nodes, never seconds."""

    iterations: int = 400
    steps: int = 40_000
    nodes: int = 1000


def solve_core(
    core: CoverCore, *, seed: int, effort: CoverEffort, watch: Watch, enough: float | None = None
) -> Best:
    """Return the best cover of a core and a proven limit; an interruption keeps the best so far.

    With `enough` the work ends when a cover of at most that cost is known, or known not to exist.
    """
    best = _first(core)
    goal = Goal(step=core.step, enough=enough)
    if len(core.cover.need) == 0:
        best.bound = best.cost
        return best
    with watch.interruptible():
        prices = improve_bound(
            core, best, goal, iterations=effort.iterations, watch=watch.part(0.0, 0.5)
        )
        _searched(core, best, goal, seed=seed, steps=effort.steps, watch=watch.part(0.5, 0.8))
        if not goal.reached(best) and watch.tell(0.8, "prove"):
            _proved(core, best, goal, prices, effort=effort, watch=watch)
    best.bound = min(best.bound, best.cost)
    return best


def _first(core: CoverCore) -> Best:
    """Return the greedy cover without a limit."""
    best = Best(chosen=np.empty(0, np.int64), cost=np.inf)
    best.offer(core.cover, cover_near(core.cover, core.cover.cost))
    return best


def _searched(
    core: CoverCore, best: Best, goal: Goal, *, seed: int, steps: int, watch: Watch
) -> None:
    """Search from the best cover for so many steps."""
    cover = core.cover
    state = empty_state(cover, seed=seed)
    for site in best.chosen:
        open_site(cover, state, int(site))
    found = state.is_open.copy()
    less = best.cost - goal.step if goal.step > 0.0 else best.cost * (1.0 - 1e-12)
    for done in range(0, steps, CHUNK):
        if goal.reached(best) or not watch.tell(done / steps, "search"):
            return
        less = search(cover, state, found, less, goal.step, min(CHUNK, steps - done))
        best.offer(cover, _without_idle(core, found))


def _without_idle(core: CoverCore, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a cover without the sites that serve no row alone, the dearest dropped first."""
    state = empty_state(core.cover)
    for site in np.flatnonzero(mask):
        open_site(core.cover, state, int(site))
    drop_idle(core.cover, state, np.argsort(-core.cover.cost, kind="stable"))
    return state.is_open


def _proved(
    core: CoverCore, best: Best, goal: Goal, prices: Prices, *, effort: CoverEffort, watch: Watch
) -> None:
    """Fix sites by their reduced costs, reduce again, and let the solver finish what is small."""
    known = best.cost if goal.enough is None else min(best.cost, goal.enough + goal.step)
    inner = _remaining(core, prices, known, goal.step)
    if inner.hopeless:
        best.bound = known
        return
    spent = float(core.cover.cost[inner.taken].sum())
    part = _first(inner)
    aim = None if goal.enough is None else goal.enough - spent
    inner_goal = Goal(step=inner.step, enough=aim)
    if inner.pairs and inner.pairs < 0.9 * core.pairs:
        improve_bound(
            inner, part, inner_goal, iterations=effort.iterations, watch=watch.part(0.8, 0.9)
        )
    best.iterations += part.iterations
    _take_over(core, inner, best, part, known)
    if inner.pairs == 0:
        best.bound = max(best.bound, min(known, spent))
        return
    small = inner.pairs <= EXACT_PAIRS and effort.nodes > 0
    if small and not goal.reached(best) and watch.tell(0.9, "prove"):
        mask, part.bound = exact_cover(inner, nodes=effort.nodes, enough=aim)
        if mask is not None:
            part.offer(inner.cover, mask)
        _take_over(core, inner, best, part, known)


def _take_over(core: CoverCore, inner: CoverCore, best: Best, part: Best, known: float) -> None:
    """Bring what is known of the remaining core into the best of the whole one.

    A cover outside the remaining core costs at least `known`, the best cost when it was made.
    """
    spent = float(core.cover.cost[inner.taken].sum())
    if spent + part.cost < best.cost:
        mask = np.zeros(len(core.cover.cost), np.bool_)
        mask[inner.taken] = True
        mask[inner.sites[part.chosen]] = True
        best.offer(core.cover, _without_idle(core, mask))
    rounded = Goal(step=core.step).rounded(spent + part.bound * (1.0 - 1e-15))
    best.bound = max(best.bound, min(known, rounded))


def _remaining(core: CoverCore, prices: Prices, known: float, step: float) -> CoverCore:
    """Return the core that is left when only covers that cost less than `known` count."""
    taken, refused = fixed(core.cover, prices, known, step)
    rows = core.cover.by_row
    shape = (len(core.cover.need), len(core.cover.cost))
    problem = CoverProblem(
        covers=sparse.csr_array((rows.value, rows.partner, rows.start), shape=shape),
        need=core.cover.need,
        cost=core.cover.cost,
        locked=taken,
        forbidden=refused & ~taken,
    )
    return reduced(problem)
