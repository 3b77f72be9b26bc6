"""What a folder of layers knows of the ground, read leniently; what evidence it gives."""

import shutil

import geopandas as gpd
import numpy as np
import pytest
import shapely

from siting.layers.datum.detective import Claims
from siting.layers.datum.evidence import place_weights, road_weights, thinned
from siting.layers.datum.judge import shares
from siting.layers.datum.names import named_outlines, named_places
from siting.layers.datum.surroundings import OUTLINE_ACCURACY_M, surroundings_of
from siting.layers.read import embedded_directory


@pytest.fixture
def folder(tmp_path):
    """Return a copy of the embedded layers that may be changed."""
    return shutil.copytree(embedded_directory(), tmp_path / "layers")


def rows(**words):
    count = len(next(iter(words.values())))
    cells = {name: np.array(values, dtype=object) for name, values in words.items()}
    return Claims(
        file="a.csv", rows=np.arange(2, count + 2), x=np.zeros(count), y=np.zeros(count), **cells
    )


# ------------------------------------------------------------------ the folder
def test_the_embedded_outline_is_trusted_as_its_provenance_says():
    city = surroundings_of(embedded_directory())
    assert city.outline_accuracy_m == OUTLINE_ACCURACY_M["generalised"] == 200.0
    assert len(city.counties) == 12
    assert len(city.townships) > 160
    assert (city.townships["sigma_m"] > 500.0).all()
    assert city.roads is None
    x, y = city.project(np.array([118.6, 0.0]), np.array([24.9, np.nan]))
    assert abs(x[0]) < 80_000.0
    assert np.isnan(y[1])


def test_an_empty_folder_knows_nothing(tmp_path):
    nothing = surroundings_of(tmp_path)
    assert nothing.counties is None
    assert nothing.bounds_deg is None
    assert nothing.road_points is None


def test_files_that_cannot_be_read_are_no_evidence(folder):
    (folder / "counties.geojson").write_text("{", encoding="utf-8")
    (folder / "roads.gpkg").write_bytes(b"no database")
    (folder / "townships.csv").write_bytes(b"\xff\xfe\x00")
    assert surroundings_of(folder).counties is None


def test_roads_and_buildings_of_the_folder_are_read_in_metres(folder):
    line = shapely.LineString([(118.6, 24.9), (118.61, 24.9)])
    area = shapely.box(118.6, 24.9, 118.6005, 24.9005)
    gpd.GeoDataFrame(geometry=[line], crs="EPSG:4326").to_file(folder / "roads.gpkg")
    gpd.GeoDataFrame(geometry=[area, None], crs="EPSG:4490").to_file(folder / "buildings.gpkg")
    city = surroundings_of(folder)
    assert shapely.length(city.roads[0]) == pytest.approx(1010.0, abs=5.0)
    assert shapely.area(city.buildings).sum() == pytest.approx(2796.0, rel=0.01)
    distance, _ = city.road_points.query(np.column_stack(city.project(118.605, 24.901)))
    assert distance[0] == pytest.approx(110.8, abs=2.0)


def test_the_catalogue_tells_how_far_an_outline_is_trusted(folder):
    path = folder / "catalogue.csv"
    said = path.read_text(encoding="utf-8").replace(",generalised,", ",surveyed,")
    path.write_text(said, encoding="utf-8")
    assert surroundings_of(folder).outline_accuracy_m == OUTLINE_ACCURACY_M["surveyed"]


# ------------------------------------------------------------------ names
def test_counties_are_found_by_code_by_name_and_at_the_end_of_an_address():
    city = surroundings_of(embedded_directory())
    words = ["晋江市", "晋江", "350582", "350582123", "福建省泉州市晋江市", "", "北京市"]
    _, which = named_outlines(rows(county=words), np.arange(7), city)
    jinjiang = city.counties["code"].tolist().index("350582")
    assert which.tolist() == [jinjiang] * 5 + [12, 12]


def test_a_name_that_two_townships_share_tells_only_with_its_county():
    city = surroundings_of(embedded_directory())
    names = city.townships["name"]
    twice = names[names.duplicated(keep=False)].iloc[0]
    county = city.townships.loc[names == twice, "county_code"].iloc[0]
    claims = rows(
        township=[twice, twice, "海滨街道", "海滨", "nowhere"], county=["", county, "", "", ""]
    )
    place, table = named_places(claims, np.arange(5), city)
    assert place[0] == -1
    assert table["county_code"].iloc[place[1]] == county
    assert place[2] == place[3] >= 0
    assert place[4] == -1


# ------------------------------------------------------------------ weights
def test_records_in_one_cell_count_once_and_the_seed_draws_them():
    x = np.repeat([10.0, 1010.0, 5010.0], 50)
    kept = thinned(x, x, cell_m=200.0, most=100, seed=1)
    assert len(kept) == 3
    assert np.array_equal(kept, thinned(x, x, cell_m=200.0, most=100, seed=1))
    assert len(thinned(x, x, cell_m=200.0, most=2, seed=1)) == 2


def test_a_record_by_a_road_weighs_for_it_and_never_more_than_the_cap(folder):
    line = shapely.LineString([(118.0, 25.2), (118.9, 25.2)])
    gpd.GeoDataFrame(geometry=[line], crs="EPSG:4326").to_file(folder / "roads.gpkg")
    city = surroundings_of(folder)
    x, y = city.project(np.full(3, 118.4), np.array([25.2003, 25.21, 25.25]))
    by, off, far = road_weights([(x, y)], city.road_points)[0]
    assert np.log(12.0) >= by > 1.0
    assert by > off >= np.log(0.35) - 1e-9
    assert far == pytest.approx(np.log(0.35), abs=0.4)


def test_many_places_never_outweigh_their_common_error():
    count = 100_000
    place, zero = np.arange(count), np.zeros(count)
    shifted = (np.full(count, 576.0), zero)
    weights = place_weights([(zero, zero), shifted], place, zero, zero, np.full(count, 500.0))
    assert weights[0] == 0.0
    assert -3.0 < weights[1] < -2.0  # 576 m against a common error of 250 m


def test_shares_prefer_no_hypothesis_and_batches_lend_to_each_other():
    assert shares(np.zeros((1, 3)))[0] == pytest.approx([1 / 3] * 3)
    table = shares(np.array([[20.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 12.0, 0.0]]))
    assert table.sum(axis=1) == pytest.approx([1.0] * 3)
    assert table[0, 0] > 0.99
    assert table[2, 1] > 0.99
    assert table[1, 0] < 0.9
