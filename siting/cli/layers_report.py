"""`siting layers report`: what somebody has to decide about the shapes and places of the layers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import siting
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import listed, show_json
from siting.workspace import default_layers

if TYPE_CHECKING:
    import pandas as pd

ROWS_SHOWN = 20
"""So many rows of a table are printed; a file holds all."""

WIDEST = 140
"""A cell takes so many columns of the terminal at most."""

SHOWN = {
    "shapes": ("file", "row", "id", "name", "verdict", "what"),
    "units": ("file", "row", "row_2", "what", "width_m", "lon", "lat", "beyond_accuracy"),
    "duplicates": ("file", "row", "row_2", "name_1", "name_2", "what", "lon", "lat"),
    "at_sea": ("file", "row", "name", "verdict", "what", "lon", "lat"),
}
"""The columns of each table that are printed."""

HEADINGS = {
    "shapes": "shapes to mend",
    "units": "overlaps and gaps between units",
    "duplicates": "places that may be one",
    "at_sea": "places outside every county",
}


def report_layers(
    layers: LayersOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Write all rows to FILE.xlsx, or CSV to a folder.",
        ),
    ] = None,
    distance_m: Annotated[
        float, typer.Option("--distance", min=0.0, metavar="M", help="Places this near are a pair.")
    ] = 50.0,
    as_json: JsonOption = False,
) -> None:
    """List odd shapes, overlaps and gaps, possible duplicates and places at sea, to decide from."""
    reach_m = max(distance_m, 500.0)
    survey = siting.survey_layers(
        layers or default_layers(), distance_m=distance_m, name_distance_m=reach_m
    )
    files = siting.save_survey(survey, output) if output is not None else ()
    if as_json:
        tables = {name: _records(table) for name, table in survey.tables.items()}
        show_json(
            {**tables, "notes": list(survey.notes), "files": [file.as_posix() for file in files]}
        )
        return
    for name, table in survey.tables.items():
        typer.echo(f"{HEADINGS[name]}: {len(table)}")
        if len(table):
            shown = _records(table.head(ROWS_SHOWN)[list(SHOWN[name])])
            typer.echo(listed(shown, widest=WIDEST))
        if len(table) > ROWS_SHOWN:
            typer.echo(f"and {len(table) - ROWS_SHOWN} more: -o report.xlsx writes them all")
        typer.echo("")
    for line in (*survey.notes, *(f"wrote {file.as_posix()}" for file in files)):
        typer.echo(line)
    if survey.problem_count:
        typer.echo(f"{survey.problem_count} problems: run siting layers check", err=True)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain JSON types."""
    text = table.to_json(orient="records", force_ascii=False, index=False)
    records: list[dict[str, Any]] = json.loads(text)
    return records
