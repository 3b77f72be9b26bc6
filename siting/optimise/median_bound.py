r"""A proven limit from below on the cost of any p sites, by Lagrangian relaxation.

The median problem is
$\min \{ \sum_{ij} w_i d_{ij} y_{ij} : \sum_j y_{ij} = 1,\ 0 \le y_{ij} \le x_j,\ \sum_j x_j = p \}$
over the pairs that exist. A price $v_i$ on "each row is served once" gives, for every $v$,

$$L(v) = \sum_i v_i + \min_{|S| = p} \sum_{j \in S} \rho_j(v), \qquad
\rho_j(v) = \sum_i \min(0,\ w_i d_{ij} - v_i),$$

with locked sites in $S$. A pair that cannot serve is no term of any $\rho_j$. Where a row lists only
its cheapest pairs, $v_i \le w_i d_i$ with $d_i$ the dearest listed keeps every unlisted term at 0:
the limit then holds for all pairs, listed or not. The prices are moved along deflected
subgradients with Polyak steps; only $L$ at the best prices seen is reported, lowered by more than
rounding can have added (terms times $2^{-53}$ of the sum of their magnitudes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit, prange

from siting.optimise.median_search import swapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.optimise.median_core import Lists, MedianCore, Service

DEFLECTION = 0.5
PATIENCE = 12
SHRINK = 0.6
LEAST_STEP = 3e-4
SEARCH_EVERY = 25
SEARCH_SWAPS = 400


@dataclass(frozen=True, kw_only=True)
class MedianBound:
    """A proven limit, the best choice met on the way, the best prices and the reduced costs there."""

    value: float
    chosen: NDArray[np.int64]
    cost: float
    prices: NDArray[np.float64]
    reduced_cost: NDArray[np.float64]
    iterations: int


@njit(cache=True, error_model="numpy", parallel=True)
def _reduced_costs(
    start: NDArray[Any],
    index: NDArray[Any],
    cost: NDArray[Any],
    weight: NDArray[Any],
    price: NDArray[Any],
    out: NDArray[Any],
) -> None:
    """Write rho_j(v) for every site."""
    for j in prange(len(out)):
        total = 0.0
        for k in range(start[j], start[j + 1]):
            total += min(0.0, weight[index[k]] * cost[k] - price[index[k]])
        out[j] = total


@njit(cache=True, error_model="numpy")
def _unserved(lists: Lists, price: NDArray[Any], chosen: NDArray[Any], out: NDArray[Any]) -> None:
    """Write one less the number of times the relaxed choice serves each row."""
    sites = lists.by_site
    out[:] = 1.0
    for j in chosen:
        for k in range(sites.start[j], sites.start[j + 1]):
            i = sites.partner[k]
            if lists.weight[i] * sites.value[k] < price[i]:
                out[i] -= 1.0


def median_bound(
    core: MedianCore,
    *,
    chosen: NDArray[np.int64],
    cost: float,
    service: Service,
    iterations: int,
    seed: int,
    report: Callable[[float], None],
) -> MedianBound:
    """Return a proven limit on the cost; every few iterations the relaxed choice is searched on.

    `chosen`, `cost` and `service` are the choice to begin from; `report` is told the share done.
    """
    lists = core.lists
    scale = _scale(lists, service)
    price, direction, highest = scale.copy(), np.zeros(len(scale)), _highest(core)
    price = np.minimum(price, highest)
    best_value, best_price = -np.inf, price.copy()
    rho, slope = np.empty(len(core.locked)), np.empty(len(price))
    step, idle, done = 1.0, 0, 0
    for done in range(1, iterations + 1):
        relaxed, value = _relaxed(core, price, rho)
        idle = 0 if value > best_value + 1e-6 * abs(best_value) else idle + 1
        if value > best_value:
            best_value, best_price = value, price.copy()
        if done % SEARCH_EVERY == 1:
            report(done / iterations)
            found, found_cost = swapped(core, relaxed, seed=seed, most=SEARCH_SWAPS)
            if found_cost < cost:
                chosen, cost = found, found_cost
        if _closed(core, best_value, cost):
            break
        if idle >= PATIENCE:
            step, idle, price = step * SHRINK, 0, best_price.copy()
            direction[:] = 0.0
            if step < LEAST_STEP:
                break
            continue
        _unserved(lists, price, relaxed, slope)
        direction = slope + DEFLECTION * direction
        price = np.minimum(_moved(price, direction, scale, step * (cost - value)), highest)
    _reduced_costs(*lists.by_site, lists.weight, best_price, rho)
    value = _lowered(core, best_price, rho) if iterations else 0.0
    return MedianBound(
        value=max(0.0, value),
        chosen=chosen,
        cost=cost,
        prices=best_price,
        reduced_cost=rho,
        iterations=done,
    )


def _highest(core: MedianCore) -> NDArray[np.float64]:
    """Return the price up to which a row's unlisted pairs cannot count; none where all are listed."""
    start, lists = core.lists.by_row.start, core.lists
    last = lists.by_row.value[start[1:] - 1].astype(np.float64)
    partial = core.truncated & (np.diff(start) < len(core.locked))
    return np.where(partial, lists.weight * last, np.inf)


def _scale(lists: Lists, service: Service) -> NDArray[np.float64]:
    """Return a first price per row: half way between its two cheapest services, never 0."""
    last = lists.by_row.value[lists.by_row.start[1:] - 1]
    second = np.minimum(service.second, last)
    first = np.minimum(service.first, last)
    price = lists.weight * (first + second) / 2.0
    least = 1e-9 * max(float(price.max()), 1e-300)
    return np.asarray(np.maximum(price, least), np.float64)


def _relaxed(
    core: MedianCore, price: NDArray[np.float64], rho: NDArray[np.float64]
) -> tuple[NDArray[np.int64], float]:
    """Return the relaxed choice at these prices and its value; `rho` is overwritten."""
    _reduced_costs(*core.lists.by_site, core.lists.weight, price, rho)
    rank = np.where(core.locked, -np.inf, rho)
    relaxed = np.argsort(rank, kind="stable")[: core.p]
    return relaxed, float(np.sum(price) + np.sum(rho[relaxed]))


def _moved(
    price: NDArray[np.float64],
    direction: NDArray[np.float64],
    scale: NDArray[np.float64],
    distance: float,
) -> NDArray[np.float64]:
    """Return the prices after one step along the direction, not below 0."""
    useful = np.where((price <= 0.0) & (direction < 0.0), 0.0, direction)
    length = float(np.sum(scale * useful * useful))
    if length <= 0.0:
        return price
    return np.maximum(0.0, price + max(distance, 0.0) / length * scale * useful)


def _closed(core: MedianCore, value: float, cost: float) -> bool:
    """Tell whether nothing is left between the limit and the cost."""
    room = 1.0 - 1e-6 if core.whole else 1e-10 * abs(cost)
    return cost - value <= room


def _lowered(core: MedianCore, price: NDArray[np.float64], rho: NDArray[np.float64]) -> float:
    """Return L at these prices, lowered by more than rounding can have added."""
    rank = np.where(core.locked, -np.inf, rho)
    taken = np.argsort(rank, kind="stable")[: core.p]
    longest = int(np.diff(core.lists.by_site.start).max(initial=0))
    size = float(np.sum(price) - 2.0 * np.sum(rho[taken]))
    error = size * (longest + len(price) ** 0.5 + core.p + 4096.0) * 2.0**-52
    return float(np.sum(price) + np.sum(rho[taken]) - error)
