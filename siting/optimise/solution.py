"""What an optimiser answers: the chosen sites, their worth, and the proven limit of any answer."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

Status = Literal["proved", "feasible", "infeasible"]
Answer = TypeVar("Answer")

PROVED_RELATIVE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Reductions:
    """How much smaller the problem became before any search, without changing its answer."""

    rows: int
    rows_unreachable: int
    rows_settled: int
    rows_merged: int
    sites: int
    sites_useless: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """The chosen sites with their proven worth; equal inputs give equal bytes.

    `chosen` holds the columns, locked sites first, then in an order in which each gains
    something when it is added; `gains` [objective's unit] is what each one adds in that order
    (what each one saves, for a median). `bound` limits the objective of every permitted choice:
    from above for coverage, from below for a median. `gap` is the distance between the two as a
    share; `gap_uncovered` the same distance as a share of the weight left uncovered, the honest
    figure where coverage is high (None for a median). `status` is "proved" only when no better
    answer can exist (relative distance at most 1e-9, or whole numbers with no room between).
    A question without an answer raises `InfeasibleError` and never becomes a solution.
    `floors_short` tells how many stations each group lacks of its floor because its further
    sites would gain nothing or do not fit. `prices` is the dual vector behind the bound, one number
    per row as asked: the share of the row's worth that its sites earn, 0 to 1, for coverage; what
    the row pays to be served once [objective's unit] for a median; empty where there is none.
    """

    chosen: NDArray[np.int64]
    gains: NDArray[np.float64]
    objective: float
    bound: float
    gap: float
    gap_uncovered: float | None
    status: Status
    seed: int
    iterations: int
    reductions: Reductions
    floors_short: Mapping[Any, int] = field(default_factory=dict)
    prices: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What an answer took: processor time [s] of all threads, elapsed time [s], peak memory [MB].

    Kept apart from the answer, which must not depend on it. The peak is that of the process so
    far, not of the one call; not a number where the system does not tell it.
    """

    cpu_s: float
    elapsed_s: float
    peak_mb: float


def measured(call: Callable[[], Answer]) -> tuple[Answer, Effort]:
    """Return what the call returns, and the effort it took."""
    cpu_s, elapsed_s = time.process_time(), time.perf_counter()
    answer = call()
    effort = Effort(
        cpu_s=time.process_time() - cpu_s,
        elapsed_s=time.perf_counter() - elapsed_s,
        peak_mb=_peak_mb(),
    )
    return answer, effort


def _peak_mb() -> float:
    """Return the largest memory of this process so far [MB], not a number on Windows."""
    if sys.platform == "win32":
        return float("nan")
    import resource  # noqa: PLC0415 - not there on Windows

    per_mb = 2.0**20 if sys.platform == "darwin" else 2.0**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb


def relative(difference: float, whole: float) -> float:
    """Return a non-negative difference as a share of the whole; 0 where there is no difference."""
    if difference <= 0.0:
        return 0.0
    return difference / whole if whole > 0.0 else float("inf")
