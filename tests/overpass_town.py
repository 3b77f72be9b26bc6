"""What an Overpass server would answer about the made-up town, made up from its modelled layers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import geopandas as gpd
from loopback import Asked, Loopback
from town_study import town_layers

Element = dict[str, Any]
BASE = "2026-01-01T00:00:00Z"


def node(number: int, lon: float, lat: float, /, **tags: str) -> Element:
    one: Element = {"type": "node", "id": number, "lat": lat, "lon": lon}
    return one | ({"tags": named(tags)} if tags else {})


def way(number: int, nodes: list[int], /, **tags: str) -> Element:
    return {"type": "way", "id": number, "nodes": nodes, "tags": named(tags)}


def relation(number: int, ways: list[int], /, **tags: str) -> Element:
    members = [{"type": "way", "ref": ref, "role": "outer"} for ref in ways]
    return {"type": "relation", "id": number, "members": members, "tags": named(tags)}


def named(tags: dict[str, str]) -> dict[str, str]:
    """Return tags with : for __ in their keys."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def said(elements: list[Element], **more: Any) -> bytes:
    """Return an answer of Overpass."""
    head = {"version": 0.6, "osm3s": {"timestamp_osm_base": BASE}}
    return json.dumps(head | {"elements": elements} | more, ensure_ascii=False).encode()


def villages(share: float = 1.0, *, kind: str = "village") -> list[Element]:
    """Return the first share of the town's villages as nodes, named without their kind of unit."""
    places = town_layers().villages.to_crs("EPSG:4326")
    places = places.head(round(share * len(places)))
    return [
        node(1000 + k, row.geometry.x, row.geometry.y, place=kind, name=row.name_short)
        for k, row in enumerate(
            places.assign(name_short=places["name"].str.removesuffix("社区")).itertuples()
        )
    ]


def townships() -> list[Element]:
    """Return the town's townships as nodes at their seats."""
    seats = town_layers().townships
    points = seats.set_geometry(
        gpd.points_from_xy(seats["seat_x_m"], seats["seat_y_m"], crs=seats.crs)
    ).to_crs("EPSG:4326")
    return [
        node(2000 + k, row.geometry.x, row.geometry.y, place="town", name=row.name)
        for k, row in enumerate(points.itertuples())
    ]


def square(number: int, lon: float, lat: float, side: float, /, **tags: str) -> list[Element]:
    """Return a square way with its nodes; ids start at number."""
    corners = [(0, 0), (side, 0), (side, side), (0, side)]
    nodes = [node(number + 1 + k, lon + x, lat + y) for k, (x, y) in enumerate(corners)]
    refs = [one["id"] for one in nodes]
    return [*nodes, way(number, [*refs, refs[0]], **tags)]


def town_objects() -> dict[str, list[Element]]:
    """Return objects by the key that a query asks for."""
    road = [node(5000 + k, 118.44 + 0.02 * k, 24.90) for k in range(5)]
    return {
        '"place"~"^(village': villages(),
        '"place"~"^(town': townships(),
        '"highway"': [*road, way(5100, [one["id"] for one in road], highway="primary", ref="G1")],
        '"building"': square(6000, 118.47, 24.90, 0.0003, building="yes", height="21 m"),
        '"power"': square(6100, 118.48, 24.91, 0.001, power="substation", voltage="110000;10000"),
        '"natural"': square(6200, 118.49, 24.91, 0.004, natural="water", name="虚构湖"),
        '"railway"~': [
            *road, way(5200, [one["id"] for one in road], railway="rail", name="虚构铁路"),
        ],
        '"amenity"~"^(townhall': [
            node(7000, 118.47, 24.905, amenity="hospital", name="虚构医院", name__en="Made-up Hospital")
        ],
        '"industrial"="port"': square(
            7100, 118.574, 24.8825, 0.001, industrial="port", landuse="industrial", name="虚构东作业区"
        ),
        '"landuse"="industrial"': square(
            7200, 118.4855, 24.8855, 0.001, landuse="industrial", name="虚构开发园"
        ),
    }  # fmt: skip


def overpass(objects: dict[str, list[Element]]) -> Callable[[Asked], bytes]:
    """Return what answers a query: the objects of its key that lie in its box, whole."""

    def answer(asked: Asked) -> bytes:
        for key, elements in objects.items():
            if key in asked.query:
                return said(inside(elements, box_of(asked.query)))
        return said([])

    return answer


def box_of(query: str) -> tuple[float, ...]:
    """Return south, west, north, east of the first box of a query."""
    return tuple(float(side) for side in re.search(r"\((-?[\d.,-]+)\);", query)[1].split(","))


def inside(elements: list[Element], box: tuple[float, ...]) -> list[Element]:
    """Return the objects that meet a box with all their nodes; each node once."""
    south, west, north, east = box
    near = {
        one["id"]
        for one in elements
        if one["type"] == "node" and south <= one["lat"] <= north and west <= one["lon"] <= east
    }
    ways = [one for one in elements if one["type"] == "way" and near & set(one["nodes"])]
    wanted = near | {ref for one in ways for ref in one["nodes"]}
    ids = {one["id"] for one in ways}
    more = [
        one
        for one in elements
        if one["type"] == "relation" and ids & {member["ref"] for member in one["members"]}
    ]
    return [one for one in elements if one["type"] == "node" and one["id"] in wanted] + ways + more


def serve_town(server: Loopback, objects: dict[str, list[Element]] | None = None) -> str:
    """Let a server answer as Overpass does; return its address."""
    server.answers["/api/interpreter"] = overpass(objects or town_objects())
    server.answers["/api/status"] = lambda _asked: b"Rate limit: 2\n2 slots available now.\n"
    return f"{server.url}/api"
