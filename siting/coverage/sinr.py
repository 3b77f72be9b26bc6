"""SINR of a reference signal: the best server against the others' load and the receiver's noise.

    SINR = best / (load (sum - best) + N)          [all in mW per resource element]

`sum` is the power of all cells of the carrier together, the best among them; `load` is the share of
their resource elements that are busy, and N the noise of one (`siting.coverage.carrier`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

_ROUNDING = 1e-4  # sums of float32 may lie this share below their largest part


def sinr_db(
    best_dbm: ArrayLike,
    sum_mw: ArrayLike,
    *,
    noise_per_re_dbm: float,
    load: ArrayLike = 1.0,
    wanted_gain_db: ArrayLike = 0.0,
) -> Numbers:
    """Return the SINR [dB] per resource element; -inf where nothing is received.

    Parameters
    ----------
    best_dbm
        Level of the best server [dBm]; -inf where there is none.
    sum_mw
        Power of all cells of the carrier at the same places [mW], the best server among them.
    noise_per_re_dbm
        Noise of one resource element at the terminal [dBm], -160 to -60.
    load
        Share of the other cells' resource elements that are busy, 0 to 1.
    wanted_gain_db
        What the wanted signal gains over `best_dbm` [dB], -30 to 30: a traffic beam over an SSB beam.

    Raises
    ------
    ConfigurationError
        A number is NaN or out of range, or a sum is below its own best server.

    """
    best_mw = 10.0 ** (np.asarray(best_dbm, dtype=np.float64) / 10.0)
    total_mw = np.asarray(sum_mw, dtype=np.float64)
    check = RangeCheck(model="SINR")
    check.within("best_dbm", best_dbm, -np.inf, 60.0, unit="dBm")
    check.within("sum_mw", total_mw, 0.0, 1e9, unit="mW")
    check.within("noise_per_re_dbm", noise_per_re_dbm, -160.0, -60.0, unit="dBm")
    check.within("load", load, 0.0, 1.0, unit="")
    check.within("wanted_gain_db", wanted_gain_db, -30.0, 30.0, unit="dB")
    check.require(
        condition=bool((total_mw >= best_mw * (1.0 - _ROUNDING)).all())
        or bool(np.isnan(best_mw).any()),
        name="sum_mw",
        what="SINR: a sum is below the best server that is part of it",
        remedy="sum the powers of all cells of one carrier, the best server among them",
    )
    check.raise_all()

    others_mw = np.maximum(total_mw - best_mw, 0.0)
    noise_mw = 10.0 ** (noise_per_re_dbm / 10.0)
    wanted_mw = best_mw * 10.0 ** (np.asarray(wanted_gain_db, dtype=np.float64) / 10.0)
    ratio = wanted_mw / (np.asarray(load, dtype=np.float64) * others_mw + noise_mw)
    with np.errstate(divide="ignore"):
        return np.asarray(10.0 * np.log10(ratio))


def strongest_and_sum(levels_dbm: ArrayLike) -> tuple[Numbers, Numbers]:
    """Return the best level [dBm] and the sum [mW] over the first axis, one entry per cell.

    -inf stands for a cell that is not received; a sum is taken in the order of the cells.
    """
    levels = np.atleast_2d(np.asarray(levels_dbm, dtype=np.float64))
    check = RangeCheck(model="SINR")
    check.within("levels_dbm", levels, -np.inf, 60.0, unit="dBm")
    check.require(
        condition=len(levels) > 0,
        name="levels_dbm",
        what="SINR: there is no cell",
        remedy="give the levels of one cell or more",
    )
    check.raise_all()
    return levels.max(axis=0), (10.0 ** (levels / 10.0)).sum(axis=0)
