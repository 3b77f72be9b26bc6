"""`siting layers pull`: open data of a city, where there is internet or a cache."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import siting
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import listed, show_json
from siting.cli.progress import StepProgress
from siting.errors import ConfigurationError, Problem
from siting.workspace import default_layers


def register(group: typer.Typer) -> None:
    """Add the command to the group `layers`."""
    group.command("pull")(pull)


def pull(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WHAT ...]",
            help="places, boundaries, roads, rail, water, power, buildings, ports, industrial,"
            " public_places, dem, landcover, population [all].",
        ),
    ] = None,
    layers: LayersOption = None,
    bounds: Annotated[
        str, typer.Option(metavar="W,S,E,N", help="Area in degrees [that of the counties].")
    ] = "",
    cache: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of answers [this user's cache].")
    ] = None,
    overpass: Annotated[str, typer.Option(metavar="URL", help="Overpass server.")] = "",
    copernicus: Annotated[
        str, typer.Option(metavar="URL", help="Folder of the tiles of Copernicus GLO-30.")
    ] = "",
    worldcover: Annotated[
        str, typer.Option(metavar="URL", help="Folder of the tiles of ESA WorldCover.")
    ] = "",
    worldpop: Annotated[
        str, typer.Option(metavar="URL", help="WorldPop's raster of the country [China, 2020].")
    ] = "",
    proxy: Annotated[str, typer.Option(metavar="URL", help="Proxy [HTTPS_PROXY].")] = "",
    timeout: Annotated[
        float, typer.Option(metavar="S", help="Longest silence of a server, in seconds.")
    ] = 180.0,
    retries: Annotated[
        int, typer.Option(metavar="N", help="How often a request is repeated where it fails.")
    ] = 4,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody: use the cache, or say what it lacks.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked for, and do nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch open data as layers; what is in the cache is not asked for again."""
    urls = {
        "overpass": overpass,
        "copernicus": copernicus,
        "worldcover": worldcover,
        "worldpop": worldpop,
    }
    with StepProgress() as progress:
        report = siting.pull_layers(
            layers or default_layers(),
            what=tuple(what or ()),
            bounds=_bounds(bounds),
            cache=cache,
            urls=urls,
            proxy=proxy,
            timeout_s=timeout,
            retries=retries,
            offline=offline,
            dry_run=dry_run,
            progress=None if dry_run else progress,
        )
    if as_json:
        show_json(report.as_dict())
    else:
        typer.echo("\n".join(told(report)))


def told(report: siting.PullReport) -> list[str]:
    """Return the lines that a planner reads after a pull."""
    area = ",".join(f"{side:g}" for side in report.bounds)
    if report.foreseen:
        rows = [one.as_dict() for one in report.foreseen]
        table = listed([{key: row[key] for key in row if key != "licence"} for row in rows])
        return [f"area {area}; nothing was asked for (--dry-run)", *table.splitlines()]
    where = f"cache {report.cache.as_posix()}"
    lines = [f"area {area}; {report.asked} answers asked for, {report.known} from the {where}"]
    if report.offline:
        lines = [f"area {area}; offline: all {report.known} answers from the {where}"]
    for layer in report.layers:
        rejected = f", {layer.rejected:,} rejected" if layer.rejected else ""
        done = f"{layer.written:,} written{rejected}" if layer.changed else "nothing changed"
        came = f"{layer.objects:,} {layer.unit}"
        lines.append(f"{layer.what} -> {layer.layer}: {came}, {done}")
        lines += [f"  rejected, with reasons: {layer.rejected_file}"] * bool(layer.rejected_file)
        lines += [f"  {note}" for note in layer.notes]
    licences = dict.fromkeys(f"{layer.source}: {layer.licence}" for layer in report.layers)
    return [*lines, *(f"licence of {one}" for one in licences)]


def _bounds(text: str) -> tuple[float, float, float, float] | None:
    """Return the four sides that an option gives, None where it is not given."""
    if not text:
        return None
    try:
        west, south, east, north = (float(side) for side in text.split(","))
    except ValueError:
        what, remedy = f"'{text}' is no area", "write west,south,east,north in degrees"
        raise ConfigurationError(Problem(file="--bounds", what=what, remedy=remedy)) from None
    return west, south, east, north
