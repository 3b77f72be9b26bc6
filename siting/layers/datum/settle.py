"""Write the verdict: every record in its place, or rejected with its reason, or a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.layers.datum.crs import DATUMS
from siting.layers.datum.hypotheses import DEGREES, GEOGRAPHIC_2000, hypothesis
from siting.layers.datum.rows import coarse_reasons, misfit_reasons
from siting.layers.datum.verdict import Verdict

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from siting.errors import Problem
    from siting.layers.datum.hypotheses import Hypothesis
    from siting.layers.datum.reading import Reading
    from siting.layers.datum.verdict import Claims

    Likelihoods: TypeAlias = tuple[tuple[str, float], ...]


def asked(
    claims: Claims,
    reading: Reading,
    question: Problem,
    likelihoods: Likelihoods,
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


def settled(
    claims: Claims,
    reading: Reading,
    groups: list[NDArray[np.int64]],
    chosen: list[Hypothesis],
    likelihoods: Likelihoods,
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
    plain_2000 = reading.main.crs == DEGREES and {one.datum for one in chosen} == {"cgcs2000"}
    datums = list(dict.fromkeys(DATUMS[one.datum] for one in chosen))
    return Verdict(
        lon=lon,
        lat=lat,
        hypothesis=used,
        meanings=meanings,
        datum=" + ".join(datums),
        crs=GEOGRAPHIC_2000 if plain_2000 else reading.main.crs,
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
