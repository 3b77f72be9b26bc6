"""Drawn files come in as they are: text as written, shapes in their own coordinates."""

import codecs
import json
import struct

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from formats_samples import (
    CODES,
    NAMES,
    POINTS,
    collection,
    feature,
    frame,
    geojson,
    patch,
    point,
    shapefile,
)

from siting.errors import ConfigurationError, DataError
from siting.layers.formats.drawn import WITHOUT_Z
from siting.layers.formats.open import open_sheet
from siting.layers.formats.shapefile import NO_PRJ

WRITERS = {
    "sites.gpkg": lambda table, path: table.to_file(path),
    "sites.geojson": lambda table, path: table.to_crs(4326).to_file(path),
    "sites.fgb": lambda table, path: table.to_file(path, SPATIAL_INDEX="NO"),
    "sites.parquet": lambda table, path: table.to_parquet(path),
    "sites.shp": lambda table, path: table.to_file(path, encoding="utf-8"),
}


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    path = tmp_path / request.param
    WRITERS[request.param](frame(), path)
    return path


def test_every_format_gives_the_same_cells_and_shapes(written):
    sheet = open_sheet(written)
    assert sheet.file == written.name
    assert list(sheet.cells) == ["站名", "code", "height"]
    assert sheet.cells["站名"].tolist() == list(NAMES)
    assert sheet.cells["code"].tolist() == [str(code) for code in CODES]
    assert sheet.cells["height"].tolist() == ["35", "24.5", ""]
    assert shapely.equals_exact(sheet.geometry, np.array(POINTS, dtype=object), 1e-9).all()
    assert sheet.rows.tolist() == [1, 2, 3]
    assert sheet.header_row is None
    assert sheet.crs


def test_cells_are_text_whatever_their_type(tmp_path):
    table = gpd.GeoDataFrame(
        {
            "flag": [True, False],
            "day": pd.to_datetime(["2025-03-01", None]),
            "large": [350505001001.0, 1e20],
            "text": ["  a ", None],
        },
        geometry=[shapely.Point(1, 2), None],
        crs="EPSG:4326",
    )
    table.to_file(tmp_path / "t.gpkg")
    sheet = open_sheet(tmp_path / "t.gpkg")
    assert sheet.cells["flag"].tolist() == ["true", "false"]
    assert sheet.cells["day"].str[:10].tolist() == ["2025-03-01", ""]
    assert sheet.cells["large"].tolist() == ["350505001001", "1e+20"]
    assert sheet.cells["text"].tolist() == ["a", ""]
    assert sheet.geometry[1] is None


def test_heights_are_left_out_and_said(tmp_path):
    shapes = [shapely.Point(118.6, 24.9, 35.0)] * 3
    for name in ("z.gpkg", "z.geojson", "z.shp", "z.parquet"):
        WRITERS["sites" + name[1:]](frame(shapes, "EPSG:4326"), tmp_path / name)
        sheet = open_sheet(tmp_path / name)
        assert WITHOUT_Z in sheet.notes, name
        assert not shapely.has_z(sheet.geometry).any()


def test_a_geopackage_of_several_layers_asks_which(tmp_path):
    path = tmp_path / "city.gpkg"
    frame().to_file(path, layer="stations")
    frame().head(1).to_file(path, layer="rooms")
    with pytest.raises(DataError, match="holds 2 layers: stations, rooms; name the one"):
        open_sheet(path)
    sheet = open_sheet(path, table="rooms")
    assert (sheet.file, len(sheet.rows)) == ("city.gpkg[rooms]", 1)
    with pytest.raises(ConfigurationError, match="no layer 'room'; it has stations, rooms"):
        open_sheet(path, table="room")


def test_a_table_without_shapes_has_no_geometry(tmp_path):
    table = pd.DataFrame({"lon": [118.6], "lat": [24.9]})
    table.to_parquet(tmp_path / "t.parquet")
    assert open_sheet(tmp_path / "t.parquet").geometry is None


def test_a_parquet_without_a_crs_says_what_the_format_says(tmp_path):
    import pyarrow.parquet as pq

    frame(crs="EPSG:4326").to_parquet(tmp_path / "a.parquet")
    arrow = pq.read_table(tmp_path / "a.parquet")
    about = json.loads(arrow.schema.metadata[b"geo"])
    for crs, expected in (("absent", "OGC:CRS84"), (None, "")):
        column = about["columns"]["geometry"]
        column.pop("crs", None)
        if crs is None:
            column["crs"] = None
        changed = arrow.replace_schema_metadata({b"geo": json.dumps(about).encode()})
        pq.write_table(changed, tmp_path / "b.parquet")
        assert open_sheet(tmp_path / "b.parquet").crs == expected


# ---------------------------------------------------------------- shapefiles


@pytest.mark.parametrize(
    ("encoding", "cpg", "driver", "note"),
    [
        ("GBK", "GBK", 0, ""),
        ("GBK", "936", 0, ""),
        ("GBK", None, 0x4D, ""),
        ("GBK", None, 0, "GB18030"),
        ("GBK", "UTF-8", 0, "GB18030"),
        ("GBK", "ISO-8859-1", 0x57, "GB18030"),
        ("UTF-8", None, 0, "UTF-8"),
        ("UTF-8", "UTF-8", 0, ""),
        ("UTF-8", None, 0x4D, "UTF-8"),
    ],
)
def test_chinese_text_of_a_shapefile_reads_whatever_it_declares(
    tmp_path, encoding, cpg, driver, note
):
    sheet = open_sheet(shapefile(tmp_path, encoding=encoding, cpg=cpg, driver=driver))
    assert sheet.cells["站名"].tolist() == list(NAMES)
    assert any(note in said for said in sheet.notes) if note else sheet.notes == ()


def test_two_chinese_letters_that_pass_for_utf8_are_read_as_gbk(tmp_path):
    table = gpd.GeoDataFrame({"name": ["站址"]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4326")
    table.to_file(tmp_path / "a.shp", encoding="GBK")
    (tmp_path / "a.cpg").unlink()
    patch(tmp_path / "a.dbf", 29, b"\0")
    assert "站址".encode("gbk").decode("utf-8")
    assert open_sheet(tmp_path / "a.shp").cells["name"].tolist() == ["站址"]


def test_text_cut_in_the_middle_of_a_character_does_not_change_the_encoding(tmp_path):
    names = ["泉" * 40 + str(n % 7) for n in range(98)] + ["泉" * 127, "港" * 127]
    shapes = [shapely.Point(118.6, 24.9)] * 100
    table = gpd.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:4326")
    table.to_file(tmp_path / "a.shp", encoding="GBK")
    path = tmp_path / "a.dbf"
    raw = path.read_bytes()
    cut = raw.replace("港".encode("gbk") * 127, "港".encode("gbk") * 126 + b"\xb8 ")
    assert cut != raw
    path.write_bytes(cut)
    (tmp_path / "a.cpg").unlink()
    sheet = open_sheet(tmp_path / "a.shp")
    assert sheet.cells["name"].iloc[0] == "泉" * 40 + "0"
    assert any("1 cells hold bytes that are no text" in note for note in sheet.notes)


def test_a_shapefile_without_prj_declares_no_crs(tmp_path):
    sheet = open_sheet(shapefile(tmp_path, prj=False))
    assert sheet.crs == ""
    assert NO_PRJ in sheet.notes


def test_the_prj_is_given_as_it_is(tmp_path):
    path = shapefile(tmp_path)
    path.with_suffix(".prj").write_text('PROJCS["Xian_1980_3_Degree_GK_CM_117E"]', encoding="utf-8")
    assert open_sheet(path).crs == 'PROJCS["Xian_1980_3_Degree_GK_CM_117E"]'


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_a_shapefile_without_a_part_names_it(tmp_path, part):
    path = shapefile(tmp_path)
    path.with_suffix(part).unlink()
    with pytest.raises(
        DataError, match=rf"sites\.shp: comes without its \{part}; copy sites\{part}"
    ):
        open_sheet(path)


def test_parts_in_capitals_belong_to_the_shapefile(tmp_path):
    path = shapefile(tmp_path)
    path.with_suffix(".dbf").rename(tmp_path / "sites.DBF")
    path.with_suffix(".prj").rename(tmp_path / "sites.PRJ")
    sheet = open_sheet(path)
    assert sheet.cells["站名"].tolist() == list(NAMES)
    assert sheet.crs.startswith("GEOGCS")


def test_deleted_records_are_left_out_and_the_others_keep_their_numbers(tmp_path):
    path = shapefile(tmp_path)
    raw = path.with_suffix(".dbf").read_bytes()
    header, width = struct.unpack("<HH", raw[8:12])
    patch(path.with_suffix(".dbf"), header + width, b"*")
    sheet = open_sheet(path)
    assert sheet.rows.tolist() == [1, 3]
    assert sheet.cells["站名"].tolist() == [NAMES[0], NAMES[2]]
    assert sheet.geometry[1] == POINTS[2]
    assert "1 deleted records left out" in sheet.notes


# ---------------------------------------------------------------- GeoJSON

GOOD = collection(feature(point(118.6, 24.9), name="泉港"))


def test_a_byte_order_mark_and_other_encodings_are_understood(tmp_path):
    text = json.dumps(GOOD, ensure_ascii=False)
    contents = (
        codecs.BOM_UTF8 + text.encode(),
        text.encode("utf-16"),
        text.encode("gb18030"),
    )
    for number, content in enumerate(contents):
        path = tmp_path / f"{number}.geojson"
        path.write_bytes(content)
        assert open_sheet(path).cells["name"].tolist() == ["泉港"]


def test_mixed_shapes_null_shapes_and_empty_ones_are_kept(tmp_path):
    line = {"type": "LineString", "coordinates": [[118, 24], [119, 25]]}
    ring = [[118, 24], [119, 24], [119, 25], [118, 24]]
    area = {"type": "MultiPolygon", "coordinates": [[ring]]}
    both = {"type": "GeometryCollection", "geometries": [point(1, 2), line]}
    empty = {"type": "Polygon", "coordinates": []}
    shapes = (point(118.6, 24.9), line, area, both, None, empty)
    sheet = open_sheet(geojson(tmp_path, collection(*(feature(one) for one in shapes))))
    kinds = [shape and shape.geom_type for shape in sheet.geometry]
    assert kinds == ["Point", "LineString", "MultiPolygon", "GeometryCollection", None, None]


def test_cells_keep_numbers_lists_and_codes_as_written(tmp_path):
    document = collection(
        feature(point(1, 2), code="00350505", n=350505001001, f=24.50, whole=3.0, flag=True),
        feature(point(1, 2), list=[1, "二"], code=None),
    )
    sheet = open_sheet(geojson(tmp_path, document))
    assert list(sheet.cells) == ["code", "n", "f", "whole", "flag", "list"]
    assert sheet.cells.iloc[0].tolist() == ["00350505", "350505001001", "24.5", "3", "true", ""]
    assert sheet.cells.iloc[1].tolist() == ["", "", "", "", "", '[1, "二"]']


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("urn:ogc:def:crs:EPSG::4549", "EPSG:4549"),
        ("EPSG:4490", "EPSG:4490"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
    ],
)
def test_the_old_crs_member_is_honoured(tmp_path, name, crs):
    document = {**GOOD, "crs": {"type": "name", "properties": {"name": name}}}
    assert open_sheet(geojson(tmp_path, document)).crs == crs


def test_without_a_crs_member_it_is_degrees_and_null_declares_nothing(tmp_path):
    assert open_sheet(geojson(tmp_path, GOOD)).crs == "EPSG:4326"
    assert open_sheet(geojson(tmp_path, {**GOOD, "crs": None})).crs == ""


def test_one_feature_and_a_bare_shape_are_one_row(tmp_path):
    assert len(open_sheet(geojson(tmp_path, feature(point(1, 2), a=1))).rows) == 1
    assert open_sheet(geojson(tmp_path, point(1, 2))).geometry[0].wkt == "POINT (1 2)"


OPEN_RING = [[118, 24], [119, 24], [119, 25], [118, 25]]
TEXT = json.dumps(GOOD)
BAD_GEOJSON = {
    "cut off": (TEXT[:-20], "is not JSON", 1),
    "goes on": (TEXT + "\n\n{}", "goes on after its end", 3),
    "a key twice": (TEXT.replace('"name":', '"name": 1, "name":'), "key 'name' twice", None),
    "not a number": (TEXT.replace("118.6", "NaN"), "holds NaN", None),
    "topojson": ('{"type": "Topology", "objects": {}}', "is TopoJSON", None),
    "esri": ('{"geometryType": "esriGeometryPoint", "features": []}', "is Esri JSON", None),
    "overpass": ('{"version": 0.6, "elements": []}', "is an answer of Overpass", None),
    "no features": ('{"type": "FeatureCollection"}', "without a list of features", None),
    "other json": ('{"a": 1}', "is JSON, but not GeoJSON", None),
    "a list": ("[1, 2]", "is JSON, but not GeoJSON", None),
    "text": ("lon,lat\n1,2\n", "is not JSON", 1),
    "no feature": (collection(feature(None), 7), "is no Feature", 2),
    "no object": (collection(feature([1, 2])), "geometry that is no object", 1),
    "unknown type": (collection(feature({"type": "Circle"})), "unknown type 'Circle'", 1),
    "properties": (
        collection({"type": "Feature", "geometry": None, "properties": [1]}),
        "properties that are no object",
        1,
    ),
    "text for numbers": (
        collection(feature(point(1, 2)), feature(point("118.6", "24.9"))),
        "coordinate that is the text '118.6'",
        2,
    ),
    "null for numbers": (collection(feature(point(None, 1))), "coordinate that is no number", 1),
    "one number": (collection(feature(point(118.6))), "fewer than 2", 1),
    "too large": (TEXT.replace("118.6", "1e999"), "not finite", 1),
    "open ring": (
        collection(feature({"type": "Polygon", "coordinates": [OPEN_RING]})),
        "ring that is not closed",
        1,
    ),
    "short ring": (
        collection(feature({"type": "Polygon", "coordinates": [OPEN_RING[:2]]})),
        "ring of 2 positions",
        1,
    ),
    "flat line": (
        collection(feature({"type": "LineString", "coordinates": [1, 2]})),
        "no list of that shape",
        1,
    ),
    "one position": (
        collection(feature({"type": "LineString", "coordinates": [[1, 2]]})),
        "a line of one position",
        1,
    ),
    "no coordinates": (collection(feature({"type": "Point"})), "without a list of coord", 1),
    "parts": (
        collection(feature({"type": "GeometryCollection", "geometries": 3})),
        "without a list of geometries",
        1,
    ),
    "crs": ({**GOOD, "crs": {"type": "link"}}, "crs member without a name", None),
}


@pytest.mark.parametrize("case", BAD_GEOJSON)
def test_what_is_not_geojson_is_said_with_its_row(tmp_path, case):
    document, what, row = BAD_GEOJSON[case]
    path = geojson(tmp_path, document)
    before = path.read_bytes()
    with pytest.raises(DataError) as caught:
        open_sheet(path)
    problem = caught.value.problems[0]
    assert what in problem.what
    assert (problem.file, problem.row) == ("sites.geojson", row)
    assert problem.remedy
    assert path.read_bytes() == before


def test_many_bad_records_share_a_line(tmp_path):
    document = collection(*(feature(point("1", "2")) for _ in range(20)))
    with pytest.raises(DataError) as caught:
        open_sheet(geojson(tmp_path, document))
    assert len(caught.value.problems) == 6
    assert "15 more rows" in caught.value.problems[-1].what
