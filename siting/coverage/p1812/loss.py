"""The doors of ITU-R P.1812-8: the loss of one path, its terms, and the loss all along one ray."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from siting.coverage.p1812.combination import Link, Terms, terms_of
from siting.coverage.p1812.inputs import (
    LEAST_POINTS,
    SHORTEST_KM,
    Air,
    Path,
    checked,
)
from siting.coverage.p1812.location import location_db, location_sigma_db
from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]
    Zones = NDArray[np.int8]

FAR_FROM_COAST_KM = 500.0
"""Distance to the coast [km] at which the sea has no say, as the Recommendation takes it."""

_AIR = Air()
_FAR = (FAR_FROM_COAST_KM, FAR_FROM_COAST_KM)
_SEA = 2


def basic_loss_db(  # noqa: PLR0913 - each choice is a keyword
    distance_km: ArrayLike,
    height_m: ArrayLike,
    *,
    carrier_ghz: float,
    transmitter_height_m: float,
    receiver_height_m: float,
    time_percent: float = 50.0,
    location_percent: float = 50.0,
    polarisation: str = "vertical",
    zones: str | Sequence[str] = "inland",
    clutter_height_m: ArrayLike = 0.0,
    ground: str = "bare_earth",
    air: Air = _AIR,
    coast_km: tuple[float, float] = _FAR,
    location_sigma_db: float | None = None,
    building: str = "",
) -> float:
    """Return Lb [dB], not exceeded for a share of time and of places, ITU-R P.1812-8.

    Parameters
    ----------
    distance_km, height_m
        The profile: distances from the transmitter [km], 0.25 to 3,000 km and five points or more,
        and heights of the ground above sea level [m].
    carrier_ghz
        Carrier [GHz], 0.03 to 6.
    transmitter_height_m, receiver_height_m
        Heights of the antennas above the ground at their end [m], 1 to 3,000.
    time_percent
        Share of an average year [%], 1 to 50.
    location_percent
        Share of places [%], 1 to 99.
    polarisation
        `horizontal` or `vertical`.
    zones
        Radio climate, one word or one a point: `inland`, `coastal` or `sea`.
    clutter_height_m
        Representative height of clutter above ground [m], one or one a point; the ends are bare.
    ground
        What the heights are of: `bare_earth`, or `surface`, which takes no clutter on top.
    air
        Refractivity and latitude.
    coast_km
        Distance over land from either antenna to the coast along the path [km]; 0 at sea.
    location_sigma_db
        Standard deviation of the loss between places [dB]; by default that of clause 4.7 for a
        square of 100 m and the clutter at the receiver.
    building
        `traditional` or `thermally_efficient` adds the entry loss of ITU-R P.2109; empty: outdoors.

    """
    path, link = checked(
        distance_km,
        height_m,
        carrier_ghz=carrier_ghz,
        transmitter_height_m=transmitter_height_m,
        receiver_height_m=receiver_height_m,
        time_percent=time_percent,
        polarisation=polarisation,
        zones=zones,
        clutter_height_m=clutter_height_m,
        ground=ground,
        air=air,
        coast_km=coast_km,
    )
    outdoor_db, least_db, elevation_deg = _outdoor(
        path.distance_km, path.ground_m, path.cluttered_m, path.zone, link
    )
    if location_percent == 50.0 and not building:
        return max(outdoor_db, least_db)
    places_db = _places_db(
        path, link, slice(-1, None), elevation_deg, location_percent, location_sigma_db, building
    )
    return max(least_db, outdoor_db + float(places_db[0]))


def ray_loss_db(  # noqa: PLR0913 - each choice is a keyword
    distance_km: ArrayLike,
    height_m: ArrayLike,
    *,
    carrier_ghz: float,
    transmitter_height_m: float,
    receiver_height_m: float,
    time_percent: float = 50.0,
    location_percent: float = 50.0,
    polarisation: str = "vertical",
    zones: str | Sequence[str] = "inland",
    clutter_height_m: ArrayLike = 0.0,
    ground: str = "bare_earth",
    air: Air = _AIR,
    coast_km: tuple[float, float] = _FAR,
    location_sigma_db: float | None = None,
    building: str = "",
) -> Numbers:
    """Return Lb [dB] at a receiver on every point of a profile, as `basic_loss_db` gives each.

    NaN where the model does not hold: nearer than 0.25 km, or before the fifth point. The arguments
    are those of `basic_loss_db`; the receiver's distance to the coast is the same all along, but 0
    at sea.
    """
    path, link = checked(
        distance_km,
        height_m,
        carrier_ghz=carrier_ghz,
        transmitter_height_m=transmitter_height_m,
        receiver_height_m=receiver_height_m,
        time_percent=time_percent,
        polarisation=polarisation,
        zones=zones,
        clutter_height_m=clutter_height_m,
        ground=ground,
        air=air,
        coast_km=coast_km,
    )
    outdoor_db, least_db, elevation_deg = _ray(
        path.distance_km, path.ground_m, path.clutter_m, path.zone, link
    )
    if location_percent == 50.0 and not building:
        return np.maximum(outdoor_db, least_db)
    places_db = _places_db(
        path, link, slice(None), elevation_deg, location_percent, location_sigma_db, building
    )
    return np.maximum(least_db, outdoor_db + places_db)


def loss_terms(
    distance_km: ArrayLike,
    height_m: ArrayLike,
    *,
    carrier_ghz: float,
    transmitter_height_m: float,
    receiver_height_m: float,
    time_percent: float = 50.0,
    polarisation: str = "vertical",
    zones: str | Sequence[str] = "inland",
    clutter_height_m: ArrayLike = 0.0,
    ground: str = "bare_earth",
    air: Air = _AIR,
    coast_km: tuple[float, float] = _FAR,
) -> Terms:
    """Return every term of the outdoor loss at half of the places; arguments of `basic_loss_db`."""
    path, link = checked(
        distance_km,
        height_m,
        carrier_ghz=carrier_ghz,
        transmitter_height_m=transmitter_height_m,
        receiver_height_m=receiver_height_m,
        time_percent=time_percent,
        polarisation=polarisation,
        zones=zones,
        clutter_height_m=clutter_height_m,
        ground=ground,
        air=air,
        coast_km=coast_km,
    )
    return Terms(*terms_of(path.distance_km, path.ground_m, path.cluttered_m, path.zone, link))


def field_strength_dbuv_per_m(
    loss_db: ArrayLike, *, carrier_ghz: float, power_kw: float = 1.0
) -> Numbers:
    """Return the field strength [dB(uV/m)] of a loss for a radiated power, P.1812-8 eq. (70).

    The power is effective radiated power [kW], relative to a half-wave dipole.
    """
    check = RangeCheck(model="P.1812")
    check.within("carrier_ghz", carrier_ghz, 0.03, 6.0, unit="GHz")
    check.within("power_kw", power_kw, 1e-12, 1e6, unit="kW")
    check.within("loss_db", loss_db, 0.0, 1000.0, unit="dB")
    check.raise_all()
    level = 199.36 + 20.0 * math.log10(carrier_ghz) + 10.0 * math.log10(power_kw)
    return np.asarray(level - np.asarray(loss_db, dtype=np.float64))


def _places_db(
    path: Path,
    link: Link,
    points: slice,
    elevation_deg: ArrayLike,
    location_percent: float,
    sigma_db: float | None,
    building: str,
) -> Numbers:
    """Return Lloc [dB] at the given points of the profile."""
    sigma: ArrayLike = (
        sigma_db
        if sigma_db is not None
        else location_sigma_db(
            carrier_ghz=link.carrier_ghz,
            receiver_height_m=link.receiver_m,
            clutter_height_m=path.clutter_m[points],
        )
    )
    return location_db(
        np.where(path.zone[points] == _SEA, 0.0, sigma),
        location_percent=location_percent,
        carrier_ghz=link.carrier_ghz,
        building=building,
        elevation_deg=elevation_deg,
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _outdoor(
    d: Numbers, h: Numbers, g: Numbers, zone: Zones, link: Link
) -> tuple[float, float, float]:
    """Return Lbc and Lb0p [dB], and the path's elevation at the receiver [degree]."""
    terms = terms_of(d, h, g, zone, link)
    elevation_deg = math.degrees(math.atan(0.001 * terms.horizons.receiver_mrad))
    return terms.outdoor_db, terms.line_of_sight.loss_db, elevation_deg


@njit(cache=True, error_model="numpy", nogil=True)
def _ray(
    d: Numbers, h: Numbers, clutter: Numbers, zone: Zones, link: Link
) -> tuple[Numbers, Numbers, Numbers]:
    """Return `_outdoor` for a receiver on every point, NaN where the path is too short."""
    outdoor_db, least_db = np.full(len(d), np.nan), np.full(len(d), np.nan)
    elevation_deg = np.zeros(len(d))
    g = h + clutter
    g[0] = h[0]
    for i in range(LEAST_POINTS - 1, len(d)):
        if d[i] < SHORTEST_KM:
            continue
        g[i] = h[i]
        end = i + 1
        found = _outdoor(d[:end], h[:end], g[:end], zone[:end], link)
        outdoor_db[i], least_db[i], elevation_deg[i] = found
        g[i] = h[i] + clutter[i]
    return outdoor_db, least_db, elevation_deg
