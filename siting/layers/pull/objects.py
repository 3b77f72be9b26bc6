"""Draw the objects of Overpass answers by osmnx and read their tags as the cells of a layer.

Each answer holds every node that its objects are drawn by, so each is drawn by itself; an object
that lies in several parts of the area stands in several answers and is taken once, by its number.
osmnx reads a file (`features_from_xml`): no request goes through it and none of its settings is
touched. Only the tags that a layer needs are handed on, so that no tag can pass for anything else.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd
import shapely

from siting.errors import DataError, Problem
from siting.layers.formats.osm_tags import record_of, take_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from siting.layers.formats.osm_tags import LayerTags

ORDER = {"node": 0, "way": 1, "relation": 2}
NAMES = ("name", "name:zh", "name:en", "type", "area")
DIMENSIONS = {"point": 0, "line": 1, "area": 2}
SHOWN = 5
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Objects as a table of text cells (id, name, kind ...) with their shapes, WGS 84.

    `vintage` is the day (by the server) of the oldest answer; `notes` tell what was left out.
    """

    cells: pd.DataFrame
    shapes: NDArray[np.object_]
    vintage: str = ""
    notes: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Pile:
    """What has been drawn so far, by kind and number; filled by `draw` alone."""

    rows: dict[tuple[int, int], tuple[dict[str, str], Any]] = field(default_factory=dict)
    lost: set[tuple[int, int]] = field(default_factory=set)
    days: set[str] = field(default_factory=set)


def draw(answers: Iterable[dict[str, Any]], tags: LayerTags, *, server: str) -> Drawn:
    """Return the objects of all answers, each once, in the order of nodes, ways and relations.

    Raises
    ------
    DataError
        If an answer holds what is no object of OpenStreetMap; `server` is who sent it.

    """
    pile = _Pile()
    for answer in answers:
        day = str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))[:10]
        pile.days |= {day} if day else set()
        try:
            _add(pile, answer["elements"], tags)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"sends objects that are none of OpenStreetMap ({type(error).__name__})"
            remedy = "name another server with --overpass"
            raise DataError(Problem(file=server, what=what, remedy=remedy)) from error
    keys = sorted(pile.rows)
    shapes = np.empty(len(keys), dtype=object)
    shapes[:] = [pile.rows[key][1] for key in keys]
    cells = pd.DataFrame([pile.rows[key][0] for key in keys], dtype="str")
    lost = sorted(pile.lost - set(keys))
    return Drawn(cells=cells, shapes=shapes, vintage=min(pile.days, default=""), notes=_notes(lost))


def _notes(lost: list[tuple[int, int]]) -> tuple[str, ...]:
    if not lost:
        return ()
    words = {number: kind for kind, number in ORDER.items()}
    listed = ", ".join(f"{words[kind]}/{number}" for kind, number in lost[:SHOWN])
    listed += ", ..." if len(lost) > SHOWN else ""
    what = "left out, as they are not drawn whole or not as this layer is drawn"
    return (f"{len(lost):,} objects {what}: {listed}",)


def _add(pile: _Pile, elements: list[dict[str, Any]], tags: LayerTags) -> None:
    """Draw the objects of one answer that the layer takes."""
    pile.lost |= {
        (ORDER[one["type"]], int(one["id"]))
        for one in elements
        if one.get("tags") and take_of(tags, one["tags"]) is not None
    }
    for kind, number, said, shape in _drawn(elements, tags):
        take = take_of(tags, said)
        key = (ORDER[kind], number)
        if take is None or key in pile.rows:
            continue
        drawn = _as_taken(shape, take.shapes)
        if drawn is not None:
            pile.rows[key] = record_of(tags, take, said, f"{kind}/{number}"), drawn


def _as_taken(shape: Any, shapes: tuple[str, ...]) -> Any:
    """Return a shape as the layer takes it; a ring is an area where lines do not count."""
    dimension = int(shapely.get_dimensions(shape))
    if dimension == 1 and "line" not in shapes and "area" in shapes and shape.is_closed:
        area = shapely.make_valid(shapely.polygons(shape.coords))
        return area if int(shapely.get_dimensions(area)) == 2 else None
    return shape if dimension in {DIMENSIONS[name] for name in shapes} else None


def _drawn(
    elements: list[dict[str, Any]], tags: LayerTags
) -> Iterator[tuple[str, int, dict[str, str], Any]]:
    """Yield kind, number, tags and shape of the objects that osmnx draws."""
    import osmnx  # noqa: PLC0415  (seconds to import, and only a pull needs it)

    wanted: dict[str, bool | str | list[str]] = {take.key: True for take in tags.takes}
    with tempfile.TemporaryDirectory(prefix="siting-") as folder:
        path = Path(folder) / "answer.osm"
        _write_xml(path, elements, _needed(tags))
        try:
            table = osmnx.features_from_xml(path, tags=wanted)
        except osmnx._errors.InsufficientResponseError:  # noqa: SLF001  (it has no other name)
            return
    shapes = table.geometry.to_numpy()
    plain = table.drop(columns="geometry").astype(object)
    plain = plain.where(plain.notna(), None)
    for (kind, number), record, shape in zip(
        table.index, plain.to_dict("records"), shapes, strict=True
    ):
        said = {key: str(value) for key, value in record.items() if isinstance(value, str)}
        yield kind, int(number), said, shape


def _needed(tags: LayerTags) -> frozenset[str]:
    """Return the tags that tell the layer's objects and fill its columns."""
    keys = {key for take in tags.takes for key in (take.key, *take.also)}
    return frozenset({*NAMES, *keys, *(tag for tag, _ in tags.columns.values())})


def _write_xml(path: Path, elements: list[dict[str, Any]], needed: frozenset[str]) -> None:
    """Write an answer as OSM XML, with the needed tags only."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n')
        for one in elements:
            file.write(_element(one, needed))
        file.write("</osm>\n")


def _element(one: dict[str, Any], needed: frozenset[str]) -> str:
    """Return one node, way or relation as XML; another kind of element is no object."""
    kind = one["type"]
    if kind not in ORDER:
        return ""
    number = int(one["id"])
    place = ""
    if kind == "node":
        lat, lon = float(one["lat"]), float(one["lon"])
        if not (abs(lat) <= 90.0 and abs(lon) <= 180.0):
            message = "a node lies nowhere on the Earth"
            raise ValueError(message)
        place = f' lat="{lat!r}" lon="{lon!r}"'
    inner = [f'<nd ref="{int(ref)}"/>' for ref in one.get("nodes", ())]
    inner += [
        f'<member type={_quoted(part["type"])} ref="{int(part["ref"])}" role={_quoted(part["role"])}/>'
        for part in one.get("members", ())
    ]
    inner += [
        f"<tag k={_quoted(key)} v={_quoted(value)}/>"
        for key, value in one.get("tags", {}).items()
        if key in needed
    ]
    return f'<{kind} id="{number}"{place}>{"".join(inner)}</{kind}>\n'


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", str(text)))
