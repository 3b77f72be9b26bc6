"""How far off a model is: by distance, clutter and site, and how well it finds weak places."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]

DISTANCES_M = (0.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0, 1e6)
RELIABILITY_STEPS = 10


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """Measured less predicted over a group of rows: mean, sigma about it and RMSE [dB]."""

    group: str
    rows: int
    mean_db: float
    sigma_db: float
    rmse_db: float


@dataclass(frozen=True, kw_only=True)
class Weak:
    """How well places weaker than a threshold are found.

    A place counts as told weak from a probability on that the caller chose. `reliability` has for
    each tenth of probability the rows, the mean probability told and the share found weak.
    """

    threshold_dbm: float
    share: float
    precision: float
    recall: float
    f1: float
    brier: float
    brier_of_share: float
    reliability: tuple[tuple[int, float, float], ...]


def deviation(off_db: Numbers, *, group: str = "all") -> Deviation:
    """Return mean, sigma and RMSE of errors [dB]."""
    return Deviation(
        group=group,
        rows=len(off_db),
        mean_db=float(off_db.mean()),
        sigma_db=float(off_db.std()),
        rmse_db=float(np.sqrt((off_db**2).mean())),
    )


def by_distance(off_db: Numbers, distance_m: Numbers) -> list[Deviation]:
    """Return the deviations by distance; classes without rows are left out."""
    return [
        deviation(off_db[of], group=f"{near:g}-{far:g} m" if far < 1e6 else f"over {near:g} m")
        for near, far in pairwise(DISTANCES_M)
        if (of := (distance_m >= near) & (distance_m < far)).any()
    ]


def by_group(off_db: Numbers, group: Whole, names: Sequence[str] | None = None) -> list[Deviation]:
    """Return the deviations by a whole number, in its order, named where names are given."""
    return [
        deviation(off_db[group == one], group=names[one] if names else str(one))
        for one in np.unique(group).tolist()
    ]


def best_cut(probability: Numbers, weak: Mask) -> float:
    """Return the probability from which on telling places weak has the highest F1."""
    cuts = np.arange(0.02, 1.0, 0.02)
    told = np.array([(probability >= cut).sum() for cut in cuts])
    hit = np.array([(weak & (probability >= cut)).sum() for cut in cuts])
    f1 = 2.0 * hit / np.maximum(told + weak.sum(), 1)
    return float(cuts[f1.argmax()])


def weak_places(probability: Numbers, weak: Mask, told: Mask, *, threshold_dbm: float) -> Weak:
    """Return how well places told weak, and their probabilities, agree with what was measured."""
    hit, share = float((told & weak).sum()), float(weak.mean())
    precision = hit / max(float(told.sum()), 1.0)
    recall = hit / max(float(weak.sum()), 1.0)
    step = np.minimum((probability * RELIABILITY_STEPS).astype(np.int64), RELIABILITY_STEPS - 1)
    return Weak(
        threshold_dbm=threshold_dbm,
        share=share,
        precision=precision,
        recall=recall,
        f1=2.0 * precision * recall / max(precision + recall, 1e-12),
        brier=float(((probability - weak) ** 2).mean()),
        brier_of_share=share * (1.0 - share),
        reliability=tuple(
            (int(of.sum()), float(probability[of].mean()), float(weak[of].mean()))
            for number in range(RELIABILITY_STEPS)
            if (of := step == number).any()
        ),
    )
