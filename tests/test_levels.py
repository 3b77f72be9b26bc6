"""What counts as served: carriers wanted by hand, shares that add up, more sites never serve less."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage import Radio, Service, best_server
from siting.levels import (
    Antennas,
    Covering,
    Level,
    Points,
    Served,
    carriers_wanted,
    covering,
    served,
    share_after,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

RADIOS = (
    Radio(
        name="macro_3500", kind="macro", carrier_ghz=3.5, eirp_per_re_dbm=18.0, base_height_m=25.0,
        source="made up",
    ),
    Radio(
        name="micro_3500", kind="micro", carrier_ghz=3.5, eirp_per_re_dbm=5.0, base_height_m=10.0,
        source="made up",
    ),
)  # fmt: skip
OUTDOORS = Service(
    name="outdoors", rsrp_min_dbm=-105.0, rsrp_min_low_band_dbm=-110.0, location_probability=0.95,
    indoor=False,
)  # fmt: skip
INDOORS = replace(OUTDOORS, name="indoors", indoor=True, location_probability=0.9)
SIDE_M = 4000.0


def _points(count: int, seed: int = 0) -> Points:
    dice = np.random.default_rng(seed)
    return Points(
        xy_m=dice.uniform(0.0, SIDE_M, (count, 2)),
        environment=dice.integers(0, 5, count),
        weight=dice.integers(1, 200, count).astype(float),
    )


def _antennas(count: int, seed: int = 1) -> Antennas:
    dice = np.random.default_rng(seed)
    return Antennas(
        xy_m=dice.uniform(0.0, SIDE_M, (count, 2)),
        radio=dice.integers(0, 2, count),
        site=np.arange(count),
        stations=dice.integers(1, 4, count),
    )


def _levels(points: Points, seed: int = 2) -> list[Level]:
    one = np.ones(len(points.weight), dtype=np.int64)
    many = np.random.default_rng(seed).integers(1, 7, len(points.weight))
    return [
        Level(name="outdoors", service=OUTDOORS, weight=1.0, carriers_wanted=one),
        Level(name="indoors", service=INDOORS, weight=0.8, carriers_wanted=one),
        Level(
            name="busy_hour", service=INDOORS, weight=0.5, carriers_wanted=many,
            counts_carriers=True,
        ),
    ]  # fmt: skip


def _both(first: Antennas, second: Antennas) -> Antennas:
    return Antennas(
        xy_m=np.concatenate([first.xy_m, second.xy_m]),
        radio=np.concatenate([first.radio, second.radio]),
        site=np.concatenate([first.site, second.site + len(first.site)]),
        stations=np.concatenate([first.stations, second.stations]),
    )


def _question() -> tuple[Points, Antennas, Antennas, list[Level], list[Served], Covering]:
    points, stands, offered = _points(400), _antennas(6), _antennas(40, seed=3)
    levels = _levels(points)
    now = [served(points, stands, level, radios=RADIOS) for level in levels]
    return (
        points,
        stands,
        offered,
        levels,
        now,
        covering(points, offered, levels, now, radios=RADIOS),
    )


def test_carriers_wanted_by_hand() -> None:
    # Seven cells of 100 m in a row. With a catchment of 250 m each sees two cells to either side:
    #   people   0 9000  500  0   0   0  20000
    #   around   9500 9500 9500 9500 20500 20000 20000
    # 0.35 Mbit/s each on carriers of 450 Mbit/s: 9500 want 7.39 -> 8, at most 6; see below.
    people = np.array([0.0, 9000.0, 500.0, 0.0, 0.0, 0.0, 20000.0])
    row, column = np.zeros(7, dtype=int), np.arange(7)
    wanted = {
        limit: carriers_wanted(
            people, (row, column), spacing_m=100.0, catchment_m=250.0, mbps_per_person=0.35,
            carrier_mbps=450.0, max_carriers=limit,
        ).tolist()
        for limit in (6, 100)
    }  # fmt: skip
    assert wanted[100] == [8, 8, 8, 8, 16, 16, 16]
    assert wanted[6] == [6, 6, 6, 6, 6, 6, 6]


def test_the_catchment_is_a_disc() -> None:
    row, column = np.divmod(np.arange(25), 5)
    people = np.zeros(25)
    people[12] = 1000.0
    wanted = carriers_wanted(
        people, (row, column), spacing_m=100.0, catchment_m=200.0, mbps_per_person=1.0,
        carrier_mbps=100.0, max_carriers=50,
    )  # fmt: skip
    near = np.hypot(row - 2, column - 2) * 100.0 <= 200.0
    assert wanted.tolist() == np.where(near, 10, 1).tolist()


@pytest.mark.parametrize(("people", "wanted"), [(0, 1), (449, 1), (450, 1), (451, 2), (900, 2)])
def test_a_full_carrier_asks_for_no_other(people: int, wanted: int) -> None:
    cell = (np.zeros(1, dtype=int), np.zeros(1, dtype=int))
    found = carriers_wanted(
        np.array([float(people)]), cell, spacing_m=100.0, catchment_m=0.0, mbps_per_person=1.0,
        carrier_mbps=450.0, max_carriers=6,
    )  # fmt: skip
    assert found.tolist() == [wanted]


def test_points_of_one_cell_share_its_carriers() -> None:
    cell = (np.array([0, 0, 0]), np.array([0, 0, 9]))
    found = carriers_wanted(
        np.array([300.0, 300.0, 300.0]), cell, spacing_m=100.0, catchment_m=50.0,
        mbps_per_person=1.0, carrier_mbps=200.0, max_carriers=6,
    )  # fmt: skip
    assert found.tolist() == [3, 3, 2]


def test_served_is_the_best_server_and_its_share_of_the_carriers_wanted() -> None:
    points, antennas = _points(300), _antennas(12)
    for level in _levels(points):
        now = served(points, antennas, level, radios=RADIOS)
        best = best_server(
            points.xy_m, antennas.xy_m, demand_environment=points.environment,
            site_radio=antennas.radio, site_stations=antennas.stations, radios=RADIOS,
            service=level.service,
        )  # fmt: skip
        reached = best.spare_db >= 0
        assert 0 < reached.sum() < len(reached)
        assert (now.site == np.where(reached, best.server, -1)).all()
        carriers = best.station_count if level.counts_carriers else reached
        assert now.share == pytest.approx(np.minimum(carriers / level.carriers_wanted, 1.0))


def test_without_antennas_nobody_is_served() -> None:
    points, none = _points(20), _antennas(0)
    for level in _levels(points):
        now = served(points, none, level, radios=RADIOS)
        assert now.share.tolist() == [0.0] * 20
        assert now.site.tolist() == [-1] * 20


def test_rows_are_what_is_lacking_worth_what_it_lacks() -> None:
    points, _, _, levels, now, problem = _question()
    for number, (level, here) in enumerate(zip(levels, now, strict=True)):
        mine = problem.level == number
        point = problem.point[mine]
        assert point.tolist() == np.flatnonzero(here.share < 1.0).tolist()
        lacks = points.weight[point] * (1.0 - here.share[point])
        assert problem.weights[mine] == pytest.approx(level.weight * lacks)
        assert (problem.needed[mine] >= 1).all()
    assert problem.covers.shape == (len(problem.weights), 40)


def test_the_share_after_is_that_of_network_and_choice_computed_from_scratch() -> None:
    points, stands, offered, levels, now, problem = _question()
    chosen = np.array([30, 2, 17, 5, 11])
    together = _both(stands, offered.rows(chosen))
    for number, (level, here) in enumerate(zip(levels, now, strict=True)):
        best = best_server(
            points.xy_m, together.xy_m, demand_environment=points.environment,
            site_radio=together.radio, site_stations=together.stations, radios=RADIOS,
            service=level.service,
        )  # fmt: skip
        carriers = best.station_count if level.counts_carriers else best.spare_db >= 0
        afresh = np.minimum(carriers / level.carriers_wanted, 1.0)
        found = share_after(here, level, problem, number, chosen)
        assert found == pytest.approx(afresh)
        assert (found - here.share).sum() > 0


def test_the_objective_is_what_the_levels_gain() -> None:
    points, _, _, levels, now, problem = _question()
    chosen = np.array([30, 2, 17])
    units = problem.covers[:, chosen].sum(axis=1)
    objective = (problem.weights * np.minimum(units / problem.needed, 1.0)).sum()
    gained = [
        level.weight
        * points.weight
        @ (share_after(here, level, problem, number, chosen) - here.share)
        for number, (level, here) in enumerate(zip(levels, now, strict=True))
    ]
    assert objective == pytest.approx(sum(gained))


def test_choosing_nothing_changes_nothing() -> None:
    _, _, _, levels, now, problem = _question()
    none = np.zeros(0, dtype=np.int64)
    for number, (level, here) in enumerate(zip(levels, now, strict=True)):
        assert (share_after(here, level, problem, number, none) == here.share).all()


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10_000), points=st.integers(1, 40), few=st.integers(0, 6),
    more=st.integers(0, 6),
)  # fmt: skip
def test_more_sites_never_serve_less(seed: int, points: int, few: int, more: int) -> None:
    people = _points(points, seed)
    some = _antennas(few, seed + 1)
    all_of_them = _both(some, _antennas(more, seed + 2))
    for level in _levels(people, seed):
        before = served(people, some, level, radios=RADIOS)
        after = served(people, all_of_them, level, radios=RADIOS)
        assert (after.share >= before.share).all()
        assert (after.carriers >= before.carriers).all()


@settings(max_examples=10, deadline=None)
@given(chosen=st.lists(st.integers(0, 39), unique=True, max_size=12))
def test_more_chosen_sites_never_serve_less(chosen: list[int]) -> None:
    _, _, _, levels, now, problem = _question()
    for number, (level, here) in enumerate(zip(levels, now, strict=True)):
        shares = [
            share_after(here, level, problem, number, np.array(chosen[:count], dtype=np.int64))
            for count in range(len(chosen) + 1)
        ]
        assert (np.diff(np.stack(shares), axis=0) >= 0).all()


def test_everything_served_and_nothing_offered_are_questions_too() -> None:
    points, _, offered, levels, now, _ = _question()
    full = [replace(here, share=np.ones(len(points.weight))) for here in now]
    assert covering(points, offered, levels, full, radios=RADIOS).covers.shape == (0, 40)
    nothing = covering(points, _antennas(0), levels, now, radios=RADIOS)
    assert nothing.covers.shape == (len(nothing.weights), 0)


def test_antennas_of_chosen_sites_are_renumbered_in_the_order_chosen() -> None:
    antennas = Antennas(
        xy_m=np.arange(10.0).reshape(5, 2),
        radio=np.array([0, 1, 0, 1, 0]),
        site=np.array([0, 0, 1, 2, 2]),
        stations=np.array([5, 4, 3, 2, 1]),
    )
    found = antennas.rows(np.array([2, 0]))
    assert sorted(zip(found.site.tolist(), found.stations.tolist(), strict=True)) == [
        (0, 1),
        (0, 2),
        (1, 4),
        (1, 5),
    ]
    none: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    assert antennas.rows(none).site.tolist() == []
