r"""The core of a covering problem: what is left to decide once every sure step is taken.

$$\min \sum_j c_j x_j \quad\text{with}\quad \sum_j a_{ij} x_j \ge k_i,\ x_j \in \{0, 1\},\
a_{ij} \in \{0, 1\}$$

Sure steps, repeated until none is left; none of them changes the least cost:

* locked sites, sites that cost nothing, and every site of a row that has no more than it wants are
  taken, and the rows they serve leave;
* a row leaves when another row wants at least as much from a part of its sites;
* a site leaves when at least $\max k_i$ (over its rows) other sites each reach all its rows at no
  greater cost. With all of those chosen it is idle, and otherwise one of them can stand in for
  it; equals are ordered by column, so that the last of them stays.

The comparisons stop after a number of steps, never of seconds: a core reduced less is still right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from siting.optimise.solution import Reductions
from siting.optimise.sparse import Rows, first_equals, transposed

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

COMPARISONS = 200_000_000
MOST_ROUNDS = 12


class Cover(NamedTuple):
    """A covering problem in the arrays that compiled loops read; every value is 1."""

    by_row: Rows
    by_site: Rows
    need: NDArray[np.int64]
    cost: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class CoverProblem:
    """A covering problem as asked, checked and in arrays; stored pairs cover."""

    covers: sparse.csr_array
    need: NDArray[np.int64]
    cost: NDArray[np.float64]
    locked: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class CoverCore:
    """The reduced problem: `sites` are the columns of its sites, `taken` those chosen for sure.

    `step` is what all costs of the core are multiples of, 0 where they are not whole.
    `hopeless` tells that some row cannot be served at all.
    """

    cover: Cover
    sites: NDArray[np.int64]
    taken: NDArray[np.int64]
    step: float
    hopeless: bool
    reductions: Reductions

    @property
    def pairs(self) -> int:
        """Return the number of pairs of the core."""
        return len(self.cover.by_row.partner)


@dataclass(kw_only=True)
class _Part:
    """What is left in the course of the reductions; `sites` are the columns of the question."""

    matrix: sparse.csr_array
    need: NDArray[np.int64]
    cost: NDArray[np.float64]
    sites: NDArray[np.int64]
    taken: list[NDArray[np.int64]]
    settled: int = 0
    merged: int = 0

    def keep_rows(self, keep: NDArray[np.bool_]) -> None:
        self.matrix, self.need = self.matrix[keep], self.need[keep]

    def keep_sites(self, keep: NDArray[np.bool_]) -> None:
        self.matrix = self.matrix[:, np.flatnonzero(keep)]
        self.cost, self.sites = self.cost[keep], self.sites[keep]

    def take(self, mask: NDArray[np.bool_]) -> None:
        """Choose sites for sure: the rows they serve leave, and so do the sites."""
        self.taken.append(self.sites[mask])
        self.need = self.need - np.rint(self.matrix @ mask.astype(np.float64)).astype(np.int64)
        open_rows = self.need > 0
        self.settled += int((~open_rows).sum())
        self.keep_rows(open_rows)
        self.keep_sites(~mask)


@njit(cache=True, error_model="numpy")
def _inside(small: NDArray[Any], large: NDArray[Any]) -> bool:
    """Tell whether each number of a sorted list is in another sorted list."""
    at = 0
    for number in small:
        while at < len(large) and large[at] < number:
            at += 1
        if at == len(large) or large[at] != number:
            return False
    return True


@njit(cache=True, error_model="numpy")
def _shortest(partners: NDArray[Any], start: NDArray[Any]) -> int:
    """Return the partner that has the fewest pairs of its own, the first of equals."""
    best = partners[0]
    for other in partners:
        if start[other + 1] - start[other] < start[best + 1] - start[best]:
            best = other
    return int(best)


@njit(cache=True, error_model="numpy")
def _idle_rows(by_row: Rows, by_site: Rows, need: NDArray[Any], steps: int) -> NDArray[Any]:
    """Tell which rows are served whenever some other row is."""
    idle = np.zeros(len(need), np.bool_)
    for r in range(len(need)):
        own = by_row.partner[by_row.start[r] : by_row.start[r + 1]]
        if idle[r] or len(own) == 0:
            continue
        j = _shortest(own, by_site.start)
        steps -= len(own)
        for k in range(by_site.start[j], by_site.start[j + 1]):
            s = by_site.partner[k]
            other = by_row.partner[by_row.start[s] : by_row.start[s + 1]]
            if s == r or idle[s] or len(other) < len(own) or need[s] > need[r]:
                continue
            if len(other) == len(own) and need[s] == need[r] and s < r:
                continue
            steps -= len(own)
            idle[s] = _inside(own, other)
        if steps < 0:
            break
    return idle


@njit(cache=True, error_model="numpy")
def _idle_sites(by_row: Rows, by_site: Rows, need: NDArray[Any], cost: NDArray[Any], steps: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Tell which sites can be replaced by sites that reach as much for no more."""
    idle = np.zeros(len(cost), np.bool_)
    for j in range(len(cost)):
        own = by_site.partner[by_site.start[j] : by_site.start[j + 1]]
        if len(own) == 0:
            idle[j] = True
            continue
        wanted = need[own].max()
        i = _shortest(own, by_row.start)
        steps -= len(own)
        for k in range(by_row.start[i], by_row.start[i + 1]):
            q = by_row.partner[k]
            other = by_site.partner[by_site.start[q] : by_site.start[q + 1]]
            if q == j or len(other) < len(own) or cost[q] > cost[j]:
                continue
            if len(other) == len(own) and cost[q] == cost[j] and q < j:
                continue
            steps -= len(own)
            if _inside(own, other):
                wanted -= 1
                if wanted == 0:
                    idle[j] = True
                    break
        if steps < 0:
            break
    return idle


def pattern(matrix: sparse.csr_array) -> Rows:
    """Return the stored pairs of a matrix row by row, each worth 1."""
    matrix.sort_indices()
    start = matrix.indptr.astype(np.int64)
    return Rows(start, matrix.indices.astype(np.int32), np.ones(matrix.nnz, np.float32))


def reduced(problem: CoverProblem) -> CoverCore:
    """Return the core of a covering problem."""
    sites = problem.covers.shape[1]
    part = _Part(
        matrix=problem.covers,
        need=problem.need.copy(),
        cost=problem.cost,
        sites=np.arange(sites),
        taken=[],
    )
    wanted = part.need > 0
    part.settled += int((~wanted).sum())
    part.keep_rows(wanted)
    part.take(problem.locked | ((problem.cost == 0.0) & ~problem.forbidden))
    part.keep_sites(~problem.forbidden[part.sites])
    hopeless = bool((np.diff(part.matrix.indptr) < part.need).any())
    if not hopeless:
        _merge_equal_rows(part)
        for _ in range(MOST_ROUNDS):
            if not _one_round(part):
                break
    return _core(problem, part, hopeless=hopeless)


def _merge_equal_rows(part: _Part) -> None:
    """Keep the first of rows with the same sites and need."""
    first = first_equals(pattern(part.matrix), part.need.astype(np.float64))
    alone = first == np.arange(len(first))
    part.merged += int((~alone).sum())
    part.keep_rows(alone)


def _one_round(part: _Part) -> bool:
    """Take each sure step once; return whether anything changed."""
    before = part.matrix.shape
    tight = np.diff(part.matrix.indptr) == part.need
    if tight.any():
        part.take(np.bincount(part.matrix[tight].indices, minlength=len(part.sites)) > 0)
    by_row = pattern(part.matrix)
    by_site = Rows(*transposed(by_row, len(part.sites)))
    idle = _idle_rows(by_row, by_site, part.need, COMPARISONS)
    part.merged += int(idle.sum())
    part.keep_rows(~idle)
    by_row = pattern(part.matrix)
    by_site = Rows(*transposed(by_row, len(part.sites)))
    part.keep_sites(~_idle_sites(by_row, by_site, part.need, part.cost, COMPARISONS))
    return bool(part.matrix.shape != before)


def _core(problem: CoverProblem, part: _Part, *, hopeless: bool) -> CoverCore:
    """Return the finished core of what is left."""
    by_row = pattern(part.matrix)
    rows, sites = problem.covers.shape
    taken = np.sort(np.concatenate(part.taken))
    return CoverCore(
        cover=Cover(by_row, Rows(*transposed(by_row, len(part.sites))), part.need, part.cost),
        sites=part.sites,
        taken=taken,
        step=common_step(part.cost),
        hopeless=hopeless,
        reductions=Reductions(
            rows=rows,
            rows_unreachable=0,
            rows_settled=part.settled,
            rows_merged=part.merged,
            sites=sites,
            sites_useless=sites - len(part.sites) - len(taken),
        ),
    )


def common_step(cost: NDArray[np.float64]) -> float:
    """Return the greatest number that whole costs are multiples of, 0 where they are not whole."""
    if len(cost) == 0:
        return 1.0
    if not np.array_equal(cost, np.rint(cost)) or cost.sum() >= 2.0**53:
        return 0.0
    return float(np.gcd.reduce(cost.astype(np.int64)))
