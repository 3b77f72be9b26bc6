"""Look through the XML of a sheet before it is loaded: how large it is, errors, missing results.

What loads a sheet takes memory for every cell between the first and the last, and gives an error
cell as an empty one; so both are looked for here, in pieces, without loading the sheet.
"""

from __future__ import annotations

import html
import posixpath
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from siting.errors import DataError
from siting.layers.formats.guard import refuse_zip_bomb
from siting.layers.formats.refusal import refusal

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

PIECE_BYTES = 4_000_000
LONGEST_ROW_BYTES = 64_000_000
LARGE_BYTES, MAX_RATIO = 200_000_000, 100
"""A part of a workbook that unpacks to so much, and to so many times its size, is refused."""
CELLS_NAMED = 50

_TAG = rb"<(?:\w+:)?"
_CELL = re.compile(rb' r="([A-Z]{1,3})\d')
_ROW = re.compile(rb'row [^>]*?r="(\d+)')
_FORMULA = re.compile(rb"[<:]f[ >/]")
_ERROR = re.compile(
    _TAG
    + rb"c\b[^>]*?\sr=\"([A-Z]+)(\d+)\"[^>]*?\st=\"e\"[^>]*>(?:(?!</(?:\w+:)?c>).)*?"
    + _TAG
    + rb"v>([^<]*)<",
    re.DOTALL,
)
_NO_RESULT = re.compile(
    _TAG + rb"c\b((?:(?!\st=\"str\")[^>])*?\sr=\"([A-Z]+)(\d+)\"(?:(?!\st=\"str\")[^>])*)>\s*"
    + _TAG + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:" + _TAG + rb"v\s*/>|" + _TAG + rb"v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)  # fmt: skip


@dataclass(kw_only=True)
class SheetScan:
    """What the XML of a sheet holds; filled by `scan_sheet` alone.

    `errors` are (row, column letters, what it says) of error cells, `without_result`
    (row, column letters) of formulas whose result is not stored.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    without_result: list[tuple[int, str]] = field(default_factory=list)

    @property
    def sparse(self) -> bool:
        """Whether a table of all its cells would hold little but empty ones, or be too large."""
        area = self.rows * self.columns
        return area > 40_000_000 or (area > 4_000_000 and area > 20 * self.cells)


def refuse_swelling(archive: zipfile.ZipFile, file: str) -> None:
    """Raise where a workbook is an archive made to harm, or a part of it swells beyond reason."""
    refuse_zip_bomb(archive, file)
    for entry in archive.infolist():
        if entry.file_size > LARGE_BYTES and entry.file_size > MAX_RATIO * max(
            entry.compress_size, 1
        ):
            size = f"{entry.file_size / 1e6:,.0f} MB, more than {MAX_RATIO} times its size"
            what = f"holds {entry.filename[:60]!r}, which unpacks to {size}"
            raise refusal(file, what, "save it again in Excel, or save the sheet as CSV UTF-8")


def parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive that holds each sheet, by the sheet's name."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", errors="replace")
    except KeyError:
        return {}
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations):
        target = _attribute(tag, "Target")
        full = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        targets[_attribute(tag, "Id")] = posixpath.normpath(full)
    sheets = re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book)
    return {_attribute(tag, "name"): targets.get(_attribute(tag, r"\w+:id"), "") for tag in sheets}


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return html.unescape(match[1] if match[1] is not None else match[2]) if match else ""


def scan_sheet(archive: zipfile.ZipFile, part: str, *, file: str) -> SheetScan:
    """Return what the XML of a sheet holds, read in pieces.

    Raises
    ------
    DataError
        Where the part is missing, damaged, or a row of it is too long.

    """
    scan = SheetScan()
    letters: set[bytes] = set()
    for written in _pieces(archive, part, file):
        piece = written.replace(b"'", b'"') if b" r='" in written else written
        cells = _CELL.findall(piece)
        scan.cells += len(cells)
        letters.update(cells)
        scan.rows = max([scan.rows, *map(int, _ROW.findall(piece))])
        scan.rows = max(scan.rows, _row_of_a_cell_beyond(piece, scan.rows))
        if b't="e"' in piece:
            found = _ERROR.findall(piece)
            scan.errors += [(int(row), at.decode(), said.decode()) for at, row, said in found]
        if _FORMULA.search(piece) and len(scan.without_result) < CELLS_NAMED:
            scan.without_result += [
                (int(row), at.decode()) for _, at, row in _NO_RESULT.findall(piece)
            ]
    scan.columns = max((column_number(letter.decode()) for letter in letters), default=0)
    return scan


def _row_of_a_cell_beyond(piece: bytes, rows: int) -> int:
    """Return the row of a cell that names one far below those of the sheet, else 0."""
    digits = len(str(rows)) + 1
    if digits > 7:
        return 0
    beyond = re.search(rb' r="[A-Z]{1,3}(\d{%d,7})"' % digits, piece)
    return int(beyond[1]) if beyond else 0


def _pieces(archive: zipfile.ZipFile, part: str, file: str) -> Iterator[bytes]:
    """Yield the XML in pieces that end with a row."""
    rest = b""
    try:
        with archive.open(part) as opened:
            while piece := opened.read(PIECE_BYTES):
                piece = rest + piece
                end = piece.rfind(b"row>") + 4
                if end < 4:
                    end = 0
                rest = piece[end:]
                if len(rest) > LONGEST_ROW_BYTES:
                    raise refusal(file, "holds a row of more than 64 MB", "save it again in Excel")
                yield piece[:end]
    except DataError:
        raise
    except (KeyError, OSError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise damaged(file) from error
    yield rest


def damaged(file: str) -> DataError:
    """Return the error of a workbook that cannot be read."""
    remedy = "open it in Excel, save it again as .xlsx, or copy it again"
    return refusal(file, "is damaged, or no workbook", remedy)


def column_number(letters: str) -> int:
    """Return the number of a column from its letters, counted from 1.

    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
