"""Write the figures of a plan as plan.json: sorted keys, stable numbers, no NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.disk.atomic import replaced_file
from siting.errors import DataError, Problem

if TYPE_CHECKING:
    from siting.plan.model import Plan

SIGNIFICANT_DIGITS = 12  # beyond the last digits that another processor may give


def save_plan_json(plan: Plan, path: str | Path) -> Path:
    """Write `plan.figures` as UTF-8 JSON.

    Parameters
    ----------
    plan
        The plan; docs/reference/plan.md lists the keys.
    path
        The file to write, usually outputs/plan.json.

    Raises
    ------
    DataError
        If a figure is not a number, a text, a truth value, null, a list or a table of these;
        every such place is named.
    """
    problems: list[Problem] = []
    figures = _plain(plan.figures, "", problems)
    if problems:
        raise DataError(problems)

    text = json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    with replaced_file(path) as part:
        part.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return Path(path)


def _plain(value: Any, place: str, problems: list[Problem]) -> Any:
    """Return a value as JSON knows it; note the places where that cannot be done."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        # Adding zero turns -0.0, which depends on the order of a sum, into 0.0.
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _plain(item, f"{place}.{key}", problems) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item, f"{place}[{i}]", problems) for i, item in enumerate(value)]

    remedy = "give a finite number, a text, true, false or null"
    what = f"{value!r} cannot be written as JSON"
    problems.append(Problem(file="plan.json", column=place.lstrip("."), what=what, remedy=remedy))
    return None
