"""Read where the rows of a table are, and tell metres, swapped axes and far places apart.

Points of a CSV come from `lon`, `lat` (WGS 84 degrees), outlines from WKT in `outline`. A row may
have no place (a badge of its county). Whether lon and lat are swapped is read from the numbers: a
latitude beyond 90, or a point that lies far from every county and among them once swapped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import shapely

from siting.layers.folder.files import WGS84
from siting.layers.geometry.repair import polygon_faults
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from siting.errors import Problem
    from siting.layers.folder.files import RawTable

    Bounds: TypeAlias = tuple[float, float, float, float]

MARGIN_DEG = 0.3
"""A place may lie this far outside the counties' bounds [degree], about 30 km: ports at sea."""


def drawn_places(raw: RawTable, table: pd.DataFrame) -> tuple[gpd.GeoSeries, list[Problem]]:
    """Return the geometry of each row in WGS 84 (None for a badge), and what cannot be drawn."""
    if raw.geometry is not None:
        return raw.geometry, []
    if "lon" not in table or "lat" not in table:
        return gpd.GeoSeries([None] * len(table), crs=WGS84), []
    lon, lat = table["lon"].to_numpy(float), table["lat"].to_numpy(float)
    points = np.full(len(table), None, dtype=object)
    both = np.isfinite(lon) & np.isfinite(lat)
    points[both] = shapely.points(lon[both], lat[both])
    problems = _half_points(raw, lon, lat)
    if "outline" in table:
        outlines, bad = _outlines(raw, table["outline"])
        drawn = shapely.is_geometry(outlines)
        points[drawn] = outlines[drawn]
        problems += bad
    return gpd.GeoSeries(points, crs=WGS84), problems


def fault_problems(raw: RawTable) -> list[Problem]:
    """Return the areas of a drawn file that are no valid polygons, with the place of each fault."""
    if raw.geometry is None:
        return []
    shapes = raw.geometry.to_numpy()
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    faults = polygon_faults(shapes[areas])
    bad = areas[faults != ""]
    whats = [f"is not a valid polygon: {fault}" for fault in faults[faults != ""]]
    rows = raw.rows[bad].tolist()
    name = raw.path.stem
    remedy = f"draw it without crossings, or let `siting layers import FILE --as {name}` mend it"
    return row_problems(raw.path.name, rows, "geometry", whats, remedy)


def lost_places(raw: RawTable, geometry: gpd.GeoSeries) -> list[Problem]:
    """Return the rows without a place, of a table whose every row must have one."""
    lost = np.flatnonzero((geometry.isna() | geometry.is_empty).to_numpy())
    rows, whats = raw.rows[lost].tolist(), ["has no place"] * len(lost)
    column = "lon, lat" if raw.geometry is None else "geometry"
    return row_problems(raw.path.name, rows, column, whats, "give its place, or remove the row")


def _half_points(
    raw: RawTable, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> list[Problem]:
    """Return the rows that give one coordinate and not the other."""
    problems = []
    for name, here, other in (("lon", lon, lat), ("lat", lat, lon)):
        if name in raw.cells:
            blank = (raw.cells[name] == "").to_numpy()
            half = np.flatnonzero(blank & np.isfinite(other) & np.isnan(here))
            whats = ["is empty although the other coordinate is given"] * len(half)
            rows = raw.rows[half].tolist()
            problems += row_problems(raw.path.name, rows, name, whats, "give both or neither")
    return problems


def _outlines(raw: RawTable, texts: pd.Series) -> tuple[NDArray[np.object_], list[Problem]]:
    given = (texts != "").to_numpy()
    outlines = np.full(len(texts), None, dtype=object)
    outlines[given] = shapely.from_wkt(texts[given].to_numpy(object), on_invalid="ignore")
    areas = shapely.get_dimensions(outlines) == 2
    bad = np.flatnonzero(given & ~(areas & shapely.is_valid(outlines)))
    outlines[bad] = None
    whats = ["is not a valid polygon in WKT"] * len(bad)
    remedy = "write POLYGON ((lon lat, ...)) in WGS 84 degrees, closed and without crossings"
    return outlines, row_problems(raw.path.name, raw.rows[bad].tolist(), "outline", whats, remedy)


def place_problems(
    raw: RawTable,
    geometry: gpd.GeoSeries,
    city: Bounds | None,
    columns: tuple[str, str] = ("lon", "lat"),
) -> tuple[NDArray[np.bool_], list[Problem]]:
    """Return which rows have a usable place, and what is wrong with the others.

    Parameters
    ----------
    raw
        The file, for its name and rows.
    geometry
        Where the rows are, WGS 84; None for a row without a place.
    city
        West, south, east, north of the counties [degree]; None leaves the far places untold.
    columns
        The columns that hold the coordinates in a CSV.

    """
    names = columns if raw.geometry is None else ("geometry", "geometry")
    bounds = shapely.bounds(geometry.to_numpy())
    placed = np.isfinite(bounds[:, 0])
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    with np.errstate(invalid="ignore"):
        metres = (np.abs(x) > 180.0) | (np.abs(y) > 180.0)
        swapped = ~metres & (np.abs(y) > 90.0) & (np.abs(x) <= 90.0)
    near = np.ones(len(geometry), dtype=np.bool_)
    if city is not None:
        near = _within(x, y, city)
        swapped |= ~metres & ~near & _within(y, x, city)
    far = placed & ~near & ~metres & ~swapped
    problems = _metres(raw, names[0], np.flatnonzero(metres), x)
    problems += _swapped(raw, names, np.flatnonzero(swapped), x, y)
    problems += _far(raw, names, np.flatnonzero(far), placed, geometry)
    return placed & ~metres & ~swapped & ~far, problems


def _within(x: NDArray[np.float64], y: NDArray[np.float64], city: Bounds) -> NDArray[np.bool_]:
    west, south, east, north = city
    with np.errstate(invalid="ignore"):
        inside: NDArray[np.bool_] = (
            (x >= west - MARGIN_DEG)
            & (x <= east + MARGIN_DEG)
            & (y >= south - MARGIN_DEG)
            & (y <= north + MARGIN_DEG)
        )
    return inside


def _metres(
    raw: RawTable, column: str, bad: NDArray[np.int64], x: NDArray[np.float64]
) -> list[Problem]:
    whats = [f"{x[k]:.0f} is in metres where degrees are asked for" for k in bad]
    remedy = "convert to WGS 84 degrees, or give a GeoPackage that states its CRS"
    return row_problems(raw.path.name, raw.rows[bad].tolist(), column, whats, remedy)


def _swapped(
    raw: RawTable,
    columns: tuple[str, str],
    bad: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> list[Problem]:
    names = ", ".join(dict.fromkeys(columns))
    whats = [f"lon and lat are swapped ({x[k]:.4f}, {y[k]:.4f})" for k in bad]
    remedy = "exchange the two: longitude is the east one, latitude the north one"
    return row_problems(raw.path.name, raw.rows[bad].tolist(), names, whats, remedy)


def _far(
    raw: RawTable,
    columns: tuple[str, str],
    bad: NDArray[np.int64],
    placed: NDArray[np.bool_],
    geometry: gpd.GeoSeries,
) -> list[Problem]:
    """Return the rows far outside the counties, as one problem where it is the whole layer."""
    names = ", ".join(dict.fromkeys(columns))
    rows = raw.rows[bad].tolist()
    remedy = "check the CRS, the datum and that this is the right city"
    if len(bad) > 1 and len(bad) == int(placed.sum()):
        west, south, east, north = geometry.total_bounds
        what = f"the whole layer lies outside the counties ({west:.3f} {south:.3f} to {east:.3f} {north:.3f})"
        return row_problems(raw.path.name, rows[:1], names, [what], remedy)
    whats = ["lies far outside every county"] * len(bad)
    return row_problems(raw.path.name, rows, names, whats, remedy)
