"""Phases of building, one inside the next: what is chosen in 2024 stands in 2025.

Each phase adds its stations to those before it. The first phase is chosen freely; the next keeps
every earlier site. Its bound is that of all stations so far chosen freely, so it is a limit on any
nested plan, not only on the continuation of this one. The county floor is asked of the last phase,
and of an earlier one as far as the later ones have not the stations for it: stations that a county
lacks of it and has no place with a gain for are held back from the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.optimise import CoverageInputs, certify, maximise_coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from siting.levels import Covering
    from siting.optimise import Certificate, Solution

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
    `certificate` proves all sites so far, as an answer to what all phases so far may take.
    """

    name: str
    chosen: Ints
    objective: float
    bound: float
    status: str
    seed: int
    iterations: int
    certificate: Certificate


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
    """Choose the sites of each phase, keeping those of the phases before.

    What a phase leaves of its stations and money is not carried over to the next: its stations
    stay a quota without a place.
    """
    tell = progress or (lambda _share: None)
    ask = _Ask(
        problem=problem, stations=stations, cost_cny=cost_cny, groups=groups, seed=seed,
        swap_passes=swap_passes,
    )  # fmt: skip
    locked = np.zeros(0, dtype=np.int64)
    held: dict[str, int] = {}
    answers = []
    for number, wish in enumerate(wishes):
        so_far = _together(wishes[: number + 1])
        due = _due(group_floors, sum(later.max_stations for later in wishes[number + 1 :]))
        free = number == 0 and not any(due.values())
        solution = _with_floors(
            ask, ask.added_to(locked, wish), so_far.stations, locked, due, held,
            bound_iterations if free else 0,
        )  # fmt: skip
        proof = solution if free else _free_choice(ask, so_far, bound_iterations)
        bound = proof.bound
        together = np.concatenate([locked, solution.chosen[len(locked) :]])
        proven = replace(solution, chosen=together, prices=proof.prices)
        answers.append(
            PhaseChoice(
                name=wish.name,
                chosen=solution.chosen[len(locked) :],
                objective=solution.objective,
                bound=max(bound, solution.objective),
                status="proved" if bound <= solution.objective * (1 + 1e-9) else "feasible",
                seed=seed,
                iterations=bound_iterations,
                certificate=certify(proven, ask.inputs(so_far)),
            )
        )
        locked = np.concatenate([locked, answers[-1].chosen])
        tell((number + 1) / len(wishes))
    return answers


@dataclass(frozen=True, kw_only=True)
class _Limits:
    """Stations and money [CNY] that all sites so far may take."""

    stations: int
    budget_cny: float


@dataclass(frozen=True, kw_only=True)
class _Ask:
    """What stays the same while the phases are asked one after the other."""

    problem: Covering
    stations: Ints
    cost_cny: Floats
    groups: NDArray[np.object_]
    seed: int
    swap_passes: int

    def added_to(self, locked: Ints, wish: PhaseWish) -> _Limits:
        """Return what all sites may take when a phase adds its own to those that stand."""
        money = np.inf if wish.budget_cny is None else wish.budget_cny
        return _Limits(
            stations=int(self.stations[locked].sum()) + wish.max_stations,
            budget_cny=float(self.cost_cny[locked].sum()) + money,
        )

    def money(self, limits: _Limits) -> tuple[Floats | None, float | None]:
        """Return costs and budget, or nothing where money is not limited."""
        limited = np.isfinite(limits.budget_cny)
        return (self.cost_cny, limits.budget_cny) if limited else (None, None)

    def inputs(self, limits: _Limits) -> CoverageInputs:
        """Return the question that all phases so far pose together, locked to nothing."""
        cost, budget = self.money(limits)
        return CoverageInputs.of(
            self.problem.covers,
            self.problem.weights,
            needed=self.problem.needed,
            stations=self.stations,
            max_stations=limits.stations,
            cost=cost,
            budget=budget,
        )

    def offered(self, name: str) -> int:
        """Return the stations that the candidates of a county offer."""
        return int(self.stations[self.groups == name].sum())

    def short(self, chosen: Ints, floors: Mapping[str, int]) -> dict[str, int]:
        """Return the stations that each county lacks of its floor, those that lack none left out."""
        lacking = {
            name: least - int(self.stations[chosen[self.groups[chosen] == name]].sum())
            for name, least in floors.items()
        }
        return {name: count for name, count in lacking.items() if count > 0}


def _together(wishes: Sequence[PhaseWish]) -> _Limits:
    """Return what several phases may take together."""
    money = [np.inf if wish.budget_cny is None else wish.budget_cny for wish in wishes]
    return _Limits(
        stations=sum(wish.max_stations for wish in wishes), budget_cny=float(np.sum(money))
    )


def _due(floors: Mapping[str, int], later: int) -> dict[str, int]:
    """Return what is due of each floor now: what `later` stations cannot make up.

    Nothing is due while the later phases can still reach all floors; else the counties that lack
    most come first.
    """
    need = max(sum(floors.values()) - later, 0)
    due = {}
    for name, least in sorted(floors.items(), key=lambda floor: (-floor[1], floor[0])):
        due[name] = min(least, need)
        need -= due[name]
    return due


def _with_floors(
    ask: _Ask,
    limits: _Limits,
    stations_so_far: int,
    locked: Ints,
    due: Mapping[str, int],
    held: dict[str, int],
    bound_iterations: int,
) -> Solution:
    """Solve a phase; hold back what the floors still lack, and solve again until that holds.

    `held` keeps the stations held back for each county from phase to phase.
    """
    while True:
        floors = {name: max(least - held.get(name, 0), 0) for name, least in due.items()}
        room = min(limits.stations, stations_so_far - sum(held.values()))
        allowed = _Limits(stations=room, budget_cny=limits.budget_cny)
        solution = _solve(ask, allowed, locked, floors, bound_iterations)
        short = ask.short(solution.chosen, floors)
        if not short:
            return solution
        for name, count in short.items():
            held[name] = held.get(name, 0) + count


def _solve(
    ask: _Ask, limits: _Limits, locked: Ints, floors: Mapping[str, int], bound_iterations: int
) -> Solution:
    cost, budget = ask.money(limits)
    wanted = {name: min(least, ask.offered(name)) for name, least in floors.items() if least}
    return maximise_coverage(
        ask.problem.covers,
        ask.problem.weights,
        needed=ask.problem.needed,
        stations=ask.stations,
        max_stations=limits.stations,
        locked=locked,
        cost=cost,
        budget=budget,
        groups=ask.groups if wanted else None,
        group_floors=wanted or None,
        seed=ask.seed,
        swap_passes=ask.swap_passes,
        bound_iterations=bound_iterations,
    )


def _free_choice(ask: _Ask, limits: _Limits, iterations: int) -> Solution:
    """Return a choice of that many stations, locked to nothing, for the sake of its limit."""
    cost, budget = ask.money(limits)
    return maximise_coverage(
        ask.problem.covers,
        ask.problem.weights,
        needed=ask.problem.needed,
        stations=ask.stations,
        max_stations=limits.stations,
        cost=cost,
        budget=budget,
        swap_passes=0,
        bound_iterations=iterations,
    )
