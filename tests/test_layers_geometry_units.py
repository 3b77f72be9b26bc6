"""Overlaps and gaps between units are measured, placed and told from the outlines' accuracy."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from siting.errors import ConfigurationError
from siting.layers.geometry.gaps import enclosed_gaps
from siting.layers.geometry.units import unit_faults

EAST, NORTH = 650_000.0, 2_750_000.0
CORNER = np.array([EAST, NORTH])


def units(*shapes, codes="ABCDEFGHIJ", parent="P"):
    moved = [shapely.transform(shape, lambda xy: xy + CORNER) for shape in shapes]
    table = {
        "code": list(codes[: len(shapes)]),
        "name": [f"unit {c}" for c in codes[: len(shapes)]],
    }
    return gpd.GeoDataFrame({**table, "county_code": parent}, geometry=moved, crs="EPSG:32650")


def test_units_that_share_their_borders_have_no_fault():
    squares = [shapely.box(x, y, x + 1000, y + 1000) for x in (0, 1000) for y in (0, 1000)]
    assert unit_faults(units(*squares)).empty


def test_an_overlap_is_measured_once_with_its_pair_width_and_place():
    faults = unit_faults(units(shapely.box(0, 0, 1000, 1000), shapely.box(980, 0, 2000, 1000)))
    assert len(faults) == 1
    fault = faults.iloc[0]
    assert (fault["fault"], fault["code_1"], fault["code_2"]) == ("overlap", "A", "B")
    assert fault["area_km2"] == pytest.approx(0.02)
    assert fault["width_m"] == pytest.approx(2 * 20_000 / 2_040, abs=0.1)
    middle = gpd.GeoSeries(gpd.points_from_xy([fault["lon"]], [fault["lat"]]), crs=4326).to_crs(
        32650
    )
    assert middle.iloc[0].distance(shapely.Point(EAST + 990, NORTH + 500)) < 2.0


def test_a_unit_inside_another_and_one_drawn_twice_are_overlaps():
    outer, inner = shapely.box(0, 0, 1000, 1000), shapely.box(100, 100, 200, 200)
    faults = unit_faults(units(outer, inner, inner))
    assert faults[["code_1", "code_2"]].agg("".join, axis=1).tolist() == ["AB", "AC", "BC"]
    assert faults["area_km2"].tolist() == [0.01] * 3


def test_a_gap_is_what_units_enclose_with_all_units_around_it():
    ring = [
        shapely.box(0, 0, 3000, 1000),
        shapely.box(0, 1000, 1000, 2000),
        shapely.box(2000, 1000, 3000, 2000),
        shapely.box(0, 2000, 3000, 3000),
    ]
    gap = unit_faults(units(*ring)).iloc[0]
    assert (gap["fault"], gap["code_1"], gap["code_2"]) == ("gap", "A", "B; C; D")
    assert gap["area_km2"] == pytest.approx(1.0)
    island = shapely.box(1400, 1400, 1600, 1600)
    gap = unit_faults(units(*ring, island)).iloc[0]
    assert gap["area_km2"] == pytest.approx(0.96)
    assert unit_faults(units(*ring, shapely.box(1000, 1000, 2000, 2000))).empty


def test_a_fault_narrower_than_the_outlines_are_accurate_says_so():
    pair = units(shapely.box(0, 0, 1000, 1000), shapely.box(980, 0, 2000, 1000))
    assert not unit_faults(pair, accuracy_m=200.0)["beyond_accuracy"].any()
    assert unit_faults(pair, accuracy_m=10.0)["beyond_accuracy"].all()


def test_faults_below_the_least_area_are_not_listed():
    pair = units(shapely.box(0, 0, 1000, 1000), shapely.box(999.99, 0, 2000, 1000))
    assert unit_faults(pair).empty
    assert len(unit_faults(pair, least_area_km2=1e-6)) == 1


def test_townships_are_held_against_their_county():
    county = units(shapely.box(0, 0, 2000, 1000), codes="P")
    towns = units(shapely.box(0, 0, 1000, 1100), shapely.box(1000, 0, 1800, 1000))
    faults = unit_faults(towns, parents=county)
    assert faults["fault"].tolist() == ["in no unit of its parent", "outside its parent"]
    assert faults["area_km2"].tolist() == pytest.approx([0.2, 0.1])
    assert faults["code_1"].tolist() == ["", "A"]
    assert faults["code_2"].tolist() == ["P", "P"]


def test_units_in_degrees_and_parents_in_another_crs_are_refused():
    pair = units(shapely.box(0, 0, 1000, 1000))
    with pytest.raises(ConfigurationError, match="not in metres"):
        unit_faults(pair.to_crs("EPSG:4326"))
    with pytest.raises(ConfigurationError, match="two coordinate systems"):
        unit_faults(pair, parents=pair.to_crs("EPSG:4549"))


@pytest.mark.parametrize("seed", range(4))
def test_gaps_found_group_by_group_are_the_holes_of_the_whole(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 20, (2, 90))
    boxes = shapely.box(x, y, x + rng.uniform(0.5, 4, 90), y + rng.uniform(0.5, 4, 90))
    whole = shapely.union_all(boxes)
    filled = shapely.union_all(
        shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(whole)))
    )
    gaps = enclosed_gaps(boxes)
    assert shapely.area(gaps).sum() == pytest.approx(filled.area - whole.area)
    assert shapely.union_all(gaps).symmetric_difference(filled - whole).area < 1e-9
    assert len(gaps) > 0


def test_the_counties_of_the_reference_neither_overlap_nor_leave_gaps(shared_directory):
    path = shared_directory / "data" / "quanzhou" / "admin_county" / "quanzhou_counties.gpkg"
    if not path.is_file():
        pytest.skip("the counties of the reference folder are not here")
    counties = gpd.read_file(path, layer="counties_wgs84").to_crs("EPSG:32650")
    code = next(name for name in ("code", "adcode", "county_code") if name in counties)
    counties = counties.assign(code=counties[code].astype(str), name=counties[code].astype(str))
    assert counties.geometry.is_valid.all()
    faults = unit_faults(counties)
    assert faults.empty
