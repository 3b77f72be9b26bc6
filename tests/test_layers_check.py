"""Everything that is wrong with a folder of layers is told at once, with file, row and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from layer_edits import (
    add_columns,
    as_drawn,
    drop_column,
    found,
    only,
    records,
    set_cell,
    set_header,
    write,
)

from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.layers import check_layers, read_layers


@pytest.fixture
def town(tiny_town: Path, tmp_path: Path) -> Path:
    directory = tmp_path / "town"
    shutil.copytree(tiny_town, directory)
    return directory


def place(problem: Problem) -> tuple[str, int | None, str]:
    return problem.file, problem.row, problem.column


def test_a_sound_town_has_no_problem(tiny_town):
    assert check_layers(tiny_town).problems == ()


def test_the_report_names_every_file_and_its_hash(tiny_town):
    table = check_layers(tiny_town).table.set_index("file")
    assert list(table.columns) == [
        "layer",
        "rows",
        "crs",
        "datum",
        "bounds",
        "provenance",
        "sha256",
        "note",
    ]
    assert table.loc["villages.csv", "rows"] == 24
    assert table.loc["counties.geojson", "layer"] == "county_outlines"
    assert table.loc["ports.csv", "bounds"] == (118.56, 24.866, 118.5745, 24.883)
    assert table["sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_a_missing_folder_is_told(tmp_path):
    problem = only(check_layers(tmp_path / "nowhere").problems)
    assert problem.what == "there is no such folder"
    with pytest.raises(DataError, match="no such folder"):
        read_layers(tmp_path / "nowhere")


def test_an_empty_folder_misses_boundary_people_and_register_and_says_how_to_add_each(tmp_path):
    with pytest.raises(MissingDataError) as caught:
        read_layers(tmp_path, needs=("sites",))
    boundary, people, register = caught.value.problems
    assert (boundary.file, register.file) == ("counties.csv", "sites.csv")
    assert "`siting layers import FILE --as population`" in people.remedy
    assert "`siting layers import FILE --as counties`" in boundary.remedy
    assert "`siting layers import FILE --as sites`" in register.remedy


def test_a_missing_layer_names_the_file_that_may_have_been_meant(town):
    (town / "ports.csv").rename(town / "prots.csv")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("ports.csv", None, "")
    assert problem.what == "the layer ports is missing"
    assert problem.remedy == "rename prots.csv to ports.csv if that is what was meant"
    with pytest.raises(MissingDataError):
        read_layers(town)


def test_an_optional_layer_that_the_catalogue_lists_is_missed(town):
    (town / "ports.csv").unlink()
    (town / "ports.rejected.csv").write_text("row\n", encoding="utf-8")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("catalogue.csv", 6, "file")
    assert problem.what == "lists ports.csv, which is not there"
    rows = [row for row in records(town / "catalogue.csv") if row[0] != "ports"]
    write(town / "catalogue.csv", rows)
    assert check_layers(town).problems == ()
    layers = read_layers(town)
    assert layers.ports.empty
    assert list(layers.ports.columns) == list(layers.parks.columns)
    assert any("port areas" in note.en for note in layers.notes)


def test_a_layer_in_an_unread_format_is_told(town):
    (town / "parks.csv").rename(town / "parks.xlsx")
    problem = only(check_layers(town).problems)
    assert problem.remedy == "save parks.xlsx as parks.gpkg, parks.geojson or parks.csv"


def test_two_files_of_one_layer_are_refused(town):
    copy = (town / "ports.csv").read_bytes()
    as_drawn(town / "ports.csv", ".gpkg")
    (town / "ports.csv").write_bytes(copy)
    problem = only(check_layers(town).problems)
    assert problem.what == "the layer ports is there 2 times: ports.gpkg and ports.csv"


def test_a_missing_column_is_told(town):
    drop_column(town / "ports.csv", "provenance")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("ports.csv", 1, "provenance")
    assert problem.what == "the column provenance is missing"
    with pytest.raises(DataError) as caught:
        read_layers(town)
    assert not isinstance(caught.value, MissingDataError)


def test_a_misspelt_column_names_the_right_one(town):
    set_header(town / "counties.csv", "population", "populaton")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("counties.csv", 1, "population")
    assert problem.what == "the column populaton looks like a misspelt population"
    assert problem.remedy == "rename populaton to population"


def test_a_misspelt_optional_column_is_not_ignored(town):
    set_header(town / "townships.csv", "host_township_code", "host_townshipcode")
    assert "rename host_townshipcode" in "\n".join(map(str, check_layers(town).problems))


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "what"),
    [
        ("counties.csv", 2, "population", "-5", "-5 is negative"),
        ("counties.csv", 2, "population", "42 000", "'42 000' is not a number"),
        ("counties.csv", 3, "population", "1.5", "1.5 is not a whole number"),
        ("counties.csv", 3, "in_denominator", "maybe", "'maybe' is neither true nor false"),
        ("ports.csv", 3, "provenance", "guessed", "unknown provenance 'guessed'"),
        ("ports.csv", 2, "lon", "east", "'east' is not a number"),
        ("ports.csv", 2, "county_code", "990199", "990199 is not a code of counties.csv"),
        ("ports.csv", 2, "county_code", "9901", "'9901' is not a code of 6 digits"),
        ("townships.csv", 2, "type", "城", "unknown type '城'"),
        ("townships.csv", 4, "uncertainty_km", "-1", "-1 is negative"),
        ("villages.csv", 5, "urban_rural_class", "119", "unknown urban_rural_class '119'"),
        ("villages.csv", 25, "kind", "", "is empty"),
        ("protected.csv", 4, "kind", "lake", "unknown kind 'lake'"),
        ("protected.csv", 3, "outline", "POLYGON ((0 0, 1", "is not a valid polygon in WKT"),
        ("data_centres.csv", 2, "role", "edge", "unknown role 'edge'"),
        ("progress.csv", 2, "target", "T-NONE", "unknown target 'T-NONE'"),
        ("targets.csv", 3, "operator", "about", "unknown operator 'about'"),
        ("catalogue.csv", 4, "datum", "GCJ-02", "GCJ-02 is not WGS 84 or CGCS2000"),
    ],
)
def test_a_bad_cell_is_told_with_its_file_row_and_column(town, file, row, column, value, what):
    set_cell(town / file, row, column, value)
    problem = found(check_layers(town).problems, file)[0]
    assert (*place(problem), problem.what) == (file, row, column, what)
    assert problem.remedy
    with pytest.raises(DataError) as caught:
        read_layers(town)
    assert not isinstance(caught.value, MissingDataError)
    assert problem in caught.value.problems


def test_an_unknown_word_names_the_near_one(town):
    set_cell(town / "parks.csv", 2, "provenance", "aproximate")
    assert only(check_layers(town).problems).remedy == "write approximate"


def test_a_duplicate_id_names_both_rows(town):
    set_cell(town / "villages.csv", 9, "code", "990101001001")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("villages.csv", 9, "code")
    assert problem.what == "990101001001 stands in row 2 already"


def test_a_village_of_an_unknown_township_is_told(town):
    set_cell(town / "villages.csv", 9, "township_code", "990101109")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("villages.csv", 9, "township_code")
    assert problem.what == "990101109 is not a code of townships.csv"
    assert "(near: 990101" in problem.remedy


def test_a_village_in_another_county_than_its_township_is_told(town):
    set_cell(town / "villages.csv", 9, "county_code", "990102")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("villages.csv", 9, "county_code")
    assert problem.what == "its township 990101100 is of county 990101"


@pytest.mark.parametrize("file", ["ports.csv", "parks.csv"])
def test_swapped_lon_and_lat_are_told_plainly(town, file):
    rows = records(town / file)
    lon, lat = rows[0].index("lon"), rows[0].index("lat")
    for row in rows[1:]:
        row[lon], row[lat] = row[lat], row[lon]
    write(town / file, rows)
    problems = check_layers(town).problems
    assert [place(problem) for problem in problems] == [
        (file, 2, "lon, lat"),
        (file, 3, "lon, lat"),
    ]
    assert all("lon and lat are swapped" in problem.what for problem in problems)


def test_a_swap_is_seen_where_both_numbers_could_be_latitudes(town):
    """A town at 30 E, 60 N: only the place of the counties tells which number is which."""
    outline = gpd.read_file(town / "counties.geojson")
    outline.geometry = outline.translate(30.0 - 118.5, 60.0 - 24.9)
    outline.to_file(town / "counties.geojson")
    for name in ("counties", "townships", "ports", "parks", "projects", "data_centres"):
        rows = records(town / f"{name}.csv")
        seat = "seat_" if name == "counties" else ""
        for row in rows[1:]:
            for axis, shift in (("lon", 30.0 - 118.5), ("lat", 60.0 - 24.9)):
                k = rows[0].index(seat + axis)
                row[k] = row[k] and f"{float(row[k]) + shift:.4f}"
        write(town / f"{name}.csv", rows)
    (town / "protected.csv").write_text(
        (town / "protected.csv").read_text("utf-8").splitlines()[0] + "\n", "utf-8"
    )
    assert check_layers(town, crs="EPSG:32636").problems == ()
    set_cell(town / "ports.csv", 2, "lon", "59.9830")
    set_cell(town / "ports.csv", 2, "lat", "30.0745")
    problem = only(check_layers(town, crs="EPSG:32636").problems)
    assert problem.what == "lon and lat are swapped (59.9830, 30.0745)"


def test_a_swapped_outline_is_told(town):
    outline = gpd.read_file(town / "counties.geojson")
    outline.geometry = shapely.transform(outline.geometry, lambda xy: xy[:, ::-1])
    outline.to_file(town / "counties.geojson")
    problems = found(check_layers(town).problems, "counties.geojson")
    assert [problem.row for problem in problems] == [1, 2, 3]
    assert problems[0].what == "lon and lat are swapped in the outline"


def test_metres_in_a_table_of_degrees_are_told(town):
    set_cell(town / "ports.csv", 2, "lon", "658000")
    set_cell(town / "ports.csv", 2, "lat", "2752000")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("ports.csv", 2, "lon")
    assert problem.what == "658000 is in metres where degrees are asked for"


def test_a_geopackage_without_crs_is_refused(town):
    path = as_drawn(town / "ports.csv", ".gpkg")
    table = gpd.read_file(path)
    path.unlink()
    with pytest.warns(UserWarning, match="crs"):
        table.set_crs(None, allow_override=True).to_file(path, layer="ports")
    problem = found(check_layers(town).problems, "ports.gpkg")[0]
    assert place(problem) == ("ports.gpkg", None, "geometry")
    assert problem.what == "has no CRS"


@pytest.mark.parametrize(
    ("said", "drawn", "what"),
    [
        ("EPSG:4326", "EPSG:32650", "says EPSG:4326 (degrees) but holds metres"),
        ("EPSG:32650", "EPSG:4326", "says EPSG:32650 (metres) but holds degrees"),
    ],
)
def test_a_crs_that_the_numbers_contradict_is_refused(town, said, drawn, what):
    path = as_drawn(town / "ports.csv", ".gpkg", drawn)
    table = gpd.read_file(path).set_crs(said, allow_override=True)
    path.unlink()
    table.to_file(path, layer="ports")
    assert found(check_layers(town).problems, "ports.gpkg")[0].what.startswith(what)


def test_a_layer_of_another_city_is_told_once(town):
    for row in (2, 3):
        set_cell(town / "ports.csv", row, "lat", "26.05")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("ports.csv", 2, "lon, lat")
    assert problem.what.startswith("the whole layer lies outside the counties")


def test_one_far_point_is_told_by_its_row(town):
    set_cell(town / "parks.csv", 3, "lat", "26.05")
    problem = only(check_layers(town).problems)
    assert (problem.row, problem.what) == (3, "lies far outside every county")


def test_half_a_point_is_told(town):
    set_cell(town / "parks.csv", 3, "lat", "")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("parks.csv", 3, "lat")


def test_a_township_outside_its_county_by_more_than_its_uncertainty_is_told(town):
    set_cell(town / "townships.csv", 3, "lon", "118.3900")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("townships.csv", 3, "lon, lat")
    assert "km outside county 990101, more than its uncertainty of 1 km" in problem.what
    set_cell(town / "townships.csv", 3, "uncertainty_km", "4")
    assert check_layers(town).problems == ()


def test_a_township_without_a_point_and_a_zone_without_a_host_are_told(town):
    for column in ("lon", "lat"):
        set_cell(town / "townships.csv", 3, column, "")
    set_cell(town / "townships.csv", 9, "host_township_code", "")
    problems = check_layers(town).problems
    assert [place(problem) for problem in problems] == [
        ("townships.csv", 3, "lon"),
        ("townships.csv", 9, "host_township_code"),
    ]


def test_two_townships_at_one_place_are_told(town):
    set_cell(town / "townships.csv", 4, "lon", "118.4440")
    set_cell(town / "townships.csv", 4, "lat", "24.9200")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("townships.csv", 4, "lon")
    assert "虚构北镇" in problem.what


def test_a_county_without_an_outline_and_an_outline_without_a_county_are_told(town):
    text = (town / "counties.geojson").read_text("utf-8")
    (town / "counties.geojson").write_text(text.replace('"990103"', '"990104"'), "utf-8")
    problems = check_layers(town).problems
    assert [place(problem) for problem in problems] == [
        ("counties.csv", 4, "code"),
        ("counties.geojson", 3, "code"),
    ]


def test_counties_without_any_outline_are_told(town):
    (town / "counties.geojson").unlink()
    problem = only(check_layers(town).problems)
    assert problem.what == "the outline of the counties is missing"


def test_people_without_a_village_are_told(town):
    set_cell(town / "counties.csv", 4, "population", "500")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("counties.csv", 4, "population")
    assert problem.what == "虚构岛 has people but no village to live in"


def test_villages_that_hold_more_than_their_county_are_told(town):
    add_columns(town / "villages.csv", population=lambda k: "43000" if k == 0 else "")
    problem = only(check_layers(town).problems)
    assert place(problem) == ("counties.csv", 2, "population")


def test_a_file_that_is_not_utf8_is_told(town):
    text = (town / "ports.csv").read_text("utf-8")
    (town / "ports.csv").write_bytes(text.encode("gbk"))
    problem = only(check_layers(town).problems)
    assert place(problem) == ("ports.csv", 2, "")
    assert problem.what == "is not UTF-8 text"


def test_a_row_of_another_length_is_told(town):
    with (town / "ports.csv").open("a", encoding="utf-8") as file:
        file.write("PO-3,one,two\n")
    problem = only(check_layers(town).problems)
    assert (problem.file, problem.row) == ("ports.csv", 4)
    assert problem.what == "has 3 cells where the header has 13"


def test_rows_are_counted_by_lines_of_the_file(town):
    """A cell that holds a line break shifts the rows after it, as an editor shows them."""
    set_cell(town / "ports.csv", 2, "note", "one\ntwo")
    set_cell(town / "ports.csv", 3, "provenance", "guessed")
    assert only(check_layers(town).problems).row == 4


def test_a_file_that_is_no_geopackage_is_told(town):
    (town / "ports.csv").rename(town / "ports.gpkg")
    problem = only(check_layers(town).problems)
    assert (problem.file, problem.what) == ("ports.gpkg", "cannot be read")


def test_many_rows_with_one_fault_share_a_line(town):
    rows = records(town / "villages.csv")
    for row in rows[1:]:
        row[rows[0].index("provenance")] = "guessed"
    write(town / "villages.csv", rows)
    problems = check_layers(town).problems
    assert [problem.row for problem in problems] == [2, 3, 4, 5, 6, 7]
    assert problems[-1].what == "the same in 19 more rows: 7 to 25"


def test_every_problem_of_every_file_comes_at_once(town):
    (town / "parks.csv").rename(town / "prks.csv")
    set_header(town / "projects.csv", "clause", "clauze")
    set_cell(town / "counties.csv", 2, "population", "-1")
    set_cell(town / "ports.csv", 3, "id", "PO-1")
    set_cell(town / "villages.csv", 7, "kind", "hamlet")
    (town / "dem.tif").write_bytes(b"no raster")
    with pytest.raises(DataError) as caught:
        read_layers(town)
    assert [place(problem) for problem in caught.value.problems] == [
        ("parks.csv", None, ""),
        ("counties.csv", 2, "population"),
        ("villages.csv", 7, "kind"),
        ("ports.csv", 3, "id"),
        ("projects.csv", 1, "clause"),
        ("dem.tif", None, ""),
    ]
    assert str(caught.value).count("\n") == 5


def dem(path: Path, *, fill: float, crs: str | None = "EPSG:4326", west: float = 118.40) -> None:
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=30,
        height=20,
        count=1,
        dtype="float32",
        crs=crs,
        transform=Affine(0.01, 0.0, west, 0.0, -0.01, 24.95),
        nodata=-9999.0,
    ) as raster:
        raster.write(np.full((20, 30), fill, dtype=np.float32), 1)


def test_a_readable_dem_becomes_the_terrain(town):
    dem(town / "dem.tif", fill=12.0)
    layers = read_layers(town)
    assert layers.terrain == town / "dem.tif"
    row = layers.catalogue.iloc[-1]
    assert (row["layer"], row["file"], row["crs"]) == ("terrain", "dem.tif", "EPSG:4326")


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"fill": -9999.0}, "every cell of the DEM is nodata"),
        ({"fill": 1.0, "west": 10.0}, "the DEM lies outside the counties"),
        ({"fill": 1.0, "crs": None}, "the DEM has no CRS"),
    ],
)
def test_a_dem_that_cannot_be_used_is_told(town, given, what):
    dem(town / "dem.tif", **given)
    problem = only(check_layers(town).problems)
    assert (problem.file, problem.what) == ("dem.tif", what)


def test_a_register_is_checked(town):
    header = "site_id,name,kind,stations,carriers,height_m,lon,lat,provenance"
    rows = [
        "S1,one,macro,2,700;2600,30,118.476,24.906,surveyed",
        "S2,two,pole,0,3500,25,118.480,24.906,surveyed",
    ]
    (town / "sites.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    problems = check_layers(town).problems
    assert [(*place(problem), problem.what) for problem in problems] == [
        ("sites.csv", 3, "kind", "unknown kind 'pole'"),
        ("sites.csv", 3, "stations", "0 is too small"),
    ]
    set_cell(town / "sites.csv", 3, "lon", "")
    set_cell(town / "sites.csv", 3, "lat", "")
    problem = check_layers(town).problems[-1]
    assert (*place(problem), problem.what) == ("sites.csv", 3, "lon, lat", "has no place")


def test_a_table_without_rows_is_told_where_rows_are_needed(town):
    for name in ("villages", "ports"):
        write(town / f"{name}.csv", records(town / f"{name}.csv")[:1])
    problems = check_layers(town).problems
    assert (problems[0].file, problems[0].what) == ("villages.csv", "has no rows")
    assert found(problems, "ports.csv") == []


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2263"])
def test_a_working_crs_that_is_not_in_metres_is_refused(tiny_town, crs):
    with pytest.raises(ConfigurationError, match="does not measure in metres"):
        read_layers(tiny_town, crs=crs)
