"""`siting compare A B`: in what two plans differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

import siting
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import listed, show_json
from siting.errors import DataError, MissingDataError, Problem, SitingError

_Plan = Annotated[
    Path, typer.Argument(help="A plan.json, or the folder of outputs that it lies in.")
]


def compare(a: _Plan, b: _Plan, layers: LayersOption = None, as_json: JsonOption = False) -> None:
    """Print the figures in which two plans differ."""
    del layers
    figures: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for source in (a, b):
        try:
            figures.append(_figures(source))
        except SitingError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    rows = siting.compare_plans(*figures)
    if as_json:
        show_json({"differences": rows})
    else:
        typer.echo(listed(rows) if rows else "the two plans do not differ")


def _figures(source: Path) -> dict[str, Any]:
    """Return the figures of a plan.json."""
    path = source / "plan.json" if source.is_dir() else source
    if not path.is_file():
        remedy = "run siting plan first, or name its plan.json"
        raise MissingDataError(Problem(file=str(path), what="there is no such plan", remedy=remedy))
    try:
        figures = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        remedy = "name the plan.json that siting plan wrote"
        raise DataError(Problem(file=str(path), what="is not JSON", remedy=remedy)) from error
    schema = figures.get("schema") if isinstance(figures, dict) else None
    if schema != "siting-plan/1":
        what, remedy = "is no plan of this version", "write it again with siting plan"
        raise DataError(Problem(file=str(path), column="schema", what=what, remedy=remedy))
    return dict(figures)
