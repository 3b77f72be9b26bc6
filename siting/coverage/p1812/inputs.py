"""Refuse a path or a link that ITU-R P.1812 does not cover, with every reason at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.coverage.p526 import POLARISATIONS
from siting.coverage.p1812.climate import ZONES
from siting.coverage.p1812.combination import Link
from siting.coverage.ranges import RangeCheck, refuse_clutter_on_surface, require_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

LEAST_POINTS = 5
SHORTEST_KM, LONGEST_KM = 0.25, 3000.0


@dataclass(frozen=True, kw_only=True)
class Air:
    """Refractivity and latitude at the middle of a path, in place of the digital maps.

    The Recommendation reads dN and N0 from maps that may not be passed on. The values here are
    general ones for a humid subtropical coast at the latitude of Quanzhou, read from no map. Ten
    N-units of N0 are 1.5 dB of troposcatter, which counts beyond some 100 km; ten N-units/km of dN
    move the effective earth radius by about a tenth.

    Parameters
    ----------
    delta_n
        Fall of refractivity in the lowest kilometre of air [N-units/km], positive.
    n0
        Refractivity at sea level [N-units].
    centre_latitude_deg
        Latitude of the path's middle [degree].

    """

    delta_n: float = 45.0
    n0: float = 350.0
    centre_latitude_deg: float = 25.0


class Path(NamedTuple):
    """A profile fit for the compiled code: ground, ground with clutter, and zone of each point."""

    distance_km: Numbers
    ground_m: Numbers
    clutter_m: Numbers
    cluttered_m: Numbers
    zone: NDArray[np.int8]


def checked(
    distance_km: ArrayLike,
    height_m: ArrayLike,
    *,
    carrier_ghz: float,
    transmitter_height_m: float,
    receiver_height_m: float,
    time_percent: float,
    polarisation: str,
    zones: str | Sequence[str],
    clutter_height_m: ArrayLike,
    ground: str,
    air: Air,
    coast_km: tuple[float, float],
) -> tuple[Path, Link]:
    """Return path and link for the compiled code, or refuse them with every reason."""
    require_choice("polarisation", polarisation, POLARISATIONS)
    refuse_clutter_on_surface(ground, clutter_height_m)
    check = RangeCheck(model="P.1812")
    check.within("carrier_ghz", carrier_ghz, 0.03, 6.0, unit="GHz")
    check.within("transmitter_height_m", transmitter_height_m, 1.0, 3000.0, unit="m")
    check.within("receiver_height_m", receiver_height_m, 1.0, 3000.0, unit="m")
    check.within("time_percent", time_percent, 1.0, 50.0, unit="%")
    check.within("delta_n", air.delta_n, 1.0, 150.0, unit="N-units/km")
    check.within("n0", air.n0, 200.0, 500.0, unit="N-units")
    check.within("centre_latitude_deg", air.centre_latitude_deg, -90.0, 90.0, unit="degree")
    check.within("coast_km", coast_km, 0.0, 20_000.0, unit="km")
    path = _checked_path(check, distance_km, height_m, clutter_height_m, zones)
    link = Link(
        float(carrier_ghz),
        float(transmitter_height_m),
        float(receiver_height_m),
        float(time_percent),
        polarisation == "vertical",
        float(air.delta_n),
        float(air.n0),
        float(air.centre_latitude_deg),
        (float(coast_km[0]), float(coast_km[1])),
    )
    return path, link


def _checked_path(
    check: RangeCheck,
    distance_km: ArrayLike,
    height_m: ArrayLike,
    clutter_height_m: ArrayLike,
    zones: str | Sequence[str],
) -> Path:
    """Return the profile as arrays; `check` takes its faults and is raised."""
    d = np.array(distance_km, dtype=np.float64)  # copies: one memory layout, one compilation
    h = np.array(height_m, dtype=np.float64)
    clutter = np.asarray(clutter_height_m, dtype=np.float64)
    words = np.asarray(zones, dtype=object)
    _check_line(check, d, h)
    _check_heights(check, "height_m", h, -500.0, 9000.0)
    _check_heights(check, "clutter_height_m", clutter, 0.0, 500.0)
    for name, shape in (("clutter_height_m", clutter.shape), ("zones", words.shape)):
        check.require(
            condition=shape in ((), d.shape),
            name=name,
            what=f"P.1812: {math.prod(shape)} values for a profile of {d.size} points",
            remedy="give one value, or one for each point",
        )
    check.raise_all()
    clutter = np.array(np.broadcast_to(clutter, d.shape))
    cluttered = h + clutter
    cluttered[0], cluttered[-1] = h[0], h[-1]
    return Path(d, h, clutter, cluttered, _zone_codes(words, len(d)))


def _check_line(check: RangeCheck, d: Numbers, h: Numbers) -> None:
    a_line = d.ndim == 1 and d.shape == h.shape and len(d) >= LEAST_POINTS
    check.require(
        condition=a_line,
        name="distance_km",
        what=f"P.1812: {d.size} distances and {h.size} heights are no profile",
        remedy=f"give one height for each distance, {LEAST_POINTS} points or more",
    )
    if not a_line:
        return
    wrong = np.flatnonzero(~(np.diff(d) > 0.0))
    if wrong.size:
        check.require(
            condition=False,
            name="distance_km",
            what=f"P.1812: the distances do not ascend after point {wrong[0] + 1}",
            remedy="sort the profile and leave no distance twice",
        )
        return
    check.require(
        condition=d[0] == 0.0,
        name="distance_km",
        what=f"P.1812: the profile begins at {d[0]:g} km",
        remedy="begin at the transmitter with 0 km",
    )
    check.within("distance_km", d[-1], SHORTEST_KM, LONGEST_KM, unit="km")


def _check_heights(
    check: RangeCheck, name: str, values: Numbers, least: float, largest: float
) -> None:
    void = int(np.count_nonzero(~np.isfinite(values)))
    check.require(
        condition=not void,
        name=name,
        what=f"P.1812: {void} of {values.size} heights are void",
        remedy="fill the voids of the raster, or leave the path out and count it",
    )
    check.within(name, values[np.isfinite(values)], least, largest, unit="m")


def _zone_codes(words: NDArray[np.object_], points: int) -> NDArray[np.int8]:
    if not words.ndim:
        require_choice("zones", str(words), ZONES)
        return np.full(points, ZONES.index(str(words)), dtype=np.int8)
    for word in sorted(set(words.tolist()), key=str):
        require_choice("zones", str(word), ZONES)
    return np.array([ZONES.index(word) for word in words.tolist()], dtype=np.int8)
