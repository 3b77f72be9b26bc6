r"""The core of a coverage problem: what is left to decide once nothing obvious remains.

With units $a_{ij}$, needs $n_i$ and weights $w_i$, a choice $S$ is worth
$f(S) = \sum_i w_i \min(1, \sum_{j \in S} a_{ij} / n_i)$. Locked sites are taken for granted:
each need shrinks by what they give, and units above the remaining need count for nothing, so
that $a_{ij} \le n_i$ afterwards (for chosen or refused sites this changes no value, and it
tightens the relaxation). Rows that are settled, unreachable or weightless leave; rows with equal
pairs and equal need become one row with their weights added; sites that are forbidden, do not fit
the room left or reach no remaining row leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.optimise.solution import Reductions
from siting.optimise.sparse import Rows, filtered, first_equals, transposed

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

# A need this small a share of the whole is a rounding error of the units already given.
NEED_FLOOR = 1e-12


class Instance(NamedTuple):
    """The core in the arrays that compiled loops read."""

    by_row: Rows
    by_site: Rows
    rate: NDArray[np.float64]  # worth of one unit in a row
    need: NDArray[np.float64]  # units still wanted in a row
    most: NDArray[np.float64]  # largest unit value stored in a row
    stations: NDArray[np.float64]
    cost: NDArray[np.float64]
    group: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A coverage problem as asked, checked and in arrays."""

    covers: sparse.csr_array
    weights: NDArray[np.float64]
    needed: NDArray[np.float64]
    stations: NDArray[np.float64]
    max_stations: float
    cost: NDArray[np.float64]
    budget: float
    locked: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]
    group: NDArray[np.int64]
    floors: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Core:
    """The reduced problem: `sites` are the original columns of its sites.

    `row_of` is the core row of each original row, -1 where it is settled or out of reach.
    """

    instance: Instance
    sites: NDArray[np.int64]
    row_of: NDArray[np.int64]
    settled_value: float
    stations_left: float
    budget_left: float
    floors_left: NDArray[np.int64]
    whole: bool
    reductions: Reductions

    @property
    def weight(self) -> float:
        """Return all that the core can still add."""
        return float(np.sum(self.instance.rate * self.instance.need))


def coverage_value(problem: Problem, chosen: NDArray[np.int64]) -> float:
    """Return the worth of a choice, computed afresh from the problem as asked."""
    inside = np.zeros(problem.covers.shape[1])
    inside[chosen] = 1.0
    units = problem.covers.astype(np.float64) @ inside
    return float(np.sum(problem.weights * np.minimum(1.0, units / problem.needed)))


def reduced(problem: Problem) -> Core:
    """Return the core of a problem."""
    locked = np.flatnonzero(problem.locked)
    units = problem.covers @ problem.locked.astype(np.float64)
    left = problem.needed - units
    left[left <= NEED_FLOOR * problem.needed] = 0.0
    stations_left = problem.max_stations - float(problem.stations[locked].sum())
    budget_left = problem.budget - float(problem.cost[locked].sum())
    fits = (problem.stations <= stations_left) & (problem.cost <= budget_left)
    free = fits & ~problem.locked & ~problem.forbidden
    rows, kept, sites, counts = _filtered_rows(problem, left, free)
    first = first_equals(rows, left[kept])
    instance = _instance(problem, rows, kept, first, left, sites)
    merged = len(first) - len(instance.need)
    row_of = np.full(len(left), -1, np.int64)
    row_of[kept] = (np.cumsum(first == np.arange(len(first))) - 1)[first]
    placed = np.bincount(
        problem.group[locked], problem.stations[locked], minlength=len(problem.floors)
    )
    return Core(
        instance=instance,
        sites=sites,
        row_of=row_of,
        settled_value=coverage_value(problem, locked),
        stations_left=stations_left,
        budget_left=budget_left,
        floors_left=problem.floors - np.rint(placed).astype(np.int64),
        whole=_whole_valued(problem),
        reductions=Reductions(**counts, rows_merged=merged),
    )


def _filtered_rows(
    problem: Problem, left: NDArray[np.float64], free: NDArray[np.bool_]
) -> tuple[Rows, NDArray[np.int64], NDArray[np.int64], dict[str, int]]:
    """Return the open rows over the useful sites, which rows and sites they are, and counts."""
    matrix = problem.covers
    wanted = (left > 0) & (problem.weights > 0)
    start = matrix.indptr.astype(np.int64)
    all_rows = Rows(start, matrix.indices.astype(np.int32, copy=False), _compact(matrix.data))
    reach = matrix.astype(bool) @ free.astype(np.float64) > 0
    kept = np.flatnonzero(wanted & reach)
    used = (matrix.T.astype(bool) @ (wanted & reach).astype(np.float64) > 0) & free
    sites = np.flatnonzero(used)
    new_index = np.full(matrix.shape[1], -1, np.int32)
    new_index[sites] = np.arange(len(sites), dtype=np.int32)
    rows = Rows(*filtered(all_rows, wanted & reach, new_index, left))
    counts = {
        "rows": matrix.shape[0],
        "rows_unreachable": int((wanted & ~reach).sum()),
        "rows_settled": int((~wanted).sum()),
        "sites": matrix.shape[1],
        "sites_useless": matrix.shape[1] - len(sites),
    }
    return rows, kept, sites, counts


def _compact(values: NDArray[np.generic]) -> NDArray[np.floating]:
    """Return the values in single precision where that loses nothing, else in double."""
    single = values.astype(np.float32)
    if np.array_equal(single.astype(np.float64), values.astype(np.float64)):
        return single
    return values.astype(np.float64)


def _instance(
    problem: Problem,
    rows: Rows,
    kept: NDArray[np.int64],
    first: NDArray[np.int64],
    left: NDArray[np.float64],
    sites: NDArray[np.int64],
) -> Instance:
    """Return the core's arrays with equal rows merged into the first of them."""
    rate = np.bincount(first, (problem.weights / problem.needed)[kept], minlength=len(kept))
    alone = first == np.arange(len(kept))
    same_index = np.arange(len(sites), dtype=np.int32)
    merged = Rows(*filtered(rows, alone, same_index, left[kept]))
    most = np.zeros(int(alone.sum()))
    if len(most):
        most = np.maximum.reduceat(merged.value, merged.start[:-1]).astype(np.float64)
    return Instance(
        by_row=merged,
        by_site=Rows(*transposed(merged, len(sites))),
        rate=rate[alone],
        need=left[kept][alone],
        most=most,
        stations=problem.stations[sites],
        cost=problem.cost[sites],
        group=problem.group[sites],
    )


def _whole_valued(problem: Problem) -> bool:
    """Tell whether every choice is worth a whole number."""
    if not np.array_equal(problem.weights, np.rint(problem.weights)):
        return False
    if problem.weights.sum() >= 2.0**53:
        return False
    row = np.repeat(np.arange(len(problem.needed)), np.diff(problem.covers.indptr))
    if bool(np.all(problem.covers.data >= problem.needed[row])):
        return True
    rate = problem.weights / problem.needed
    whole_rate = bool(np.array_equal(rate, np.rint(rate)))
    whole_units = bool(np.all(problem.covers.data == np.rint(problem.covers.data)))
    return whole_rate and whole_units and bool(np.all(problem.needed == np.rint(problem.needed)))
