"""How the loss differs from place to place and into buildings: ITU-R P.1812 clauses 4.7 to 4.9.

    Lloc = -I(pL) sigma      sigma = (0.024 f + 0.52) wa^0.28 u(h)

with f [GHz], wa the width of the square that one prediction stands for [m], and u falling from 1 at
the clutter's height to 0 ten metres above it. Indoors the median of ITU-R P.2109 is added, and its
deviation at that share of places joins the outdoor one as independent deviations do:

    Lloc = L50 - sign(I) sqrt((I sigma)^2 + (L(pL) - L50)^2)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage import p2109
from siting.coverage.p1812.combination import inverse_normal
from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

RESOLUTION_M = 100.0
_ABOVE_M = 10.0


def location_sigma_db(
    *,
    carrier_ghz: float,
    receiver_height_m: ArrayLike,
    clutter_height_m: ArrayLike = 0.0,
    resolution_m: float = RESOLUTION_M,
) -> Numbers:
    """Return the standard deviation [dB] of the loss within a square, P.1812-8 clause 4.7.

    Parameters
    ----------
    carrier_ghz
        Carrier [GHz], 0.03 to 6.
    receiver_height_m, clutter_height_m
        Heights above ground at the receiver [m].
    resolution_m
        Width of the square that one prediction stands for [m], 1 to 1,000.

    """
    check = RangeCheck(model="P.1812")
    check.within("carrier_ghz", carrier_ghz, 0.03, 6.0, unit="GHz")
    check.within("receiver_height_m", receiver_height_m, 1.0, 3000.0, unit="m")
    check.within("clutter_height_m", clutter_height_m, 0.0, 500.0, unit="m")
    check.within("resolution_m", resolution_m, 1.0, 1000.0, unit="m")
    check.raise_all()
    above_m = np.asarray(receiver_height_m, dtype=np.float64) - np.asarray(clutter_height_m)
    share = np.clip(1.0 - above_m / _ABOVE_M, 0.0, 1.0)
    return np.asarray((0.024 * carrier_ghz + 0.52) * resolution_m**0.28 * share)


def location_db(
    sigma_db: ArrayLike,
    *,
    location_percent: float,
    carrier_ghz: float,
    building: str = "",
    elevation_deg: ArrayLike = 0.0,
) -> Numbers:
    """Return Lloc [dB]: what reaching a share of places, outdoors or in a building, adds.

    Parameters
    ----------
    sigma_db
        Standard deviation outdoors [dB]; 0 at sea.
    location_percent
        Share of places [%], 1 to 99.
    carrier_ghz
        Carrier [GHz].
    building
        Kind of building as `p2109` knows it; outdoors where empty.
    elevation_deg
        Elevation of the path at the facade [degree].

    """
    check = RangeCheck(model="P.1812")
    check.within("sigma_db", sigma_db, 0.0, 50.0, unit="dB")
    check.within("location_percent", location_percent, 1.0, 99.0, unit="%")
    check.raise_all()
    share = location_percent / 100.0
    outdoors = -inverse_normal(share) * np.asarray(sigma_db, dtype=np.float64)
    if not building:
        return np.asarray(outdoors)
    wall = [
        p2109.entry_loss_db(
            building, carrier_ghz=carrier_ghz, probability=at, elevation_deg=elevation_deg
        )
        for at in (0.5, share)
    ]
    spread = np.hypot(outdoors, wall[1] - wall[0])
    return np.asarray(wall[0] + (spread if share >= 0.5 else -spread))
