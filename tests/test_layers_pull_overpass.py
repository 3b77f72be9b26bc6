"""Overpass is asked part by part, and an answer that is not whole is never used."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import loopback as web
import osmnx
import pytest
from overpass_town import box_of, node, relation, said, square, way

from siting.errors import DataError, MissingDataError
from siting.layers.formats.osm import open_osm
from siting.layers.formats.osm_tags import OSM_LAYERS
from siting.layers.pull.cache import Cache
from siting.layers.pull.fetch import Fetcher
from siting.layers.pull.manners import Manners
from siting.layers.pull.objects import draw
from siting.layers.pull.overpass import Overpass, query
from siting.layers.pull.tiles import (
    checked_bounds,
    glo30_tiles,
    quarters,
    split_bounds,
    worldcover_tiles,
)
from siting.layers.pull.wanted import OBJECTS, TOWNSHIP_BOUNDARIES

AREA = (118.0, 24.0, 119.0, 25.0)
ROADS = OSM_LAYERS["roads"]
PATH = "/api/interpreter"


@pytest.fixture(autouse=True)
def _no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[web.Loopback]:
    with web.loopback() as running:
        running.answers[PATH] = lambda _asked: said([])
        yield running


def answers(
    server: web.Loopback, tmp_path: Path, *, side_deg: float = 1.0, waits: list[float] | None = None
) -> list[dict[str, Any]]:
    sleep = (waits if waits is not None else []).append
    manners = Manners(timeout_s=5.0, retries=2, pause_s=0.0, sleep=sleep)
    with Fetcher(manners) as fetcher:
        overpass = Overpass(url=f"{server.url}/api", cache=Cache(tmp_path), fetcher=fetcher)
        return list(overpass.answers(ROADS, AREA, side_deg=side_deg))


def queries(server: web.Loopback) -> list[str]:
    return [one.query for one in server.asked if one.method == "POST"]


def refuse_wide(limit_deg: float, remark: str) -> Any:
    """Answer queries for areas up to a width; of the others send a part, with a remark."""

    def answer(asked: web.Asked) -> bytes:
        south, west, north, east = box_of(asked.query)
        if east - west > limit_deg:
            return said([node(1, 118.1, 24.1, highway="bus_stop")], remark=remark)
        middle = round((south + north) / 2, 6)
        return said([node(round(west * 1000) * 100_000 + round(middle * 1000), west, middle)])

    return answer


# --- queries


def test_a_query_asks_for_what_a_layer_takes_and_for_all_that_it_is_drawn_by() -> None:
    text = query(OSM_LAYERS["rail"], AREA, timeout_s=90.0)
    assert text.startswith("[out:json][timeout:90][maxsize:536870912];")
    assert 'way["railway"~"^(rail|light_rail|' in text
    assert "(24.000000,118.000000,25.000000,119.000000)" in text
    assert text.endswith("(._;>;);out body;")


def test_areas_are_asked_for_as_ways_and_relations_and_never_as_nodes() -> None:
    text = query(OSM_LAYERS["buildings"], AREA, timeout_s=90.0)
    assert 'way["building"]["building"!="no"]' in text
    assert 'relation["building"]["building"!="no"]' in text
    assert "node[" not in text


def test_townships_are_the_boundaries_of_level_eight() -> None:
    text = query(TOWNSHIP_BOUNDARIES, AREA, timeout_s=90.0)
    assert 'relation["boundary"="administrative"]["admin_level"="8"]' in text


def test_every_layer_has_a_query() -> None:
    texts = [
        query(one.tags, AREA, timeout_s=9.0) for several in OBJECTS.values() for one in several
    ]
    assert len(set(texts)) == len(texts) == 12


# --- parts of an area


def test_a_large_area_is_asked_for_part_by_part(server: web.Loopback, tmp_path: Path) -> None:
    assert len(answers(server, tmp_path, side_deg=0.5)) == 4
    assert len(set(queries(server))) == 4


def test_the_parts_of_an_area_cover_it_and_nothing_else() -> None:
    parts = split_bounds((118.1, 24.2, 119.0, 24.9), 0.25)
    assert len(parts) == 12
    assert sum((e - w) * (n - s) for w, s, e, n in parts) == pytest.approx(0.9 * 0.7)
    assert all(max(e - w, n - s) <= 0.25 for w, s, e, n in parts)
    assert sum((e - w) * (n - s) for w, s, e, n in quarters(parts[0])) == pytest.approx(
        (parts[0][2] - parts[0][0]) * (parts[0][3] - parts[0][1])
    )


@pytest.mark.parametrize(
    "remark",
    [
        'runtime error: Query timed out in "recurse" at line 1 after 6 seconds.',
        'runtime error: Query run out of memory in "recurse" at line 1 using about 512 MB of RAM.',
    ],
)
def test_an_area_that_is_too_much_is_quartered(
    server: web.Loopback, tmp_path: Path, remark: str
) -> None:
    server.answers[PATH] = refuse_wide(0.3, remark)
    found = answers(server, tmp_path)

    assert len(found) == 16
    assert len({one["elements"][0]["id"] for one in found}) == 16
    assert not any("remark" in one for one in found)
    assert len(queries(server)) == 1 + 4 + 16


def test_a_quartered_area_is_not_asked_for_again(server: web.Loopback, tmp_path: Path) -> None:
    server.answers[PATH] = refuse_wide(0.3, "runtime error: Query timed out")
    first = answers(server, tmp_path)
    asked = len(server.asked)
    assert answers(server, tmp_path) == first
    assert len(server.asked) == asked


def test_a_server_that_is_always_overburdened_is_an_error(
    server: web.Loopback, tmp_path: Path
) -> None:
    server.answers[PATH] = refuse_wide(0.0, "runtime error: Query timed out in 5 s")
    with pytest.raises(MissingDataError, match="cannot answer even a small area: runtime error"):
        answers(server, tmp_path)
    server.answers[PATH] = lambda _asked: said([])
    assert len(answers(server, tmp_path)) > 0


def test_another_remark_is_asked_again_and_then_an_error(
    server: web.Loopback, tmp_path: Path
) -> None:
    busy = said([], remark="runtime error: open64: 0 Success. The server is probably too busy")
    server.answers[PATH] = lambda _asked: busy
    with pytest.raises(MissingDataError, match=r"not whole \(runtime error: open64.*asked 3 times"):
        answers(server, tmp_path)
    assert not list(tmp_path.glob("*.data"))


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (said([node(1, 118.1, 24.1)])[:-9], "sends no whole JSON"),
        (b"\xff\xfe", "sends no whole JSON"),
        (b"[" * 100_000, "sends no whole JSON"),
        (b"[]", "no answer of Overpass"),
        (b'{"elements": 3}', "no answer of Overpass"),
        (web.HTML, "sends a web page instead of data"),
    ],
    ids=["cut", "no text", "deep", "list", "no elements", "page"],
)
def test_what_is_no_whole_answer_is_never_kept(
    server: web.Loopback, tmp_path: Path, body: bytes, what: str
) -> None:
    server.answers[PATH] = lambda _asked: body
    with pytest.raises(MissingDataError, match=what):
        answers(server, tmp_path)
    assert not list(tmp_path.glob("*.data"))
    assert len(queries(server)) == 3


# --- politeness


def test_the_slot_of_the_server_is_waited_for(server: web.Loopback, tmp_path: Path) -> None:
    page = b"Rate limit: 2\nSlot available after: 2026-01-01T00:00:00Z, in 42 seconds.\n"
    server.answers["/api/status"] = lambda _asked: page
    waits: list[float] = []
    answers(server, tmp_path, waits=waits)
    assert server.paths() == ["/api/status", PATH]
    assert waits[0] == 42.0


def test_too_many_requests_waits_for_the_next_slot(server: web.Loopback, tmp_path: Path) -> None:
    server.troubles[PATH] = [web.status(429)]
    free = b"Rate limit: 2\n1 slots available now.\n"
    busy = b"Rate limit: 2\nSlot available after: 2026-01-01T00:00:00Z, in 77 seconds.\n"
    pages = [free, busy]
    server.answers["/api/status"] = lambda _asked: pages.pop(0)
    waits: list[float] = []
    answers(server, tmp_path, waits=waits)
    assert server.paths() == ["/api/status", PATH, "/api/status", PATH]
    assert max(waits) == 77.0


def test_a_server_without_a_status_page_is_asked_all_the_same(
    server: web.Loopback, tmp_path: Path
) -> None:
    server.troubles["/api/status"] = [web.status(404)]
    assert len(answers(server, tmp_path)) == 1


# --- drawing


def drawn(elements: list[dict[str, Any]], layer: str) -> Any:
    copies = [json.loads(said(elements)) for _ in range(2)]
    return draw(copies, OSM_LAYERS[layer], server="here")


def test_an_object_of_several_parts_is_taken_once() -> None:
    found = drawn(square(1, 118.1, 24.1, 0.01, building="yes"), "buildings")
    assert found.cells["id"].tolist() == ["way/1"]
    assert found.shapes[0].geom_type == "Polygon"
    assert found.vintage == "2026-01-01"


def test_tags_become_cells() -> None:
    house = square(1, 118.1, 24.1, 0.01, building="house", height="40 ft", building__levels="4")
    row = drawn(house, "buildings").cells.iloc[0]
    assert (row["kind"], row["height_m"], row["storeys"]) == ("house", "12.192", "4")


def test_a_relation_is_put_together() -> None:
    a, b = square(1, 118.1, 24.1, 0.01), square(21, 118.2, 24.1, 0.01)
    both = relation(90, [1, 21], type="multipolygon", natural="water", name="双湖")
    found = drawn([*a, *b, both], "water")
    assert found.cells["id"].tolist() == ["relation/90"]
    assert found.shapes[0].geom_type == "MultiPolygon"


def test_a_closed_way_of_a_layer_of_areas_is_an_area() -> None:
    found = drawn(square(1, 118.1, 24.1, 0.01, harbour="yes"), "ports")
    assert found.shapes[0].geom_type == "Polygon"


def test_a_roundabout_stays_a_line() -> None:
    found = drawn(square(1, 118.1, 24.1, 0.01, highway="primary"), "roads")
    assert found.shapes[0].geom_type == "LineString"


def test_what_cannot_be_drawn_is_counted_and_named() -> None:
    whole = square(1, 118.1, 24.1, 0.01, building="yes")
    torn = [
        way(30, [2, 3, 999, 2], building="yes"),
        relation(91, [888], type="multipolygon", building="yes"),
    ]
    found = drawn([*whole, *torn], "buildings")
    assert found.cells["id"].tolist() == ["way/1"]
    assert found.notes[0].startswith("2 objects left out")
    assert "way/30, relation/91" in found.notes[0]


def test_an_area_without_objects_is_an_empty_table() -> None:
    found = drawn([node(1, 118.1, 24.1)], "roads")
    assert len(found.cells) == len(found.shapes) == 0


def test_no_tag_passes_for_anything_else() -> None:
    evil = {"geometry": "x", "id": "7", "element": "y", "nodes": "z", "type": "w"}
    house = square(1, 118.1, 24.1, 0.01, building="yes", name="<b>\x00&\ud800</b>", **evil)
    found = drawn_raw(house)
    assert found.cells["id"].tolist() == ["way/1"]
    assert found.cells["name"].tolist() == ["<b>&</b>"]


def drawn_raw(elements: list[dict[str, Any]]) -> Any:
    return draw([{"elements": elements}], OSM_LAYERS["buildings"], server="here")


@pytest.mark.parametrize(
    "element",
    [
        {"type": "node"},
        {"type": "node", "id": 1, "lat": "north", "lon": 118.0},
        {"type": "node", "id": 1, "lat": float("nan"), "lon": 118.0},
        {"type": "node", "id": 1, "lat": 118.0, "lon": 24.0},
        {"type": "way", "id": 1, "nodes": ["x"]},
        {"id": 1},
        "a node",
    ],
    ids=repr,
)
def test_objects_that_are_none_are_an_error(element: Any) -> None:
    with pytest.raises(DataError, match="sends objects that are none of OpenStreetMap"):
        drawn_raw([element])


def test_osmnx_asks_nobody_and_keeps_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = dict(vars(osmnx.settings))
    drawn(square(1, 118.1, 24.1, 0.01, building="yes"), "buildings")
    assert dict(vars(osmnx.settings)) == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("layer", ["buildings", "roads"])
def test_real_objects_are_drawn_as_the_reader_of_extracts_draws_them(
    shared_directory: Path, layer: str
) -> None:
    extract = shared_directory / "data" / "osm_sample" / "laupheim_block.osm"
    expected = open_osm(extract, feature=layer)
    found = draw([{"elements": elements_of(extract)}], OSM_LAYERS[layer], server="here")

    mine = found.cells.set_index("id")
    theirs = expected.cells.set_index("id")
    # osmnx repairs the few rings that osmium refuses to draw
    assert len(mine) - len(theirs) <= 3
    assert mine.loc[theirs.index].to_dict() == theirs.to_dict()
    shapes = dict(zip(mine.index, found.shapes, strict=True))
    for name, shape in zip(theirs.index, expected.geometry, strict=True):
        assert shapes[name].equals(shape)


def elements_of(extract: Path) -> list[dict[str, Any]]:
    """Return the objects of an extract as an answer of Overpass would hold them."""
    elements: list[dict[str, Any]] = []
    for one in ET.parse(extract).getroot():
        if one.tag not in ("node", "way", "relation"):
            continue
        element: dict[str, Any] = {"type": one.tag, "id": int(one.attrib["id"])}
        if one.tag == "node":
            element |= {"lat": float(one.attrib["lat"]), "lon": float(one.attrib["lon"])}
        if one.tag == "way":
            element["nodes"] = [int(nd.attrib["ref"]) for nd in one.findall("nd")]
        if one.tag == "relation":
            element["members"] = [
                {**part.attrib, "ref": int(part.attrib["ref"])} for part in one.findall("member")
            ]
        element["tags"] = {tag.attrib["k"]: tag.attrib["v"] for tag in one.findall("tag")}
        elements.append(element)
    return elements


# --- bounds and tiles


def test_tiles_bear_their_published_names() -> None:
    assert glo30_tiles((117.4, 24.5, 118.2, 24.9)) == (
        "Copernicus_DSM_COG_10_N24_00_E117_00_DEM",
        "Copernicus_DSM_COG_10_N24_00_E118_00_DEM",
    )
    assert glo30_tiles((-0.5, -0.5, -0.2, -0.2)) == ("Copernicus_DSM_COG_10_S01_00_W001_00_DEM",)
    assert worldcover_tiles((119.5, 24.5, 120.5, 24.9)) == (
        "ESA_WorldCover_10m_2021_v200_N24E117_Map",
        "ESA_WorldCover_10m_2021_v200_N24E120_Map",
    )


def test_a_tile_that_an_area_only_touches_is_asked_for_too() -> None:
    assert len(glo30_tiles((118.1, 24.1, 119.0, 24.9))) == 2


@pytest.mark.parametrize(
    ("bounds", "what"),
    [
        ((118.0, 24.0, 118.0, 25.0), "encloses nothing"),
        ((119.0, 24.0, 118.0, 25.0), "encloses nothing"),
        ((118.0, 24.0, 181.0, 25.0), "beyond 180 degrees"),
        ((24.0, 118.0, 25.0, 119.0), "beyond 90 degrees"),
        ((100.0, 24.0, 120.0, 25.0), "20.0 degrees wide"),
        ((float("nan"), 24.0, 120.0, 25.0), "no number"),
    ],
)
def test_bounds_that_are_none_are_refused(bounds: Any, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        checked_bounds(bounds)


def test_bounds_are_rounded_outwards() -> None:
    assert checked_bounds((118.00012, 24.0, 118.5, 24.99999)) == (118.0, 24.0, 118.5, 25.0)
