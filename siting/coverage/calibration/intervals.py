"""Prediction intervals from errors at sites that the model has not seen.

The rows are split by blocks of sites; every block is predicted by a model of the others. In classes
of the predicted level, finer towards its ends, `bias_db` is the mean error and `spread_db` the sigma
about it, both linear between the centres of the classes. The mean that is told is

    mean = level + bias(level),      z = (RSRP - mean) / spread(level)

and z is kept as its quantiles. An interval is mean + spread [z_low, z_high] (split conformal,
normalised; the exchangeable unit is the block, not the row), and the probability of less than a
threshold T is the share of z below (T - mean) / spread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SHARES = (0.01, 0.03, 0.08, 0.2, 0.4, 0.6, 0.8, 0.92, 0.97, 0.99)
"""Shares of the rows at which one class of levels ends and the next begins."""
LEAST_CLASS_ROWS = 50
QUANTILES = 201
LEAST_SPREAD_DB = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Errors:
    """Bias and spread of the errors by predicted level, and the quantiles of the errors over it."""

    level_dbm: Numbers
    bias_db: Numbers
    spread_db: Numbers
    quantile: Numbers

    def mean_at(self, level_dbm: Numbers) -> Numbers:
        """Return the mean [dBm] to tell where the model gives a level; NaN stays NaN."""
        return np.asarray(level_dbm + np.interp(level_dbm, self.level_dbm, self.bias_db))

    def interval(self, level_dbm: Numbers, *, share: float) -> tuple[Numbers, Numbers]:
        """Return the interval [dBm] that holds `share` of the levels, as much out on either side."""
        steps = np.linspace(0.0, 1.0, len(self.quantile))
        low, high = np.interp([0.5 - share / 2.0, 0.5 + share / 2.0], steps, self.quantile)
        mean, spread = self.mean_at(level_dbm), self._spread_at(level_dbm)
        return mean + low * spread, mean + high * spread

    def probability_below(self, threshold_dbm: float, level_dbm: Numbers) -> Numbers:
        """Return the probability that the level lies below a threshold, 0 to 1; NaN stays NaN."""
        z = (threshold_dbm - self.mean_at(level_dbm)) / self._spread_at(level_dbm)
        steps = np.linspace(0.0, 1.0, len(self.quantile))
        return np.where(np.isnan(z), np.nan, np.interp(z, self.quantile, steps))

    def _spread_at(self, level_dbm: Numbers) -> Numbers:
        """Return the spread [dB] at predicted levels; beyond the outermost, theirs."""
        return np.interp(level_dbm, self.level_dbm, self.spread_db)


def errors_of(level_dbm: Numbers, rsrp_dbm: Numbers, weight: Numbers) -> Errors:
    """Return the errors of predictions at sites that their model has not seen."""
    order = np.argsort(level_dbm, kind="stable")
    ends = [int(share * len(order)) for share in SHARES]
    if ends[0] < LEAST_CLASS_ROWS:  # too few rows for fine classes: a few equal ones
        classes = np.array_split(order, max(min(len(order) // LEAST_CLASS_ROWS, 5), 1))
    else:
        classes = np.split(order, ends)
    off = rsrp_dbm - level_dbm
    rows = [_of_class(level_dbm[part], off[part], weight[part]) for part in classes]
    centre, bias, spread = np.array(rows).T
    level, first = np.unique(centre, return_index=True)
    errors = Errors(
        level_dbm=level, bias_db=bias[first], spread_db=spread[first], quantile=np.empty(0)
    )
    z = (rsrp_dbm - errors.mean_at(level_dbm)) / np.interp(level_dbm, level, errors.spread_db)
    return Errors(
        level_dbm=level,
        bias_db=errors.bias_db,
        spread_db=errors.spread_db,
        quantile=_quantiles(z, weight),
    )


def _of_class(level_dbm: Numbers, off_db: Numbers, weight: Numbers) -> tuple[float, float, float]:
    """Return the centre [dBm], the bias and the spread [dB] of one class."""
    bias = float(np.average(off_db, weights=weight))
    spread = float(np.sqrt(np.average((off_db - bias) ** 2, weights=weight)))
    centre = float(np.average(level_dbm, weights=weight))
    return centre, bias, max(spread, LEAST_SPREAD_DB)


def _quantiles(values: Numbers, weight: Numbers) -> Numbers:
    """Return the weighted quantiles, from the least to the greatest."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order])
    share = (share - 0.5 * weight[order]) / share[-1]
    steps = np.linspace(0.0, 1.0, QUANTILES)
    return np.maximum.accumulate(np.interp(steps, share, values[order]))
