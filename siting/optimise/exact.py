"""The exact finish of small coverage cores by HiGHS, within a limit of nodes, never of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.optimise.core import Core

EXACT_PAIRS = 20_000
EXACT_NODES = 400
# The objective is scaled to this total: the solver's absolute tolerance of 1e-6 becomes harmless.
SCALED_TOTAL = 1e6
SOLVER_TOLERANCE = 1e-9


def exact_choice(core: Core, *, with_floors: bool) -> tuple[NDArray[np.int64], float] | None:
    """Return the solver's choice of core sites and its limit on what they add, or None.

    With floors only choices that meet every group's floor are looked at; the caller asks for that
    when it has one. The limit is the solver's dual bound raised by its tolerance.
    """
    instance = core.instance
    sites, rows = len(instance.stations), len(instance.need)
    scale = SCALED_TOTAL / core.weight
    result = milp(
        -np.concatenate([np.zeros(sites), instance.rate * instance.need * scale]),
        integrality=np.concatenate([np.ones(sites), np.zeros(rows)]),
        bounds=Bounds(0.0, 1.0),
        constraints=_constraints(core, with_floors=with_floors),
        options={"node_limit": EXACT_NODES, "mip_rel_gap": 0.0},
    )
    if result.x is None or result.mip_dual_bound is None:
        return None
    limit = -float(result.mip_dual_bound) / scale * (1.0 + SOLVER_TOLERANCE / 2)
    return np.flatnonzero(result.x[:sites] > 0.5), limit


def _constraints(core: Core, *, with_floors: bool) -> list[LinearConstraint]:
    """Return: covered shares need sites; the room in stations and money; the floors of groups."""
    instance = core.instance
    sites, rows = len(instance.stations), len(instance.need)
    pairs = sparse.csr_array(
        (instance.by_row.value.astype(np.float64), instance.by_row.partner, instance.by_row.start),
        shape=(rows, sites),
    )
    served = sparse.hstack([-pairs, sparse.diags_array(instance.need)], format="csr")
    room = [(instance.stations, -np.inf, core.stations_left)]
    if np.isfinite(core.budget_left):
        room.append((instance.cost, -np.inf, core.budget_left))
    if with_floors:
        for group in np.flatnonzero(core.floors_left > 0):
            inside = np.where(instance.group == group, instance.stations, 0.0)
            room.append((inside, float(core.floors_left[group]), np.inf))
    table = np.zeros((len(room), sites + rows))
    for k, (values, _, _) in enumerate(room):
        table[k, :sites] = values
    lower, upper = np.array([line[1] for line in room]), np.array([line[2] for line in room])
    return [LinearConstraint(served, -np.inf, 0.0), LinearConstraint(table, lower, upper)]
