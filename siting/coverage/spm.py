"""The Standard Propagation Model: path loss as a line through logarithms, to be calibrated.

    L = K1 + K2 log10(d) + K3 log10(H) + K4 D + K5 log10(d) log10(H) + K6 h + K7 log10(h) + C

| symbol | argument         | meaning                                                  | unit |
|--------|------------------|----------------------------------------------------------|------|
| d      | `distance_m`     | distance                                                 | m    |
| H      | `base_height_m`  | effective height of the base station's antenna           | m    |
| D      | `diffraction_db` | diffraction loss of the terrain profile, 0 in line of sight | dB |
| h      | `ue_height_m`    | effective height of the terminal                         | m    |
| C      | `clutter_db`     | loss of the clutter around the terminal                  | dB   |

The form is that of planning tools; it has no figures of its own. COST 231's is one set of K, and
`siting.coverage.calibration` finds another from measurements.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Coefficients:
    """K1 to K7 of the model; `k1` in dB, the others in dB per unit of their term."""

    k1: float
    k2: float
    k3: float = 0.0
    k4: float = 0.0
    k5: float = 0.0
    k6: float = 0.0
    k7: float = 0.0

    def __post_init__(self) -> None:
        """Refuse figures that are no numbers."""
        check = RangeCheck(model="SPM")
        for number, value in enumerate(astuple(self), start=1):
            check.within(f"k{number}", value, -1000.0, 1000.0, unit="")
        check.raise_all()


def terms(
    distance_m: ArrayLike,
    *,
    base_height_m: ArrayLike,
    diffraction_db: ArrayLike = 0.0,
    ue_height_m: ArrayLike = 1.5,
) -> Numbers:
    """Return the seven terms that K1 to K7 multiply, in the last axis.

    Valid for 1 m to 100 km, base stations of 1 to 1000 m, terminals of 0.5 to 100 m and diffraction
    losses of 0 to 200 dB.
    """
    check = RangeCheck(model="SPM")
    check.within("distance_m", distance_m, 1.0, 100_000.0, unit="m")
    check.within("base_height_m", base_height_m, 1.0, 1000.0, unit="m")
    check.within("ue_height_m", ue_height_m, 0.5, 100.0, unit="m")
    check.within("diffraction_db", diffraction_db, 0.0, 200.0, unit="dB")
    check.raise_all()

    log_d = np.log10(np.asarray(distance_m, dtype=np.float64))
    log_h = np.log10(np.asarray(base_height_m, dtype=np.float64))
    terminal_m = np.asarray(ue_height_m, dtype=np.float64)
    loss_db = np.asarray(diffraction_db, dtype=np.float64)
    one = np.ones_like(log_d)
    columns = (one, log_d, log_h, loss_db, log_d * log_h, terminal_m, np.log10(terminal_m))
    return np.stack(np.broadcast_arrays(*columns), axis=-1)


def path_loss_db(
    coefficients: Coefficients,
    distance_m: ArrayLike,
    *,
    base_height_m: ArrayLike,
    diffraction_db: ArrayLike = 0.0,
    ue_height_m: ArrayLike = 1.5,
    clutter_db: ArrayLike = 0.0,
) -> Numbers:
    """Return the path loss [dB] of the Standard Propagation Model.

    The arguments have the ranges of `terms`; `clutter_db` is added as it is.
    """
    columns = terms(
        distance_m,
        base_height_m=base_height_m,
        diffraction_db=diffraction_db,
        ue_height_m=ue_height_m,
    )
    loss: Numbers = columns @ np.array(astuple(coefficients)) + np.asarray(clutter_db)
    return loss
