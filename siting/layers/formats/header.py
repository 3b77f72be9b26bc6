"""Find the header of a sheet: below titles, over one to three rows, with merged cells joined.

Rows and columns count from 0 here; a planner's first row is 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from siting.errors import DataError, Problem
from siting.layers.columns.headers import UNITS, read_header
from siting.layers.columns.synonyms import known_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

Row: TypeAlias = "Sequence[str]"
Merged: TypeAlias = "tuple[tuple[int, int], tuple[int, int]]"

LOOKED_AT = 60
"""A header stands in the first so many rows."""

_VALUE = re.compile(
    r"[-+]?[\d.,]+(?:e[-+]?\d+)?\s*%?|[-+]?\d+(?:\.\d+)?\s*[°度].*|\d{4}[-/.年]\d{1,2}.*|[nsew]\s?\d+\.\d+"
    r"|\d+\.\d+\s?[nsew]",
    re.IGNORECASE,
)
_COLON = re.compile(r".+[:：]\s*\S")


@dataclass(frozen=True, kw_only=True)
class Header:
    """The header of a sheet: its first and last row, the name of each column, what was done.

    `titles` are the words above it.
    """

    first: int
    last: int
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def find_header(rows: Sequence[Row], *, file: str, merged: Sequence[Merged] = ()) -> Header:
    """Return the header of a sheet from its first rows.

    The header is the first row with two headers that are known, else the first row that is filled
    over at least half the width and holds words; a row of groups above it, or of names in another
    language or of units below it, belongs to it.

    Parameters
    ----------
    rows
        The first rows, every cell stripped.
    file
        What problems call the file.
    merged
        Merged cells as ((first row, first column), (last row, last column)).

    Raises
    ------
    DataError
        Where no row can be a header.

    """
    rows = rows[:LOOKED_AT]
    first = last = _header_row(rows, file)
    while (
        last - first < 2
        and last + 1 < len(rows)
        and _parts(rows[last], rows[last + 1], merged, last)
    ):
        last += 1
    while last - first < 2 and first and _groups(rows[first - 1], rows[first], merged, first - 1):
        first -= 1
    levels = [list(row) for row in rows[first : last + 1]]
    names = _joined(levels, merged, first)
    notes = _title_notes(rows, first)
    if last > first:
        notes.append(f"header rows {first + 1} to {last + 1} joined")
    if last + 1 < len(rows) and _said_again(rows[last], rows[last + 1]):
        notes.append(f"row {last + 2} names the columns again and is left out")
        last += 1
    if last + 1 < len(rows) and _units_only(rows[last + 1]):
        units = [*rows[last + 1], *[""] * len(names)]
        names = [
            f"{name}({unit.strip('()（）')})" if unit else name
            for name, unit in zip(names, units, strict=False)
        ]
        last += 1
        notes.append(f"row {last + 1} holds the units")
    unique, more = _unique(names)
    titles = tuple(cell for row in rows[:first] for cell in row if cell)
    return Header(first=first, last=last, names=tuple(unique), notes=(*notes, *more), titles=titles)


def hits(row: Row) -> int:
    """Return how many cells of a row are headers that are known."""
    known = known_headers()
    return sum(
        any(name in known for name in read_header(cell).names[:2]) for cell in row if _wordy(cell)
    )


def _wordy(cell: str) -> bool:
    return bool(cell) and len(cell) <= 60 and not _VALUE.fullmatch(cell)


def _filled(row: Row) -> list[int]:
    return [k for k, cell in enumerate(row) if cell]


def _header_row(rows: Sequence[Row], file: str) -> int:
    """Return the row of the header, its lowest where it has several."""
    width = max((_filled(row)[-1] + 1 for row in rows if any(row)), default=0)
    if not width:
        raise DataError(Problem(file=file, what="is empty", remedy="add a header and rows"))
    enough = min(2, width)
    half = max(enough, width / 2)
    worded = [k for k, row in enumerate(rows[:30]) if any(row) and _may_be_names(row)]
    known = [k for k in worded if len(_filled(rows[k])) >= enough and hits(rows[k]) >= enough]
    wide = [k for k in worded if len(_filled(rows[k])) >= half]
    if known and not (wide and _hold_values(rows[wide[0] + 1 : known[0]], half)):
        return known[0]
    if wide:
        return wide[0]
    first = next(k for k, row in enumerate(rows) if any(row))
    what = "no row of names stands above the values"
    remedy = "put one row of column names (such as 站名, 经度, 纬度) above the first record"
    raise DataError(Problem(file=file, row=first + 1, what=what, remedy=remedy))


def _hold_values(rows: Sequence[Row], half: float) -> bool:
    """Tell whether one of the rows is a record: filled, with values among its cells."""
    return any(len(_filled(row)) >= half and any(map(_VALUE.fullmatch, row)) for row in rows)


def _may_be_names(row: Row) -> bool:
    """Tell whether a row is mostly words, and no comment (`# ...`)."""
    filled = _filled(row)
    if row[filled[0]].startswith("# "):
        return False
    return sum(bool(_VALUE.fullmatch(row[k])) for k in filled) <= 0.3 * len(filled)


def _cell(row: Row, k: int) -> str:
    return row[k] if k < len(row) else ""


def _spans(merged: Sequence[Merged], row: int) -> list[tuple[int, int]]:
    """Return the columns that merged cells of more than one column span in a row."""
    return [(a[1], b[1]) for a, b in merged if a[0] <= row <= b[0] and b[1] > a[1]]


def _under_groups(top: Row, sub: Row) -> bool:
    """Tell whether every blank of `top` inside its names is filled below, and some are."""
    if any(_VALUE.fullmatch(cell) for cell in sub if cell) or len(_filled(top)) < 2:
        return False
    start = _filled(top)[0]
    blanks = [
        k for k in range(start, max(len(top), len(sub))) if not _cell(top, k) and _cell(sub, k)
    ]
    lost = [k for k in range(start, len(sub)) if not _cell(top, k) and not _cell(sub, k)]
    inside = [k for k in lost if k < _filled(sub)[-1]] if any(sub) else []
    return bool(blanks) and not inside


def _parts(top: Row, sub: Row, merged: Sequence[Merged], row: int) -> bool:
    """Tell whether `sub` holds the parts of groups that the header `top` names."""
    if not _under_groups(top, sub):
        return False
    return hits(sub) >= 0.5 * len(_filled(sub)) or bool(_spans(merged, row))


def _groups(top: Row, sub: Row, merged: Sequence[Merged], row: int) -> bool:
    """Tell whether `top` names groups of the columns that the header `sub` names."""
    comment = any(cell.startswith("# ") or _COLON.match(cell) for cell in top)
    if comment or not _under_groups(top, sub):
        return False
    upright = any(cell and not _cell(sub, k) for k, cell in enumerate(top))
    below = [cell for cell in sub if cell]
    datum = any(read_header(f"{cell}/x").datum for cell in top if cell)
    return upright or len(set(below)) < len(below) or datum or len(_spans(merged, row)) >= 2


def _joined(levels: list[list[str]], merged: Sequence[Merged], first: int) -> list[str]:
    """Return one name per column: the groups over it and its own, `坐标/经度`."""
    width = max(len(level) for level in levels)
    levels = [level + [""] * (width - len(level)) for level in levels]
    for k in range(len(levels) - 1):
        levels[k] = _spread(levels[k], levels[k + 1], _spans(merged, first + k))
    names = []
    for column in zip(*levels, strict=True):
        parts = [_one_line(part) for part in column if part]
        names.append("/".join(dict.fromkeys(parts)))
    while names and not names[-1]:
        names.pop()
    return names


def _spread(top: list[str], sub: list[str], spans: list[tuple[int, int]]) -> list[str]:
    """Return a row of groups with each group's name over all its columns."""
    spread, group = list(top), ""
    ends = dict(spans)
    end = len(top)
    for k, cell in enumerate(top):
        if cell:
            group = cell if sub[k] else ""
            end = ends.get(k, len(top) if not spans else k)
        elif group and sub[k] and k <= end:
            spread[k] = group
    return spread


def _one_line(name: str) -> str:
    """Return a name without line breaks; words of Latin letters stay apart."""
    name = re.sub(r"(?<=[!-~])\s*[\r\n]+\s*(?=[!-~])", " ", name)
    return re.sub(r"\s*[\r\n]+\s*", "", name).strip()


def _said_again(header: Row, row: Row) -> bool:
    """Tell whether a row names the columns once more, in another language."""
    filled = _filled(row)
    if len(filled) < 2 or any(_VALUE.fullmatch(row[k]) for k in filled):
        return False
    return list(row) != list(header) and hits(row) >= max(2, 0.5 * len(filled))


def _units_only(row: Row) -> bool:
    """Tell whether a row holds nothing but units."""
    cells = [cell.strip("()（）[]【】").strip().casefold() for cell in row if cell]
    return bool(cells) and all(cell in UNITS or cell in ("-", "—", "/") for cell in cells)


def _title_notes(rows: Sequence[Row], first: int) -> list[str]:
    """Return a note of the rows above the header."""
    titles = [next(cell for cell in row if cell) for row in rows[:first] if any(row)]
    if not titles:
        return []
    what = "row 1 is a title" if first == 1 else f"rows 1 to {first} are titles or empty"
    return [f"{what}, left out: {'; '.join(title[:60] for title in titles[:3])}"]


def _unique(names: list[str]) -> tuple[list[str], list[str]]:
    """Return names of which none is empty or there twice, and a note of each that changed."""
    unique: list[str] = []
    notes = []
    taken = set(names)
    for k, name in enumerate(names):
        new = name or f"column {column_letters(k)}"
        count = 2
        while new in unique or (new != name and new in taken):
            new, count = f"{name or 'column ' + column_letters(k)}_{count}", count + 1
        if name and new != name:
            notes.append(
                f"the header {name} is there again in column {column_letters(k)}; called {new}"
            )
        unique.append(new)
    return unique, notes


def column_letters(k: int) -> str:
    """Return a column as a spreadsheet letters it, counted from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    k += 1
    while k:
        k, rest = divmod(k - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
