"""Line of sight, troposcatter and ducts: ITU-R P.1812 clauses 4.2, 4.4 and 4.5, compiled.

Each is the basic loss [dB] between isotropic antennas, over a path of d km at f GHz, that is not
exceeded for p percent of time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from numba import njit

from siting.coverage.p1812.climate import inland_tau

if TYPE_CHECKING:
    from siting.coverage.p1812.climate import Climate
    from siting.coverage.p1812.geometry import Ground, Horizons


class LineOfSight(NamedTuple):
    """Free space, and line of sight for p percent and for b0 percent of time [dB]."""

    free_space_db: float
    loss_db: float
    ducting_db: float


@njit(cache=True, error_model="numpy")
def line_of_sight(
    d: float, f: float, antennas_m: tuple[float, float], horizon_km: float, p: float, b0: float
) -> LineOfSight:
    """Return the losses of line of sight with multipath and focusing, clause 4.2."""
    high_km = 0.001 * (antennas_m[0] - antennas_m[1])
    free_db = 92.4 + 20.0 * math.log10(f) + 10.0 * math.log10(d * d + high_km * high_km)
    focus = 2.6 * (1.0 - math.exp(-0.1 * horizon_km))
    return LineOfSight(
        free_db, free_db + focus * math.log10(p / 50.0), free_db + focus * math.log10(b0 / 50.0)
    )


@njit(cache=True, error_model="numpy")
def troposcatter_db(d: float, f: float, angle_mrad: float, n0: float, p: float) -> float:
    """Return the loss [dB] by scatter in the air above both horizons, clause 4.4, eq. (44)."""
    log_f, log_half = math.log10(f), math.log10(f / 2.0)
    frequency_db = 25.0 * log_f - 2.5 * log_half * log_half
    often_db = 10.125 * math.pow(math.log10(50.0 / p), 0.7)
    path_db = 20.0 * math.log10(d) + 0.573 * angle_mrad
    return 190.1 + frequency_db + path_db - 0.15 * n0 - often_db


@njit(cache=True, error_model="numpy")
def ducting_db(
    d: float,
    f: float,
    antennas_m: tuple[float, float],
    coasts_km: tuple[float, float],
    horizons: Horizons,
    ground: Ground,
    climate: Climate,
    ae: float,
    p: float,
) -> float:
    """Return the loss [dB] through ducts and layers, clause 4.5, eqs. (46) to (56)."""
    dlt, dlr = horizons.transmitter_km, horizons.receiver_km
    sea = climate.sea_share
    coupling_db = 102.45 + 20.0 * math.log10(f) + 20.0 * math.log10(dlt + dlr)
    if f < 0.5:
        coupling_db += 45.375 - 137.0 * f + 92.5 * f * f
    coupling_db += shielding_db(horizons.transmitter_mrad, dlt, f)
    coupling_db += shielding_db(horizons.receiver_mrad, dlr, f)
    coupling_db += sea_coupling_db(coasts_km[0], dlt, sea, antennas_m[0])
    coupling_db += sea_coupling_db(coasts_km[1], dlr, sea, antennas_m[1])

    theta_t = min(horizons.transmitter_mrad, 0.1 * dlt)
    theta_r = min(horizons.receiver_mrad, 0.1 * dlr)
    angle_mrad = 1000.0 * d / ae + theta_t + theta_r
    angular_db = 5e-5 * ae * math.pow(f, 1.0 / 3.0) * angle_mrad

    beta = climate.ducting_percent * path_factor(d, ground, climate.longest_inland_km, ae)
    beta *= roughness_factor(d - dlt - dlr, ground.roughness_m)
    return coupling_db + angular_db + time_db(d, p, beta)


@njit(cache=True, error_model="numpy")
def shielding_db(theta_mrad: float, horizon_km: float, f: float) -> float:
    """Return what a horizon near an antenna keeps from the duct [dB], eq. (48)."""
    above = theta_mrad - 0.1 * horizon_km
    if above <= 0.0:
        return 0.0
    edge_db = 20.0 * math.log10(1.0 + 0.361 * above * math.sqrt(f * horizon_km))
    return edge_db + 0.264 * above * math.pow(f, 1.0 / 3.0)


@njit(cache=True, error_model="numpy")
def sea_coupling_db(
    coast_km: float, horizon_km: float, sea_share: float, antenna_m: float
) -> float:
    """Return what an antenna near the coast gains by ducts over sea [dB, negative], eq. (49)."""
    if sea_share < 0.75 or coast_km > min(horizon_km, 5.0):
        return 0.0
    return (
        -3.0 * math.exp(-0.25 * coast_km * coast_km) * (1.0 + math.tanh(0.07 * (50.0 - antenna_m)))
    )


@njit(cache=True, error_model="numpy")
def path_factor(d: float, ground: Ground, inland_km: float, ae: float) -> float:
    """Return mu2, by which the path's geometry makes ducts rarer, eq. (55)."""
    alpha = max(-0.6 - 3.5e-9 * math.pow(d, 3.1) * inland_tau(inland_km), -3.4)
    spread = math.sqrt(ground.transmitter_m) + math.sqrt(ground.receiver_m)
    return min(math.pow(500.0 / ae * d * d / (spread * spread), alpha), 1.0)


@njit(cache=True, error_model="numpy")
def roughness_factor(between_km: float, roughness_m: float) -> float:
    """Return mu3, by which rough ground between the horizons makes ducts rarer, eq. (56)."""
    if roughness_m <= 10.0:
        return 1.0
    return math.exp(-4.6e-5 * (roughness_m - 10.0) * (43.0 + 6.0 * min(between_km, 40.0)))


@njit(cache=True, error_model="numpy")
def time_db(d: float, p: float, beta: float) -> float:
    """Return the part of the duct's loss that time decides [dB], eq. (53)."""
    log_beta = math.log10(beta)
    slow = (9.51 - 4.8 * log_beta + 0.198 * log_beta * log_beta) * 1e-6 * math.pow(d, 1.13)
    gamma = 1.076 / math.pow(2.0058 - log_beta, 1.012) * math.exp(-slow)
    linear_db = (1.2 + 3.7e-3 * d) * math.log10(p / beta)
    return -12.0 + linear_db + 12.0 * math.pow(p / beta, gamma)
