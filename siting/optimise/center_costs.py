"""Holds the costs of a center problem, dense or sparse, and answers what its search asks of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from siting.optimise.arguments import Checks, refuse_bad_values
from siting.optimise.cover_question import named

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Costs(ABC):
    """Costs of serving each row from the allowed sites; `columns` are the sites' own numbers.

    `nearest` is the cheapest site of each row, the first of equals.
    """

    rows: int
    sites: int
    all_sites: int
    columns: NDArray[np.int64]
    nearest: NDArray[np.int64]
    cheapest: NDArray[np.float64]
    dearest: float

    @abstractmethod
    def served(self, sites: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return each row's cost from the cheapest of some sites, infinite where none serves it."""

    @abstractmethod
    def values_of(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the distinct costs that occur in some rows, ascending."""

    @abstractmethod
    def within(self, rows: NDArray[np.int64], radius: float) -> sparse.csr_array:
        """Return which sites serve some rows within a radius."""

    def least_possible(self) -> float:
        """Return the worst cost when every row has its cheapest site."""
        return float(self.cheapest.max(initial=0.0))

    def hardest_row(self) -> int:
        """Return the row whose cheapest site costs most."""
        return int(np.argmax(self.cheapest))


class DenseCosts(Costs):
    """Costs in a dense array; infinite where a site cannot serve."""

    def __init__(self, cost: NDArray[Any], allowed: NDArray[np.bool_]) -> None:
        self.columns = np.flatnonzero(allowed)
        self._cost = cost if allowed.all() else cost[:, self.columns]
        self.rows, self.sites, self.all_sites = len(cost), len(self.columns), len(allowed)
        self.nearest = np.argmin(self._cost, axis=1)
        self.cheapest = self._cost[np.arange(self.rows), self.nearest].astype(np.float64)
        self.dearest = float(np.max(self._cost, where=np.isfinite(self._cost), initial=0.0))

    def served(self, sites: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return each row's cost from the cheapest of some sites."""
        served = np.full(self.rows, np.inf)
        for site in sites:
            np.minimum(served, self._cost[:, site], out=served)
        return served

    def values_of(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the distinct costs that occur in some rows, ascending."""
        values = np.unique(self._cost[rows]).astype(np.float64)
        return values[np.isfinite(values)]

    def within(self, rows: NDArray[np.int64], radius: float) -> sparse.csr_array:
        """Return which sites serve some rows within a radius."""
        return sparse.csr_array((self._cost[rows] <= radius).astype(np.float32))


class SparseCosts(Costs):
    """Costs in CSR; a missing pair cannot serve, a stored 0 is a cost of 0."""

    def __init__(self, cost: sparse.csr_array, allowed: NDArray[np.bool_]) -> None:
        self.columns = np.flatnonzero(allowed)
        number = np.cumsum(allowed) - 1
        row = np.repeat(np.arange(cost.shape[0]), np.diff(cost.indptr))
        kept = allowed[cost.indices] & np.isfinite(cost.data)
        self.rows, self.sites, self.all_sites = cost.shape[0], len(self.columns), len(allowed)
        self._start = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=self.rows))])
        self._site = number[cost.indices[kept]]
        self._value = cost.data[kept].astype(np.float64)
        self.cheapest, self.nearest = self._cheapest_pairs()
        self.dearest = float(self._value.max(initial=0.0))

    def _cheapest_pairs(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        row = np.repeat(np.arange(self.rows), np.diff(self._start))
        order = np.lexsort((self._site, self._value, row))
        first = np.flatnonzero(np.diff(self._start) > 0)
        pairs = order[self._start[first]]
        cheapest, nearest = np.full(self.rows, np.inf), np.zeros(self.rows, np.int64)
        cheapest[first], nearest[first] = self._value[pairs], self._site[pairs]
        return cheapest, nearest

    def served(self, sites: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return each row's cost from the cheapest of some sites."""
        is_open = np.zeros(self.sites, np.bool_)
        is_open[sites] = True
        value = np.append(np.where(is_open[self._site], self._value, np.inf), np.inf)
        served = np.minimum.reduceat(value, self._start[:-1]) if self.rows else np.empty(0)
        served[np.diff(self._start) == 0] = np.inf
        return np.asarray(served, np.float64)

    def _pairs(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        length = np.diff(self._start)[rows]
        ahead = np.repeat(self._start[rows] - (np.cumsum(length) - length), length)
        return ahead + np.arange(int(length.sum()))

    def values_of(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the distinct costs that occur in some rows, ascending."""
        return np.unique(self._value[self._pairs(rows)])

    def within(self, rows: NDArray[np.int64], radius: float) -> sparse.csr_array:
        """Return which sites serve some rows within a radius."""
        pairs = self._pairs(rows)
        row = np.repeat(np.arange(len(rows)), np.diff(self._start)[rows])
        near = self._value[pairs] <= radius
        ones = np.ones(int(near.sum()), np.float32)
        places = (row[near], self._site[pairs[near]])
        return sparse.csr_array((ones, places), shape=(len(rows), self.sites))


def checked_center(
    cost: Any,
    p: int,
    sites_named: tuple[ArrayLike | None, ArrayLike | None],
    counts: dict[str, int],
) -> tuple[Costs, int, NDArray[np.bool_]]:
    """Return the costs over the allowed sites, p, and which of these are locked; or complaints."""
    checks = Checks()
    matrix = _matrix(checks, cost)
    if not checks.problems and 0 in matrix.shape:
        checks.note("cost", f"has shape {matrix.shape}", "give at least one row and one candidate")
    checks.settle()
    sites = matrix.shape[1]
    locked = checks.sites("locked", sites_named[0], sites)
    forbidden = checks.sites("forbidden", sites_named[1], sites)
    checks.apart(locked, forbidden)
    for name, value in counts.items():
        checks.count(name, value)
    size, allowed = checks.count("p", p, least=1), int((~forbidden).sum())
    if size > allowed:
        checks.note("p", f"is {size}, but {allowed} sites are allowed", "choose fewer")
    if size < locked.sum():
        checks.note("p", f"is {size}, but {int(locked.sum())} are locked", "choose more")
    checks.settle()
    costs: Costs
    if isinstance(matrix, np.ndarray):
        costs = DenseCosts(matrix, ~forbidden)
    else:
        costs = SparseCosts(matrix, ~forbidden)
    lost = np.flatnonzero(np.isinf(costs.cheapest))
    if len(lost):
        what = f"no allowed site reaches {len(lost)} rows ({named(lost)})"
        checks.note("cost", what, "add pairs or take these rows out", row=int(lost[0]))
    checks.settle()
    return costs, size, locked[~forbidden]


def _matrix(checks: Checks, cost: Any) -> Any:
    """Return the costs as CSR or as an array without anything negative or unknown."""
    if sparse.issparse(cost):
        given: Any = cost
        csr = sparse.csr_array(given)
        if not csr.has_canonical_format:
            csr = csr.copy()
            csr.sum_duplicates()
        refuse_bad_values(checks, "cost", csr)
        return csr
    dense = np.asarray(cost)
    if dense.ndim != 2 or dense.dtype.kind not in "biuf":
        checks.note("cost", "is not a matrix of numbers", "give CSR or an array, demand x site")
        return dense
    bad = ~(dense >= 0)
    if bad.any():
        row = int(np.flatnonzero(bad.any(axis=1))[0])
        what = f"{int(bad.sum())} values are negative or not a number"
        checks.note("cost", what, "give values of at least 0, infinite: cannot serve", row=row)
    return dense
