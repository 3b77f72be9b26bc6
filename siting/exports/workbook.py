"""Write the plan as a workbook: site register, quotas, targets, coverage, edge centres, sources.

A workbook is a zip that holds clocks in two places, the members' times and docProps/core.xml.
Both are set to the date of the scenario, so that the same plan gives the same bytes. Text that a
spreadsheet would run as a formula is kept as text.
"""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from siting.disk.atomic import replaced_file
from siting.exports.workbook_sheets import sheets

if TYPE_CHECKING:
    from siting.exports.workbook_sheets import Sheet
    from siting.plan.model import Plan

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
HEADER_FILL = PatternFill("solid", fgColor="FFDCE6F1")
LONGEST_TEXT = 32_767  # characters in one cell
UNIX = 3


def save_workbook(plan: Plan, path: str | Path) -> Path:
    """Write the plan as an Excel workbook; its first line states what share is modelled.

    Parameters
    ----------
    plan
        The plan; docs/reference/sites.md lists the sheets and their columns.
    path
        The file to write, usually outputs/sites.xlsx.
    """
    date = datetime.fromisoformat(plan.figures["scenario"]["date"]).replace(tzinfo=UTC)
    book = Workbook(write_only=True)
    book.properties.creator = "siting"
    for sheet in sheets(plan):
        _write_sheet(book.create_sheet(sheet.name), sheet)

    memory = BytesIO()
    book.save(memory)
    with replaced_file(path) as part:
        part.write_bytes(_dated_zip(memory.getvalue(), date))
    return Path(path)


def _write_sheet(target: Any, sheet: Sheet) -> None:
    """Write notes, header and rows; the header stays in view and filters the rows below it."""
    header_row = len(sheet.notes) + 1
    letters = [get_column_letter(number + 1) for number in range(len(sheet.columns))]
    for letter, column in zip(letters, sheet.columns, strict=True):
        target.column_dimensions[letter].width = column.width
    target.freeze_panes = f"B{header_row + 1}"
    last_row = max(header_row + len(sheet.rows), header_row + 1)
    target.auto_filter.ref = f"A{header_row}:{letters[-1]}{last_row}"

    for note in sheet.notes:
        target.append([_cell(target, note, "General")])
    target.append([_header(target, column.header) for column in sheet.columns])
    formats = [column.number_format for column in sheet.columns]
    for row in sheet.rows:
        target.append(
            [_cell(target, value, form) for value, form in zip(row, formats, strict=True)]
        )


def _header(target: Any, text: str) -> Any:
    cell = WriteOnlyCell(target, text)
    cell.font = Font(bold=True)
    cell.fill = HEADER_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(target: Any, value: Any, number_format: str) -> Any:
    """Return what openpyxl writes for a value: blank, text, or a number with its format."""
    if value is None or value is pd.NA or value == "" or value != value:  # noqa: PLR0124 (NaN)
        return None
    if isinstance(value, str):
        return _text(target, value)
    if number_format == "General":
        return value
    cell = WriteOnlyCell(target, value)
    cell.number_format = number_format
    return cell


def _text(target: Any, value: str) -> Any:
    """Return a text, marked as one where a spreadsheet would take it for a formula."""
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]
    if not text.startswith(FORMULA_STARTS):
        return text
    cell = WriteOnlyCell(target, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _dated_zip(content: bytes, date: datetime) -> bytes:
    """Return a workbook whose members and properties carry `date` and no clock."""
    stamp = date.strftime("%Y-%m-%dT00:00:00Z")
    memory = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(memory, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", stamp.encode(), data)
            member = zipfile.ZipInfo(name, date_time=(date.year, date.month, date.day, 0, 0, 0))
            member.create_system = UNIX
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            target.writestr(member, data, compresslevel=6)
    return memory.getvalue()
