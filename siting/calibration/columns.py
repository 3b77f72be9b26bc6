"""Take the columns of a table one by one, and note everything that is wrong with them."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import DataError, MissingDataError, Problem
from siting.layers.columns import number_cells
from siting.layers.formats.open import open_sheet
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.formats import Sheet

    Numbers = NDArray[np.float64]
    Mask = NDArray[np.bool_]


class Columns:
    """One table while it is read: cells by column, problems so far."""

    def __init__(self, source: str | Path, *, layer: str) -> None:
        path = Path(source)
        if path.is_dir():
            path = _in_folder(path, layer)
        self.path = path
        self.sheet: Sheet = open_sheet(path)
        self.problems: list[Problem] = []
        if not len(self.sheet.cells):
            what, remedy = "holds no row", "name a table with rows"
            raise DataError(Problem(file=self.sheet.file, what=what, remedy=remedy))

    def __contains__(self, column: str) -> bool:
        """Return whether the table has a column."""
        return column in self.sheet.cells.columns

    def words(self, column: str) -> NDArray[np.object_]:
        """Return the texts of a column; its absence is a problem."""
        if not self._has(column):
            return np.full(len(self.sheet.cells), "", dtype=object)
        return np.asarray(self.sheet.cells[column].to_numpy(object))

    def numbers(
        self, column: str, least: float, largest: float, *, required: bool = True
    ) -> Numbers:
        """Return the numbers of a column; an empty cell is NaN, and a problem where required.

        An absent column is a problem where it is required, and all NaN otherwise.
        """
        count = len(self.sheet.cells)
        if (not required and column not in self) or not self._has(column):
            return np.full(count, np.nan)
        cells = self.sheet.cells[column]
        values, unreadable = number_cells(cells, column=column)
        outside = np.isfinite(values) & ~((values >= least) & (values <= largest))
        wrong = unreadable | outside | np.isinf(values)
        span = f"give {least:g} to {largest:g}, a number"
        self.note(wrong, column, [f'is "{cells.iloc[row]}"' for row in np.flatnonzero(wrong)], span)
        if required:
            self.note(np.isnan(values) & ~unreadable, column, "is empty", span)
        return values

    def note(self, wrong: Mask, column: str, what: str | list[str], remedy: str) -> None:
        """Note a problem for every row that is wrong."""
        rows = self.sheet.rows[wrong].tolist()
        whats = [what] * len(rows) if isinstance(what, str) else what
        self.problems += row_problems(self.sheet.file, rows, column, whats, remedy)

    def tell(self, column: str, what: str, remedy: str) -> None:
        """Note a problem of a column or of the table."""
        self.problems.append(Problem(file=self.sheet.file, column=column, what=what, remedy=remedy))

    def raise_all(self) -> None:
        """Raise a `DataError` with every problem that was noted, if any."""
        if self.problems:
            raise DataError(self.problems)

    def _has(self, column: str) -> bool:
        """Return whether a column is there, and note a problem if not."""
        if column in self:
            return True
        headers = [str(header) for header in self.sheet.cells.columns]
        near = get_close_matches(column, headers, n=2)
        there = f"; there is {' and '.join(near)}" if near else ""
        self.tell(
            column, f"the column is missing{there}", "add it or rename it (docs/calibration.md)"
        )
        return False


def _in_folder(directory: Path, layer: str) -> Path:
    """Return the file of a layer in a folder of layers."""
    path = directory / f"{layer}.gpkg"
    if path.is_file():
        return path
    remedy = f"import it with `siting layers import FILE --as {layer}`, or name a file"
    problem = Problem(file=path.name, what=f"{directory.name} has no layer {layer}", remedy=remedy)
    raise MissingDataError(problem)
