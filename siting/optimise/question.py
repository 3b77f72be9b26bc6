"""Turns the arguments of `maximise_coverage` into a problem in arrays, or says what is wrong.

Arguments that cannot be used are a `ConfigurationError`, all at once; limits that no choice can
keep to are an `InfeasibleError` that names each limit to blame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import InfeasibleError
from siting.errors import Problem as Complaint
from siting.optimise.arguments import Checks, as_matrix
from siting.optimise.core import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


def checked_problem(
    covers: object,
    weights: ArrayLike,
    stations: ArrayLike | None,
    max_stations: int,
    needed: ArrayLike | None,
    locked: ArrayLike | None,
    forbidden: ArrayLike | None,
    money: tuple[ArrayLike | None, float | None],
    grouping: tuple[ArrayLike | None, Mapping[Any, int] | None],
    counts: tuple[int, int, int],
) -> tuple[Problem, list[object], tuple[int, int, int]]:
    """Return the problem in arrays, the labels of its groups, and the counts; or all complaints."""
    checks = Checks()
    matrix = as_matrix(checks, "covers", covers)
    checks.settle()
    rows, sites = matrix.shape
    cost, budget = _money(checks, money, sites)
    group, floors, labels = _groups(checks, grouping, sites)
    need = checks.numbers("needed", 1.0 if needed is None else needed, rows)
    if (need <= 0).any():
        row = int(np.flatnonzero(need <= 0)[0])
        checks.note("needed", "is 0 for some rows", "give units above 0", row=row)
    problem = Problem(
        covers=matrix,
        weights=checks.numbers("weights", weights, rows),
        needed=need,
        stations=checks.numbers(
            "stations", 1.0 if stations is None else stations, sites, least=1.0, whole=True
        ),
        max_stations=float(checks.count("max_stations", max_stations)),
        cost=cost,
        budget=budget,
        locked=checks.sites("locked", locked, sites),
        forbidden=checks.sites("forbidden", forbidden, sites),
        group=group,
        floors=floors,
    )
    checks.apart(problem.locked, problem.forbidden)
    names = ("seed", "swap_passes", "bound_iterations")
    seed, passes, iterations = (checks.count(*pair) for pair in zip(names, counts, strict=True))
    checks.settle()
    return problem, labels, (seed, passes, iterations)


def _money(
    checks: Checks, money: tuple[ArrayLike | None, float | None], sites: int
) -> tuple[NDArray[np.float64], float]:
    """Return the cost of each site and the budget; infinite where money is not limited."""
    cost, budget = money
    if (cost is None) != (budget is None):
        checks.note("budget", "needs both cost and budget", "give both or neither")
    if cost is None or budget is None:
        return np.zeros(sites), np.inf
    if not np.isfinite(budget) or budget < 0:
        checks.note("budget", f"is {budget!r}", "give a finite number of at least 0")
    return checks.numbers("cost", cost, sites), float(budget)


def _groups(
    checks: Checks, grouping: tuple[ArrayLike | None, Mapping[Any, int] | None], sites: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[object]]:
    """Return the group number of each site, the floor of each group, and the groups' labels."""
    groups, floors = grouping
    no_label: list[object] = [None]
    nothing = np.zeros(sites, np.int64), np.zeros(1, np.int64), no_label
    if floors is None:
        return nothing
    if groups is None:
        checks.note("group_floors", "has no groups to speak of", "give groups too")
        return nothing
    labels_of_sites = np.asarray(groups)
    if labels_of_sites.shape != (sites,):
        checks.note("groups", f"has shape {labels_of_sites.shape}", f"give {sites} labels")
        return nothing
    own = list(labels_of_sites.tolist())
    labels = sorted({*own, *floors}, key=lambda label: (str(type(label)), label))
    number = {label: k for k, label in enumerate(labels)}
    least = [checks.count(f"group_floors[{label!r}]", floors.get(label, 0)) for label in labels]
    return np.array([number[label] for label in own], np.int64), np.array(least, np.int64), labels


def refuse_infeasible(problem: Problem, labels: list[object]) -> None:
    """Raise when no choice can keep to the limits, naming each limit that is to blame."""
    complaints = []
    taken = float(problem.stations[problem.locked].sum())
    if taken > problem.max_stations:
        what = f"locked sites take {taken:g} stations of {problem.max_stations:g}"
        complaints.append(Complaint(column="locked", what=what, remedy="lock fewer or allow more"))
    spent = float(problem.cost[problem.locked].sum())
    if spent > problem.budget:
        what = f"locked sites cost {spent:g} of {problem.budget:g}"
        complaints.append(Complaint(column="locked", what=what, remedy="lock fewer or allow more"))
    allowed = np.where(problem.forbidden, 0.0, problem.stations)
    offered = np.bincount(problem.group, allowed, minlength=len(problem.floors))
    for k in np.flatnonzero(offered < problem.floors):
        what = f"group {labels[k]!r} wants {problem.floors[k]} stations, its sites offer"
        what += f" {offered[k]:g}"
        remedy = "lower the floor or add candidates"
        complaints.append(Complaint(column="group_floors", what=what, remedy=remedy))
    if problem.floors.sum() > problem.max_stations:
        what = f"floors sum to {problem.floors.sum()} stations of {problem.max_stations:g}"
        remedy = "lower the floors or allow more stations"
        complaints.append(Complaint(column="group_floors", what=what, remedy=remedy))
    if complaints:
        raise InfeasibleError(complaints)
