"""Weigh the hypotheses of one file: evidence per batch, joined to shares, and whether it is enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from siting.layers.datum.evidence import (
    BUILDING_MISSING,
    BUILDING_TEMPER,
    OUTLINE_TEMPER,
    OUTSIDE,
    ROAD_CELL_M,
    ROAD_MISSING,
    ROAD_TEMPER,
    mean_by_stretch,
    outline_weights,
    place_weights,
    road_weights,
    thinned,
)
from siting.layers.datum.names import named_outlines, named_places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from siting.layers.datum.hypotheses import Hypothesis
    from siting.layers.datum.surroundings import Surroundings
    from siting.layers.datum.verdict import Claims

    Floats: TypeAlias = NDArray[np.float64]

MOST_RECORDS = 4000
"""Records weighed per batch, after thinning."""
MOST_OUTSIDE = 0.1
SAME = 0.9
"""Prior share of files whose batches all have one datum."""


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """The evidence of one batch.

    Attributes
    ----------
    roads, outlines, places
        Log-likelihood of each hypothesis from each kind of evidence.
    chosen
        The records weighed, in the order of the file.
    by_record
        Log-likelihood of each of them (columns) under each hypothesis (rows).
    points
        Where they lie under each hypothesis, in the city's projection.
    road_records, border_stretches, named_places
        How much evidence there was of each kind.

    """

    roads: Floats
    outlines: Floats
    places: Floats
    chosen: NDArray[np.int64]
    by_record: Floats
    points: tuple[tuple[Floats, Floats], ...]
    road_records: int
    border_stretches: int
    named_places: int

    @property
    def total(self) -> Floats:
        """Log-likelihood of each hypothesis from all evidence."""
        return self.roads + self.outlines + self.places


def weigh(
    claims: Claims,
    chosen: NDArray[np.int64],
    hypotheses: Sequence[Hypothesis],
    surroundings: Surroundings,
    *,
    seed: int,
) -> Weighing:
    """Return the evidence of the chosen records for each hypothesis."""
    x, y = claims.x[chosen], claims.y[chosen]
    points = [surroundings.project(*one.to_wgs84(x, y)) for one in hypotheses]
    sound = np.all([np.isfinite(a) & np.isfinite(b) for a, b in points], axis=0)
    points = [(a[sound], b[sound]) for a, b in points]
    chosen = chosen[sound]
    kept = thinned(*points[0], cell_m=ROAD_CELL_M, most=MOST_RECORDS, seed=seed)
    points = [(a[kept], b[kept]) for a, b in points]
    chosen = chosen[kept]

    by_record, kinds = _along_roads(points, surroundings)
    roads = by_record.sum(axis=1)
    likely, stretch = _within_outlines(claims, chosen, points, surroundings)
    borders = mean_by_stretch(likely, stretch)
    outlines = OUTLINE_TEMPER * borders.sum(axis=1)
    by_record = by_record + OUTLINE_TEMPER * likely
    places, named = np.zeros(len(hypotheses)), 0
    place, table = named_places(claims, chosen, surroundings)
    if (place >= 0).any():
        named = len(np.unique(place[place >= 0]))
        spots = (table["x"].to_numpy(), table["y"].to_numpy(), table["sigma_m"].to_numpy())
        places = place_weights(points, place, *spots)
    return Weighing(
        roads=roads,
        outlines=outlines,
        places=places,
        chosen=chosen,
        by_record=by_record,
        points=tuple(points),
        road_records=len(chosen) if kinds else 0,
        border_stretches=borders.shape[1],
        named_places=named,
    )


def _along_roads(
    points: list[tuple[Floats, Floats]], surroundings: Surroundings
) -> tuple[Floats, int]:
    """Return what roads and buildings say of each record, and how many of the two there are."""
    weights, kinds = np.zeros((len(points), len(points[0][0]))), 0
    for tree, missing, temper in (
        (surroundings.road_points, ROAD_MISSING, ROAD_TEMPER),
        (surroundings.building_points, BUILDING_MISSING, BUILDING_TEMPER),
    ):
        if tree is not None and weights.size:
            weights = weights + temper * road_weights(points, tree, missing=missing)
            kinds += 1
    return weights, kinds


def _within_outlines(
    claims: Claims,
    chosen: NDArray[np.int64],
    points: list[tuple[Floats, Floats]],
    surroundings: Surroundings,
) -> tuple[Floats, NDArray[np.int64]]:
    """Return what the outlines say of each record, and its stretch of border, -1 for none.

    Where many records lie outside under every hypothesis the file is no file of this city alone
    (roads of a province), and its outline says nothing.
    """
    nothing = np.zeros((len(points), len(chosen))), np.full(len(chosen), -1, dtype=np.int64)
    shapes, which = named_outlines(claims, chosen, surroundings)
    if len(shapes) == 0 or len(chosen) == 0:
        return nothing
    sigma_m = surroundings.outline_accuracy_m
    likely, stretch = outline_weights(points, shapes, which, sigma_m)
    outside = (likely < np.log(2.0 * OUTSIDE)).all(axis=0)
    return nothing if outside.mean() > MOST_OUTSIDE else (likely, stretch)


def shares(totals: Floats) -> Floats:
    """Return the share of each hypothesis (columns) for each batch (rows).

    No datum is preferred beforehand. Batches have one datum with the prior SAME, each its own
    otherwise, so that a small batch borrows from the others what it cannot tell itself.
    """
    count = totals.shape[1]
    joined = totals
    if len(totals) > 1:
        together = np.log(SAME / count) + totals.sum(axis=0)
        alone = logsumexp(totals, axis=1) - np.log(count)
        others = alone.sum() - alone
        apart = np.log((1.0 - SAME) / count) + totals + others[:, None]
        joined = np.logaddexp(together[None, :], apart)
    table: Floats = np.exp(joined - logsumexp(joined, axis=1, keepdims=True))
    return table
