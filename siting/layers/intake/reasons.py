"""Keep why rows are rejected: every reason of every row, until the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Problem
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

LONGEST_VALUE = 60
"""A cell is quoted in a reason up to this many letters."""

ROWS_NAMED = 50
"""So many rows of one reason are named; the others stand in the table of rejected rows."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One thing that is wrong with some rows: where they are, and what each is told."""

    positions: NDArray[np.int64]
    column: str
    whats: tuple[str, ...]
    remedy: str


class Reasons:
    """Why rows of one file are rejected; a position is the place of a row among those read."""

    def __init__(self, file: str, rows: NDArray[np.int64]) -> None:
        self.file = file
        self.rows = rows
        self.rejected: NDArray[np.bool_] = np.zeros(len(rows), dtype=np.bool_)
        self._reasons: list[Reason] = []

    def add(
        self,
        bad: NDArray[np.bool_] | NDArray[np.int64],
        column: str,
        what: str | Sequence[str],
        remedy: str,
        *,
        values: pd.Series | None = None,
    ) -> None:
        """Reject rows, given as a mask or as positions.

        `what` is one text for all, in which `{value}` stands for the cell of `values`, or one text
        for each row.
        """
        positions = np.flatnonzero(bad) if bad.dtype == np.bool_ else np.asarray(bad, np.int64)
        if len(positions) == 0:
            return
        if not isinstance(what, str):
            whats = tuple(what)
        elif values is None:
            whats = (what,) * len(positions)
        else:
            cells = values.iloc[positions].tolist()
            whats = tuple(what.replace("{value}", _short(cell)) for cell in cells)
        self.rejected[positions] = True
        self._reasons.append(Reason(positions=positions, column=column, whats=whats, remedy=remedy))

    def told(self, column: str) -> NDArray[np.bool_]:
        """Return which rows are rejected for that column."""
        mask = np.zeros(len(self.rows), dtype=np.bool_)
        for reason in self._reasons:
            if reason.column == column:
                mask[reason.positions] = True
        return mask

    def problems(self) -> list[Problem]:
        """Return every reason as a line, the first rows of each one by one."""
        lines: list[Problem] = []
        for reason in self._reasons:
            rows = self.rows[reason.positions].tolist()
            told = slice(0, ROWS_NAMED if len(rows) > ROWS_NAMED + 1 else None)
            whats = reason.whats[told]
            lines += row_problems(self.file, rows[told], reason.column, whats, reason.remedy)
            rest = rows[len(whats) :]
            if rest:
                what = f"the same in {len(rest):,} more rows, {rest[0]} to {rest[-1]}"
                lines.append(
                    Problem(
                        file=self.file,
                        row=rest[0],
                        column=reason.column,
                        what=what,
                        remedy=reason.remedy,
                    )
                )
        return lines

    def of_rows(self) -> tuple[NDArray[np.int64], list[str], list[str]]:
        """Return the positions of the rejected rows, with the reasons and remedies of each."""
        reasons: dict[int, list[str]] = {}
        remedies: dict[int, list[str]] = {}
        for reason in self._reasons:
            for position, what in zip(reason.positions.tolist(), reason.whats, strict=True):
                said = f"{reason.column}: {what}" if reason.column else what
                reasons.setdefault(position, []).append(said)
                remedies.setdefault(position, []).append(reason.remedy)
        positions = np.flatnonzero(self.rejected)
        return (
            positions,
            ["; ".join(dict.fromkeys(reasons[k])) for k in positions.tolist()],
            ["; ".join(dict.fromkeys(remedies[k])) for k in positions.tolist()],
        )


def counted(number: int, thing: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _short(cell: str) -> str:
    return cell if len(cell) <= LONGEST_VALUE else f"{cell[:LONGEST_VALUE]}…"
