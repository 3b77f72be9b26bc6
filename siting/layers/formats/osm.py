"""Read one layer from an OpenStreetMap extract (.osm, .osm.bz2, .osm.gz, .osm.pbf) by osmium.

Relations are put together to areas. Rows are in the order of the objects: nodes, ways, relations,
each by number. Only the objects of the layer and the places of the nodes are held in memory.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from siting.errors import ConfigurationError, Problem
from siting.layers.formats.osm_tags import OSM_LAYERS, record_of, take_of
from siting.layers.formats.refusal import refusal
from siting.layers.formats.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.layers.formats.osm_tags import LayerTags, Take

WGS84 = "EPSG:4326"  # what OpenStreetMap is in, everywhere
ORDER = {"node": 0, "way": 1, "relation": 2}
STEP = 100_000
SHOWN = 5


def open_osm(
    path: Path,
    *,
    feature: str = "",
    file: str = "",
    progress: Callable[[str, int], None] | None = None,
) -> Sheet:
    """Return the objects of one layer.

    Parameters
    ----------
    path
        The extract.
    feature
        The layer that is wanted: a key of siting.layers.formats.osm_tags.OSM_LAYERS.
    file
        What problems call it; the name of the file where it is empty.
    progress
        Called with the name of the file and the number of objects that were looked at.

    Raises
    ------
    ConfigurationError
        Where `feature` is no layer that an extract holds.
    DataError
        Where the file cannot be read to its end, or holds nothing of the layer.

    """
    file = file or path.name
    layer = OSM_LAYERS.get(feature)
    if layer is None:
        what = f"holds no layer {feature!r}" if feature else "holds many layers"
        remedy = f"say which to read: {', '.join(OSM_LAYERS)}"
        raise ConfigurationError(Problem(file=file, what=what, remedy=remedy))
    import osmium  # noqa: PLC0415 - only OpenStreetMap extracts need it

    try:
        found = _read_in_order(path, layer, lambda n: progress(file, n) if progress else None)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        what = f"cannot be read to its end ({str(error).splitlines()[0]})"
        raise refusal(file, what, "download it again: this copy is cut off or damaged") from error
    if not found.objects:
        keys = sorted({take.key for take in layer.takes})
        what = f"holds nothing for {feature} (no {', '.join(keys)} of the kinds that count)"
        raise refusal(file, what, "take an extract that covers the city and keeps these tags")
    return _sheet(found, file)


@dataclass(kw_only=True)
class _Found:
    """Objects of the layer by kind and number, and those whose shape is not whole."""

    layer: LayerTags
    objects: dict[tuple[int, int], tuple[dict[str, str], str]] = field(default_factory=dict)
    wanted: dict[tuple[int, int], str] = field(default_factory=dict)
    unplaced: list[list[int]] = field(default_factory=list)

    def add(self, kind: str, number: int, take: Take, tags: dict[str, str], wkb: str) -> None:
        """Keep an object with its shape, if it has one."""
        self.expect(kind, number)
        if not wkb:
            return
        record = record_of(self.layer, take, tags, f"{kind}/{number}")
        self.objects[ORDER[kind], number] = (record, wkb)

    def expect(self, kind: str, number: int) -> None:
        """Note an object of the layer of which a shape must come."""
        self.wanted[ORDER[kind], number] = f"{kind}/{number}"


def _read_in_order(path: Path, layer: LayerTags, tell: Callable[[int], None]) -> _Found:
    """Read a file; where its objects are not in order, as Overpass may write them, sort it first."""
    import osmium  # noqa: PLC0415

    try:
        found = _read(path, layer, tell)
        if found is not None:
            return found
    except RuntimeError as error:
        if "out of order" not in str(error):
            raise
    with tempfile.TemporaryDirectory() as folder:
        ordered = Path(folder) / "ordered.osm.pbf"
        reader = osmium.MergeInputReader()
        reader.add_file(str(path))
        with osmium.SimpleWriter(str(ordered)) as writer:
            reader.apply(writer)
        return _read(ordered, layer, tell) or _Found(layer=layer)


def _read(path: Path, layer: LayerTags, tell: Callable[[int], None]) -> _Found | None:
    """Return what a file holds of a layer; None where ways come before the nodes that they name."""
    import osmium  # noqa: PLC0415

    found = _Found(layer=layer)
    keys = sorted({take.key for take in found.layer.takes})
    places: Any = osmium.index.create_map("flex_mem")
    objects = osmium.FileProcessor(str(path)).with_locations(places)
    objects = objects.with_areas(osmium.filter.KeyFilter(*keys))
    shapes = osmium.geom.WKBFactory()
    for number, one in enumerate(objects.with_filter(osmium.filter.KeyFilter(*keys))):
        if number % STEP == 0:
            tell(number)
        _take(one, found, shapes)
    late = any(all(_is_there(places, node) for node in way) for way in found.unplaced)
    return None if late else found


def _is_there(places: Any, node: int) -> bool:
    try:
        return bool(places.get(node).valid())
    except KeyError:
        return False


def _take(one: Any, found: _Found, shapes: Any) -> None:
    """Keep a node, way or area of the layer; remember of which way or relation an area must come."""
    tags = {tag.k: tag.v for tag in one.tags}
    take = take_of(found.layer, tags)
    if take is None:
        return
    if one.is_node():
        if "point" in take.shapes:
            found.add("node", one.id, take, tags, _drawn(shapes.create_point, one))
    elif one.is_area():
        kind = "way" if one.from_way() else "relation"
        if "area" in take.shapes:
            found.add(kind, one.orig_id(), take, tags, _drawn(shapes.create_multipolygon, one))
    elif one.is_way():
        found.expect("way", one.id)
        if not all(node.location.valid() for node in one.nodes):
            found.unplaced.append([node.ref for node in one.nodes])
        if "line" in take.shapes:
            found.add("way", one.id, take, tags, _drawn(shapes.create_linestring, one))
    elif tags.get("type") in ("multipolygon", "boundary") and "area" in take.shapes:
        found.expect("relation", one.id)


def _drawn(create: Callable[[Any], str], one: Any) -> str:
    """Return the shape of an object, "" where nodes of it are not in the extract."""
    import osmium  # noqa: PLC0415

    try:
        return create(one)
    except (RuntimeError, osmium.InvalidLocationError):
        return ""


def _sheet(found: _Found, file: str) -> Sheet:
    keys = sorted(found.objects)
    records = [found.objects[key][0] for key in keys]
    shapes = shapely.from_wkb([found.objects[key][1] for key in keys])
    whole = np.array([_simplest(shape) for shape in shapes], dtype=object)
    return Sheet(
        file=file,
        cells=pd.DataFrame(records, dtype="str"),
        rows=np.arange(1, len(keys) + 1, dtype=np.int64),
        geometry=whole,
        crs=WGS84,
        notes=_notes(found),
    )


def _simplest(shape: Any) -> Any:
    """Return the only part of a multi shape that has one."""
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape


def _notes(found: _Found) -> tuple[str, ...]:
    """Return which objects of the layer have no whole shape in the extract."""
    lost = [found.wanted[key] for key in sorted(found.wanted) if key not in found.objects]
    if not lost:
        return ()
    listed = ", ".join(lost[:SHOWN]) + (", ..." if len(lost) > SHOWN else "")
    return (f"{len(lost)} objects left out, as their shape is not whole in the extract: {listed}",)
