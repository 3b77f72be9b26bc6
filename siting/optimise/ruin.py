"""Ruin and recreate: reopen a neighbourhood of the choice, and keep what is no worse.

A round closes a random open site and a few open sites near it (sites are near when both reach
rows that one candidate reaches), fills the room anew from the candidates that share a row with a
closed site, with the first site barred from the first pick, and tries to replace each pick once.
Rounds are counted, and all dice are thrown beforehand from the seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from siting.optimise.search import Search, State, fresh_gain, shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.optimise.core import Instance

RUINED = 6
WALKS = 3 * RUINED
ROUNDS_PER_SITE = 1
FEWEST_ROUNDS, MOST_ROUNDS = 200, 1500
CHUNK = 100
# A round is undone when it loses more than this share, which is rounding.
EQUAL = 1e-13


@njit(cache=True, error_model="numpy")
def _entry(roll: float, low: int, high: int) -> int:
    """Return a place from low to high - 1, by a roll in [0, 1)."""
    return low + int(roll * (high - low))


@njit(cache=True, error_model="numpy")
def _walk(instance: Instance, state: State, site: int, rolls: NDArray[Any]) -> int:
    """Walk site, row, site, row at random, and return an open site of the last row, or -1."""
    sites, rows = instance.by_site, instance.by_row
    row = sites.partner[_entry(rolls[0], sites.start[site], sites.start[site + 1])]
    between = rows.partner[_entry(rolls[1], rows.start[row], rows.start[row + 1])]
    row = sites.partner[_entry(rolls[2], sites.start[between], sites.start[between + 1])]
    for k in range(rows.start[row], rows.start[row + 1]):
        if state.is_open[rows.partner[k]]:
            return int(rows.partner[k])
    return -1


@njit(cache=True, error_model="numpy")
def _ruin(
    instance: Instance, state: State, centre: int, rolls: NDArray[Any], closed: NDArray[Any]
) -> tuple[int, float]:
    """Close the centre and open sites near it; return how many, and the loss."""
    closed[0] = centre
    count = 1
    loss = shift(instance, state, centre, -1.0)
    for walk in range(WALKS):
        if count == RUINED:
            break
        site = _walk(instance, state, centre, rolls[3 * walk : 3 * walk + 3])
        if site >= 0:
            loss += shift(instance, state, site, -1.0)
            closed[count] = site
            count += 1
    return count, loss


@njit(cache=True, error_model="numpy")
def _neighbours(
    instance: Instance, closed: NDArray[Any], mark: NDArray[Any], stamp: int, near: NDArray[Any]
) -> int:
    """List the sites that share a row with a closed site; return how many."""
    sites, rows = instance.by_site, instance.by_row
    count = 0
    for site in closed:
        for k in range(sites.start[site], sites.start[site + 1]):
            row = sites.partner[k]
            for q in range(rows.start[row], rows.start[row + 1]):
                j = rows.partner[q]
                if mark[j] != stamp:
                    mark[j] = stamp
                    near[count] = j
                    count += 1
    near[:count].sort()
    return count


@njit(cache=True, error_model="numpy")
def _best_near(
    instance: Instance, state: State, scale: NDArray[Any], near: NDArray[Any], barred: int
) -> int:
    """Return the site of the list with the best real gain that fits, or -1."""
    while True:
        best, best_score = -1, 0.0
        for j in near:
            score = state.gain[j] * scale[j]
            if score <= best_score or state.is_open[j] or j == barred:
                continue
            if instance.stations[j] <= state.room[0] and instance.cost[j] <= state.room[1]:
                best, best_score = j, score
        if best < 0 or fresh_gain(instance, state, best) > 0.0:
            return best
        state.gain[best] = 0.0


@njit(cache=True, error_model="numpy")
def _recreate(
    instance: Instance, state: State, scale: NDArray[Any], near: NDArray[Any], picks: NDArray[Any]
) -> tuple[int, float]:
    """Fill the room from the list, then replace each pick once; return how many, and the gain.

    `picks[0]` holds the site that is barred from the first pick.
    """
    gain, count, barred = 0.0, 0, picks[0]
    while count < len(picks):
        pick = _best_near(instance, state, scale, near, barred)
        if pick < 0:
            break
        gain += shift(instance, state, pick, 1.0)
        picks[count] = pick
        count += 1
        barred = -1
    for k in range(count):
        gain -= shift(instance, state, picks[k], -1.0)
        pick = _best_near(instance, state, scale, near, -1)
        picks[k] = pick if pick >= 0 else picks[k]
        gain += shift(instance, state, picks[k], 1.0)
    return count, gain


@njit(cache=True, error_model="numpy")
def _floors_hold(state: State, group: NDArray[Any], lack: NDArray[Any]) -> bool:
    """Tell whether no group of the closed sites lacks more than it did before."""
    return bool(np.all(state.lack[group] <= np.maximum(lack, 0)))


@njit(cache=True, error_model="numpy")
def _rounds(
    instance: Instance,
    state: State,
    scale: NDArray[Any],
    centres: NDArray[Any],
    rolls: NDArray[Any],
    mark: NDArray[Any],
    stamp: int,
) -> float:
    """Ruin and recreate around each centre that is still open; return the improvement."""
    closed, near = np.empty(RUINED, np.int64), np.empty(len(scale), np.int64)
    picks, total = np.empty(4 * RUINED, np.int64), 0.0
    for t in range(len(centres)):
        if not state.is_open[centres[t]]:
            continue
        before = state.lack.copy()
        count, loss = _ruin(instance, state, centres[t], rolls[t], closed)
        group = instance.group[closed[:count]]
        size = _neighbours(instance, closed[:count], mark, stamp + t, near)
        picks[0] = centres[t]
        opened, gain = _recreate(instance, state, scale, near[:size], picks)
        if gain >= loss * (1.0 - EQUAL) and _floors_hold(state, group, before[group]):
            total += gain - loss
            continue
        for k in range(opened):
            shift(instance, state, picks[k], -1.0)
        for k in range(count):
            shift(instance, state, closed[k], 1.0)
    return total


def ruin_and_recreate(search: Search, state: State, *, seed: int, passes: int) -> float:
    """Run the rounds that go with so many passes; return the improvement."""
    instance = search.core.instance
    mark = np.full(len(instance.stations), -1, np.int64)
    generator = np.random.default_rng(seed)
    sites = int(state.is_open.sum())
    rounds = passes * int(np.clip(ROUNDS_PER_SITE * sites, FEWEST_ROUNDS, MOST_ROUNDS))
    total = 0.0
    for stamp in range(0, rounds if sites else 0, CHUNK):
        centres = generator.choice(np.flatnonzero(state.is_open), CHUNK)
        rolls = generator.random((CHUNK, 3 * WALKS))
        total += _rounds(instance, state, search.per_effort, centres, rolls, mark, stamp)
    return total
