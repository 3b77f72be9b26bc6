"""What goes to stdout (results) and to stderr (errors)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siting.errors import Problem


def show_json(value: Any) -> None:
    """Print one JSON document on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def show_problems(problems: Sequence[Problem], *, as_json: bool) -> None:
    """Print one line per problem on stderr and, if asked, the `errors` list on stdout."""
    for problem in problems:
        typer.echo(" ".join(str(problem).split()), err=True)
    if as_json:
        show_json({"errors": [problem.as_dict() for problem in problems]})


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of text as columns, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def listed(rows: Sequence[Mapping[str, Any]], *, widest: int = 200) -> str:
    """Return records as left-aligned columns under their keys; a missing value is a dash."""
    if not rows:
        return "nothing"
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([_cell(row.get(name), widest) for name in names] for row in rows)]
    widths = [max(map(_columns, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(
            cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: Any, widest: int) -> str:
    """Return a value as a cell of a table, cut where it is too wide."""
    if value is None or value != value:  # noqa: PLR0124  (a missing number is unequal to itself)
        return "-"
    text = f"{value:,.6g}" if isinstance(value, float) else " ".join(str(value).split())
    return text if _columns(text) <= widest else text[: widest // 2 - 1] + "…"


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
