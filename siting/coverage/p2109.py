"""Building entry loss after ITU-R P.2109-1: the loss that a share of places stays below.

    L(P) = 10 log10(10^(A/10) + 10^(B/10) + 10^(C/10))
    A = F^-1(P) sigma1 + mu1      B = F^-1(P) sigma2 + mu2      C = -3 dB

with F^-1 the inverse of the standard normal distribution, and mu and sigma polynomials in log10 f
(clause 3, eqs. (1) to (10); Table 1 holds the coefficients r to z).
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

COEFFICIENTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "traditional": MappingProxyType(
            {"r": 12.64, "s": 3.72, "t": 0.96, "u": 9.6, "v": 2.0}
            | {"w": 9.1, "x": -3.0, "y": 4.5, "z": -2.0}
        ),
        "thermally_efficient": MappingProxyType(
            {"r": 28.19, "s": -3.0, "t": 8.48, "u": 13.5, "v": 3.8}
            | {"w": 27.8, "x": -2.9, "y": 9.4, "z": -2.1}
        ),
    }
)
"""Table 1 of P.2109-1: coated glass and foil make a building thermally efficient."""

_ELEVATION_DB_PER_DEG = 0.212
_FLOOR_DB = -3.0


def entry_loss_db(
    building: str,
    *,
    carrier_ghz: ArrayLike,
    probability: ArrayLike = 0.5,
    elevation_deg: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Return the building entry loss [dB] that is not exceeded at a share of places.

    P.2109-1 clause 3. Valid for 0.08 to 100 GHz.

    Parameters
    ----------
    building
        `traditional` or `thermally_efficient`.
    carrier_ghz
        Carrier [GHz], 0.08 to 100.
    probability
        Share of places, above 0 and below 1.
    elevation_deg
        Elevation of the path at the facade [degree], -90 to 90.

    """
    require_choice("building", building, tuple(COEFFICIENTS))
    check = RangeCheck(model="P.2109")
    check.within("carrier_ghz", carrier_ghz, 0.08, 100.0, unit="GHz")
    check.within("probability", probability, 1e-12, 1.0 - 1e-12, unit="")
    check.within("elevation_deg", elevation_deg, -90.0, 90.0, unit="degree")
    check.raise_all()

    k = COEFFICIENTS[building]
    log_f = np.log10(np.asarray(carrier_ghz, dtype=np.float64))
    quantile = ndtri(np.asarray(probability, dtype=np.float64))
    slant_db = _ELEVATION_DB_PER_DEG * np.abs(np.asarray(elevation_deg, dtype=np.float64))
    mu1 = k["r"] + k["s"] * log_f + k["t"] * log_f**2 + slant_db
    mu2 = k["w"] + k["x"] * log_f
    a = quantile * (k["u"] + k["v"] * log_f) + mu1
    b = quantile * (k["y"] + k["z"] * log_f) + mu2
    power = 10.0 ** (a / 10.0) + 10.0 ** (b / 10.0) + 10.0 ** (_FLOOR_DB / 10.0)
    return np.asarray(10.0 * np.log10(power))
