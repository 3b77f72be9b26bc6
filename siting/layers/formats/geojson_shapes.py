"""Turn the geometries of a GeoJSON into shapes, or say which of them are wrong and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from siting.layers.problems import row_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from siting.errors import Problem

_REMEDY = "correct the shape, or export the file again"


class _FaultError(ValueError):
    """A geometry is not as the format says."""


def shapes_of(
    geometries: Sequence[dict[str, Any] | None], file: str
) -> tuple[NDArray[np.object_], bool, list[Problem]]:
    """Return a shape for each geometry (None for none), whether heights were left out, problems."""
    shapes = np.full(len(geometries), None, dtype=object)
    places = [at for at, one in enumerate(geometries) if one is not None and _is_plain_point(one)]
    if places:
        shapes[places] = shapely.points([(geometries[at] or {})["coordinates"] for at in places])
    rows, whats, flattened = [], [], False
    for number, geometry in enumerate(geometries):
        if geometry is None or shapes[number] is not None:
            continue
        try:
            shape = _shape(geometry)
        except _FaultError as fault:
            rows.append(number + 1)
            whats.append(str(fault))
            continue
        flattened = flattened or bool(shape.has_z)
        shapes[number] = None if shape.is_empty else shape
    if flattened:
        shapes = shapely.force_2d(shapes)
    return shapes, flattened, row_problems(file, rows, "geometry", whats, _REMEDY)


def _is_plain_point(geometry: dict[str, Any]) -> bool:
    """Return whether a geometry is a sound point in two dimensions: most are, and all at once."""
    position = geometry.get("coordinates")
    return (
        geometry.get("type") == "Point"
        and type(position) is list
        and len(position) == 2
        and all(type(one) in (int, float) and -1e9 < one < 1e9 for one in position)
    )


def _shape(geometry: dict[str, Any]) -> Any:
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            what = "has a GeometryCollection without a list of geometries"
            raise _FaultError(what)
        return shapely.GeometryCollection([_shape(part) for part in parts])
    if not isinstance(kind, str) or kind not in _MAKERS:
        what = f"has a geometry of the unknown type {str(kind)[:40]!r}"
        raise _FaultError(what)
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list):
        what = f"has a {kind} without a list of coordinates"
        raise _FaultError(what)
    try:
        return _MAKERS[kind](coordinates)
    except _FaultError:
        raise
    except (TypeError, ValueError, OverflowError, shapely.errors.GEOSException) as error:
        what = f"has a {kind} whose coordinates are no list of that shape"
        raise _FaultError(what) from error


def _numbers(coordinates: list[Any], depth: int) -> NDArray[np.float64]:
    """Return positions as numbers: one where depth is 1, a list of them where it is 2."""
    flat = coordinates if depth == 1 else [value for one in coordinates for value in one]
    if not all(type(value) in (int, float) for value in flat):
        text = next((value for value in flat if isinstance(value, str)), None)
        what = f"has a coordinate that is the text {text[:40]!r}" if text is not None else ""
        raise _FaultError(what or "has a coordinate that is no number")
    if depth == 2 and len({len(one) for one in coordinates}) > 1:
        coordinates = [one[:2] for one in coordinates]
    numbers = np.array(coordinates, dtype=np.float64)
    if not numbers.size:
        return numbers.reshape((0, 2)[-depth:])
    if numbers.ndim != depth or not 2 <= numbers.shape[-1] <= 4:
        what = "has a position of fewer than 2 or more than 4 numbers"
        raise _FaultError(what)
    if not np.isfinite(numbers).all():
        what = "has a coordinate that is not finite"
        raise _FaultError(what)
    return numbers[..., :3]


def _point(coordinates: list[Any]) -> Any:
    return shapely.Point(_numbers(coordinates, 1)) if coordinates else shapely.Point()


def _line(coordinates: list[Any]) -> Any:
    numbers = _numbers(coordinates, 2)
    if len(numbers) == 1:
        what = "has a line of one position"
        raise _FaultError(what)
    return shapely.LineString(numbers)


def _polygon(coordinates: list[Any]) -> Any:
    rings = [_numbers(ring, 2) for ring in coordinates]
    for ring in rings:
        if 0 < len(ring) < 4:
            what = f"has a ring of {len(ring)} positions; a ring needs 4, the last as the first"
            raise _FaultError(what)
        if len(ring) and not np.array_equal(ring[0, :2], ring[-1, :2]):
            what = "has a ring that is not closed"
            raise _FaultError(what)
    if rings and {ring.shape[1] for ring in rings} != {rings[0].shape[1]}:
        rings = [ring[:, :2] for ring in rings]
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _multi_point(coordinates: list[Any]) -> Any:
    return shapely.MultiPoint(_numbers(coordinates, 2))


def _multi_line(coordinates: list[Any]) -> Any:
    return shapely.MultiLineString([_line(part) for part in coordinates])


def _multi_polygon(coordinates: list[Any]) -> Any:
    return shapely.MultiPolygon([_polygon(part) for part in coordinates])


_MAKERS: dict[str, Callable[[list[Any]], Any]] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": _multi_point,
    "MultiLineString": _multi_line,
    "MultiPolygon": _multi_polygon,
}
