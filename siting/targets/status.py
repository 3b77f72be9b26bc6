"""Say for every commitment where it starts, what the plan reaches and whether that is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.errors import ConfigurationError, Problem
from siting.targets.comparison import met, parse_parts
from siting.targets.progress import latest_values
from siting.targets.table import near, number, plain, rows, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_DATED = ("as_of", "as_of_zh", "due", "denominator", "denominator_zh")
_SHOWN = ("id", "phrase", "name_en", "clause", "document", "responsible_unit", "kind", "tier")


def target_status(
    ledger: pd.DataFrame,
    values: Mapping[str, float | None],
    *,
    progress: pd.DataFrame | None = None,
    baselines: Mapping[str, float | None] | None = None,
) -> list[dict[str, Any]]:
    """Return one entry per commitment: baseline, plan value and whether it is met.

    Parameters
    ----------
    ledger
        The table of `read_targets`.
    values
        What the plan reaches, by target id, in the unit of the ledger; absent or `None` where
        the plan does not compute it.
    progress
        Reports of `read_progress`; the latest of a target replaces its printed baseline.
    baselines
        Where the plan starts, by target id, in the unit of the ledger: for a target that has
        neither a report nor a printed baseline.
    """
    computed = baselines or {}
    unknown = sorted({*values, *computed} - set(ledger["id"]))
    if unknown:
        raise ConfigurationError(
            [
                Problem(what=f"unknown target '{key}'", remedy=near(key, list(ledger["id"])))
                for key in unknown
            ]
        )
    reported = {} if progress is None else latest_values(progress, ledger)
    printed = {row["id"]: number(row["value"]) for _, row in rows(ledger)}
    return [
        _entry(
            row,
            value=printed[row["id"]],
            plan=number(values.get(row["id"])),
            baseline=_baseline(row, reported=reported, printed=printed, computed=computed),
        )
        for _, row in rows(ledger)
    ]


def _baseline(
    row: dict[str, Any],
    *,
    reported: Mapping[str, float],
    printed: Mapping[str, float | None],
    computed: Mapping[str, float | None],
) -> float | None:
    """Return where a commitment starts: as reported, else as printed, else as computed."""
    own = row["id"] if row["kind"] in {"baseline", "claim"} else row.get("baseline_id", "")
    known = reported.get(row["id"], printed.get(own))
    return number(computed.get(row["id"])) if known is None else known


def _entry(
    row: dict[str, Any], *, value: float | None, plan: float | None, baseline: float | None
) -> dict[str, Any]:
    """Return the entry of one commitment, ready for JSON."""
    comparable = row["kind"] == "target"
    parts = parse_parts(text(row.get("parts")))
    return {
        **{column: text(row.get(column)) for column in _SHOWN},
        "operator": row["operator"],
        "value": plain(value),
        "unit": text(row["unit"]),
        "parts": [
            {"operator": part.operator, "value": plain(part.value), "unit": part.unit}
            for part in parts
        ],
        **{column: text(row.get(column)) for column in _DATED},
        "baseline": plain(baseline),
        "plan": plain(plan),
        "met": met(row["operator"], plan, value) if comparable else None,
        **{column: text(row.get(column)) for column in ("flag", "note", "note_zh")},
    }
