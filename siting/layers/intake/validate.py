"""Check rows against the table of their layer: each reason of each row, nothing corrected."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from siting.errors import MissingDataError, Problem
from siting.layers.folder.outside import VILLAGE_SLACK_M, distance_outside_m
from siting.targets import progress_problems, read_targets

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.layers.intake.draft import Draft
    from siting.layers.intake.known import KnownUnits
    from siting.layers.schema import Column

FIRST_ROW = 2
"""The ledger's own checks count the rows of a CSV, whose header is row 1."""


def check_cells(draft: Draft, *, digits: bool = True, blanks_allowed: bool = False) -> None:
    """Reject the rows with a cell that the table does not allow.

    Parameters
    ----------
    draft
        Its columns are read; its reasons grow.
    digits
        Whether codes must have the number of digits that the table names.
    blanks_allowed
        Whether a required cell may be blank: in an update it then stays as it is.

    """
    for column in draft.table.columns:
        if column.name not in draft.columns:
            continue
        values = draft.columns[column.name]
        told = draft.reasons.told(column.name)
        blank = draft.blank(column.name) | told
        if column.required and not column.blank and not blanks_allowed:
            draft.reasons.add(blank & ~told, column.name, "is empty", f"fill in {column.name}")
        if column.kind in ("number", "integer"):
            _check_numbers(draft, column, values)
        elif column.words:
            bad = ~blank & ~values.isin(column.words).to_numpy()
            remedy = f"write one of {', '.join(column.words)}"
            what = f"unknown {column.name} '{{value}}'"
            draft.reasons.add(bad, column.name, what, remedy, values=values)
        elif column.digits and digits:
            bad = ~blank & ~values.str.fullmatch(rf"[0-9]{{{column.digits}}}").to_numpy(dtype=bool)
            what = f"'{{value}}' is not a code of {column.digits} digits"
            remedy = f"write the {column.digits}-digit code as text"
            draft.reasons.add(bad, column.name, what, remedy, values=values)


def check_keys(draft: Draft) -> None:
    """Reject the rows whose key stands in an earlier row already."""
    key = draft.table.key
    if not key or key not in draft.columns:
        return
    keys = draft.columns[key]
    again = keys.duplicated().to_numpy() & ~draft.blank(key)
    if not again.any():
        return
    first = ~keys.duplicated().to_numpy()
    rows = dict(zip(keys[first], draft.sheet.rows[first].tolist(), strict=True))
    whats = [f"{word} stands in row {rows[word]} already" for word in keys[again]]
    draft.reasons.add(again, key, whats, "give every row its own")


def check_codes(draft: Draft, known: KnownUnits) -> None:
    """Reject the rows whose code names no unit of the folder, or units that do not fit together."""
    for column in draft.table.columns:
        level, name = column.refers_to, column.name
        if level not in known.units or name not in draft.columns:
            continue
        codes = set(known.codes(level))
        if level == draft.table.name and draft.table.key in draft.columns:
            codes |= set(draft.columns[draft.table.key])
        cells = draft.columns[name]
        bad = ~draft.blank(name) & ~cells.isin(codes).to_numpy()
        bad &= ~draft.reasons.told(name)
        near = get_close_matches(cells[bad].iloc[0], sorted(codes), 1, 0.8) if bad.any() else []
        remedy = f"import {level} first, or write a code that is there"
        remedy += f" (near: {near[0]})" if near else ""
        what = f"{{value}} is not a code of the layer {level}"
        draft.reasons.add(bad, name, what, remedy, values=cells)
    _check_county_of_township(draft, known)


def check_outside(draft: Draft, known: KnownUnits, *, crs: str) -> None:
    """Reject townships and villages that lie outside their county by more than they may.

    `crs` measures in metres.
    """
    name = draft.table.name
    if name not in ("townships", "villages") or known.outlines.empty:
        return
    if "county_code" not in draft.columns:
        return
    allowed_m = _allowed_m(draft)
    shapes = _series(draft)
    outside_m = distance_outside_m(shapes, draft.columns["county_code"], known.outlines, crs=crs)
    bad = (outside_m > allowed_m) & ~draft.reasons.rejected
    codes = draft.columns["county_code"]
    whats = [
        f"lies {outside_m[k] / 1000.0:.1f} km outside county {codes.iloc[k]}, more than its"
        f" uncertainty of {allowed_m[k] / 1000.0:g} km"
        for k in np.flatnonzero(bad)
    ]
    draft.reasons.add(bad, "lon, lat", whats, "check the coordinates and the county of this row")


def check_townships(draft: Draft) -> None:
    """Reject townships, other than zones, without a place of their own."""
    if draft.table.name != "townships" or "type" not in draft.columns:
        return
    placed = np.array([shape is not None for shape in draft.shapes], dtype=bool)
    real = (draft.columns["type"] != "zone").to_numpy(dtype=bool) & draft.kept
    what, remedy = "is a township without a point", "give that of its seat"
    draft.reasons.add(real & ~placed, "lon, lat", what, remedy)
    corner = pd.DataFrame(shapely.bounds(draft.shapes)[:, :2].round(6))
    corner["county"] = draft.columns["county_code"]
    seats = corner[real & placed]
    again = seats.index[seats.duplicated()].to_numpy(dtype=np.int64)
    what, remedy = "lies where another township lies", "give each seat its own point"
    draft.reasons.add(again, "lon, lat", what, remedy)


def check_progress(draft: Draft, directory: Path) -> None:
    """Reject the reports that the ledger of targets does not know, by its own rules."""
    ledger = directory / "targets.csv"
    if not ledger.is_file():
        what, remedy = "there is no ledger of targets to report on", "add targets.csv first"
        raise MissingDataError(Problem(file=ledger.name, what=what, remedy=remedy))
    values = draft.columns["value"].map(lambda value: "" if np.isnan(value) else f"{value:.15g}")
    reports = pd.DataFrame({**draft.columns, "value": values})
    for problem in progress_problems(reports, read_targets(ledger), file=draft.sheet.file):
        at = np.array([(problem.row or FIRST_ROW) - FIRST_ROW], dtype=np.int64)
        if not draft.reasons.told(problem.column)[at].any():
            draft.reasons.add(at, problem.column, [problem.what], problem.remedy)


def _check_numbers(draft: Draft, column: Column, values: pd.Series) -> None:
    """Reject numbers out of range, and parts of things that are counted."""
    numbers = values.to_numpy()
    with np.errstate(invalid="ignore"):
        low = numbers < (-np.inf if column.minimum is None else column.minimum)
        high = numbers > (np.inf if column.maximum is None else column.maximum)
        part = numbers != np.round(numbers)
    texts = values.map("{:g}".format) if low.any() or high.any() else values
    if low.any():
        what = "{value} is negative" if column.minimum == 0 else "{value} is too small"
        remedy = f"write {column.minimum:g} or more"
        draft.reasons.add(low, column.name, what, remedy, values=texts)
    if high.any():
        remedy = f"write {column.maximum:g} or less"
        draft.reasons.add(high, column.name, "{value} is too large", remedy, values=texts)
    if column.kind == "integer":
        bad = part & ~np.isnan(numbers)
        texts = values.map("{:g}".format) if bad.any() else values
        what, remedy = "{value} is not a whole number", "write a whole number"
        draft.reasons.add(bad, column.name, what, remedy, values=texts)


def _check_county_of_township(draft: Draft, known: KnownUnits) -> None:
    """Reject villages whose township is of another county."""
    if draft.table.name != "villages":
        return
    if not {"township_code", "county_code"} <= set(draft.columns):
        return
    towns = known.units["townships"]
    county = dict(zip(towns["code"], towns["county_code"], strict=True))
    theirs = draft.columns["township_code"].map(county).fillna("").astype("str")
    other = (theirs != "") & (theirs != draft.columns["county_code"])
    bad = other.to_numpy(dtype=bool) & ~draft.blank("county_code")
    whats = [f"its township is of county {code}" for code in theirs[bad]]
    draft.reasons.add(bad, "county_code", whats, "write the county of the township")


def _allowed_m(draft: Draft) -> NDArray[np.float64]:
    """Return how far each row may lie outside its county [m]."""
    if draft.table.name == "townships":
        km = draft.columns.get("uncertainty_km", pd.Series(np.zeros(len(draft))))
        return np.asarray(np.nan_to_num(km.to_numpy()) * 1000.0, float)
    radius = draft.columns.get("location_radius_m", pd.Series(np.zeros(len(draft))))
    return np.asarray(np.nan_to_num(radius.to_numpy()) + VILLAGE_SLACK_M, float)


def _series(draft: Draft) -> gpd.GeoSeries:
    import geopandas  # noqa: PLC0415 - for this one call

    return geopandas.GeoSeries(draft.shapes, crs="EPSG:4326")
