"""What the numbers alone tell: degrees or metres, which way round, which zone."""

import numpy as np
import pyproj
import pytest
import shapely

from siting.errors import ConfigurationError
from siting.layers.datum.crs import Declared
from siting.layers.datum.detective import Claims, investigate, transform_shapes
from siting.layers.datum.formulas import wgs84_to_bd09, wgs84_to_gcj02
from siting.layers.datum.hypotheses import (
    declared_hypotheses,
    degree_hypotheses,
    hypothesis,
    projected_hypotheses,
)
from siting.layers.datum.surroundings import surroundings_of
from siting.layers.read import embedded_directory

LON, LAT = np.array([118.35, 118.65, 117.9]), np.array([24.95, 24.87, 25.6])


@pytest.fixture(scope="module")
def city():
    """Return the surroundings of the embedded city: outlines and named places, no roads."""
    return surroundings_of(embedded_directory())


def claims(x, y):
    return Claims(file="a.csv", rows=np.arange(2, len(x) + 2), x=np.array(x), y=np.array(y))


def zone(code, *, northing_first=False):
    base = 4326 if code > 32000 else 4490
    x, y = pyproj.Transformer.from_crs(base, code, always_xy=True).transform(LON, LAT)
    return (y, x) if northing_first else (x, y)


ZONES = [4547, 4548, 4549, 4526, 4527, 4528, 4497, 4498]


@pytest.mark.parametrize("northing_first", [False, True])
@pytest.mark.parametrize("code", ZONES)
def test_a_zone_is_told_from_the_numbers_with_and_without_prefix(city, code, northing_first):
    x, y = zone(code, northing_first=northing_first)
    verdict = investigate(claims(x, y), city, datum="cgcs2000")
    assert verdict.question is None
    assert verdict.crs == f"EPSG:{code}"
    assert verdict.datum == "CGCS2000"
    assert np.allclose((verdict.lon, verdict.lat), (LON, LAT), rtol=0.0, atol=1e-8)


@pytest.mark.parametrize("northing_first", [False, True])
@pytest.mark.parametrize("code", [32649, 32650, 32651])
def test_a_utm_zone_is_told_where_wgs84_is_ordered(city, code, northing_first):
    x, y = zone(code, northing_first=northing_first)
    verdict = investigate(claims(x, y), city, datum="wgs84")
    assert (verdict.crs, verdict.datum) == (f"EPSG:{code}", "WGS 84")
    assert np.allclose((verdict.lon, verdict.lat), (LON, LAT), rtol=0.0, atol=1e-8)


@pytest.mark.parametrize("code", [4548, 4549, 4527, 32650])
def test_undeclared_metres_name_their_zone_and_ask(city, code):
    verdict = investigate(claims(*zone(code)), city)
    said = str(verdict.question)
    assert f"EPSG:{code}" in said
    assert "Xi'an 1980" in said
    assert "--datum cgcs2000" in said
    assert np.isnan(verdict.lon).all()


@pytest.mark.parametrize("code", [4548, 4527])
def test_a_declared_zone_is_taken_in_either_order(city, code):
    for northing_first in (False, True):
        x, y = zone(code, northing_first=northing_first)
        verdict = investigate(claims(x, y), city, declared=f"EPSG:{code}")
        assert verdict.question is None
        assert np.allclose((verdict.lon, verdict.lat), (LON, LAT), rtol=0.0, atol=1e-8)


def test_metres_of_a_local_system_are_asked_about(city):
    verdict = investigate(claims([1200.5, 3400.2, 900.0], [5300.1, 2100.9, 1000.0]), city)
    assert "local system" in str(verdict.question)
    assert "--crs" in str(verdict.question)


def test_metres_in_gcj02_need_their_crs(city):
    assert "--crs" in str(investigate(claims(*zone(4549)), city, datum="gcj02").question)


def test_degrees_declared_as_metres_are_asked_about(city):
    verdict = investigate(claims(LON, LAT), city, declared="EPSG:4549")
    assert "EPSG:4549 is declared and the numbers are degrees" in str(verdict.question)


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_swapped_pair_is_told_from_the_numbers(city, datum, swapped):
    shift = {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}.get(datum, lambda x, y: (x, y))
    x, y = shift(LON, LAT)
    if swapped:
        x, y = y, x
    verdict = investigate(claims(x, y), city, datum=datum)
    assert np.allclose((verdict.lon, verdict.lat), (LON, LAT), rtol=0.0, atol=1e-8)
    assert set(verdict.hypothesis) == {datum + (" swapped" if swapped else "")}


def test_the_planner_may_give_crs_and_shift_together(city):
    x, y = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(
        *wgs84_to_gcj02(LON, LAT)
    )
    verdict = investigate(claims(x, y), city, datum="gcj02", crs="EPSG:3857")
    assert np.allclose((verdict.lon, verdict.lat), (LON, LAT), rtol=0.0, atol=1e-8)


@pytest.mark.parametrize(("datum", "crs"), [("gcj02", "EPSG:4490"), ("wgs84", "BD-09")])
def test_a_datum_and_a_crs_that_contradict_each_other_are_refused(city, datum, crs):
    with pytest.raises(ConfigurationError, match=r"--datum: says .* where --crs says"):
        investigate(claims(LON, LAT), city, datum=datum, crs=crs)


def test_a_crs_that_programmes_write_by_themselves_contradicts_no_datum(city):
    x, y = wgs84_to_gcj02(LON, LAT)
    verdict = investigate(claims(x, y), city, datum="gcj02", crs="EPSG:4326")
    assert np.allclose((verdict.lon, verdict.lat), (LON, LAT), rtol=0.0, atol=1e-8)


def test_x_is_always_east_whatever_the_code_prescribes():
    east, north = zone(4549)
    lon, lat = hypothesis("cgcs2000", crs="EPSG:4549").to_wgs84(east, north)
    assert np.allclose((lon, lat), (LON, LAT), rtol=0.0, atol=1e-8)
    assert np.array_equal(hypothesis("cgcs2000", crs="EPSG:4490").to_wgs84(LON, LAT)[0], LON)


def test_numbers_that_no_zone_can_hold_become_nothing():
    lon, lat = hypothesis("cgcs2000", crs="EPSG:4549").to_wgs84(
        np.array([1e30, np.nan, 500_000.0]), np.array([3e6, 3e6, 2.76e6])
    )
    assert np.isfinite(lon).tolist() == np.isfinite(lat).tolist() == [False, False, True]


def test_every_name_is_one_meaning():
    found = [*degree_hypotheses(), *projected_hypotheses(118.3)]
    found += declared_hypotheses(Declared(datum="wgs84", crs="EPSG:3857", projected=True), "gcj02")
    assert len({one.name for one in found}) == len(found)
    assert len({one.label for one in found}) == len(found)
    assert {one.datum for one in projected_hypotheses(118.3, ("cgcs2000",))} == {"cgcs2000"}


def test_lines_and_areas_move_with_every_vertex():
    area = shapely.Polygon(zip(*wgs84_to_gcj02(LON, LAT), strict=True))
    line = shapely.LineString(zip(*wgs84_to_gcj02(LON, LAT), strict=True))
    shapes = np.array([area, None, line], dtype=object)
    moved = transform_shapes(shapes, hypothesis("gcj02"))
    assert moved[1] is None
    assert shapely.equals_exact(
        moved[0], shapely.Polygon(zip(LON, LAT, strict=True)), tolerance=1e-8
    )
    assert shapely.get_type_id(moved[2]) == 1
    assert shapely.equals(shapes[0], area)
