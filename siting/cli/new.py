"""`siting new DIR`: a folder of one's own to plan in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import show_json
from siting.errors import ConfigurationError, Problem
from siting.workspace import new_empty_workspace, new_workspace


def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    layers: LayersOption = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="For another city: no layers, a scenario to fill in.")
    ] = False,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Name of the study, with --empty.")
    ] = "",
    title_zh: Annotated[
        str, typer.Option(metavar="TEXT", help="Chinese title of the page, with --empty.")
    ] = "",
    title_en: Annotated[
        str, typer.Option(metavar="TEXT", help="English title of the page, with --empty.")
    ] = "",
    crs: Annotated[
        str, typer.Option(metavar="EPSG:n", help="Working CRS, with --empty [its UTM zone].")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Make a folder with the layers of the embedded city (or of --layers) and a scenario."""
    words = {"--name": name, "--title-zh": title_zh, "--title-en": title_en, "--crs": crs}
    _require_agreement(layers, words, empty=empty)
    if empty:
        made = new_empty_workspace(
            directory, name=name, title_zh=title_zh, title_en=title_en, crs=crs or "auto"
        )
    else:
        made = new_workspace(directory, layers=layers)
    files = [path.as_posix() for path in made]
    if as_json:
        show_json({"directory": directory.as_posix(), "files": files})
        return
    place = directory.as_posix()
    if empty:
        typer.echo(f"{place}: {len(files)} files; layers/README.md says what to put there")
        typer.echo(f"next: cd {place}, fill layers, set scenario.toml, then run siting plan")
        return
    typer.echo(f"{place}: {len(files)} files, with the layers and quanzhou.toml")
    typer.echo(f"next: cd {place}, change quanzhou.toml, then run siting plan")


def _require_agreement(layers: Path | None, words: dict[str, str], *, empty: bool) -> None:
    """Refuse options that only one of the two kinds of folder has."""
    if empty:
        wrong = ["--layers"] if layers is not None else []
        what, remedy = "an empty city has no layers", "leave one of --empty and --layers out"
    else:
        wrong = [option for option, word in words.items() if word]
        what, remedy = "belongs to an empty city", "add --empty, or leave it out"
    if wrong:
        raise ConfigurationError([Problem(file=name, what=what, remedy=remedy) for name in wrong])
