"""One knife edge and the Bullington path of ITU-R P.526-15, compiled and unchecked.

`siting.coverage.p526` checks the ranges and is the door to use; the compiled loops come here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SPEED_OF_LIGHT_M_PER_S = 2.998e8  # as ITU-R P.1812 clause 4.3.1 takes it


@njit(cache=True, error_model="numpy")
def knife_edge_loss_db(nu: float) -> float:
    """Return J(nu) [dB], P.526-15 clause 4.1 eq. (31); 0 below nu = -0.78."""
    if nu <= -0.78:
        return 0.0
    shifted = nu - 0.1
    return 6.9 + 20.0 * math.log10(math.sqrt(shifted * shifted + 1.0) + shifted)


@njit(cache=True, error_model="numpy")
def knife_edge_with_path_db(nu: float, path_km: float) -> float:
    """Return the Bullington loss [dB] of an edge on a path, P.526-15 clause 4.5.1 eq. (58)."""
    edge_db = knife_edge_loss_db(nu)
    return edge_db + (1.0 - math.exp(-edge_db / 6.0)) * (10.0 + 0.02 * path_km)


@njit(cache=True, error_model="numpy")
def bullington_db(
    d: Numbers, g: Numbers, hts: float, hrs: float, radius_km: float, wavelength_m: float
) -> float:
    """Return the Bullington loss [dB] of a profile, P.526-15 clause 4.5.1; its ends are bare."""
    path_km = d[-1]
    rise, fall = slopes(d, g, hts, hrs, radius_km)
    if rise < (hrs - hts) / path_km:
        nu = nearest_edge(d, g, hts, hrs, radius_km, wavelength_m)[0]
    else:  # the point where both horizon lines meet; nu is 0 anywhere if an edge just touches
        both = rise + fall
        bend = (hrs - hts + fall * path_km) / both if both != 0.0 else 0.5 * path_km
        straight_m = (hts * (path_km - bend) + hrs * bend) / path_km
        scale = math.sqrt(0.002 * path_km / (wavelength_m * bend * (path_km - bend)))
        nu = (hts + rise * bend - straight_m) * scale
    return knife_edge_with_path_db(nu, path_km)


@njit(cache=True, error_model="numpy")
def slopes(d: Numbers, g: Numbers, hts: float, hrs: float, radius_km: float) -> tuple[float, float]:
    """Return the steepest slopes [m/km] to the points between, from either end."""
    path_km = d[-1]
    rise, fall = -math.inf, -math.inf
    for i in range(1, len(d) - 1):
        rest = path_km - d[i]
        bulged = g[i] + 500.0 / radius_km * d[i] * rest
        rise = max(rise, (bulged - hts) / d[i])
        fall = max(fall, (bulged - hrs) / rest)
    return rise, fall


@njit(cache=True, error_model="numpy")
def nearest_edge(
    d: Numbers, g: Numbers, hts: float, hrs: float, radius_km: float, wavelength_m: float
) -> tuple[float, int]:
    """Return the largest nu of the points between, and which point has it (the last of equals)."""
    path_km = d[-1]
    largest, where = -math.inf, 1
    for i in range(1, len(d) - 1):
        rest = path_km - d[i]
        above_m = g[i] + 500.0 / radius_km * d[i] * rest - (hts * rest + hrs * d[i]) / path_km
        nu = above_m * math.sqrt(0.002 * path_km / (wavelength_m * d[i] * rest))
        if nu >= largest:
            largest, where = nu, i
    return largest, where
