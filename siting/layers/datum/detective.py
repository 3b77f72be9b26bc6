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

from siting.errors import Problem
from siting.layers.datum.crs import DATUMS
from siting.layers.datum.doubts import could_hide, hidden_batch, hidden_mix, shifted
from siting.layers.datum.hypotheses import Hypothesis, hypothesis
from siting.layers.datum.judge import shares, weigh
from siting.layers.datum.reading import orders_of, read_numbers
from siting.layers.datum.rows import coarse_reasons, misfit_reasons
from siting.layers.datum.verdict import Claims, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.datum.crs import Declared
    from siting.layers.datum.judge import Weighing
    from siting.layers.datum.reading import Reading
    from siting.layers.datum.surroundings import Surroundings

__all__ = ["Claims", "Verdict", "investigate", "transform_shapes"]

SURE = 0.998
"""A hypothesis is taken where its share is at least this for every batch."""
FIRM = 3.0
"""What a declared CGCS2000 or a datum in words counts as evidence: odds of 20 to 1."""
SAMPLE = 5000
"""Records of a batch that are weighed at most, before thinning."""
MOST_GROUPS = 40
"""With more batches than this the column is no batch: the file is judged as one."""
APART_M = 2.0
"""Hypotheses that put every record nearer to each other than this are one."""
DOUBT_REMEDY = (
    "split the file, give it a column for its batches (batch, operator), or say --datum to take it "
    "as one"
)
REMEDY = "say which with --datum wgs84, cgcs2000, gcj02 or bd09"


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
        return _asked(claims, reading, reading.question, (), reading.lines)
    groups = _groups(claims)
    options = _options(claims, reading) if reading.shifts else [reading.main]
    if len(options) == 1:
        return _settled(claims, reading, groups, options * len(groups), (), reading.lines)
    return _weighed(claims, reading, groups, options, orders.said, surroundings, seed)


def transform_shapes(shapes: NDArray[np.object_], hypothesis: Hypothesis) -> NDArray[np.object_]:
    """Return lines and polygons in WGS 84 degrees, every vertex moved; None stays None."""

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(hypothesis.to_wgs84(points[:, 0], points[:, 1]))

    return np.asarray(shapely.transform(shapes, moved), dtype=object)


def _groups(claims: Claims) -> list[NDArray[np.int64]]:
    """Return the records of each batch, in the order of their names; one batch without a column."""
    every = np.arange(len(claims.x))
    if claims.group is None:
        return [every]
    names, which = np.unique(claims.group.astype(str), return_inverse=True)
    if len(names) > MOST_GROUPS:
        return [every]
    return [every[which == k] for k in range(len(names))]


def _options(claims: Claims, reading: Reading) -> list[Hypothesis]:
    """Return the datums that put any record elsewhere than another does."""
    rows = np.flatnonzero(reading.meaning == 0)[:SAMPLE]
    kept: list[Hypothesis] = []
    places: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for datum in ("wgs84", "gcj02", "bd09"):
        one = hypothesis(datum, crs=reading.main.crs, swapped=reading.main.swapped)
        lon, lat = one.to_wgs84(claims.x[rows], claims.y[rows])
        same = [
            np.hypot(lon - other_lon, lat - other_lat).max(initial=0.0) * 111_000.0 < APART_M
            for other_lon, other_lat in places
        ]
        if not any(same):
            kept.append(one)
            places.append((lon, lat))
    return kept


def _weighed(
    claims: Claims,
    reading: Reading,
    groups: list[NDArray[np.int64]],
    options: list[Hypothesis],
    said: Declared,
    surroundings: Surroundings,
    seed: int,
) -> Verdict:
    """Return the verdict on a file whose datum is weighed."""
    fitting = [group[reading.meaning[group] == 0] for group in groups]
    weighings = [
        weigh(claims, _drawn(rows, seed), options, surroundings, seed=seed) for rows in fitting
    ]
    stated = [k for k, one in enumerate(options) if said.datum and _same(one.datum, said.datum)]
    totals = np.array([one.total for one in weighings])
    if said.firm and stated:
        totals[:, stated[0]] += FIRM / len(totals)
    table = shares(totals)
    mean = table.mean(axis=0)
    likelihoods = tuple(
        (options[k].label, float(mean[k])) for k in np.argsort(-mean, kind="stable")
    )
    lines = (*reading.lines, *_lines(options, weighings))
    best = table.argmax(axis=1)
    sure = bool((table.max(axis=1) >= SURE).all())
    doubt = _doubts(claims, options, weighings, best, surroundings, seed) if sure else ""
    if doubt:
        question = Problem(file=claims.file, what=doubt, remedy=DOUBT_REMEDY)
        return _asked(claims, reading, question, likelihoods, lines)
    against = bool(sure and stated and (best != stated[0]).any())
    if against or not sure:
        question = _question(claims, likelihoods, DATUMS[said.datum] if against else "")
        return _asked(claims, reading, question, likelihoods, lines)
    return _settled(claims, reading, groups, [options[k] for k in best], likelihoods, lines)


def _doubts(
    claims: Claims,
    options: list[Hypothesis],
    weighings: list[Weighing],
    best: NDArray[np.int64],
    surroundings: Surroundings,
    seed: int,
) -> str:
    """Return why the decision cannot stand although the whole speaks for it, or ""."""
    for one, k in zip(weighings, best, strict=True):
        batch = hidden_batch(one.by_record, int(k))
        if batch is not None:
            first, last = claims.rows[one.chosen[[batch.first, batch.last]]]
            return (
                f"rows about {first} to {last} look like {options[batch.other].label} where the "
                f"file is {options[k].label}"
            )
        mix = hidden_mix(one.by_record, int(k))
        if mix is not None:
            return (
                f"about {mix[1]:.0%} of the records look like {options[mix[0]].label} where the "
                f"file is {options[k].label}: two datums in one file"
            )
        tree = surroundings.road_points
        if tree is None and claims.group is None and could_hide(one.by_record, int(k)):
            return (
                f"the records together are {options[k].label}, but without roads a tenth of them "
                "could have another datum unseen"
            )
        beside = None if tree is None else shifted(*one.points[int(k)], tree, seed=seed)
        if beside is not None:
            return (
                f"as {options[k].label} the records lie about {beside[0]:.0f} m {beside[1]} of "
                "where the roads expect them: another datum, such as Beijing 1954 or Xi'an 1980?"
            )
    return ""


def _drawn(rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return at most SAMPLE rows, drawn by the seed."""
    if len(rows) <= SAMPLE:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, SAMPLE, replace=False))


def _same(one: str, other: str) -> bool:
    """Return whether two datums have the same degrees here."""
    alike = {"wgs84", "cgcs2000"}
    return one == other or {one, other} == alike


def _lines(options: list[Hypothesis], weighings: list[Weighing]) -> tuple[str, ...]:
    """Return what each kind of evidence says, for the planner."""
    lines = []
    for said, parts, counts in (
        ("roads", [w.roads for w in weighings], sum(w.road_records for w in weighings)),
        ("outlines", [w.outlines for w in weighings], sum(w.border_stretches for w in weighings)),
        ("named places", [w.places for w in weighings], sum(w.named_places for w in weighings)),
    ):
        units = {"roads": "records", "outlines": "stretches of border", "named places": "places"}
        if not counts:
            lines.append(f"{said}: no evidence")
            continue
        total = np.sum(parts, axis=0)
        total = total - total.max()
        words = ", ".join(f"{o.label} {v:.1f}" for o, v in zip(options, total, strict=True))
        lines.append(f"{said} ({counts} {units[said]}): log-likelihood {words}")
    return tuple(lines)


def _question(claims: Claims, likelihoods: tuple[tuple[str, float], ...], against: str) -> Problem:
    weighed = ", ".join(f"{label} {share:.1%}" for label, share in likelihoods)
    if against:
        what = f"the file says {against} and the evidence speaks against it: {weighed}"
    else:
        what = f"the datum cannot be told from what is here: {weighed}"
    return Problem(file=claims.file, what=what, remedy=REMEDY)


def _asked(
    claims: Claims,
    reading: Reading,
    question: Problem,
    likelihoods: tuple[tuple[str, float], ...],
    lines: tuple[str, ...],
) -> Verdict:
    """Return a verdict that is a question: no record has a place yet."""
    count = len(claims.x)
    return Verdict(
        lon=np.full(count, np.nan),
        lat=np.full(count, np.nan),
        hypothesis=np.full(count, "", dtype=object),
        datum="",
        crs=reading.main.crs,
        reasons=np.full(count, "", dtype=object),
        notes=np.full(count, "", dtype=object),
        likelihoods=likelihoods,
        evidence=lines,
        question=question,
    )


def _settled(
    claims: Claims,
    reading: Reading,
    groups: list[NDArray[np.int64]],
    chosen: list[Hypothesis],
    likelihoods: tuple[tuple[str, float], ...],
    lines: tuple[str, ...],
) -> Verdict:
    """Return the verdict with every record in its place, or rejected with its reason."""
    count = len(claims.x)
    lon, lat = np.full(count, np.nan), np.full(count, np.nan)
    used, notes = np.full(count, "", dtype=object), np.full(count, "", dtype=object)
    meanings: dict[str, Hypothesis] = {}
    for group, main in zip(groups, chosen, strict=True):
        for meaning in np.unique(reading.meaning[group]):
            if meaning < 0:
                continue
            rows = group[reading.meaning[group] == meaning]
            one = main
            if meaning > 0:
                other = reading.others[meaning - 1]
                datum = main.datum if other.in_degrees else other.datum
                one = hypothesis(datum, crs=other.crs, swapped=other.swapped)
                notes[rows] = f"read as {one.label}, which alone fits; the file is {main.label}"
            lon[rows], lat[rows] = one.to_wgs84(claims.x[rows], claims.y[rows])
            used[rows] = one.name
            meanings[one.name] = one
    reasons = _reasons(claims, reading)
    bad = reasons != ""
    lon[bad], lat[bad], used[bad], notes[bad] = np.nan, np.nan, "", ""
    datums = list(dict.fromkeys(DATUMS[one.datum] for one in chosen))
    return Verdict(
        lon=lon,
        lat=lat,
        hypothesis=used,
        meanings=meanings,
        datum=" + ".join(datums),
        crs=reading.main.crs,
        reasons=reasons,
        notes=notes,
        likelihoods=likelihoods,
        evidence=lines,
    )


def _reasons(claims: Claims, reading: Reading) -> NDArray[np.object_]:
    """Return why each record is rejected, "" where it is not."""
    reasons = (
        coarse_reasons(claims.x, claims.y, claims.decimals)
        if reading.main.in_degrees
        else np.full(len(claims.x), "", dtype=object)
    )
    bad = np.flatnonzero(reading.meaning < 0)
    x, y = claims.x[bad], claims.y[bad]
    west, south, east, north = reading.box
    centre = ((west + east) / 2.0, (south + north) / 2.0)
    reasons[bad] = misfit_reasons(x, y, *reading.main.to_wgs84(x, y), reading.main, centre)
    return reasons
