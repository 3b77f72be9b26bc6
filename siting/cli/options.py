"""The options that commands share, written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

LayersOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--layers", metavar="DIR", help="Folder of layers [./layers, else the embedded city]."
    ),
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print figures, or errors, as JSON on stdout.")
]
OutputsOption: TypeAlias = Annotated[
    Path, typer.Option("--outputs", metavar="DIR", help="Folder that the plan is written to.")
]
SetOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one key, for example phases.2024.max_stations=4000; may be repeated.",
    ),
]
