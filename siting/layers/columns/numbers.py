"""Read numbers as people write them: wide digits, thousands separators, units, a Chinese minus."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from siting.layers.columns.headers import UNITS
from siting.layers.columns.uniques import by_unique, folded, is_empty, plain_numbers
from siting.layers.columns.units import all_converted, converted

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_NUMBER = re.compile(r"([-+]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)\s*(.*)")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_SPACED = re.compile(r"[-+]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
_LARGE = {"万": 1e4, "亿": 1e8, "千": 1e3}


def number_cells(
    cells: pd.Series, *, unit: str = "", column: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the numbers of a column in its own unit, and which cells cannot be read.

    Parameters
    ----------
    cells
        Text. A word for nothing (`-`, 无, NULL) is an empty cell.
    unit
        The unit that the header states, a value of siting.layers.columns.headers.UNITS, or `ARFCN`
        for channel numbers; a unit in a cell goes before it.
    column
        Our column; the end of its name is the unit of the result (`height_m`, `power_dbm`).

    Returns
    -------
    The values, NaN where a cell is empty or cannot be read, and the mask of the cells that are not
    empty and cannot be read.

    """
    values, others = plain_numbers(cells)
    unreadable = np.zeros(len(values), dtype=np.bool_)
    if unit:
        plain = ~np.isnan(values)
        values = all_converted(values, unit, column)
        unreadable = plain & np.isnan(values)
    places = np.flatnonzero(others)
    if len(places):
        codes, readings = by_unique(cells.iloc[places], lambda cell: _reading(cell, unit, column))
        table = np.array([np.nan if one is None else one for one in readings])
        values[places] = table[codes]
        unreadable[places] = np.array([one is None for one in readings], dtype=np.bool_)[codes]
    return values, unreadable


def _reading(cell: str, unit: str, column: str) -> float | None:
    """Return the number of one cell, NaN for a word for nothing, None where it cannot be read."""
    if is_empty(cell):
        return float("nan")
    number, own = split_number(cell)
    if number is None:
        return None
    if own and own[0] in _LARGE:  # 1.2万 under a header in 万人 is 12,000, not 120 million
        number, own, unit = number * _LARGE[own[0]], own[1:], ""
    if own and own not in UNITS:
        return None
    return converted(number, UNITS.get(own, unit), column)


def split_number(cell: str) -> tuple[float | None, str]:
    """Return the number at the start of a cell, None where there is none, and what follows it.

    >>> split_number("１，２３４．５ 米"), split_number("30-35"), split_number("负5")
    ((1234.5, '米'), (30.0, '-35'), (-5.0, ''))
    """
    text = folded(cell)
    text = "-" + text[1:] if text.startswith("负") else text
    text = re.sub(r"^([-+])\s+", r"\1", text)
    if _SPACED.fullmatch(text):
        text = text.replace(" ", "")
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None, ""
    digits = match[1].rstrip(",")
    if "," in digits and not _THOUSANDS.fullmatch(digits):
        return None, ""
    number = float(digits.replace(",", ""))
    return (number, match[2].strip()) if np.isfinite(number) else (None, "")


def decimal_places(cells: pd.Series) -> NDArray[np.int64]:
    """Return how many decimals of a degree or a metre each cell states; 0 where it is no number.

    A whole second of arc counts as 3 decimals of a degree, a whole minute as 1.
    """
    codes, places = _point_places(cells)
    if places is not None:
        return places
    codes, readings = by_unique(cells, _decimals)
    return np.array(readings, dtype=np.int64)[codes]


def _point_places(cells: pd.Series) -> tuple[None, NDArray[np.int64] | None]:
    """Return the decimals of plain numbers by the place of the point, None where any is another."""
    import pyarrow as pa  # noqa: PLC0415 - half a second that only whole columns need
    import pyarrow.compute as pc  # noqa: PLC0415 - as above

    text = pa.array(cells, type=pa.large_string(), from_pandas=True)
    if not pc.all(pc.match_substring_regex(text, r"^(?:[-+]?\d+(?:\.\d*)?)?$")).as_py():
        return None, (None if len(cells) else np.zeros(0, dtype=np.int64))
    point = np.asarray(pc.find_substring(text, "."), dtype=np.int64)
    length = np.asarray(pc.utf8_length(text), dtype=np.int64)
    return None, np.where(point >= 0, length - point - 1, 0)


def _decimals(cell: str) -> int:
    """Return the decimals that one cell states."""
    numbers = re.findall(r"\d+(?:\.\d*)?", folded(cell))
    exponent = re.search(r"\de([-+]?\d+)", folded(cell))
    if not numbers:
        return 0
    if exponent:
        return max(0, len(numbers[0].partition(".")[2]) - int(exponent[1]))
    written = len(numbers[-1].partition(".")[2])
    return written + {1: 0, 2: 1}.get(len(numbers), 3)
