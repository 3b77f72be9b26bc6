r"""A proven limit from below on the cost of any cover, by Lagrangian relaxation.

A price $u_i \ge 0$ on each unit that row i wants gives, for every $u$,

$$L(u) = \sum_i k_i u_i + \sum_j \min(0,\ \rho_j(u)), \qquad \rho_j(u) = c_j - \sum_i a_{ij} u_i ,$$

which no cover can undercut. The prices begin with a dual ascent (each row takes what its sites
have left, so that every $\rho_j \ge 0$ and $L = \sum k_i u_i$) and follow deflected subgradients
with Polyak steps; only $L$ at the best prices seen is reported, lowered by more than rounding can
have added. Where the costs are multiples of one number the limit is rounded up to one.

**Fixing.** A cover that takes site j with $\rho_j > 0$ costs at least $L + \rho_j$, one that leaves
out a site with $\rho_j < 0$ at least $L - \rho_j$. Where that is no better than the best cover
known, the site is refused, or taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from siting.optimise.cover_search import complete, drop_idle, empty_state, open_site
from siting.optimise.sparse import weighted_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.optimise.cover_core import Cover, CoverCore
    from siting.optimise.watch import Watch

DEFLECTION = 0.5
PATIENCE = 15
SHRINK = 0.6
LEAST_STEP = 1e-3
SEARCH_EVERY = 10
# Reduced costs are trusted to this share of the sum behind them.
TRUST = 1e-9


@dataclass(kw_only=True)
class Best:
    """The cheapest cover of a core met so far and the proven limit; it survives an interruption."""

    chosen: NDArray[np.int64]
    cost: float
    bound: float = 0.0
    iterations: int = 0

    def offer(self, cover: Cover, mask: NDArray[np.bool_]) -> None:
        """Take over a cover that costs less."""
        cost = float(np.sum(cover.cost[mask]))
        if cost < self.cost:
            self.chosen, self.cost = np.flatnonzero(mask), cost


@dataclass(frozen=True, kw_only=True)
class Goal:
    """When a search may end: the limit meets the cost, or it is known on which side of `enough`."""

    step: float
    enough: float | None = None

    def rounded(self, limit: float) -> float:
        """Return the limit rounded up to what a cover can cost."""
        if self.step > 0.0 and np.isfinite(limit):
            return float(np.ceil(limit / self.step) * self.step)
        return limit

    def reached(self, best: Best) -> bool:
        """Tell whether nothing is left to search for."""
        if best.bound >= best.cost * (1.0 - 1e-12):
            return True
        if self.enough is None:
            return False
        return best.cost <= self.enough or best.bound > self.enough


@dataclass(frozen=True, kw_only=True)
class Prices:
    """The best prices found: their limit [cost] and the reduced cost of every site."""

    limit: float
    reduced_cost: NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def _ascent(cover: Cover, order: NDArray[Any], price: NDArray[Any], left: NDArray[Any]) -> None:
    """Give each row, in this order, the most that its sites have left."""
    rows = cover.by_row
    for i in order:
        most = np.inf
        for q in range(rows.start[i], rows.start[i + 1]):
            most = min(most, left[rows.partner[q]])
        price[i] = most
        for q in range(rows.start[i], rows.start[i + 1]):
            left[rows.partner[q]] -= most


@njit(cache=True, error_model="numpy")
def _rounded(cover: Cover, state: Any, begin: NDArray[Any], price: NDArray[Any]) -> None:
    """Open the sites to begin with, complete the cover, and drop idle sites, dearest first."""
    for j in begin:
        open_site(cover, state, j)
    complete(cover, state, price)
    drop_idle(cover, state, np.argsort(-price, kind="mergesort"))


def cover_near(cover: Cover, reduced_cost: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return a cover made of the sites with the least reduced cost for what they serve."""
    state = empty_state(cover)
    least = 1e-3 * float(cover.cost.min(initial=np.inf))
    price = np.maximum(reduced_cost, least)
    _rounded(cover, state, np.flatnonzero(reduced_cost <= 0.0), price)
    return state.is_open


def improve_bound(
    core: CoverCore, best: Best, goal: Goal, *, iterations: int, watch: Watch
) -> Prices:
    """Raise the limit of `best` and search near the prices met; return the best prices."""
    cover = core.cover
    price, left = np.zeros(len(cover.need)), cover.cost.copy()
    _ascent(cover, np.argsort(np.diff(cover.by_row.start), kind="stable"), price, left)
    found = _priced(core, price)
    best.bound = max(best.bound, goal.rounded(found.limit))
    direction = np.zeros(len(price))
    step, idle, value = 1.0, 0, found.limit
    kept, reduced_cost = price, found.reduced_cost
    for done in range(1, iterations + 1):
        if goal.reached(best) or step < LEAST_STEP:
            break
        if done % SEARCH_EVERY == 1:
            best.offer(cover, cover_near(cover, reduced_cost))
            if not watch.tell(done / iterations, "bound"):
                break
        best.iterations += 1
        slope = cover.need - weighted_sums(cover.by_row, (reduced_cost < 0.0).astype(np.float64))
        direction = slope + DEFLECTION * direction
        price = _moved(price, direction, step * (1.05 * best.cost - value))
        now = _priced(core, price)
        value, reduced_cost = now.limit, now.reduced_cost
        idle = 0 if value > found.limit + 1e-5 * abs(found.limit) else idle + 1
        if value > found.limit:
            found, kept = now, price
            best.bound = max(best.bound, goal.rounded(value))
        if idle >= PATIENCE:
            step, idle, price, direction = step * SHRINK, 0, kept, np.zeros(len(price))
            value, reduced_cost = found.limit, found.reduced_cost
    best.offer(cover, cover_near(cover, found.reduced_cost))
    return found


def _moved(
    price: NDArray[np.float64], direction: NDArray[np.float64], distance: float
) -> NDArray[np.float64]:
    """Return the prices after one step along the direction, not below 0."""
    useful = np.where((price <= 0.0) & (direction < 0.0), 0.0, direction)
    length = float(np.sum(useful * useful))
    if length <= 0.0:
        return price
    return np.maximum(0.0, price + max(distance, 0.0) / length * useful)


def _priced(core: CoverCore, price: NDArray[np.float64]) -> Prices:
    """Return L at these prices, lowered by more than rounding can have added."""
    cover = core.cover
    earned = weighted_sums(cover.by_site, price)
    reduced_cost = cover.cost - earned
    gained, lost = float(np.sum(cover.need * price)), float(np.sum(np.minimum(0.0, reduced_cost)))
    longest = int(np.diff(cover.by_site.start).max(initial=0))
    size = gained + float(np.sum(earned)) + float(np.sum(cover.cost))
    error = size * (longest + len(price) ** 0.5 + 4096.0) * 2.0**-52
    return Prices(limit=gained + lost - error, reduced_cost=reduced_cost)


def fixed(
    cover: Cover, prices: Prices, cost: float, step: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the sites that a cheaper cover must take, and those that it must not."""
    trust = TRUST * (abs(prices.limit) + float(cover.cost.max(initial=0.0)))
    if step > 0.0:
        room = cost - step - prices.limit + trust
        return -prices.reduced_cost > room, prices.reduced_cost > room
    room = cost - prices.limit + trust
    return -prices.reduced_cost >= room, prices.reduced_cost >= room
