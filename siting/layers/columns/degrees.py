"""Read longitudes and latitudes as people write them: degrees, minutes, seconds, E and N."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.layers.columns.numbers import split_number
from siting.layers.columns.uniques import by_unique, folded, is_empty, plain_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEMISPHERES = {
    "东经": "e", "西经": "w", "北纬": "n", "南纬": "s", "东": "e", "西": "w", "北": "n", "南": "s",
    "east": "e", "west": "w", "north": "n", "south": "s", "e": "e", "w": "w", "n": "n", "s": "s",
}  # fmt: skip
_WORD = "|".join(sorted(_HEMISPHERES, key=len, reverse=True))
_DRESSED = re.compile(rf"(?P<before>{_WORD})?[:\s]*(?P<core>[-+]?\d.*?)\s*(?P<after>{_WORD})?")
_ARC = (
    re.compile(r"([-+]?\d+)\s*(?:°|度)\s*(\d+)\s*(?:'|分)\s*(\d+(?:\.\d*)?)\s*(?:\"|''|秒)?"),
    re.compile(r"([-+]?\d+)\s*(?:°|度)\s*(\d+(?:\.\d*)?)\s*(?:'|分)?()"),
    re.compile(r"([-+]?\d+):(\d+):(\d+(?:\.\d*)?)"),
    re.compile(r"([-+]?\d+)\s+(\d+)\s+(\d+(?:\.\d*)?)"),
    re.compile(r"([-+]?\d{1,3})-(\d{1,2})-(\d{1,2}(?:\.\d*)?)"),
)
"""Degrees, minutes and seconds in the forms that are in use."""

_AXES = {"lon": "ew", "x": "ew", "lat": "ns", "y": "ns"}
_POINT = re.compile(r"(?:point\s*)?[(\[{]\s*(.*?)\s*[)\]}]")
_RUN_ON = (
    re.compile(rf"((?:{_WORD})\s*\d.*?)\s*((?:{_WORD})\s*\d.*)"),
    re.compile(rf"(\d.*?(?:{_WORD}))\s*(\d.*?(?:{_WORD}))"),
)
"""Two coordinates with nothing between them: `E118.6N24.9`, `118.6E24.9N`."""

_LON_FIRST, _LAT_FIRST = ("e", "w"), ("n", "s")


def degree_cells(
    cells: pd.Series, *, axis: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_], tuple[str, ...]]:
    """Return coordinates as decimal degrees, or as they are where they are metres.

    Parameters
    ----------
    cells
        Text: `118.5867`, `118°35'12.3"`, `118度35分12秒`, `118:35:12`, `118 35 12`, `E118.5`,
        `北纬24.9`, `658123.45`. A word for nothing is an empty cell.
    axis
        `lon`, `lat`, `x` or `y`: what the file calls the column.

    Returns
    -------
    The values [degree or metre], NaN where a cell is empty or cannot be read; the mask of cells that
    are not empty and cannot be read (minutes of 60 or more are among them); what was done.

    """
    values, others = plain_numbers(cells)
    unreadable = np.zeros(len(values), dtype=np.bool_)
    places = np.flatnonzero(others)
    if not len(places):
        return values, unreadable, ()
    codes, readings = by_unique(cells.iloc[places], _reading)
    table = np.array([np.nan if one is None else one[0] for one in readings])
    values[places] = table[codes]
    unreadable[places] = np.array([one is None for one in readings], dtype=np.bool_)[codes]
    return values, unreadable, _notes(readings, codes, axis)


def _notes(
    readings: list[tuple[float, bool, str] | None], codes: NDArray[np.int64], axis: str
) -> tuple[str, ...]:
    arcs = np.array([one is not None and one[1] for one in readings], dtype=np.bool_)[codes].sum()
    wrong = "nsew".translate(str.maketrans("", "", _AXES.get(axis, "")))
    strange = [one is not None and one[2] != "" and one[2] in wrong for one in readings]
    other = np.array(strange, dtype=np.bool_)[codes].sum()
    notes = []
    if arcs:
        notes.append(
            f"{axis}: {_cells(arcs)} of degrees, minutes and seconds read as decimal degrees"
        )
    if other:
        letters = "N or S" if _AXES.get(axis) == "ew" else "E or W"
        notes.append(
            f"{axis}: {letters} stands in {_cells(other)}: perhaps the columns are exchanged"
        )
    return tuple(notes)


def _cells(count: int) -> str:
    return f"{count} {'cell' if count == 1 else 'cells'}"


def _reading(cell: str) -> tuple[float, bool, str] | None:
    """Return (value, whether it was written in minutes, its hemisphere), None where it is neither."""
    if is_empty(cell):
        return float("nan"), False, ""
    match = _DRESSED.fullmatch(folded(cell))
    if match is None:
        return None
    letters = {_HEMISPHERES[word] for word in (match["before"], match["after"]) if word}
    if len(letters) > 1:
        return None
    hemisphere = next(iter(letters), "")
    core = match["core"].strip()
    value, arc = _arc(core), True
    if value is None:
        value, arc = _plain(core), False
    if value is None or (hemisphere and value < 0):
        return None
    return (-value if hemisphere in ("w", "s") else value), arc, hemisphere


def _plain(core: str) -> float | None:
    number, unit = split_number(core)
    return number if unit in ("", "°", "度", "m", "米") else None


def _arc(core: str) -> float | None:
    """Return degrees from degrees, minutes and seconds; None where they are no such angle."""
    for form in _ARC:
        match = form.fullmatch(core)
        if match:
            degrees, minutes, seconds = match[1], float(match[2]), float(match[3] or 0.0)
            if minutes >= 60.0 or seconds >= 60.0 or abs(int(degrees)) > 180:
                return None
            size = abs(int(degrees)) + minutes / 60.0 + seconds / 3600.0
            return -size if degrees.startswith("-") else size
    return None


def pair_cells(cells: pd.Series) -> tuple[pd.Series, pd.Series, NDArray[np.bool_]]:
    """Return the first and the second coordinate of cells such as `118.6,24.9`, still as text.

    `N24.9 E118.6` is turned about; numbers without letters stay in their order.

    Returns
    -------
    Two columns of text, "" where a cell is empty or cannot be parted, and the mask of the cells that
    are not empty and cannot be parted.

    """
    codes, readings = by_unique(cells, _pair)
    halves = [("", "") if one is None else one for one in readings]
    first = np.array([half[0] for half in halves], dtype=object)[codes]
    second = np.array([half[1] for half in halves], dtype=object)[codes]
    lost = np.array([one is None for one in readings], dtype=np.bool_)[codes]
    return pd.Series(first, dtype="str"), pd.Series(second, dtype="str"), lost


def _pair(cell: str) -> tuple[str, str] | None:
    if is_empty(cell):
        return "", ""
    text = folded(cell)
    inside = _POINT.fullmatch(text)
    text = inside[1] if inside else text
    for parting in (r"\s*[,;|]\s*", r"\s+/\s+|/", r"\s+"):
        parts = [part for part in re.split(parting, text) if part]
        if len(parts) == 2 and all(_reading(part) is not None for part in parts):
            return _in_order(parts[0], parts[1])
    for form in _RUN_ON:
        match = form.fullmatch(text)
        if match and all(_reading(part) is not None for part in match.groups()):
            return _in_order(match[1], match[2])
    return None


def _in_order(first: str, second: str) -> tuple[str, str]:
    """Return two coordinates with the longitude first where their letters tell which it is."""
    letters = [(_reading(part) or (0.0, False, ""))[2] for part in (first, second)]
    turned = letters[0] in _LAT_FIRST and letters[1] in _LON_FIRST
    return (second, first) if turned else (first, second)
