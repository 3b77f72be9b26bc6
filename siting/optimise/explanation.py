r"""Explain a covering answer: what each site is worth, what its refusal costs, why rows go without.

With $f$ the worth of a choice $S$: a site's *unique* gain is $f(S) - f(S \setminus j)$, its *shared*
gain the rest of what it would cover alone; its *regret* is
$f(S) - \max_k f(S \setminus j \cup k)$ over the permitted replacements $k$ (or none), which is the
price of a refusal repaired by one exchange: a new search may repair it better, never worse.

Shadow prices belong to the relaxation at the answer's dual vector: with the earnings $s_j$ of
`proof_coverage.py`, floors $F_g$ force the best $F_g$ stations of each group and the rest goes to the
best that are left. $\lambda$ is what the last of those earns per station, $m_g$ the same for the
last station forced in $g$, and $\max(0, \lambda - m_g)$ what one more station of the floor costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.optimise.proof_coverage import CoverageInputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from siting.optimise.solution import Solution

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

# A row served to this share is served.
FULL = 1.0 - 1e-9

NO_CANDIDATE = "no candidate reaches it"
FORBIDDEN = "all that reach it are forbidden"
TOO_LARGE = "none that reaches it fits what locked sites leave"
ALL_BUILT = "all that reach it are built"
SPENT = "stations or money are spent elsewhere"
OPEN = "a candidate with a gain still fits"
REASONS = (NO_CANDIDATE, FORBIDDEN, TOO_LARGE, ALL_BUILT, SPENT, OPEN)


@dataclass(frozen=True, kw_only=True, eq=False)
class SiteReasons:
    """One entry per chosen site, in the order chosen [objective's unit].

    `replacement` is the column of the best permitted exchange, -1 where none gains anything.
    """

    site: Ints
    unique: Floats
    shared: Floats
    replacement: Ints
    regret: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class RowReasons:
    """One entry per row with a weight that is not fully served.

    `share` is served now; `reason` is one of `REASONS`; `site` is the allowed candidate that is not
    chosen, reaches the row and gains most, -1 where there is none, and `gain` what it would gain.
    """

    row: Ints
    share: Floats
    reason: NDArray[np.object_]
    site: Ints
    gain: Floats


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Reasons of the sites and rows, and the prices of one more station, of money, of each floor.

    `station_price` and `group_prices` are [objective per station], `money_price` [objective per
    unit of money]; NaN where the answer carries no dual vector.
    """

    sites: SiteReasons
    rows: RowReasons
    station_price: float
    money_price: float
    group_prices: Mapping[Any, float]


def explain(
    covers: object,
    weights: ArrayLike,
    solution: Solution,
    *,
    stations: ArrayLike | None = None,
    max_stations: int,
    needed: ArrayLike | None = None,
    locked: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    groups: ArrayLike | None = None,
    group_floors: Mapping[Any, int] | None = None,
) -> Explanation:
    """Return why each site was chosen and why rows are left, for an answer of `maximise_coverage`.

    The keywords are those that were asked.

    Raises
    ------
    ConfigurationError
        When arguments cannot be used; all problems at once.
    """
    inputs = CoverageInputs.of(
        covers, weights, stations=stations, max_stations=max_stations, needed=needed,
        locked=locked, forbidden=forbidden, cost=cost, budget=budget, groups=groups,
        group_floors=group_floors,
    )  # fmt: skip
    state = _State(inputs, np.asarray(solution.chosen, np.int64))
    known = len(solution.prices) == len(inputs.weights)
    prices = shadow_prices(inputs, solution.prices) if known else (np.nan, np.nan, {})
    return Explanation(
        sites=_site_reasons(state),
        rows=_row_reasons(state),
        station_price=prices[0],
        money_price=prices[1],
        group_prices=prices[2],
    )


class _State:
    """A choice with what it gives each row, and what each further site would gain."""

    def __init__(self, inputs: CoverageInputs, chosen: Ints) -> None:
        self.inputs, self.chosen = inputs, chosen
        self.covers = inputs.covers.astype(np.float64)
        self.by_site = self.covers.tocsc()
        self.inside = np.zeros(self.covers.shape[1], np.bool_)
        self.inside[chosen] = True
        self.filled = self.covers @ self.inside.astype(np.float64)
        self.rate = inputs.weights / inputs.needed
        row = np.repeat(np.arange(len(self.filled)), np.diff(self.covers.indptr))
        steps = self.step(row, self.covers.data, self.filled[row])
        sums = np.bincount(self.covers.indices, steps, minlength=len(self.inside))
        self.gain = np.asarray(sums, np.float64)
        self.stations_left = inputs.max_stations - float(inputs.stations[chosen].sum())
        self.money_left = inputs.budget - float(inputs.cost[chosen].sum())
        self.allowed = ~self.inside & ~inputs.forbidden
        labels = sorted({*inputs.groups}, key=lambda label: (str(type(label)), str(label)))
        number = {label: k for k, label in enumerate(labels)}
        self.group = np.array([number[label] for label in inputs.groups], np.int64)
        floors = np.array([inputs.group_floors.get(label, 0) for label in labels], np.float64)
        self.group = self.group if labels else np.zeros(len(self.inside), np.int64)
        self.floors = floors if labels else np.zeros(1)
        self.placed = np.bincount(
            self.group[chosen], inputs.stations[chosen], minlength=len(self.floors)
        )

    def step(self, row: Ints, units: Floats, before: Floats) -> Floats:
        """Return what units add to rows that have so many before."""
        need = self.inputs.needed[row]
        return np.asarray(
            self.rate[row] * (np.minimum(need, before + units) - np.minimum(need, before))
        )

    def pairs_of(self, site: int) -> tuple[Ints, Floats]:
        """Return the rows that a site reaches and its units there."""
        pairs = slice(self.by_site.indptr[site], self.by_site.indptr[site + 1])
        return self.by_site.indices[pairs].astype(np.int64), self.by_site.data[pairs]

    def fits(self, stations: float, money: float) -> Flags:
        """Tell which candidates fit so many stations and so much money."""
        inputs = self.inputs
        slack = 1e-12 * abs(money) if np.isfinite(money) else 0.0
        return self.allowed & (inputs.stations <= stations) & (inputs.cost <= money + slack)


def _site_reasons(state: _State) -> SiteReasons:
    """Return the worth and the best exchange of every chosen site."""
    entries = [_one_site(state, int(site)) for site in state.chosen]
    table = np.array(entries, np.float64).reshape(len(entries), 4)
    return SiteReasons(
        site=state.chosen,
        unique=table[:, 0],
        shared=table[:, 1],
        replacement=table[:, 2].astype(np.int64),
        regret=table[:, 3],
    )


def _one_site(state: _State, site: int) -> tuple[float, float, int, float]:
    """Return unique and shared gain, best replacement and regret of one chosen site."""
    rows, units = state.pairs_of(site)
    without = np.maximum(0.0, state.filled[rows] - units)
    unique = float(np.sum(state.step(rows, units, without)))
    alone = float(np.sum(state.step(rows, units, np.zeros(len(rows)))))
    gain = state.gain + _more_without(state, rows, without)
    gain[~_exchangeable(state, site)] = 0.0
    best = int(np.argmax(gain))
    found = gain[best] > 0.0
    regret = unique - (float(gain[best]) if found else 0.0)
    return unique, alone - unique, best if found else -1, regret


def _more_without(state: _State, rows: Ints, without: Floats) -> Floats:
    """Return what every site gains more on rows once they have only so many units."""
    part = state.covers[rows]
    row = np.repeat(np.arange(len(rows)), np.diff(part.indptr))
    more = state.step(rows[row], part.data, without[row])
    more -= state.step(rows[row], part.data, state.filled[rows[row]])
    sums = np.bincount(part.indices, more, minlength=len(state.inside))
    return np.asarray(sums, np.float64)


def _exchangeable(state: _State, site: int) -> Flags:
    """Tell which candidates may take a site's place: they fit, and no floor suffers."""
    inputs = state.inputs
    freed = float(inputs.stations[site])
    fits = state.fits(state.stations_left + freed, state.money_left + float(inputs.cost[site]))
    group = state.group[site]
    wanted = min(state.floors[group], state.placed[group]) - (state.placed[group] - freed)
    if wanted > 0:
        fits &= (state.group == group) & (inputs.stations >= wanted)
    return fits


def _row_reasons(state: _State) -> RowReasons:
    """Return why rows are not fully served."""
    inputs, covers = state.inputs, state.covers
    share = np.minimum(1.0, state.filled / inputs.needed)
    rows = np.flatnonzero((share < FULL) & (inputs.weights > 0))
    part = covers[rows]
    row = np.repeat(np.arange(len(rows)), np.diff(part.indptr))

    def some(sites: Flags) -> Flags:
        return np.bincount(row, sites[part.indices], minlength=len(rows)) > 0

    fitting = state.fits(state.stations_left, state.money_left) & (state.gain > 0)
    reason = np.full(len(rows), SPENT, object)
    reason[some(fitting)] = OPEN
    reason[~some(state.allowed & inputs.free)] = TOO_LARGE
    reason[~some(state.allowed) & some(state.inside)] = ALL_BUILT
    reason[~some(state.allowed) & ~some(state.inside)] = FORBIDDEN
    reason[np.diff(part.indptr) == 0] = NO_CANDIDATE
    site, gain = _best_of_rows(state, row, part.indices.astype(np.int64), len(rows))
    return RowReasons(row=rows, share=share[rows], reason=reason, site=site, gain=gain)


def _best_of_rows(state: _State, row: Ints, site: Ints, rows: int) -> tuple[Ints, Floats]:
    """Return for each row the allowed candidate that gains most, lower columns first, and its gain."""
    open_pairs = np.flatnonzero(state.allowed[site])
    order = open_pairs[np.lexsort((site[open_pairs], -state.gain[site[open_pairs]]))]
    best, gain = np.full(rows, -1, np.int64), np.zeros(rows)
    first_row, first = np.unique(row[order], return_index=True)
    best[first_row] = site[order[first]]
    gain[first_row] = state.gain[site[order[first]]]
    return best, gain


def shadow_prices(
    inputs: CoverageInputs, prices: Floats
) -> tuple[float, float, Mapping[Any, float]]:
    """Return the price of a station, of money, and of one more station of each group's floor."""
    money_price = float(inputs.room_prices(prices)[1])
    _, earned = inputs.earnings(prices)
    net = np.where(inputs.free, earned - money_price * inputs.cost, 0.0)
    rate = net / inputs.stations
    order = np.argsort(-rate, kind="stable")
    order = order[inputs.free[order]]
    rest, last = np.ones(len(net)), {}
    room = inputs.room[0]
    for label, least in sorted(inputs.group_floors.items(), key=lambda floor: str(floor[0])):
        inside = np.array([own == label for own in inputs.groups], np.bool_)
        due = least - float(inputs.stations[inputs.locked & inside].sum())
        taken = order[inside[order]]
        share = _filled(inputs.stations[taken], max(due, 0.0))
        rest[taken] -= share
        forced = taken[share > 0]
        last[label] = float(rate[forced[-1]]) if len(forced) else np.inf
        room -= float(np.sum(inputs.stations[taken] * share))
    left = order[(rate[order] > 0) & (rest[order] > 0)]
    share = _filled(inputs.stations[left] * rest[left], max(room, 0.0))
    full = int(np.count_nonzero(share >= 1.0))
    station_price = float(rate[left[full]]) if full < len(left) else 0.0
    groups = {label: max(0.0, station_price - least) for label, least in last.items()}
    return station_price, money_price, groups


def _filled(sizes: Floats, room: float) -> Floats:
    """Return the share of each item that fits when they are taken in order."""
    before = np.cumsum(sizes) - sizes
    return np.clip((room - before) / sizes, 0.0, 1.0)
