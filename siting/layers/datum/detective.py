"""Tell where the records of a file are: weigh what its numbers may mean, or ask.

The order of work: what the planner says (`datum`, `crs`) is obeyed; what the numbers alone tell
(degrees or metres, swapped, northing first, which zone) is read from whether the records fall
within the city; what is left, mostly the datum, is weighed against roads, outlines and named
places (siting.layers.datum.evidence). No datum is preferred beforehand. Where the evidence does
not tell, the verdict holds a question, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.layers.datum.decide import evidence_lines, judged, objections, question_of, unseen_lines
from siting.layers.datum.hypotheses import hypothesis
from siting.layers.datum.judge import weigh
from siting.layers.datum.reading import orders_of, read_numbers, zone_question
from siting.layers.datum.settle import asked, settled
from siting.layers.datum.verdict import Claims, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.errors import Problem
    from siting.layers.datum.hypotheses import Hypothesis
    from siting.layers.datum.reading import Orders, Reading
    from siting.layers.datum.surroundings import Surroundings

__all__ = ["Claims", "Verdict", "investigate", "transform_shapes"]

SAMPLE = 5000
"""Records of a batch that are weighed at most, before thinning."""
MOST_GROUPS = 40
"""With more batches than this the column is no batch: the file is judged as one."""
APART_M = 2.0
"""Hypotheses that put every record nearer to each other than this are one."""


def investigate(
    claims: Claims,
    surroundings: Surroundings,
    *,
    datum: str = "auto",
    crs: str = "",
    declared: str = "",
    seed: int = 0,
) -> Verdict:
    """Return where the records are in WGS 84, or the question that must be answered first.

    Parameters
    ----------
    claims
        The records.
    surroundings
        What is known of the ground.
    datum
        auto, wgs84, cgcs2000, gcj02 or bd09: the planner's word; obeyed.
    crs
        The planner's CRS: `EPSG:n` or WKT; obeyed.
    declared
        What the file says: its .prj, its CRS, or a header's datum.
    seed
        Draws the records that are weighed.

    Raises
    ------
    ConfigurationError
        `datum` or `crs` cannot be understood, or names a datum that is refused.
    DataError
        The file declares Beijing 1954 or Xi'an 1980.

    """
    orders = orders_of(datum, crs, declared, claims.file)
    reading = read_numbers(claims, orders, surroundings, seed=seed)
    if reading.question is not None:
        return _asked_zone(claims, reading, reading.question, orders, surroundings, seed)
    if not (reading.meaning == 0).any():
        every = [np.arange(len(claims.x))]
        return settled(claims, reading, every, [reading.main], (), reading.lines)
    options = _options(claims, reading, orders)
    groups = _groups(claims, reading)
    drawn = [_drawn(rows[reading.meaning[rows] == 0], seed) for rows in groups]
    weighings = [weigh(claims, rows, options, surroundings, seed=seed) for rows in drawn]
    found = judged(options, weighings, orders)
    lines = (*reading.lines, *evidence_lines(options, weighings))
    if orders.datum or orders.crs.crs:
        lines += objections(reading, found, weighings, surroundings, seed)
        return settled(
            claims, reading, groups, [reading.main] * len(groups), found.likelihoods, lines
        )
    question = question_of(claims, orders, found, weighings, surroundings, seed)
    if question is not None:
        return asked(claims, reading, question, found.likelihoods, lines)
    chosen = [options[k] for k in found.best]
    lines += unseen_lines(weighings, found.best[0])
    return settled(claims, reading, groups, chosen, found.likelihoods, lines)


def _asked_zone(
    claims: Claims,
    reading: Reading,
    question: Problem,
    orders: Orders,
    surroundings: Surroundings,
    seed: int,
) -> Verdict:
    """Return a verdict that asks what the numbers are, with what speaks for each candidate."""
    options = list(reading.candidates)
    if not options:
        return asked(claims, reading, question, (), reading.lines)
    rows = np.flatnonzero(np.isfinite(claims.x) & np.isfinite(claims.y))
    weighing = weigh(claims, _drawn(rows, seed), options, surroundings, seed=seed)
    found = judged(options, [weighing], orders)
    ranked = [options[k] for k in np.argsort(-found.table[0], kind="stable")]
    lines = (*reading.lines, *evidence_lines(options, [weighing]))
    return asked(claims, reading, zone_question(claims.file, ranked), found.likelihoods, lines)


def transform_shapes(shapes: NDArray[np.object_], hypothesis: Hypothesis) -> NDArray[np.object_]:
    """Return lines and polygons in WGS 84 degrees, every vertex moved; None stays None."""

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(hypothesis.to_wgs84(points[:, 0], points[:, 1]))

    return np.asarray(shapely.transform(shapes, moved), dtype=object)


def _options(claims: Claims, reading: Reading, orders: Orders) -> list[Hypothesis]:
    """Return the datums that may be meant, without those that put every record where another does.

    The first is the one that is ordered or, where the file says CGCS2000, that.
    """
    main = reading.main
    if not (main.in_degrees or main.crs == "EPSG:3857"):
        return [main]
    plain = "cgcs2000" if "cgcs2000" in (orders.datum, orders.said.datum) else "wgs84"
    rows = np.flatnonzero(reading.meaning == 0)[:SAMPLE]
    kept: list[Hypothesis] = []
    places: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for datum in dict.fromkeys([orders.datum or plain, plain, "gcj02", "bd09"]):
        one = hypothesis(datum, crs=main.crs, swapped=main.swapped)
        lon, lat = one.to_wgs84(claims.x[rows], claims.y[rows])
        same = [
            np.hypot(lon - other_lon, lat - other_lat).max(initial=0.0) * 111_000.0 < APART_M
            for other_lon, other_lat in places
        ]
        if not any(same):
            kept.append(one)
            places.append((lon, lat))
        elif datum == "gcj02":  # outside the box of China, where nobody uses BD-09 either
            break
    return kept


def _groups(claims: Claims, reading: Reading) -> list[NDArray[np.int64]]:
    """Return the records of each batch, in the order of their names; one where none are told.

    Batches without a record that fits the city share the verdict of the first.
    """
    every = np.arange(len(claims.x))
    if claims.group is None:
        return [every]
    names, which = np.unique(claims.group.astype(str), return_inverse=True)
    if not 1 < len(names) <= MOST_GROUPS:
        return [every]
    fitting = np.bincount(which[reading.meaning == 0], minlength=len(names))
    told = np.flatnonzero(fitting)
    which = np.where(fitting[which] > 0, which, told[0])
    return [every[which == k] for k in told]


def _drawn(rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return at most SAMPLE rows, drawn by the seed."""
    if len(rows) <= SAMPLE:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, SAMPLE, replace=False))
