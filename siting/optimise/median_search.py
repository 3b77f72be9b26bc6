"""Greedy choice and fast swaps for the median problem.

A swap opens j and closes r. Its saving is split as Resende and Werneck (2007) do: what j saves by
itself, less what closing r loses, plus what j gives back of that loss. The first two are sums over
rows; the third touches only rows near both, so that all partners r of one j are compared in a
single walk over the rows that j reaches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit, prange

from siting.optimise.median_core import MedianCore, Service, new_service, serve, total_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

IMPROVEMENT_FLOOR = 1e-9
BLOCKS = 8


@njit(cache=True, error_model="numpy", parallel=True)
def _savings(
    start: NDArray[Any],
    index: NDArray[Any],
    cost: NDArray[Any],
    weight: NDArray[Any],
    first: NDArray[Any],
    is_open: NDArray[Any],
    out: NDArray[Any],
) -> None:
    """Write what opening each closed site would save; -1 for open sites."""
    for j in prange(len(out)):
        saving = -1.0
        if not is_open[j]:
            saving = 0.0
            for k in range(start[j], start[j + 1]):
                saving += weight[index[k]] * max(0.0, first[index[k]] - cost[k])
        out[j] = saving


@njit(cache=True, error_model="numpy")
def _one_swap(
    index: NDArray[Any],
    cost: NDArray[Any],
    weight: NDArray[Any],
    first: NDArray[Any],
    second: NDArray[Any],
    slot_of_row: NDArray[Any],
    loss: NDArray[Any],
) -> tuple[float, int]:
    """Return the best saving of opening one site against closing a slot, and that slot."""
    back = -loss
    saving = 0.0
    for k in range(len(index)):
        i = index[k]
        if cost[k] < second[i]:
            saving += weight[i] * max(0.0, first[i] - cost[k])
            if slot_of_row[i] >= 0:
                back[slot_of_row[i]] += weight[i] * (second[i] - max(first[i], cost[k]))
    best = int(np.argmax(back))
    return saving + back[best], best


@njit(cache=True, error_model="numpy", parallel=True)
def _swap_values(
    start: NDArray[Any],
    index: NDArray[Any],
    cost: NDArray[Any],
    weight: NDArray[Any],
    first: NDArray[Any],
    second: NDArray[Any],
    slot_of_row: NDArray[Any],
    is_open: NDArray[Any],
    loss: NDArray[Any],
    tried: NDArray[Any],
    value: NDArray[Any],
    slot: NDArray[Any],
) -> None:
    """Write for each tried site the best saving of a swap and the slot that it closes."""
    for t in prange(len(tried)):
        j = tried[t]
        if is_open[j]:
            value[t], slot[t] = -np.inf, -1
        else:
            low, high = start[j], start[j + 1]
            value[t], slot[t] = _one_swap(
                index[low:high], cost[low:high], weight, first, second, slot_of_row, loss
            )


def greedy(core: MedianCore) -> NDArray[np.int64]:
    """Return p sites: the locked ones, then always the one that saves the most."""
    lists = core.lists
    is_open = core.locked.copy()
    service = new_service(lists)
    saving = np.empty(len(is_open))
    chosen = [int(j) for j in np.flatnonzero(core.locked)]
    serve(lists, is_open, service)
    while len(chosen) < core.p:
        _savings(*lists.by_site, lists.weight, service.first, is_open, saving)
        pick = int(np.argmax(saving))
        chosen.append(pick)
        is_open[pick] = True
        serve(lists, is_open, service)
    return np.array(chosen, np.int64)


def swapped(
    core: MedianCore, chosen: NDArray[np.int64], *, seed: int, most: int
) -> tuple[NDArray[np.int64], float]:
    """Return the choice and its cost after at most that many improving swaps."""
    lists, sites = core.lists, len(core.locked)
    tried = np.random.default_rng(seed).permutation(sites)
    blocks = np.array_split(tried, min(BLOCKS, sites))
    chosen, is_open = chosen.copy(), np.zeros(sites, np.bool_)
    is_open[chosen] = True
    service = new_service(lists)
    serve(lists, is_open, service)
    cost, idle, block, done = total_cost(lists, service), 0, 0, 0
    while idle < len(blocks) and done < most:
        site, place, saving = _best_swap(core, chosen, is_open, service, blocks[block])
        block = (block + 1) % len(blocks)
        idle += 1
        if saving <= IMPROVEMENT_FLOOR * abs(cost):
            continue
        is_open[chosen[place]], is_open[site] = False, True
        former, chosen[place] = chosen[place], site
        serve(lists, is_open, service)
        following = total_cost(lists, service)
        if following >= cost:  # rounding promised a saving that is not there
            is_open[site], is_open[former] = False, True
            chosen[place] = former
            serve(lists, is_open, service)
            continue
        cost, idle, done = following, 0, done + 1
        block = (block - 1) % len(blocks)
    return chosen, cost


def _best_swap(
    core: MedianCore,
    chosen: NDArray[np.int64],
    is_open: NDArray[np.bool_],
    service: Service,
    tried: NDArray[np.int64],
) -> tuple[int, int, float]:
    """Return the best swap among the tried sites: the site, the slot it takes, the saving."""
    lists = core.lists
    slot = np.full(len(is_open), -1, np.int64)
    slot[chosen] = np.arange(len(chosen))
    served = service.site >= 0
    extra = (lists.weight * (service.second - service.first))[served]
    loss = np.bincount(slot[service.site[served]], extra, minlength=len(chosen))
    loss[core.locked[chosen]] = np.inf
    slot_of_row = np.where(served, slot[service.site], -1)
    value, closed = np.empty(len(tried)), np.empty(len(tried), np.int64)
    _swap_values(
        *lists.by_site, lists.weight, service.first, service.second, slot_of_row,
        is_open, loss, tried, value, closed,
    )  # fmt: skip
    best = int(np.argmax(value))
    return int(tried[best]), int(closed[best]), float(value[best])


def perturbed(
    core: MedianCore,
    chosen: NDArray[np.int64],
    pool: NDArray[np.int64],
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """Return the choice with a few sites changed for others of the pool."""
    slots = np.flatnonzero(~core.locked[chosen])
    others = np.setdiff1d(pool, chosen)
    size = min(max(2, core.p // 12), len(slots), len(others))
    changed = chosen.copy()
    changed[generator.choice(slots, size, replace=False)] = generator.choice(
        others, size, replace=False
    )
    return changed
