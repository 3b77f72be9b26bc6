"""Turn the cells of a file into the types of a table, column by column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.layers.columns import number_cells, word_cells
from siting.layers.intake.coordinates import columns_read
from siting.layers.intake.reasons import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.layers.columns import Match
    from siting.layers.formats.sheet import Sheet
    from siting.layers.intake.draft import Draft
    from siting.layers.schema import Column

NAMES = ("county", "township", "village", "sector_name", "node_id", "cell_id")
"""Words of a row that are of no table, or of another, and are read all the same."""

COORDINATES = ("lon", "lat", "x", "y", "coordinates", "outline")
"""Columns that say where a row is: read by siting.layers.intake.places."""

KEPT = ("node_id", "cell_id")
"""Columns that make another one, and stay as they are in the file too."""

FLAGS = {"true": 1.0, "false": 0.0}
BREAKS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
ANY_CONTROL = r"[\x00-\x1f\x7f-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]"
"""The letters of both, as the regular expressions of Arrow write them."""


def read_columns(draft: Draft, match: Match, constants: Mapping[str, str]) -> None:
    """Fill in the columns and extras of a draft; a cell that cannot be read rejects its row.

    `constants` fill blank and absent cells; the notes count them.
    """
    cells, cleaned = clean_cells(draft.sheet)
    if cleaned:
        draft.notes.append(f"control characters taken out of {counted(cleaned, 'cell')}")
    one_header = match.columns.get("carriers") == match.columns.get("carrier_mhz")
    for column in draft.table.columns:
        header = match.columns.get(column.name)
        if column.name == "carrier_mhz" and one_header:
            continue
        if column.name in COORDINATES or (header is None and column.name not in constants):
            continue
        texts = cells[header] if header is not None else _empty(len(draft))
        texts = _filled(draft, column, texts, constants)
        unit = match.units.get(column.name, "")
        draft.columns[column.name] = _typed(draft, column, texts, unit)
    for name in NAMES:
        header = match.columns.get(name)
        if header is not None and name not in draft.columns:
            draft.columns[name] = cells[header]
    if one_header and "carriers" in draft.columns:
        draft.columns["carrier_mhz"] = _single(draft.columns["carriers"])
    placing = columns_read(match, drawn=draft.sheet.geometry is not None)
    left = [match.columns[n] for n in COORDINATES if n in match.columns and n not in placing]
    if left:
        draft.notes.append(f"{', '.join(left)} not read as places, for the file gives them better")
    read = {*draft.columns, *placing}.difference(KEPT)
    used = {header for name, header in match.columns.items() if name in read}
    draft.extras = {header: cells[header] for header in cells.columns if header not in used}


def _single(carriers: pd.Series) -> pd.Series:
    """Return the carrier of the rows that name exactly one [MHz]."""
    return pd.to_numeric(carriers.where(carriers != "", None), errors="coerce").astype(np.float64)


def clean_cells(sheet: Sheet) -> tuple[pd.DataFrame, int]:
    """Return the cells without control characters, and how many cells held one."""
    cells, count = {}, 0
    for header in sheet.cells.columns:
        texts = sheet.cells[header]
        odd = _with_controls(texts)
        if len(odd):
            count += len(odd)
            texts = texts.astype(object)
            texts.iloc[odd] = [_clean(text) for text in texts.iloc[odd]]
            texts = texts.astype("str")
        cells[header] = texts
    return pd.DataFrame(cells, index=sheet.cells.index), count


def _with_controls(texts: pd.Series) -> NDArray[np.int64]:
    """Return the positions of the texts that hold a control character."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    import pyarrow.compute as pc  # noqa: PLC0415

    array = pa.chunked_array(pa.array(texts.array, type=pa.large_string(), from_pandas=True))
    found = pc.match_substring_regex(array, ANY_CONTROL)
    return np.flatnonzero(found.to_numpy(zero_copy_only=False).astype(bool))


def _clean(text: str) -> str:
    return CONTROLS.sub("", BREAKS.sub(" ", text)).strip()


def _empty(rows: int) -> pd.Series:
    return pd.Series("", index=range(rows), dtype="str")


def _filled(
    draft: Draft, column: Column, texts: pd.Series, constants: Mapping[str, str]
) -> pd.Series:
    """Return the cells of a column, blank ones filled by what the planner set; the notes count."""
    if column.name not in constants:
        return texts
    blank = texts == ""
    rows = counted(int(blank.sum()), "row")
    draft.notes.append(f"{column.name} set to {constants[column.name]!r} in {rows}")
    return texts.where(~blank, constants[column.name])


def _typed(draft: Draft, column: Column, texts: pd.Series, unit: str) -> pd.Series:
    """Return the cells in the column's type; those that cannot be read reject their row."""
    if column.digits and column.kind == "text" and not column.words:
        return _codes(draft, column, texts)
    values, bad, what, remedy = typed_cells(column, texts, unit)
    if what:
        draft.reasons.add(bad, column.name, what, remedy, values=texts)
    return values


def typed_cells(
    column: Column, texts: pd.Series, unit: str = ""
) -> tuple[pd.Series, NDArray[np.bool_], str, str]:
    """Return cells in the column's type, which of them cannot be read, what they are and a remedy.

    The last two are "" for plain texts; `{value}` in them is the cell.
    """
    if column.kind in ("number", "integer"):
        numbers, bad = number_cells(texts, unit=unit, column=column.name)
        return pd.Series(numbers), bad, "'{value}' is not a number", "write a number"
    if column.kind == "flag":
        words, bad = word_cells(texts, column)
        flags = words.map(FLAGS).astype(np.float64)
        return flags, bad, "'{value}' is neither true nor false", "write true or false"
    if column.words or column.name == "carriers":
        words, bad = word_cells(texts, column, unit=unit)
        listed = ", ".join(column.words) or "carriers in MHz, such as 700;3500"
        what = f"unknown {column.name} '{{value}}'"
        values = words.astype("str").mask(pd.Series(bad), "")
        return values, bad, what, f"write one of {listed}"
    return texts.astype("str"), np.zeros(len(texts), dtype=np.bool_), "", ""


def _codes(draft: Draft, column: Column, texts: pd.Series) -> pd.Series:
    """Return codes; a longer one of a higher unit, padded with zeros, is cut to its length."""
    digits = column.digits or 0
    padded = texts.str.fullmatch(rf"\d{{{digits}}}0+") & texts.str.len().isin([9, 12])
    if padded.any():
        draft.notes.append(
            f"{column.name}: zeros cut off {counted(int(padded.sum()), 'longer code')}"
        )
        texts = texts.where(~padded, texts.str.slice(0, digits))
    return texts.astype("str")
