"""The parts of the page: packed coordinates, the coverage picture, names for the search box."""

from __future__ import annotations

import base64
import json
import struct
import warnings
import zlib

import numpy as np
import pytest
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.warp import transform
from shapely.geometry import MultiPolygon, Point, Polygon, box

from siting.maps.encode import deflated, differences, outline, plain, script_json
from siting.maps.overlay import coverage_overlay, paletted_png, stage_index
from siting.maps.words import initials, romanised, syllables
from siting.plan.model import CoverageRasters


def test_differences_add_up_to_the_coordinates_within_half_a_unit() -> None:
    degrees = np.array([118.123456, 118.2, 117.9999999, -3.5])
    assert np.cumsum(differences(degrees)) / 1e5 == pytest.approx(degrees, abs=5e-6)


def test_an_outline_keeps_every_ring_and_drops_the_closing_point() -> None:
    ring = Polygon(box(0, 0, 3, 3).exterior, [box(1, 1, 2, 2).exterior])
    rings = outline(MultiPolygon([ring, box(5, 5, 6, 6)]))
    assert [len(points) for points in rings] == [8, 8, 8]
    steps = np.array(rings[0]).reshape(-1, 2)
    assert {tuple(point) for point in np.cumsum(steps, axis=0)} == {
        (0, 0), (300_000, 0), (300_000, 300_000), (0, 300_000),
    }  # fmt: skip


@pytest.mark.parametrize("geometry", [None, Polygon(), Point(1, 2)])
def test_what_has_no_area_has_no_outline(geometry: object) -> None:
    assert outline(geometry) == []


def test_blocks_are_raw_deflate_of_the_same_json() -> None:
    value = {"name": ["泉州", '<"&'], "n": [1, None]}
    packed = deflated(value)
    assert json.loads(zlib.decompress(base64.b64decode(packed), wbits=-15)) == value


def test_script_json_opens_no_tag_and_reads_back() -> None:
    value = {"a": "</script><!--<script>\u2028"}
    text = script_json(value)
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan"), None])
def test_missing_numbers_are_null(value: object) -> None:
    assert plain(value) is None


def rasters(before: float, after: float) -> CoverageRasters:
    levels = np.full((2, 20, 30), np.nan, dtype="float32")
    levels[0, :, :10] = before
    levels[1, :, :20] = after
    return CoverageRasters(
        rsrp_dbm=levels, stages=("before", "2024"), west_m=650_000.0, north_m=2_760_000.0,
        cell_m=200.0, crs="EPSG:32650",
    )  # fmt: skip


def test_classes_are_good_from_95_and_basic_from_105() -> None:
    levels = np.array([[[-95.0, -95.1, -105.0, -105.1, np.nan]]], dtype="float32")
    assert stage_index(levels).tolist() == [[2, 1, 1, 0, 0]]


def test_an_index_tells_the_class_at_every_stage() -> None:
    index = stage_index(rasters(-100.0, -90.0).rsrp_dbm)
    assert sorted(np.unique(index).tolist()) == [0, 6, 7]


def test_the_palette_of_the_picture_stands_where_the_page_rewrites_it() -> None:
    png = paletted_png(np.zeros((2, 3), dtype="uint8"), colours=9)
    assert png[37:41] == b"PLTE"
    assert struct.unpack(">I", png[33:37]) == (27,)
    behind = 41 + 27 + 4
    assert png[behind + 4 : behind + 8] == b"tRNS"


def test_the_picture_reads_back_with_the_right_place_and_pixels() -> None:
    overlay = coverage_overlay(rasters(-100.0, -90.0))
    with warnings.catch_warnings(), MemoryFile(overlay.png) as file:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with file.open() as picture:
            pixels = picture.read(1)
    assert set(np.unique(pixels).tolist()) == {0, 6, 7}
    (south, west), (north, east) = overlay.bounds
    xs, ys = transform("EPSG:32650", "EPSG:4326", [650_000.0], [2_760_000.0])
    assert west == pytest.approx(xs[0], abs=0.001)
    assert north == pytest.approx(ys[0], abs=0.001)
    assert south < north
    assert west < east


def test_more_coverage_is_never_drawn_as_less() -> None:
    index = stage_index(rasters(-100.0, -90.0).rsrp_dbm)
    before, after = index % 3, index // 3 % 3
    assert (after >= before).all()


def test_names_are_found_by_pinyin() -> None:
    assert initials("东海街道") == "dhjd"
    assert syllables("泉州") == "quanzhou"
    assert romanised("崇武镇") == "Chongwu Town"
    assert romanised("百崎回族乡") == "Baiqi Hui Township"
