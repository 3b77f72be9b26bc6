"""Phases of building, one inside the next: what is chosen in 2024 stands in 2025.

Each phase adds its stations to those before it. The first phase is chosen freely; the next keeps
every earlier site. Its bound is that of all stations so far chosen freely, so it is a limit on any
nested plan, not only on the continuation of this one. The county floor is asked of the last phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.optimise import maximise_coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from siting.levels import Covering

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class PhaseWish:
    """What a phase may take: stations, and money [CNY] where it is limited."""

    name: str
    max_stations: int
    budget_cny: float | None = None


@dataclass(frozen=True, kw_only=True)
class PhaseChoice:
    """What was chosen in a phase (columns, in order), with the proof for all sites so far.

    `objective` and `bound` are gains over the network [weighted people], counting earlier phases.
    """

    name: str
    chosen: Ints
    objective: float
    bound: float
    status: str
    seed: int
    iterations: int


def choose_in_phases(
    problem: Covering,
    wishes: Sequence[PhaseWish],
    *,
    stations: Ints,
    cost_cny: Floats,
    groups: NDArray[np.object_],
    group_floors: Mapping[str, int],
    seed: int = 0,
    swap_passes: int = 4,
    bound_iterations: int = 400,
    progress: Callable[[float], None] | None = None,
) -> list[PhaseChoice]:
    """Choose the sites of each phase, keeping those of the phases before."""
    tell = progress or (lambda _share: None)
    locked = np.zeros(0, dtype=np.int64)
    allowed, money, answers = 0, 0.0, []
    for number, wish in enumerate(wishes):
        allowed += wish.max_stations
        money += np.inf if wish.budget_cny is None else wish.budget_cny
        limited = np.isfinite(money)
        last = number == len(wishes) - 1
        floors = _within_reach(group_floors, groups, stations) if last else {}
        solution = maximise_coverage(
            problem.covers, problem.weights, needed=problem.needed,
            stations=stations, max_stations=allowed, locked=locked,
            cost=cost_cny if limited else None, budget=money if limited else None,
            groups=groups if floors else None, group_floors=floors or None,
            seed=seed, swap_passes=swap_passes,
            bound_iterations=bound_iterations if number == 0 else 0,
        )  # fmt: skip
        bound = solution.bound
        if number:
            bound = _free_bound(problem, stations, allowed, cost_cny, money, bound_iterations)
        answers.append(
            PhaseChoice(
                name=wish.name,
                chosen=solution.chosen[len(locked) :],
                objective=solution.objective,
                bound=max(bound, solution.objective),
                status="proved" if bound <= solution.objective * (1 + 1e-9) else "feasible",
                seed=seed,
                iterations=bound_iterations,
            )
        )
        locked = solution.chosen
        tell((number + 1) / len(wishes))
    return answers


def _free_bound(
    problem: Covering, stations: Ints, allowed: int, cost: Floats, money: float, iterations: int
) -> float:
    """Return the proven limit of any choice of that many stations, locked to nothing."""
    limited = np.isfinite(money)
    free = maximise_coverage(
        problem.covers, problem.weights, needed=problem.needed, stations=stations,
        max_stations=allowed, cost=cost if limited else None, budget=money if limited else None,
        swap_passes=0, bound_iterations=iterations,
    )  # fmt: skip
    return free.bound


def _within_reach(
    floors: Mapping[str, int], groups: NDArray[np.object_], stations: Ints
) -> dict[str, int]:
    """Return the floors, none above what the candidates of its group offer."""
    offered = {name: int(stations[groups == name].sum()) for name in floors}
    return {name: min(least, offered[name]) for name, least in floors.items() if least > 0}
