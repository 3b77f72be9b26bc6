"""Prediction intervals from errors at sites that the model has not seen.

The rows are split by blocks of sites; every block is predicted by a model of the others. The
absolute errors grow or shrink with the predicted level: `spread_db` is their RMS in `LEVELS` classes
of equal size, linear between their centres. The errors over that spread,

    z = (RSRP - mean) / spread(mean),

are kept as their quantiles. An interval is mean + spread(mean) [z_low, z_high] (split conformal,
normalised; the exchangeable unit is the block, not the row), and the probability of less than a
threshold T is the share of z below (T - mean) / spread(mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

LEVELS = 8
QUANTILES = 201
LEAST_SPREAD_DB = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Errors:
    """Spread of the errors by predicted level, and the quantiles of the errors over it."""

    level_dbm: Numbers
    spread_db: Numbers
    quantile: Numbers

    def spread_at(self, mean_dbm: Numbers) -> Numbers:
        """Return the spread [dB] at predicted levels; beyond the outermost, theirs."""
        return np.interp(mean_dbm, self.level_dbm, self.spread_db)

    def interval(self, mean_dbm: Numbers, *, share: float) -> tuple[Numbers, Numbers]:
        """Return the interval [dBm] that holds `share` of the levels, as much out on either side."""
        steps = np.linspace(0.0, 1.0, len(self.quantile))
        low, high = np.interp([0.5 - share / 2.0, 0.5 + share / 2.0], steps, self.quantile)
        spread = self.spread_at(mean_dbm)
        return mean_dbm + low * spread, mean_dbm + high * spread

    def probability_below(self, threshold_dbm: ArrayLike, mean_dbm: Numbers) -> Numbers:
        """Return the probability that the level lies below a threshold, 0 to 1; NaN stays NaN."""
        z = (np.asarray(threshold_dbm) - mean_dbm) / self.spread_at(mean_dbm)
        steps = np.linspace(0.0, 1.0, len(self.quantile))
        return np.where(np.isnan(z), np.nan, np.interp(z, self.quantile, steps))


def errors_of(mean_dbm: Numbers, rsrp_dbm: Numbers, weight: Numbers) -> Errors:
    """Return the errors of predictions at sites that their model has not seen."""
    order = np.argsort(mean_dbm, kind="stable")
    classes = [part for part in np.array_split(order, LEVELS) if len(part)]
    off = rsrp_dbm - mean_dbm
    centre = [float(np.average(mean_dbm[part], weights=weight[part])) for part in classes]
    spread = [float(np.sqrt(np.average(off[part] ** 2, weights=weight[part]))) for part in classes]
    level, first = np.unique(np.array(centre), return_index=True)
    spread_db = np.maximum(np.array(spread)[first], LEAST_SPREAD_DB)
    z = off / np.interp(mean_dbm, level, spread_db)
    return Errors(level_dbm=level, spread_db=spread_db, quantile=_quantiles(z, weight))


def _quantiles(values: Numbers, weight: Numbers) -> Numbers:
    """Return the weighted quantiles, from the least to the greatest."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order])
    share = (share - 0.5 * weight[order]) / share[-1]
    steps = np.linspace(0.0, 1.0, QUANTILES)
    return np.maximum.accumulate(np.interp(steps, share, values[order]))
