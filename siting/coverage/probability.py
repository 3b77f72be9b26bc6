"""The probability that a place has service, from levels with and without line of sight.

    P(level > T) = p Q((T - m_1) / s_1) + (1 - p) Q((T - m_2) / s_2)

m_1, s_1 are the mean [dBm] and sigma [dB] with line of sight, m_2, s_2 without, p the probability of
line of sight, Q the tail of the normal distribution. Behind a wall, the spread of the entry loss adds
to both in square: s^2 = s_shadow^2 + s_entry^2. The inverse, the level that a share of places exceeds,
is what `siting.coverage.radio.spare_db` measures from its threshold.

Terrain decides where it is known: where the profile is obstructed, p = 0 and the loss is the larger of
the one without line of sight (clutter) and the one with it plus diffraction, never their sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from siting.coverage.mixture import mixture_quantile
from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.signal_states import SignalStates

    Numbers = NDArray[np.float64]

_LEAST_SIGMA_DB = 0.01


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixture:
    """Levels [dBm] in both states at places, their sigmas [dB], and the probability of the first.

    Arrays broadcast against each other; -inf is a state in which nothing is received.
    """

    los_dbm: ArrayLike
    nlos_dbm: ArrayLike
    los_sigma_db: ArrayLike
    nlos_sigma_db: ArrayLike
    los_probability: ArrayLike
    entry_sigma_db: ArrayLike = 0.0

    def __post_init__(self) -> None:
        """Refuse NaN and what is no distribution."""
        check = RangeCheck(model="coverage probability")
        check.within("los_dbm", self.los_dbm, -np.inf, 100.0, unit="dBm")
        check.within("nlos_dbm", self.nlos_dbm, -np.inf, 100.0, unit="dBm")
        check.within("los_sigma_db", self.los_sigma_db, _LEAST_SIGMA_DB, 40.0, unit="dB")
        check.within("nlos_sigma_db", self.nlos_sigma_db, _LEAST_SIGMA_DB, 40.0, unit="dB")
        check.within("los_probability", self.los_probability, 0.0, 1.0, unit="")
        check.within("entry_sigma_db", self.entry_sigma_db, 0.0, 40.0, unit="dB")
        check.raise_all()

    def states(self) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers], Numbers]:
        """Return (mean, sigma) of both states with the entry loss's spread, and the probability."""
        first, second, sigma, other, share = np.broadcast_arrays(
            np.asarray(self.los_dbm, dtype=np.float64),
            np.asarray(self.nlos_dbm, dtype=np.float64),
            np.hypot(self.los_sigma_db, self.entry_sigma_db),
            np.hypot(self.nlos_sigma_db, self.entry_sigma_db),
            np.asarray(self.los_probability, dtype=np.float64),
        )
        return (first, sigma), (second, other), share


def mixture_of(states: SignalStates) -> Mixture:
    """Return the mixture of the two states of a radio, which hold the entry loss's spread already."""
    return Mixture(
        los_dbm=states.los_dbm,
        nlos_dbm=states.nlos_dbm,
        los_sigma_db=states.los_sigma_db,
        nlos_sigma_db=states.nlos_sigma_db,
        los_probability=states.los_probability,
    )


def coverage_probability(mixture: Mixture, *, threshold_dbm: ArrayLike) -> Numbers:
    """Return the probability, 0 to 1, that the level exceeds a threshold [dBm], -200 to 50."""
    check = RangeCheck(model="coverage probability")
    check.within("threshold_dbm", threshold_dbm, -200.0, 50.0, unit="dBm")
    check.raise_all()
    least = np.asarray(threshold_dbm, dtype=np.float64)
    (first, sigma), (second, other), share = mixture.states()
    with_sight = ndtr((first - least) / sigma)
    without = ndtr((second - least) / other)
    return np.asarray(share * with_sight + (1.0 - share) * without)


def level_exceeded_dbm(mixture: Mixture, *, location_probability: float) -> Numbers:
    """Return the level [dBm] that a share of places, above 0 and below 1, exceeds.

    -inf where neither state is received.
    """
    check = RangeCheck(model="coverage probability")
    check.within("location_probability", location_probability, 1e-6, 1.0 - 1e-6, unit="")
    check.raise_all()
    (first, sigma), (second, other), share = mixture.states()
    floor_dbm = -1000.0  # finite, so that halving the bracket stays in numbers
    level = mixture_quantile(
        1.0 - location_probability,
        weight=share,
        first=(np.maximum(first, floor_dbm), sigma),
        second=(np.maximum(second, floor_dbm), other),
    )
    return np.asarray(np.where(level <= 0.5 * floor_dbm, -np.inf, level))


def states_on_terrain(
    los_loss_db: ArrayLike,
    nlos_loss_db: ArrayLike,
    diffraction_db: ArrayLike,
    *,
    los_probability: ArrayLike,
) -> tuple[Numbers, Numbers]:
    """Return the loss without line of sight [dB] and the probability of line of sight on terrain.

    Where diffraction [dB] is above 0 the profile is obstructed: no line of sight, and the loss is
    max(NLOS, LOS + diffraction). Elsewhere both stand as they are given.
    """
    check = RangeCheck(model="terrain")
    check.within("los_loss_db", los_loss_db, 0.0, np.inf, unit="dB")
    check.within("nlos_loss_db", nlos_loss_db, 0.0, np.inf, unit="dB")
    check.within("diffraction_db", diffraction_db, 0.0, np.inf, unit="dB")
    check.within("los_probability", los_probability, 0.0, 1.0, unit="")
    check.raise_all()
    over_ridge = np.asarray(los_loss_db, dtype=np.float64) + np.asarray(diffraction_db)
    obstructed = np.asarray(diffraction_db) > 0.0
    clutter = np.asarray(nlos_loss_db, dtype=np.float64)
    loss_db = np.where(obstructed, np.maximum(clutter, over_ridge), clutter)
    probability = np.where(obstructed, 0.0, np.asarray(los_probability, dtype=np.float64))
    return loss_db, probability
