"""A file of any kind is opened by what it is; what cannot be opened says what to do."""

import sqlite3
import struct
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import rasterio
from affine import Affine
from formats_samples import (
    NAMES,
    archive,
    collection,
    feature,
    frame,
    geojson,
    kml_text,
    placemark,
    point,
    zipped_shapefile,
)

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.formats.open import KIND_OF_SUFFIX, open_sheet
from siting.layers.formats.refusal import READABLE
from siting.layers.formats.refused import REFUSED_KINDS, REFUSED_SUFFIXES
from siting.layers.formats.signature import signature

CSV = "站名,经度,纬度\n泉港一,118.6,24.9\n"


def csv(directory, name="sites.csv", text=CSV):
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def workbook(path):
    book = openpyxl.Workbook()
    book.active.append(["站名", "经度", "纬度"])
    book.active.append(["泉港一", 118.6, 24.9])
    book.save(path)
    return path


def refused(path, what, error=DataError, **words):
    with pytest.raises(error) as caught:
        open_sheet(path, **words)
    problem = caught.value.problems[0]
    assert what in problem.what
    assert problem.remedy
    assert str(path.parent) not in str(caught.value)
    return problem


# ---------------------------------------------------------------- what opens


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.CSV"])
def test_a_text_file_is_opened(tmp_path, name):
    sheet = open_sheet(csv(tmp_path, name))
    assert sheet.cells["站名"].tolist() == ["泉港一"]
    assert sheet.geometry is None


@pytest.mark.parametrize("name", ["a.xlsx", "a.xlsm", "A.XLSX"])
def test_a_workbook_is_opened(tmp_path, name):
    sheet = open_sheet(workbook(tmp_path / name))
    assert sheet.cells["站名"].tolist() == ["泉港一"]


def test_a_text_that_a_system_exports_as_xls_is_opened(tmp_path):
    sheet = open_sheet(csv(tmp_path, "export.xls", CSV.replace(",", "\t")))
    assert sheet.cells["纬度"].tolist() == ["24.9"]


def test_the_name_that_problems_use_can_be_given(tmp_path):
    assert open_sheet(csv(tmp_path), file_name="站址.csv").file == "站址.csv"


def test_a_path_may_be_text(tmp_path):
    assert len(open_sheet(str(csv(tmp_path))).rows) == 1


# ---------------------------------------------------------------- archives


def test_a_zipped_shapefile_is_opened_with_its_crs_and_its_chinese(tmp_path):
    sheet = open_sheet(zipped_shapefile(tmp_path))
    assert sheet.file == "sites.zip/数据/sites.shp"
    assert sheet.cells["站名"].tolist() == list(NAMES)
    assert "2000" in sheet.crs


def test_names_in_a_zip_may_be_gbk(tmp_path):
    path = archive(tmp_path / "a.zip", {"xxxx.csv": CSV.encode()})
    raw = path.read_bytes().replace(b"xxxx", "站址".encode("gbk"))
    path.write_bytes(raw)
    assert open_sheet(path).file == "a.zip/站址.csv"


def test_a_zip_with_one_file_and_a_note_opens_the_file(tmp_path):
    files = {"readme.txt": b"see", "a/sites.csv": CSV.encode(), "__MACOSX/._sites.csv": b"x"}
    assert open_sheet(archive(tmp_path / "a.zip", files)).file == "a.zip/a/sites.csv"


def test_a_zip_of_several_files_asks_which(tmp_path):
    files = {"a.csv": CSV.encode(), "b.csv": CSV.replace("一", "二").encode()}
    path = archive(tmp_path / "a.zip", files)
    problem = refused(path, "holds 2 files: a.csv, b.csv")
    assert "--table" in problem.remedy
    assert open_sheet(path, table="b").cells["站名"].tolist() == ["泉港二"]
    assert open_sheet(path, table="b.csv").file == "a.zip/b.csv"
    refused(path, "no single file 'c'", ConfigurationError, table="c")


def test_the_layer_of_a_geopackage_in_a_zip_can_be_named(tmp_path):
    frame().to_file(tmp_path / "a.gpkg", layer="one")
    frame().head(1).to_file(tmp_path / "a.gpkg", layer="two")
    path = archive(tmp_path / "a.zip", {"a.gpkg": (tmp_path / "a.gpkg").read_bytes()})
    refused(path, "holds 2 layers: one, two")
    assert len(open_sheet(path, table="two").rows) == 1


def test_a_zip_with_nothing_to_read_says_so(tmp_path):
    refused(archive(tmp_path / "a.zip", {"a.pdf": b"%PDF"}), "holds no file that can be read")
    refused(archive(tmp_path / "b.kmz", {"a.csv": b"x"}), "holds no KML")


def test_a_shapefile_in_a_zip_without_its_table_says_so(tmp_path):
    whole = zipfile.ZipFile(zipped_shapefile(tmp_path))
    files = {name: whole.read(name) for name in whole.namelist() if not name.endswith("dbf")}
    refused(archive(tmp_path / "b.zip", files), "comes without its .dbf")


# ---------------------------------------------------------------- what does not open


def test_a_file_that_is_not_there_is_missing_and_a_near_name_is_offered(tmp_path):
    csv(tmp_path, "stations.csv")
    problem = refused(tmp_path / "station.csv", "there is no such file", MissingDataError)
    assert problem.remedy == "did you mean stations.csv?"


def test_a_folder_says_what_lies_in_it(tmp_path):
    csv(tmp_path)
    (tmp_path / "notes.md").write_text("x", encoding="utf-8")
    problem = refused(tmp_path, "is a folder")
    assert problem.remedy == "name a file in it: sites.csv"


def test_a_geodatabase_says_how_to_export_it(tmp_path):
    (tmp_path / "city.gdb").mkdir()
    refused(tmp_path / "city.gdb", "file geodatabase")


@pytest.mark.parametrize("content", [b"", b"   \n\n", b"\xef\xbb\xbf", b"\0\0\0"])
def test_an_empty_file_says_so(tmp_path, content):
    path = tmp_path / "a.geojson"
    path.write_bytes(content)
    refused(path, "is empty")


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    path = csv(tmp_path)

    def closed(self, *_args, **_words):
        raise PermissionError(13, "denied", str(self))

    monkeypatch.setattr(Path, "open", closed)
    refused(path, "may not be read")


def test_an_unknown_suffix_lists_what_can_be_read(tmp_path):
    path = csv(tmp_path, "sites.dat")
    assert READABLE in refused(path, "kind that is not read here (.dat)").remedy
    refused(csv(tmp_path, "sites"), "(no suffix)")


@pytest.mark.parametrize("suffix", sorted(REFUSED_SUFFIXES))
def test_every_refused_suffix_says_what_to_do(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"something")
    what, remedy = REFUSED_SUFFIXES[suffix]
    assert refused(path, what).remedy == remedy


FIRST_BYTES = {
    "tiff": b"MM\0*",
    "hdf": b"\x89HDF",
    "picture": b"\x89PNG",
    "pdf": b"%PDF-1.7",
    "dwg": b"AC1027",
    "mapinfo": b"!table\n",
    "access": b"\0\1\0\0Standard Jet DB",
    "ovobj": b"OviO\0",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "rar": b"Rar!",
}


@pytest.mark.parametrize("kind", sorted(set(REFUSED_KINDS) - {"document"}))
def test_every_refused_kind_is_told_by_its_first_bytes(tmp_path, kind):
    path = tmp_path / "a.csv"
    path.write_bytes(FIRST_BYTES[kind] + b" more")
    assert signature(path) == kind
    assert refused(path, REFUSED_KINDS[kind][0]).remedy == REFUSED_KINDS[kind][1]


def test_a_document_of_an_office_is_told(tmp_path):
    files = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
    refused(archive(tmp_path / "a.zip", files), "is a document")


def test_a_real_raster_given_for_features_says_how_to_import_it(tmp_path):
    path = tmp_path / "dem.csv"
    shape = {"driver": "GTiff", "height": 2, "width": 2, "count": 1, "dtype": "float32"}
    with rasterio.open(
        path, "w", crs="EPSG:4326", transform=Affine(1, 0, 118, 0, -1, 25), **shape
    ) as raster:
        raster.write(np.zeros((1, 2, 2), dtype="float32"))
    assert "--as dem" in refused(path, "is a raster").remedy


@pytest.mark.parametrize("name", ["a.geojson", "a.csv", "a.kml", "a.zip"])
@pytest.mark.parametrize(
    "page",
    ["<!DOCTYPE html><html><body>Login", "\n<HTML><head>", "<!-- x --><!doctype  HTML>"],
)
def test_a_login_page_is_told_whatever_it_is_called(tmp_path, name, page):
    path = tmp_path / name
    path.write_text(page, encoding="utf-8")
    assert "browser" in refused(path, "is a web page").remedy


def test_a_web_page_called_a_workbook_says_to_save_it(tmp_path):
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>站名</td></tr></table></html>", encoding="utf-8")
    assert refused(path, "web page that is called a workbook").remedy == "save it as .xlsx in Excel"


def test_a_csv_that_is_something_else_says_what_it_is(tmp_path):
    workbook(tmp_path / "a.xlsx").rename(tmp_path / "a.csv")
    refused(tmp_path / "a.csv", "is called .csv and is really .xlsx")
    archive(tmp_path / "b.csv", {"a.csv": CSV.encode()})
    refused(tmp_path / "b.csv", "is called .csv and is really .zip")
    geojson(tmp_path, collection(feature(point(1, 2))), name="c.csv")
    refused(tmp_path / "c.csv", "is called .csv and is really .geojson")
    (tmp_path / "d.geojson").write_text(kml_text(placemark()), encoding="utf-8")
    refused(tmp_path / "d.geojson", "is called .geojson and is really .kml")
    frame().to_file(tmp_path / "e.gpkg")
    (tmp_path / "e.gpkg").rename(tmp_path / "e.shp")
    refused(tmp_path / "e.shp", "is called .shp and is really .gpkg")
    (tmp_path / "f.gpkg").write_bytes(b"\x01\x02\x00\x03")
    refused(tmp_path / "f.gpkg", "is called .gpkg and holds something else")


def test_a_virtual_file_that_points_elsewhere_is_not_followed(tmp_path):
    source = "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/hosts</SrcDataSource>"
    for name in ("a.gpkg", "a.shp", "a.fgb"):
        (tmp_path / name).write_text(source, encoding="utf-8")
        refused(tmp_path / name, f"is called {name[1:]} and holds something else")


def test_a_database_of_tiles_or_of_anything_holds_no_layer(tmp_path):
    with sqlite3.connect(tmp_path / "a.gpkg") as database:
        database.execute("PRAGMA application_id = 1196444487")
        database.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)")
    database.close()
    with pytest.raises(DataError):
        open_sheet(tmp_path / "a.gpkg")


def test_an_address_is_not_a_file():
    with pytest.raises(
        ConfigurationError, match="is an address, not a file; download it"
    ) as caught:
        open_sheet("https://user:secret@example.org/sites.geojson")
    assert "secret" not in str(caught.value)


def test_every_kind_of_suffix_has_an_opener():
    from siting.layers.formats.open import _opener

    assert all(_opener(kind) for kind in KIND_OF_SUFFIX.values())


def test_garbage_of_every_kind_is_an_error_of_ours(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, 3000, dtype=np.uint8).tobytes()
    starts = {
        ".gpkg": b"SQLite format 3\0",
        ".fgb": b"fgb\x03fgb\0",
        ".shp": b"\0\0\x27\x0a",
        ".parquet": b"PAR1",
        ".zip": b"PK\x03\x04",
        ".kmz": b"PK\x03\x04",
        ".kml": b"<kml>",
        ".geojson": b"{",
        ".osm": b"<osm>",
        ".osm.gz": b"\x1f\x8b\x08",
        ".osm.bz2": b"BZh91AY",
        ".pbf": struct.pack(">I", 13) + b"\x0a\x09OSMHeader\x18\x7c",
        ".xlsx": b"PK\x03\x04",
        ".xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    }
    for suffix, start in starts.items():
        path = tmp_path / f"a{suffix}"
        path.write_bytes(start + noise)
        for part in (".dbf", ".shx"):
            (tmp_path / f"a{part}").write_bytes(b"\0" * 200)
        with pytest.raises(DataError):
            open_sheet(path, feature="roads")
