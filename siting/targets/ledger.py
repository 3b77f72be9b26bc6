"""Read the ledger of commitments and check every row, with all problems at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from siting.errors import DataError, Problem
from siting.targets.comparison import COMPARE, OPERATORS, parse_parts
from siting.targets.table import near, raise_all, read_text, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from siting.targets.table import Fault

KINDS = ("target", "baseline", "claim", "policy")
TIERS = ("core", "near", "context")

REQUIRED = ("id", "phrase", "clause", "document", "operator", "value", "unit", "due", "kind")
OPTIONAL = (
    *("name_en", "responsible_unit", "parts", "denominator", "denominator_zh", "baseline_id"),
    *("as_of", "as_of_zh", "flag", "note", "note_zh"),
    *("tier", "service", "provenance", "source", "vintage"),
)


def read_targets(path: Path) -> pd.DataFrame:
    """Return the checked ledger: `value` as float (NaN where blank), all else as text."""
    table = read_text(path, REQUIRED)
    for column in OPTIONAL:
        if column not in table:
            table[column] = ""
    raise_all(_ledger_problems(table, path.name))
    table["value"] = pd.to_numeric(table["value"]).astype(float)
    return table


def empty_ledger() -> pd.DataFrame:
    """Return a ledger without commitments: for a city that gives none."""
    columns = dict.fromkeys((*REQUIRED, *OPTIONAL), pd.Series([], dtype=str))
    return pd.DataFrame(columns | {"value": pd.Series([], dtype=float)})


def _ledger_problems(table: pd.DataFrame, file: str) -> list[Problem]:
    """Return all that is wrong with the ledger."""
    units = dict(zip(table["id"], table["unit"], strict=True))
    found: list[Problem] = []
    for row, entry in rows(table):
        faults = [*_word_faults(entry), *_number_faults(entry), *_link_faults(entry, units)]
        found += [Problem(file=file, row=row, column=c, what=w, remedy=r) for c, w, r in faults]
        if (table["id"] == entry["id"]).iloc[: row - 2].any():
            what = f"the id '{entry['id']}' is there twice"
            found.append(
                Problem(file=file, row=row, column="id", what=what, remedy="give each row its own")
            )
    return found


def _word_faults(entry: dict[str, Any]) -> Iterator[Fault]:
    """Yield (column, what, remedy) for words outside their list."""
    for column, allowed in (("operator", OPERATORS), ("kind", KINDS), ("tier", (*TIERS, ""))):
        if entry[column] not in allowed:
            what = f"unknown {column} '{entry[column]}'"
            yield column, what, f"use one of {', '.join(filter(None, allowed))}"
    for column in ("id", "phrase", "clause", "document"):
        if not entry[column]:
            yield column, "is blank", "fill it in"
    if not re.fullmatch(r"(\d+(;\d+)*)?", entry["flag"]):
        yield "flag", f"'{entry['flag']}' is no list of numbers", "write numbers joined by ';'"
    if not re.fullmatch(r"(\d{4})?", entry["due"]):
        yield "due", f"'{entry['due']}' is no year", "write a year such as 2025, or leave it blank"


def _number_faults(entry: dict[str, Any]) -> Iterator[Fault]:
    """Yield faults of value, unit and parts."""
    if entry["value"] and not re.fullmatch(r"\d+(\.\d+)?", entry["value"]):
        remedy = "write one number; several go to 'parts'"
        yield "value", f"'{entry['value']}' is not a number", remedy
    if entry["operator"] in COMPARE and not (entry["value"] and entry["unit"]):
        yield "value", f"'{entry['operator']}' needs a value and a unit", "fill both in"
    if entry["operator"] == "policy" and entry["value"]:
        yield "value", "a policy has no number", "leave it blank or give an operator"
    try:
        parts = parse_parts(entry["parts"])
    except DataError as error:
        yield "parts", error.problems[0].what, error.problems[0].remedy
    else:
        if entry["operator"] == "mixed" and not parts:
            yield "parts", "'mixed' needs its numbers", "write OPERATOR NUMBER UNIT; ..."


def _link_faults(entry: dict[str, Any], units: Mapping[str, str]) -> Iterator[Fault]:
    """Yield faults of the link to a baseline; two units are never compared."""
    baseline = entry["baseline_id"]
    if baseline and baseline not in units:
        yield "baseline_id", f"no row '{baseline}'", near(baseline, list(units))
    elif baseline and units[baseline] != entry["unit"]:
        what = f"{baseline} counts {units[baseline]}, {entry['id']} counts {entry['unit']}"
        yield "baseline_id", what, "link only rows of the same unit"
