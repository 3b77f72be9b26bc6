"""Diffraction over terrain after ITU-R P.526-15: one knife edge, and the Bullington path.

| symbol | argument / name          | meaning                                            |
|--------|--------------------------|----------------------------------------------------|
| d_i    | `distance_km`            | distance of a profile point from the transmitter   |
| h_i    | `height_m`               | its height above sea level, clutter included       |
| hts    | `transmitter_m`          | height of the transmitting antenna above sea level |
| hrs    | `receiver_m`             | height of the receiving antenna above sea level    |
| ae     | `earth_radius_km`        | effective earth radius, 8500 km in the median      |
| nu     | --                       | diffraction parameter of the knife edge            |
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

EFFECTIVE_EARTH_RADIUS_KM = 8500.0
SPEED_OF_LIGHT_M_PER_S = 2.998e8  # as ITU-R P.1812-6 eq. (13) takes it
_LEAST_POINTS = 3


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


def bullington_loss_db(
    distance_km: ArrayLike,
    height_m: ArrayLike,
    *,
    transmitter_m: float,
    receiver_m: float,
    carrier_ghz: float,
    earth_radius_km: float = EFFECTIVE_EARTH_RADIUS_KM,
) -> float:
    """Return the Bullington diffraction loss [dB] of a terrain profile, P.526-15 clause 4.5.1.

    The first and the last point of the profile are the terminals' ground and are not obstacles.
    Valid for strictly ascending distances from 0, and carriers of 0.03 to 100 GHz.
    """
    d_i, h_i = _profile(distance_km, height_m, carrier_ghz, earth_radius_km)
    path_km = float(d_i[-1])
    wavelength_m = SPEED_OF_LIGHT_M_PER_S / (carrier_ghz * 1e9)
    d_i, h_i = d_i[1:-1], h_i[1:-1]
    rest = path_km - d_i

    bulged = h_i + 500.0 / earth_radius_km * d_i * rest
    rise = float(np.max((bulged - transmitter_m) / d_i))
    direct = (receiver_m - transmitter_m) / path_km
    if rise < direct:  # line of sight: the edge that comes nearest to the path
        straight = (transmitter_m * rest + receiver_m * d_i) / path_km
        scale = np.sqrt(0.002 * path_km / (wavelength_m * d_i * rest))
        nu = float(np.max((bulged - straight) * scale))
    else:  # the point where both horizon lines meet
        fall = float(np.max((bulged - receiver_m) / rest))
        slopes = rise + fall  # 0 when an edge just touches the path: nu is then 0 anywhere
        bend = (receiver_m - transmitter_m + fall * path_km) / slopes if slopes else path_km / 2.0
        straight_m = (transmitter_m * (path_km - bend) + receiver_m * bend) / path_km
        scale_bend = math.sqrt(0.002 * path_km / (wavelength_m * bend * (path_km - bend)))
        nu = (transmitter_m + rise * bend - straight_m) * scale_bend
    return float(knife_edge_with_path_db(nu, path_km))


def _profile(
    distance_km: ArrayLike, height_m: ArrayLike, carrier_ghz: float, earth_radius_km: float
) -> tuple[Numbers, Numbers]:
    """Return the profile as arrays, or refuse it."""
    d_i = np.asarray(distance_km, dtype=np.float64)
    h_i = np.asarray(height_m, dtype=np.float64)
    check = RangeCheck(model="P.526")
    check.within("carrier_ghz", carrier_ghz, 0.03, 100.0, unit="GHz")
    check.within("earth_radius_km", earth_radius_km, 1.0, np.inf, unit="km")
    check.within("height_m", h_i, -500.0, 9000.0, unit="m")
    ascending = d_i.ndim == 1 and d_i.shape == h_i.shape and len(d_i) >= _LEAST_POINTS
    ascending = ascending and d_i[0] == 0.0 and bool(np.all(np.diff(d_i) > 0.0))
    check.require(
        condition=ascending,
        name="distance_km",
        what="the profile is not a line of three or more points from 0 onwards",
        remedy="give one height for each strictly ascending distance",
    )
    check.raise_all()
    return d_i, h_i
