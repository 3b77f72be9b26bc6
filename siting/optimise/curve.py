r"""The whole curve of coverage against stations, or against money, with a bound at every point.

**Points.** One nested chain of sites: at each knot of the axis the choice so far is kept and
`maximise_coverage` adds what the next stretch allows (greedy, swaps, ruin and recreate); between
knots the sites come in the order of greatest gain, so that every site of the chain is a point.

**Bound.** With the earnings $s_j(v)$ of `proof_coverage.py`, one dual vector limits every point:

$$L_v(B) = f(\text{locked}) + \sum_i r_i l_i (1 - v_i) + T_v(B),$$

where $T_v(B)$ is the relaxed knapsack of room $B$: the sum of the best earnings per station (per
unit of money), read off one sorted list. $L_v$ is concave in $B$, and so is the least of several;
each knot brings its own dual vector, and every point takes the least of all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import ConfigurationError, Problem
from siting.optimise.coverage_model import maximise_coverage
from siting.optimise.proof_coverage import CoverageInputs
from siting.optimise.solution import relative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

AUTOMATIC_KNOTS = 8


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """The first `sites` of the chain: what they take, what they cover, what any choice could.

    `bound` limits every choice of at most `stations` stations (along money: of at most `cost`).
    """

    sites: int
    stations: int
    cost: float
    objective: float
    bound: float
    gap: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A nested chain of sites with a point after each, and the dual vectors of its knots.

    `chosen` is the order to build in, locked sites first (they are one point together); `knots`
    are the values of the axis ("stations" or "money") at which the search was run; `limit` over
    `limit_axis` are the corners of one concave limit per knot, and none passes the `total` weight.
    """

    axis: str
    chosen: Ints
    points: tuple[CurvePoint, ...]
    knots: tuple[float, ...]
    prices: Floats
    limit_axis: Floats
    limit: Floats
    total: float

    def bound_at(self, room: ArrayLike) -> Floats:
        """Return the limit on what any choice of at most so much room covers [objective's unit]."""
        at = np.asarray(room, np.float64)
        lines = [
            np.interp(at, axis, values)
            for axis, values in zip(self.limit_axis, self.limit, strict=True)
        ]
        return np.asarray(np.minimum(np.min(lines, axis=0), self.total), np.float64)


def pareto(
    covers: object,
    weights: ArrayLike,
    *,
    stations: ArrayLike | None = None,
    max_stations: Sequence[int] | None = None,
    needed: ArrayLike | None = None,
    locked: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    budgets: Sequence[float] | None = None,
    seed: int = 0,
    swap_passes: int = 2,
    bound_iterations: int = 300,
) -> Curve:
    """Return coverage against stations, or against money where `budgets` are given, with bounds.

    Parameters
    ----------
    covers, weights, stations, needed, locked, forbidden, cost
        As in `maximise_coverage`.
    max_stations
        Knots of the axis, ascending [stations]; a few up to where nothing gains if not given.
    budgets
        Knots along money, ascending [unit of cost]; stations are then not limited.
    seed, swap_passes, bound_iterations
        As in `maximise_coverage`, at each knot.

    Raises
    ------
    ConfigurationError
        When arguments cannot be used, or the knots do not rise.
    InfeasibleError
        When locked sites exceed the first knot.
    """
    ask = CoverageInputs.of(
        covers, weights, stations=stations, needed=needed, locked=locked, forbidden=forbidden,
        max_stations=2**40, cost=cost, budget=None if cost is None else 2.0**60,
    )  # fmt: skip
    if budgets is not None and (cost is None or max_stations is not None):
        what, remedy = "needs cost and no max_stations", "give one axis"
        raise ConfigurationError(Problem(column="budgets", what=what, remedy=remedy))
    axis = "stations" if budgets is None else "money"
    knots = _knots(ask, max_stations if budgets is None else budgets, axis)
    chain, prices = _chain(ask, axis, knots, (seed, swap_passes, bound_iterations))
    tops = [_limits(ask, axis, v) for v in prices]
    curve = Curve(
        axis=axis,
        chosen=chain,
        points=(),
        knots=tuple(float(knot) for knot in knots),
        prices=np.array(prices),
        limit_axis=np.array([top[0] for top in tops]),
        limit=np.array([top[1] for top in tops]),
        total=ask.total,
    )
    return _with_points(ask, curve)


def _knots(ask: CoverageInputs, given: Sequence[float] | None, axis: str) -> list[float]:
    """Return the knots, checked; a few over the chain of a quick search where none are given."""
    if given is None:
        quick = _solved(ask, axis, float(ask.stations.sum()), np.flatnonzero(ask.locked), (0, 0, 0))
        taken = np.cumsum(ask.stations[quick[0]])
        if not len(taken):
            return [1.0]
        shares = np.linspace(0.0, 1.0, AUTOMATIC_KNOTS + 1)[1:] ** 2
        first = max(float(ask.stations[ask.locked].sum()), 1.0)
        knots = np.ceil(first + shares * (float(taken[-1]) - first)).tolist()
        return sorted({*knots, float(ask.stations.sum())})  # the last: until nothing gains
    knots = [float(knot) for knot in given]
    rising = all(first < second for first, second in pairwise(knots))
    whole = axis == "money" or all(knot == int(knot) for knot in knots if np.isfinite(knot))
    if not knots or not rising or not whole or not all(0 <= k < np.inf for k in knots):
        column = "max_stations" if axis == "stations" else "budgets"
        remedy = "give rising numbers of at least 0, whole ones for stations"
        raise ConfigurationError(Problem(column=column, what="are not rising", remedy=remedy))
    return knots


def _solved(
    ask: CoverageInputs, axis: str, room: float, standing: Ints, counts: tuple[int, int, int]
) -> tuple[Ints, Floats]:
    """Return the choice that keeps the standing sites, and the dual vector of its bound."""
    seed, passes, iterations = counts
    money = axis == "money"
    answer = maximise_coverage(
        ask.covers, ask.weights, needed=ask.needed, stations=ask.stations,
        max_stations=int(ask.stations.sum()) if money else int(room),
        cost=ask.cost if money else None, budget=room if money else None,
        locked=standing, forbidden=ask.forbidden, seed=seed,
        swap_passes=passes, bound_iterations=iterations,
    )  # fmt: skip
    return answer.chosen, answer.prices


def _chain(
    ask: CoverageInputs, axis: str, knots: Sequence[float], counts: tuple[int, int, int]
) -> tuple[Ints, list[Floats]]:
    """Return the nested chain over all knots, and a dual vector of the free question at each."""
    seed, passes, iterations = counts
    must = np.flatnonzero(ask.locked)
    chain, prices = must, []
    for number, knot in enumerate(knots):
        chosen, own = _solved(ask, axis, knot, chain, (seed, passes, 0 if number else iterations))
        if number:
            own = _solved(ask, axis, knot, must, (seed, 0, iterations))[1]
        chain = np.concatenate([chain, chosen[len(chain) :]])
        prices.append(own)
    return chain, prices


def _limits(ask: CoverageInputs, axis: str, prices: Floats) -> tuple[Floats, Floats]:
    """Return the corners of L_v: room taken, and the limit there; one corner per site."""
    kept, earned = ask.earnings(prices)
    size = ask.stations if axis == "stations" else ask.cost
    base = ask.worth(np.flatnonzero(ask.locked)) + kept
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(size > 0, earned / size, np.inf)
    order = np.argsort(-rate, kind="stable")
    size, earned = np.where(ask.free, size, 0.0)[order], np.where(ask.free, earned, 0.0)[order]
    standing = float((ask.stations if axis == "stations" else ask.cost)[ask.locked].sum())
    room = standing + np.concatenate([[0.0], np.cumsum(size)])
    limit = base + np.concatenate([[0.0], np.cumsum(earned)])
    terms = float(np.bincount(ask.covers.indices, minlength=1).max()) if ask.covers.nnz else 0.0
    raised = limit * (1.0 + (terms + len(limit) + len(prices) ** 0.5 + 4096.0) * 2.0**-52)
    free = np.searchsorted(room, standing, side="right") - 1  # sites that take no room are free
    raised[:free] = raised[free]
    return room, raised


def _with_points(ask: CoverageInputs, curve: Curve) -> Curve:
    """Return the curve with a point after each site of its chain, locked sites together."""
    by_site = ask.covers.tocsc()
    filled = np.zeros(len(ask.weights))
    rate = ask.weights / ask.needed
    locked = int(ask.locked.sum())
    worth, rows = 0.0, []
    taken, spent = np.cumsum(ask.stations[curve.chosen]), np.cumsum(ask.cost[curve.chosen])
    for k, site in enumerate(curve.chosen):
        pairs = slice(by_site.indptr[site], by_site.indptr[site + 1])
        row, units = by_site.indices[pairs], by_site.data[pairs].astype(np.float64)
        need, before = ask.needed[row], filled[row]
        filled[row] = before + units
        gain = rate[row] * (np.minimum(need, filled[row]) - np.minimum(need, before))
        worth += float(np.sum(gain))
        if k + 1 >= locked:
            rows.append((k + 1, int(taken[k]), float(spent[k]), worth))
    start = [] if locked else [(0, 0, 0.0, 0.0)]
    table = [*start, *rows]
    at = [row[1] if curve.axis == "stations" else row[2] for row in table]
    bounds = curve.bound_at(np.array(at, np.float64))
    points = tuple(
        CurvePoint(
            sites=sites,
            stations=stations,
            cost=cost,
            objective=objective,
            bound=max(float(bound), objective),
            gap=relative(float(bound) - objective, float(bound)),
        )
        for (sites, stations, cost, objective), bound in zip(table, bounds, strict=True)
    )
    return replace(curve, points=points)
