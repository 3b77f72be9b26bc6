"""Greedy choice, swaps and pruning for a coverage core, with exactly maintained gains.

`gain[j]` is what site j would add to the sites now open. Opening or closing a site changes only
the rows it touches, hence only the gains of sites that share one of them: these are updated on
the spot, and no gain is ever computed twice. A gain is confirmed from the rows before a site is
opened, so that rounding can never let a site in that adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.optimise.core import NEED_FLOOR, Core, Instance
from siting.optimise.sparse import weighted_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A swap must improve by this share of what it gives up, far above rounding.
IMPROVEMENT_FLOOR = 1e-9
PRUNE_ROUNDS = 50


class State(NamedTuple):
    """A choice in progress; `room` holds stations and money left, `lack` each floor's rest."""

    filled: NDArray[np.float64]
    gain: NDArray[np.float64]
    is_open: NDArray[np.bool_]
    room: NDArray[np.float64]
    lack: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Search:
    """A core with the weightings by which greedy compares sites."""

    core: Core
    per_effort: NDArray[np.float64]
    scales: int


@njit(cache=True, error_model="numpy")
def _missing(need: float, filled: float) -> float:
    """Return the units a row still misses, 0 when only rounding is left."""
    missing = need - filled
    return missing if missing > NEED_FLOOR * need else 0.0


@njit(cache=True, error_model="numpy")
def shift(instance: Instance, state: State, site: int, sign: float) -> float:
    """Open (+1) or close (-1) a site; return the gain or the loss as a positive number."""
    change = 0.0
    sites, rows = instance.by_site, instance.by_row
    for k in range(sites.start[site], sites.start[site + 1]):
        i = sites.partner[k]
        before = _missing(instance.need[i], state.filled[i])
        state.filled[i] += sign * sites.value[k]
        after = _missing(instance.need[i], state.filled[i])
        if before == after:
            continue
        change += instance.rate[i] * abs(before - after)
        if min(before, after) >= instance.most[i]:
            continue
        for q in range(rows.start[i], rows.start[i + 1]):
            unit = float(rows.value[q])
            step = min(unit, after) - min(unit, before)
            state.gain[rows.partner[q]] += instance.rate[i] * step
    state.is_open[site] = sign > 0
    state.room[0] -= sign * instance.stations[site]
    state.room[1] -= sign * instance.cost[site]
    state.lack[instance.group[site]] -= np.int64(sign * instance.stations[site])
    return change


@njit(cache=True, error_model="numpy")
def fresh_gain(instance: Instance, state: State, site: int) -> float:
    """Return what a closed site would add, computed from its rows."""
    total = 0.0
    sites = instance.by_site
    for k in range(sites.start[site], sites.start[site + 1]):
        i = sites.partner[k]
        missing = _missing(instance.need[i], state.filled[i])
        total += instance.rate[i] * min(float(sites.value[k]), missing)
    return total


@njit(cache=True, error_model="numpy")
def _fresh_loss(instance: Instance, state: State, site: int) -> float:
    """Return what closing an open site would lose, computed from its rows."""
    total = 0.0
    sites = instance.by_site
    for k in range(sites.start[site], sites.start[site + 1]):
        i = sites.partner[k]
        now = _missing(instance.need[i], state.filled[i])
        then = _missing(instance.need[i], state.filled[i] - sites.value[k])
        total += instance.rate[i] * (then - now)
    return total


@njit(cache=True, error_model="numpy")
def _best(instance: Instance, state: State, scale: NDArray[Any], group: int) -> int:
    """Return the closed site that fits with the best scaled gain, lower index first; -1 if none.

    `group` >= 0 looks inside that group only, -2 inside the groups that lack stations.
    """
    best, best_score = -1, 0.0
    for j in range(len(scale)):
        score = state.gain[j] * scale[j]
        if score <= best_score or state.is_open[j]:
            continue
        if instance.stations[j] > state.room[0] or instance.cost[j] > state.room[1]:
            continue
        if group >= 0 and instance.group[j] != group:
            continue
        if group == -2 and state.lack[instance.group[j]] <= 0:
            continue
        best, best_score = j, score
    return best


@njit(cache=True, error_model="numpy")
def _confirmed_best(instance: Instance, state: State, scale: NDArray[Any], group: int) -> int:
    """Return the best site whose gain is real; gains that were only rounding are set to 0."""
    while True:
        site = _best(instance, state, scale, group)
        if site < 0 or fresh_gain(instance, state, site) > 0.0:
            return site
        state.gain[site] = 0.0


@njit(cache=True, error_model="numpy")
def _fill(
    instance: Instance,
    state: State,
    scale: NDArray[Any],
    group: int,
    order: NDArray[Any],
    count: int,
) -> int:
    """Open the best sites until nothing gains or fits; append them to the order, return its end."""
    while True:
        site = _confirmed_best(instance, state, scale, group)
        if site < 0:
            return count
        shift(instance, state, site, 1.0)
        order[count] = site
        count += 1


@njit(cache=True, error_model="numpy")
def _replace(
    instance: Instance, state: State, scale: NDArray[Any], site: int, picks: NDArray[Any]
) -> float:
    """Close a site, fill its room by the scale, and return the improvement; undone if none."""
    group = instance.group[site]
    lack_before = max(state.lack[group], 0)
    loss = shift(instance, state, site, -1.0)
    gain, count = 0.0, 0
    while True:
        needy = state.lack[group] > lack_before
        pick = _confirmed_best(instance, state, scale, group if needy else -1)
        if pick < 0 or (pick == site and count == 0):
            break
        gain += shift(instance, state, pick, 1.0)
        picks[count] = pick
        count += 1
    if gain > loss * (1.0 + IMPROVEMENT_FLOOR) and state.lack[group] <= lack_before:
        return gain - loss
    for k in range(count - 1, -1, -1):
        shift(instance, state, picks[k], -1.0)
    shift(instance, state, site, 1.0)
    return 0.0


@njit(cache=True, error_model="numpy")
def _swap_pass(
    instance: Instance, state: State, visit: NDArray[Any], per_effort: NDArray[Any], scales: int
) -> int:
    """Try to replace each open site in the order given; return how many were replaced.

    Room is refilled by gain per effort and, where sites take unequal effort (two scales), by gain.
    """
    replaced = 0
    picks = np.empty(len(per_effort), np.int64)
    plain = np.ones(len(per_effort))
    for site in visit:
        if not state.is_open[site]:
            continue
        improvement = _replace(instance, state, per_effort, site, picks)
        if improvement == 0.0 and scales > 1:
            improvement = _replace(instance, state, plain, site, picks)
        replaced += improvement > 0.0
    return replaced


@njit(cache=True, error_model="numpy")
def _prune(instance: Instance, state: State, order: NDArray[Any]) -> int:
    """Close the sites, in the order given, whose removal loses nothing; return how many."""
    dropped = 0
    for site in order:
        if state.is_open[site] and _fresh_loss(instance, state, site) == 0.0:
            shift(instance, state, site, -1.0)
            dropped += 1
    return dropped


def start_search(core: Core) -> Search:
    """Return the search over a core; effort is the share of stations and of money a site takes."""
    instance = core.instance
    effort = instance.stations / max(core.stations_left, 1.0)
    if np.isfinite(core.budget_left) and core.budget_left > 0:
        effort = effort + instance.cost / core.budget_left
    uniform = len(effort) == 0 or bool(np.all(effort == effort[0]))
    return Search(core=core, per_effort=1.0 / effort, scales=1 if uniform else 2)


def empty_state(core: Core) -> State:
    """Return the state in which no site of the core is open."""
    instance = core.instance
    sites = len(instance.stations)
    return State(
        filled=np.zeros(len(instance.need)),
        gain=weighted_sums(instance.by_site, instance.rate),
        is_open=np.zeros(sites, np.bool_),
        room=np.array([core.stations_left, core.budget_left]),
        lack=core.floors_left.copy(),
    )


def opened(core: Core, sites: NDArray[np.int64]) -> State:
    """Return the state in which the given sites of the core are open."""
    state = empty_state(core)
    for site in sites:
        shift(core.instance, state, site, 1.0)
    return state


def fill(search: Search, state: State) -> NDArray[np.int64]:
    """Fill lacking groups first, then the rest, best gain per effort first; return the picks."""
    instance = search.core.instance
    order = np.empty(len(instance.stations), np.int64)
    count = 0
    if (state.lack > 0).any():
        count = _fill(instance, state, search.per_effort, -2, order, count)
    count = _fill(instance, state, search.per_effort, -1, order, count)
    return order[:count]


def swap(search: Search, state: State, *, seed: int, passes: int) -> int:
    """Replace sites while that improves, in a seeded order; return the replacements made."""
    generator = np.random.default_rng(seed)
    total = 0
    for _ in range(passes):
        visit = generator.permutation(np.flatnonzero(state.is_open))
        replaced = _swap_pass(search.core.instance, state, visit, search.per_effort, search.scales)
        total += replaced
        if not replaced:
            break
    return total


def prune(search: Search, state: State) -> None:
    """Drop sites that gain nothing and refill their room, until every open site gains."""
    for _ in range(PRUNE_ROUNDS):
        order = greedy_order(search, np.flatnonzero(state.is_open))
        if not _prune(search.core.instance, state, order):
            return
        fill(search, state)
    _prune(search.core.instance, state, np.flatnonzero(state.is_open))


def greedy_order(search: Search, sites: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sites in the order greedy would open them; those that gain nothing come last."""
    core = search.core
    state = empty_state(core)
    scale = np.zeros(len(core.instance.stations))
    scale[sites] = search.per_effort[sites]
    order = np.empty(len(sites), np.int64)
    count = _fill(core.instance, state, scale, -1, order, 0)
    rest = np.setdiff1d(sites, order[:count])
    order[count:] = rest
    return order
