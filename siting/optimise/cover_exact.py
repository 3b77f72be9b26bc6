"""The exact finish of small covering cores by HiGHS, within a limit of nodes, never of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.optimise.cover_core import CoverCore

EXACT_PAIRS = 60_000
# The objective is scaled to this total: the solver's absolute tolerance of 1e-6 becomes harmless.
SCALED_TOTAL = 1e6
SOLVER_TOLERANCE = 1e-9
INFEASIBLE = 2


def exact_cover(
    core: CoverCore, *, nodes: int, enough: float | None = None
) -> tuple[NDArray[np.bool_] | None, float]:
    """Return a cover of the core, if one was found, and the solver's limit on any cover's cost.

    With `enough` the solver only looks for a cover of at most that cost; the limit is infinite when
    there is none, and 0 when that stays open.
    """
    cover = core.cover
    rows, sites = len(cover.need), len(cover.cost)
    pairs = sparse.csr_array(
        (cover.by_row.value.astype(np.float64), cover.by_row.partner, cover.by_row.start),
        shape=(rows, sites),
    )
    limits = [LinearConstraint(pairs, cover.need.astype(np.float64), np.inf)]
    scale = SCALED_TOTAL / float(cover.cost.sum())
    aim = cover.cost * scale
    if enough is not None:
        limits.append(LinearConstraint(cover.cost[None, :], -np.inf, enough))
    result = milp(
        aim,
        integrality=np.ones(sites, np.int64),
        bounds=Bounds(0.0, 1.0),
        constraints=limits,
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
    )
    mask = None if result.x is None else result.x > 0.5
    if mask is not None and not bool((pairs @ mask.astype(np.float64) >= cover.need).all()):
        mask = None
    if result.status == INFEASIBLE:
        return None, np.inf
    if enough is not None or result.mip_dual_bound is None:
        return mask, 0.0
    return mask, _trusted(float(result.mip_dual_bound) / scale, core.step)


def _trusted(limit: float, step: float) -> float:
    """Return the solver's limit lowered by its tolerance, rounded up where costs have a step."""
    if not np.isfinite(limit):
        return 0.0
    if step > 0.0:
        return float(np.ceil(limit / step - 1e-4) * step)
    return limit * (1.0 - SOLVER_TOLERANCE / 2)
