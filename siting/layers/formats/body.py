"""Leave out what is not a record: empty rows, repeated headers, totals and words at the end."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

TOTALS = frozenset(
    word + end
    for word, end in product(
        ("合计", "合 计", "合  计", "合　计", "小计", "小 计", "小  计", "小　计", "总计", "总 计", "总　计",
         "共计", "共 计", "累计", "全市合计", "本页小计", "Total", "TOTAL", "total", "Subtotal", "Grand Total",
         "Grand total", "subtotal", "Sum", "SUM"),
        ("", ":", "："),
    )
)  # fmt: skip
"""What the first cell of a row of totals says."""

_FOOTER = re.compile(
    r"(?:备\s*注|注\d*|说\s*明|附\s*注|制\s*表人?|填\s*表人?|填报(?:人|单位)|审\s*核人?|审批|数据来源|资料来源"
    r"|编制(?:单位|人)?|联系(?:人|电话)|日\s*期|note|notes|source|remarks?|prepared by)\s*[\d]*\s*[:：]",
    re.IGNORECASE,
)
ROWS_NAMED = 10


def leave_out(
    cells: pd.DataFrame, rows: NDArray[np.int64], heads: Sequence[Sequence[str]]
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return which rows are records, and a note of every row with words that is not.

    Parameters
    ----------
    cells
        Stripped text, one row per row of the file below its header.
    rows
        The rows of the file, as the planner counts them.
    heads
        The rows down to the header as they are; one that comes again is not a record.

    """
    columns = [cells.iloc[:, k] for k in range(cells.shape[1])]
    blank = _equal(columns, [""] * len(columns))
    again = np.zeros(len(cells), dtype=np.bool_)
    for head in heads:
        if any(head):
            again |= _equal(columns, [*head, *[""] * len(columns)][: len(columns)])
    totals = _totals(columns)
    keep = ~(blank | again | totals)
    footers = _footers(cells, keep)
    keep &= ~footers
    notes = [
        f"{_named(rows[which])} left out: {what}"
        for which, what in (
            (again, "the header again"),
            (totals, "totals"),
            (footers, "notes to the table"),
        )
        if which.any()
    ]
    inner = int((blank & (np.arange(len(cells)) < _last(keep))).sum())
    if inner:
        notes.append(f"{inner} empty {'row' if inner == 1 else 'rows'} skipped")
    return keep, tuple(notes)


def _equal(columns: Sequence[pd.Series], values: Sequence[str]) -> NDArray[np.bool_]:
    """Return the rows whose cells are all as given; later columns are looked at only where needed."""
    equal = np.ones(len(columns[0]), dtype=np.bool_)
    for column, value in zip(columns, values, strict=True):
        where = np.flatnonzero(equal)
        if not len(where):
            break
        some = column if len(where) == len(column) else column.iloc[where]
        equal[where] = (some == value).to_numpy(dtype=np.bool_)
    return equal


def _totals(columns: Sequence[pd.Series]) -> NDArray[np.bool_]:
    """Return the rows whose first filled cell, among the first three, says that they are totals."""
    totals = np.zeros(len(columns[0]), dtype=np.bool_)
    for k in range(min(3, len(columns))):
        found = np.flatnonzero(columns[k].isin(TOTALS).to_numpy())
        for before in columns[:k]:
            found = found[(before.iloc[found] == "").to_numpy(dtype=np.bool_)]
        totals[found] = True
    return totals


def _footers(cells: pd.DataFrame, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the last rows that are words about the table: 备注, 制表人, a source."""
    footers = np.zeros(len(cells), dtype=np.bool_)
    for k in reversed(np.flatnonzero(keep)):
        filled = [cell for cell in cells.iloc[int(k)].tolist() if cell]
        if len(filled) > max(1, cells.shape[1] // 2) or not _FOOTER.match(filled[0]):
            break
        footers[k] = True
    return footers


def _last(keep: NDArray[np.bool_]) -> int:
    kept = np.flatnonzero(keep)
    return int(kept[-1]) if len(kept) else 0


def _named(rows: NDArray[np.int64]) -> str:
    """Return rows by number, the first of many."""
    named = ", ".join(str(row) for row in rows[:ROWS_NAMED].tolist())
    rest = f" and {len(rows) - ROWS_NAMED} more" if len(rows) > ROWS_NAMED else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {named}{rest}"
