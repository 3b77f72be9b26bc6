"""Which objects of OpenStreetMap make which layer, and what becomes of their tags.

The keys and values are those of the OpenStreetMap wiki (Map features); the levels of boundaries
are those used in China: 6 is a county or district, 8 a township, 10 a village.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ANY: tuple[str, ...] = ()
COUNTY_LEVEL = "6"


@dataclass(frozen=True, kw_only=True)
class Take:
    """Objects with one of `values` (any but `no` where it is ANY) of the tag `key`.

    `shapes` are the forms in which such an object is drawn; a closed way is an area where both a
    line and an area would do. `also` are tags that it must carry besides.
    """

    key: str
    values: tuple[str, ...] = ANY
    shapes: tuple[str, ...] = ("point", "area")
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LayerTags:
    """What one layer takes, and its columns: name to the tag and how its text is read."""

    takes: tuple[Take, ...]
    columns: Mapping[str, tuple[str, Callable[[str], str]]] = field(default_factory=dict)


def as_is(text: str) -> str:
    """Return a tag as it is."""
    return text


def metres(text: str) -> str:
    """Return a length in metres: `12`, `12.5 m`, `40 ft`, `40'`; "" where it is none.

    >>> metres("12.5 m"), metres("100 ft"), metres("high")
    ('12.5', '30.48', '')
    """
    return _quantity(text, {"": 1.0, "m": 1.0, "米": 1.0, "ft": 0.3048, "'": 0.3048})


def kilometres_per_hour(text: str) -> str:
    """Return a speed in km/h: `60`, `40 mph`; "" where it is a word such as `walk`.

    >>> kilometres_per_hour("60"), kilometres_per_hour("40 mph"), kilometres_per_hour("CN:urban")
    ('60', '64.374', '')
    """
    return _quantity(text, {"": 1.0, "km/h": 1.0, "kmh": 1.0, "mph": 1.609344})


def kilovolts(text: str) -> str:
    """Return the highest of the voltages of a tag, given in volts, in kilovolts.

    >>> kilovolts("110000;220000"), kilovolts("medium")
    ('220', '')
    """
    return _quantity(text, {"": 0.001, "v": 0.001, "kv": 1.0})


def count(text: str) -> str:
    """Return a number without a unit; the highest where there are several."""
    return _quantity(text, {"": 1.0})


def _quantity(text: str, factors: Mapping[str, float]) -> str:
    found = []
    for part in text.split(";"):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([^\d\s]*)\s*", part)
        if match is not None and match[2].lower() in factors:
            found.append(float(match[1]) * factors[match[2].lower()])
    return f"{max(found):.3f}".rstrip("0").rstrip(".") if found else ""


_ROAD_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary")
_ROADS = (
    *(name for one in _ROAD_CLASSES for name in (one, f"{one}_link")),
    *("unclassified", "residential", "living_street", "service", "road", "track"),
    *("pedestrian", "busway"),
)
_RAIL = ("rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail")
_PUBLIC = (
    *("townhall", "school", "kindergarten", "college", "university", "hospital", "clinic"),
    *("community_centre", "police", "fire_station", "library", "bus_station", "marketplace"),
)
_TOWNS = ("town", "township", "suburb")
_VILLAGES = ("village", "hamlet", "neighbourhood", "quarter", "isolated_dwelling")

OSM_LAYERS: Mapping[str, LayerTags] = {
    "roads": LayerTags(
        takes=(Take(key="highway", values=_ROADS, shapes=("line",)),),
        columns={
            "ref": ("ref", as_is),
            "oneway": ("oneway", as_is),
            "maxspeed_kmh": ("maxspeed", kilometres_per_hour),
        },
    ),
    "rail": LayerTags(takes=(Take(key="railway", values=_RAIL, shapes=("line",)),)),
    "water": LayerTags(
        takes=(
            Take(key="natural", values=("coastline",), shapes=("line",)),
            Take(key="natural", values=("water", "bay", "wetland"), shapes=("area",)),
            Take(key="waterway", values=("riverbank", "dock"), shapes=("area",)),
            Take(key="waterway", values=("river", "stream", "canal", "ditch"), shapes=("line",)),
            Take(key="landuse", values=("reservoir", "basin"), shapes=("area",)),
        )
    ),
    "power": LayerTags(
        takes=(
            Take(key="power", values=("line", "minor_line", "cable"), shapes=("line",)),
            Take(key="power", values=("substation", "plant", "generator", "tower")),
        ),
        columns={"voltage_kv": ("voltage", kilovolts)},
    ),
    "buildings": LayerTags(
        takes=(Take(key="building", shapes=("area",)),),
        columns={"height_m": ("height", metres), "storeys": ("building:levels", count)},
    ),
    "ports": LayerTags(
        takes=(
            Take(key="industrial", values=("port",)),
            Take(key="landuse", values=("port", "harbour")),
            Take(key="harbour"),
            Take(key="port"),
            Take(key="amenity", values=("ferry_terminal",)),
        )
    ),
    "parks": LayerTags(takes=(Take(key="landuse", values=("industrial",)),)),
    "public_places": LayerTags(
        takes=(
            Take(key="amenity", values=_PUBLIC),
            Take(key="office", values=("government",)),
            Take(key="railway", values=("station",)),
        )
    ),
    "data_centres": LayerTags(
        takes=(
            Take(key="telecom", values=("data_center", "data_centre")),
            Take(key="building", values=("data_center", "data_centre")),
        )
    ),
    "villages": LayerTags(
        takes=(Take(key="place", values=_VILLAGES),),
        columns={"population": ("population", count)},
    ),
    "townships": LayerTags(
        takes=(Take(key="place", values=_TOWNS),),
        columns={"population": ("population", count)},
    ),
    "places": LayerTags(takes=(Take(key="place"),), columns={"population": ("population", count)}),
    "counties": LayerTags(
        takes=(
            Take(
                key="boundary",
                values=("administrative",),
                shapes=("area",),
                also={"admin_level": COUNTY_LEVEL},
            ),
        ),
        columns={"population": ("population", count), "admin_level": ("admin_level", as_is)},
    ),
}
"""What each layer takes from an extract, by the name of the layer."""


def take_of(layer: LayerTags, tags: Mapping[str, str]) -> Take | None:
    """Return the first way in which a layer takes an object, None where it does not."""
    for take in layer.takes:
        value = tags.get(take.key, "no")
        fits = value in take.values if take.values else value != "no"
        if fits and all(tags.get(key) == wanted for key, wanted in take.also.items()):
            return take
    return None


def record_of(layer: LayerTags, take: Take, tags: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the cells of an object: its id, names, kind and the columns of the layer."""
    record = {
        "id": name,
        "name": tags.get("name") or tags.get("name:zh") or "",
        "name_en": tags.get("name:en", ""),
        "name_zh": tags.get("name:zh", ""),
        "kind": tags[take.key],
    }
    for column, (tag, read) in layer.columns.items():
        record[column] = read(tags.get(tag, ""))
    return {column: value.strip() for column, value in record.items()}
