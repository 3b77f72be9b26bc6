"""A network on a grid: every cell has the best, the second and the sum that a plain loop finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sweep_network import (
    CELL_M,
    ELEMENT,
    EVEN,
    PLAIN,
    URBAN,
    centre_of,
    hills,
    masts_at,
    sectors_of,
    terrain_of,
)

from siting.coverage.sweep import path_loss_disc, sweep_network, what_if, with_patches

CELLS = [(40, 40), (44, 71), (75, 52), (70, 90), (90, 30)]
FIELDS = ("best_dbm", "best_sector", "second_dbm", "sum_mw")
TERRAIN = terrain_of(hills(130))
CARRIERS = (3.5, 0.7)


def sweep(masts, sectors, *, terrain=TERRAIN, **more):
    return sweep_network(
        masts, sectors, terrain, **{
            "carriers_ghz": CARRIERS, "antennas": [ELEMENT, EVEN], "rsrp_floor_dbm": -125.0,
            "max_range_m": 800.0, "exact_within_m": 300.0, **more,
        },
    )  # fmt: skip


def equal(one, other, part=(slice(None),) * 3):
    return all(
        np.array_equal(getattr(one, name)[part], getattr(other, name), equal_nan=True)
        for name in FIELDS
    )


def plain_levels(masts, sectors, floor_dbm):
    """Return the level [sector, row, column] of each sector, NaN below the floor."""
    rows, columns = TERRAIN.elevation_m.shape
    south, east = np.mgrid[:rows, :columns]
    levels = np.full((len(sectors.site), rows, columns), np.nan)
    for k, mast in enumerate(sectors.site):
        loss = path_loss_disc(
            masts.xy_m[mast], masts.height_m[mast], TERRAIN, environment=URBAN,
            carriers_ghz=[CARRIERS[sectors.carrier[k]]], max_range_m=800.0, exact_within_m=300.0,
        )[0]  # fmt: skip
        dx = (east - CELLS[mast][1]) * CELL_M
        dy = (CELLS[mast][0] - south) * CELL_M
        distance = np.maximum(np.hypot(dx, dy), 10.0)
        seen = TERRAIN.elevation_m + 1.5 - (dx**2 + dy**2) / 1.7e7
        up = seen - TERRAIN.elevation_m[CELLS[mast]] - masts.height_m[mast]
        antenna_db = (ELEMENT, EVEN)[sectors.antenna[k]].loss_db(
            np.degrees(np.arctan2(dx, dy)) - sectors.azimuth_deg[k],
            np.degrees(np.arctan2(up, distance)),
            electrical_tilt_deg=sectors.tilt_deg[k],
        )
        levels[k] = sectors.eirp_per_re_dbm[k] - loss - antenna_db
    levels[levels < floor_dbm] = np.nan
    return levels


@pytest.mark.filterwarnings("ignore:All-NaN")
def test_best_second_and_sum_are_those_of_a_plain_loop():
    masts = masts_at(TERRAIN, CELLS)
    sectors = sectors_of(masts, carriers=2)
    ours = sweep(masts, sectors)
    levels = plain_levels(masts, sectors, -125.0)
    for carrier in (0, 1):
        rows = np.flatnonzero(sectors.carrier == carrier)
        own = np.where(np.isnan(levels[rows]), -np.inf, levels[rows])
        ranked = np.sort(own, axis=0)
        clear = np.isfinite(ours.best_dbm[carrier]) & (ranked[-1] > -124.9)
        assert clear.sum() > 2500
        assert np.abs(ours.best_dbm[carrier] - ranked[-1])[clear].max() < 0.02
        two = clear & np.isfinite(ours.second_dbm[carrier]) & (ranked[-2] > -124.9)
        assert np.abs(ours.second_dbm[carrier] - ranked[-2])[two].max() < 0.02
        with np.errstate(invalid="ignore"):
            apart = clear & (ranked[-1] - ranked[-2] > 0.05)
        assert np.array_equal(rows[own.argmax(axis=0)][apart], ours.best_sector[carrier][apart])
        total = np.sum(10.0 ** (own / 10.0), axis=0)
        off_db = 10.0 * np.log10(ours.sum_mw[carrier][clear] / total[clear])
        assert np.percentile(np.abs(off_db), 99.0) < 0.02


def test_two_threads_give_the_very_numbers_of_one():
    masts = masts_at(TERRAIN, [(30, 30), (31, 90), (64, 60), (98, 34), (99, 100)])
    sectors = sectors_of(masts, carriers=2)
    assert equal(sweep(masts, sectors), sweep(masts, sectors, threads=2))


@pytest.mark.parametrize("window", [(0, 0, 130, 60), (35, 50, 20, 31), (50, 50, 1, 1)])
def test_a_window_has_the_very_numbers_of_the_whole(window):
    masts = masts_at(TERRAIN, CELLS)
    sectors = sectors_of(masts, carriers=2)
    row, column, rows, columns = window
    part = sweep(masts, sectors, window=window)
    inside = (slice(None), slice(row, row + rows), slice(column, column + columns))
    assert equal(sweep(masts, sectors), part, inside)
    assert part.west_m == TERRAIN.west_m + column * CELL_M


def test_the_order_of_masts_changes_no_level():
    masts = masts_at(TERRAIN, CELLS)
    back = masts_at(TERRAIN, CELLS[::-1])
    one, other = sweep(masts, sectors_of(masts)), sweep(back, sectors_of(back))
    for name in ("best_dbm", "second_dbm", "sum_mw"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def test_a_lower_floor_only_adds_cells():
    """Rays end where the link budget ends; what is left is not touched by that."""
    masts = masts_at(TERRAIN, CELLS)
    sectors = sectors_of(masts, eirp_dbm=20.0)
    high, low = (sweep(masts, sectors, rsrp_floor_dbm=floor) for floor in (-100.0, -140.0))
    kept = np.isfinite(high.best_dbm)
    assert np.array_equal(kept, low.best_dbm >= -100.0)
    assert np.array_equal(high.best_dbm[kept], low.best_dbm[kept])
    assert high.met.links < low.met.links


def test_each_carrier_ends_at_its_own_range():
    masts = masts_at(TERRAIN, CELLS[:1])
    ours = sweep(masts, sectors_of(masts, carriers=2, eirp_dbm=55.0), max_range_m=(300.0, 700.0))
    south, east = np.mgrid[:130, :130]
    away_m = np.hypot(south - 40, east - 40) * CELL_M
    for carrier, furthest_m in ((0, 300.0), (1, 700.0)):
        assert away_m[np.isfinite(ours.best_dbm[carrier])].max() == pytest.approx(
            furthest_m, abs=30
        )


def test_equal_sectors_share_the_first_number():
    masts = masts_at(TERRAIN, [CELLS[0], CELLS[0]])
    ours = sweep(masts, sectors_of(masts, faces=1), antennas=[EVEN])
    reached = np.isfinite(ours.best_dbm[0])
    assert set(np.unique(ours.best_sector[0][reached])) == {0}
    assert np.array_equal(ours.best_dbm[0], ours.second_dbm[0], equal_nan=True)


def test_cells_without_environment_have_no_level():
    masts = masts_at(TERRAIN, CELLS, environment=-1)
    raster = np.full((130, 130), PLAIN, dtype=np.int8)
    raster[:, 60:] = -1
    ours = sweep(masts, sectors_of(masts), environments_raster=raster)
    assert np.isnan(ours.best_dbm[0][:, 60:]).all()
    assert np.isfinite(ours.best_dbm[0][:, :60]).any()


def test_cells_beyond_the_models_range_are_counted_and_have_no_level():
    terrain = terrain_of(np.full((400, 400), 5.0), kind="surface")
    counts = {}
    for environment in (URBAN, PLAIN):
        masts = masts_at(terrain, [(200, 200)], environment=environment, height_m=40.0)
        ours = sweep(
            masts, sectors_of(masts, faces=1, eirp_dbm=60.0), terrain=terrain, antennas=[EVEN],
            carriers_ghz=(0.7,), max_range_m=5900.0, rsrp_floor_dbm=-150.0,
        )  # fmt: skip
        south, east = np.mgrid[:400, :400] - 200
        beyond = (np.hypot(south, east) * CELL_M > 5000.0) & np.isfinite(ours.best_dbm[0])
        counts[environment] = ours.met.beyond_range[0], int(beyond.sum())
    assert counts[URBAN][0] > 5000  # UMa ends at 5 km with or without line of sight
    assert counts[URBAN][1] == 0
    assert counts[PLAIN][0] == 0  # RMa goes on to 10 km with line of sight
    assert counts[PLAIN][1] > 5000


def moved(masts, mast, dx_m, dy_m):
    places = masts.xy_m.copy()
    places[mast] += (dx_m, dy_m)
    return replace(masts, xy_m=places)


def test_moving_adding_and_removing_a_mast_redoes_its_discs_only():
    masts = masts_at(TERRAIN, CELLS)
    sectors = sectors_of(masts, carriers=2)
    whole = sweep(masts, sectors)
    more = masts_at(TERRAIN, [*CELLS, (55, 60)])
    silent = replace(sectors, active=np.asarray(sectors.site) != 1)
    for after in (
        (moved(masts, 2, 90.0, -60.0), sectors),
        (more, sectors_of(more, carriers=2)),
        (masts, silent),
    ):
        patches = what_if((masts, sectors), after, TERRAIN, whole.settings)
        assert 0 < sum(patch.best_dbm[0].size for patch in patches) < 130 * 130
        assert equal(with_patches(whole, patches), sweep(*after))


def test_nothing_changes_where_nothing_is_changed():
    masts = masts_at(TERRAIN, CELLS)
    sectors = sectors_of(masts)
    whole = sweep(masts, sectors)
    assert what_if((masts, sectors), (masts, sectors), TERRAIN, whole.settings) == ()


def test_a_tilt_of_the_beam_moves_power_towards_the_mast():
    masts = masts_at(TERRAIN, CELLS[:1], height_m=40.0)
    flat = terrain_of(np.full((130, 130), 5.0))
    level, down = (
        sweep(masts, sectors_of(masts, tilt_deg=tilt), terrain=flat).best_dbm[0]
        for tilt in (0.0, 12.0)
    )
    assert down[40, 43] > level[40, 43]
    assert down[40, 64] < level[40, 64]


def test_power_is_highest_where_the_sector_points():
    flat = terrain_of(np.full((130, 130), 5.0))
    masts = masts_at(flat, [(60, 60)])
    for azimuth_deg, cell in ((0.0, (45, 60)), (90.0, (60, 75)), (225.0, (71, 49))):
        one = replace(sectors_of(masts, faces=1), azimuth_deg=np.array([azimuth_deg]))
        ours = sweep(masts, one, terrain=flat).best_dbm[0]
        ring = [(45, 60), (60, 75), (75, 60), (60, 45), (49, 49), (49, 71), (71, 49), (71, 71)]
        assert max(ring, key=lambda place: ours[place]) == cell


def test_the_place_of_a_mast_is_its_own_to_the_metre():
    x, y = centre_of(TERRAIN, 40, 40)
    assert (x - TERRAIN.west_m) % CELL_M == CELL_M / 2
    assert (TERRAIN.north_m - y) % CELL_M == CELL_M / 2
