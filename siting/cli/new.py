"""`siting new DIR`: a folder of one's own to plan in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import show_json
from siting.workspace import new_workspace


def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    layers: LayersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a folder with the layers of the embedded city (or of --layers) and a scenario."""
    files = [path.as_posix() for path in new_workspace(directory, layers=layers)]
    if as_json:
        show_json({"directory": directory.as_posix(), "files": files})
        return
    typer.echo(f"{directory.as_posix()}: {len(files)} files, with the layers and quanzhou.toml")
    typer.echo(f"next: cd {directory.as_posix()}, change quanzhou.toml, then run siting plan")
