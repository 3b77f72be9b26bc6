"""Shapes are mended without changing what they are, and nothing is done unsaid."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from siting.layers.geometry.repair import repair_shapes

SQUARE = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"
SMALL_LOOP = "POLYGON ((0 0, 10 0, 10 10, 1 10, 0 11, 1 11, 0 10, 0 0))"
BOW_TIE = "POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))"


def repaired(*texts, **options):
    shapes = np.array([shapely.from_wkt(text) if text else None for text in texts], dtype=object)
    out, notes = repair_shapes(shapes, **options)
    return out.tolist(), notes.tolist()


def test_sound_shapes_come_back_as_they_are_and_nothing_is_said():
    texts = [SQUARE, "POINT (1 2)", "LINESTRING (0 0, 1 1)", "MULTIPOINT ((0 0), (1 1))"]
    shapes, notes = repaired(*texts)
    assert [shape.wkt for shape in shapes] == texts
    assert notes == [""] * 4


def test_a_small_loop_is_mended_and_said_with_its_place_and_the_change_of_area():
    (shape,), (note,) = repaired(SMALL_LOOP)
    assert shape.is_valid
    assert shape.area == pytest.approx(100.5)  # 100 as drawn: its loop of 0.25 was counted negative
    assert note == "self-intersection at 0.50000 10.50000; area changed by 0.5 %"


def test_a_repair_that_would_guess_the_area_is_refused_with_the_share():
    shapes, notes = repaired(BOW_TIE, SQUARE)
    assert shapes[0] is None
    assert "mending it would change the area by 100 %, more than 5 %" in notes[0]
    assert notes[1] == ""
    assert repaired(BOW_TIE, max_area_change=1.0)[0][0].area == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "has no shape"),
        ("POLYGON EMPTY", "is an empty shape"),
        ("LINESTRING (3 3, 3 3)", "has no length: all its points are the same"),
        ("POLYGON ((0 0, 5 5, 10 10, 0 0))", "nothing is left of it once mended"),
    ],
)
def test_what_is_no_shape_is_refused_with_the_reason(text, reason):
    (shape,), (note,) = repaired(text)
    assert shape is None
    assert reason in note


def test_a_coordinate_that_is_no_number_is_refused():
    shapes, notes = repair_shapes(np.array([shapely.Point(np.inf, 1)], dtype=object))
    assert shapes[0] is None
    assert notes[0] == "holds a coordinate that is no number"


def test_heights_measures_and_repeated_points_are_left_out_and_said():
    shapes, notes = repaired("LINESTRING ZM (0 0 5 1, 0 0 5 1, 1 1 6 2)", "POINT Z (1 2 3)")
    assert [shape.wkt for shape in shapes] == ["LINESTRING (0 0, 1 1)", "POINT (1 2)"]
    assert notes == [
        "heights left out; measures left out; 1 repeated point left out",
        "heights left out",
    ]


def test_outlines_run_counter_clockwise_whichever_way_they_were_drawn():
    (shape,), notes = repaired("POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0))")
    assert shape.exterior.is_ccw
    assert notes == [""]


def test_a_closed_line_is_an_area_where_areas_are_asked_for_and_an_open_one_is_not():
    texts = [
        "LINESTRING (0 0, 10 0, 10 10, 0 0)",
        "LINESTRING (0 0, 10 0, 10 10, 0.01 0.01)",
        "LINESTRING (0 0, 10 0, 10 10)",
        "POINT (1 1)",
    ]
    shapes, notes = repaired(*texts, dimension=2)
    assert [shape and shape.area for shape in shapes] == [
        50.0,
        pytest.approx(50.0, rel=0.01),
        None,
        None,
    ]
    assert notes == [
        "a closed line read as an area",
        "an open outline closed",
        "is an open line where an area is asked for",
        "is a point where an area is asked for",
    ]


def test_a_collection_keeps_the_parts_of_the_dimension_asked_for():
    text = f"GEOMETRYCOLLECTION ({SQUARE}, POINT (1 1), LINESTRING (0 0, 1 1))"
    shapes, notes = repaired(text, text, dimension=2)
    assert shapes[0].equals(shapely.from_wkt(SQUARE))
    assert notes[0] == "2 parts of another kind left out"
    shapes, notes = repaired(f"GEOMETRYCOLLECTION ({SQUARE})", dimension=1)
    assert (shapes, notes) == ([None], ["is a collection without a line"])


def test_a_part_without_area_is_left_out_and_said():
    text = "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 0)), ((20 20, 21 21, 22 22, 20 20)))"
    (shape,), (note,) = repaired(text)
    assert shape.area == 50.0
    assert "1 part without extent left out; area unchanged" in note


def test_a_hole_outside_its_outline_does_not_become_land():
    text = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (20 20, 21 20, 21 21, 20 20))"
    (shape,), (note,) = repaired(text)
    assert shape.equals(shapely.from_wkt(SQUARE))
    assert note == "hole lies outside shell at 20.00000 20.00000; area changed by 0.5 %"


def test_an_empty_part_is_left_out_and_a_collection_becomes_plain():
    texts = [
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 0)), EMPTY)",
        "GEOMETRYCOLLECTION (POLYGON ((0 0, 10 0, 10 10, 0 0)), LINESTRING (0 0, 1 1))",
    ]
    shapes, notes = repaired(*texts)
    assert [shape.wkt for shape in shapes] == ["POLYGON ((0 0, 10 0, 10 10, 0 0))"] * 2
    assert notes == ["an empty part left out", "1 part of another kind left out"]


def test_parts_that_lie_over_each_other_are_not_counted_twice():
    half = "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((0 0, 10 0, 10 10, 0 10, 0 0)))"
    (shape,), (note,) = repaired(half)
    assert shape is None
    assert "mending it would change the area by 50 %" in note


def test_the_shapes_given_are_not_changed():
    shapes = np.array([shapely.from_wkt(BOW_TIE), shapely.Point(1, 2, 3)], dtype=object)
    before = shapes.copy()
    repair_shapes(shapes)
    assert shapes.tolist() == before.tolist()


rings = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=9).map(
    shapely.Polygon
)
drawings = st.one_of(
    rings,
    st.lists(rings, min_size=1, max_size=3).map(shapely.MultiPolygon),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=5).map(
        shapely.LineString
    ),
    st.tuples(rings, rings).map(shapely.GeometryCollection),
)


@given(st.lists(drawings, min_size=1, max_size=4), st.sampled_from([None, 1, 2]))
def test_whatever_is_drawn_comes_out_valid_in_its_dimension_or_not_at_all(drawn, dimension):
    shapes, notes = repair_shapes(np.array(drawn, dtype=object), dimension=dimension)
    for before, after, note in zip(drawn, shapes, notes, strict=True):
        if after is None:
            assert note
            continue
        assert after.is_valid
        assert not after.is_empty
        wanted = shapely.get_dimensions(before) if dimension is None else dimension
        assert shapely.get_dimensions(after) == wanted
        plain = before.geom_type != "GeometryCollection"
        if before.is_valid and plain and shapely.get_dimensions(before) == wanted:
            assert after.equals(before)
        assert note or before.is_valid


@given(st.lists(drawings, min_size=1, max_size=3))
def test_repairing_twice_changes_nothing_more(drawn):
    once, _ = repair_shapes(np.array(drawn, dtype=object))
    kept = once[~shapely.is_missing(once)]
    twice, notes = repair_shapes(kept)
    assert shapely.equals_exact(kept, twice).all()
    assert (notes == "").all()
