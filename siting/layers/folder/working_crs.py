"""Choose the CRS in metres that a city is worked in, and refuse one that does not fit it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
from pyproj import CRS
from pyproj.exceptions import CRSError

from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from typing import TypeAlias

    Bounds: TypeAlias = tuple[float, float, float, float]

AUTO = "auto"
"""The UTM zone (WGS 84) in which the middle of the counties' bounds lies."""

SLACK_DEG = 3.0
"""The city may lie this far outside the area that a CRS is made for [degree]."""

POLES_DEG = (-80.0, 84.0)
"""UTM is defined between these latitudes [degree]."""


def working_crs(crs: str, city: Bounds | None) -> str:
    """Return the CRS to work in, `EPSG:n`; "" where it cannot be told without a boundary.

    Parameters
    ----------
    crs
        A projected CRS in metres, or `auto`.
    city
        West, south, east, north of the counties [degree].

    Raises
    ------
    ConfigurationError
        The CRS does not measure in metres, or is none; no UTM zone reaches the city.

    """
    if crs != AUTO:
        require_metres(crs)
        return crs
    return "" if city is None else utm_zone(city)


def utm_zone(city: Bounds) -> str:
    """Return the UTM zone of the middle of a box, WGS 84.

    >>> utm_zone((117.5, 24.4, 119.1, 25.9)), utm_zone((-58.6, -34.7, -58.3, -34.5))
    ('EPSG:32650', 'EPSG:32721')
    """
    lon, lat = (city[0] + city[2]) / 2.0, (city[1] + city[3]) / 2.0
    if not POLES_DEG[0] <= lat <= POLES_DEG[1]:
        what = f"is auto, and no UTM zone reaches {lat:.1f} degrees of latitude"
        remedy = "name a projected CRS in metres"
        raise ConfigurationError(Problem(column="study.crs", what=what, remedy=remedy))
    zone = int((lon + 180.0) % 360.0 // 6.0) + 1
    return f"EPSG:{(32600 if lat >= 0.0 else 32700) + zone}"


def fit_problems(crs: str, city: Bounds) -> list[Problem]:
    """Return what is wrong with working on a city in a CRS made for another part of the world."""
    area = CRS.from_user_input(crs).area_of_use
    lon, lat = (city[0] + city[2]) / 2.0, (city[1] + city[3]) / 2.0
    if area is None or area.west > area.east:
        return []
    beside = max(area.west - lon, lon - area.east, area.south - lat, lat - area.north)
    if beside <= SLACK_DEG:
        return []
    what = (
        f"{crs} is made for {area.west:g} to {area.east:g} E, {area.south:g} to {area.north:g} N; "
        f"the city lies at {lon:.2f} E, {lat:.2f} N"
    )
    remedy = f'write crs = "auto", or {utm_zone(city)}'
    return [Problem(column="study.crs", what=what, remedy=remedy)]


def require_metres(crs: str) -> None:
    """Raise ConfigurationError unless `crs` is a projected CRS in metres."""
    try:
        known = gpd.GeoSeries([], crs=crs).crs
    except CRSError:
        known = None
    if known is None or not known.is_projected or known.axis_info[0].unit_name != "metre":
        remedy = "choose a projected CRS in metres, such as EPSG:32650, or auto"
        what = f"{crs} does not measure in metres"
        raise ConfigurationError(Problem(column="study.crs", what=what, remedy=remedy))
