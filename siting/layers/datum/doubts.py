"""Doubt a decision: a part of the file may have another datum, all of it may lie beside its place.

Two tests look for a second datum in a file that has no column for its batches. `hidden_batch`
looks for a run of rows, as when a second file was pasted below the first: the largest sum of
differences over consecutive records. For a file of one datum that sum passes ln(n) + c less often
than exp(-c). `hidden_mix` looks for a share of records anywhere: what the likelihood gains when
every record may have either datum.

`shifted` moves the whole file by up to 200 m in every direction: where it lies right, the roads fit
best at no shift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from siting.layers.datum.evidence import road_likelihood, typical_distance

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.spatial import cKDTree

    Floats: TypeAlias = NDArray[np.float64]

BATCH_DOUBT = 2.5
"""A run of records counts as another batch beyond ln(n) and this."""
MIX_DOUBT = 2.0
"""A likelihood that gains this much by two datums speaks for two."""
HIDDEN_SHARE, HIDDEN_LOSS = 0.05, 2.0
"""What must not hide in a file that is judged without roads: so large a share, so much less likely."""
HIDING_SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares that a planner is told of where they could hide."""
SHIFT_DOUBT = 12.0
SHIFTS_M = (50.0, 75.0, 100.0, 125.0, 150.0, 200.0)
COMPASS = ("E", "NE", "N", "NW", "W", "SW", "S", "SE")
LEAST_RECORDS = 30
MOST_SHIFTED = 600


@dataclass(frozen=True, kw_only=True)
class HiddenBatch:
    """A run of records that fit another hypothesis: `first` to `last` of those weighed."""

    other: int
    first: int
    last: int


def hidden_batch(weights: Floats, best: int) -> HiddenBatch | None:
    """Return the run of records (columns) that another hypothesis (row) explains much better."""
    found, most = None, np.log(max(weights.shape[1], 1)) + BATCH_DOUBT
    for other in range(len(weights)):
        if other == best or weights.shape[1] == 0:
            continue
        total = np.concatenate([[0.0], np.cumsum(weights[other] - weights[best])])
        lowest = np.minimum.accumulate(total)
        gain = total - lowest
        end = int(gain.argmax())
        if gain[end] > most:
            start = int(np.flatnonzero(total[: end + 1] == lowest[end])[-1])
            found, most = HiddenBatch(other=other, first=start, last=end - 1), float(gain[end])
    return found


def hidden_mix(weights: Floats, best: int) -> tuple[int, float] | None:
    """Return the hypothesis that a share of the records has, and that share; None where none."""
    found, most = None, MIX_DOUBT
    for other in range(len(weights)):
        if other == best or weights.shape[1] == 0:
            continue
        odds = np.exp(np.clip(weights[other] - weights[best], -30.0, 30.0))
        share = 0.2
        for _ in range(40):
            share = float(np.mean(share * odds / (1.0 - share + share * odds)))
        gain = float(np.log(1.0 - share + share * odds).sum())
        if gain > most:
            found, most = (other, share), gain
    return found


def could_hide(weights: Floats, best: int, *, share: float = HIDDEN_SHARE) -> bool:
    """Return whether so large a share with another hypothesis would go unseen.

    It would be seen where supposing it makes the records less likely by HIDDEN_LOSS.
    """
    for other in range(len(weights)):
        if other != best:
            odds = np.exp(np.clip(weights[other] - weights[best], -30.0, 30.0))
            loss = -float(np.log(1.0 - share + share * odds).sum())
            if loss < HIDDEN_LOSS:
                return True
    return False


def unseen_share(weights: Floats, best: int) -> float:
    """Return the largest of HIDING_SHARES that would go unseen with another hypothesis, 0 if none."""
    return max((one for one in HIDING_SHARES if could_hide(weights, best, share=one)), default=0.0)


def shifted(x: Floats, y: Floats, roads: cKDTree, *, seed: int) -> tuple[float, str] | None:
    """Return how far [m] and where to the records seem to lie beside their place, None if not."""
    if len(x) < LEAST_RECORDS:
        return None
    if len(x) > MOST_SHIFTED:
        kept = np.sort(np.random.default_rng(seed).choice(len(x), MOST_SHIFTED, replace=False))
        x, y = x[kept], y[kept]
    typical = typical_distance(roads, [(x, y)])
    here = road_likelihood(roads, x, y, typical).sum()
    best, found = SHIFT_DOUBT, None
    for length in SHIFTS_M:
        for number in range(len(COMPASS)):
            angle = number * np.pi / 4.0
            east, north = length * np.cos(angle), length * np.sin(angle)
            gain = road_likelihood(roads, x + east, y + north, typical).sum() - here
            if gain > best:
                best, found = float(gain), (length, COMPASS[(number + 4) % 8])
    return found
