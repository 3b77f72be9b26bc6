"""The loss around one mast: the published models on flat ground, brute force on rough ground."""

from __future__ import annotations

import numpy as np
import pytest
from coverage_reference import loss_db
from sweep_network import CELL_M, PLAIN, URBAN, centre_of, hills, terrain_of

from siting.coverage import tr38901
from siting.coverage.sweep import ON_TERRAIN, path_loss_disc
from siting.coverage.tr38901_formulas import LINE_OF_SIGHT

FLAT = terrain_of(np.full((121, 121), 20.0))
HERE = (60, 60)
SCENARIO = {URBAN: "UMa", PLAIN: "RMa"}


def disc(terrain, *, carriers_ghz=(3.5,), height_m=25.0, environment=URBAN, **more):
    return path_loss_disc(
        centre_of(terrain, *HERE), height_m, terrain, carriers_ghz=carriers_ghz,
        environment=environment, **{"max_range_m": 1790.0, "at_edges": "refuse", **more},
    )  # fmt: skip


def distances_m():
    south, east = np.mgrid[-60:61, -60:61]
    return np.maximum(np.hypot(south, east) * CELL_M, 10.0)


@pytest.mark.parametrize("environment", [URBAN, PLAIN])
@pytest.mark.parametrize("carrier_ghz", [0.7, 2.6, 3.5])
@pytest.mark.parametrize("height_m", [15.0, 25.0, 40.0])
def test_on_a_flat_surface_the_loss_is_that_of_line_of_sight(environment, carrier_ghz, height_m):
    surface = terrain_of(np.full((121, 121), 20.0), kind="surface")
    ours = disc(surface, carriers_ghz=(carrier_ghz,), environment=environment, height_m=height_m)[0]
    reached = np.isfinite(ours)
    published = tr38901.path_loss_db(
        SCENARIO[environment], distances_m()[reached], carrier_ghz=carrier_ghz,
        base_height_m=height_m, line_of_sight=True,
    )  # fmt: skip
    assert reached.sum() > 11_000
    assert np.abs(ours[reached] - published).max() < 0.01


@pytest.mark.parametrize("environment", [URBAN, PLAIN])
@pytest.mark.parametrize("probability", [0.5, 0.95])
def test_on_flat_bare_earth_the_loss_is_the_quantile_of_both_states(environment, probability):
    ours = disc(FLAT, environment=environment, location_probability=probability)[0]
    heights = FLAT.elevation_m
    for south, east in [(0, 1), (1, 1), (3, -2), (-7, 4), (15, 20), (-40, 5), (0, 59), (38, -41)]:
        plain = loss_db(
            heights, *HERE, south, east, mast_m=25.0, ue_m=1.5, cell_m=CELL_M, carrier_ghz=3.5,
            scenario=SCENARIO[environment], probability=probability,
        )  # fmt: skip
        assert ours[60 + south, 60 + east] == pytest.approx(plain, abs=0.02)


@pytest.mark.parametrize("kind", ["bare_earth", "surface"])
@pytest.mark.parametrize("environment", [URBAN, PLAIN])
def test_near_the_mast_the_loss_is_that_of_each_cells_own_profile(kind, environment):
    terrain = terrain_of(hills(121), kind=kind)
    ours = disc(terrain, environment=environment, carriers_ghz=(3.5, 0.7))
    rng = np.random.default_rng(1)
    for south, east in rng.integers(-23, 24, (120, 2)).tolist():
        for k, carrier_ghz in enumerate((3.5, 0.7)):
            plain = loss_db(
                terrain.elevation_m, *HERE, south, east, mast_m=25.0, ue_m=1.5, cell_m=CELL_M,
                carrier_ghz=carrier_ghz, scenario=SCENARIO[environment],
                surface=kind == "surface",
            )  # fmt: skip
            # on bare earth the mixture follows relief to first order
            within = 0.02 if kind == "surface" else 0.3
            if south or east:
                assert ours[k, 60 + south, 60 + east] == pytest.approx(plain, abs=within)


def test_farther_out_the_sweep_stays_within_a_decibel_of_brute_force():
    terrain = terrain_of(hills(121, relief_m=300.0), kind="surface")
    ours = disc(terrain, exact_within_m=150.0, environment=PLAIN)[0]
    rng = np.random.default_rng(2)
    off = []
    for south, east in rng.integers(-42, 43, (600, 2)).tolist():
        if south * south + east * east <= 36:
            continue
        plain = loss_db(
            terrain.elevation_m, *HERE, south, east, mast_m=25.0, ue_m=1.5, cell_m=CELL_M,
            carrier_ghz=3.5, scenario="RMa", surface=True,
        )  # fmt: skip
        off.append(ours[60 + south, 60 + east] - plain)
    assert np.median(np.abs(off)) < 0.1
    assert np.mean(np.abs(off) < 3.0) > 0.97


def test_more_rays_come_closer_to_a_profile_of_each_cells_own():
    terrain = terrain_of(hills(121, relief_m=300.0), kind="surface")
    exact = disc(terrain, exact_within_m=2000.0, environment=PLAIN)[0]
    off = [
        np.nanmean(np.abs(disc(terrain, exact_within_m=150.0, rays_per_cell=n)[0] - disc(
            terrain, exact_within_m=2000.0)[0]))
        for n in (1.1, 6.0)
    ]  # fmt: skip
    assert off[1] < 0.6 * off[0]
    assert np.isfinite(exact).sum() > 11_000


def test_a_wall_takes_line_of_sight_away_and_adds_its_diffraction():
    heights = np.full((121, 121), 20.0)
    heights[:, 80] = 120.0
    open_db = disc(FLAT)[0]
    walled_db = disc(terrain_of(heights))[0]
    assert np.array_equal(walled_db[60, :79], open_db[60, :79], equal_nan=True)
    assert np.all(walled_db[60, 81:119] > open_db[60, 81:119] - 1e-3)
    los = LINE_OF_SIGHT["UMa"](np.array(1500.0), np.array(1500.2), 3.5, 25.0, 1.5)
    assert walled_db[60, 110] > los + 20.0


def test_a_mast_beside_the_centre_of_its_cell_keeps_its_own_distances():
    surface = terrain_of(np.full((121, 121), 20.0), kind="surface")
    x, y = centre_of(surface, *HERE)
    ours = path_loss_disc(
        (x + 11.0, y - 7.0), 25.0, surface, carriers_ghz=[3.5], environment=URBAN,
        max_range_m=1700.0,
    )[0]  # fmt: skip
    for south, east in [(0, 3), (-5, 2), (20, -20)]:
        away_m = np.hypot(east * CELL_M - 11.0, -south * CELL_M + 7.0)
        published = tr38901.path_loss_db(
            "UMa", away_m, carrier_ghz=3.5, base_height_m=25.0, line_of_sight=True
        )
        assert ours[60 + south, 60 + east] == pytest.approx(float(published), abs=0.01)


def test_a_micro_mast_follows_the_street_model_everywhere():
    surface = terrain_of(np.full((121, 121), 20.0), kind="surface")
    ours = disc(surface, micro=True, height_m=10.0, environment=PLAIN)[0]
    published = tr38901.path_loss_db(
        "UMi", 900.0, carrier_ghz=3.5, base_height_m=10.0, line_of_sight=True
    )
    assert ours[60, 90] == pytest.approx(float(published), abs=0.01)


def test_environments_keep_their_allowances_when_they_are_given_any():
    import dataclasses

    wooded = [dataclasses.replace(each, extra_loss_db=7.0) for each in ON_TERRAIN]
    assert np.nanmax(np.abs(disc(FLAT, environments=wooded) - disc(FLAT) - 7.0)) < 1e-3


def test_the_fresnel_zone_counts_only_where_it_is_asked_for():
    terrain = terrain_of(hills(121, relief_m=60.0), kind="surface")
    without = disc(terrain, carriers_ghz=(0.7,))[0]
    with_it = disc(terrain, carriers_ghz=(0.7,), partial_obstruction=True)[0]
    gain = (with_it - without)[np.isfinite(without)]
    assert gain.min() > -1e-3
    assert gain.max() > 3.0
