"""Files made to harm are refused, with what was found in them."""

import contextlib
import json
import stat
import struct
import zipfile

import numpy as np
import pytest
from formats_samples import (
    archive,
    collection,
    feature,
    frame,
    geojson,
    kml_text,
    patch,
    placemark,
    point,
    shapefile,
    shp_claiming,
    zipped_shapefile,
)

from siting.errors import DataError
from siting.layers.formats.guard import MAX_ENTRIES, refuse_deep_nest, refuse_false_size
from siting.layers.formats.markup import plain_text, without_markup
from siting.layers.formats.open import open_sheet

GEOJSON = json.dumps(collection(feature(point(118.6, 24.9), name="a"))).encode()


def refused(path, what):
    before = sorted(one.name for one in path.parent.rglob("*"))
    with pytest.raises(DataError) as caught:
        open_sheet(path)
    assert what in str(caught.value)
    assert str(caught.value).startswith(f"{path.name}")
    assert sorted(one.name for one in path.parent.rglob("*")) == before
    return caught.value


# ---------------------------------------------------------------- archives


@pytest.mark.parametrize(
    "name",
    [
        "../evil.geojson",
        "a/../../evil.geojson",
        "/etc/evil.geojson",
        "C:\\evil.geojson",
        "..\\e.csv",
    ],
)
def test_a_zip_that_would_write_elsewhere_is_refused(tmp_path, name):
    path = archive(tmp_path / "a.zip", {"good.geojson": GEOJSON, name: b"{}"})
    refused(path, "which points outside the archive")


def test_a_zip_with_a_link_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as opened:
        link = zipfile.ZipInfo("a.geojson")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    refused(path, "which is a link to another file")


def test_a_zip_that_swells_a_thousandfold_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = archive(tmp_path / "a.zip", {"a.geojson": b" " * 50_000_000})

    def unpack(*_, **__):
        pytest.fail("a member was opened")

    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)
    refused(path, "times its size; at most 1000 times is read")


def test_many_parts_that_swell_together_are_refused(tmp_path):
    parts = {f"{n}.txt": b"\0" * 900_000 for n in range(30)}
    refused(archive(tmp_path / "a.kmz", {"doc.kml": b"<kml/>", **parts}), "times its size")


def test_an_empty_table_that_packs_well_is_no_bomb(tmp_path):
    text = json.dumps(collection(feature(point(1, 2), name="a"))) + " " * 900_000
    assert len(open_sheet(archive(tmp_path / "a.zip", {"a.geojson": text.encode()})).rows) == 1


def test_too_many_entries_are_refused(tmp_path):
    path = archive(tmp_path / "a.zip", {f"{n}": b"" for n in range(MAX_ENTRIES + 1)})
    refused(path, "holds 10,001 entries")


def test_a_zip_with_a_password_says_so(tmp_path):
    path = archive(tmp_path / "a.zip", {"a.geojson": GEOJSON})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    refused(path, "is locked with a password")


def test_an_archive_in_an_archive_is_not_opened(tmp_path):
    inner = archive(tmp_path / "inner.zip", {"a.geojson": GEOJSON}).read_bytes()
    refused(archive(tmp_path / "a.zip", {"inner.zip": inner}), "holds another archive and no data")


def test_a_zip_whose_bytes_were_changed_is_refused(tmp_path):
    path = archive(tmp_path / "a.zip", {"a.geojson": GEOJSON}, zipfile.ZIP_STORED)
    patch(path, path.read_bytes().index(b"118.6"), b"119.9")
    refused(path, "cannot be unpacked")


def test_a_zip_cut_off_is_refused(tmp_path):
    path = zipped_shapefile(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    refused(path, "cannot be unpacked")


# ---------------------------------------------------------------- nests


@pytest.mark.parametrize("depth", [100, 10_000, 1_000_000])
def test_geojson_nested_deep_is_refused_and_does_not_overflow(tmp_path, depth):
    nest = "[" * depth + "]" * depth
    text = '{"type": "FeatureCollection",\n"features": ' + nest + "}"
    error = refused(geojson(tmp_path, text), "nests brackets more than 64 deep")
    assert error.problems[0].row == 2


def test_geometry_collections_nested_deep_are_refused(tmp_path):
    start = '{"type": "GeometryCollection", "geometries": ['
    refused(geojson(tmp_path, start * 5_000 + "]}" * 5_000), "nests brackets more than 64 deep")


def test_brackets_in_text_do_not_count_as_a_nest(tmp_path):
    name = "[" * 200 + '"\\' + "{" * 200
    sheet = open_sheet(geojson(tmp_path, collection(feature(point(1, 2), name=name))))
    assert sheet.cells["name"].tolist() == [name]


def test_a_nest_is_found_across_the_parts_that_are_scanned(monkeypatch):
    monkeypatch.setattr("siting.layers.formats.guard.SCANNED_BYTES", 7)
    refuse_deep_nest(b'["a[[[[[["]' * 50, "a")
    with pytest.raises(DataError, match="more than 64 deep"):
        refuse_deep_nest(b'{"a":' * 65 + b"}" * 65, "a")


# ---------------------------------------------------------------- headers


def claims(path, what="in its header and holds"):
    return refused(path, what)


def test_a_shapefile_that_claims_two_gigabytes_is_refused(tmp_path):
    path = shp_claiming(shapefile(tmp_path), 2_000_000_000)
    assert "claims 2.0 GB in its header and holds" in str(claims(path))


def test_an_index_that_claims_two_gigabytes_is_refused(tmp_path):
    path = shapefile(tmp_path)
    shp_claiming(path.with_suffix(".shx"), 2_000_000_000)
    with pytest.raises(DataError, match=r"sites\.shx: claims 2\.0 GB"):
        open_sheet(path)


def test_a_dbf_that_claims_a_billion_records_is_refused(tmp_path):
    path = shapefile(tmp_path)
    patch(path.with_suffix(".dbf"), 4, struct.pack("<I", 1_000_000_000))
    with pytest.raises(DataError, match=r"sites\.dbf: claims 1000000000 records"):
        open_sheet(path)


def test_a_geopackage_cut_off_is_refused(tmp_path):
    path = tmp_path / "a.gpkg"
    frame().to_file(path)
    path.write_bytes(path.read_bytes()[:-4096])
    claims(path)


def test_a_geopackage_that_claims_terabytes_is_refused(tmp_path):
    path = tmp_path / "a.gpkg"
    frame().to_file(path)
    patch(path, 28, struct.pack(">I", 0x7FFFFFFF))
    assert "claims 8796.1 GB" in str(claims(path))


@pytest.mark.parametrize("index", ["YES", "NO"])
def test_a_flatgeobuf_that_claims_a_billion_features_is_refused(tmp_path, index):
    path = tmp_path / "a.fgb"
    frame().to_file(path, SPATIAL_INDEX=index)
    refuse_false_size(path, "a.fgb")
    three = path.read_bytes().index(struct.pack("<Q", 3))
    patch(path, three, struct.pack("<Q", 1_000_000_000))
    claims(path)


def test_a_flatgeobuf_with_a_header_of_two_gigabytes_is_refused(tmp_path):
    path = tmp_path / "a.fgb"
    frame().to_file(path)
    claims(patch(path, 8, struct.pack("<I", 2_000_000_000)))


def test_a_parquet_cut_off_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    frame().to_parquet(path)
    path.write_bytes(path.read_bytes()[:-10])
    refused(path, "cannot be read")


def test_a_tiff_that_points_behind_its_end_is_told(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0" + struct.pack("<I", 2_000_000_000) + b"\0" * 100)
    with pytest.raises(DataError, match=r"claims 2\.0 GB"):
        refuse_false_size(path, "a.tif")


def test_a_geojson_too_large_to_hold_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("siting.layers.formats.geojson.MAX_BYTES", 100)
    path = geojson(tmp_path, collection(*(feature(point(1, 2)) for _ in range(9))))
    assert "save it as .gpkg" in str(refused(path, "MB is read"))


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_open_or_are_refused_and_nothing_else(tmp_path, seed):
    frame().to_file(tmp_path / "a.gpkg")
    frame().to_file(tmp_path / "a.fgb")
    frame().to_parquet(tmp_path / "a.parquet")
    geojson(tmp_path, collection(feature(point(1, 2), name="a")), name="a.geojson")
    (tmp_path / "a.kml").write_text(kml_text(placemark()), encoding="utf-8")
    zipped_shapefile(tmp_path)
    draw = np.random.default_rng(seed)
    for path in sorted(tmp_path.iterdir()):
        if path.suffix in (".prj", ".dbf", ".shx"):
            continue
        raw = path.read_bytes()
        for _ in range(8):
            damaged = bytearray(raw[: draw.integers(1, len(raw))] if draw.random() < 0.3 else raw)
            for at in draw.integers(0, len(damaged), draw.integers(0, 20)):
                damaged[at] = draw.integers(0, 256)
            path.write_bytes(damaged)
            with contextlib.suppress(DataError):
                open_sheet(path)


# ---------------------------------------------------------------- markup


HOSTILE = (
    "<script>alert(1)</script>泉港",
    '<img src=x onerror="alert(1)">泉港',
    "<b>泉港</b>",
    "泉港<!-- x -->",
    '<a href="javascript:alert(1)">泉港</a>',
    "<svg/onload=alert(1)>泉港",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_html_in_a_name_is_read_as_its_words(tmp_path, name):
    sheet = open_sheet(geojson(tmp_path, collection(feature(point(1, 2), name=name))))
    assert sheet.cells["name"].tolist() == ["泉港"]
    assert "HTML in 1 cell read as its words" in sheet.notes


def test_html_in_a_name_of_a_kml_and_of_a_column_is_read_as_its_words(tmp_path):
    path = tmp_path / "a.kml"
    more = '<ExtendedData><Data name="&lt;b&gt;挂高"><value>1</value></Data></ExtendedData>'
    path.write_text(kml_text(placemark("&lt;i onclick='x'&gt;泉港", more=more)), encoding="utf-8")
    sheet = open_sheet(path)
    assert sheet.cells["name"].tolist() == ["泉港"]
    assert "挂高" in sheet.cells


def test_signs_of_less_and_more_are_no_html():
    for text in ("h < 30 m", "3<5>4", "泉港 <", "a & b", "x <- y"):
        cells = frame()[["站名"]].assign(站名=text)
        assert without_markup(cells)[0]["站名"].tolist() == [text] * 3


def test_markup_that_survives_once_unpacked_leaves_nothing():
    assert plain_text("&lt;script&gt;alert(1)&lt;/script&gt;<b></b>") == ""
