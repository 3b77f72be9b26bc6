"""Searches for cheap sites that reach a weight: greedy, thinning, and less money each time.

From a choice that reaches the target a little money is taken away, its least useful sites close,
and the rest is improved at that money by swaps and by ruin and recreate until it reaches the
target again; where that fails, less is taken away, down to the smallest step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from siting.optimise.ruin import ruin_and_recreate
from siting.optimise.search import Search, fill, opened, shift, start_search, swap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.optimise.core import Core, Instance
    from siting.optimise.search import State
    from siting.optimise.watch import Watch

FIRST_CUT = 40
FEW_TRIES = 2


@dataclass(kw_only=True)
class BestShare:
    """The cheapest choice of core sites met that reaches the target; survives an interruption."""

    chosen: NDArray[np.int64]
    cost: float


@njit(cache=True, error_model="numpy")
def _losses(instance: Instance, state: State, loss: NDArray[Any]) -> None:
    """Write what closing each open site would lose."""
    sites = instance.by_site
    for j in range(len(loss)):
        loss[j] = 0.0
        if state.is_open[j]:
            for k in range(sites.start[j], sites.start[j + 1]):
                i = sites.partner[k]
                if state.filled[i] < 1.5:
                    loss[j] += instance.rate[i]


@njit(cache=True, error_model="numpy")
def _least_useful(instance: Instance, state: State, loss: NDArray[Any], most: float) -> int:
    """Return the open site that loses least for its cost and no more than `most`, or -1."""
    best, best_ratio = -1, np.inf
    for j in range(len(loss)):
        if state.is_open[j] and loss[j] <= most:
            ratio = (loss[j] + 1e-300) / max(instance.cost[j], 1e-300)
            if ratio < best_ratio:
                best, best_ratio = j, ratio
    return best


@njit(cache=True, error_model="numpy")
def _thin(instance: Instance, state: State, slack: float, money: float) -> float:
    """Close least useful sites within the slack, or until the money suffices; return the slack.

    With `money` at least 0 the slack may fall below 0.
    """
    loss = np.zeros(len(state.is_open))
    _losses(instance, state, loss)
    spent = np.sum(instance.cost[state.is_open])
    rows = instance.by_row
    while money < 0.0 or spent > money:
        site = _least_useful(instance, state, loss, slack if money < 0.0 else np.inf)
        if site < 0:
            break
        slack -= loss[site]
        spent -= instance.cost[site]
        shift(instance, state, site, -1.0)
        sites = instance.by_site
        for k in range(sites.start[site], sites.start[site + 1]):
            i = sites.partner[k]
            if 0.5 < state.filled[i] < 1.5:
                for q in range(rows.start[i], rows.start[i + 1]):
                    if state.is_open[rows.partner[q]]:
                        loss[rows.partner[q]] += instance.rate[i]
    return slack


class ShareSearch:
    """A core, the weight to reach in it, and the step in which costs come (0: any)."""

    def __init__(self, core: Core, target: float, step: float) -> None:
        self.core, self.target, self.step = core, target, step
        self.weight = core.instance.rate * core.instance.need

    def worth(self, state: State) -> float:
        """Return the weight that the open sites reach."""
        return float(np.sum(self.weight * np.minimum(1.0, state.filled)))

    def completed(self, begin: NDArray[np.int64]) -> BestShare | None:
        """Return a thinned choice that contains the best of the sites given, or None."""
        state = opened(self.core, begin)
        order = fill(start_search(self.core), state)
        filled = opened(self.core, begin)
        for site in order:
            if self.worth(filled) >= self.target:
                break
            shift(self.core.instance, filled, int(site), 1.0)
        return self._thinned(filled)

    def _thinned(self, state: State) -> BestShare | None:
        """Return the open sites without those the target does not need; None if it is missed."""
        slack = self.worth(state) - self.target
        if slack < 0.0:
            return None
        before = state.is_open.copy()
        _thin(self.core.instance, state, slack, -1.0)
        kept = state.is_open if self._reaches(state.is_open) else before
        chosen = np.flatnonzero(kept)
        return BestShare(chosen=chosen, cost=float(np.sum(self.core.instance.cost[chosen])))

    def _reaches(self, mask: NDArray[np.bool_]) -> bool:
        return self.worth(opened(self.core, np.flatnonzero(mask))) >= self.target

    def descend(self, best: BestShare, *, seed: int, rounds: int, watch: Watch) -> None:
        """Lower the cost of the best choice while that succeeds, for at most so many rounds."""
        cut, done = max(best.cost / FIRST_CUT, self._least_cut(best)), 0
        while done < rounds and len(best.chosen):
            last = cut <= self._least_cut(best) * (1.0 + 1e-9)
            tries = min(rounds - done, rounds if last else FEW_TRIES)
            part = watch.part(done / rounds, (done + tries) / rounds)
            found, used = self._cheaper(best, best.cost - cut, seed + done, tries, part)
            done += used
            if found is not None and found.cost < best.cost:
                best.chosen, best.cost = found.chosen, found.cost
            elif last or part.stopped:
                return
            else:
                cut = max(cut / 2.0, self._least_cut(best))
                if self.step > 0.0:
                    cut = float(np.ceil(cut / self.step) * self.step)

    def _least_cut(self, best: BestShare) -> float:
        return self.step if self.step > 0.0 else 1e-4 * max(best.cost, 1e-300)

    def _cheaper(
        self, best: BestShare, money: float, seed: int, tries: int, watch: Watch
    ) -> tuple[BestShare | None, int]:
        """Return a choice within the money that reaches the target, or None, and the rounds used.

        Each round goes on from where the last one ended.
        """
        core = replace(self.core, budget_left=max(money, 0.0))
        search: Search = start_search(core)
        state = opened(core, best.chosen)
        _thin(core.instance, state, 0.0, max(money, 0.0))
        swap(search, state, seed=seed, passes=2)
        fill(search, state)
        used = 1
        for used in range(1, tries + 1):
            if self.worth(state) >= self.target or not watch.tell(used / tries, "search"):
                break
            ruin_and_recreate(search, state, seed=seed + used, passes=1)
            fill(search, state)
        return self._thinned(state), used

    def first(self) -> BestShare:
        """Return the greedy choice; the caller has made sure that the target can be reached."""
        best = self.completed(np.empty(0, np.int64))
        if best is None:
            every = np.arange(len(self.core.sites))
            best = self._thinned(opened(self.core, every))
        if best is None:  # rounding only: all sites together reach the target
            return BestShare(chosen=every, cost=float(np.sum(self.core.instance.cost)))
        return best
