"""Read a small table as text, row by row, and name what is wrong with it."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from siting.errors import DataError, MissingDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Fault = tuple[str, str, str]  # column, what, remedy


def read_text(path: Path, required: tuple[str, ...]) -> pd.DataFrame:
    """Return a CSV as text, with its required columns."""
    if not path.is_file():
        remedy = "see layers/CATALOGUE.md, or copy the table that came with the package"
        raise MissingDataError(Problem(file=path.name, what="the file is missing", remedy=remedy))
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        what = f"cannot be read as UTF-8 CSV ({type(error).__name__})"
        raise DataError(Problem(file=path.name, what=what, remedy="save it as UTF-8 CSV")) from None
    absent = [column for column in required if column not in table]
    raise_all(
        [
            Problem(
                file=path.name,
                column=column,
                what="the column is missing",
                remedy=near(column, [str(c) for c in table.columns]),
            )
            for column in absent
        ]
    )
    return table


def rows(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (row number in the file, row)."""
    records: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    yield from enumerate(records, start=2)


def near(word: str, words: list[str]) -> str:
    """Return the remedy that names the nearest known word."""
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else "see docs/reference/targets.md"


def raise_all(problems: list[Problem]) -> None:
    """Raise all problems at once, if any."""
    if problems:
        raise DataError(problems)


def number(value: object) -> float | None:
    """Return a finite number, or `None`."""
    try:
        finite = float(str(value))
    except ValueError:
        return None
    return finite if math.isfinite(finite) else None


def plain(value: float | None) -> float | int | None:
    """Return a whole number as int, so that JSON prints 32000 and not 32000.0."""
    return int(value) if value is not None and value == int(value) else value


def text(value: object) -> str:
    """Return text; a blank cell is the empty string."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124
