"""The report lists what somebody has to decide, names the row, and changes nothing."""

import shutil
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

import siting
from siting.errors import ConfigurationError, MissingDataError
from siting.layers.geometry.accuracy import outline_accuracy_m

SITES = """site_id,name,kind,stations,carriers,height_m,lon,lat,provenance
S-1,虚构西区虚构广场基站,macro,1,2600,30,118.4600,24.9000,surveyed
S-2,虚构广场（宏站）,macro,1,2600,30,118.4603,24.9000,surveyed
S-3,虚构海上站,macro,1,2600,30,118.4700,24.8000,surveyed
S-4,"=HYPERLINK(""x"")",micro,1,2600,10,118.4700,24.9200,surveyed
S-5,虚构岸边站,micro,1,2600,10,118.4700,24.8630,surveyed
"""


@pytest.fixture
def odd_town(tiny_town, tmp_path):
    """Return a copy of the made-up town with odd sites and a county that overlaps its neighbour."""
    town = shutil.copytree(tiny_town, tmp_path / "town")
    (town / "sites.csv").write_text(SITES, encoding="utf-8")
    path = town / "counties.geojson"
    counties = gpd.read_file(path)
    grown = counties.geometry[0].union(shapely.box(118.49, 24.88, 118.51, 24.90))
    loop = shapely.from_wkt(
        "POLYGON ((118.61 24.87, 118.64 24.87, 118.64 24.89, 118.6101 24.89,"
        " 118.61 24.8901, 118.6101 24.8901, 118.61 24.89, 118.61 24.87))"
    )
    counties.geometry = [grown, counties.geometry[1], loop]
    path.unlink()
    counties.to_file(path, driver="GeoJSON")
    return town


def test_a_sound_folder_has_nothing_to_decide(tiny_town):
    survey = siting.survey_layers(tiny_town)
    assert [len(table) for table in survey.tables.values()] == [0, 0, 0, 0]
    assert survey.problem_count == 0
    for table in survey.tables.values():
        assert list(table.columns[:4]) == ["layer", "file", "row", "what"]


def test_every_oddity_is_listed_with_its_file_and_row(odd_town):
    survey = siting.survey_layers(odd_town)
    (shape,) = survey.shapes.to_dict("records")
    assert (shape["file"], shape["row"], shape["verdict"]) == ("counties.geojson", 3, "mended")
    assert shape["what"] == "self-intersection at 118.61005 24.89005; area unchanged"
    (overlap,) = survey.units.to_dict("records")
    assert (overlap["fault"], overlap["row"], overlap["row_2"]) == ("overlap", 1, 2)
    assert overlap["what"] == f"虚构西区 and 虚构东县 overlap over {overlap['area_km2']:.4f} km2"
    box = shapely.box(118.49, 24.88, 118.51, 24.90)
    east = gpd.read_file(odd_town / "counties.geojson").geometry[1]
    area = gpd.GeoSeries([box & east], crs=4326).to_crs(32650).area.iloc[0] / 1e6
    assert overlap["area_km2"] == pytest.approx(area, abs=1e-5)
    (pair,) = survey.duplicates.to_dict("records")
    assert (pair["file"], pair["row"], pair["row_2"]) == ("sites.csv", 2, 3)
    assert pair["distance_m"] == pytest.approx(30.3, abs=0.2)
    sea = survey.at_sea[survey.at_sea["layer"] == "sites"]
    assert sea["row"].tolist() == [4, 6]
    assert sea["verdict"].tolist() == ["outside", "cannot tell"]
    assert survey.problem_count > 0


def test_townships_drawn_as_areas_are_held_against_their_county(odd_town):
    townships = pd.read_csv(odd_town / "townships.csv", dtype=str, keep_default_na=False)
    (odd_town / "townships.csv").unlink()
    townships = townships[townships["lon"] != ""]
    x, y = townships["lon"].astype(float), townships["lat"].astype(float)
    shapes = shapely.box(x - 0.004, y - 0.004, x + 0.004, y + 0.004)
    drawn = gpd.GeoDataFrame(townships.drop(columns=["lon", "lat"]), geometry=shapes, crs=4326)
    drawn.to_file(odd_town / "townships.gpkg")
    survey = siting.survey_layers(odd_town)
    units = survey.units[survey.units["layer"] == "townships"]
    assert "in no unit of its parent" in set(units["fault"])
    assert not any("townships are not drawn" in note for note in survey.notes)


def test_the_distance_of_a_pair_is_an_argument(odd_town):
    names = siting.survey_layers(odd_town, distance_m=0.0, name_distance_m=20.0)
    assert names.duplicates.empty
    assert "within 0 m, or within 20 m" in names.notes[-1]


def test_a_folder_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(MissingDataError, match="there is no such folder"):
        siting.survey_layers(tmp_path / "nowhere")


def test_the_workbook_holds_every_row_and_the_same_bytes_twice(odd_town, tmp_path):
    survey = siting.survey_layers(odd_town)
    (one,) = siting.save_survey(survey, tmp_path / "one.xlsx")
    (two,) = siting.save_survey(siting.survey_layers(odd_town), tmp_path / "two.xlsx")
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as members:
        assert {member.date_time[0] for member in members.infolist()} == {1980}
    book = openpyxl.load_workbook(one)
    assert book.sheetnames == [
        "summary",
        "shapes to mend",
        "overlaps and gaps",
        "possible duplicates",
        "outside the counties",
    ]
    rows = list(book["possible duplicates"].iter_rows(values_only=True))
    assert len(rows) == 1 + len(survey.duplicates)
    assert rows[0][-1] == "decision"
    assert {row[-1] for row in rows[1:]} == {None}


def test_a_name_that_a_spreadsheet_would_run_stays_a_text(odd_town, tmp_path):
    text = SITES.replace("118.4700,24.9200", "118.4700,24.8001")
    (odd_town / "sites.csv").write_text(text, encoding="utf-8")
    survey = siting.survey_layers(odd_town)
    (book,) = siting.save_survey(survey, tmp_path / "r.xlsx")
    cells = [cell for row in openpyxl.load_workbook(book)["outside the counties"] for cell in row]
    (cell,) = [cell for cell in cells if str(cell.value).startswith("=HYPERLINK")]
    assert cell.data_type == "s"
    siting.save_survey(survey, tmp_path / "csv")
    assert "\"'=HYPERLINK(" in (tmp_path / "csv" / "at_sea.csv").read_text(encoding="utf-8-sig")


def test_csv_files_hold_the_tables_and_what_was_taken_for_granted(odd_town, tmp_path):
    files = siting.save_survey(siting.survey_layers(odd_town), tmp_path / "tables")
    names = [file.name for file in files]
    assert names == ["shapes.csv", "units.csv", "duplicates.csv", "at_sea.csv", "notes.csv"]
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbflayer,file,row,what")
    assert "1000 m, taken for an outline that is modelled" in files[-1].read_text("utf-8-sig")


def test_another_suffix_is_refused_and_nothing_is_written(tiny_town, tmp_path):
    with pytest.raises(ConfigurationError, match=r"\.xls is not written"):
        siting.save_survey(siting.survey_layers(tiny_town), tmp_path / "report.xls")
    assert list(tmp_path.iterdir()) == []


def test_nothing_in_the_folder_is_changed(odd_town):
    before = {path.name: path.read_bytes() for path in odd_town.iterdir()}
    siting.survey_layers(odd_town)
    assert {path.name: path.read_bytes() for path in odd_town.iterdir()} == before


@pytest.mark.parametrize(
    ("note", "provenance", "metres"),
    [
        ("one shared topology, tolerance 200 m, 0.001 degree", "generalised", 200.0),
        ("accuracy about 1.5 km", "official", 1500.0),
        ("精度50米", "approximate", 50.0),
        ("differs over 48.2 km2", "surveyed", 20.0),
        ("", "", 300.0),
    ],
)
def test_the_accuracy_of_an_outline_is_what_its_catalogue_says(note, provenance, metres):
    row = {"file": ["counties.gpkg"], "note": [note], "provenance": [provenance]}
    assert outline_accuracy_m(pd.DataFrame(row), "counties.gpkg")[0] == metres
    assert outline_accuracy_m(pd.DataFrame(row), "other.gpkg")[0] == 300.0
