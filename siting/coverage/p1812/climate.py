"""What the radio climate along a path says of ducts: ITU-R P.1812 clauses 3.5 to 3.7, compiled.

| symbol   | meaning                                                              | unit  |
|----------|----------------------------------------------------------------------|-------|
| w        | share of the path over sea                                           | --    |
| dtm, dlm | longest unbroken stretch of land, and of inland                      | km    |
| b0       | time in which the lowest 100 m of air ducts (100 N/km and more)      | %     |
| dN       | fall of refractivity in the lowest kilometre of air                  | N/km  |
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Zones = NDArray[np.int8]

ZONES = ("inland", "coastal", "sea")
"""Radio climates, and their codes 0, 1, 2. Coastal is land within 50 km of the sea below 100 m."""

EARTH_RADIUS_KM = 6371.0
DUCTING_EARTH_RADIUS_KM = 3.0 * EARTH_RADIUS_KM  # exceeded for b0 percent of time
_INLAND, _COASTAL, _SEA = 0, 1, 2


class Climate(NamedTuple):
    """The radio climate of a path."""

    sea_share: float
    longest_land_km: float
    longest_inland_km: float
    ducting_percent: float


@njit(cache=True, error_model="numpy")
def climate_of(d: Numbers, zone: Zones, latitude_deg: float) -> Climate:
    """Return the shares and stretches of the zones along a path, and b0."""
    sea_km = stretches_km(d, zone, _SEA, _SEA)[0]
    land_km = stretches_km(d, zone, _INLAND, _COASTAL)[1]
    inland_km = stretches_km(d, zone, _INLAND, _INLAND)[1]
    return Climate(
        sea_km / d[-1], land_km, inland_km, ducting_percent(latitude_deg, land_km, inland_km)
    )


@njit(cache=True, error_model="numpy")
def stretches_km(d: Numbers, zone: Zones, lowest: int, highest: int) -> tuple[float, float]:
    """Return the total and the longest unbroken stretch [km] of points in a range of zones.

    Each point stands for the path to half way to its neighbours.
    """
    last = len(d) - 1
    total_km, longest_km, stretch_km = 0.0, 0.0, 0.0
    for i in range(last + 1):
        if lowest <= zone[i] <= highest:
            begin_km = 0.5 * (d[max(i - 1, 0)] + d[i])
            length_km = 0.5 * (d[i] + d[min(i + 1, last)]) - begin_km
            stretch_km += length_km
            total_km += length_km
            longest_km = max(longest_km, stretch_km)
        else:
            stretch_km = 0.0
    return total_km, longest_km


@njit(cache=True, error_model="numpy")
def ducting_percent(latitude_deg: float, land_km: float, inland_km: float) -> float:
    """Return b0 [%], P.1812 clause 3.6, eqs. (2) to (5)."""
    tau = inland_tau(inland_km)
    near = math.pow(10.0, -land_km / (16.0 - 6.6 * tau))
    far = math.pow(10.0, -5.0 * (0.496 + 0.354 * tau))
    mu1 = min(math.pow(near + far, 0.2), 1.0)
    north_deg = abs(latitude_deg)
    if north_deg > 70.0:
        return 4.17 * mu1 * math.pow(mu1, 0.3)
    mu4 = math.pow(mu1, -0.935 + 0.0176 * north_deg)
    return math.pow(10.0, -0.015 * north_deg + 1.67) * mu1 * mu4


@njit(cache=True, error_model="numpy")
def inland_tau(inland_km: float) -> float:
    """Return how much a stretch of inland keeps ducts from the path, P.1812 eq. (3)."""
    return 1.0 - math.exp(-4.12e-4 * math.pow(inland_km, 2.41))


@njit(cache=True, error_model="numpy")
def median_earth_radius_km(delta_n: float) -> float:
    """Return ae [km], the effective earth radius in the median, P.1812 eqs. (6) and (7a)."""
    return EARTH_RADIUS_KM * 157.0 / (157.0 - delta_n)
