r"""A proven limit from below on the cost of reaching a share of the weight.

For prices $v_i \in [0, 1]$ let $s_j(v) = \sum_i a_{ij} w_i v_i$. A choice S covers at most
$\sum_i w_i (1 - v_i) + \sum_{j \in S} s_j(v)$, whatever the prices are. A choice that covers T
therefore has $\sum_{j \in S} s_j(v) \ge T - \sum_i w_i (1 - v_i)$, and costs at least what the
relaxed knapsack takes to earn that: the sites in the order of $s_j / c_j$, the last one cut. One
vector of prices thus limits the cost of every share at once, and every vector gives a valid limit.

The prices come from the primal-dual method of `coverage_bound.py` on covering the most weight
within a sum of money P. The most that P covers is concave in P, and the prices at P are a tangent
to it: where the tangent meets T is the next P (Newton's method), taken half way at each restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from siting.optimise.sparse import weighted_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.optimise.core import Core
    from siting.optimise.watch import Watch

STEP = 0.95
CHECK_EVERY = 20
RESTART_DROP = 0.4
RESTART_AFTER = 160
HALVINGS = 48


@dataclass(kw_only=True)
class ShareBound:
    """The limit proven so far [cost] and the relaxed choice that goes with it."""

    value: float
    relaxed: NDArray[np.float64]
    iterations: int = 0


@njit(cache=True, error_model="numpy")
def _project(x: NDArray[Any], tau: NDArray[Any], cost: NDArray[Any], money: float) -> None:
    """Bring x into 0 to 1 and within the money, in the metric of tau."""
    low, high = 0.0, 0.0
    for j in range(len(x)):
        if cost[j] > 0.0:
            high = max(high, x[j] / (tau[j] * cost[j]))
    price = 0.0
    for _ in range(HALVINGS):
        spent = 0.0
        for j in range(len(x)):
            spent += cost[j] * min(1.0, max(0.0, x[j] - price * tau[j] * cost[j]))
        if spent > money:
            low = price
        elif price == 0.0:
            break
        else:
            high = price
        price = 0.5 * (low + high)
    for j in range(len(x)):
        x[j] = min(1.0, max(0.0, x[j] - price * tau[j] * cost[j]))


class _Method:
    """The primal-dual method on one core: relaxed choice x, prices v, servings ax, money P."""

    def __init__(self, core: Core, x: NDArray[np.float64], target: float, money: float) -> None:
        self.core, self.target, self.money = core, target, money
        instance = core.instance
        self.weight = instance.rate * instance.need
        self.reach = weighted_sums(instance.by_site, instance.rate)
        self.units = weighted_sums(instance.by_row, np.ones(len(x)))
        self.x, self.ax = x, weighted_sums(instance.by_row, x)
        self.v = np.where(self.ax > 1.0, 0.25, 0.75)
        self.omega = 1.0
        longest = int(np.diff(instance.by_site.start).max(initial=0))
        terms = longest + len(self.v) ** 0.5 + len(x) + 4096.0
        self.raise_by = 1.0 + terms * 2.0**-52

    def earnings(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return s(v), what each site earns at the prices of the rows."""
        return weighted_sums(self.core.instance.by_site, self.core.instance.rate * v)

    def advance(self) -> None:
        """Take one primal-dual step in place."""
        tau = STEP / (self.omega * np.maximum(self.reach, 1e-300))
        self.x = self.x + tau * self.earnings(self.v)
        _project(self.x, tau, self.core.instance.cost, self.money)
        ax = weighted_sums(self.core.instance.by_row, self.x)
        step = STEP * self.omega / self.units * (2.0 * ax - self.ax - 1.0)
        self.v = np.clip(self.v - step, 0.0, 1.0)
        self.ax = ax

    def distance(self, v: NDArray[np.float64], ax: NDArray[np.float64]) -> float:
        """Return how far prices and servings are from each other's best, in weight."""
        most = self._most_earned(self.earnings(v)) + float(np.sum(self.weight * (1.0 - v)))
        return float(most - np.sum(self.weight * np.minimum(1.0, ax)))

    def _most_earned(self, earned: NDArray[np.float64]) -> float:
        order, spent, cumulated = self._sorted(earned)
        if not len(order):
            return 0.0
        return float(np.interp(self.money, np.append(0.0, spent), np.append(0.0, cumulated)))

    def _sorted(
        self, earned: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the sites by earnings per cost, and what they cost and earn together."""
        cost = self.core.instance.cost
        order = np.argsort(-earned / np.maximum(cost, 1e-300), kind="stable")
        order = order[earned[order] > 0.0]
        return order, np.cumsum(cost[order]), np.cumsum(earned[order])

    def least_cost(self, v: NDArray[np.float64]) -> float:
        """Return the limit on the cost of reaching the target at these prices."""
        order, spent, cumulated = self._sorted(self.earnings(v))
        rest = float(np.sum(self.weight * (1.0 - v)))
        wanted = self.target / self.raise_by - rest
        if wanted <= 0.0 or not len(order):
            return 0.0
        at = int(np.searchsorted(cumulated, wanted))
        if at == len(order):
            return float(spent[-1])
        before_earned = float(cumulated[at - 1]) if at else 0.0
        before_spent = float(spent[at - 1]) if at else 0.0
        share = (wanted - before_earned) / float(cumulated[at] - before_earned)
        return float(before_spent + min(1.0, share) * (spent[at] - before_spent))


def improve_share_bound(
    core: Core, bound: ShareBound, *, target: float, cost: float, iterations: int, watch: Watch
) -> None:
    """Raise the limit of `bound`, starting from its relaxed choice; `cost` is that of a choice."""
    method = _Method(core, bound.relaxed.copy(), target, 0.95 * cost)
    bound.value = max(bound.value, method.least_cost(np.ones(len(method.v))))
    mean, count, last = [np.zeros_like(method.x), np.zeros_like(method.v)], 0, np.inf
    anchor = method.x.copy(), method.v.copy()
    for done in range(1, iterations + 1):
        method.advance()
        mean[0] += method.x
        mean[1] += method.v
        count += 1
        bound.iterations += 1
        if done % CHECK_EVERY and done != iterations:
            continue
        distance = _inspect(method, bound, mean, count)
        if not watch.tell(done / iterations, "bound") or bound.value >= cost * (1.0 - 1e-12):
            return
        if count >= RESTART_AFTER or (count >= 3 * CHECK_EVERY and distance < RESTART_DROP * last):
            _rebalance(method, anchor)
            method.money = 0.5 * (method.money + bound.value)
            mean, count, last = [np.zeros_like(method.x), np.zeros_like(method.v)], 0, distance
            anchor = method.x.copy(), method.v.copy()
        elif np.isinf(last):
            last = distance


def _inspect(
    method: _Method, bound: ShareBound, mean: list[NDArray[np.float64]], count: int
) -> float:
    """Take over the limit of the present or the mean point; return the smaller distance.

    The method goes on from the nearer of the two when a restart is due.
    """
    instance = method.core.instance
    x, v = mean[0] / count, np.clip(mean[1] / count, 0.0, 1.0)
    ax = weighted_sums(instance.by_row, x)
    for prices, choice in ((method.v, method.x), (v, x)):
        limit = method.least_cost(prices)
        if limit > bound.value:
            bound.value, bound.relaxed = limit, choice.copy()
    own, other = method.distance(method.v, method.ax), method.distance(v, ax)
    if other < own and count >= 3 * CHECK_EVERY:
        method.x, method.v, method.ax = x, v, ax
    return min(own, other)


def _rebalance(method: _Method, anchor: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    """Even out how far the two sides moved since the last restart."""
    moved_x = np.sqrt(np.sum(method.reach * (method.x - anchor[0]) ** 2))
    metric = method.core.instance.rate * method.units
    moved_v = np.sqrt(np.sum(metric * (method.v - anchor[1]) ** 2))
    if moved_x > 1e-12 and moved_v > 1e-12:
        method.omega = float(np.sqrt(moved_v / moved_x * method.omega))
