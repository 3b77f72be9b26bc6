"""A planner's file as it is, whatever its format: nothing converted, nothing left out unseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a file.

    Attributes
    ----------
    file
        What problems call it: `register.xlsx`, `book.xlsx[Sheet2]`, `sites.zip/sites.shp`. Never a
        path or a connection string with a password.
    cells
        One column per header, every cell a stripped text, "" where it is empty; unique headers.
    rows
        The row of each record as the planner's programme shows it (a header in line 1 makes the
        first record row 2); its number, from 1, where a format has no lines.
    header_row
        The row of the header, None where a format has none.
    geometry
        The shapes in the file's own coordinates, None where it has none; a record without a shape
        is None.
    crs
        The CRS that the file declares, as WKT or `EPSG:n`, or in words where it has no code
        (`GCJ-02`); "" where it declares none.
    notes
        What was done to read it, for the planner: `read as GB18030`, `2 header rows joined`.
    titles
        The words that stand above the header, left out of `cells`.

    """

    file: str
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    header_row: int | None = None
    geometry: NDArray[np.object_] | None = None
    crs: str = ""
    notes: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
