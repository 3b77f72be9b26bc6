"""Quantiles of a mixture of two normal distributions, F(x) = w F_1(x) + (1 - w) F_2(x)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Normal = tuple[Numbers, Numbers]

_HALVINGS = 40  # a bracket of 100 dB shrinks below 1e-10 dB


def mixture_quantile(
    probability: float, *, weight: Numbers, first: Normal, second: Normal
) -> Numbers:
    """Return x with F(x) = probability, by halving the bracket between the two quantiles.

    `first` and `second` are (mean, standard deviation); the mixture's quantile lies between
    theirs. Probability in (0, 1).
    """
    ends = [mean + ndtri(probability) * sigma for mean, sigma in (first, second)]
    low, high = np.minimum(*ends), np.maximum(*ends)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        share = weight * ndtr((middle - first[0]) / first[1])
        share += (1.0 - weight) * ndtr((middle - second[0]) / second[1])
        below = share < probability
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return 0.5 * (low + high)
