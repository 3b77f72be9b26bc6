"""Tell what is wrong with the rows of a file: one line per row, and one line for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS_SHOWN = 5
"""So many rows with the same fault get a line each; the others share one line."""


def row_problems(
    file: str, rows: Sequence[int], column: str, whats: Sequence[str], remedy: str
) -> list[Problem]:
    """Return the problems of `rows` of a file, the first few one by one, the rest in one line.

    `whats` says for each row what is wrong with it. The line of the rest names its rows.
    """
    problems = [
        Problem(file=file, row=int(row), column=column, what=what, remedy=remedy)
        for row, what in zip(rows[:ROWS_SHOWN], whats[:ROWS_SHOWN], strict=True)
    ]
    rest = [int(row) for row in rows[ROWS_SHOWN:]]
    if rest:
        many = "row" if len(rest) == 1 else "rows"
        what = f"the same in {len(rest)} more {many}: {_in_runs(rest)}"
        problems.append(
            Problem(file=file, row=int(rows[ROWS_SHOWN]), column=column, what=what, remedy=remedy)
        )
    return problems


def _in_runs(rows: Sequence[int]) -> str:
    """Return rows in words, three or more in a row as one run.

    >>> _in_runs([7, 8, 9, 12, 13])
    '7 to 9, 12, 13'
    """
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    words = [
        [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(row) for row in run] for run in runs
    ]
    return ", ".join(word for run in words for word in run)
