"""Horizons, smooth earth and roughness of a path: ITU-R P.1812 attachment 1 to annex 1, compiled.

| symbol   | meaning                                                            | unit |
|----------|--------------------------------------------------------------------|------|
| d, h     | the profile: distance from the transmitter, ground above sea level | km, m|
| hts, hrs | antennas above sea level                                           | m    |
| hte, hre | antennas above the smooth earth that ducts follow                  | m    |
| hm       | roughness: how far terrain stands above that smooth earth          | m    |
| ae       | effective earth radius in the median                               | km   |
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from numba import njit

from siting.coverage.p526_delta import smooth_line
from siting.coverage.p526_edge import SPEED_OF_LIGHT_M_PER_S, nearest_edge

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


class Horizons(NamedTuple):
    """Where each antenna's view of the bare ground ends, and how steeply it looks there."""

    transmitter_km: float
    receiver_km: float
    transmitter_mrad: float
    receiver_mrad: float
    angle_mrad: float
    beyond: bool
    first: int
    last: int


class Ground(NamedTuple):
    """The smooth earth of ducts: antennas above it [m], and the roughness on it [m]."""

    transmitter_m: float
    receiver_m: float
    roughness_m: float


@njit(cache=True, error_model="numpy")
def horizons_of(
    d: Numbers, h: Numbers, antennas_m: tuple[float, float], ae: float, f: float
) -> Horizons:
    """Return the horizons of both antennas, clauses 5.1 to 5.4.

    With line of sight both lie at the point that comes nearest to the path.
    """
    hts, hrs = antennas_m
    path_km = d[-1]
    bulge = path_km / (2.0 * ae)
    direct = (hrs - hts) / (1000.0 * path_km)
    rise, first, fall, last = steepest(d, h, hts, hrs, ae)
    beyond = rise > direct - bulge
    if not beyond:
        rise, fall = direct - bulge, -direct - bulge
        wavelength_m = SPEED_OF_LIGHT_M_PER_S / (f * 1e9)
        first = last = nearest_edge(d, h, hts, hrs, ae, wavelength_m)[1]
    theta_t, theta_r = 1000.0 * math.atan(rise), 1000.0 * math.atan(fall)
    angle = 1000.0 * path_km / ae + theta_t + theta_r
    return Horizons(d[first], path_km - d[last], theta_t, theta_r, angle, beyond, first, last)


@njit(cache=True, error_model="numpy")
def steepest(
    d: Numbers, h: Numbers, hts: float, hrs: float, ae: float
) -> tuple[float, int, float, int]:
    """Return the steepest slope over the curved earth from either end, and the point that has it.

    Of equal points the one nearest to the antenna counts.
    """
    path_km = d[-1]
    rise, first, fall, last = -math.inf, 1, -math.inf, 1
    for i in range(1, len(d) - 1):
        rest = path_km - d[i]
        from_start = (h[i] - hts) / (1000.0 * d[i]) - d[i] / (2.0 * ae)
        from_end = (h[i] - hrs) / (1000.0 * rest) - rest / (2.0 * ae)
        if from_start > rise:
            rise, first = from_start, i
        if from_end >= fall:
            fall, last = from_end, i
    return rise, first, fall, last


@njit(cache=True, error_model="numpy")
def ground_of(
    d: Numbers, h: Numbers, antennas_m: tuple[float, float], first: int, last: int
) -> Ground:
    """Return antenna heights and roughness for ducts, clause 5.6.3."""
    start_m, end_m = smooth_line(d, h)
    start_m, end_m = min(start_m, h[0]), min(end_m, h[-1])
    slope = (end_m - start_m) / d[-1]
    roughness_m = -math.inf
    for i in range(min(first, last), max(first, last) + 1):
        roughness_m = max(roughness_m, h[i] - (start_m + slope * d[i]))
    return Ground(antennas_m[0] - start_m, antennas_m[1] - end_m, roughness_m)
