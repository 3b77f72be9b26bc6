"""One radiating element after 3GPP TR 38.901 V16.1.0, Table 7.3-1.

    L_V(e)      = min(12 (e / e_3dB)^2, SLA_V)             e_3dB = 65 degrees, SLA_V = 30 dB
    L_H(phi)    = min(12 (phi / phi_3dB)^2, A_max)         phi_3dB = 65 degrees, A_max = 30 dB
    L(phi, e)   = min(L_V(e) + L_H(phi), A_max)            peak gain 8 dBi

with phi the azimuth from boresight and e the elevation from it (the report's theta'' is 90 - e).
Losses are positive here; the report writes gains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.antennas.model import AZIMUTHS_DEG, ELEVATIONS_DEG, Antenna
from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

GAIN_DBI = 8.0
WIDTH_DEG = 65.0
FRONT_TO_BACK_DB = 30.0
SOURCE = "3GPP TR 38.901 V16.1.0, Table 7.3-1"


def horizontal_loss_db(
    azimuth_deg: ArrayLike, *, width_deg: float = WIDTH_DEG, limit_db: float = FRONT_TO_BACK_DB
) -> Numbers:
    """Return the loss [dB] of the element's horizontal cut at azimuths [degree], any turn.

    TR 38.901 Table 7.3-1. The width is that of half power [degree], 10 to 360.
    """
    _check(azimuth_deg, width_deg, limit_db, name="azimuth_deg", largest=1e6)
    off = (np.asarray(azimuth_deg, dtype=np.float64) + 180.0) % 360.0 - 180.0
    return np.asarray(np.minimum(12.0 * (off / width_deg) ** 2, limit_db))


def vertical_loss_db(
    elevation_deg: ArrayLike, *, width_deg: float = WIDTH_DEG, limit_db: float = FRONT_TO_BACK_DB
) -> Numbers:
    """Return the loss [dB] of the element's vertical cut at elevations [degree], -90 to 90.

    TR 38.901 Table 7.3-1. The width is that of half power [degree], 10 to 360.
    """
    _check(elevation_deg, width_deg, limit_db, name="elevation_deg", largest=90.0)
    off = np.asarray(elevation_deg, dtype=np.float64)
    return np.asarray(np.minimum(12.0 * (off / width_deg) ** 2, limit_db))


def element_loss_db(
    azimuth_deg: ArrayLike,
    elevation_deg: ArrayLike,
    *,
    horizontal_width_deg: float = WIDTH_DEG,
    vertical_width_deg: float = WIDTH_DEG,
    limit_db: float = FRONT_TO_BACK_DB,
) -> Numbers:
    """Return the loss [dB] of one element towards directions, TR 38.901 Table 7.3-1."""
    across = horizontal_loss_db(azimuth_deg, width_deg=horizontal_width_deg, limit_db=limit_db)
    upright = vertical_loss_db(elevation_deg, width_deg=vertical_width_deg, limit_db=limit_db)
    return np.asarray(np.minimum(across + upright, limit_db))


def element_antenna(*, name: str = "element") -> Antenna:
    """Return the element of Table 7.3-1 as an antenna: 8 dBi, 65 degrees both ways, 30 dB."""
    return Antenna(
        name=name,
        horizontal_loss_db=horizontal_loss_db(AZIMUTHS_DEG).astype(np.float32),
        vertical_loss_db=vertical_loss_db(ELEVATIONS_DEG).astype(np.float32),
        gain_dbi=GAIN_DBI,
        front_to_back_db=FRONT_TO_BACK_DB,
        source=SOURCE,
    )


def _check(
    angle_deg: ArrayLike, width_deg: float, limit_db: float, *, name: str, largest: float
) -> None:
    """Refuse angles that are none, and widths and limits that no element has."""
    check = RangeCheck(model="antenna element")
    check.within(name, angle_deg, -largest, largest, unit="degree")
    check.within("width_deg", width_deg, 10.0, 360.0, unit="degree")
    check.within("limit_db", limit_db, 0.0, 100.0, unit="dB")
    check.raise_all()
