"""Read and check reports of progress: target, date, value, unit, source."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from siting.errors import Problem
from siting.targets.table import near, number, raise_all, read_text, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from siting.targets.table import Fault

PROGRESS_COLUMNS = ("target", "date", "value", "unit", "source")


def read_progress(path: Path, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the checked progress reports (target, date, value, unit, source) by date."""
    table = read_text(path, PROGRESS_COLUMNS)
    raise_all(progress_problems(table, ledger, file=path.name))
    table["value"] = pd.to_numeric(table["value"]).astype(float)
    return table.sort_values(["date", "target"], kind="stable", ignore_index=True)


def progress_problems(
    progress: pd.DataFrame, ledger: pd.DataFrame, *, file: str = "progress.csv"
) -> list[Problem]:
    """Return all that is wrong with progress reports: target, date, number, unit, repetition."""
    units = dict(zip(ledger["id"], ledger["unit"], strict=True))
    found: list[Problem] = []
    for row, report in rows(progress):
        faults = _progress_faults(report, units)
        found += [Problem(file=file, row=row, column=c, what=w, remedy=r) for c, w, r in faults]
    again = progress.duplicated(["target", "date"])
    found += [
        Problem(
            file=file,
            row=row,
            column="date",
            what=f"{report['target']} is reported twice for {report['date']}",
            remedy="keep one of the two rows",
        )
        for row, report in rows(progress)
        if again.iloc[row - 2]
    ]
    return found


def latest_values(progress: pd.DataFrame, ledger: pd.DataFrame) -> dict[str, float]:
    """Return the last reported value of each target, after checking the reports."""
    raise_all(progress_problems(progress, ledger))
    ordered = progress.sort_values("date", kind="stable")
    return {row["target"]: float(row["value"]) for _, row in rows(ordered)}


def _progress_faults(report: dict[str, Any], units: Mapping[str, str]) -> Iterator[Fault]:
    """Yield faults of one progress report."""
    target = report["target"]
    if target not in units:
        yield "target", f"unknown target '{target}'", near(target, list(units))
    elif report["unit"] != units[target]:
        what = f"'{report['unit']}' is not the unit of {target}"
        yield "unit", what, f"convert to '{units[target]}'" if units[target] else "it has no number"
    try:
        date.fromisoformat(str(report["date"]))
    except ValueError:
        yield "date", f"'{report['date']}' is no date", "write YYYY-MM-DD"
    value = number(report["value"])
    if value is None or value < 0:
        yield "value", f"'{report['value']}' is no number of zero or more", "write a plain number"
