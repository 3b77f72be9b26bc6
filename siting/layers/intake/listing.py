"""Keep the folder's catalogue.csv: the rows of one layer exchanged, all others as they were."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TypeAlias

from siting.errors import DataError, Problem
from siting.layers.folder.files import open_csv
from siting.layers.schema import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE = "catalogue.csv"
Rows: TypeAlias = "list[dict[str, str]]"
COLUMNS = tuple(column.name for column in CATALOGUE.columns)


def read_listing(directory: Path) -> tuple[list[str], Rows]:
    """Return the header and the rows of a folder's catalogue; ours and none where there is none."""
    path = directory / FILE
    if not header_of(directory):
        return list(COLUMNS), []
    raw, problems = open_csv(path)
    if raw is None:
        raise DataError(problems)
    header = [str(name) for name in raw.cells.columns]
    if "file" not in header:
        remedy = "write the header again: layer,file,source,... parted by commas"
        raise DataError(
            Problem(
                file=FILE, row=1, column="file", what="the column file is missing", remedy=remedy
            )
        )
    rows: Rows = [
        {str(name): str(cell) for name, cell in row.items()} for row in raw.cells.to_dict("records")
    ]
    return [*header, *(name for name in COLUMNS if name not in header)], rows


def header_of(directory: Path) -> list[str]:
    """Return the header of a folder's catalogue as it is; empty where there is none."""
    path = directory / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            return [name.strip() for name in next(csv.reader(file), [])]
        except (UnicodeDecodeError, csv.Error):
            remedy = "save it again as CSV UTF-8 (Excel: Save as, CSV UTF-8)"
            problem = Problem(file=FILE, what="is not UTF-8 text", remedy=remedy)
            raise DataError(problem) from None


def write_listing(path: Path, header: Sequence[str], rows: Rows) -> None:
    """Write a catalogue."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, header, restval="", extrasaction="ignore", lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)


def rows_of(rows: Rows, files: Sequence[str]) -> Rows:
    """Return the rows that speak of any of the files."""
    return [row for row in rows if row.get("file") in files]


def exchanged(rows: Rows, files: Sequence[str], new: Rows) -> Rows:
    """Return the rows with those of `files` taken out and the new ones in their place, else last."""
    places = [k for k, row in enumerate(rows) if row.get("file") in files]
    at = places[0] if places else len(rows)
    before = [row for row in rows[:at] if row.get("file") not in files]
    after = [row for row in rows[at:] if row.get("file") not in files]
    return [*before, *new, *after]
