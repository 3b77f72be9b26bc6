"""Modelled places: townships partition their county, villages lie inside, the same every time."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from siting.layers.modelled.placement import low_discrepancy_points, place_villages, township_cells

SQUARE = shapely.box(0.0, 0.0, 8000.0, 8000.0)
HORSESHOE = shapely.difference(SQUARE, shapely.box(3000.0, 2000.0, 5000.0, 8000.0))
WITH_ISLE = shapely.union(SQUARE, shapely.box(9000.0, 0.0, 9500.0, 500.0))
SEATS = np.array([[1000.0, 1000.0], [6000.0, 1500.0], [2000.0, 7000.0], [7000.0, 6500.0]])


@pytest.mark.parametrize("outline", [SQUARE, HORSESHOE, WITH_ISLE])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_cells_partition_the_county(outline, count):
    cells = township_cells(outline, SEATS[:count])
    assert len(cells) == count
    assert sum(cell.area for cell in cells) == pytest.approx(outline.area, rel=1e-9)
    assert shapely.union_all(cells).symmetric_difference(outline).area < 1e-3
    for seat, cell in zip(SEATS, cells, strict=False):
        assert shapely.buffer(cell, 1e-6).covers(shapely.Point(seat))


def test_every_place_belongs_to_the_nearest_seat():
    cells = township_cells(SQUARE, SEATS)
    for xy in low_discrepancy_points(SQUARE, 200):
        nearest = int(np.hypot(*(SEATS - xy).T).argmin())
        assert cells[nearest].distance(shapely.Point(xy)) < 1e-6


def test_a_seat_outside_the_outline_still_gets_a_cell():
    cells = township_cells(SQUARE, np.array([[-900.0, 4000.0], [6000.0, 4000.0]]))
    assert cells[0].area == pytest.approx(3000.0 * 8000.0)
    assert cells[1].area == pytest.approx(5000.0 * 8000.0)


def test_seats_on_one_line_are_no_trouble():
    seats = np.array([[1000.0, 4000.0], [4000.0, 4000.0], [7000.0, 4000.0]])
    areas = [cell.area / 8000.0 for cell in township_cells(SQUARE, seats)]
    assert areas == pytest.approx([2500.0, 3000.0, 2500.0])


@pytest.mark.parametrize("area", [SQUARE, HORSESHOE, WITH_ISLE])
@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_villages_lie_inside_apart_and_share_the_area(area, count):
    points, radius_m = place_villages(area, SEATS[0], ["220"] * count)
    assert points.shape == (count, 2)
    assert shapely.contains_xy(area, points[:, 0], points[:, 1]).all()
    assert len(np.unique(points, axis=0)) == count
    assert (np.pi * radius_m**2).sum() == pytest.approx(area.area)


def test_more_urban_villages_stand_nearer_to_the_seat():
    classes = ["220", "111", "122", "220", "121", "210"]
    points, _ = place_villages(SQUARE, SEATS[0], classes)
    distance = np.hypot(*(points - SEATS[0]).T)
    assert [classes[k] for k in np.argsort(distance)] == sorted(classes)


def test_villages_stand_closer_together_near_the_seat():
    points, radius_m = place_villages(SQUARE, np.array([4000.0, 4000.0]), ["220"] * 60)
    distance = np.hypot(*(points - 4000.0).T)
    near, far = radius_m[distance < 1500.0], radius_m[distance > 3000.0]
    assert near.mean() < 0.85 * far.mean()


def test_the_same_inputs_give_the_same_bytes():
    first, second = (place_villages(HORSESHOE, SEATS[0], ["121", "220"] * 9) for _ in range(2))
    assert first[0].tobytes() == second[0].tobytes()
    assert first[1].tobytes() == second[1].tobytes()


def test_the_sequence_fills_evenly():
    """Each of 16 equal parts of the square gets its share of 1600 points within 5 percent."""
    points = low_discrepancy_points(SQUARE, 1600)
    counts = np.histogram2d(points[:, 0], points[:, 1], bins=4, range=[[0, 8000], [0, 8000]])[0]
    assert np.abs(counts - 100.0).max() <= 5.0
