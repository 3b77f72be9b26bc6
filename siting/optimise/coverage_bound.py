r"""A proven limit on what any permitted choice covers, by a restarted primal-dual method.

**The relaxation.** With rate $r_i = w_i / n_i$, units $a_{ij} \le n_i$ and the room $X$ (stations,
money, $0 \le x \le 1$), coverage is
$\max \{ \sum_i r_i z_i : z_i \le n_i,\ z_i \le \sum_j a_{ij} x_j,\ x \in X \}$.
Putting a price $u_i \ge 0$ on the second row gives, for every $u$, the limit

$$L(u) = \sum_i \max_{0 \le z \le n_i} (r_i - u_i) z + \max_{x \in X} \sum_j s_j(u) x_j,
\qquad s_j(u) = \sum_i a_{ij} u_i .$$

For $0 \le u_i \le r_i$ the first sum is $\sum_i (w_i - n_i u_i)$, which is never negative; the
second is the relaxed knapsack of `knapsack.py`. So $L(u)$ is valid at *every* such $u$, however
the method came to it, and only $L$ at the best $u$ seen is reported. With $v_i = u_i / r_i$ in
$[0, 1]$: $L(v) = \sum_i w_i (1 - v_i) + T(s)$. Floors of groups are left out of $X$: that can only
raise the limit, so it stays valid and becomes weaker.

**The method.** Primal-dual hybrid gradient with diagonal steps
$\tau_j = 0.95 / (\omega \sum_i a_{ij} r_i)$ and $\sigma_i = 0.95\,\omega / (r_i \sum_j a_{ij})$
(Pock and Chambolle, ICCV 2011), restarted from the better of the last and the mean point, with
$\omega$ rebalanced at restarts (Applegate et al., NeurIPS 2021). Money, where it is limited, is one
more priced row inside the method.

**Rounding.** All terms of $L$ are non-negative, so summation errs by at most the number of terms
times $2^{-53}$ of the whole; the limit is raised by more than that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from siting.optimise.knapsack import Room, most_earned
from siting.optimise.sparse import weighted_sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.optimise.core import Core, Instance

STEP = 0.95
CHECK_EVERY = 20
RESTART_DROP = 0.35
RESTART_AFTER = 200
PROJECTION_STEPS = 40
CLOSED_GAP = 1e-9


@dataclass(frozen=True, kw_only=True)
class CoverageBound:
    """A proven limit, the prices v that prove it, the relaxed choice beside it, the iterations."""

    value: float
    prices: NDArray[np.float64]
    relaxed: NDArray[np.float64]
    iterations: int


@dataclass(kw_only=True)
class _Point:
    """A relaxed choice x, row prices v, units per row ax, and the price of money."""

    x: NDArray[np.float64]
    v: NDArray[np.float64]
    ax: NDArray[np.float64]
    money: float

    def copy(self) -> _Point:
        return _Point(x=self.x.copy(), v=self.v.copy(), ax=self.ax.copy(), money=self.money)


@njit(cache=True, error_model="numpy")
def _project(
    x: NDArray[Any],
    tau: NDArray[Any],
    slope: NDArray[Any],
    size: NDArray[Any],
    room: float,
    price: float,
) -> float:
    """Move x along the slope and back into the room, in the metric of tau; return the price."""
    low, high, steep = 0.0, np.inf, False
    lam = 0.0
    for step in range(PROJECTION_STEPS):
        taken, rate = 0.0, 0.0
        for j in range(len(x)):
            y = x[j] + tau[j] * (slope[j] - lam * size[j])
            if y >= 1.0:
                taken += size[j]
            elif y > 0.0:
                taken += size[j] * y
                rate += size[j] * size[j] * tau[j]
        if abs(taken - room) <= 1e-9 * room or (lam == 0.0 and taken <= room):
            break
        if taken > room:
            low = lam
        else:
            high = lam
        if step == 0:
            lam = price
            continue
        steep = rate > 0.0
        following = lam + (taken - room) / rate if steep else 2.0 * lam + 1e-300
        if following <= low or following >= high:
            following = 0.5 * (low + high) if high < np.inf else 2.0 * low + 1.0
        lam = following
    for j in range(len(x)):
        x[j] = min(1.0, max(0.0, x[j] + tau[j] * (slope[j] - lam * size[j])))
    return lam


@njit(cache=True, error_model="numpy")
def _dual_step(
    v: NDArray[Any], new_ax: NDArray[Any], ax: NDArray[Any], need: NDArray[Any], sigma: NDArray[Any]
) -> None:
    """Lower the price of rows that are served, raise that of rows that are not."""
    for i in range(len(v)):
        step = sigma[i] * (2.0 * new_ax[i] - ax[i] - need[i])
        v[i] = min(1.0, max(0.0, v[i] - step))


class _Relaxation:
    """One coverage core with the step sizes and the limits of the method."""

    def __init__(self, core: Core) -> None:
        instance: Instance = core.instance
        self.instance = instance
        self.room = Room(
            stations=instance.stations,
            max_stations=core.stations_left,
            cost=instance.cost,
            budget=core.budget_left,
        ).rounded()
        sites, rows = len(instance.stations), len(instance.need)
        self.weight = instance.rate * instance.need
        self.reach = weighted_sums(instance.by_site, instance.rate)
        self.units = weighted_sums(instance.by_row, np.ones(sites))
        longest = int(np.diff(instance.by_site.start).max(initial=0))
        self.raise_by = 1.0 + (longest + rows**0.5 + sites + 4096.0) * 2.0**-52
        # Money as a row: scaled so that a typical site weighs in it what it weighs in coverage.
        self.limited = bool(np.isfinite(core.budget_left)) and instance.cost.sum() > 0
        mean_cost = float(instance.cost.mean()) if self.limited else 1.0
        self.money_unit = float(self.reach.mean()) / mean_cost if self.limited else 0.0

    def earnings(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return s(v), what each site earns at the prices of the rows."""
        return weighted_sums(self.instance.by_site, self.instance.rate * v)

    def served(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the units that a relaxed choice gives each row."""
        return weighted_sums(self.instance.by_row, x)

    def limit(self, v: NDArray[np.float64]) -> float:
        """Return L(v), raised by more than rounding can have taken from it."""
        rest = float(np.sum(self.weight * (1.0 - v)))
        return float((rest + most_earned(self.earnings(v), self.room)) * self.raise_by)

    def worth(self, ax: NDArray[np.float64]) -> float:
        """Return what a relaxed choice covers."""
        return float(np.sum(self.instance.rate * np.minimum(self.instance.need, ax)))

    def advance(self, point: _Point, omega: float, price: float) -> float:
        """Take one primal-dual step in place; return the price of a station."""
        slope = self.earnings(point.v) - point.money * self.money_unit * self.instance.cost
        size = self.reach + self.money_unit * self.instance.cost
        tau = STEP / (omega * np.maximum(size, 1e-300))
        old_x = point.x.copy()
        price = _project(point.x, tau, slope, self.room.stations, self.room.max_stations, price)
        new_ax = self.served(point.x)
        sigma = STEP * omega / self.units
        _dual_step(point.v, new_ax, point.ax, self.instance.need, sigma)
        point.ax = new_ax
        if self.limited:
            over = float(np.sum(self.instance.cost * (2.0 * point.x - old_x))) - self.room.budget
            point.money = max(0.0, point.money + STEP * omega * over / self.instance.cost.sum())
        return price


def coverage_bound(
    core: Core,
    *,
    start: NDArray[np.bool_],
    objective: float,
    iterations: int,
    report: Callable[[float], None],
) -> CoverageBound:
    """Return a proven limit on what the core can add to the settled rows.

    `start` is the choice to begin from and `objective` what it adds: the method stops early when
    the limit meets it. `report` is told the share of the iterations done.
    """
    relaxation = _Relaxation(core)
    x = start.astype(np.float64)
    v = np.where(relaxation.served(x) > core.instance.need, 0.25, 0.75)
    point = _Point(x=x, v=v, ax=relaxation.served(x), money=0.0)
    best = CoverageBound(
        value=core.weight * relaxation.raise_by,
        prices=np.zeros(len(v)),
        relaxed=x.copy(),
        iterations=0,
    )
    if len(x) == 0 or len(v) == 0:
        return best
    anchor, mean, count = point.copy(), _zero(point), 0
    omega, price, last_gap = 1.0, 0.0, np.inf
    for iteration in range(1, iterations + 1):
        price = relaxation.advance(point, omega, price)
        _accumulate(mean, point)
        count += 1
        if iteration % CHECK_EVERY and iteration != iterations:
            continue
        report(iteration / iterations)
        gap, better, best = _inspect(relaxation, (point, _scaled(mean, count)), best, iteration)
        if best.value - objective <= CLOSED_GAP * best.value:
            break
        if count >= RESTART_AFTER or (count >= 3 * CHECK_EVERY and gap < RESTART_DROP * last_gap):
            omega = _rebalanced(relaxation, better, anchor, omega)
            point = better.copy()
            anchor, mean, count, last_gap = point.copy(), _zero(point), 0, gap
        elif last_gap == np.inf:
            last_gap = gap
    return best


def _zero(point: _Point) -> _Point:
    return _Point(
        x=np.zeros_like(point.x), v=np.zeros_like(point.v), ax=np.zeros_like(point.ax), money=0.0
    )


def _accumulate(total: _Point, point: _Point) -> None:
    total.x += point.x
    total.v += point.v
    total.ax += point.ax
    total.money += point.money


def _scaled(total: _Point, count: int) -> _Point:
    return _Point(
        x=total.x / count, v=total.v / count, ax=total.ax / count, money=total.money / count
    )


def _inspect(
    relaxation: _Relaxation, points: tuple[_Point, ...], best: CoverageBound, iteration: int
) -> tuple[float, _Point, CoverageBound]:
    """Return the smallest primal-dual gap, its point, and the best limit so far."""
    gaps = []
    for point in points:
        prices = np.clip(point.v, 0.0, 1.0)
        limit = relaxation.limit(prices)
        gaps.append(limit - relaxation.worth(point.ax))
        if limit < best.value:
            best = replace(best, value=limit, prices=prices, relaxed=point.x.copy())
    least = int(np.argmin(gaps))
    return gaps[least], points[least], replace(best, iterations=iteration)


def _rebalanced(relaxation: _Relaxation, point: _Point, anchor: _Point, omega: float) -> float:
    """Return the primal weight that evens out how far the two sides moved since the restart."""
    moved_x = np.sqrt(np.sum(relaxation.reach * (point.x - anchor.x) ** 2))
    metric = relaxation.instance.rate * relaxation.units
    moved_v = np.sqrt(np.sum(metric * (point.v - anchor.v) ** 2))
    if moved_x <= 1e-12 or moved_v <= 1e-12:
        return omega
    return float(np.exp(0.5 * np.log(moved_v / moved_x) + 0.5 * np.log(omega)))
