"""The rows of a file on their way to a layer; each step of the track adds its part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from siting.layers.formats.sheet import Sheet
    from siting.layers.intake.reasons import Reasons
    from siting.layers.schema import Table


@dataclass(kw_only=True)
class Draft:
    """One row per record of the file, in its order, rejected ones included; filled by the track.

    Attributes
    ----------
    sheet, table
        The file as it is, and the table that it is read as.
    reasons
        Why rows are rejected.
    columns
        Our columns that the file or the planner gives: texts with "" where blank, numbers and
        whole numbers as floats with NaN where blank, truth values as 1.0, 0.0 and NaN.
    extras
        The other columns of the file, as text, under the names they will have.
    shapes
        Where each row is, WGS 84 degrees; None for a row without a place.
    left_out
        Rows that are sound and lie beyond the city: not written, and counted.
    sectors
        Whether the rows are the sectors of sites.
    notes
        What was done to the rows, for the planner.

    """

    sheet: Sheet
    table: Table
    reasons: Reasons
    columns: dict[str, pd.Series] = field(default_factory=dict)
    extras: dict[str, pd.Series] = field(default_factory=dict)
    shapes: NDArray[np.object_] = field(default_factory=lambda: np.array([], dtype=object))
    left_out: NDArray[np.bool_] = field(default_factory=lambda: np.array([], dtype=np.bool_))
    sectors: bool = False
    datum: str = ""
    crs: str = ""
    evidence: tuple[str, ...] = ()
    likelihoods: tuple[tuple[str, float], ...] = ()
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows read."""
        return len(self.sheet.rows)

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Return which rows are neither rejected nor left out."""
        return ~(self.reasons.rejected | self.left_out)

    def blank(self, name: str) -> NDArray[np.bool_]:
        """Return which rows have nothing in a column; all where the column is not given."""
        if name not in self.columns:
            return np.ones(len(self), dtype=np.bool_)
        return blank_cells(self.columns[name])


def blank_cells(values: pd.Series) -> NDArray[np.bool_]:
    """Return which cells of a draft's column hold nothing."""
    found: NDArray[np.bool_]
    if values.dtype == np.float64:
        found = np.isnan(values.to_numpy())
    else:
        found = (values == "").to_numpy(dtype=np.bool_)
    return found
