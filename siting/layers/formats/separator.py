"""Tell by what the cells of a text file are parted, and whether a comma is a decimal point in it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from siting.errors import DataError, Problem
from siting.layers.columns.headers import read_header
from siting.layers.columns.synonyms import names_of
from siting.layers.formats.header import hits

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

SEPARATORS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
    "，": "full-width comma",
}
"""What may part cells, and what it is called."""

_NUMBER = r"[-+]?\d+(?:,\d+)?"
_DECIMAL = r"[-+]?(?:\d{4,},\d+|0,\d+|\d+,(?:\d{1,2}|\d{4,}))"
_POINT = r"[-+]?\d+\.\d+"
_LISTS = ("carriers", "carrier_mhz", "channel", "pci", "operator")
_PLACES = ("lon", "lat", "x", "y")


def find_separator(text: str) -> str:
    """Return the separator of the first records of a file, the comma where nothing parts them.

    The one that finds known headers and cuts the records into the same number of cells most often.
    """
    best, most = ",", (0, 0.0, 0)
    for separator in SEPARATORS:
        records = [
            record for record in _records(text, separator) if any(cell.strip() for cell in record)
        ]
        widths = Counter(len(record) for record in records if len(record) > 1)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        known = max(hits([cell.strip() for cell in record]) for record in records[:30])
        rank = (min(known, 2), count / len(records), width)
        if rank > most:
            best, most = separator, rank
    return best


def _records(text: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return []


def decimal_points(
    cells: pd.DataFrame, separator: str, *, file: str, header_row: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the cells with decimal points where the file writes decimal commas.

    A file parted by commas writes no decimal commas. A column is one of numbers with commas where
    every filled cell is a number; the file writes decimal commas where a comma cannot part
    thousands (`118,67`, `2518,5`) and no number has a point.

    Raises
    ------
    DataError
        Where a coordinate such as `118,675` may be either.

    """
    if separator in ",，":
        return cells, ()
    some = cells.head(2000)
    columns = [name for name in cells.columns if _with_commas(some[name])]
    if not columns or any(some[name].str.fullmatch(_POINT).any() for name in cells.columns):
        return cells, ()
    columns = [name for name in columns if _with_commas(cells[name]) and not _means(name, _LISTS)]
    if any(cells[name].str.fullmatch(_DECIMAL).any() for name in columns):
        points = {name: cells[name].str.replace(",", ".", regex=False) for name in columns}
        return cells.assign(**points), (f"decimal commas read as points in {', '.join(columns)}",)
    unclear = [name for name in columns if _means(name, _PLACES)]
    if unclear:
        raise DataError(_unclear(cells, unclear, file, header_row))
    return cells, ()


def _with_commas(cells: pd.Series) -> bool:
    filled = cells[cells != ""]
    return bool(filled.str.contains(",", regex=False).any() and filled.str.fullmatch(_NUMBER).all())


def _means(header: str, columns: Sequence[str]) -> bool:
    names = read_header(header).names
    return any(name in names_of("sites", column) for column in columns for name in names)


def _unclear(cells: pd.DataFrame, columns: Sequence[str], file: str, row: int) -> list[Problem]:
    problems = []
    for name in columns:
        value = next(cell for cell in cells[name].tolist() if "," in cell)
        what = f"'{value}' may be {value.replace(',', '.')} or {value.replace(',', '')}"
        remedy = "write decimal points, or save it from the workbook as .xlsx"
        problems.append(Problem(file=file, row=row, column=name, what=what, remedy=remedy))
    return problems
