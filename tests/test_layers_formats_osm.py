"""One layer of an OpenStreetMap extract: which objects, which tags, in which order."""

import bz2
import gzip

import osmium
import pytest
import shapely

from siting.errors import ConfigurationError, DataError
from siting.layers.formats.open import open_sheet
from siting.layers.formats.osm_tags import OSM_LAYERS

NODES = {n + 1: (118.6 + 0.001 * (n % 4), 24.9 + 0.001 * (n // 4)) for n in range(16)}


class Way:
    """A way, a node or a relation as osmium's writer takes it."""

    def __init__(self, number, *, nodes=None, members=None, location=None, **tags):
        self.id, self.version, self.visible = number, 1, True
        self.nodes, self.members, self.location = nodes, members, location
        self.tags = {key.replace("__", ":"): value for key, value in tags.items()}


WAYS = (
    Way(30, nodes=[1, 2, 3], highway="primary", name="中山路", name__en="Zhongshan Road",
        maxspeed="60", oneway="yes", ref="G324"),
    Way(20, nodes=[5, 6, 7, 5], highway="residential", junction="roundabout", maxspeed="walk"),
    Way(21, nodes=[5, 6], highway="footway"),
    Way(40, nodes=[1, 2, 6, 5, 1], building="yes", height="12 m", building__levels="4"),
    Way(41, nodes=[1, 2, 6], building="yes"),
    Way(42, nodes=[3, 4, 99, 3], building="house"),
    Way(43, nodes=[1, 2, 6, 5, 1], building="no"),
    Way(50, nodes=[1, 4, 16, 13, 1]),
    Way(51, nodes=[6, 7, 11, 10, 6]),
    Way(60, nodes=[1, 6], power="line", voltage="110000;220000"),
    Way(61, nodes=[9, 10, 14, 13, 9], power="substation", voltage="220000"),
    Way(62, nodes=[9, 10, 14, 13, 9], natural="water", name="东湖"),
    Way(63, nodes=[9, 10, 14], waterway="river", name__zh="晋江"),
)  # fmt: skip
RELATIONS = (
    Way(70, members=[("w", 50, "outer"), ("w", 51, "inner")], type="multipolygon", building="mall"),
    Way(71, members=[("w", 50, "outer")], type="boundary", boundary="administrative",
        admin_level="6", name="泉港区"),
    Way(72, members=[("w", 50, "outer")], type="boundary", boundary="administrative",
        admin_level="8", name="后龙镇"),
    Way(73, members=[("w", 999, "outer")], type="multipolygon", building="yes"),
)  # fmt: skip
POINTS = (
    Way(101, location=(118.61, 24.91), place="village", name="前黄村"),
    Way(102, location=(118.62, 24.91), amenity="townhall", name="后龙镇政府"),
    Way(103, location=(118.62, 24.92), place="town", name="后龙镇", population="51,000"),
)

ORDERED = tuple(sorted(WAYS, key=lambda way: way.id))


def write(path, *, ways=ORDERED, relations=RELATIONS):
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, location in NODES.items():
            writer.add_node(Way(number, location=location))
        for one in POINTS:
            writer.add_node(one)
        for one in ways:
            writer.add_way(one)
        for one in relations:
            writer.add_relation(one)
    return path


@pytest.fixture(scope="module", params=["osm.pbf", "osm", "osm.bz2", "osm.gz"])
def extract(request, tmp_path_factory):
    return write(tmp_path_factory.mktemp("osm") / f"city.{request.param}")


def test_roads_are_lines_with_their_names_and_speeds(extract):
    sheet = open_sheet(extract, feature="roads")
    assert sheet.crs == "EPSG:4326"
    assert sheet.cells.to_dict("records") == [
        {"id": "way/20", "name": "", "name_en": "", "name_zh": "", "kind": "residential",
         "ref": "", "oneway": "", "maxspeed_kmh": ""},
        {"id": "way/30", "name": "中山路", "name_en": "Zhongshan Road", "name_zh": "",
         "kind": "primary", "ref": "G324", "oneway": "yes", "maxspeed_kmh": "60"},
    ]  # fmt: skip
    assert [shape.geom_type for shape in sheet.geometry] == ["LineString", "LineString"]
    assert sheet.geometry[1].coords[0] == pytest.approx(NODES[1])


def test_buildings_are_areas_and_relations_are_put_together(extract):
    sheet = open_sheet(extract, feature="buildings")
    assert sheet.cells["id"].tolist() == ["way/40", "relation/70"]
    assert sheet.cells["height_m"].tolist() == ["12", ""]
    assert sheet.cells["storeys"].tolist() == ["4", ""]
    assert [shape.geom_type for shape in sheet.geometry] == ["Polygon", "Polygon"]
    assert len(sheet.geometry[1].interiors) == 1


def test_what_is_not_whole_is_left_out_and_said(extract):
    note = open_sheet(extract, feature="buildings").notes[0]
    assert note.startswith("3 objects left out")
    assert note.endswith("way/41, way/42, relation/73")


def test_a_road_of_which_a_node_is_missing_is_left_out_and_said(tmp_path):
    ways = (Way(1, nodes=[1, 2], highway="road"), Way(2, nodes=[1, 2, 99], highway="road"))
    sheet = open_sheet(write(tmp_path / "a.osm.pbf", ways=ways), feature="roads")
    assert sheet.cells["id"].tolist() == ["way/1"]
    assert sheet.notes[0].endswith("way/2")


def test_a_coordinate_that_is_no_number_is_refused(tmp_path):
    path = write(tmp_path / "a.osm")
    path.write_text(path.read_text(encoding="utf-8").replace('lat="24.9"', 'lat="24,9"'), "utf-8")
    with pytest.raises(DataError, match="cannot be read to its end"):
        open_sheet(path, feature="roads")


def test_lines_and_areas_of_one_layer_are_told_apart(extract):
    power = open_sheet(extract, feature="power")
    assert power.cells["voltage_kv"].tolist() == ["220", "220"]
    assert [shape.geom_type for shape in power.geometry] == ["LineString", "Polygon"]
    water = open_sheet(extract, feature="water")
    assert water.cells["name"].tolist() == ["东湖", "晋江"]
    assert [shape.geom_type for shape in water.geometry] == ["Polygon", "LineString"]


@pytest.mark.parametrize(
    ("feature", "names"),
    [
        ("counties", ["泉港区"]),
        ("villages", ["前黄村"]),
        ("townships", ["后龙镇"]),
        ("places", ["前黄村", "后龙镇"]),
        ("public_places", ["后龙镇政府"]),
    ],
)
def test_places_and_boundaries_are_told_by_kind_and_level(extract, feature, names):
    assert open_sheet(extract, feature=feature).cells["name"].tolist() == names


def test_ways_before_their_nodes_are_read_as_overpass_writes_them(tmp_path):
    write(tmp_path / "a.osm")
    lines = (tmp_path / "a.osm").read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if "<way" in line)
    rest = next(n for n, line in enumerate(lines) if "<relation" in line)
    turned = [*lines[:2], *lines[first:rest], *lines[2:first], lines[-1]]
    (tmp_path / "b.osm").write_text("\n".join(turned), encoding="utf-8")
    straight, other = (open_sheet(tmp_path / f"{x}.osm", feature="roads") for x in "ab")
    assert other.cells.equals(straight.cells)
    assert shapely.equals(other.geometry, straight.geometry).all()


def test_rows_come_in_the_same_order_however_the_file_is_ordered(tmp_path):
    one = open_sheet(write(tmp_path / "a.osm"), feature="roads")
    two = open_sheet(write(tmp_path / "b.osm", ways=WAYS), feature="roads")
    assert one.cells.equals(two.cells)


def test_progress_is_told(tmp_path):
    told = []
    write(tmp_path / "a.osm.pbf")
    open_sheet(tmp_path / "a.osm.pbf", feature="roads", progress=lambda *one: told.append(one))
    assert told == [("a.osm.pbf", 0)]


@pytest.mark.parametrize("feature", ["", "sites", "DROP TABLE"])
def test_a_layer_that_no_extract_holds_is_refused_with_those_it_may(extract, feature):
    with pytest.raises(ConfigurationError, match="say which to read: roads, rail"):
        open_sheet(extract, feature=feature)


def test_an_extract_without_the_layer_says_so(extract):
    with pytest.raises(DataError, match=r"holds nothing for rail \(no railway"):
        open_sheet(extract, feature="rail")


def test_a_file_cut_off_is_refused(extract, tmp_path):
    whole = extract.read_bytes()
    cut = tmp_path / extract.name
    cut.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(DataError, match="cannot be read to its end"):
        open_sheet(cut, feature="roads")


def test_entities_are_refused(tmp_path):
    text = (
        '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "ha">]><osm version="0.6">'
        '<node id="1" lat="24.9" lon="118.6"><tag k="name" v="&a;"/><tag k="place" v="village"/>'
        "</node></osm>"
    )
    path = tmp_path / "a.osm"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read to its end"):
        open_sheet(path, feature="villages")


def test_every_column_of_an_extract_is_one_that_the_layer_has():
    from siting.layers.schema import TABLES
    from siting.layers.wide import WIDE_TABLES

    tables = {**TABLES, **WIDE_TABLES}
    for name, layer in OSM_LAYERS.items():
        if name != "places":
            names = {column.name for column in tables[name].columns}
            assert set(layer.columns) - {"admin_level", "population"} <= names, name


def test_a_real_block_has_its_buildings_and_roads(shared_directory):
    path = shared_directory / "data" / "osm_sample" / "laupheim_block.osm"
    buildings = open_sheet(path, feature="buildings")
    assert len(buildings.rows) == 31
    assert {shape.geom_type for shape in buildings.geometry} == {"Polygon"}
    assert all(shape.is_valid for shape in buildings.geometry)
    roads = open_sheet(path, feature="roads")
    assert "Goethestraße" in roads.cells["name"].tolist()


def test_a_real_street_network_is_read_from_bz2_as_from_gz(shared_directory, tmp_path):
    path = shared_directory / "data" / "osm_sample" / "west_oakland.osm.bz2"
    sheet = open_sheet(path, feature="roads")
    assert len(sheet.rows) == 23
    again = tmp_path / "west_oakland.osm.gz"
    again.write_bytes(gzip.compress(bz2.decompress(path.read_bytes())))
    assert open_sheet(again, feature="roads").cells.equals(sheet.cells)
