"""A city that lists no townships, villages or codes gets modelled ones that say so."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from layer_edits import only, write
from second_city import LAT, LON, outline, write_boundary, write_people, write_register

from siting.errors import ConfigurationError, DataError
from siting.layers import Layers, check_layers, read_layers
from siting.layers.folder.working_crs import utm_zone, working_crs


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Return a folder with a boundary of 100,000 people and a register."""
    write_boundary(tmp_path, population=100_000)
    write_register(tmp_path)
    return tmp_path


def said(layers: Layers) -> str:
    return "; ".join(note.en for note in layers.notes)


def two_districts(directory: Path, **columns: list[object]) -> None:
    """Write a boundary cut in two by a meridian."""
    halves = [
        shapely.intersection(outline(), shapely.box(LON - 1.0, LAT - 1.0, LON + 0.03, LAT + 1.0)),
        shapely.intersection(outline(), shapely.box(LON + 0.03, LAT - 1.0, LON + 1.0, LAT + 1.0)),
    ]
    table = gpd.GeoDataFrame({"name": ["West", "Ost"], **columns}, geometry=halves, crs="EPSG:4326")
    table.to_file(directory / "counties.geojson")


# ---------------------------------------------------------------- the working CRS


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [
        (9.03, 48.0, "EPSG:32632"),
        (104.0, 30.6, "EPSG:32648"),
        (118.3, 25.1, "EPSG:32650"),
        (151.2, -33.9, "EPSG:32756"),
        (180.0, 10.0, "EPSG:32601"),
        (-180.0, 10.0, "EPSG:32601"),
    ],
)
def test_auto_is_the_utm_zone_of_the_middle(lon, lat, zone):
    assert utm_zone((lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)) == zone


def test_a_city_beyond_utm_is_asked_for_its_crs():
    with pytest.raises(ConfigurationError, match="no UTM zone reaches 85"):
        utm_zone((10.0, 84.9, 11.0, 85.1))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:999999", "EPSG:2225"])
def test_a_crs_that_does_not_measure_in_metres_is_refused(crs):
    with pytest.raises(ConfigurationError, match="does not measure in metres"):
        working_crs(crs, None)


def test_the_embedded_and_the_tiny_town_keep_their_zone(tiny_layers):
    assert tiny_layers.crs == "EPSG:32650"


# ---------------------------------------------------------------- people without villages


def test_county_people_alone_are_spread_evenly_and_the_warning_is_plain(city):
    layers = read_layers(city)
    villages = layers.villages
    assert villages["population"].sum() == 100_000
    assert villages["population"].max() - villages["population"].min() <= 1
    assert villages.within(layers.counties.geometry.iloc[0]).all()
    assert set(villages["provenance"]) == {"modelled"}
    assert len(villages) == pytest.approx(layers.counties.area.sum() / 4e6, abs=1.0)
    assert "wherever they really live; read sites as totals, not as places" in said(layers)


def test_a_raster_says_where_and_the_county_says_how_many(city):
    write_people(city)
    layers = read_layers(city)
    villages = layers.villages
    assert villages["population"].sum() == 100_000
    middle = np.average(villages.geometry.x, weights=villages["population"])
    town = gpd.GeoSeries([shapely.Point(LON + 0.03, LAT + 0.025)], crs="EPSG:4326").to_crs(
        layers.crs
    )
    assert middle == pytest.approx(town.x.iloc[0], abs=300.0)
    assert villages["location_radius_m"].between(500.0, 700.0).all()
    assert "places of about 1 km" in said(layers)


def test_a_raster_alone_gives_the_people_of_each_county_too(tmp_path):
    two_districts(tmp_path)
    total = write_people(tmp_path)
    layers = read_layers(tmp_path)
    sums = layers.villages.groupby("county_code")["population"].sum()
    assert layers.counties.set_index("code")["population"].to_dict() == sums.to_dict()
    assert 0.97 * total < sums.sum() <= total
    assert "summed from places" in said(layers)


def test_density_makes_a_place_urban_a_town_or_a_village(city):
    write_people(city)
    classes = read_layers(city).villages.groupby("urban_rural_class")["population"].max()
    assert set(classes.index) == {"111", "121", "220"}
    assert classes["111"] > classes["121"] > classes["220"]


def test_a_coarse_grid_is_cut_by_the_border_and_spread_over_its_cell(tmp_path):
    write_boundary(tmp_path)
    cells = np.array([[1000.0]], dtype=np.float32)
    west, north, side = LON - 0.01, LAT + 0.06, 0.08
    with rasterio.open(
        tmp_path / "population.tif", "w", driver="GTiff", width=1, height=1, count=1,
        dtype="float32", crs="EPSG:4326", transform=Affine(side, 0.0, west, 0.0, -side, north),
    ) as raster:  # fmt: skip
        raster.write(cells, 1)
    layers = read_layers(tmp_path)
    share = outline().area / side**2
    assert layers.villages["population"].sum() == pytest.approx(1000.0 * share, rel=0.03)
    assert len(layers.villages) > 15


def test_fewer_than_no_people_are_refused(city):
    write_people(city)
    with rasterio.open(city / "population.tif", "r+") as raster:
        cells = raster.read(1)
        cells[30, 30] = -5.0
        raster.write(cells, 1)
    with pytest.raises(DataError, match=r"population\.tif: holds -5 people in a cell"):
        read_layers(city)


def test_places_are_the_same_every_time(city):
    write_people(city)
    one, other = read_layers(city).villages, read_layers(city).villages
    assert one.equals(other)


# ---------------------------------------------------------------- codes that a file leaves out


def test_villages_with_people_need_no_code_class_or_township(tmp_path):
    two_districts(tmp_path)
    write(
        tmp_path / "villages.csv",
        [
            ["name", "lon", "lat", "population", "provenance"],
            ["Alt", f"{LON + 0.01}", f"{LAT + 0.01}", "60000", "official"],
            ["Neu", f"{LON + 0.05}", f"{LAT + 0.02}", "7000", "official"],
            ["Hof", f"{LON + 0.04}", f"{LAT + 0.03}", "300", "official"],
        ],
    )
    layers = read_layers(tmp_path)
    villages = layers.villages.set_index("name")
    assert villages["county_code"].to_dict() == {"Alt": "C01", "Neu": "C02", "Hof": "C02"}
    assert villages["township_code"].to_dict() == {
        "Alt": "C01000",
        "Neu": "C02000",
        "Hof": "C02000",
    }
    assert villages["urban_rural_class"].to_dict() == {"Alt": "111", "Neu": "121", "Hof": "220"}
    assert villages["code"].is_unique
    assert set(villages["provenance"]) == {"official"}
    assert layers.counties.set_index("code")["population"].to_dict() == {"C01": 60_000, "C02": 7300}
    assert "told by their people" in said(layers)


def test_codes_of_other_lengths_are_taken_where_the_city_is_not_listed_by_the_bureau(tmp_path):
    two_districts(tmp_path, code=["DE-1", "DE-22"], population=[500, 600])
    layers = read_layers(tmp_path)
    assert layers.counties["code"].tolist() == ["DE-1", "DE-22"]
    assert layers.townships["county_code"].tolist() == ["DE-1", "DE-22"]


def test_one_code_with_a_digit_missing_is_still_told_in_a_city_of_the_bureau(tmp_path):
    halves = {"code": ["510104", "51010"], "population": [500, 600]}
    two_districts(tmp_path, **halves)
    assert check_layers(tmp_path).problems == ()  # half and half: nothing can be told
    third = gpd.read_file(tmp_path / "counties.geojson")
    more = third.iloc[[0]].assign(code="510105", name="Mitte")
    gpd.GeoDataFrame(gpd.pd.concat([third, more]), crs="EPSG:4326").to_file(
        tmp_path / "counties.geojson"
    )
    problem = only(check_layers(tmp_path).problems)
    assert problem.what == "'51010' is not a code of 6 digits"


def test_a_code_missing_in_one_row_is_told(tmp_path):
    two_districts(tmp_path, code=["DE-1", ""], population=[500, 600])
    assert only(check_layers(tmp_path).problems).what == "is empty"


def test_a_village_without_people_in_a_county_without_a_figure_is_told(tmp_path):
    write_boundary(tmp_path)
    rows = [["name", "lon", "lat", "population", "provenance"]]
    rows += [["A", f"{LON + 0.01}", f"{LAT + 0.01}", "60", "official"]]
    rows += [["B", f"{LON + 0.02}", f"{LAT + 0.02}", "", "official"]]
    write(tmp_path / "villages.csv", rows)
    problem = only(check_layers(tmp_path).problems)
    assert (problem.file, problem.row, problem.column) == ("villages.csv", 3, "population")


def test_reports_without_a_ledger_are_told(city):
    (city / "progress.csv").write_text("target,date,value,unit,source\n", encoding="utf-8")
    assert only(check_layers(city).problems).remedy == "add targets.csv, or remove this file"


def test_a_misspelt_optional_layer_is_not_passed_over(city):
    (city / "vilages.csv").write_text("name\n", encoding="utf-8")
    assert only(check_layers(city).problems).remedy.startswith("rename vilages.csv to villages.csv")


def test_an_empty_catalogue_and_a_readme_are_no_problem(city):
    (city / "catalogue.csv").write_text("layer,file\n", encoding="utf-8")
    (city / "README.md").write_text("put layers here\n", encoding="utf-8")
    assert check_layers(city).problems == ()
