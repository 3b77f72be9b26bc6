"""Update the rows of a layer that is there with those of a file: found by code, else by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from siting.errors import DataError, MissingDataError, Problem
from siting.layers.columns import number_cells
from siting.layers.folder.counties import county_outlines
from siting.layers.folder.files import find_files, open_table
from siting.layers.folder.places import drawn_places
from siting.layers.formats.sheet import Sheet
from siting.layers.intake.cells import FLAGS
from siting.layers.intake.draft import Draft, blank_cells
from siting.layers.intake.reasons import Reasons
from siting.layers.schema import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from siting.layers.folder.files import RawTable

NOT_UPDATED = frozenset({"county_code", "township_code", "county", "township", "village"})
"""Columns that find a row; a code is updated where the row was found by its own."""


def standing_layer(directory: Path, layer: str) -> Draft:
    """Return the layer that is there as a draft, its blanks kept blank."""
    paths = find_files(directory)[0].get(layer, ())
    ordered = sorted(paths, key=lambda path: path.suffix != ".csv")
    opened, problems = [], []
    for path in ordered:
        raw, wrong = open_table(layer, path)
        problems += wrong
        opened += [raw] if raw is not None else []
    if problems:
        raise DataError(problems)
    if not opened:
        what, remedy = "there is no such layer to update", "import it without --update"
        raise MissingDataError(Problem(file=layer, what=what, remedy=remedy))
    return _draft_of(layer, opened)


def _draft_of(layer: str, opened: list[RawTable]) -> Draft:
    raw, table = opened[0], TABLES[layer]
    sheet = Sheet(file=raw.path.name, cells=raw.cells, rows=raw.rows)
    draft = Draft(sheet=sheet, table=table, reasons=Reasons(raw.path.name, raw.rows))
    for column in table.columns:
        if column.name in raw.cells and column.name not in ("lon", "lat", "outline"):
            cells = raw.cells[column.name]
            if column.kind in ("number", "integer"):
                draft.columns[column.name] = pd.Series(number_cells(cells, column=column.name)[0])
            elif column.kind == "flag":
                draft.columns[column.name] = cells.str.lower().map(FLAGS).astype(np.float64)
            else:
                draft.columns[column.name] = cells.astype("str")
    known = {column.name for column in table.columns}
    draft.extras = {
        name: raw.cells[name] for name in map(str, raw.cells.columns) if name not in known
    }
    draft.shapes = _shapes(layer, opened, draft)
    draft.left_out = np.zeros(len(draft), dtype=np.bool_)
    return draft


def _shapes(layer: str, opened: list[RawTable], draft: Draft) -> NDArray[np.object_]:
    """Return where the rows of the standing layer are."""
    raw = opened[0]
    if layer == "counties":
        facts = pd.DataFrame({"code": draft.columns["code"]})
        outline = opened[-1] if len(opened) > 1 else None
        return np.asarray(county_outlines(raw, facts, outline)[0].to_numpy(), dtype=object)
    cells = {
        name: number_cells(raw.cells[name], column=name)[0]
        for name in ("lon", "lat")
        if name in raw.cells.columns
    }
    texts = {"outline": raw.cells["outline"]} if "outline" in raw.cells else {}
    table = pd.DataFrame({**cells, **texts}, index=raw.cells.index)
    return np.asarray(drawn_places(raw, table)[0].to_numpy(), dtype=object)


def update_rows(draft: Draft, standing: Draft) -> tuple[Draft, NDArray[np.bool_]]:
    """Return the standing layer with what the draft gives, and which of its rows were updated.

    The rows of the draft that match no row, or several, are rejected.
    """
    target = _matches(draft, standing)
    found = np.flatnonzero((target >= 0) & draft.kept)
    rows = target[found]
    strange = [name for name in draft.columns if standing.table.column(name) is None]
    strange = [name for name in strange if name not in NOT_UPDATED]
    if strange:
        draft.notes.append(f"{', '.join(strange)} not updated: no columns of {standing.table.name}")
    for name, values in draft.columns.items():
        if standing.table.column(name) is None or name == draft.table.key:
            continue
        if name in NOT_UPDATED and draft.table.key not in draft.columns:
            continue
        given = ~blank_cells(values.iloc[found])
        old = standing.columns.get(name, _blank_like(values, len(standing)))
        new = old.to_numpy(object if old.dtype != np.float64 else np.float64).copy()
        new[rows[given]] = values.iloc[found].to_numpy()[given]
        standing.columns[name] = pd.Series(new, dtype=old.dtype)
    drawn = shapely.is_geometry(draft.shapes[found])
    standing.shapes = standing.shapes.copy()
    standing.shapes[rows[drawn]] = draft.shapes[found[drawn]]
    _add_extras(draft, standing, found, rows)
    updated = np.zeros(len(standing), dtype=np.bool_)
    updated[rows] = True
    return standing, updated


def _add_extras(
    draft: Draft, standing: Draft, found: NDArray[np.int64], rows: NDArray[np.int64]
) -> None:
    """Carry the file's other columns over to the rows that are updated."""
    for header, cells in draft.extras.items():
        none = pd.Series("", index=range(len(standing)), dtype="str")
        new = standing.extras.get(header, none).to_numpy(object).copy()
        new[rows] = cells.iloc[found].to_numpy(object)
        standing.extras[header] = pd.Series(new, dtype="str")


def _blank_like(values: pd.Series, rows: int) -> pd.Series:
    if values.dtype == np.float64:
        return pd.Series(np.full(rows, np.nan))
    return pd.Series("", index=range(rows), dtype="str")


def _matches(draft: Draft, standing: Draft) -> NDArray[np.int64]:
    """Return for each row of the draft the row of the standing layer that it means, else -1."""
    target = np.full(len(draft), -1, dtype=np.int64)
    key = draft.table.key
    keyed = ~draft.blank(key)
    if key in draft.columns:
        place = {word: k for k, word in enumerate(standing.columns[key])}
        found = draft.columns[key].map(place).fillna(-1).to_numpy(np.int64)
        target[keyed] = found[keyed]
        what = f"{{value}} is no {key} of the layer {draft.table.name}"
        remedy = "correct it, or import the whole layer without --update"
        bad = keyed & (found < 0)
        draft.reasons.add(bad, key, what, remedy, values=draft.columns[key])
    _match_names(draft, standing, target, ~keyed)
    _reject_again(draft, target)
    return target


def _match_names(
    draft: Draft, standing: Draft, target: NDArray[np.int64], asked: NDArray[np.bool_]
) -> None:
    """Find rows by their name within the county and township that are given with it."""
    if "name" not in draft.columns or not asked.any():
        remedy = f"give the {draft.table.key} or the name of each row"
        draft.reasons.add(asked, draft.table.key, "says no row to update", remedy)
        return
    by_name: dict[str, list[int]] = {}
    for k, name in enumerate(standing.columns["name"]):
        by_name.setdefault(name, []).append(k)
    within = [
        (draft.columns[name].tolist(), standing.columns[name].tolist())
        for name in ("county_code", "township_code", "county", "township")
        if name in draft.columns and name in standing.columns
    ]
    names = draft.columns["name"].tolist()
    bad, whats = [], []
    for row in np.flatnonzero(asked).tolist():
        found = by_name.get(names[row], [])
        for given, theirs in within:
            found = [k for k in found if given[row] in ("", theirs[k])]
        if len(found) == 1:
            target[row] = found[0]
            continue
        bad.append(row)
        several = f"{len(found)} rows of the layer {draft.table.name} are called {names[row]}"
        whats.append(several if found else f"'{names[row]}' is no name of the layer")
    remedy = "give its code, or the county and the township that it belongs to"
    draft.reasons.add(np.array(bad, dtype=np.int64), "name", whats, remedy)


def _reject_again(draft: Draft, target: NDArray[np.int64]) -> None:
    """Reject the rows that mean a row which an earlier row means already."""
    again = pd.Series(target).duplicated().to_numpy() & (target >= 0) & draft.kept
    first = {
        int(place): int(row)
        for place, row in zip(target[::-1], draft.sheet.rows[::-1], strict=True)
    }
    whats = [f"row {first[int(target[k])]} updates the same place" for k in np.flatnonzero(again)]
    draft.reasons.add(again, draft.table.key, whats, "keep one of the two rows")
