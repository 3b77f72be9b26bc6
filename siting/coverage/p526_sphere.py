"""Diffraction around a smooth earth after ITU-R P.526-15 clause 3.2, compiled and unchecked.

| symbol   | meaning                                                   | unit |
|----------|-----------------------------------------------------------|------|
| d        | length of the path                                        | km   |
| hte, hre | heights of the antennas above the smooth earth            | m    |
| a        | effective earth radius                                    | km   |
| f        | carrier                                                   | GHz  |
| w        | share of the path over sea, 0 to 1                        |      |

Beyond the radio horizon the first term of the residue series holds (clause 3.1.1); nearer, the term
for the radius that just touches the path is blended out over the clearance that loses nothing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numba import njit

from siting.coverage.p526_edge import SPEED_OF_LIGHT_M_PER_S

LAND_PERMITTIVITY, LAND_SIEMENS_PER_M = 22.0, 0.003
SEA_PERMITTIVITY, SEA_SIEMENS_PER_M = 80.0, 5.0


class Wave(NamedTuple):
    """What a smooth earth needs to know: carrier [GHz], share of sea, vertical or horizontal."""

    f: float
    w: float
    vertical: bool


@njit(cache=True, error_model="numpy")
def sphere_db(d: float, hte: float, hre: float, a: float, wave: Wave) -> float:
    """Return the spherical-earth diffraction loss [dB], P.526-15 clause 3.2; 0 or more near by."""
    horizon_km = math.sqrt(2.0 * a) * (math.sqrt(0.001 * hte) + math.sqrt(0.001 * hre))
    if d >= horizon_km:
        return first_term_db(d, hte, hre, a, wave)
    clearance_m, needed_m = clearance(d, hte, hre, a, SPEED_OF_LIGHT_M_PER_S / (wave.f * 1e9))
    if clearance_m > needed_m:
        return 0.0
    touching_km = 500.0 * (d / (math.sqrt(hte) + math.sqrt(hre))) ** 2
    loss_db = first_term_db(d, hte, hre, touching_km, wave)
    return (1.0 - clearance_m / needed_m) * max(loss_db, 0.0)


@njit(cache=True, error_model="numpy")
def clearance(
    d: float, hte: float, hre: float, a: float, wavelength_m: float
) -> tuple[float, float]:
    """Return the least clearance of a path within the horizon, and that which loses nothing [m]."""
    c = (hte - hre) / (hte + hre)
    m = 250.0 * d * d / (a * (hte + hre))
    cosine = 1.5 * c * math.sqrt(3.0 * m / (m + 1.0) ** 3)
    third = math.pi / 3.0 + math.acos(min(max(cosine, -1.0), 1.0)) / 3.0
    b = 2.0 * math.sqrt((m + 1.0) / (3.0 * m)) * math.cos(third)
    d1 = 0.5 * d * (1.0 + b)
    d2 = d - d1
    near_m, far_m = hte - 500.0 * d1 * d1 / a, hre - 500.0 * d2 * d2 / a
    needed_m = 17.456 * math.sqrt(max(d1 * d2, 0.0) * wavelength_m / d)
    return (near_m * d2 + far_m * d1) / d, needed_m


@njit(cache=True, error_model="numpy")
def first_term_db(d: float, hte: float, hre: float, a: float, wave: Wave) -> float:
    """Return the first term's loss [dB] over a path of land and sea, P.526-15 clause 3.1.1."""
    land_db, sea_db = 0.0, 0.0
    if wave.w < 1.0:
        k = admittance(LAND_PERMITTIVITY, LAND_SIEMENS_PER_M, a, wave)
        land_db = one_ground_db(d, hte, hre, a, wave.f, k)
    if wave.w > 0.0:
        k = admittance(SEA_PERMITTIVITY, SEA_SIEMENS_PER_M, a, wave)
        sea_db = one_ground_db(d, hte, hre, a, wave.f, k)
    return wave.w * sea_db + (1.0 - wave.w) * land_db


@njit(cache=True, error_model="numpy")
def admittance(permittivity: float, conductivity: float, a: float, wave: Wave) -> float:
    """Return K, the normalised surface admittance."""
    loss_term = (18.0 * conductivity / wave.f) ** 2
    size = (permittivity - 1.0) ** 2 + loss_term
    k = 0.036 * math.pow(a * wave.f, -1.0 / 3.0) * math.pow(size, -0.25)
    return k * math.sqrt(permittivity * permittivity + loss_term) if wave.vertical else k


@njit(cache=True, error_model="numpy")
def one_ground_db(d: float, hte: float, hre: float, a: float, f: float, k: float) -> float:
    """Return -F(X) - G(Yt) - G(Yr) [dB] over ground of one admittance K."""
    k2 = k * k
    beta = (1.0 + 1.6 * k2 + 0.67 * k2 * k2) / (1.0 + 4.5 * k2 + 1.53 * k2 * k2)
    x = 21.88 * beta * math.pow(f / (a * a), 1.0 / 3.0) * d
    y_per_m = 0.9575 * beta * math.pow(f * f / a, 1.0 / 3.0)
    if x >= 1.6:
        distance_db = 11.0 + 10.0 * math.log10(x) - 17.6 * x
    else:
        distance_db = -20.0 * math.log10(x) - 5.6488 * math.pow(x, 1.425)
    return -distance_db - gain_db(beta * y_per_m * hte, k) - gain_db(beta * y_per_m * hre, k)


@njit(cache=True, error_model="numpy")
def gain_db(b: float, k: float) -> float:
    """Return the height gain G [dB] of an antenna at the normalised height B = beta Y."""
    if b > 2.0:
        gain = 17.6 * math.sqrt(b - 1.1) - 5.0 * math.log10(b - 1.1) - 8.0
    else:
        gain = 20.0 * math.log10(b + 0.1 * b * b * b)
    return max(gain, 2.0 + 20.0 * math.log10(k))
