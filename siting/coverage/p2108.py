"""Clutter loss at a terminal after ITU-R P.2108-1: trees and buildings that no layer shows.

| clause | function                 | terminal                            | range                   |
|--------|--------------------------|-------------------------------------|-------------------------|
| 3.1    | `height_gain_db`         | in clutter of a known height        | 0.03 to 3 GHz           |
| 3.2    | `terrestrial_clutter_db` | in built-up land, by share of places| 0.5 to 67 GHz, 0.25 km+ |
| 3.3    | `slant_clutter_db`       | seen from an aircraft or satellite  | 10 to 100 GHz           |

Only one of them is used at a terminal, and none where the profile already shows the clutter.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from siting.coverage.ranges import RangeCheck, require_choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

CLUTTER_HEIGHT_M: Mapping[str, float] = MappingProxyType(
    {"water": 10.0, "open": 10.0, "suburban": 10.0, "urban": 15.0, "dense_urban": 20.0}
)
"""Representative clutter height by kind [m], Table 3; `urban` is also trees and forest."""

STREET_WIDTH_M = 27.0
_FLAT = ("water", "open")
_SIGMA_LONG_DB, _SIGMA_SHORT_DB = 4.0, 6.0
_FARTHEST_KM = 2.0  # beyond 2 km the loss is that at 2 km
_K1_FACTOR, _K1_POWER, _A1 = 93.0, 0.175, 0.05


def height_gain_db(
    kind: str,
    *,
    carrier_ghz: ArrayLike,
    terminal_m: ArrayLike,
    clutter_m: float | None = None,
    street_m: float = STREET_WIDTH_M,
) -> Numbers:
    """Return the loss [dB] of a terminal below the clutter around it, P.2108-1 clause 3.1.

    0 where the terminal stands at the clutter's height or above. Valid for 0.03 to 3 GHz.

    Parameters
    ----------
    kind
        `water`, `open`, `suburban`, `urban` (also trees) or `dense_urban`.
    carrier_ghz
        Carrier [GHz], 0.03 to 3.
    terminal_m
        Height of the antenna above ground [m], above 0.
    clutter_m
        Height of the clutter [m]; that of the kind where none is given.
    street_m
        Width of the street [m].

    """
    require_choice("kind", kind, tuple(CLUTTER_HEIGHT_M))
    check = RangeCheck(model="P.2108 clause 3.1")
    check.within("carrier_ghz", carrier_ghz, 0.03, 3.0, unit="GHz")
    check.within("terminal_m", terminal_m, 0.01, 3000.0, unit="m")
    check.within("street_m", street_m, 0.1, 1000.0, unit="m")
    height_m = CLUTTER_HEIGHT_M[kind] if clutter_m is None else clutter_m
    check.within("clutter_m", height_m, 0.1, 1000.0, unit="m")
    check.raise_all()

    f, h = np.broadcast_arrays(
        np.asarray(carrier_ghz, dtype=np.float64), np.asarray(terminal_m, dtype=np.float64)
    )
    if kind in _FLAT:
        loss = -(21.8 + 6.2 * np.log10(f)) * np.log10(h / height_m)
    else:
        below_m = np.maximum(height_m - h, 0.0)
        angle_deg = np.degrees(np.arctan(below_m / street_m))
        nu = 0.342 * np.sqrt(f) * np.sqrt(below_m * angle_deg)
        loss = 6.9 + 20.0 * np.log10(np.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1) - 6.03
    return np.where(h >= height_m, 0.0, loss)


def terrestrial_clutter_db(
    *, carrier_ghz: ArrayLike, distance_km: ArrayLike, probability: ArrayLike = 0.5
) -> Numbers:
    """Return the clutter loss [dB] at one terminal that a share of places stays below.

    P.2108-1 clause 3.2, eqs. (3) to (6). Valid for 0.5 to 67 GHz and paths of 0.25 km or more (1 km
    where both terminals stand in clutter); beyond 2 km the loss is that at 2 km.

    Parameters
    ----------
    carrier_ghz
        Carrier [GHz], 0.5 to 67.
    distance_km
        Length of the path [km], 0.25 or more.
    probability
        Share of places, above 0 and below 1.

    """
    check = RangeCheck(model="P.2108 clause 3.2")
    check.within("carrier_ghz", carrier_ghz, 0.5, 67.0, unit="GHz")
    check.within("distance_km", distance_km, 0.25, np.inf, unit="km")
    check.within("probability", probability, 1e-12, 1.0 - 1e-12, unit="")
    check.raise_all()

    f = np.asarray(carrier_ghz, dtype=np.float64)
    quantile = ndtri(1.0 - np.asarray(probability, dtype=np.float64))
    here = _terrestrial(f, np.asarray(distance_km, dtype=np.float64), quantile)
    return np.minimum(here, _terrestrial(f, np.asarray(_FARTHEST_KM), quantile))


def _terrestrial(f: Numbers, d: Numbers, quantile: Numbers) -> Numbers:
    long_db = -2.0 * np.log10(10.0 ** (-5.0 * np.log10(f) - 12.5) + 10.0**-16.5)
    short_db = 32.98 + 23.9 * np.log10(d) + 3.0 * np.log10(f)
    long_power, short_power = 10.0 ** (-0.2 * long_db), 10.0 ** (-0.2 * short_db)
    variance = _SIGMA_LONG_DB**2 * long_power + _SIGMA_SHORT_DB**2 * short_power
    sigma_db = np.sqrt(variance / (long_power + short_power))
    return np.asarray(-5.0 * np.log10(long_power + short_power) - sigma_db * quantile)


def slant_clutter_db(
    *, carrier_ghz: ArrayLike, elevation_deg: ArrayLike, probability: ArrayLike = 0.5
) -> Numbers:
    """Return the clutter loss [dB] towards the sky that a share of places stays below.

    P.2108-1 clause 3.3, eq. (7). Valid for 10 to 100 GHz and elevations of 0 to 90 degrees.
    """
    check = RangeCheck(model="P.2108 clause 3.3")
    check.within("carrier_ghz", carrier_ghz, 10.0, 100.0, unit="GHz")
    check.within("elevation_deg", elevation_deg, 0.0, 90.0, unit="degree")
    check.within("probability", probability, 1e-12, 1.0 - 1e-12, unit="")
    check.raise_all()

    f = np.asarray(carrier_ghz, dtype=np.float64)
    theta = np.asarray(elevation_deg, dtype=np.float64)
    share = np.asarray(probability, dtype=np.float64)
    k1 = _K1_FACTOR * f**_K1_POWER
    angle = _A1 * (1.0 - theta / 90.0) + np.radians(theta)
    base = -k1 * np.log(1.0 - share) / np.tan(angle)
    power = 0.5 * (90.0 - theta) / 90.0
    body = np.where(theta >= 90.0, 1.0, np.maximum(base, 0.0) ** power)
    return np.asarray(body - 1.0 - 0.6 * ndtri(1.0 - share))
