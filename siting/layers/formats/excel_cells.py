"""Turn the typed cells of a workbook into text as Excel would show it at full precision."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.layers.formats.excel_scan import column_number
from siting.layers.formats.header import column_letters
from siting.layers.formats.tables import BATCH_ROWS, BLANKS, TextTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from siting.layers.formats.header import Merged

WHOLE_UP_TO = 1e15
"""Excel keeps 15 digits of a number; a longer code has lost its last ones."""

_CODE = re.compile(r"编码|编号|代码|code|cgi|eci|nci|id$", re.IGNORECASE)


def cell_text(value: object) -> str:
    """Return a cell as text: no `.0`, no exponent, dates in ISO 8601, `true` and `false`.

    >>> cell_text(118.0), cell_text(118.675432), cell_text(1e-5)
    ('118', '118.675432', '0.00001')
    """
    to_text = _TEXTS.get(type(value))
    return to_text(value) if to_text else str(value).strip(BLANKS)


def _number_text(number: float) -> str:
    if number.is_integer() and abs(number) < 1e22:
        return str(int(number))
    if not math.isfinite(number):
        return ""
    text = repr(number)
    if len(text) > 16:  # noise, perhaps: Excel shows 118.67500000000001 as 118.675
        shown = f"{number:.15g}"
        text = shown if abs(float(shown) - number) <= 2.0 * math.ulp(number) else text
    return np.format_float_positional(float(text), trim="-") if "e" in text else text


def _moment_text(moment: dt.datetime) -> str:
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    return moment.date().isoformat() if midnight else moment.isoformat()


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: lambda text: text.strip(BLANKS),
    float: _number_text,
    int: str,
    bool: lambda flag: "true" if flag else "false",
    type(None): lambda _: "",
    dt.datetime: _moment_text,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
}


def column_texts(values: Sequence[object]) -> Sequence[str]:
    """Return a column of cells as text; one of a single type without a look at every cell.

    >>> list(column_texts([118.0, 118.5])), list(column_texts(["a", 1.0, None]))
    (['118', '118.5'], ['a', '1', ''])
    """
    kinds = set(map(type, values))
    if kinds == {str}:
        return values  # type: ignore[return-value] # what the line above says
    if kinds != {float}:
        return [cell_text(value) for value in values]
    numbers = np.array(values, dtype=np.float64)
    if (np.abs(numbers) < WHOLE_UP_TO).all() and (numbers == np.floor(numbers)).all():
        return list(map(str, numbers.astype(np.int64).tolist()))
    return [_number_text(number) for number in numbers.tolist()]


class CellTable:
    """Takes rows of typed cells and gives them back as a table of text, with what looked wrong."""

    def __init__(self, *, names: Sequence[str]) -> None:
        self.table = TextTable(names=names)
        self.codes = {k: _Codes() for k, name in enumerate(names) if _CODE.search(name)}
        self.beyond: list[tuple[int, int]] = []
        self.width = len(names)
        self.rows: list[Sequence[object]] = []
        self.blank: list[object] = [""] * len(names)

    def add(self, row: Sequence[object], number: int) -> None:
        """Take the row of the sheet with that number."""
        if len(row) > self.width:
            beyond = enumerate(row[self.width :], start=self.width)
            self.beyond += [(number, k) for k, value in beyond if cell_text(value)]
            row = row[: self.width]
        self.rows.append([*row, *self.blank[len(row) :]] if len(row) < self.width else row)
        if len(self.rows) == BATCH_ROWS:
            self._pack()

    def finished(self) -> pd.DataFrame:
        """Return all rows."""
        self._pack()
        return self.table.finished()

    def _pack(self) -> None:
        if not self.rows:
            return
        columns = list(zip(*self.rows, strict=True))
        texts = [column_texts(column) for column in columns]
        for k, codes in self.codes.items():
            for value, text in zip(columns[k], texts[k], strict=True):
                codes.add(value, text)
        self.table.add_columns(texts)
        self.rows = []

    def notes(self) -> tuple[str, ...]:
        """Return what the planner should know of these cells."""
        names = self.table.names
        notes = [note for k, codes in self.codes.items() if (note := codes.note(names[k]))]
        if self.beyond:
            row, k = self.beyond[0]
            where = f"the first in row {row}, column {column_letters(k)}"
            notes.append(f"cells right of the table left out ({len(self.beyond)}), {where}")
        return tuple(notes)


class _Codes:
    """What is known of a column of codes: as numbers they lose zeros before and digits behind."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.zeros = False
        self.texts = 0
        self.cut = 0

    def add(self, value: object, text: str) -> None:
        """Take one cell."""
        if isinstance(value, float):
            self.numbers[len(text)] = self.numbers.get(len(text), 0) + 1
            self.cut += abs(value) >= WHOLE_UP_TO
        elif text:
            self.texts += 1
            self.zeros |= text.startswith("0") and text.isdecimal()

    def note(self, name: str) -> str:
        """Return what may have been lost, or nothing."""
        count = sum(self.numbers.values())
        again = "format the column as text and enter them again"
        if self.cut:
            what = f"{self.cut} stored as numbers of more than 15 digits; Excel changed their last"
            return f"{name}: {what}; {again}"
        longest = max(self.numbers, default=0)
        shorter = count - self.numbers.get(longest, 0)
        uneven = longest >= 5 and 0 < shorter < 0.2 * count and longest - 1 in self.numbers
        if count and (self.zeros or uneven):
            return f"{name}: {count} stored as numbers, which lose zeros before them; {again}"
        return ""


def filled_down(
    cells: pd.DataFrame, merged: Sequence[Merged], first: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the cells with the value of every merged block in each row that the block spans.

    `first` is the row of the sheet of the first row of `cells`, from 0.
    """
    blocks: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in merged:
        if bottom > top >= first and left < cells.shape[1] and top - first < len(cells):
            blocks.setdefault(left, []).append((top - first, bottom - first))
    if not blocks:
        return cells, ()
    columns = {}
    for k, spans in blocks.items():
        values = cells.iloc[:, k].to_numpy(dtype=object, copy=True)
        for top, bottom in spans:
            values[top : bottom + 1] = values[top]
        columns[cells.columns[k]] = values
    count = sum(map(len, blocks.values()))
    note = f"{count} merged {'block' if count == 1 else 'blocks'} filled down in {', '.join(map(str, columns))}"
    return cells.assign(**columns).astype("str"), (note,)


def with_errors(
    cells: pd.DataFrame, errors: Sequence[tuple[int, str, str]], first: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the cells with what error cells say (`#N/A`) in them, and a note of where they are.

    `errors` are (row of the sheet from 1, column letters, what the cell says); `first` is the row of
    the sheet of the first row of `cells`, from 0.
    """
    columns: dict[int, list[tuple[int, str]]] = {}
    for row, letters, said in errors:
        k, place = column_number(letters) - 1, row - 1 - first
        if 0 <= place < len(cells) and k < cells.shape[1]:
            columns.setdefault(k, []).append((place, said))
    if not columns:
        return cells, ()
    changed = {}
    for k, found in columns.items():
        values = cells.iloc[:, k].to_numpy(dtype=object, copy=True)
        for place, said in found:
            values[place] = said
        changed[cells.columns[k]] = values
    count = sum(map(len, columns.values()))
    row, letters, said = next(error for error in errors if error[0] > first)
    note = f"{count} {'cell holds an error' if count == 1 else 'cells hold errors'} of Excel, the first {said} in {letters}{row}"
    return cells.assign(**changed).astype("str"), (note,)
