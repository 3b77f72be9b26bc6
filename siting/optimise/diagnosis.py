"""Diagnose a question without an answer: the smallest stories that tell why.

Two kinds of story. *Service*: rows that no candidate, no allowed candidate, or too few reach; rows
that share no candidate and already take more stations than there are. *Limits*: must-opens,
stations, money and floors (hard here) that contradict each other; each story is a set of limits
that cannot be kept together while every smaller part of it can. Limits are decided exactly, by the
cheapest way to place every useful number of stations in each group; whether stations suffice to
serve all rows is not decided in general, so an answer may be "not refuted".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from siting.optimise.arguments import Checks
from siting.optimise.proof_coverage import MONEY_RELATIVE, CoverageInputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NONE = np.zeros(0, np.int64)
UNLIMITED = 2**40  # stations
STATIONS, MONEY, FLOOR = "max_stations", "budget", "floor"


class Limit(NamedTuple):
    """A limit of stations or money, or the floor of the group of this label."""

    kind: str
    label: Any = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Conflict:
    """One story: the limits it is made of, a sentence, and the rows or sites it speaks of."""

    limits: tuple[str, ...]
    what: str
    remedy: str
    rows: Ints = field(default_factory=NONE.copy)
    sites: Ints = field(default_factory=NONE.copy)


@dataclass(frozen=True, kw_only=True, eq=False)
class Diagnosis:
    """The stories, smallest first. `feasible` is False when there is one.

    Without a story it is True where the limits are all that was asked, and None (not refuted)
    where rows must be served within a number of stations or an amount of money.
    """

    feasible: bool | None
    conflicts: tuple[Conflict, ...]


def diagnose(
    covers: object,
    weights: ArrayLike | None = None,
    *,
    cover: ArrayLike | None = None,
    share: float | None = None,
    stations: ArrayLike | None = None,
    max_stations: int | None = None,
    locked: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    groups: ArrayLike | None = None,
    group_floors: Mapping[Any, int] | None = None,
) -> Diagnosis:
    """Return why no choice keeps to the limits and serves what it must.

    Parameters
    ----------
    covers, weights
        Demand x site, and the worth of each row (1 each if not given).
    cover
        Sites that must reach each row, one number or one per row; rows of weight 0 are exempt.
    share
        Share of the weight [0 to 1] that must be reached at least once.
    stations, max_stations, locked, forbidden, cost, budget, groups, group_floors
        As in `maximise_coverage`, floors taken as limits; what is left out does not limit.

    Raises
    ------
    ConfigurationError
        When arguments cannot be used; all problems at once.
    """
    checks = Checks()
    if group_floors and groups is None:
        checks.note("group_floors", "has no groups to speak of", "give groups too")
    if share is not None and not 0.0 <= share <= 1.0:
        checks.note("share", f"is {share!r}", "give a share from 0 to 1")
    checks.settle()
    inputs = CoverageInputs.of(
        covers, 1.0 if weights is None else weights, stations=stations,
        max_stations=UNLIMITED if max_stations is None else max_stations,
        locked=locked, forbidden=forbidden, cost=cost, budget=budget,
        groups=groups, group_floors=group_floors,
    )  # fmt: skip
    stories = [*_contradicted(inputs), *_limits(inputs)]
    wanted = _wanted(inputs, cover)
    stories += _unserved(inputs, wanted, share)
    if max_stations is not None and cover is not None:
        stories += _crowded(inputs, wanted)
    open_question = (cover is not None or share is not None) and (
        max_stations is not None or budget is not None
    )
    verdict = False if stories else (None if open_question else True)
    return Diagnosis(feasible=verdict, conflicts=tuple(sorted(stories, key=_size)))


def _size(story: Conflict) -> tuple[int, int]:
    return len(story.limits), len(story.rows)


def _wanted(inputs: CoverageInputs, cover: ArrayLike | None) -> Floats:
    """Return how many sites must reach each row."""
    checks = Checks()
    wanted = checks.numbers("cover", 0 if cover is None else cover, len(inputs.weights), whole=True)
    checks.settle()
    return np.where(inputs.weights > 0, wanted, 0.0)


def _contradicted(inputs: CoverageInputs) -> list[Conflict]:
    """Return the sites that must be chosen and must not."""
    both = np.flatnonzero(inputs.locked & inputs.forbidden)
    if not len(both):
        return []
    what = f"{len(both)} sites must be chosen and must not, the first is {both[0]}"
    remedy = "take them out of one of the two"
    return [Conflict(limits=("locked", "forbidden"), what=what, remedy=remedy, sites=both)]


def _unserved(inputs: CoverageInputs, wanted: Floats, share: float | None) -> list[Conflict]:
    """Return the rows that cannot be served however many sites are chosen."""
    there = (inputs.covers > 0).astype(np.float64)
    reach = there @ np.ones(there.shape[1])
    allowed = there @ (~inputs.forbidden).astype(np.float64)
    stories = []
    none, barred = (wanted > 0) & (reach == 0), (wanted > 0) & (reach > 0) & (allowed == 0)
    few = (wanted > allowed) & (allowed > 0)
    for mask, limits, what, remedy in (
        (none, ("cover",), "rows that no candidate reaches", "add candidates near them"),
        (barred, ("cover", "forbidden"), "rows whose candidates are all forbidden", "allow one"),
        (few, ("cover",), "rows that fewer candidates reach than must", "add candidates near them"),
    ):
        rows = np.flatnonzero(mask)
        if len(rows):
            story = f"{len(rows)} {what}, the first is {rows[0]}"
            stories.append(Conflict(limits=limits, what=story, remedy=remedy, rows=rows))
    total = float(np.sum(inputs.weights))
    most = float(np.sum(inputs.weights[allowed > 0]))
    if share is not None and most < share * total * (1.0 - 1e-12):
        what = f"{share:.6g} of the weight is wanted, candidates reach {most / total:.6g}"
        rows = np.flatnonzero((allowed == 0) & (inputs.weights > 0))
        limits = ("share",) if (allowed == reach).all() else ("share", "forbidden")
        stories.append(Conflict(limits=limits, what=what, remedy="add candidates", rows=rows))
    return stories


def _crowded(inputs: CoverageInputs, wanted: Floats) -> list[Conflict]:
    """Return rows that share no candidate and together take more stations than there are."""
    covers = inputs.covers
    usable = ~inputs.forbidden
    least = np.full(len(wanted), np.inf)
    for row in np.flatnonzero(wanted > 0):
        sites = covers.indices[covers.indptr[row] : covers.indptr[row + 1]]
        sizes = np.sort(inputs.stations[sites[usable[sites]]])
        least[row] = sizes[: int(wanted[row])].sum() if len(sizes) >= wanted[row] else np.inf
    used, apart, taken = np.zeros(covers.shape[1], np.bool_), [], 0.0
    for row in np.lexsort((np.arange(len(wanted)), np.diff(covers.indptr))):
        sites = covers.indices[covers.indptr[row] : covers.indptr[row + 1]]
        sites = sites[usable[sites]]
        if wanted[row] > 0 and np.isfinite(least[row]) and not used[sites].any():
            used[sites] = True
            apart.append(int(row))
            taken += float(least[row])
            if taken > inputs.max_stations:
                what = f"{len(apart)} rows that share no candidate take {taken:g} stations"
                what += f" of {inputs.max_stations:g}"
                rows = np.array(sorted(apart), np.int64)
                remedy = "allow more stations or ask for less cover"
                return [Conflict(limits=("cover", STATIONS), what=what, remedy=remedy, rows=rows)]
    return []


def _limits(inputs: CoverageInputs) -> list[Conflict]:
    """Return the smallest sets of limits that no choice keeps together."""
    ways = _Ways(inputs)
    stories = [ways.alone(label) for label in ways.short]
    active = [Limit(STATIONS), Limit(MONEY)]
    active += [Limit(FLOOR, label) for label in inputs.group_floors if label not in ways.short]
    while ways.broken(active):
        kept = active
        for limit in active:
            smaller = [other for other in kept if other is not limit]
            if ways.broken(smaller):
                kept = smaller
        stories.append(ways.story(kept))
        active = [limit for limit in active if limit is not kept[-1]]
    return stories


class _Ways:
    """The cheapest way to place each useful number of stations in each group."""

    def __init__(self, inputs: CoverageInputs) -> None:
        self.inputs = inputs
        self.inside = {
            label: np.array([own == label for own in inputs.groups], np.bool_)
            for label in inputs.group_floors
        }
        self.locked_stations = float(inputs.stations[inputs.locked].sum())
        self.locked_cost = float(inputs.cost[inputs.locked].sum())
        self.options = {label: self._options(label) for label in inputs.group_floors}
        self.short = [label for label, ways in self.options.items() if not np.isfinite(ways).any()]

    def _options(self, label: Any) -> Floats:
        """Return the least cost of k stations more in a group, k from 0; infinite below its floor."""
        inputs, inside = self.inputs, self.inside[label]
        standing = float(inputs.stations[inputs.locked & inside].sum())
        due = int(max(0.0, inputs.group_floors[label] - standing))
        free = np.flatnonzero(inside & ~inputs.locked & ~inputs.forbidden)
        sizes = inputs.stations[free].astype(np.int64)
        best = np.full(due + int(sizes.max(initial=1)), np.inf)
        best[0] = 0.0
        for size, price in zip(sizes.tolist(), inputs.cost[free].tolist(), strict=True):
            if size < len(best):
                best[size:] = np.minimum(best[size:], best[:-size] + price)
        best[:due] = np.inf
        return best

    def broken(self, kept: Sequence[Limit]) -> bool:
        """Tell whether no choice keeps these limits together with what is locked."""
        inputs = self.inputs
        room = money = np.inf
        if any(limit.kind == STATIONS for limit in kept):
            room = inputs.max_stations - self.locked_stations
        if any(limit.kind == MONEY for limit in kept):
            money = inputs.budget - self.locked_cost
            money += MONEY_RELATIVE * abs(money) if np.isfinite(money) else 0.0
        together = self.together(kept)
        fits = np.isfinite(together) & (together <= money) & (np.arange(len(together)) <= room)
        return not bool(fits.any())

    def together(self, kept: Sequence[Limit]) -> Floats:
        """Return the least cost of k stations more that meet all these floors, k from 0."""
        cheapest = np.zeros(1)
        for limit in kept:
            if limit.kind == FLOOR:
                cheapest = _cheapest_sums(cheapest, self.options[limit.label])
        return cheapest

    def alone(self, label: Any) -> Conflict:
        """Return the story of a floor above what its group offers."""
        inputs, inside = self.inputs, self.inside[label]
        sites = np.flatnonzero(inside & ~inputs.forbidden)
        offered = float(inputs.stations[sites].sum())
        what = f"group {label!r} wants {inputs.group_floors[label]} stations, its"
        what += f" {len(sites)} allowed candidates offer {offered:g}"
        barred = bool((inside & inputs.forbidden).any())
        limits = (f"floor of {label!r}", *(("forbidden",) if barred else ()))
        remedy = "lower the floor or add candidates"
        return Conflict(limits=limits, what=what, remedy=remedy, sites=sites)

    def story(self, kept: Sequence[Limit]) -> Conflict:
        """Return the story of limits that cannot be kept together."""
        inputs, together = self.inputs, self.together(kept)
        floors = [limit.label for limit in kept if limit.kind == FLOOR]
        rooms = [limit.kind for limit in kept if limit.kind != FLOOR]
        parts = ["must-opens"] if inputs.locked.any() else []
        parts += [f"the floor of {label!r} ({inputs.group_floors[label]})" for label in floors]
        fewest = int(np.flatnonzero(np.isfinite(together))[0])
        takes = {
            STATIONS: f"{self.locked_stations + fewest:g} stations of {inputs.max_stations:g}",
            MONEY: f"{self.locked_cost + float(together.min()):g} of {inputs.budget:g} money",
        }
        what = f"{' and '.join(parts)} take at least {' and '.join(takes[kind] for kind in rooms)}"
        if len(rooms) == 2:
            what += ", which do not go together"
        locked = ["locked"] if inputs.locked.any() else []
        return Conflict(
            limits=(*locked, *rooms, *(f"floor of {label!r}" for label in floors)),
            what=what,
            remedy="lower a floor, lock fewer, or allow more",
            sites=np.flatnonzero(inputs.locked),
        )


def _cheapest_sums(first: Floats, second: Floats) -> Floats:
    """Return the least cost of every sum of two numbers of stations."""
    out = np.full(len(first) + len(second) - 1, np.inf)
    for k in np.flatnonzero(np.isfinite(second)):
        piece = out[k : k + len(first)]
        np.minimum(piece, first + second[k], out=piece)
    return out
