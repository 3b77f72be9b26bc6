"""Divide an area into parts that a server can answer, and name the published tiles that meet it.

Bounds are west, south, east, north in WGS 84 degrees. Copernicus GLO-30 is published in tiles of
one degree, ESA WorldCover in tiles of three; both are named by their south-west corner.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from siting.errors import ConfigurationError, Problem

Bounds: TypeAlias = tuple[float, float, float, float]

LARGEST_DEG = 12.0
"""A wider or higher area is no city and no province [degree]."""
EDGE_DEG = 1.0 / 1200.0
"""Tiles that an area meets with less than three cells of GLO-30 are asked for, too [degree]."""


def checked_bounds(bounds: Bounds, option: str = "--bounds") -> Bounds:
    """Return bounds rounded outwards to a thousandth of a degree, or say why they are none."""
    west, south, east, north = bounds
    what = ""
    if not all(math.isfinite(side) for side in bounds):
        what = "holds a side that is no number"
    elif not (-180.0 <= west <= 180.0 and -180.0 <= east <= 180.0):
        what = "holds a longitude beyond 180 degrees"
    elif not (-90.0 <= south <= 90.0 and -90.0 <= north <= 90.0):
        what = "holds a latitude beyond 90 degrees"
    elif west >= east or south >= north:
        what = "encloses nothing"
    elif max(east - west, north - south) > LARGEST_DEG:
        what = f"is {max(east - west, north - south):.1f} degrees wide or high"
    if what:
        remedy = f"write west,south,east,north in degrees, at most {LARGEST_DEG:g} apart"
        raise ConfigurationError(Problem(file=option, what=what, remedy=remedy))
    return (_down(west), _down(south), -_down(-east), -_down(-north))


def _down(side: float) -> float:
    return math.floor(round(side * 1000.0, 6)) / 1000.0


def split_bounds(bounds: Bounds, side_deg: float) -> tuple[Bounds, ...]:
    """Return equal parts, none wider or higher than `side_deg`, from the south-west, row by row.

    >>> split_bounds((0.0, 0.0, 1.0, 0.5), 0.5)
    ((0.0, 0.0, 0.5, 0.5), (0.5, 0.0, 1.0, 0.5))
    """
    west, south, east, north = bounds
    columns = math.ceil(round((east - west) / side_deg, 9))
    rows = math.ceil(round((north - south) / side_deg, 9))
    xs = [round(west + (east - west) * k / columns, 6) for k in range(columns + 1)]
    ys = [round(south + (north - south) * k / rows, 6) for k in range(rows + 1)]
    return tuple((xs[i], ys[j], xs[i + 1], ys[j + 1]) for j in range(rows) for i in range(columns))


def quarters(bounds: Bounds) -> tuple[Bounds, ...]:
    """Return the four quarters of an area.

    >>> quarters((0.0, 0.0, 1.0, 0.5))[0]
    (0.0, 0.0, 0.5, 0.25)
    """
    west, south, east, north = bounds
    middle, half = round((west + east) / 2.0, 6), round((south + north) / 2.0, 6)
    return (
        (west, south, middle, half),
        (middle, south, east, half),
        (west, half, middle, north),
        (middle, half, east, north),
    )


def glo30_tiles(bounds: Bounds) -> tuple[str, ...]:
    """Return the names of the tiles of Copernicus GLO-30 that meet an area.

    >>> glo30_tiles((118.2, 24.3, 118.7, 24.9))
    ('Copernicus_DSM_COG_10_N24_00_E118_00_DEM',)
    """
    return tuple(
        f"Copernicus_DSM_COG_10_{_letter(south, 'NS', 2)}_00_{_letter(west, 'EW', 3)}_00_DEM"
        for south, west in _corners(bounds, 1)
    )


def worldcover_tiles(bounds: Bounds) -> tuple[str, ...]:
    """Return the names of the tiles of ESA WorldCover 2021 that meet an area.

    >>> worldcover_tiles((118.2, 24.3, 118.7, 24.9))
    ('ESA_WorldCover_10m_2021_v200_N24E117_Map',)
    """
    return tuple(
        f"ESA_WorldCover_10m_2021_v200_{_letter(south, 'NS', 2)}{_letter(west, 'EW', 3)}_Map"
        for south, west in _corners(bounds, 3)
    )


def _corners(bounds: Bounds, side: int) -> list[tuple[int, int]]:
    """Return the south-west corners (south, west) of the tiles that meet an area."""
    west, south, east, north = bounds
    columns = range(_step(west - EDGE_DEG, side), _step(east + EDGE_DEG, side) + 1)
    rows = range(_step(south - EDGE_DEG, side), _step(north + EDGE_DEG, side) + 1)
    return [(row * side, column * side) for row in rows for column in columns]


def _step(degrees: float, side: int) -> int:
    return math.floor(degrees / side)


def _letter(degrees: int, letters: str, digits: int) -> str:
    """Return a corner as it stands in a name: N24, W005."""
    return f"{letters[degrees < 0]}{abs(degrees):0{digits}d}"
