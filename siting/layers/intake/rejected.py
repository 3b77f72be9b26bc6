"""Write the rows that an import rejected, with the reasons and remedies of each, for Excel."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from siting.layers.formats.sheet import Sheet
    from siting.layers.intake.reasons import Reasons

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d[\d.,eE+-]*")
OURS = ("row", "reasons", "remedies")


def write_rejected(path: Path, sheet: Sheet, reasons: Reasons) -> None:
    """Write the rejected rows of a sheet as CSV with a byte order mark.

    A cell that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    positions, whats, remedies = reasons.of_rows()
    rows = sheet.rows[positions].tolist()
    cells = sheet.cells.iloc[positions].itertuples(index=False, name=None)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([*OURS, *(harmless(str(name)) for name in sheet.cells.columns)])
        for row, what, remedy, record in zip(rows, whats, remedies, cells, strict=True):
            told = (row, harmless(what), harmless(remedy))
            writer.writerow([*told, *(harmless(cell) for cell in record)])


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are.

    >>> harmless("=cmd|' /C calc'!A0"), harmless("-5.2")
    ("'=cmd|' /C calc'!A0", '-5.2')
    """
    if not cell.startswith(FORMULA) or NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"
