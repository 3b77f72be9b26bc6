"""Phases of building, one inside the next: what is chosen in 2024 stands in 2025.

Each phase adds its stations to those before it. The first phase is chosen freely; the next keeps
every earlier site. Its bound is that of all stations so far chosen freely, so it is a limit on any
nested plan, not only on the continuation of this one. The county floor is asked of the last phase:
stations that a county lacks of it and has no place with a gain for are held back from the others.
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
    from siting.optimise import Solution

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
        last = number == len(wishes) - 1
        floors = dict(group_floors) if last else {}
        ask = _Ask(
            problem=problem, stations=stations, cost_cny=cost_cny, budget_cny=money,
            groups=groups, floors=floors, seed=seed, swap_passes=swap_passes,
        )  # fmt: skip
        solution = _with_floors(ask, allowed, locked, bound_iterations if number == 0 else 0)
        bound = solution.bound
        if number:
            bound = _free_bound(ask, allowed, bound_iterations)
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


@dataclass(frozen=True, kw_only=True)
class _Ask:
    """What stays the same while one phase is asked several times."""

    problem: Covering
    stations: Ints
    cost_cny: Floats
    budget_cny: float
    groups: NDArray[np.object_]
    floors: Mapping[str, int]
    seed: int
    swap_passes: int

    @property
    def money(self) -> tuple[Floats | None, float | None]:
        """Return costs and budget, or nothing where money is not limited."""
        return (self.cost_cny, self.budget_cny) if np.isfinite(self.budget_cny) else (None, None)

    def offered(self, name: str) -> int:
        """Return the stations that the candidates of a county offer."""
        return int(self.stations[self.groups == name].sum())

    def short(self, solution: Solution) -> int:
        """Return the stations that the counties lack of their floors in a solution."""
        chosen = solution.chosen
        placed = self.stations[chosen]
        return sum(
            max(least - int(placed[self.groups[chosen] == name].sum()), 0)
            for name, least in self.floors.items()
        )


def _with_floors(ask: _Ask, allowed: int, locked: Ints, bound_iterations: int) -> Solution:
    """Solve a phase; hold back what the floors still lack, and solve again until that holds."""
    held_back = 0
    while True:
        solution = _solve(ask, allowed - held_back, locked, bound_iterations)
        short = ask.short(solution)
        if short <= held_back:
            return solution
        held_back = short


def _solve(ask: _Ask, allowed: int, locked: Ints, bound_iterations: int) -> Solution:
    cost, budget = ask.money
    floors = {name: min(least, ask.offered(name)) for name, least in ask.floors.items()}
    return maximise_coverage(
        ask.problem.covers,
        ask.problem.weights,
        needed=ask.problem.needed,
        stations=ask.stations,
        max_stations=allowed,
        locked=locked,
        cost=cost,
        budget=budget,
        groups=ask.groups if floors else None,
        group_floors=floors or None,
        seed=ask.seed,
        swap_passes=ask.swap_passes,
        bound_iterations=bound_iterations,
    )


def _free_bound(ask: _Ask, allowed: int, iterations: int) -> float:
    """Return the proven limit of any choice of that many stations, locked to nothing."""
    cost, budget = ask.money
    free = maximise_coverage(
        ask.problem.covers,
        ask.problem.weights,
        needed=ask.problem.needed,
        stations=ask.stations,
        max_stations=allowed,
        cost=cost,
        budget=budget,
        swap_passes=0,
        bound_iterations=iterations,
    )
    return free.bound
