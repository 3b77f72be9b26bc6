"""KML and 奥维 files: names, folders and shapes come in; entities and links do not."""

import pytest
from formats_samples import archive, kml_text, placemark

from siting.errors import DataError
from siting.layers.formats.drawn import WITHOUT_Z
from siting.layers.formats.kml import FORMAT_SAYS, UNMARKED
from siting.layers.formats.open import open_sheet

LINE = "<LineString><coordinates>118.6,24.9,0 118.7,25.0,0</coordinates></LineString>"
RING = "118,24 119,24 119,25 118,24"
HOLE = "118.5,24.2 118.6,24.2 118.6,24.3 118.5,24.2"
AREA = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing>"
    f"</outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>{HOLE}</coordinates>"
    "</LinearRing></innerBoundaryIs></Polygon>"
)
TRACK = "<gx:Track><when>2025</when><gx:coord>118 24 3</gx:coord><gx:coord>119 25 3</gx:coord></gx:Track>"


def kml(directory, *places, name="清单.kml", encoding="utf-8", **words):
    path = directory / name
    path.write_text(kml_text(*places, **words), encoding=encoding)
    return path


def test_a_placemark_is_a_row_with_its_name_folder_and_shape(tmp_path):
    sheet = open_sheet(kml(tmp_path, placemark(more="<description>宏站 35米</description>")))
    assert sheet.cells.iloc[0].to_dict() == {
        "name": "泉港一",
        "description": "宏站 35米",
        "folder": "清单 / 一期",
    }
    assert sheet.geometry[0].wkt == "POINT (118.6 24.9)"
    assert sheet.rows.tolist() == [1]


def test_a_kml_declares_no_crs_and_says_what_the_format_says(tmp_path):
    sheet = open_sheet(kml(tmp_path, placemark()))
    assert sheet.crs == ""
    assert FORMAT_SAYS in sheet.notes


@pytest.mark.parametrize(
    ("types", "crs"),
    [
        (("GCJ-02", "GCJ-02"), "GCJ-02"),
        (("GCJ02",), "GCJ-02"),
        (("SOMETHING",), ""),
        (("CGCS2000", "CGCS2000"), "EPSG:4490"),
        (("WGS84",), "EPSG:4326"),
        (("CGCS2000", "GCJ-02"), ""),
        (("CGCS2000", ""), ""),
    ],
)
def test_the_marks_of_ovital_are_kept_and_believed_only_where_all_agree(tmp_path, types, crs):
    marks = [f"<OvCoordType>{word}</OvCoordType>" if word else "" for word in types]
    sheet = open_sheet(kml(tmp_path, *(placemark(more=one) for one in marks), name="清单.ovkml"))
    assert sheet.crs == crs
    assert sheet.cells["OvCoordType"].tolist() == list(types)
    assert f"{types[0]} {types.count(types[0])}" in sheet.notes[0]


def test_an_ovkml_without_marks_says_what_it_may_be(tmp_path):
    for path in (
        kml(tmp_path, placemark(), name="a.ovkml"),
        archive(tmp_path / "b.ovkmz", {"doc.kml": kml_text(placemark()).encode()}),
    ):
        sheet = open_sheet(path)
        assert sheet.crs == ""
        assert sheet.notes == (UNMARKED,)


def test_extended_data_become_columns(tmp_path):
    schema = (
        '<ExtendedData><Data name="挂高"><displayName>x</displayName><value>35</value></Data>'
        '<Data name="name"><value>内部名</value></Data>'
        '<SchemaData schemaUrl="#s"><SimpleData name="制式">NR</SimpleData></SchemaData>'
        "</ExtendedData>"
    )
    sheet = open_sheet(kml(tmp_path, placemark(more=schema), placemark("b")))
    assert sheet.cells["挂高"].tolist() == ["35", ""]
    assert sheet.cells["制式"].tolist() == ["NR", ""]
    assert sheet.cells["name"].tolist() == ["泉港一", "b"]
    assert sheet.cells["name_2"].tolist() == ["内部名", ""]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (LINE, "LineString"),
        (AREA, "Polygon"),
        (TRACK, "LineString"),
        (f"<MultiGeometry>{AREA}{AREA}</MultiGeometry>", "MultiPolygon"),
        (
            f"<MultiGeometry><MultiGeometry>{LINE}</MultiGeometry>{LINE}</MultiGeometry>",
            "MultiLineString",
        ),
        (f"<MultiGeometry>{AREA}{LINE}</MultiGeometry>", "GeometryCollection"),
        (f"<LinearRing><coordinates>{RING}</coordinates></LinearRing>", "LineString"),
        ("", None),
        ("<Point><coordinates></coordinates></Point>", None),
    ],
)
def test_every_shape_is_read(tmp_path, shape, kind):
    found = open_sheet(kml(tmp_path, placemark(shape=shape))).geometry[0]
    assert (found and found.geom_type) == kind


def test_a_hole_stays_a_hole(tmp_path):
    area = open_sheet(kml(tmp_path, placemark(shape=AREA))).geometry[0]
    assert len(area.interiors) == 1
    assert area.area == pytest.approx(0.5 - 0.005)


def test_coordinates_in_any_spacing_are_read_and_heights_are_said(tmp_path):
    spaced = (
        "<LineString><coordinates>\n 118.6, 24.9, 35\n\t118.7,25.0\n</coordinates></LineString>"
    )
    sheet = open_sheet(kml(tmp_path, placemark(shape=spaced)))
    assert sheet.geometry[0].wkt == "LINESTRING (118.6 24.9, 118.7 25)"
    assert WITHOUT_Z in sheet.notes


@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        ('<?xml version="1.0" encoding="GBK"?>', "gbk"),
        ('<?xml version="1.0" encoding="gb2312"?>', "gb2312"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
        ("", "utf-8-sig"),
    ],
)
def test_chinese_encodings_are_understood(tmp_path, start, encoding):
    sheet = open_sheet(kml(tmp_path, placemark(), encoding=encoding, start=start))
    assert sheet.cells["name"].tolist() == ["泉港一"]


def test_a_table_in_a_description_is_read_as_its_words(tmp_path):
    table = (
        "<description><![CDATA[<html><head><style>p{}</style></head><table><tr><td>站号</td>"
        "<td>QZ01</td></tr><tr><td>挂高</td><td>35&nbsp;米</td></tr></table>"
        "<script>alert(1)</script>]]></description>"
    )
    sheet = open_sheet(kml(tmp_path, placemark(more=table)))
    assert sheet.cells["description"].tolist() == ["站号: QZ01; 挂高: 35 米"]
    assert "HTML in 1 cell read as its words" in sheet.notes


def test_a_kmz_gives_its_main_kml(tmp_path):
    inner, other = kml_text(placemark()), kml_text(placemark("other"))
    path = archive(
        tmp_path / "a.kmz",
        {"files/x.kml": other.encode(), "doc.kml": inner.encode(), "a.png": b"P"},
    )
    sheet = open_sheet(path)
    assert sheet.file == "a.kmz/doc.kml"
    assert "1 more KML in the archive left out; unpack it to import them" in sheet.notes
    assert sheet.cells["name"].tolist() == ["泉港一"]


def test_an_ovkmz_is_read_as_an_ovkml(tmp_path):
    text = kml_text(placemark(more="<OvCoordType>GCJ-02</OvCoordType>"))
    sheet = open_sheet(archive(tmp_path / "a.ovkmz", {"doc.ovkml": text.encode()}))
    assert sheet.cells["OvCoordType"].tolist() == ["GCJ-02"]


def test_what_is_not_read_is_said(tmp_path):
    more = "<NetworkLink><Link><href>http://x.example/</href></Link></NetworkLink><GroundOverlay/>"
    notes = open_sheet(kml(tmp_path, placemark(), more)).notes
    assert "links to other files are not followed" in notes
    assert "pictures on the ground are not read" in notes


LAUGHS = (
    '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
BAD = {
    "entities": (kml_text(placemark("&c;"), start=LAUGHS), "declares a document type"),
    "outside entity": (
        kml_text(
            placemark("&x;"), start='<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        ),
        "declares a document type",
    ),
    "outside dtd": (
        kml_text(start='<!DOCTYPE kml SYSTEM "http://x.example/a.dtd">'),
        "declares a document type",
    ),
    "unknown entity": (kml_text(placemark("&x;")), "is not complete XML"),
    "cut off": (kml_text(placemark())[:-40], "is not complete XML"),
    "nested": (kml_text("<Folder>" * 300 + "</Folder>" * 300), "more than 200 deep"),
    "no kml": ("<?xml version='1.0'?><gpx><trk/></gpx>", "is XML, but no KML"),
    "words": (
        kml_text(placemark(shape="<Point><coordinates>east,north</coordinates></Point>")),
        "coordinate that is no number",
    ),
    "not a number": (
        kml_text(placemark(shape="<Point><coordinates>nan,24.9</coordinates></Point>")),
        "coordinate that is no number",
    ),
    "one number": (
        kml_text(placemark(shape="<Point><coordinates>118.6</coordinates></Point>")),
        "no `longitude,latitude`",
    ),
    "no ring": (kml_text(placemark(shape=AREA.replace(RING, "1,1 2,2"))), "outline is no ring"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_sound_kml_is_refused_with_its_line(tmp_path, case):
    text, what = BAD[case]
    path = tmp_path / "a.kml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        open_sheet(path)
    problem = caught.value.problems[0]
    assert what in problem.what
    assert problem.file == "a.kml"
    assert problem.remedy


def test_text_that_is_not_what_it_declares_says_so(tmp_path):
    path = tmp_path / "a.kml"
    path.write_bytes(kml_text(placemark()).encode("gbk"))
    with pytest.raises(DataError, match="is not the utf-8"):
        open_sheet(path)
