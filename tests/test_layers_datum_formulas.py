"""GCJ-02 and BD-09 by the public formulas: published values, and there and back under 1 mm."""

import numpy as np
import pytest

from siting.layers.datum.formulas import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

QUANZHOU = (117.5, 24.3, 119.1, 26.0)
CHINA = (73.5, 17.0, 135.0, 53.5)
PAIRS = [
    (wgs84_to_gcj02, gcj02_to_wgs84),
    (gcj02_to_bd09, bd09_to_gcj02),
    (wgs84_to_bd09, bd09_to_wgs84),
]


def points(box, count=20_000, seed=0):
    west, south, east, north = box
    rng = np.random.default_rng(seed)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)


def metres_apart(lon, lat, other_lon, other_lat):
    east = (lon - other_lon) * 111_320.0 * np.cos(np.radians(lat))
    return np.hypot(east, (lat - other_lat) * 110_900.0)


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [  # values that public implementations of the formula have as their tests
        ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_has_the_published_values(wgs84, gcj02):
    assert np.allclose(wgs84_to_gcj02(*wgs84), gcj02, rtol=0.0, atol=1e-9)


def test_bd09_has_the_published_value():
    assert np.allclose(
        gcj02_to_bd09(116.404, 39.915), (116.41036949371029, 39.92133699351021), rtol=0.0, atol=1e-9
    )


def test_the_inverse_of_bd09_is_near_the_widely_copied_one_and_better():
    lon, lat = bd09_to_gcj02(116.404, 39.915)
    assert metres_apart(lon, lat, 116.39762729119315, 39.90865673957631) < 1.0
    assert np.allclose(gcj02_to_bd09(lon, lat), (116.404, 39.915), rtol=0.0, atol=1e-11)


@pytest.mark.parametrize("box", [QUANZHOU, CHINA], ids=["Quanzhou", "China"])
@pytest.mark.parametrize(("there", "back"), PAIRS)
def test_a_round_trip_is_good_to_a_millimetre(there, back, box):
    lon, lat = points(box)
    assert metres_apart(*back(*there(lon, lat)), lon, lat).max() < 0.001


def test_the_shift_in_quanzhou_is_what_is_known_of_it():
    lon, lat = points(QUANZHOU)
    gcj02_m = metres_apart(*wgs84_to_gcj02(lon, lat), lon, lat)
    bd09_m = metres_apart(*wgs84_to_bd09(lon, lat), lon, lat)
    assert gcj02_m.min() > 540.0
    assert gcj02_m.max() < 620.0
    assert bd09_m.min() > 1130.0
    assert bd09_m.max() < 1240.0


def test_outside_the_box_of_china_gcj02_is_wgs84():
    lon, lat = np.array([2.35, -122.27, 72.0, 121.5]), np.array([48.85, 37.8, 30.0, 56.0])
    for formula in (wgs84_to_gcj02, gcj02_to_wgs84):
        there = formula(lon, lat)
        assert np.array_equal(there[0], lon)
        assert np.array_equal(there[1], lat)


def test_what_is_no_number_stays_none_and_the_shape_is_kept():
    lon, lat = np.array([[118.6, np.nan], [np.inf, 118.7]]), np.full((2, 2), 24.9)
    east, north = gcj02_to_wgs84(lon, lat)
    assert east.shape == north.shape == (2, 2)
    assert np.isfinite(east).tolist() == [[True, False], [False, True]]


def test_the_arguments_are_left_as_they_were():
    lon, lat = points(QUANZHOU, count=100)
    before = lon.copy(), lat.copy()
    bd09_to_wgs84(lon, lat)
    assert np.array_equal(lon, before[0])
    assert np.array_equal(lat, before[1])


def test_each_step_of_the_inverse_is_closer():
    lon, lat = points(QUANZHOU, count=1000)
    there = wgs84_to_gcj02(lon, lat)
    off = [
        metres_apart(*gcj02_to_wgs84(*there, iterations=steps), lon, lat).max()
        for steps in (1, 2, 3)
    ]
    assert off[0] > 20.0 * off[1] > 400.0 * off[2]
