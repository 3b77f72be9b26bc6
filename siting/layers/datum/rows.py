"""Tell the records that cannot be what the rest of their file is: swapped, cut, rounded, far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import pdtr, pdtrc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.datum.hypotheses import Hypothesis

MARGIN_DEG = 0.3
"""A record may lie this far outside the counties' bounds [degree], about 30 km."""
CHINA = (73.0, 3.0, 135.2, 54.0)
WORLD = (-180.0, -90.0, 180.0, 90.0)
RARE = 1e-4
"""Fewer decimals are a fault where chance writes so many of them less often than this. A file is
asked some ten times, so one sound file in a thousand may lose a row; it is told, and kept aside."""
LEAST_DECIMALS = 4
"""A file of degrees with fewer decimals is coarse as a whole."""
MOST_COARSE = 0.35


def within(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    box: tuple[float, float, float, float],
    margin_deg: float = 0.0,
) -> NDArray[np.bool_]:
    """Return which points lie in a box (west, south, east, north) and its margin [degree]."""
    west, south, east, north = box
    with np.errstate(invalid="ignore"):
        inside: NDArray[np.bool_] = (
            (lon >= west - margin_deg)
            & (lon <= east + margin_deg)
            & (lat >= south - margin_deg)
            & (lat <= north + margin_deg)
        )
    return inside


def misfit_reasons(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    used: Hypothesis,
    centre: tuple[float, float],
) -> NDArray[np.object_]:
    """Return for each record why it does not fit.

    `lon`, `lat` are what it would be under the hypothesis of its file; `centre` is the city's.
    """
    reasons = np.empty(len(x), dtype=object)
    for k in range(len(x)):
        reasons[k] = _reason(x[k], y[k], lon[k], lat[k], used, centre)
    return reasons


def _reason(
    x: float, y: float, lon: float, lat: float, used: Hypothesis, centre: tuple[float, float]
) -> str:
    written, degrees = f"({x:.10g}, {y:.10g})", abs(x) <= 180.0 and abs(y) <= 180.0
    reason = ""
    if not (np.isfinite(x) and np.isfinite(y)):
        reason = "has no coordinates that can be read"
    elif x == 0.0 or y == 0.0:
        reason = f"has a coordinate of zero {written}"
    elif x == y:
        reason = f"has the same number twice {written}"
    elif degrees and not used.in_degrees:
        reason = f"is in degrees {written} where the file counts in metres"
    elif used.in_degrees:
        reason = _slip(x, y, centre, swapped=used.swapped)
        reason = reason or ("" if degrees else f"is beyond any degrees {written}")
    if reason or not (np.isfinite(lon) and np.isfinite(lat)):
        return reason or f"lies nowhere in {used.label} {written}"
    km = np.hypot((lon - centre[0]) * np.cos(np.radians(centre[1])), lat - centre[1]) * 111.2
    return f"lies about {km:.0f} km from the middle of the city {written}"


def _slip(x: float, y: float, centre: tuple[float, float], *, swapped: bool) -> str:
    """Return the slip of a decimal point or a lost digit that explains a pair of degrees, or ""."""
    lon, lat = (y, x) if swapped else (x, y)
    for name, value, middle in (("longitude", lon, centre[0]), ("latitude", lat, centre[1])):
        if abs(value - middle) < 3.0:
            continue
        for factor in (0.01, 0.1, 10.0, 100.0, 1000.0):
            if abs(value * factor - middle) < 3.0:
                return f"has its decimal point in the wrong place: {name} {value:.10g}"
        whole, short = str(int(abs(middle))), str(int(abs(value)))
        if any(whole[:k] + whole[k + 1 :] == short for k in range(len(whole))):
            return f"lacks a digit: {name} {value:.10g}"
    return ""


def coarse_reasons(
    x: NDArray[np.float64], y: NDArray[np.float64], decimals: NDArray[np.int64] | None
) -> NDArray[np.object_]:
    """Return why a record of degrees is too coarse for its file, "" where it is not.

    Two signs: both numbers end much sooner than is usual, which chance does to one record in a
    million at three decimals short; or fewer decimals are written than in the other records. A
    file that drops trailing zeros writes one record in five a decimal short, one in fifty two
    short, and so on (the smaller count of two numbers); only what is rarer than that counts.
    """
    count = len(x)
    reasons = np.full(count, "", dtype=object)
    if count < 5:
        return reasons
    ends = np.maximum(_ends(x), _ends(y))
    usual = int(np.percentile(ends, 75))
    for short in range(usual - LEAST_DECIMALS + 1, usual + 1):
        coarse = ends <= usual - short
        if short >= 3 and _odd_ones(coarse, count * 0.01**short):
            _say_coarse(reasons, coarse, ends, usual)
    if decimals is None:
        return reasons
    usual = int(np.percentile(decimals, 75))
    drops_zeros = not _rare(int((decimals < usual).sum()), 0.19 * count, fewer=True)
    for short in range(1, usual + 1 if usual >= LEAST_DECIMALS else 1):
        coarse = decimals <= usual - short
        if _odd_ones(coarse, count * 2.0 * 0.1**short if drops_zeros else 0.0):
            _say_coarse(reasons, coarse, decimals, usual)
    return reasons


def _ends(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return after how many decimals each number ends, 7 for later or never."""
    ends = np.full(len(values), 7, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        for places in range(6, -1, -1):
            scaled = values * 10.0**places
            ends[np.abs(scaled - np.round(scaled)) < 1e-6 * 10.0 ** (places - 3)] = places
    return ends


def _odd_ones(coarse: NDArray[np.bool_], expected: float) -> bool:
    """Return whether chance gives so many coarse records too seldom, and most are not coarse."""
    number = int(coarse.sum())
    few = 0 < number <= MOST_COARSE * len(coarse)
    return few and _rare(number, max(expected, 1e-9), fewer=False)


def _say_coarse(
    reasons: NDArray[np.object_],
    coarse: NDArray[np.bool_],
    decimals: NDArray[np.int64],
    usual: int,
) -> None:
    """Write the reason of each coarse record into `reasons`."""
    for k in np.flatnonzero(coarse):
        reasons[k] = (
            f"is written to {decimals[k]} decimals where the file has {usual}: rounded, or a digit "
            "is missing"
        )


def _rare(number: int, expected: float, *, fewer: bool) -> bool:
    """Return whether chance gives so few (or so many) less often than RARE."""
    chance = pdtr(number, expected) if fewer else pdtrc(number - 1, expected)
    return bool(chance < RARE)
