"""Turn text cells into the types that the schema asks for, and collect every cell that will not."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.errors import Problem
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    from siting.layers.folder.files import RawTable
    from siting.layers.schema import Column, Table

FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
DRAWN = ("lon", "lat", "radius_km", "outline")
"""Columns that a file with its own geometry need not have."""


def typed_table(
    raw: RawTable, table: Table, *, digits: bool = True
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the table with the schema's columns and types, and every problem found in it.

    Columns that the schema does not know follow as text. A column that is missing is filled with
    its default, so that the checks that come after can go on. `digits` says whether codes must
    have the number of digits that the schema names.
    """
    cells, file = raw.cells, raw.path.name
    problems = missing_columns(raw, table)
    typed: dict[str, pd.Series] = {}
    for column in table.columns:
        if column.name not in cells:
            typed[column.name] = _typed(column, pd.Series([""] * len(cells), dtype=str))
            continue
        bad = (
            {}
            if _is_left_out(column, cells)
            else _bad_cells(column, cells[column.name], digits=digits)
        )
        for (what, remedy), positions in bad.items():
            values = cells[column.name].iloc[positions]
            whats = [what.format(value=value) for value in values]
            rows = raw.rows[positions].tolist()
            problems += row_problems(file, rows, column.name, whats, remedy)
        typed[column.name] = _typed(column, cells[column.name])
    problems += duplicate_keys(raw, table)
    extra = cells.drop(columns=list(typed), errors="ignore")
    return pd.concat([pd.DataFrame(typed), extra], axis=1), problems


def missing_columns(raw: RawTable, table: Table) -> list[Problem]:
    """Return the required columns that are not there, with the column that may be misspelt."""
    known = {column.name for column in table.columns}
    strangers = [name for name in raw.cells.columns if name not in known]
    header = 1 if raw.path.suffix == ".csv" else None
    drawn = raw.geometry is not None or header is None
    problems = []
    for column in table.columns:
        if column.name in raw.cells or (drawn and column.name in DRAWN):
            continue
        wanted = column.required and not column.made
        cutoff = 0.7 if wanted else 0.8
        near = get_close_matches(column.name, strangers, n=1, cutoff=cutoff)
        if near:
            what = f"the column {near[0]} looks like a misspelt {column.name}"
            remedy = f"rename {near[0]} to {column.name}"
        elif wanted:
            what = f"the column {column.name} is missing"
            remedy = "add it; docs/reference/layers.md lists the columns"
        else:
            continue
        problems.append(
            Problem(file=raw.path.name, row=header, column=column.name, what=what, remedy=remedy)
        )
    return problems


def duplicate_keys(raw: RawTable, table: Table) -> list[Problem]:
    """Return the rows whose key stands in an earlier row already."""
    if not table.key or table.key not in raw.cells:
        return []
    keys = raw.cells[table.key]
    again = np.flatnonzero((keys.duplicated() & (keys != "")).to_numpy())
    first = dict(zip(keys[::-1], raw.rows[::-1], strict=True))
    whats = [f"{keys.iloc[k]} stands in row {first[keys.iloc[k]]} already" for k in again]
    rows = raw.rows[again].tolist()
    return row_problems(raw.path.name, rows, table.key, whats, "give every row its own")


def _is_left_out(column: Column, cells: pd.DataFrame) -> bool:
    """Return whether a column that we can make is blank in every row."""
    return column.made and bool((cells[column.name] == "").all())


def _bad_cells(
    column: Column, cells: pd.Series, *, digits: bool
) -> dict[tuple[str, str], list[int]]:
    """Return the positions of the cells that cannot stay, by (what, remedy)."""
    bad: dict[tuple[str, str], list[int]] = {}
    column = column if digits else replace(column, digits=None)
    verdicts = {cell: _verdict(column, cell) for cell in cells.unique()}
    for position, cell in enumerate(cells.tolist()):
        verdict = verdicts[cell]
        if verdict:
            bad.setdefault(verdict, []).append(position)
    return bad


def _verdict(column: Column, cell: str) -> tuple[str, str] | None:
    """Return (what, remedy) of a cell that cannot stay, or None."""
    if cell == "":
        fill = f"fill in {column.name}"
        return None if column.blank or not column.required else ("is empty", fill)
    if column.kind in ("integer", "number"):
        return _number_verdict(column, cell)
    if column.kind == "flag":
        verdict = "'{value}' is neither true nor false", "write true or false"
        return None if cell.lower() in FLAGS else verdict
    return _text_verdict(column, cell)


def _text_verdict(column: Column, cell: str) -> tuple[str, str] | None:
    if column.words and cell not in column.words:
        near = get_close_matches(cell, column.words, n=1)
        remedy = f"write {near[0]}" if near else f"write one of {', '.join(column.words)}"
        return f"unknown {column.name} '{{value}}'", remedy
    if column.digits and not (cell.isascii() and cell.isdigit() and len(cell) == column.digits):
        remedy = f"write the {column.digits}-digit code as text"
        return f"'{{value}}' is not a code of {column.digits} digits", remedy
    return None


def _number_verdict(column: Column, cell: str) -> tuple[str, str] | None:
    number = _number(cell)
    if np.isnan(number):
        return "'{value}' is not a number", "write digits only, without separators or units"
    if column.minimum is not None and number < column.minimum:
        what = "{value} is negative" if column.minimum == 0 else "{value} is too small"
        return what, f"write {column.minimum:g} or more"
    if column.maximum is not None and number > column.maximum:
        return "{value} is too large", f"write {column.maximum:g} or less"
    if column.kind == "integer" and not number.is_integer():
        return "{value} is not a whole number", "write a whole number"
    return None


def _number(cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        return float("nan")
    return number if np.isfinite(number) else float("nan")


def _typed(column: Column, cells: pd.Series) -> pd.Series:
    """Return the cells in the column's type; what cannot be read becomes the default."""
    if column.kind == "flag":
        flags = [FLAGS.get(cell.lower(), bool(column.default)) for cell in cells.tolist()]
        return pd.Series(flags, dtype=bool)
    if column.kind in ("integer", "number"):
        default = float(column.default or 0) if column.kind == "integer" else column.default
        numbers = np.array([_number(cell) if cell else float("nan") for cell in cells.tolist()])
        numbers = np.where(np.isnan(numbers), float(default), numbers)
        return pd.Series(numbers.round() if column.kind == "integer" else numbers).astype(
            np.int64 if column.kind == "integer" else float
        )
    return cells.where(cells != "", str(column.default)).astype(str)
