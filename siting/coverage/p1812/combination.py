"""Join line of sight, diffraction, scatter and ducts into one loss: ITU-R P.1812 clause 4.6, compiled.

    Lbc = -5 log10(10^(-0.2 Lbs) + 10^(-0.2 Lbam))

Lbs is troposcatter; Lbam goes from diffraction to line of sight as the angle between the horizons
vanishes (Fj), with ducts let in on paths longer than some 20 km (Fk).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from numba import njit

from siting.coverage.p526_delta import Diffraction, delta_bullington, smooth_ends
from siting.coverage.p526_sphere import Wave
from siting.coverage.p1812.climate import (
    DUCTING_EARTH_RADIUS_KM,
    Climate,
    climate_of,
    median_earth_radius_km,
)
from siting.coverage.p1812.geometry import Ground, Horizons, ground_of, horizons_of
from siting.coverage.p1812.mechanisms import (
    LineOfSight,
    ducting_db,
    line_of_sight,
    troposcatter_db,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Zones = NDArray[np.int8]

_SEA = 2
_ETA = 2.5


class Link(NamedTuple):
    """What is the same for all points of a path; antennas above ground [m], time [%]."""

    carrier_ghz: float
    transmitter_m: float
    receiver_m: float
    time_percent: float
    vertical: bool
    delta_n: float
    n0: float
    latitude_deg: float
    coasts_km: tuple[float, float]


class Joined(NamedTuple):
    """How diffraction is eased towards line of sight and ducts: factors 0 to 1, losses [dB].

    In the Recommendation's symbols, in order: Fi, Fj, Fk, Ldp, Lbd50, Lbd, Lminb0p, Lminbap, Lbda,
    Lbam.
    """

    time_factor: float
    angle_factor: float
    distance_factor: float
    diffraction_db: float
    diffracted_median_db: float
    diffracted_db: float
    least_sight_db: float
    least_duct_db: float
    eased_db: float
    near_db: float


class Terms(NamedTuple):
    """Every term of one loss at half of the places, before buildings [km, m, dB].

    `ducting_db` is Lba, `troposcatter_db` Lbs, and `outdoor_db` Lbc, the sum of all.
    """

    earth_radius_km: float
    climate: Climate
    horizons: Horizons
    ground: Ground
    smooth_ends_m: tuple[float, float]
    line_of_sight: LineOfSight
    diffraction_median: Diffraction
    diffraction_ducting: Diffraction
    ducting_db: float
    troposcatter_db: float
    joined: Joined
    outdoor_db: float


@njit(cache=True, error_model="numpy")
def terms_of(d: Numbers, h: Numbers, g: Numbers, zone: Zones, link: Link) -> Terms:
    """Return the loss and its terms over the ground `h`, with clutter `g`, whose ends are bare."""
    path_km, f, p = d[-1], link.carrier_ghz, link.time_percent
    antennas_m = (h[0] + link.transmitter_m, h[-1] + link.receiver_m)
    ae = median_earth_radius_km(link.delta_n)
    climate = climate_of(d, zone, link.latitude_deg)
    horizons = horizons_of(d, h, antennas_m, ae, f)
    ground = ground_of(d, h, antennas_m, horizons.first, horizons.last)
    horizon_km = horizons.transmitter_km + horizons.receiver_km
    sight = line_of_sight(path_km, f, antennas_m, horizon_km, p, climate.ducting_percent)

    wave = Wave(f, climate.sea_share, link.vertical)
    ends_m = smooth_ends(d, h, antennas_m[0], antennas_m[1])
    median = delta_bullington(d, g, antennas_m, ends_m, ae, wave)
    ducting = delta_bullington(d, g, antennas_m, ends_m, DUCTING_EARTH_RADIUS_KM, wave)

    coast_t = 0.0 if zone[0] == _SEA else link.coasts_km[0]
    coast_r = 0.0 if zone[-1] == _SEA else link.coasts_km[1]
    coasts_km = (coast_t, coast_r)
    lba = ducting_db(path_km, f, antennas_m, coasts_km, horizons, ground, climate, ae, p)
    lbs = troposcatter_db(path_km, f, horizons.angle_mrad, link.n0, p)
    joined = joined_of(path_km, p, climate, horizons.angle_mrad, sight, median, ducting, lba)
    outdoor_db = either_db(lbs, joined.near_db)
    return Terms(
        ae, climate, horizons, ground, ends_m, sight, median, ducting, lba, lbs, joined, outdoor_db
    )


@njit(cache=True, error_model="numpy")
def joined_of(
    d: float,
    p: float,
    climate: Climate,
    angle_mrad: float,
    sight: LineOfSight,
    median: Diffraction,
    ducting: Diffraction,
    lba: float,
) -> Joined:
    """Return diffraction for p percent of time, eased towards line of sight and ducts."""
    fi = time_factor(p, climate.ducting_percent)
    ldp = median.loss_db + fi * (ducting.loss_db - median.loss_db)
    lbd50, lbd = sight.free_space_db + median.loss_db, sight.loss_db + ldp
    over_land_db = (1.0 - climate.sea_share) * ldp
    least_sight = sight.loss_db + over_land_db
    if p >= climate.ducting_percent:
        least_sight = lbd50 + (sight.ducting_db + over_land_db - lbd50) * fi
    least_duct = soft_sum(lba, sight.loss_db)
    fj, fk = blend(angle_mrad, 0.3, 0.8), blend(d, 20.0, 0.5)
    eased = least_duct + (lbd - least_duct) * fk if least_duct <= lbd else lbd
    near = eased + (least_sight - eased) * fj
    return Joined(fi, fj, fk, ldp, lbd50, lbd, least_sight, least_duct, eased, near)


@njit(cache=True, error_model="numpy")
def time_factor(p: float, b0: float) -> float:
    """Return Fi: 0 in the median, 1 up to b0 percent of time, eq. (40)."""
    return inverse_normal(p / 100.0) / inverse_normal(b0 / 100.0) if p > b0 else 1.0


@njit(cache=True, error_model="numpy")
def inverse_normal(share: float) -> float:
    """Return I(x), the inverse complementary normal distribution of attachment 2, for 0 < x < 1.

    The approximation of the Recommendation, good to 0.00054, not the exact inverse.
    """
    tail = min(share, 1.0 - share)
    t = math.sqrt(-2.0 * math.log(max(tail, 1e-6)))
    above = (0.010328 * t + 0.802853) * t + 2.515516698
    value = t - above / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0)
    return value if share <= 0.5 else -value


@njit(cache=True, error_model="numpy")
def blend(value: float, middle: float, steepness: float) -> float:
    """Return Fj or Fk, which falls from 1 to 0 about a middle value, eqs. (57) and (58)."""
    return 1.0 - 0.5 * (1.0 + math.tanh(3.0 * steepness * (value - middle) / middle))


@njit(cache=True, error_model="numpy")
def soft_sum(first_db: float, second_db: float) -> float:
    """Return 2.5 ln(e^(a / 2.5) + e^(b / 2.5)), eq. (60), without overflow."""
    larger = max(first_db, second_db)
    return larger + _ETA * math.log1p(math.exp((min(first_db, second_db) - larger) / _ETA))


@njit(cache=True, error_model="numpy")
def either_db(first_db: float, second_db: float) -> float:
    """Return -5 log10(10^(-0.2 a) + 10^(-0.2 b)), eq. (63), without underflow."""
    smaller = min(first_db, second_db)
    other = max(first_db, second_db) - smaller
    return smaller - 5.0 * math.log10(1.0 + math.pow(10.0, -0.2 * other))
