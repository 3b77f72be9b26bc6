"""What must hold for the kernels whatever the terrain."""

from __future__ import annotations

import math
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numba import njit
from sweep_network import CELL_M, EVEN, URBAN, centre_of, masts_at, sectors_of, terrain_of

from siting.coverage.sweep import path_loss_disc, sweep_network
from siting.coverage.sweep.fast_math import bearing_deg_of, exp2_of, log2_of

SIZE = 41
MIDDLE = SIZE // 2
HEIGHTS = arrays(
    np.float32,
    (SIZE, SIZE),
    elements=st.floats(-400.0, 8800.0, width=32),
    fill=st.sampled_from([np.float32(0.0), np.float32(250.0)]),
)


def disc(heights, *, cell=(MIDDLE, MIDDLE), height_m=25.0, **more):
    terrain = terrain_of(heights, kind=more.pop("kind", "bare_earth"))
    return path_loss_disc(
        centre_of(terrain, *cell), height_m, terrain, environment=URBAN, at_edges="exclude",
        **{"carriers_ghz": [3.5], "max_range_m": 590.0, "exact_within_m": 150.0, **more},
    )[0]  # fmt: skip


def within(radius_m=590.0):
    south, east = np.mgrid[-MIDDLE : MIDDLE + 1, -MIDDLE : MIDDLE + 1]
    return np.hypot(south, east) * CELL_M < radius_m


@settings(max_examples=30, deadline=None)
@given(heights=HEIGHTS, kind=st.sampled_from(["bare_earth", "surface"]), partial=st.booleans())
def test_no_finite_terrain_gives_anything_but_numbers(heights, kind, partial):
    for exact_within_m in (150.0, 600.0):
        # walls of kilometres cost more than the 210 dB that a disc keeps
        with (
            mock.patch("siting.coverage.sweep.disc._EIRP_DBM", 160.0),
            mock.patch("siting.coverage.sweep.prepare._EIRP_DBM", (-60.0, 200.0)),
        ):
            loss = disc(
                heights, kind=kind, partial_obstruction=partial, exact_within_m=exact_within_m
            )
        assert np.isfinite(loss[within()]).all()
        assert loss[within()].min() > 40.0


@settings(max_examples=25, deadline=None)
@given(
    height_m=st.floats(10.0, 60.0),
    carrier_ghz=st.floats(0.5, 6.0),
    ground_m=st.floats(-100.0, 4000.0),
)
def test_on_flat_ground_farther_is_never_stronger(height_m, carrier_ghz, ground_m):
    flat = np.full((SIZE, SIZE), ground_m, dtype=np.float32)
    loss = disc(flat, height_m=height_m, carriers_ghz=[carrier_ghz], kind="surface")
    south, east = np.mgrid[-MIDDLE : MIDDLE + 1, -MIDDLE : MIDDLE + 1]
    order = np.argsort((south**2 + east**2)[within()], kind="stable")
    assert np.all(np.diff(loss[within()][order]) > -2e-4)


@settings(max_examples=25, deadline=None)
@given(heights=HEIGHTS, south=st.integers(-9, 9), east=st.integers(-9, 9))
def test_terrain_takes_as_much_there_as_back(heights, south, east):
    """With both ends as high, a path and its way back lose the same: Bullington is reciprocal."""
    from siting.coverage.sweep.mast import fill_window, find_horizons, room_of
    from siting.coverage.sweep.rays import ray_table

    if not south and not east:
        return
    losses = []
    for row, column, down, right in (
        (MIDDLE, MIDDLE, south, east),
        (MIDDLE + south, MIDDLE + east, -south, -east),
    ):
        table = ray_table(10, 10)
        room = room_of(table, partial=False)
        highest = fill_window(heights, row, column, 10, CELL_M, 25.0, room.height, room.seen)
        antenna = np.float32(room.height[room.height.size // 2] + 25.0)
        far = np.full(360, 1e9, dtype=np.float32)
        find_horizons(room, table, antenna, far, far, highest, False)  # noqa: FBT003 - compiled
        cell = (down + 10) * 21 + right + 10
        m = max(abs(down), abs(right))
        rise, fall = float(room.horizons.rise[cell]), float(room.horizons.fall[cell])
        direct = (float(room.seen[cell]) - float(antenna)) / m
        losses.append(((rise - direct), (fall + direct), rise >= direct))
    there, back = losses
    if m > 1 and abs(there[0]) > 0.01:
        assert there[2] == back[2]
        assert there[0] == pytest.approx(back[1], abs=2e-2)
        assert there[1] == pytest.approx(back[0], abs=2e-2)


@pytest.mark.parametrize("ue_height_m", [1.0, 1.5, 3.0])
def test_a_flat_sea_is_grazed_without_a_jump(ue_height_m):
    sea = np.zeros((SIZE, SIZE), dtype=np.float32)
    loss = disc(sea, ue_height_m=ue_height_m, kind="surface")
    row = loss[MIDDLE, MIDDLE + 1 : -1]
    assert np.all(np.diff(row) > 0.0)
    assert np.diff(row)[3:].max() < 4.0


def test_a_step_that_just_touches_the_path_costs_six_decibels_and_the_paths_share():
    """At nu = 0 Bullington's loss is J(0) + (1 - e^(-J/6)) (10 + 0.02 d)."""
    flat = np.zeros((SIZE, SIZE), dtype=np.float32)
    open_db = disc(flat, kind="surface")[MIDDLE, MIDDLE + 18]
    touched = flat.copy()
    bulge = (18 * CELL_M) ** 2 / 1.7e7
    straight = 25.0 + (1.5 - bulge - 25.0) * 9 / 18 + (9 * CELL_M) ** 2 / 1.7e7
    touched[:, MIDDLE + 9] = straight + 0.01
    edge = 6.9 + 20 * math.log10(math.sqrt(1.01) - 0.1)
    edge += (1 - math.exp(-edge / 6)) * (10 + 0.02 * 0.54)
    blocked = disc(touched, kind="surface", environments=plain_only())[MIDDLE, MIDDLE + 18]
    open_db = disc(flat, kind="surface", environments=plain_only())[MIDDLE, MIDDLE + 18]
    nlos_gap = blocked - open_db
    assert nlos_gap >= edge - 0.1


def plain_only():
    from siting.coverage.sweep import ON_TERRAIN

    return (ON_TERRAIN[2],) * len(ON_TERRAIN)


def test_a_higher_mast_never_sees_less():
    rng = np.random.default_rng(8)
    heights = (rng.random((SIZE, SIZE)) * 80.0).astype(np.float32)
    terrain = terrain_of(heights, kind="surface")
    seen = []
    for height_m in (15.0, 30.0, 60.0):
        masts = masts_at(terrain, [(MIDDLE, MIDDLE)], height_m=height_m)
        levels = sweep_network(
            masts, sectors_of(masts, faces=1), terrain, carriers_ghz=(3.5,), antennas=[EVEN],
            max_range_m=590.0, exact_within_m=600.0,
        )  # fmt: skip
        loss = 38.0 - levels.best_dbm[0]
        seen.append(loss < 105.0)
    assert np.all(seen[0] <= seen[1])
    assert np.all(seen[1] <= seen[2])


@njit
def logs(x, out):
    for i in range(len(x)):
        out[i] = log2_of(x[i])


@njit
def powers(x, out):
    for i in range(len(x)):
        out[i] = exp2_of(x[i])


@njit
def bearings(east, north, out):
    for i in range(len(east)):
        out[i] = bearing_deg_of(east[i], north[i])


def test_the_fast_functions_keep_their_errors():
    x = np.geomspace(1e-6, 1e12, 20_001).astype(np.float32)
    out = np.empty_like(x)
    logs(x, out)
    assert np.abs(out - np.log2(x.astype(float))).max() < 2e-5
    y = np.linspace(-120.0, 120.0, 20_001).astype(np.float32)
    powers(y, out)
    assert np.abs(out / np.exp2(y.astype(float)) - 1.0).max() < 1e-5
    turn = np.linspace(0.0, 2.0 * np.pi, 20_001)
    bearings(np.sin(turn).astype(np.float32), np.cos(turn).astype(np.float32), out)
    assert out.min() >= 0.0
    assert out.max() < 360.0
    off = (out - np.degrees(turn) + 180.0) % 360.0 - 180.0
    assert np.abs(off).max() < 1e-3
