"""The delta-Bullington loss of ITU-R P.526-15 clause 4.5.2, compiled and unchecked.

The Bullington loss of the real profile, plus what a smooth earth loses beyond the Bullington loss
of that smooth earth:

    Ld = Lbulla + max(Ldsph - Lbulls, 0)

The smooth earth is the least-squares line through the bare profile, lowered where terrain stands in
the way and never above the ground at the ends. ITU-R P.1812 clause 4.3.4 is the same, with clutter
on the real profile only.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from siting.coverage.p526_edge import SPEED_OF_LIGHT_M_PER_S, bullington_db
from siting.coverage.p526_sphere import Wave, sphere_db

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


class Diffraction(NamedTuple):
    """The parts of one delta-Bullington loss [dB]: `actual` + max(`sphere` - `smooth`, 0)."""

    actual_db: float
    smooth_db: float
    sphere_db: float
    loss_db: float


@njit(cache=True, error_model="numpy")
def smooth_line(d: Numbers, h: Numbers) -> tuple[float, float]:
    """Return the ends [m] of the least-squares line through the ground, P.1812 att. 1 cl. 5.6.1."""
    path_km = d[-1]
    v1, v2 = 0.0, 0.0
    for i in range(1, len(d)):
        step = d[i] - d[i - 1]
        v1 += step * (h[i] + h[i - 1])
        v2 += step * (h[i] * (2.0 * d[i] + d[i - 1]) + h[i - 1] * (d[i] + 2.0 * d[i - 1]))
    square = path_km * path_km
    return (2.0 * v1 * path_km - v2) / square, (v2 - v1 * path_km) / square


@njit(cache=True, error_model="numpy")
def smooth_ends(d: Numbers, h: Numbers, hts: float, hrs: float) -> tuple[float, float]:
    """Return the smooth earth's heights [m] at the ends for diffraction, P.1812 att. 1 cl. 5.6.2."""
    path_km = d[-1]
    highest, rise, fall = -math.inf, -math.inf, -math.inf
    for i in range(1, len(d) - 1):
        rest = path_km - d[i]
        above_m = h[i] - (hts * rest + hrs * d[i]) / path_km
        highest = max(highest, above_m)
        rise = max(rise, above_m / d[i])
        fall = max(fall, above_m / rest)
    start_m, end_m = smooth_line(d, h)
    if highest > 0.0:
        start_m -= highest * rise / (rise + fall)
        end_m -= highest * fall / (rise + fall)
    return min(start_m, h[0]), min(end_m, h[-1])


@njit(cache=True, error_model="numpy")
def delta_bullington(
    d: Numbers,
    g: Numbers,
    antennas_m: tuple[float, float],
    smooth_m: tuple[float, float],
    radius_km: float,
    wave: Wave,
) -> Diffraction:
    """Return the loss over the profile `g` for antennas and smooth earth above sea level [m]."""
    wavelength_m = SPEED_OF_LIGHT_M_PER_S / (wave.f * 1e9)
    hte, hre = antennas_m[0] - smooth_m[0], antennas_m[1] - smooth_m[1]
    actual = bullington_db(d, g, antennas_m[0], antennas_m[1], radius_km, wavelength_m)
    smooth = bullington_db(d, np.zeros(len(d)), hte, hre, radius_km, wavelength_m)
    sphere = sphere_db(d[-1], hte, hre, radius_km, wave)
    return Diffraction(actual, smooth, sphere, actual + max(sphere - smooth, 0.0))
