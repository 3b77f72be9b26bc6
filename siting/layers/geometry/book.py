"""Write the tables to decide from as an Excel workbook or as a folder of CSV files.

The same survey gives the same bytes: what a workbook carries of clocks is set to one date. Texts that
a spreadsheet would run as a formula are kept as texts.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from siting.disk.atomic import replaced_file
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from siting.layers.geometry.survey import Survey

DECISION = "decision"
"""The empty last column of every table, for whoever decides."""

TITLES = {
    "shapes": "shapes to mend",
    "units": "overlaps and gaps",
    "duplicates": "possible duplicates",
    "at_sea": "outside the counties",
}
"""What each table is called on a sheet and on the screen."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = {"what": 60, "name": 24, "name_1": 24, "name_2": 24, "file": 18}
_STAMP, _DAY = b"1980-01-01T00:00:00Z", (1980, 1, 1, 0, 0, 0)
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_TEXT = 32_767  # characters in one cell
_MOST_ROWS = 1_048_575  # rows of one sheet below its header


def save_survey(survey: Survey, path: str | Path) -> tuple[Path, ...]:
    """Write a survey and return the files: one workbook, or a CSV per table in a folder.

    Parameters
    ----------
    survey
        What siting.survey_layers returned.
    path
        NAME.xlsx, or a folder, which is made when it is not there.

    Raises
    ------
    ConfigurationError
        If the path ends in another suffix, or a table is too long for a sheet.
    SitingError
        If the files cannot be written.

    """
    target = Path(path)
    if target.suffix == ".xlsx":
        return (_save_workbook(survey, target),)
    if target.suffix and not target.is_dir():
        remedy = "name a file that ends in .xlsx, or a folder for CSV files"
        what = f"{target.suffix} is not written"
        raise ConfigurationError(Problem(file=target.name, what=what, remedy=remedy))
    return _save_csv(survey, target)


def _save_csv(survey: Survey, folder: Path) -> tuple[Path, ...]:
    """Write one CSV per table and one of the notes, with the mark by which Excel knows UTF-8."""
    files = []
    notes = pd.DataFrame({"note": list(survey.notes)})
    for name, table in {**survey.tables, "notes": notes}.items():
        texts = table.map(_harmless)
        if name != "notes":
            texts[DECISION] = ""
        with replaced_file(folder / f"{name}.csv") as part:
            texts.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        files.append(folder / f"{name}.csv")
    return tuple(files)


def _save_workbook(survey: Survey, path: Path) -> Path:
    """Write one sheet per table and a first one with the counts and the notes."""
    from openpyxl import Workbook  # noqa: PLC0415  (0.2 s to import, needed here only)

    longest = max(len(table) for table in survey.tables.values())
    if longest > _MOST_ROWS:
        what = f"a sheet holds {_MOST_ROWS:,} rows and a table has {longest:,}"
        remedy = "name a folder: CSV files hold any number of rows"
        raise ConfigurationError(Problem(file=path.name, what=what, remedy=remedy))
    book = Workbook(write_only=True)
    book.properties.creator = "siting"
    summary = [[TITLES[name], len(table)] for name, table in survey.tables.items()]
    first = book.create_sheet("summary")
    first.column_dimensions["A"].width = 100
    for row in [*summary, ["problems told by siting layers check", survey.problem_count]]:
        first.append(row)
    for note in survey.notes:
        first.append([_cell(first, note)])
    for name, table in survey.tables.items():
        _write_sheet(book.create_sheet(TITLES[name]), table)
    memory = BytesIO()
    book.save(memory)
    with replaced_file(path) as part:
        part.write_bytes(_without_clocks(memory.getvalue()))
    return path


def _write_sheet(sheet: Any, table: pd.DataFrame) -> None:
    """Write a header that stays in view and filters, and the rows below it."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  (see _save_workbook)
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    names = [*table.columns, DECISION]
    for number, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(name, 14)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{max(len(table) + 1, 2)}"
    header = [WriteOnlyCell(sheet, name) for name in names]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for row in table.itertuples(index=False):
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any) -> Any:
    """Return what openpyxl writes for a value: blank, a number, a text that is never a formula."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  (see _save_workbook)

    if pd.isna(value):
        return None
    if not isinstance(value, str):
        return value.item() if hasattr(value, "item") else value
    text = _ILLEGAL.sub("", value)[:_LONGEST_TEXT]
    if not text.startswith(FORMULA_STARTS):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _harmless(value: Any) -> Any:
    """Return a text that a spreadsheet would run with an apostrophe before it, all else as it is."""
    starts = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if starts else value


def _without_clocks(content: bytes) -> bytes:
    """Return a workbook whose members and properties all carry the first date that a zip knows."""
    memory = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(memory, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", _STAMP, data)
            member = zipfile.ZipInfo(name, date_time=_DAY)
            member.create_system = 3  # Unix, on every machine
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            target.writestr(member, data, compresslevel=6)
    return memory.getvalue()
