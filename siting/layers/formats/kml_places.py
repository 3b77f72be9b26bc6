"""Gather the places of a KML as its elements go by: names, values and shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from siting.layers.formats.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 200
MAX_TEXT = 50_000_000
"""Characters of one element; more is no name and no outline."""

FOLDERS = ("Folder", "Document")
KEPT = ("name", "description", "address", "OvCoordType")
VALUES = ("value", "SimpleData", "coordinates", "gx:coord", *KEPT)
SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "gx:Track")
NOT_READ = {
    "NetworkLink": "links to other files are not followed",
    "GroundOverlay": "pictures on the ground are not read",
    "Model": "3-D models are not read",
}


@dataclass(kw_only=True)
class Places:
    """What has been read so far; its methods are the handlers of an XML parser."""

    file: str
    records: list[dict[str, str]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    with_heights: bool = False
    is_kml: bool = False
    line: Callable[[], int] = lambda: 0
    _open: list[str] = field(default_factory=list)
    _folders: list[str] = field(default_factory=list)
    _record: dict[str, str] | None = None
    _key: str = ""
    _text: list[str] | None = None
    _length: int = 0
    _parts: list[list[Any]] = field(default_factory=list)
    _rings: list[Any] = field(default_factory=list)
    _track: list[list[float]] = field(default_factory=list)
    _left_out: set[str] = field(default_factory=set)

    def notes(self) -> tuple[str, ...]:
        """Return what was left out."""
        return tuple(NOT_READ[name] for name in sorted(self._left_out))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the opening of an element."""
        name = tag if tag.startswith("gx:") else tag.rsplit(":", 1)[-1]
        self.is_kml = self.is_kml or name == "kml"
        self._open.append(name)
        if len(self._open) > MAX_DEPTH:
            self._refuse(f"nests elements more than {MAX_DEPTH} deep", "export it again")
        if name in NOT_READ:
            self._left_out.add(name)
        if name in FOLDERS:
            self._folders.append("")
        elif name == "Placemark":
            self._record, self._parts = {}, [[]]
        elif name in ("Data", "SimpleData"):
            self._key = attributes.get("name", "").strip()
        elif name == "Polygon":
            self._rings = []
        elif name == "MultiGeometry":
            self._parts.append([])
        if name in VALUES:
            self._text, self._length = [], 0

    def characters(self, text: str) -> None:
        """Take words of the element that is open."""
        if self._text is not None:
            self._text.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                self._refuse(f"holds one text of more than {MAX_TEXT:,} characters", "split it")

    def end(self, tag: str) -> None:
        """Take the closing of an element."""
        name = self._open.pop()
        del tag
        text = "".join(self._text or []).strip()
        if name in VALUES:
            self._text = None
        if name in FOLDERS:
            self._folders.pop()
        elif name == "Placemark":
            self._finish()
        elif self._record is None:
            if name == "name" and self._open and self._open[-1] in FOLDERS:
                self._folders[-1] = text
        elif name in SHAPES or name in ("coordinates", "gx:coord"):
            self._end_shape(name, text)
        else:
            self._end_value(name, text)

    def _end_value(self, name: str, text: str) -> None:
        """Keep a value of the place that is open."""
        if self._record is None:
            return
        parent = self._open[-1] if self._open else ""
        if name in KEPT and parent == "Placemark":
            self._record[name] = text
        elif self._key and (name == "SimpleData" or (name == "value" and parent == "Data")):
            key = self._key
            while key in KEPT or key == "folder" or key in self._record:
                key += "_2"
            self._record[key] = text

    def _end_shape(self, name: str, text: str) -> None:
        """Build the shape that has just closed from the positions within it."""
        parent = self._open[-1] if self._open else ""
        if name == "coordinates":
            self._end_positions(parent, self._positions(text))
        elif name == "gx:coord":
            self._track.append(self._numbers(text.split()[:2]))
        elif name == "gx:Track":
            if self._track:
                self._add(_simple("LineString", np.array(self._track)))
            self._track = []
        elif name == "Polygon":
            self._end_polygon()
        elif name == "MultiGeometry" and len(self._parts) > 1:
            inner = self._parts.pop()
            self._parts[-1] += inner

    def _end_positions(self, parent: str, positions: Any) -> None:
        if parent == "LinearRing" and "Polygon" in self._open:
            self._rings.append(("innerBoundaryIs" in self._open, positions))
        elif len(positions) and parent in ("Point", "LineString", "LinearRing"):
            self._add(_simple(parent, positions))

    def _end_polygon(self) -> None:
        outer = [ring for inner, ring in self._rings if not inner and len(ring)]
        holes = [ring for inner, ring in self._rings if inner and len(ring) >= 3]
        if len(outer) == 1 and len(outer[0]) >= 3:
            self._add(shapely.Polygon(outer[0], holes))
        elif outer:
            self._refuse("holds a polygon whose outline is no ring", "draw it again")

    def _add(self, shape: Any) -> None:
        self._parts[-1].append(shape)

    def _positions(self, text: str) -> Any:
        """Return longitude and latitude of a `coordinates` text, in any spacing that is written."""
        places = [place.split(",") for place in _joined(text).split()]
        self.with_heights = self.with_heights or any(
            len(place) > 2 and place[2].strip("0.-+") for place in places
        )
        if any(len(place) < 2 for place in places):
            self._refuse("holds coordinates that are no `longitude,latitude`", "correct them")
        return np.array([self._numbers(place[:2]) for place in places]).reshape(-1, 2)

    def _numbers(self, words: list[str]) -> list[float]:
        try:
            numbers = [float(word) for word in words]
        except ValueError:
            numbers = [float("nan")]
        if not np.isfinite(numbers).all():
            self._refuse(f"holds a coordinate that is no number: {words!r:.60}", "correct it")
        return numbers

    def _finish(self) -> None:
        """Close a place: its record, with its folders, and its shape."""
        record = self._record or {}
        folders = [name for name in self._folders if name]
        record["folder"] = " / ".join(folders)
        self.records.append(record)
        parts = [part for group in self._parts for part in group]
        self.shapes.append(_one_shape(parts))
        self._record, self._parts, self._key = None, [], ""

    def _refuse(self, what: str, remedy: str) -> None:
        raise refusal(self.file, what, remedy, row=self.line())


def _joined(text: str) -> str:
    """Return coordinates without the blanks that some programmes write after a comma."""
    return text.replace(", ", ",").replace(" ,", ",") if ", " in text or " ," in text else text


def _simple(kind: str, positions: Any) -> Any:
    if kind == "Point" or len(positions) == 1:
        return shapely.Point(positions[0])
    return shapely.LineString(positions)


def _one_shape(parts: list[Any]) -> Any:
    """Return the shape of a place: its only part, a multi of one kind, or a collection."""
    if len(parts) <= 1:
        return parts[0] if parts else None
    multi: dict[str, Any] = {
        "Point": shapely.MultiPoint,
        "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon,
    }
    kinds = {part.geom_type for part in parts}
    return multi[kinds.pop()](parts) if len(kinds) == 1 else shapely.GeometryCollection(parts)
