"""Read from the numbers alone: degrees or metres, which way round, which zone; and which rows fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import ConfigurationError, DataError, Problem
from siting.layers.datum.crs import (
    DATUMS,
    SHIFTED,
    SURVEY_REMEDY,
    Declared,
    declared_crs,
    zone_reach,
)
from siting.layers.datum.hypotheses import (
    declared_hypotheses,
    degree_hypotheses,
    hypothesis,
    projected_hypotheses,
)
from siting.layers.datum.rows import CHINA, MARGIN_DEG, WORLD, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.datum.hypotheses import Hypothesis
    from siting.layers.datum.surroundings import Surroundings
    from siting.layers.datum.verdict import Claims

LEAST_FIT = 0.3
"""A meaning of the numbers holds for a file where so many records fall within the city."""
SAMPLE = 5000
"""Records from which the main meaning of a file is read."""
CRS_REMEDY = "say which with --crs EPSG:n (CGCS2000 3-degree zones are 4513 to 4554)"


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What the planner orders (`datum`, `crs`) and what the file says."""

    datum: str
    crs: Declared
    said: Declared


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the numbers tell.

    Attributes
    ----------
    main
        The meaning of most records; its datum is still open where `shifts` is true.
    others
        Other meanings that single records may have.
    meaning
        Which meaning each record has: 0 the main one, k the k-th of the others, -1 none.
    shifts
        Whether the datum must be weighed.
    question
        What must be asked at once.
    candidates
        The meanings that it asks about, best first.
    lines
        Evidence for the planner.

    """

    main: Hypothesis
    others: tuple[Hypothesis, ...]
    meaning: NDArray[np.int64]
    shifts: bool
    box: tuple[float, float, float, float]
    margin_deg: float
    question: Problem | None = None
    candidates: tuple[Hypothesis, ...] = ()
    lines: tuple[str, ...] = ()


def orders_of(datum: str, crs: str, declared: str, file: str) -> Orders:
    """Return what is ordered and said, or raise where it cannot be understood or is refused."""
    if datum not in ("auto", *DATUMS):
        what, remedy = f"the datum {datum!r} is not known", f"write auto, {', '.join(DATUMS)}"
        raise ConfigurationError(Problem(column="--datum", what=what, remedy=remedy))
    ordered = declared_crs(crs, option="--crs")
    word = "" if datum == "auto" else datum
    _refuse_two_datums(word, ordered)
    try:
        said = declared_crs(declared, file=file)
    except DataError as error:  # an order replaces what cannot be understood, not what is refused
        if error.problems[0].remedy == SURVEY_REMEDY or not (crs or word):
            raise
        said = Declared()
    return Orders(datum=word or ordered.datum, crs=ordered, said=said)


def _refuse_two_datums(word: str, ordered: Declared) -> None:
    """Raise where --datum and --crs name datums that lie hundreds of metres apart.

    EPSG:4326 and EPSG:3857 name none here: programmes write them beside any degrees.
    """
    named = ordered.datum if ordered.firm else ""
    if not word or not named or word == named or not {word, named} & {*SHIFTED}:
        return
    what = f"says {DATUMS[word]} where --crs says {DATUMS[named]}: coordinates are in one of them"
    remedy = "leave out the one that is wrong"
    raise ConfigurationError(Problem(column="--datum", what=what, remedy=remedy))


def read_numbers(
    claims: Claims, orders: Orders, surroundings: Surroundings, *, seed: int
) -> Reading:
    """Return what the numbers tell of a file, and what each record is."""
    x, y = claims.x, claims.y
    chosen = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if len(chosen) > SAMPLE:
        chosen = np.sort(np.random.default_rng(seed).choice(chosen, SAMPLE, replace=False))
    degrees = _in_degrees(x[chosen], y[chosen])
    box, margin_deg = _box(x[chosen], y[chosen], surroundings)
    mostly = len(chosen) == 0 or float(degrees.mean()) >= 0.5
    readings = _readings(orders, surroundings, in_degrees=mostly)
    fits = np.array(
        [within(*one.to_wgs84(x[chosen], y[chosen]), box, margin_deg).mean() for one in readings]
        if len(chosen)
        else [1.0] * len(readings)
    )
    blank = Reading(
        main=hypothesis("wgs84"),
        others=(),
        meaning=np.full(len(x), -1, dtype=np.int64),
        shifts=False,
        box=box,
        margin_deg=margin_deg,
    )
    found = [readings[k] for k in np.argsort(-fits, kind="stable") if fits[k] > fits.max() - 0.02]
    question = _question(claims, orders, readings, fits, found)
    if question is not None:
        asked = tuple(found) if found and fits.max() >= LEAST_FIT else ()
        return replace(blank, question=question, candidates=asked)
    best = int(fits.argmax()) if fits.max() > 0.0 else 0
    main = readings[best]
    others = tuple(one for k, one in enumerate(readings) if k != best)
    meaning = _meanings(x, y, main, others, box, margin_deg)
    shifts = not orders.datum and (main.in_degrees or main.crs == "EPSG:3857")
    lines = (f"the numbers are {_form(main)}: {fits[best]:.0%} of the records fall near the city",)
    return replace(blank, main=main, others=others, meaning=meaning, shifts=shifts, lines=lines)


def _form(main: Hypothesis) -> str:
    """Return what the numbers are, without claiming a datum that is weighed afterwards."""
    if not main.in_degrees:
        return main.label
    return "degrees, latitude first" if main.swapped else "degrees, longitude first"


def _in_degrees(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return (np.abs(x) <= 180.0) & (np.abs(y) <= 180.0)


def _box(
    x: NDArray[np.float64], y: NDArray[np.float64], surroundings: Surroundings
) -> tuple[tuple[float, float, float, float], float]:
    """Return the box in which records must fall, and its margin [degree]."""
    if surroundings.bounds_deg is not None:
        return surroundings.bounds_deg, MARGIN_DEG
    chinese = within(x, y, CHINA) | within(y, x, CHINA)
    return (CHINA if len(x) and chinese.mean() > LEAST_FIT else WORLD), 0.0


def _readings(orders: Orders, surroundings: Surroundings, *, in_degrees: bool) -> list[Hypothesis]:
    """Return the meanings to try."""
    stated = orders.crs if orders.crs.crs else orders.said
    degrees = not stated.crs or (stated.datum != "" and not stated.projected)
    if stated.crs and not degrees and stated.projected != in_degrees:
        return declared_hypotheses(stated, orders.datum)
    if orders.crs.crs and not in_degrees:
        return []
    if in_degrees:
        return [] if stated.projected else degree_hypotheses((orders.datum or "wgs84",))
    if surroundings.bounds_deg is None or orders.datum in SHIFTED:
        return []
    west, _, east, _ = surroundings.bounds_deg
    return projected_hypotheses((west + east) / 2.0, (orders.datum,) if orders.datum else ())


def _question(
    claims: Claims,
    orders: Orders,
    readings: list[Hypothesis],
    fits: NDArray[np.float64],
    found: list[Hypothesis],
) -> Problem | None:
    """Return what must be asked before anything is weighed."""
    stated = orders.crs.crs or orders.said.crs
    if not readings:
        unit = "degrees" if (orders.crs if orders.crs.crs else orders.said).projected else "metres"
        what = f"{stated or 'nothing'} is declared and the numbers are {unit}"
        return Problem(file=claims.file, what=what, remedy=CRS_REMEDY)
    projected = not readings[0].in_degrees
    if not projected or (stated and (orders.crs.projected or orders.said.projected)):
        return None
    if fits.max() < LEAST_FIT:
        what = "the coordinates are metres that fall near the city in no zone: a local system?"
        return Problem(file=claims.file, what=what, remedy=CRS_REMEDY)
    if orders.datum:
        return None
    return zone_question(claims.file, found)


def zone_question(file: str, found: list[Hypothesis]) -> Problem:
    """Return the question of undeclared metres that fall near the city; the likeliest zone first."""
    zones = " or ".join(one.label for one in found[:3])
    what = (
        f"the coordinates are metres of {zones}, or of Beijing 1954 or Xi'an 1980, which lie within "
        "about 100 m of CGCS2000: nothing here can tell them apart"
    )
    remedy = f"say --datum cgcs2000 (or wgs84 for UTM), or --crs {found[0].crs}"
    return Problem(file=file, what=what, remedy=remedy)


def _fits_alone(
    one: Hypothesis,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    box: tuple[float, float, float, float],
    margin_deg: float,
    *,
    same: bool,
) -> NDArray[np.bool_]:
    """Return which single records fall within the city and, in another zone, within its own width.

    `same` says that it is the zone of the file, the other way round. A number that has lost a digit
    may fall within the city in a zone whose meridian is far away.
    """
    lon, lat = one.to_wgs84(x, y)
    fits = within(lon, lat, box, margin_deg)
    reach = zone_reach(int(one.crs[5:])) if one.crs.startswith("EPSG:") else None
    if reach is not None and not same:
        fits &= np.abs(lon - reach[0]) <= reach[1]
    return fits


def _meanings(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    main: Hypothesis,
    others: tuple[Hypothesis, ...],
    box: tuple[float, float, float, float],
    margin_deg: float,
) -> NDArray[np.int64]:
    """Return the meaning of each record: the main one where it fits, else the only other one."""
    meaning = np.where(within(*main.to_wgs84(x, y), box, margin_deg), 0, -1)
    left = np.flatnonzero((meaning < 0) & np.isfinite(x) & np.isfinite(y) & (x != 0.0) & (y != 0.0))
    if len(left) == 0 or not others:
        return meaning
    fits = np.array(
        [
            _fits_alone(one, x[left], y[left], box, margin_deg, same=one.crs == main.crs)
            for one in others
        ]
    )
    alone = fits.sum(axis=0) == 1
    meaning[left[alone]] = fits[:, alone].argmax(axis=0) + 1
    return meaning
