"""County floors in up to three phases: what fits is reached, what has no place is held back."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.levels import Covering
from siting.phases import PhaseChoice, PhaseWish, choose_in_phases

NORTH, SOUTH = "north", "south"


def choose(
    gains: list[float],
    stations: list[int],
    *,
    groups: list[str] | None = None,
    floors: dict[str, int] | None = None,
) -> list[PhaseChoice]:
    """Return the phases of a city in which every site has a row of its own, one station each."""
    count = len(gains)
    problem = Covering(
        covers=sp.csr_array(np.eye(count)),
        weights=np.array(gains, dtype=float),
        needed=np.ones(count, dtype=np.int64),
        level=np.zeros(count, dtype=np.int64),
        point=np.arange(count),
    )
    return choose_in_phases(
        problem,
        [PhaseWish(name=str(number), max_stations=most) for number, most in enumerate(stations)],
        stations=np.ones(count, dtype=np.int64),
        cost_cny=np.ones(count),
        groups=np.array(groups or [NORTH] * count, dtype=object),
        group_floors=floors or {},
    )


def sites(answers: list[PhaseChoice]) -> list[set[int]]:
    """Return the sites that each phase adds."""
    return [set(answer.chosen.tolist()) for answer in answers]


def test_a_floor_is_asked_of_the_last_phase() -> None:
    groups = [NORTH] * 3 + [SOUTH] * 3
    answers = choose([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], [2, 2], groups=groups,
                     floors={SOUTH: 2})  # fmt: skip

    assert sites(answers) == [{0, 1}, {3, 4}]
    assert answers[1].bound == 27.0, "the limit is that of any four sites"
    assert answers[1].status == "feasible"


def test_an_earlier_phase_builds_what_the_later_ones_could_not() -> None:
    groups = [NORTH] * 3 + [SOUTH] * 3
    answers = choose([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], [2, 1], groups=groups,
                     floors={SOUTH: 2})  # fmt: skip

    assert sites(answers) == [{0, 3}, {4}]
    assert answers[0].bound == 17.0, "the limit is that of any two sites"


def test_stations_without_a_place_are_held_back_from_the_others() -> None:
    """The south wants three and has one place with a gain: the north gets four, not six."""
    groups = [NORTH] * 6 + [SOUTH] * 2
    answers = choose([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 1.0, 0.0], [3, 4],
                     groups=groups, floors={SOUTH: 3})  # fmt: skip
    built = set.union(*sites(answers))

    assert built == {0, 1, 2, 3, 6}


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_phases_nest_and_reach_every_floor_that_fits(data: st.DataObject) -> None:
    gains = data.draw(st.lists(st.integers(0, 9), min_size=8, max_size=8))
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=8, max_size=8))
    quotas = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=3))
    floors, left = {}, sum(quotas)
    for name in "abc":
        floors[name] = data.draw(st.integers(0, left))
        left -= floors[name]
    answers = choose([float(g) for g in gains], quotas, groups=groups,
                     floors=floors)  # fmt: skip
    built = np.concatenate([answer.chosen for answer in answers])
    placed = {name: sum(groups[site] == name for site in built) for name in floors}
    short = sum(max(least - placed[name], 0) for name, least in floors.items())

    assert len(set(built.tolist())) == len(built)
    assert all(gains[site] > 0 for site in built)
    assert all(len(a.chosen) <= q for a, q in zip(answers, quotas, strict=True))
    assert short <= sum(quotas) - len(built), "what is left is enough for every floor"
    for name, least in floors.items():
        useful = sum(g > 0 for g, group in zip(gains, groups, strict=True) if group == name)
        assert placed[name] >= min(least, useful)
    assert answers[-1].objective == sum(gains[site] for site in built)
    assert all(a.objective <= a.bound for a in answers)
