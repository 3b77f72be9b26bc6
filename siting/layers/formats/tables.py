"""Gather the rows of a file as a table of stripped text, in batches that keep memory small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

BLANKS = " \t\r\n\x0b\x0c\xa0\u3000\u200b\u200c\u200d\u2060\ufeff\u2002\u2003\u2009\u202f\u202d\u202c\u200e"
"""What is taken off both ends of a cell: blanks, wide blanks, and marks that are not seen."""

BATCH_ROWS = 20_000


class TextTable:
    """Takes rows of text one by one and gives them back as a table of stripped text."""

    def __init__(self, *, names: Sequence[str]) -> None:
        self.names = list(names)
        self.rows: list[Sequence[str]] = []
        self.batches: list[Any] = []

    def add(self, row: Sequence[str]) -> None:
        """Take one row, as long as there are names."""
        self.rows.append(row)
        if len(self.rows) == BATCH_ROWS:
            self._pack()

    def finished(self) -> pd.DataFrame:
        """Return all rows."""
        import pyarrow as pa  # noqa: PLC0415 - half a second that only tables of text need

        self._pack()
        if not self.batches:
            return pd.DataFrame({name: pd.Series([], dtype="str") for name in self.names})
        return self.of_arrow(pa.Table.from_batches(self.batches))

    def of_arrow(self, table: Any) -> pd.DataFrame:
        """Return an Arrow table of text as a table of stripped text."""
        import pyarrow.compute as pc  # noqa: PLC0415 - as above

        columns = {
            name: pd.Series(_frame_column(pc.utf8_trim(table.column(k), characters=BLANKS)))
            for k, name in enumerate(self.names)
        }
        return pd.DataFrame(columns, columns=self.names)

    def add_columns(self, columns: Sequence[Sequence[str]]) -> None:
        """Take rows of which each column is given."""
        import pyarrow as pa  # noqa: PLC0415 - as above

        self._pack()
        arrays = [pa.array(column, pa.large_string()) for column in columns]
        self.batches.append(pa.RecordBatch.from_arrays(arrays, names=self.names))

    def _pack(self) -> None:
        if self.rows:
            rows, self.rows = self.rows, []
            self.add_columns(list(zip(*rows, strict=True)))


def _frame_column(column: Any) -> Any:
    """Return an Arrow column as pandas holds text."""
    return pd.array(column.to_pandas(), dtype="str")


def unarmoured(cells: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return cells such as `="0595001"` or `'0595001` as the text that they guard, and a note."""
    found = {}
    for name in cells.columns:
        column = cells[name]
        guarded = column.str.startswith('="') | column.str.startswith("'")
        if guarded.any():
            bare = column.str.replace(r'^="(.*)"$', r"\1", regex=True)
            found[name] = bare.str.replace(r"^'(?=[\d+-])", "", regex=True)
    changed = [name for name, column in found.items() if (column != cells[name]).any()]
    if not changed:
        return cells, ()
    note = f'codes guarded as text (="..." or \') read as their text in {", ".join(changed)}'
    return cells.assign(**{name: found[name] for name in changed}), (note,)
