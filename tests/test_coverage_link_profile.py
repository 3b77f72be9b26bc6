"""A link's profile has the geometry of the page, and the losses of the published models."""

from __future__ import annotations

import math

import numpy as np
import pytest

from siting.coverage import Terrain, p526, p1812, tr38901
from siting.coverage.link_losses import link_levels_dbm, link_losses
from siting.coverage.link_profile import link_profile, terrain_profile
from siting.errors import ConfigurationError, DataError

DISTANCE_M = np.linspace(0.0, 3000.0, 101)
RIDGE_M = 50.0 + 60.0 * np.exp(-(((DISTANCE_M - 1800.0) / 200.0) ** 2))
FLAT_M = np.full(101, 20.0)


def ridge(**changes):
    return link_profile(
        DISTANCE_M, RIDGE_M, **{"base_height_m": 25.0, "carrier_ghz": 3.5, **changes}
    )


def flat(**changes):
    return link_profile(
        DISTANCE_M, FLAT_M, **{"base_height_m": 60.0, "carrier_ghz": 3.5, **changes}
    )


def test_the_ray_is_straight_and_the_earth_bulges_most_in_the_middle():
    path = flat()
    assert path.ray_m[[0, 50, -1]] == pytest.approx([80.0, 50.75, 21.5])
    # d (D - d) / 2 ae with ae = 8500 km: 1500 m x 1500 m / 17,000 km
    assert path.bulge_m[[0, 50, -1]] == pytest.approx([0.0, 1500.0**2 / 17.0e6, 0.0])


def test_the_first_fresnel_zone_is_half_the_root_of_wavelength_times_length_in_the_middle():
    path = flat()
    wavelength_m = 2.998e8 / 3.5e9
    assert path.fresnel_m[50] == pytest.approx(0.5 * math.sqrt(wavelength_m * 3000.0))
    assert path.fresnel_m[[0, -1]] == pytest.approx([0.0, 0.0])


def test_a_ridge_obstructs_and_is_the_horizon_of_both_ends():
    path = ridge()
    assert path.sight == "obstructed"
    assert path.clearance < 0.0
    assert abs(DISTANCE_M[path.horizon_from] - 1800.0) <= 60.0
    assert abs(DISTANCE_M[path.horizon_to] - 1800.0) <= 60.0
    distance_m, height_m = path.edge_m
    assert distance_m == pytest.approx(1800.0, abs=30.0)
    assert height_m >= RIDGE_M.max()


def test_the_edge_of_the_picture_is_the_edge_of_p526():
    for path in (ridge(), flat(), ridge(base_height_m=140.0)):
        expected = p526.bullington_loss_db(
            path.distance_m / 1000.0,
            path.ground_m,
            transmitter_m=path.mast_m,
            receiver_m=path.terminal_m,
            carrier_ghz=path.carrier_ghz,
        )
        assert p526.knife_edge_with_path_db(path.nu, 3.0) == pytest.approx(expected, abs=1e-9)
        assert link_losses(path).bullington_db == expected


def test_a_path_is_clear_grazing_or_obstructed_by_its_clearance():
    heights = (300.0, 80.0, 25.0)
    paths = [ridge(base_height_m=height) for height in heights]
    assert paths[-1].sight == "obstructed"
    for path in paths:
        free_m = (path.ray_m - path.ground_m - path.bulge_m)[1:-1]
        assert path.clearance == pytest.approx(np.min(free_m / path.fresnel_m[1:-1]))
        assert path.obstructed == bool((free_m < 0.0).any())
    assert flat(ue_height_m=30.0).sight == "clear"
    assert flat(ue_height_m=0.5).sight in {"clear", "grazing"}


def test_losses_are_those_of_the_models():
    path = ridge()
    losses = link_losses(path, scenario="UMa")
    states = [
        float(
            tr38901.path_loss_db(
                "UMa", 3000.0, carrier_ghz=3.5, base_height_m=25.0, line_of_sight=sight
            )
        )
        for sight in (True, False)
    ]
    assert [losses.los_db, losses.nlos_db] == pytest.approx(states)
    assert losses.p1812_db == pytest.approx(
        p1812.basic_loss_db(
            DISTANCE_M / 1000.0,
            RIDGE_M,
            carrier_ghz=3.5,
            transmitter_height_m=25.0,
            receiver_height_m=1.5,
        )
    )
    slant_km = math.hypot(3000.0, path.mast_m - path.terminal_m) / 1000.0
    assert losses.free_space_db == pytest.approx(92.45 + 20.0 * math.log10(3.5 * slant_km))


def test_an_obstructed_path_has_no_line_of_sight_and_loses_the_larger():
    losses = link_losses(ridge())
    assert losses.los_probability == 0.0
    assert losses.combined_db == max(losses.nlos_db, losses.los_db + losses.bullington_db)
    level = link_levels_dbm(losses, eirp_per_re_dbm=30.0)
    assert level["median"] == pytest.approx(30.0 - losses.combined_db, abs=1e-6)


def test_a_free_path_keeps_the_chance_of_line_of_sight():
    losses = link_losses(flat())
    expected = float(tr38901.line_of_sight_probability("UMa", 3000.0))
    assert losses.los_probability == pytest.approx(expected)
    assert losses.combined_db == losses.nlos_db
    level = link_levels_dbm(losses, eirp_per_re_dbm=30.0)
    assert level["nlos"] < level["median"] < level["los"]
    assert level["of_95_percent"] < level["median"]


def test_on_a_surface_model_the_profile_alone_decides_on_line_of_sight():
    losses = link_losses(flat(), surface=True)
    assert losses.los_probability == 1.0
    levels = link_levels_dbm(losses, eirp_per_re_dbm=38.0)
    assert levels["median"] == pytest.approx(levels["los"], abs=1e-6)
    assert levels["median"] > link_levels_dbm(link_losses(flat()), eirp_per_re_dbm=38.0)["median"]
    assert link_losses(ridge(), surface=True) == link_losses(ridge())


def test_beyond_the_range_of_tr38901_only_the_terrain_models_answer():
    far = link_profile(4.0 * DISTANCE_M, FLAT_M, base_height_m=60.0, carrier_ghz=0.7)
    losses = link_losses(far, scenario="RMa")
    assert not losses.within_range
    assert math.isnan(losses.combined_db)
    assert math.isfinite(losses.p1812_db)
    assert math.isnan(link_levels_dbm(losses, eirp_per_re_dbm=30.0)["median"])


def plane(rows=40, columns=60):
    """A DEM that rises 2 m a cell eastwards; cells of 30 m."""
    heights = np.tile(np.arange(columns, dtype=np.float32) * 2.0, (rows, 1))
    return Terrain(elevation_m=heights, west_m=0.0, north_m=1200.0, cell_m=30.0, file="plane.tif")


def test_a_profile_samples_the_terrain_between_cell_centres():
    distance_m, ground_m = terrain_profile(plane(), (45.0, 600.0), (1545.0, 600.0))
    assert distance_m[-1] == 1500.0
    assert len(distance_m) == 51
    assert ground_m == pytest.approx((45.0 + distance_m - 15.0) / 30.0 * 2.0, abs=1e-4)


def test_a_profile_is_the_same_from_both_ends():
    there = terrain_profile(plane(), (100.0, 200.0), (1500.0, 900.0))[1]
    back = terrain_profile(plane(), (1500.0, 900.0), (100.0, 200.0))[1]
    assert there == pytest.approx(back[::-1], abs=1e-9)


@pytest.mark.parametrize(
    ("start", "end", "error", "words"),
    [
        ((100.0, 600.0), (100.0, 600.0), ConfigurationError, "same place"),
        ((100.0, 600.0), (104.0, 600.0), ConfigurationError, "outside the range"),
        ((100.0, 600.0), (5000.0, 600.0), DataError, "the point lies off the DEM"),
        ((-50.0, 600.0), (500.0, 600.0), DataError, "the mast lies off the DEM"),
    ],
)
def test_places_that_have_no_profile_are_named(start, end, error, words):
    with pytest.raises(error, match=words):
        terrain_profile(plane(), start, end)


def test_a_void_between_the_ends_is_refused():
    terrain = plane()
    terrain.elevation_m[18:22, 25] = np.nan
    with pytest.raises(DataError, match="no elevation"):
        terrain_profile(terrain, (100.0, 600.0), (1500.0, 600.0))


@pytest.mark.parametrize(
    "changes", [{"base_height_m": -3.0}, {"carrier_ghz": float("nan")}, {"ue_height_m": 0.0}]
)
def test_numbers_out_of_range_are_refused(changes):
    with pytest.raises(ConfigurationError, match="outside the range"):
        ridge(**changes)
