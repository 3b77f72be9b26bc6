"""Turns the arguments of covering questions into arrays, or says what is wrong with them.

Arguments that cannot be used are a `ConfigurationError`, all at once; rows that too few sites reach
are an `InfeasibleError` that tells how many and which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from siting.errors import InfeasibleError
from siting.errors import Problem as Complaint
from siting.optimise.arguments import Checks, as_matrix
from siting.optimise.cover_core import CoverProblem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NAMED_ROWS = 5


def cover_pattern(checks: Checks, covers: object) -> sparse.csr_array:
    """Return a demand x site matrix with a 1 where a site covers a row; complaints are settled."""
    matrix = as_matrix(checks, "covers", covers)
    if not checks.problems and matrix.shape[1] == 0:
        checks.note("covers", "has no sites", "give at least one candidate")
    checks.settle()
    ones = np.ones(matrix.nnz, np.float32)
    return sparse.csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def checked_cover(
    covers: object,
    cover: ArrayLike,
    cost: ArrayLike | None,
    sites_named: tuple[ArrayLike | None, ArrayLike | None],
    counts: dict[str, int],
) -> CoverProblem:
    """Return the covering problem in arrays, or all complaints at once."""
    checks = Checks()
    matrix = cover_pattern(checks, covers)
    rows, sites = matrix.shape
    problem = CoverProblem(
        covers=matrix,
        need=np.rint(checks.numbers("cover", cover, rows, whole=True)).astype(np.int64),
        cost=checks.numbers("cost", 1.0 if cost is None else cost, sites),
        locked=checks.sites("locked", sites_named[0], sites),
        forbidden=checks.sites("forbidden", sites_named[1], sites),
    )
    checks.apart(problem.locked, problem.forbidden)
    for name, value in counts.items():
        checks.count(name, value)
    checks.settle()
    return problem


def within_reach(
    problem: CoverProblem, *, lower: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the servers that each row can have of those it wants, and the rows that lack some.

    Without `lower` such rows are an error that tells how many and which.
    """
    offered = np.rint(problem.covers @ (~problem.forbidden).astype(np.float64)).astype(np.int64)
    short = np.flatnonzero(offered < problem.need)
    if len(short) and not lower:
        what = f"{len(short)} rows are reached by fewer allowed sites than they want: "
        what += named(short)
        remedy = "add candidates there, or lower what these rows want (lower_uncoverable=True)"
        raise InfeasibleError(Complaint(column="covers", what=what, remedy=remedy))
    return np.minimum(problem.need, offered), short


def named(rows: NDArray[np.int64]) -> str:
    """Return the first of some rows as words."""
    names = ", ".join(str(row) for row in rows[:NAMED_ROWS])
    return f"{names}, ..." if len(rows) > NAMED_ROWS else names
