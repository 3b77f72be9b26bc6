"""Fill in what a file may leave to be said: who knows the rows, their ids, what a name tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.errors import DataError, Problem
from siting.layers.intake.cells import COORDINATES
from siting.layers.intake.reasons import counted
from siting.layers.intake.request import SURVEYED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.layers.intake.draft import Draft
    from siting.layers.intake.known import KnownUnits
    from siting.layers.intake.request import Request
    from siting.layers.schema import Column

IDS = ("id", "site_id")
"""Keys that may be made from the name or the row; codes of units never are."""
TYPE_OF_ENDING = {"街道": "街道", "街道办事处": "街道", "镇": "镇", "乡": "乡"}
KIND_OF_ENDING = {
    "村委会": "village_committee",
    "村民委员会": "village_committee",
    "居委会": "community",
    "居民委员会": "community",
    "社区": "community",
}


def fill_in(draft: Draft, request: Request) -> None:
    """Fill in provenance, source, vintage, ids and what the end of a name says; say each."""
    if not request.update:  # what stands there already is known better than from a name
        _from_ending(draft, "townships", "type", TYPE_OF_ENDING)
        _from_ending(draft, "villages", "kind", KIND_OF_ENDING)
    for name, word in (("source", request.source_name), ("vintage", request.vintage)):
        if word and draft.table.column(name) is not None:
            _fill_blank(draft, name, word)
    if draft.table.column("provenance") is not None:
        _fill_provenance(draft, request)
    if draft.table.key in IDS and not request.update and not draft.sectors:
        _make_ids(draft)


def require_columns(draft: Draft, known: KnownUnits, *, standing: bool = False) -> None:
    """Raise with every column that the layer needs and nothing gives, and how to give each.

    Where the layer is `standing` already, a note of the error says how its rows alone are changed.

    A column whose blank cells read as unknown is left blank, and said; one that a plan makes is
    left out, and said, where the folder's units have no codes that it would have to agree with.
    """
    left = [column for column in draft.table.columns if _may_be_made(draft, column, known)]
    for column in left:
        draft.columns.pop(column.name, None)
        draft.notes.append(f"{column.name} is not in the file: a plan makes it, and says so")
    lacking = [
        column
        for column in draft.table.columns
        if column.required and column.name not in draft.columns and column.name not in COORDINATES
    ]
    lacking = [column for column in lacking if column not in left]
    needed = [column for column in lacking if not _reads_as_unknown(column)]
    if needed:
        error = DataError([_asked(draft, column) for column in needed])
        if standing and _has_key(draft):
            name = draft.table.name
            error.add_note(f"{name} is there already: --update changes only what the file gives")
        raise error
    for column in lacking:
        draft.columns[column.name] = _blank(draft, column)
        draft.notes.append(f"{column.name} is not in the file: left blank, which reads as unknown")


def _has_key(draft: Draft) -> bool:
    """Tell whether a file names its rows, so that they may be found in a layer that is there."""
    key = draft.table.key
    return bool(key) and (not draft.blank(key).all() or not draft.blank("name").all())


def _may_be_made(draft: Draft, column: Column, known: KnownUnits) -> bool:
    if not column.made or column.name == "provenance" or known.needs_codes(draft.table.name):
        return False
    return bool(draft.blank(column.name).all())


def require_provenance(draft: Draft) -> None:
    """Raise where an update does not say how its rows are known."""
    column = draft.table.column("provenance")
    if column is not None and "provenance" not in draft.columns:
        raise DataError(_asked(draft, column))


def _reads_as_unknown(column: Column) -> bool:
    return column.blank and (column.default == "" or column.default != column.default)


def _asked(draft: Draft, column: Column) -> Problem:
    """Return the question for a column that is not in the file."""
    example = column.words[0] if column.words else {"flag": "true"}.get(column.kind, "VALUE")
    what = f"no column of the file gives {column.name}"
    remedy = f"say which one it is with --map {column.name}=HEADER"
    if column.name not in (draft.table.key, "county_code", "township_code"):
        remedy += f", or what all rows have with --set {column.name}={example}"
    if column.name == "provenance":
        remedy = "say how the rows are known with --provenance, such as --provenance surveyed"
    sheet = draft.sheet
    return Problem(
        file=sheet.file, row=sheet.header_row, column=column.name, what=what, remedy=remedy
    )


def _blank(draft: Draft, column: Column) -> pd.Series:
    if column.kind == "text":
        return pd.Series("", index=range(len(draft)), dtype="str")
    return pd.Series(np.full(len(draft), np.nan))


def _from_ending(draft: Draft, layer: str, column: str, words: Mapping[str, str]) -> None:
    """Read what the end of a unit's name says, where the file does not say it."""
    if draft.table.name != layer or "name" not in draft.columns:
        return
    names = draft.columns["name"]
    said = pd.Series("", index=names.index, dtype="str")
    for ending, word in words.items():
        said = said.mask(names.str.endswith(ending) & (said == ""), word)
    found = draft.blank(column) & (said != "").to_numpy()
    if found.any():
        cells = draft.columns.get(column, pd.Series("", index=names.index, dtype="str"))
        draft.columns[column] = cells.mask(pd.Series(found), said)
        draft.notes.append(
            f"{column}: from the end of the name in {counted(int(found.sum()), 'row')}"
        )


def _fill_blank(draft: Draft, name: str, word: str) -> None:
    blank = draft.blank(name)
    if blank.any():
        cells = draft.columns.get(name, pd.Series("", index=range(len(draft)), dtype="str"))
        draft.columns[name] = cells.mask(pd.Series(blank), word)


def _fill_provenance(draft: Draft, request: Request) -> None:
    """Say how rows are known: as the file says, else as the planner says, else as is usual."""
    blank = draft.blank("provenance")
    word = request.provenance
    if not word and request.layer in SURVEYED and blank.any():
        word = "surveyed"
        draft.notes.append(
            f"nothing is said of how {counted(int(blank.sum()), 'row')} are known: taken as"
            " surveyed (--provenance says otherwise)"
        )
    if word:
        _fill_blank(draft, "provenance", word)


def _make_ids(draft: Draft) -> None:
    """Make the missing ids: the name where only one row has it, else layer and row."""
    key = draft.table.key
    blank = draft.blank(key)
    if not blank.any():
        return
    none = pd.Series("", index=range(len(draft)), dtype="str")
    names, ids = draft.columns.get("name", none), draft.columns.get(key, none)
    alone = ~names.duplicated(keep=False) & (names != "") & ~names.isin(ids[ids != ""])
    rows = pd.Series([f"{draft.table.name}-{row}" for row in draft.sheet.rows], dtype="str")
    draft.columns[key] = ids.mask(pd.Series(blank), names.where(alone, rows))
    made, named = int(blank.sum()), int((blank & alone.to_numpy(dtype=bool)).sum())
    ways = ((named, "from the name"), (made - named, "from the layer and the row"))
    told = ", ".join(f"{count:,} {way}" for count, way in ways if count)
    draft.notes.append(f"{key} made for {counted(made, 'row')}: {told}")
