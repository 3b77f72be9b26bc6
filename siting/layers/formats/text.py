"""Open a csv, tsv or txt file of any encoding and separator as one sheet.

A row is counted as Excel shows it: an empty line is a row, a quoted cell of several lines is not
several rows. A file without odd structure is parsed by Arrow (`_parsed_at_once`), any other record
by record (`_parsed_by_record`), with the same result.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.layers.formats.body import leave_out
from siting.layers.formats.encoding import utf8_of
from siting.layers.formats.header import column_letters, find_header, hits
from siting.layers.formats.refusal import refusal
from siting.layers.formats.separator import SEPARATORS, decimal_points, find_separator
from siting.layers.formats.sheet import Sheet
from siting.layers.formats.tables import BLANKS, TextTable, unarmoured
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from siting.layers.formats.header import Header

SAMPLE_BYTES = 131_072
SAMPLE_ROWS = 200
_WHOLE = "put quotation marks around the whole cell, and double those inside it"


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A file decoded and looked at: its text, separator, first rows and header.

    `sample` are the rows down to the header, `body` is where the text goes on below it [byte].
    """

    file: str
    utf8: bytes
    separator: str
    sample: list[list[str]]
    header: Header
    body: int


def open_text(path: Path, *, table: str = "", file: str = "") -> Sheet:
    """Return the records of a csv, tsv or txt file.

    Parameters
    ----------
    path
        The file: UTF-8, UTF-16 or GB18030, parted by `,` `;` tab `|` or `，`.
    table
        Must be empty: a text file has one table.
    file
        What problems call it; its name where it is empty.

    Raises
    ------
    MissingDataError
        Where there is no such file.
    ConfigurationError
        Where `table` is given.
    DataError
        Where it cannot be decoded, has no header, or its rows do not fit the header.

    """
    file = file or path.name
    if table:
        what, remedy = f"has no sheet {table}: it is a text file", "leave --table out"
        raise ConfigurationError(Problem(file=file, what=what, remedy=remedy))
    if not path.is_file():
        remedy = "check the name and the folder"
        raise MissingDataError(Problem(file=file, what="there is no such file", remedy=remedy))
    utf8, notes = utf8_of(path.read_bytes(), file=file)
    if path.suffix.lower().startswith(".xls"):
        notes = (f"text that is called {path.suffix}, read as text", *notes)
    utf8, separator = _parted(utf8, file)
    opened = _looked_at(file, utf8, separator)
    if separator != ("\t" if path.suffix.lower() == ".tsv" else ","):
        notes = (*notes, f"cells are parted by {SEPARATORS[separator]}")
    return _sheet(opened, notes)


def _parted(utf8: bytes, file: str) -> tuple[bytes, str]:
    """Return the text and its separator; the line `sep=;` that Excel reads and hides is taken off."""
    start = _head(utf8)
    if not start.strip(BLANKS + "\r\n"):
        raise refusal(file, "is empty", "add a header and rows")
    line, _, _ = start.partition("\n")
    if line.strip().lower().startswith("sep=") and len(line.strip()) == 5:
        return utf8[utf8.find(b"\n") + 1 :], line.strip()[-1]
    return utf8, find_separator(start)


def _head(utf8: bytes) -> str:
    """Return the first whole lines of a text."""
    if len(utf8) <= SAMPLE_BYTES:
        return utf8.decode("utf-8")
    end = utf8.rfind(b"\n", 0, SAMPLE_BYTES) + 1 or SAMPLE_BYTES
    return utf8[:end].decode("utf-8", errors="ignore")


def _looked_at(file: str, utf8: bytes, separator: str) -> _Opened:
    sample: list[list[str]] = []
    lines = []
    reader = csv.reader(io.StringIO(_head(utf8), newline=""), delimiter=separator)
    try:
        for record in reader:
            sample.append([cell.strip(BLANKS) for cell in record])
            lines.append(reader.line_num)
            if len(sample) == SAMPLE_ROWS:
                break
    except csv.Error as error:
        raise _unreadable(file, len(sample) + 1) from error
    header = find_header(sample, file=file)
    if len(header.names) == 1 and hits(header.names[0].split()) > 1:
        what, remedy = "parts its cells by blanks", "save it as .xlsx, or parted by commas"
        raise refusal(file, what, remedy, row=header.last + 1)
    return _Opened(
        file=file,
        utf8=utf8,
        separator=separator,
        sample=sample[: header.last + 1],
        header=header,
        body=_offset_of_line(utf8, lines[header.last]),
    )


def _offset_of_line(utf8: bytes, line: int) -> int:
    """Return the byte at which the lines after the first `line` begin."""
    place = 0
    for _ in range(line):
        ends = [end for end in (utf8.find(b"\n", place), utf8.find(b"\r", place)) if end >= 0]
        if not ends:
            return len(utf8)
        place = min(ends) + (2 if utf8[min(ends) : min(ends) + 2] == b"\r\n" else 1)
    return place


def _sheet(opened: _Opened, notes: tuple[str, ...]) -> Sheet:
    """Return the sheet of a file: parsed, checked, and without what is no record."""
    header = opened.header
    cells = _parsed_at_once(opened)
    ragged: list[tuple[int, int]] = []
    if cells is None:
        cells, ragged = _parsed_by_record(opened)
    cells, unpacked = unarmoured(cells)
    rows = np.arange(len(cells), dtype=np.int64) + header.last + 2
    keep, left = leave_out(cells, rows, opened.sample)
    _refuse_ragged(opened, [pair for pair in ragged if keep[pair[0]]])
    if not keep.all():
        cells, rows = cells[keep].reset_index(drop=True), rows[keep]
    cells = without_empty_columns(cells, opened.sample[header.first : header.last + 1])
    cells, commas = decimal_points(
        cells, opened.separator, file=opened.file, header_row=header.last + 1
    )
    notes = (*notes, *header.notes, *left, *unpacked, *commas)
    return Sheet(
        file=opened.file,
        cells=cells,
        rows=rows,
        header_row=header.last + 1,
        notes=notes,
        titles=header.titles,
    )


def without_empty_columns(cells: pd.DataFrame, heads: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return the cells without columns that have neither a name nor a value."""
    empty = [
        name
        for k, name in enumerate(cells.columns)
        if not any(k < len(head) and head[k] for head in heads)
        and name.startswith(f"column {column_letters(k)}")
        and not (cells.iloc[:, k] != "").any()
    ]
    return cells.drop(columns=empty) if empty else cells


def _refuse_ragged(opened: _Opened, ragged: list[tuple[int, int]]) -> None:
    """Raise where records have another number of cells than the header."""
    if not ragged:
        return
    width = len(opened.header.names)
    rows = [place + opened.header.last + 2 for place, _ in ragged]
    whats = [f"has {cells} cells where the header has {width}" for _, cells in ragged]
    remedy = "quote cells that hold the separator, or fill in the missing ones"
    raise DataError(row_problems(opened.file, rows, "", whats, remedy))


def _unreadable(file: str, row: int) -> DataError:
    return refusal(
        file, "has a quotation mark out of place, or one that is never closed", _WHOLE, row=row
    )


def _parsed_at_once(opened: _Opened) -> pd.DataFrame | None:
    """Return the cells as Arrow parses them, or None where Arrow and Excel might differ."""
    names = opened.header.names
    body = _without_last_lines(memoryview(opened.utf8)[opened.body :])
    if len(names) < 2 or len(opened.separator.encode()) > 1 or not _regular(body, opened.separator):
        return None
    import pyarrow as pa  # noqa: PLC0415 - half a second that only tables of text need
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    try:
        parsed = arrow_csv.read_csv(
            pa.py_buffer(body),
            read_options=arrow_csv.ReadOptions(column_names=list(names), use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                delimiter=opened.separator, newlines_in_values=True, ignore_empty_lines=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return TextTable(names=names).of_arrow(parsed)


def _without_last_lines(body: memoryview) -> memoryview:
    """Return a text without the empty lines at its end."""
    end = len(body)
    while end and body[end - 1] in b"\r\n":
        end -= 1
    return body[:end]


def _regular(body: memoryview, separator: str) -> bool:
    """Tell whether no line is empty or ends oddly, and quotes stand around whole cells only."""
    content = np.frombuffer(body, dtype=np.uint8)
    if not len(content):
        return False
    line_ends = np.flatnonzero(content[:-1] == 10)
    carriage = np.flatnonzero(content == 13)
    if len(carriage) and (carriage[-1] + 1 == len(content) or (content[carriage + 1] != 10).any()):
        return False
    begins = content[np.append(0, line_ends + 1)]
    if ((begins == 10) | (begins == 13)).any():
        return False
    quotes = np.flatnonzero(content == 34)
    return not len(quotes) or _regular_quotes(content, quotes, ord(separator))


def _regular_quotes(content: np.ndarray, quotes: np.ndarray, separator: int) -> bool:
    """Tell whether quotes open after a separator and close before one, by turns."""
    before = np.where(quotes > 0, content[quotes - 1], 10)
    after = np.where(
        quotes + 1 < len(content), content[np.minimum(quotes + 1, len(content) - 1)], 10
    )
    opens = (before == separator) | (before == 10)
    closes = (after == separator) | (after == 10) | (after == 13)
    if len(quotes) % 2 or (opens == closes).any():
        return False
    return bool(opens[0::2].all() and closes[1::2].all())


def _parsed_by_record(opened: _Opened) -> tuple[pd.DataFrame, list[tuple[int, int]]]:
    """Return the cells record by record, and (place, number of cells) of records that do not fit."""
    width = len(opened.header.names)
    table = TextTable(names=opened.header.names)
    ragged: list[tuple[int, int]] = []
    place = 0
    for place, record in enumerate(_records(opened)):
        while len(record) > width and not record[-1].strip(BLANKS):
            record.pop()
        if len(record) != width and any(cell.strip(BLANKS) for cell in record):
            ragged.append((place, len(record)))
        table.add(record[:width] + [""] * (width - len(record)))
    return table.finished(), ragged


def _records(opened: _Opened) -> Iterator[list[str]]:
    """Yield the records below the header.

    Raises
    ------
    DataError
        Where a quotation mark is out of place, with the row.

    """
    lines = io.TextIOWrapper(io.BytesIO(opened.utf8[opened.body :]), encoding="utf-8", newline="")
    row = opened.header.last + 1
    reader = csv.reader(lines, delimiter=opened.separator, strict=True)
    try:
        for record in reader:
            row += 1
            yield record
    except csv.Error as error:
        raise _unreadable(opened.file, row + 1) from error
