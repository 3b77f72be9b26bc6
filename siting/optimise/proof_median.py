r"""Check a p-median answer: its limits, its cost, and the limit that prices prove.

For any prices $v_i$ of being served,

$$L(v) = \sum_i v_i + \min_{|S| = p,\ S \supseteq \text{locked}} \sum_{j \in S} \rho_j(v), \qquad
\rho_j(v) = \sum_i \min(0,\ w_i d_{ij} - v_i)$$

over allowed sites is at most the cost of every permitted choice: each row is served by one of the
chosen sites, whose term of $\rho_j$ is at most $w_i d_{ij} - v_i$. Where rows list their cheapest
pairs only (`truncated`), a price must not exceed $w_i$ times the dearest listed, so that pairs that
are not listed are no term of any $\rho_j$.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from siting.optimise.arguments import Checks, refuse_bad_values
from siting.optimise.canonical import matrix_hash, numbers_hash, record_hash

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# What a price may exceed the dearest listed pair by through rounding of the product.
PRICE_RELATIVE = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class MedianInputs:
    """The question of `p_median` in arrays; `MedianInputs.of` takes its arguments."""

    cost: sparse.csr_array
    weights: Floats
    p: int
    locked: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]
    truncated: bool

    kind = "p_median"
    highest = False
    total = 0.0

    @classmethod
    def of(
        cls,
        cost: object,
        weights: ArrayLike,
        *,
        p: int,
        locked: ArrayLike | None = None,
        forbidden: ArrayLike | None = None,
        truncated: bool = False,
    ) -> MedianInputs:
        """Return the question that these arguments of `p_median` pose.

        Raises
        ------
        ConfigurationError
            When arguments cannot be used; all problems at once.
        """
        checks = Checks()
        matrix = _finite_pairs(checks, cost)
        checks.settle()
        rows, sites = matrix.shape
        inputs = cls(
            cost=matrix,
            weights=checks.numbers("weights", weights, rows),
            p=checks.count("p", p, least=1),
            locked=checks.sites("locked", locked, sites),
            forbidden=checks.sites("forbidden", forbidden, sites),
            truncated=bool(truncated),
        )
        checks.settle()
        return inputs

    def hashes(self) -> dict[str, str]:
        """Return the hash of each input."""
        return {
            "cost": matrix_hash(self.cost),
            "weights": numbers_hash(self.weights),
            "locked": numbers_hash(self.locked),
            "forbidden": numbers_hash(self.forbidden),
            "options": record_hash({"p": self.p, "truncated": self.truncated}),
        }

    def faults(self, chosen: Ints) -> list[str]:
        """Return in what a choice breaks the limits, rows without service among them."""
        sites = self.cost.shape[1]
        if chosen.ndim != 1 or (len(chosen) and not 0 <= chosen.min() <= chosen.max() < sites):
            return [f"the choice names columns beyond 0 to {sites - 1}"]
        faults = []
        if len(np.unique(chosen)) != self.p or len(chosen) != self.p:
            faults.append(f"the choice names {len(np.unique(chosen))} sites, {self.p} are wanted")
        if self.locked.sum() != self.locked[chosen].sum():
            faults.append("sites that must be chosen are not")
        if self.forbidden[chosen].any():
            faults.append(f"{int(self.forbidden[chosen].sum())} forbidden sites are chosen")
        unserved = int(np.sum(np.isinf(self._service(chosen)) & (self.weights > 0)))
        if unserved:
            faults.append(f"{unserved} rows are not served")
        return faults

    def worth(self, chosen: Ints) -> float:
        """Return the weighted cost of serving every row from its cheapest chosen site."""
        served = self.weights > 0
        return float(np.sum(self.weights[served] * self._service(chosen)[served]))

    def _service(self, chosen: Ints) -> Floats:
        """Return the cost of the cheapest chosen site of each row, infinite where there is none."""
        inside = np.zeros(self.cost.shape[1], np.bool_)
        inside[chosen] = True
        return self._by_row(np.where(inside[self.cost.indices], self.cost.data, np.inf), np.minimum)

    def _by_row(self, values: Floats, fold: np.ufunc) -> Floats:
        """Return the least (or the largest) of the values of each row; infinite where it has none."""
        start = self.cost.indptr
        out = np.full(len(start) - 1, np.inf)
        there = np.flatnonzero(np.diff(start))
        if len(there):
            out[there] = fold.reduceat(values, start[there])
        return out

    def price_faults(self, prices: Floats, room_prices: Floats) -> list[str]:
        """Return why prices are no dual vector of this question."""
        if prices.shape != self.weights.shape:
            return [f"there are {len(prices)} row prices for {len(self.weights)} rows"]
        faults = []
        if not bool(np.all(np.isfinite(prices) & (prices >= 0.0))):
            faults.append("a row price is negative or not finite")
        elif bool((prices > self._highest * (1.0 + PRICE_RELATIVE)).any()):
            faults.append("a row price exceeds the dearest pair that its row lists")
        if room_prices.shape != (2,) or room_prices.any():
            faults.append("a median has no prices of stations and money")
        return faults

    @cached_property
    def _highest(self) -> Floats:
        """Return the price up to which the pairs that a row does not list cannot count."""
        listed = np.diff(self.cost.indptr)
        if not self.truncated:
            return np.full(len(listed), np.inf)
        dearest = self._by_row(self.cost.data, np.maximum)
        partial = (listed < self.cost.shape[1]) & (self.weights > 0)
        return np.where(partial, self.weights * np.where(listed > 0, dearest, 0.0), np.inf)

    def room_prices(self, prices: Floats) -> Floats:
        """Return no prices: a median counts sites and takes the best p as they are."""
        del prices
        return np.zeros(2)

    def limit(self, prices: Floats, room_prices: Floats) -> float:
        """Return L of the module's text, lowered by more than rounding can have added to it."""
        del room_prices
        paying = np.where(self.weights > 0, np.minimum(prices, self._highest), 0.0)
        row = np.repeat(np.arange(len(paying)), np.diff(self.cost.indptr))
        terms = np.minimum(0.0, self.weights[row] * self.cost.data - paying[row])
        rho = np.bincount(self.cost.indices, terms, minlength=self.cost.shape[1])
        rho[self.forbidden] = np.inf
        order = np.argsort(np.where(self.locked, -np.inf, rho), kind="stable")
        least = rho[order[: self.p]]
        longest = int(np.bincount(self.cost.indices, minlength=1).max()) if len(row) else 0
        count = longest + len(paying) ** 0.5 + self.p + 4096.0
        size = float(np.sum(paying) - 2.0 * np.sum(least))
        value = float(np.sum(paying) + np.sum(least)) - size * count * 2.0**-52
        value = max(0.0, value)
        return float(np.ceil(value)) if self._whole else value

    @cached_property
    def _whole(self) -> bool:
        """Tell whether every choice costs a whole number."""
        values = (self.weights, self.cost.data)
        if float(np.sum(self.weights)) * float(np.max(self.cost.data, initial=0.0)) >= 2.0**53:
            return False
        return all(bool(np.array_equal(v, np.rint(v))) for v in values)


def _finite_pairs(checks: Checks, cost: Any) -> sparse.csr_array:
    """Return the pairs that can serve as sorted CSR; a stored 0 is a cost, an infinity is none."""
    if sparse.issparse(cost):
        given: Any = cost
        listed = sparse.csr_array(given).astype(np.float64)
        listed.sum_duplicates()
        row = np.repeat(np.arange(listed.shape[0]), np.diff(listed.indptr))
        column = listed.indices.astype(np.int64)
        shape, data = listed.shape, listed.data
    else:
        dense = np.asarray(cost)
        if dense.ndim != 2 or dense.dtype.kind not in "biuf":
            checks.note("cost", "is not a matrix of numbers", "give CSR or an array, demand x site")
            return sparse.csr_array((0, 0), dtype=np.float64)
        row, column = np.nonzero(dense != np.inf)
        shape, data = dense.shape, dense[row, column].astype(np.float64)
    kept = data != np.inf
    start = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=shape[0]))])
    pairs = sparse.csr_array((data[kept], column[kept], start), shape=shape)
    refuse_bad_values(checks, "cost", pairs)
    return pairs
