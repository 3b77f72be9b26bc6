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
    rest = [str(int(row)) for row in rows[ROWS_SHOWN:]]
    if rest:
        many = "row" if len(rest) == 1 else "rows"
        what = f"the same in {len(rest)} more {many}: {', '.join(rest)}"
        problems.append(
            Problem(file=file, row=int(rows[ROWS_SHOWN]), column=column, what=what, remedy=remedy)
        )
    return problems
