"""Open a sheet of a workbook (.xlsx, .xlsm, .xls) as one sheet of text cells."""

from __future__ import annotations

import mmap
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.layers.columns.headers import read_header
from siting.layers.columns.synonyms import names_of
from siting.layers.formats.body import leave_out
from siting.layers.formats.excel_cells import CellTable, cell_text, filled_down, with_errors
from siting.layers.formats.excel_scan import (
    SheetScan,
    damaged,
    parts_of_sheets,
    refuse_swelling,
    scan_sheet,
)
from siting.layers.formats.header import LOOKED_AT, column_letters, find_header
from siting.layers.formats.refusal import refusal
from siting.layers.formats.sheet import Sheet
from siting.layers.formats.signature import signature
from siting.layers.formats.text import open_text, without_empty_columns
from siting.layers.formats.xls_errors import xls_errors
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from siting.layers.formats.header import Header, Merged

_LOCKED = ("is protected with a password", "open it in Excel, take the password off, and save it")


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """One sheet of a workbook, before its rows are read: its name, first rows, and what is merged.

    `sheet` is None where it is mostly empty and read by a reader for that.
    """

    path: Path
    file: str
    name: str
    sheet: Any
    scan: SheetScan
    sample: list[list[str]]
    merged: list[Merged]


def open_excel(path: Path, *, table: str = "", file: str = "") -> Sheet:
    """Return the records of one sheet of a workbook.

    Parameters
    ----------
    path
        The workbook. A text file that is called .xls, as many systems export it, is read as text.
    table
        The sheet; needed where several sheets hold something and not just one of them has a header
        with coordinates.
    file
        What problems call it; its name where it is empty.

    Raises
    ------
    MissingDataError
        Where there is no such file.
    ConfigurationError
        Where there is no such sheet, or several and none is named.
    DataError
        Where it is no workbook, locked or damaged; where cells hold errors or formulas without a
        result; where there is no header.

    """
    file = file or path.name
    if not path.is_file():
        remedy = "check the name and the folder"
        raise MissingDataError(Problem(file=file, what="there is no such file", remedy=remedy))
    kind = signature(path)
    if kind == "text":
        return open_text(path, table=table, file=file)
    _refuse_other(path, kind, file)
    book, names, hidden = _book(path, file)
    return _sheet(_chosen(path, kind, book, _wanted(table, names, hidden, file), file), hidden)


def _refuse_other(path: Path, kind: str, file: str) -> None:
    """Raise where a file is no workbook, or locked."""
    if kind in ("html", "xml"):
        what = "is a web page" if kind == "html" else "is XML (perhaps an XML table of Excel 2003)"
        raise refusal(
            file, f"{what} that is called {path.suffix}", "open it in Excel and save it as .xlsx"
        )
    if kind not in ("workbook", "ole"):
        raise damaged(file)
    if kind == "workbook":
        with zipfile.ZipFile(path) as archive:
            refuse_swelling(archive, file)
    if kind == "ole":
        with (
            path.open("rb") as opened,
            mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as whole,
        ):
            if whole.find("EncryptedPackage".encode("utf-16-le")) >= 0:
                raise refusal(file, *_LOCKED)


def _wanted(table: str, names: list[str], hidden: list[str], file: str) -> list[str]:
    """Return the sheets to look at: the one that is named, or all that are to be seen."""
    if not table:
        return names
    if table in (*names, *hidden):
        return [table]
    near = get_close_matches(table, [*names, *hidden], n=3)
    remedy = f"did you mean {', '.join(near)}?" if near else f"name one of {', '.join(names)}"
    raise ConfigurationError(Problem(file=file, what=f"has no sheet {table}", remedy=remedy))


def _chosen(path: Path, kind: str, book: Any, names: list[str], file: str) -> _Opened:
    """Return the only sheet that can be meant."""
    opened = [_opened(path, kind, book, name, file) for name in names]
    filled = [one for one in opened if any(any(row) for row in one.sample)]
    if not filled:
        raise refusal(file, "is empty", "add a header and rows")
    placed = [one for one in filled if _is_placed(one)] if len(filled) > 1 else filled
    if len(placed) != 1:
        sheets = ", ".join(one.name for one in filled)
        what = f"holds {len(filled)} sheets: {sheets}"
        remedy = f"say which: --table {filled[0].name}"
        raise ConfigurationError(Problem(file=file, what=what, remedy=remedy))
    return placed[0]


def _book(path: Path, file: str) -> tuple[Any, list[str], list[str]]:
    """Return a workbook and the names of its sheets, those to be seen and those hidden."""
    import python_calamine as calamine  # noqa: PLC0415 - only workbooks need it

    try:
        with path.open("rb") as opened, _damage_told(file, calamine.PasswordError):
            book = calamine.CalamineWorkbook.from_filelike(opened)
    except calamine.PasswordError as error:
        raise refusal(file, *_LOCKED) from error
    sheets = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    seen = [one.name for one in sheets if one.visible == calamine.SheetVisibleEnum.Visible]
    hidden = [one.name for one in sheets if one.name not in seen]
    return book, seen, hidden


def _opened(path: Path, kind: str, book: Any, name: str, file: str) -> _Opened:
    scan = SheetScan()
    if kind == "workbook":
        try:
            with zipfile.ZipFile(path) as archive:
                part = parts_of_sheets(archive).get(name, "")
                scan = scan_sheet(archive, part, file=file) if part else scan
        except zipfile.BadZipFile as error:
            raise damaged(file) from error
    if kind == "ole":
        scan.errors = xls_errors(path.read_bytes()).get(name, [])
    sheet, merged = None, []
    if not scan.sparse:
        sheet = _loaded(book, name, file)
        merged = list(sheet.merged_cell_ranges or [])
    rows = _rows(path, name, sheet)
    sample = [[cell_text(cell) for cell in row] for row in islice(rows, LOOKED_AT)]
    return _Opened(
        path=path,
        file=f"{file}[{name}]",
        name=name,
        sheet=sheet,
        scan=scan,
        sample=sample,
        merged=merged,
    )


def _loaded(book: Any, name: str, file: str) -> Any:
    with _damage_told(file):
        return book.get_sheet_by_name(name)


@contextmanager
def _damage_told(file: str, *others: type[BaseException]) -> Iterator[None]:
    """Tell whatever a reader of workbooks stumbles over as damage of the file.

    Its panics are no Exception; what it is stopped by, and `others`, pass.
    """
    passing: tuple[type[BaseException], ...] = (KeyboardInterrupt, SystemExit, MemoryError, *others)
    try:
        yield
    except passing:
        raise
    except BaseException as error:
        raise damaged(file) from error


def _rows(path: Path, name: str, sheet: Any) -> Iterator[Sequence[object]]:
    """Yield the rows of a sheet from its first; one that is mostly empty by a reader for that."""
    if sheet is None:
        import openpyxl  # noqa: PLC0415 - only sheets that are mostly empty need it

        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        page = book[name]
        page.reset_dimensions()
        yield from page.iter_rows(values_only=True)
        book.close()
        return
    if sheet.start is None:
        return
    top, left = sheet.start
    before = [""] * left
    for k, row in enumerate(sheet.iter_rows()):
        if not k and any(cell != "" for cell in row):  # else the rows above the first come too
            yield from [[]] * top
        yield before + row if before else row


def _is_placed(opened: _Opened) -> bool:
    """Tell whether a sheet has a header with coordinates."""
    try:
        header = find_header(opened.sample, file=opened.file, merged=opened.merged)
    except DataError:
        return False
    names = {name for header_name in header.names for name in read_header(header_name).names}
    pairs = (("lon", "lat"), ("x", "y"), ("coordinates",))
    return any(all(names & names_of("sites", column) for column in pair) for pair in pairs)


def _sheet(opened: _Opened, hidden: list[str]) -> Sheet:
    """Return the records of a sheet."""
    header = find_header(opened.sample, file=opened.file, merged=opened.merged)
    _refuse_without_result(opened, header)
    names = _names(opened, header)
    gathered = CellTable(names=names)
    rows = islice(_rows(opened.path, opened.name, opened.sheet), header.last + 1, None)
    for number, row in enumerate(rows, start=header.last + 2):
        gathered.add(row, number)
    cells = gathered.finished()
    cells, filled = filled_down(cells, opened.merged, header.last + 1)
    cells, errors = with_errors(cells, opened.scan.errors, header.last + 1)
    numbers = np.arange(len(cells), dtype=np.int64) + header.last + 2
    heads = [row + [""] * (len(names) - len(row)) for row in opened.sample[: header.last + 1]]
    keep, left = leave_out(cells, numbers, heads)
    if not keep.all():
        cells, numbers = cells[keep].reset_index(drop=True), numbers[keep]
    cells = without_empty_columns(cells, heads[header.first :])
    unseen = (f"hidden sheets not read: {', '.join(hidden)}",) if hidden else ()
    notes = (*header.notes, *left, *filled, *errors, *gathered.notes(), *unseen)
    return Sheet(
        file=opened.file,
        cells=cells,
        rows=numbers,
        header_row=header.last + 1,
        notes=notes,
        titles=header.titles,
    )


def _names(opened: _Opened, header: Header) -> list[str]:
    """Return a name for every column that the first rows fill, also beyond the header."""
    filled = [k for row in opened.sample for k, cell in enumerate(row) if cell]
    width = max(len(header.names), max(filled, default=-1) + 1)
    more = (f"column {column_letters(k)}" for k in range(len(header.names), width))
    return [*header.names, *more]


def _refuse_without_result(opened: _Opened, header: Header) -> None:
    """Raise where formulas of the table have no stored result: they would read as empty."""
    cells = [cell for cell in opened.scan.without_result if cell[0] > header.last + 1]
    if cells:
        rows = [row for row, _ in cells]
        whats = [
            f"{letters}{row} holds a formula without a stored result" for row, letters in cells
        ]
        remedy = "open the workbook in Excel, let it calculate, and save it"
        raise DataError(row_problems(opened.file, rows, "", whats, remedy))
