"""Where the rows of a table lie: metres of one plane CRS, or degrees that are brought into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.calibration.columns import Columns

    Numbers = NDArray[np.float64]

PLANE = "plane metres"
"""What stands for the CRS of tables that state x_m and y_m: theirs, whichever it is."""
_DEGREES = "EPSG:4326"
_LIMIT_M = 1e8


def positions(table: Columns, *, crs: str = "") -> tuple[Numbers, Numbers, str]:
    """Return x, y [m] of every row and the CRS they are in.

    Parameters
    ----------
    table
        The table: with `x_m` and `y_m`, with `lon` and `lat` in WGS 84, or with points.
    crs
        The CRS that other tables are in already; "" for the UTM zone of this one.

    """
    nothing = np.zeros(len(table.sheet.cells))
    if "x_m" in table and "y_m" in table:
        if crs not in {"", PLANE}:
            table.tell("x_m", f"the other tables are in {crs}", "give lon and lat in WGS 84")
        x_m = table.numbers("x_m", -_LIMIT_M, _LIMIT_M)
        return x_m, table.numbers("y_m", -_LIMIT_M, _LIMIT_M), PLANE
    if crs == PLANE:
        remedy = "give x_m and y_m in the CRS of the register"
        table.tell("x_m", "the other tables are in plane metres", remedy)
        return nothing, nothing, crs
    lon, lat = _degrees(table)
    if table.problems:
        return nothing, nothing, crs
    crs = crs or _utm(lon, lat)
    from pyproj import Transformer  # noqa: PLC0415 - not for tables in metres

    x_m, y_m = Transformer.from_crs(_DEGREES, crs, always_xy=True).transform(lon, lat)
    return np.asarray(x_m), np.asarray(y_m), crs


def _degrees(table: Columns) -> tuple[Numbers, Numbers]:
    """Return longitude and latitude [degree], from points where the table has no columns."""
    if "lon" in table or "lat" in table or table.sheet.geometry is None:
        return table.numbers("lon", -180.0, 180.0), table.numbers("lat", -84.0, 84.0)
    import shapely  # noqa: PLC0415 - for tables with points only

    shapes = table.sheet.geometry
    points = shapely.get_type_id(shapes) == 0
    table.note(
        ~points | shapely.is_empty(shapes), "geometry", "is no point", "give one point a row"
    )
    lon, lat = shapely.get_x(shapes), shapely.get_y(shapes)
    if table.sheet.crs and not table.problems:
        from pyproj import Transformer  # noqa: PLC0415 - for tables with points only

        to_degrees = Transformer.from_crs(table.sheet.crs, _DEGREES, always_xy=True)
        lon, lat = (np.asarray(part) for part in to_degrees.transform(lon, lat))
    return lon, lat


def _utm(lon: Numbers, lat: Numbers) -> str:
    """Return the UTM zone of the middle of the rows."""
    zone = int((np.median(lon) + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{32600 + zone if np.median(lat) >= 0.0 else 32700 + zone}"
