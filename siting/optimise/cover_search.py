"""Searches for a cheap cover: greedy, removal of idle sites, and a search that learns hard rows.

`score[j]` is what a closed site would serve, or what closing an open site would lose, in learned
weights of the rows. A step closes the open site that loses least for its cost, then serves short
rows again from sites that gain most for their cost while the whole stays below the best cost
known; rows that stay short grow heavier (row weighting, Gao, Weise and Li, 2015). Steps are
counted, and all dice come from the seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.optimise.cover_core import Cover

CHUNK = 2000


class State(NamedTuple):
    """A cover in progress: servers, weight and place in `short` of each row; score of each site.

    `total` holds the cost of the open sites, `counter` the number of short rows, the steps done
    and the state of the dice.
    """

    served: NDArray[np.int64]
    weight: NDArray[np.float64]
    short: NDArray[np.int64]
    place: NDArray[np.int64]
    score: NDArray[np.float64]
    is_open: NDArray[np.bool_]
    may_open: NDArray[np.bool_]
    changed: NDArray[np.int64]
    total: NDArray[np.float64]
    counter: NDArray[np.int64]


def empty_state(cover: Cover, *, seed: int = 0) -> State:
    """Return the state in which no site is open and every row weighs 1."""
    rows, sites = len(cover.need), len(cover.cost)
    return State(
        served=np.zeros(rows, np.int64),
        weight=np.ones(rows),
        short=np.arange(rows),
        place=np.arange(rows),
        score=np.diff(cover.by_site.start).astype(np.float64),
        is_open=np.zeros(sites, np.bool_),
        may_open=np.ones(sites, np.bool_),
        changed=np.zeros(sites, np.int64),
        total=np.zeros(1),
        counter=np.array([rows, 0, seed % (2**31) + 1], np.int64),
    )


@njit(cache=True, error_model="numpy")
def _add_short(state: State, row: int) -> None:
    state.short[state.counter[0]] = row
    state.place[row] = state.counter[0]
    state.counter[0] += 1


@njit(cache=True, error_model="numpy")
def _drop_short(state: State, row: int) -> None:
    state.counter[0] -= 1
    last = state.short[state.counter[0]]
    state.short[state.place[row]] = last
    state.place[last] = state.place[row]


@njit(cache=True, error_model="numpy")
def _shift_scores(cover: Cover, state: State, row: int, change: float, side: int) -> None:
    """Change the score of the row's open (`side` 1) or closed (0) sites."""
    rows = cover.by_row
    for q in range(rows.start[row], rows.start[row + 1]):
        j = rows.partner[q]
        state.may_open[j] = True
        if state.is_open[j] == (side == 1):
            state.score[j] += change


@njit(cache=True, error_model="numpy")
def open_site(cover: Cover, state: State, site: int) -> None:
    """Open a site and keep the scores of its neighbours exact."""
    sites, loss = cover.by_site, 0.0
    for k in range(sites.start[site], sites.start[site + 1]):
        i = sites.partner[k]
        state.served[i] += 1
        over = state.served[i] - cover.need[i]
        if over == 0:
            _drop_short(state, i)
            _shift_scores(cover, state, i, -state.weight[i], 0)
        elif over == 1:
            _shift_scores(cover, state, i, -state.weight[i], 1)
        if over <= 0:
            loss += state.weight[i]
    state.is_open[site] = True
    state.score[site] = loss
    state.total[0] += cover.cost[site]
    state.changed[site] = state.counter[1]


@njit(cache=True, error_model="numpy")
def close_site(cover: Cover, state: State, site: int) -> None:
    """Close a site and keep the scores of its neighbours exact."""
    sites, gain = cover.by_site, 0.0
    state.is_open[site] = False
    for k in range(sites.start[site], sites.start[site + 1]):
        i = sites.partner[k]
        state.served[i] -= 1
        over = state.served[i] - cover.need[i]
        if over == -1:
            _add_short(state, i)
            _shift_scores(cover, state, i, state.weight[i], 0)
        elif over == 0:
            _shift_scores(cover, state, i, state.weight[i], 1)
        if over < 0:
            gain += state.weight[i]
    state.score[site] = gain
    state.total[0] -= cover.cost[site]
    state.changed[site] = state.counter[1]
    state.may_open[site] = False


@njit(cache=True, error_model="numpy")
def complete(cover: Cover, state: State, price: NDArray[Any]) -> bool:
    """Open the best sites by score per price until no row is short; tell whether that worked."""
    while state.counter[0] > 0:
        best, best_score = -1, 0.0
        for j in range(len(price)):
            if not state.is_open[j] and state.score[j] > best_score * price[j]:
                best, best_score = j, state.score[j] / price[j]
        if best < 0:
            return False
        open_site(cover, state, best)
    return True


@njit(cache=True, error_model="numpy")
def drop_idle(cover: Cover, state: State, order: NDArray[Any]) -> int:
    """Close the open sites, in the order given, that serve no row alone; return how many."""
    dropped = 0
    for j in order:
        if state.is_open[j] and not _needed(cover, state, j):
            close_site(cover, state, j)
            dropped += 1
    return dropped


@njit(cache=True, error_model="numpy")
def _needed(cover: Cover, state: State, site: int) -> bool:
    sites = cover.by_site
    for k in range(sites.start[site], sites.start[site + 1]):
        i = sites.partner[k]
        if state.served[i] <= cover.need[i]:
            return True
    return False


@njit(cache=True, error_model="numpy")
def _roll(state: State, sides: int) -> int:
    """Return a number below `sides` from the state of the dice (Park and Miller, 1988)."""
    state.counter[2] = state.counter[2] * 48271 % 2147483647
    return int(state.counter[2] % sides)


@njit(cache=True, error_model="numpy")
def _least_loss(cover: Cover, state: State, skipped: int) -> int:
    """Return the open site that loses least for its cost, the longest unchanged of equals.

    Sites changed in the step `skipped` are not looked at; -1 if there is none.
    """
    best, best_ratio = -1, np.inf
    for j in np.flatnonzero(state.is_open):
        if state.changed[j] == skipped:
            continue
        ratio = state.score[j] / cover.cost[j]
        if ratio < best_ratio or (ratio == best_ratio and state.changed[j] < state.changed[best]):
            best, best_ratio = int(j), ratio
    return best


@njit(cache=True, error_model="numpy")
def _most_gain(cover: Cover, state: State, row: int, room: float) -> int:
    """Return the closed site of a row that fits the room and gains most for its cost, or -1."""
    rows, best, best_ratio = cover.by_row, -1, -1.0
    for q in range(rows.start[row], rows.start[row + 1]):
        j = rows.partner[q]
        if state.is_open[j] or not state.may_open[j] or cover.cost[j] > room:
            continue
        ratio = state.score[j] / cover.cost[j]
        if ratio > best_ratio or (ratio == best_ratio and state.changed[j] < state.changed[best]):
            best, best_ratio = j, ratio
    return int(best)


@njit(cache=True, error_model="numpy")
def _make_heavier(cover: Cover, state: State) -> None:
    """Add 1 to the weight of each short row."""
    rows = cover.by_row
    for k in range(state.counter[0]):
        i = state.short[k]
        state.weight[i] += 1.0
        for q in range(rows.start[i], rows.start[i + 1]):
            state.score[rows.partner[q]] += 1.0


@njit(cache=True, error_model="numpy")
def search(
    cover: Cover, state: State, best: NDArray[Any], limit: float, step: float, steps: int
) -> float:
    """Walk some steps from a cover; `best` becomes the cheapest cover met; return its limit.

    `limit` is the most that a better cover may cost; it falls with each cover found to that
    cover's cost less `step` (less a rounding error where `step` is 0).
    """
    for _ in range(steps):
        state.counter[1] += 1
        while state.counter[0] == 0:
            if state.total[0] <= limit:
                best[:] = state.is_open
                below = state.total[0] * (1.0 - 1e-12)
                limit = state.total[0] - step if step > 0.0 else below
            worst = _least_loss(cover, state, -1)
            if worst < 0:
                return limit
            close_site(cover, state, worst)
        out = _least_loss(cover, state, state.counter[1] - 1)
        if out >= 0:
            close_site(cover, state, out)
        while state.counter[0] > 0:
            row = state.short[_roll(state, state.counter[0])]
            site = _most_gain(cover, state, row, limit - state.total[0])
            if site < 0:
                break
            open_site(cover, state, site)
        _make_heavier(cover, state)
    return limit
