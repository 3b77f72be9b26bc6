"""`siting layers`: what lies in a folder of layers, whether it is sound, what is in one layer."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

import siting
from siting.cli.layers_report import report_layers
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import listed, show_json, show_problems
from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.workspace import default_layers

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

BAD_DATA = DataError.exit_code
TABLES = (
    "counties",
    "townships",
    "villages",
    "ports",
    "parks",
    "protected",
    "projects",
    "data_centres",
    "targets",
    "catalogue",
    "progress",
    "public_places",
    "sites",
)
_LISTED = ("layer", "file", "rows", "crs", "datum", "provenance")

HASH_SHOWN = 12
"""So many digits of a hash tell files apart on the screen; --json prints all."""

app = typer.Typer(
    help="List, check and show the layers that a plan is made from.", rich_markup_mode=None
)


@app.command("list")
def list_layers(layers: LayersOption = None, as_json: JsonOption = False) -> None:
    """Print the layers of a folder: file, rows, CRS and how their rows are known."""
    rows, problems = _report(layers)
    if not rows:
        raise DataError(problems)
    if as_json:
        show_json({"layers": rows})
        return
    typer.echo(listed([{name: row[name] for name in _LISTED} for row in rows]))
    if problems:
        typer.echo(f"{len(problems)} problems: run siting layers check", err=True)


@app.command("check")
def check_layers(layers: LayersOption = None, as_json: JsonOption = False) -> int:
    """Print what every layer is and tell everything that is wrong; ends with 3 if anything is."""
    rows, problems = _report(layers)
    show_problems(problems, as_json=False)
    if as_json:
        show_json({"layers": rows, "errors": [problem.as_dict() for problem in problems]})
        return BAD_DATA if problems else 0
    if rows:
        noted = any(row["note"] for row in rows)
        typer.echo(listed([_checked(row, noted=noted) for row in rows]))
    files = "1 file" if len(rows) == 1 else f"{len(rows)} files"
    many = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    typer.echo(f"{files}, {many if problems else 'nothing wrong'}")
    return BAD_DATA if problems else 0


app.command("report")(report_layers)


@app.command("show")
def show_layer(
    name: Annotated[str, typer.Argument(metavar="LAYER", help="Name of a layer.")],
    rows: Annotated[int, typer.Option(min=0, metavar="N", help="Rows to print.")] = 10,
    layers: LayersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the first rows of one layer as a plan reads it."""
    if name not in TABLES:
        raise ConfigurationError(_unknown(name))
    table = _table(layers or default_layers(), name)
    records = _records(table.head(rows))
    if as_json:
        columns = [str(column) for column in table.columns]
        show_json({"layer": name, "rows": len(table), "columns": columns, "head": records})
        return
    typer.echo(f"{name}: {len(table)} rows")
    typer.echo(listed(records, widest=40))


def _checked(row: dict[str, Any], *, noted: bool) -> dict[str, Any]:
    """Return a file of a folder as `check` prints it: bounds in one cell, the hash cut short."""
    bounds = row["bounds"]
    shown = {name: row[name] or None for name in ("layer", "file", "rows", "crs", "datum")}
    shown |= {
        "rows": row["rows"],
        "bounds": "{:.3f} {:.3f} to {:.3f} {:.3f}".format(*bounds) if bounds else None,
        "provenance": row["provenance"] or None,
        "sha256": row["sha256"][:HASH_SHOWN],
    }
    return shown | ({"note": row["note"] or None} if noted else {})


def _report(layers: Path | None) -> tuple[list[dict[str, Any]], tuple[Problem, ...]]:
    """Return the files of a folder as records, and what is wrong with them."""
    report = siting.check_layers(layers or default_layers())
    return _records(report.table), report.problems


def _table(directory: Path, name: str) -> pd.DataFrame:
    """Return one table of a folder of layers, or say that it was not given."""
    table: pd.DataFrame | None = getattr(siting.read_layers(directory), name)
    if table is None:
        what, remedy = "this layer is optional and not there", f"add {name}.csv or {name}.gpkg"
        raise MissingDataError(Problem(file=str(directory), what=what, remedy=remedy))
    return table


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain JSON types, without geometry."""
    plain = table.drop(columns="geometry", errors="ignore")
    text = plain.to_json(orient="records", force_ascii=False, date_format="iso", index=False)
    records: list[dict[str, Any]] = json.loads(text)
    return records


def _unknown(name: str) -> Problem:
    """Return the problem of a layer that no plan knows."""
    close = difflib.get_close_matches(name, TABLES, n=3)
    remedy = f"did you mean {' or '.join(close)}?" if close else f"name one of {', '.join(TABLES)}"
    return Problem(file="siting layers show", what=f"there is no layer {name!r}", remedy=remedy)
