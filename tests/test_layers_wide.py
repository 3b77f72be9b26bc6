"""Wide layers and rasters are listed and checked by their headers, and read when asked for."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from layer_edits import only, records, write

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers import check_layers, read_layers, read_wide
from siting.layers.schema import CATALOGUE

WEST, NORTH = 118.56, 24.90


@pytest.fixture
def town(tiny_town: Path, tmp_path: Path) -> Path:
    directory = tmp_path / "town"
    shutil.copytree(tiny_town, directory)
    return directory


def draw_roads(directory: Path, *, west: float = WEST, **columns: list[object]) -> Path:
    """Write roads.gpkg as an import does: two lines, with the columns given on top."""
    lines = [shapely.LineString([(west, 24.88), (west + 0.01, 24.88 + k * 0.01)]) for k in (0, 1)]
    given = {"name": ["海滨路", None], "maxspeed_kmh": [60.0, np.nan]} | columns
    given = {"provenance": ["surveyed", "surveyed"]} | given
    path = directory / "roads.gpkg"
    roads = gpd.GeoDataFrame(given, geometry=lines, crs="EPSG:4326")
    roads.to_file(path, layer="roads")
    return path


def draw_sectors(directory: Path, sector_ids: list[str]) -> Path:
    points = [shapely.Point(118.565 + k * 0.001, 24.875) for k in range(len(sector_ids))]
    table = gpd.GeoDataFrame(
        {
            "sector_id": sector_ids,
            "site_id": "S1",
            "azimuth_deg": 120.0,
            "provenance": ["surveyed", *["official"] * (len(points) - 1)],
        },
        geometry=points,
        crs="EPSG:4326",
    )
    path = directory / "sectors.gpkg"
    table.to_file(path, layer="sectors")
    return path


def draw_raster(
    path: Path, *, west: float = 118.4, value: float = 3.0, crs: str = "EPSG:4326"
) -> Path:
    cells = np.full((30, 30), value, dtype=np.float32)
    place = Affine(0.01, 0.0, west, 0.0, -0.01, 25.0)
    options = {"driver": "GTiff", "height": 30, "width": 30, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", crs=crs, transform=place, nodata=-1.0, **options) as raster:
        raster.write(cells, 1)
    return path


def list_in_catalogue(directory: Path, layer: str, path: Path, **cells: str) -> None:
    """Add the row that an import writes to the catalogue."""
    rows = records(directory / "catalogue.csv")
    header = [*rows[0], *[name for name in cells if name not in rows[0]]]
    said = {"layer": layer, "file": path.name, "source": "survey 2024", **cells}
    said.setdefault("sha256", hashlib.sha256(path.read_bytes()).hexdigest())
    full = [[*row, *[""] * (len(header) - len(row))] for row in rows[1:]]
    write(directory / "catalogue.csv", [header, *full, [said.get(name, "") for name in header]])


def test_wide_layers_are_listed_with_their_facts(town):
    path = draw_sectors(town, ["A1", "A2", "A3"])
    report = check_layers(town)
    assert report.problems == ()
    row = report.table.set_index("file").loc["sectors.gpkg"]
    assert (row["layer"], row["rows"], row["crs"]) == ("sectors", 3, "EPSG:4326")
    assert row["bounds"] == (118.565, 24.875, 118.567, 24.875)
    assert row["provenance"] == "official 2; surveyed 1"
    assert row["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert row["datum"] == "WGS 84"


def test_a_plan_knows_the_paths_of_wide_layers_and_rasters(town):
    roads = draw_roads(town)
    dem, surface = draw_raster(town / "dem.tif"), draw_raster(town / "surface.tif")
    layers = read_layers(town)
    assert layers.wide == {"roads": roads}
    assert layers.rasters == {"dem": dem, "surface": surface}
    assert layers.terrain == dem
    assert {"terrain", "surface", "roads"} <= set(layers.catalogue["layer"])


def test_a_town_without_them_has_none(tiny_layers):
    assert (dict(tiny_layers.wide), dict(tiny_layers.rasters)) == ({}, {})
    assert tiny_layers.terrain is None


def test_a_wide_layer_is_read_in_the_working_crs_with_typed_columns(town):
    draw_roads(town, surface_kind=["asphalt", "gravel"])
    roads = read_wide(read_layers(town), "roads")
    assert roads.crs == "EPSG:32650"
    assert roads.geometry.iloc[0].length == pytest.approx(1010.0, rel=0.01)
    assert roads["name"].tolist() == ["海滨路", ""]
    assert roads["maxspeed_kmh"].dtype == float
    assert np.isnan(roads["maxspeed_kmh"].iloc[1])
    assert roads["ref"].tolist() == ["", ""]
    assert roads["surface_kind"].tolist() == ["asphalt", "gravel"]


def test_a_wide_layer_that_is_not_there_says_how_to_bring_it_in(tiny_layers):
    with pytest.raises(MissingDataError, match=r"siting layers import FILE --as roads"):
        read_wide(tiny_layers, "roads")
    with pytest.raises(ConfigurationError, match="no wide layer 'streets'"):
        read_wide(tiny_layers, "streets")


def test_a_missing_column_is_told(town):
    draw_roads(town).unlink()
    line = shapely.LineString([(WEST, 24.88), (WEST + 0.01, 24.88)])
    gpd.GeoDataFrame({"provenence": ["surveyed"]}, geometry=[line], crs="EPSG:4326").to_file(
        town / "roads.gpkg", layer="roads"
    )
    problem = only(check_layers(town).problems)
    assert (problem.file, problem.column) == ("roads.gpkg", "provenance")
    assert problem.remedy == "rename provenence to provenance"


def test_a_wide_layer_of_another_city_is_told(town):
    draw_roads(town, west=9.0)
    problem = only(check_layers(town).problems)
    assert problem.what.startswith("the whole layer lies outside the counties (9.000")


def test_a_key_that_stands_twice_is_told(town):
    draw_sectors(town, ["A1", "A2", "A1"])
    problem = only(check_layers(town).problems)
    assert (problem.file, problem.row, problem.column) == ("sectors.gpkg", 3, "sector_id")
    assert problem.what == "A1 stands 2 times"
    with pytest.raises(DataError):
        read_layers(town)


def test_a_file_that_is_no_geopackage_is_told(town):
    (town / "water.gpkg").write_text("not a database", encoding="utf-8")
    problem = only(check_layers(town).problems)
    assert (problem.file, problem.what) == ("water.gpkg", "cannot be read")


def test_a_wide_layer_in_another_format_is_not_passed_over(town):
    (town / "roads.csv").write_text("name\n", encoding="utf-8")
    problem = only(check_layers(town).problems)
    assert problem.remedy == "bring it in with `siting layers import roads.csv --as roads`"


def test_what_an_import_keeps_beside_its_layers_is_no_layer(town):
    draw_roads(town)
    for name in ("ports.rejected.csv", "roads.rejected.csv", "sites.rejected.csv"):
        (town / name).write_text("row,reasons\n", encoding="utf-8")
    (town / ".replaced").mkdir()
    (town / ".replaced" / "ports.csv").write_text("id\n", encoding="utf-8")
    draw_raster(town / "population.tif")
    assert check_layers(town).problems == ()
    (town / "ports.csv").unlink()
    assert "rejected" not in str(check_layers(town).problems)


def test_a_changed_file_is_said_and_its_catalogue_row_not_believed(town):
    list_in_catalogue(town, "roads", draw_roads(town))
    assert check_layers(town).table.set_index("layer").loc["roads", "note"] == ""
    draw_roads(town, name=["环城路", "海滨路"])
    note = check_layers(town).table.set_index("layer").loc["roads", "note"]
    assert note == "changed since the catalogue was written"
    row = read_layers(town).catalogue.set_index("layer").loc["roads"]
    assert (row["source"], row["note"]) == ("", note)


def test_the_catalogue_says_where_an_imported_layer_came_from(town):
    said = {"origin": "roads.xlsx", "origin_sha256": "ab" * 32, "read_as": "GCJ-02"}
    list_in_catalogue(town, "roads", draw_roads(town), **said)
    assert check_layers(town).problems == ()
    row = read_layers(town).catalogue.set_index("layer").loc["roads"]
    assert {name: row[name] for name in said} == said
    assert row["source"] == "survey 2024"
    assert {"origin", "origin_sha256", "read_as"} <= {column.name for column in CATALOGUE.columns}


@pytest.mark.parametrize(("datum", "word"), [("GCJ-02", "gcj02"), ("BD-09", "bd09")])
def test_a_shifted_datum_names_the_import_that_moves_it(town, datum, word):
    list_in_catalogue(town, "roads", draw_roads(town), datum=datum)
    problem = only(check_layers(town).problems)
    assert f"`siting layers import FILE --as roads --datum {word}`" in problem.remedy


@pytest.mark.parametrize(
    ("west", "value", "what"),
    [
        (9.0, 3.0, "the landcover lies outside the counties"),
        (118.4, -1.0, "every cell of the landcover is nodata"),
    ],
)
def test_a_raster_of_nothing_or_of_elsewhere_is_told(town, west, value, what):
    draw_raster(town / "landcover.tif", west=west, value=value)
    assert only(check_layers(town).problems).what == what


def test_a_hundred_thousand_rows_are_checked_without_reading_them(town, monkeypatch):
    count = 100_000
    points = shapely.points(np.linspace(118.56, 118.58, count), np.full(count, 24.875))
    table = pd.DataFrame({"rsrp_dbm": np.full(count, -90.0), "provenance": "surveyed"})
    gpd.GeoDataFrame(table, geometry=points, crs="EPSG:4326").to_file(
        town / "measurements.gpkg", layer="measurements", use_arrow=True
    )

    read = gpd.read_file

    def read_others(path: Path, **options: object) -> gpd.GeoDataFrame:
        assert path.stem != "measurements"
        return read(path, **options)

    monkeypatch.setattr("siting.layers.folder.files.gpd.read_file", read_others)
    assert read_layers(town).wide.keys() == {"measurements"}
    assert check_layers(town).problems == ()
