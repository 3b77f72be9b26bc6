"""Diffraction over terrain after ITU-R P.526-15: one knife edge, Bullington, delta-Bullington.

| symbol | argument / name          | meaning                                            |
|--------|--------------------------|----------------------------------------------------|
| d_i    | `distance_km`            | distance of a profile point from the transmitter   |
| h_i    | `height_m`               | its height above sea level, clutter included       |
| hts    | `transmitter_m`          | height of the transmitting antenna above sea level |
| hrs    | `receiver_m`             | height of the receiving antenna above sea level    |
| ae     | `earth_radius_km`        | effective earth radius, 8500 km in the median      |
| w      | `over_sea_share`         | share of the path over sea                         |
| nu     | --                       | diffraction parameter of the knife edge            |

Bullington takes a profile for the one edge where both horizons meet; delta-Bullington adds what the
curve of a smooth earth loses beyond that, and is the reference for long and flat paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.p526_delta import Diffraction, delta_bullington, smooth_ends
from siting.coverage.p526_edge import (
    SPEED_OF_LIGHT_M_PER_S,
    bullington_db,
    knife_edge_loss_db,
    knife_edge_with_path_db,
)
from siting.coverage.p526_sphere import Wave
from siting.coverage.ranges import RangeCheck, refuse_clutter_on_surface, require_choice

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

__all__ = [
    "EFFECTIVE_EARTH_RADIUS_KM",
    "POLARISATIONS",
    "SPEED_OF_LIGHT_M_PER_S",
    "Diffraction",
    "bullington_loss_db",
    "delta_bullington_loss_db",
    "delta_bullington_parts",
    "knife_edge_loss_db",
    "knife_edge_with_path_db",
]

EFFECTIVE_EARTH_RADIUS_KM = 8500.0
POLARISATIONS = ("horizontal", "vertical")
_LEAST_POINTS = 3


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

    Parameters
    ----------
    distance_km, height_m
        The profile: distances from the transmitter [km], heights above sea level [m].
    transmitter_m, receiver_m
        Heights of the antennas above sea level [m].
    carrier_ghz
        Carrier [GHz], 0.03 to 100.
    earth_radius_km
        Effective earth radius [km].

    """
    check = RangeCheck(model="P.526")
    d_i, h_i = _profile(check, distance_km, height_m)
    _check_scalars(check, transmitter_m, receiver_m, carrier_ghz, earth_radius_km)
    check.raise_all()
    wavelength_m = SPEED_OF_LIGHT_M_PER_S / (carrier_ghz * 1e9)
    return float(
        bullington_db(
            d_i, h_i, float(transmitter_m), float(receiver_m), float(earth_radius_km), wavelength_m
        )
    )


def delta_bullington_loss_db(
    distance_km: ArrayLike,
    height_m: ArrayLike,
    *,
    transmitter_m: float,
    receiver_m: float,
    carrier_ghz: float,
    earth_radius_km: float = EFFECTIVE_EARTH_RADIUS_KM,
    over_sea_share: float = 0.0,
    polarisation: str = "vertical",
    clutter_height_m: ArrayLike = 0.0,
    ground: str = "bare_earth",
) -> float:
    """Return the delta-Bullington diffraction loss [dB] of a profile, P.526-15 clause 4.5.2.

    Valid for strictly ascending distances from 0, antennas above the ground at their end, and
    carriers of 0.03 to 100 GHz.

    Parameters
    ----------
    distance_km, height_m
        The profile: distances from the transmitter [km], heights of the ground above sea level [m].
    transmitter_m, receiver_m
        Heights of the antennas above sea level [m].
    carrier_ghz
        Carrier [GHz], 0.03 to 100.
    earth_radius_km
        Effective earth radius [km].
    over_sea_share
        Share of the path over sea, 0 to 1.
    polarisation
        `horizontal` or `vertical`.
    clutter_height_m
        Height of clutter on the ground [m], one or one a point, 0 or more: an obstacle, but no part
        of the smooth earth. The ends are always bare.
    ground
        What the heights are of: `bare_earth`, or `surface`, which takes no clutter on top.

    """
    return delta_bullington_parts(
        distance_km,
        height_m,
        transmitter_m=transmitter_m,
        receiver_m=receiver_m,
        carrier_ghz=carrier_ghz,
        earth_radius_km=earth_radius_km,
        over_sea_share=over_sea_share,
        polarisation=polarisation,
        clutter_height_m=clutter_height_m,
        ground=ground,
    ).loss_db


def delta_bullington_parts(
    distance_km: ArrayLike,
    height_m: ArrayLike,
    *,
    transmitter_m: float,
    receiver_m: float,
    carrier_ghz: float,
    earth_radius_km: float = EFFECTIVE_EARTH_RADIUS_KM,
    over_sea_share: float = 0.0,
    polarisation: str = "vertical",
    clutter_height_m: ArrayLike = 0.0,
    ground: str = "bare_earth",
) -> Diffraction:
    """Return `delta_bullington_loss_db` with its parts: real path, smooth path and sphere [dB]."""
    require_choice("polarisation", polarisation, POLARISATIONS)
    refuse_clutter_on_surface(ground, clutter_height_m)
    check = RangeCheck(model="P.526")
    d_i, h_i = _profile(check, distance_km, height_m)
    _check_scalars(check, transmitter_m, receiver_m, carrier_ghz, earth_radius_km)
    check.within("over_sea_share", over_sea_share, 0.0, 1.0, unit="")
    check.within("clutter_height_m", clutter_height_m, 0.0, 500.0, unit="m")
    check.raise_all()
    check.within("transmitter_m", transmitter_m, h_i[0] + 0.1, np.inf, unit="m")
    check.within("receiver_m", receiver_m, h_i[-1] + 0.1, np.inf, unit="m")
    clutter_m = np.asarray(clutter_height_m, dtype=np.float64)
    check.require(
        condition=clutter_m.shape in ((), h_i.shape),
        name="clutter_height_m",
        what="P.526: the clutter is not as long as the profile",
        remedy="give one height, or one for each point",
    )
    check.raise_all()

    antennas_m = float(transmitter_m), float(receiver_m)
    return Diffraction(
        *delta_bullington(
            d_i,
            h_i + clutter_m,
            antennas_m,
            smooth_ends(d_i, h_i, *antennas_m),
            float(earth_radius_km),
            Wave(float(carrier_ghz), float(over_sea_share), polarisation == "vertical"),
        )
    )


def _check_scalars(
    check: RangeCheck,
    transmitter_m: float,
    receiver_m: float,
    carrier_ghz: float,
    earth_radius_km: float,
) -> None:
    check.within("carrier_ghz", carrier_ghz, 0.03, 100.0, unit="GHz")
    check.within("earth_radius_km", earth_radius_km, 1.0, np.inf, unit="km")
    check.within("transmitter_m", transmitter_m, -500.0, 50_000.0, unit="m")
    check.within("receiver_m", receiver_m, -500.0, 50_000.0, unit="m")


def _profile(
    check: RangeCheck, distance_km: ArrayLike, height_m: ArrayLike
) -> tuple[Numbers, Numbers]:
    """Return the profile as arrays, and note what is wrong with it."""
    d_i = np.array(distance_km, dtype=np.float64)  # copies: one memory layout, one compilation
    h_i = np.array(height_m, dtype=np.float64)
    check.within("height_m", h_i, -500.0, 9000.0, unit="m")
    ascending = d_i.ndim == 1 and d_i.shape == h_i.shape and len(d_i) >= _LEAST_POINTS
    ascending = ascending and d_i[0] == 0.0 and bool(np.all(np.diff(d_i) > 0.0))
    check.require(
        condition=ascending and bool(np.isfinite(d_i[-1])),
        name="distance_km",
        what="the profile is not a line of three or more points from 0 onwards",
        remedy="give one height for each strictly ascending distance",
    )
    return d_i, h_i
