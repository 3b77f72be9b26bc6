"""Name what a pair of numbers may mean, and turn it into WGS 84 degrees under each meaning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyproj

from siting.layers.datum.crs import (
    DATUMS,
    SHIFTED,
    ZONES_3_DEGREE,
    ZONES_6_DEGREE,
    datum_of,
    zone_of_code,
)
from siting.layers.datum.formulas import bd09_to_wgs84, gcj02_to_wgs84

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.datum.crs import Declared

    Pair: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]

DEGREES = "EPSG:4326"
GEOGRAPHIC_2000 = "EPSG:4490"
WEB_MERCATOR = 3857
REACH_3_DEG, REACH_6_DEG = 4.5, 7.5
"""A zone is thought of where its central meridian lies this near the city [degree of longitude]."""


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """One meaning of the numbers.

    Attributes
    ----------
    name
        A short key: `gcj02`, `wgs84 swapped`, `EPSG:4549 northing first`.
    label
        What a planner reads.
    datum
        wgs84, cgcs2000, gcj02 or bd09, as --datum takes it.
    crs
        `EPSG:n` or WKT of the numbers.
    swapped
        The first number is the northing or the latitude.

    """

    name: str
    label: str
    datum: str
    crs: str = DEGREES
    swapped: bool = False

    @property
    def in_degrees(self) -> bool:
        """Whether the numbers are degrees."""
        return _base(self.crs)[1]

    def to_wgs84(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
        """Return lon, lat in WGS 84 [degree]; what cannot be turned is NaN."""
        east, north = (y, x) if self.swapped else (x, y)
        lon, lat = _degrees_of(self.crs, np.asarray(east, float), np.asarray(north, float))
        if self.datum == "gcj02":
            return gcj02_to_wgs84(lon, lat)
        if self.datum == "bd09":
            return bd09_to_wgs84(lon, lat)
        return lon, lat


@cache
def _base(crs: str) -> tuple[pyproj.Transformer | None, bool]:
    """Return what turns a CRS into degrees (None where it is degrees), and whether it is degrees.

    CGCS2000 degrees are WGS 84 degrees here; other datums take PROJ's general parameters.
    """
    known = pyproj.CRS.from_user_input(crs)
    ours = datum_of(known) != ""
    if known.is_geographic and ours:
        return None, True
    target = known.geodetic_crs if ours else pyproj.CRS.from_epsg(4326)
    return pyproj.Transformer.from_crs(known, target, always_xy=True), bool(known.is_geographic)


def _degrees_of(crs: str, east: NDArray[np.float64], north: NDArray[np.float64]) -> Pair:
    transformer, _ = _base(crs)
    if transformer is None:
        return east, north
    lon, lat = transformer.transform(east, north)
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    lost = ~(np.isfinite(lon) & np.isfinite(lat))
    return np.where(lost, np.nan, lon), np.where(lost, np.nan, lat)


def hypothesis(datum: str, *, crs: str = DEGREES, swapped: bool = False) -> Hypothesis:
    """Return the meaning of numbers in a CRS and a datum, with its name and label."""
    if crs in (DEGREES, GEOGRAPHIC_2000):
        name = datum
        label = "WGS 84 (or CGCS2000)" if datum == "wgs84" else DATUMS.get(datum, datum)
        turned = ("swapped", "latitude first")
    else:
        code = int(crs[5:]) if crs.startswith("EPSG:") else 0
        name = crs if code else "the declared CRS"
        known = "web Mercator" if code == WEB_MERCATOR else zone_of_code(code)
        label = f"{known} ({name})" if known else name
        shifted = f" in {DATUMS[datum]}" if datum in SHIFTED else ""
        name, label = name + shifted, label + shifted
        turned = ("northing first", "northing first")
    if swapped:
        name, label = f"{name} {turned[0]}", f"{label}, {turned[1]}"
    return Hypothesis(name=name, label=label, datum=datum, crs=crs, swapped=swapped)


def same_degrees(one: str, other: str) -> bool:
    """Return whether two datums have the same degrees here: WGS 84 and CGCS2000 do."""
    return one == other or {one, other} == {"wgs84", "cgcs2000"}


def degree_hypotheses(datums: tuple[str, ...] = ("wgs84", "gcj02", "bd09")) -> list[Hypothesis]:
    """Return each datum in degrees, longitude first and latitude first."""
    return [hypothesis(datum, swapped=swapped) for swapped in (False, True) for datum in datums]


def projected_hypotheses(lon: float, datums: tuple[str, ...] = ()) -> list[Hypothesis]:
    """Return every zone near a longitude [degree], easting first and northing first.

    A 6-degree zone without prefix has the same numbers as the 3-degree zone of its meridian and is
    left out. `datums` keeps only the zones of those datums.
    """
    zones = [("cgcs2000", 4509 + k) for k in ZONES_3_DEGREE if abs(3 * k - lon) <= REACH_3_DEG]
    zones += [("cgcs2000", 4488 + k) for k in ZONES_3_DEGREE if abs(3 * k - lon) <= REACH_3_DEG]
    zones += [("cgcs2000", 4478 + k) for k in ZONES_6_DEGREE if abs(6 * k - 3 - lon) <= REACH_6_DEG]
    zones += [("wgs84", 32600 + k) for k in range(1, 61) if abs(6 * k - 183 - lon) <= REACH_6_DEG]
    return [
        hypothesis(datum, crs=f"EPSG:{code}", swapped=swapped)
        for swapped in (False, True)
        for datum, code in zones
        if not datums or datum in datums
    ]


def declared_hypotheses(declared: Declared, datum: str = "") -> list[Hypothesis]:
    """Return a declared CRS, easting first and northing first; `datum` overrules its datum."""
    word = datum or declared.datum or "wgs84"
    crs = declared.crs or DEGREES
    return [hypothesis(word, crs=crs, swapped=swapped) for swapped in (False, True)]
