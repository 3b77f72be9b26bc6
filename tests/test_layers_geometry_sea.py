"""A place outside the counties is told from one that the outline is too coarse to judge."""

import numpy as np
import shapely

from siting.layers.geometry.sea import places_at_sea

COUNTIES = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)], dtype=object)


def at_sea(*places, own=None, accuracy_m=200.0):
    ids = np.array([f"P{k}" for k in range(len(places))], dtype=object)
    shapes = np.array(places, dtype=object)
    own = None if own is None else np.array(own, dtype=float)
    return places_at_sea(ids, ids, shapes, COUNTIES, accuracy_m=accuracy_m, own_accuracy_m=own)


def test_places_inside_or_on_the_border_of_two_counties_are_not_listed():
    assert at_sea(shapely.Point(500, 500), shapely.Point(1000, 10), None, shapely.Point()).empty


def test_within_the_accuracy_of_the_outline_nothing_is_claimed():
    found = at_sea(shapely.Point(500, -200), shapely.Point(500, -201))
    assert found["id"].tolist() == ["P1", "P0"]
    assert found["verdict"].tolist() == ["outside", "cannot tell"]
    assert found["distance_m"].tolist() == [201.0, 200.0]
    assert found["why"].tolist() == [
        "201 m outside every county: in the sea, or in a neighbouring city",
        "200 m outside the outline, which may be 200 m off here",
    ]


def test_a_place_that_is_itself_uncertain_is_given_the_benefit():
    sea = shapely.Point(500, -900)
    found = at_sea(sea, sea, own=[np.nan, 1000.0])
    assert found["verdict"].tolist() == ["outside", "cannot tell"]
    assert found["accuracy_m"].tolist() == [200.0, 1200.0]


def test_an_area_that_reaches_into_a_county_is_not_at_sea():
    assert at_sea(shapely.box(-500, 0, 10, 100)).empty
    assert at_sea(shapely.box(-500, 0, -300, 100))["distance_m"].tolist() == [300.0]
