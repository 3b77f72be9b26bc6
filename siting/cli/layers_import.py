"""`siting layers import` and `siting layers remove`: a planner's own file in, and out again."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import siting
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import show_json, show_problems
from siting.cli.progress import StepProgress
from siting.errors import ConfigurationError, Problem
from siting.workspace import default_layers

if TYPE_CHECKING:
    from collections.abc import Iterator


class Fill(StrEnum):
    """How voids of a raster are filled."""

    NO = ""
    NEAREST = "nearest"
    INTERPOLATE = "interpolate"
    ZERO = "zero"


BIG_BYTES = 10_000_000
"""A file of this size gets a bar of progress."""


def register(group: typer.Typer) -> None:
    """Add both commands to the group `layers`."""
    group.command("import")(import_layer)
    group.command("remove")(remove_layer)


def import_layer(  # noqa: PLR0913, PLR0917 - one parameter per option
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="A file, or postgresql://user@host/database.")
    ],
    layer: Annotated[
        str,
        typer.Option(
            "--as", metavar="LAYER", help="sites, villages, roads, dem ...: what the file holds."
        ),
    ],
    datum: Annotated[
        str, typer.Option(metavar="DATUM", help="auto, wgs84, cgcs2000, gcj02 or bd09.")
    ] = "auto",
    crs: Annotated[
        str, typer.Option(metavar="EPSG:n", help="CRS, where the file does not say it.")
    ] = "",
    table: Annotated[
        str,
        typer.Option(
            "--table", "--sheet", metavar="NAME", help="Sheet, layer or table of the file."
        ),
    ] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OUR=HEADER", help="Which header is our column; repeatable."),
    ] = None,
    constants: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="COLUMN=VALUE", help="What blank or absent cells hold; repeatable."
        ),
    ] = None,
    provenance: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help="official, surveyed, generalised, approximate or modelled, where rows do not say.",
        ),
    ] = "",
    source_name: Annotated[
        str, typer.Option("--source", metavar="TEXT", help="Who made the data [the file's name].")
    ] = "",
    licence: Annotated[str, typer.Option(metavar="TEXT", help="Licence of the data.")] = "",
    vintage: Annotated[str, typer.Option(metavar="TEXT", help="Year of the data.")] = "",
    update: Annotated[
        bool, typer.Option("--update", help="Change rows of the layer that is there; keep others.")
    ] = False,
    max_rejected: Annotated[
        float, typer.Option(metavar="SHARE", help="More rejected rows are an error; 0 to 1.")
    ] = 0.5,
    fill: Annotated[
        Fill, typer.Option(metavar="HOW", help="Rasters: fill voids by nearest or interpolate.")
    ] = Fill.NO,
    max_fill_share: Annotated[
        float, typer.Option(metavar="SHARE", help="Rasters: most that may be filled; 0 to 1.")
    ] = 0.02,
    nodata: Annotated[
        float | None, typer.Option(metavar="VALUE", help="Rasters: what stands for no value.")
    ] = None,
    unit: Annotated[str, typer.Option(metavar="UNIT", help="Rasters: heights in m or ft.")] = "",
    bare_earth: Annotated[
        bool, typer.Option("--bare-earth", help="Rasters: a DEM named as a surface is none.")
    ] = False,
    zero_is_sea: Annotated[
        bool, typer.Option("--zero-is-sea", help="Rasters: blocks of 0 m are water.")
    ] = False,
    water_outside: Annotated[
        bool,
        typer.Option("--water-outside", help="Rasters: voids outside the counties are sea, 0 m."),
    ] = False,
    first_wins: Annotated[
        bool,
        typer.Option("--first-wins", help="Rasters: where tiles disagree, the first is taken."),
    ] = False,
    margin_km: Annotated[
        float | None, typer.Option(metavar="KM", help="Rasters: keep so much around the counties.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look at everything and write nothing.")
    ] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the search for the datum.")] = 0,
    layers: LayersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a file of one's own in as a layer: read, place, check, write; every reason told."""
    folder = layers or default_layers()
    with _shown(source) as progress:
        report = siting.import_layer(
            source,
            layer=layer,
            directory=folder,
            datum=datum,
            crs=crs,
            table=table,
            columns=_pairs("--map", columns),
            constants=_pairs("--set", constants),
            provenance=provenance,
            source_name=source_name,
            licence=licence,
            vintage=vintage,
            update=update,
            max_rejected_share=max_rejected,
            raster=siting.RasterOptions(
                fill=fill.value,
                max_fill_share=max_fill_share,
                nodata=nodata,
                unit=unit,
                bare_earth=bare_earth,
                zero_is_sea=zero_is_sea,
                water_outside=water_outside,
                first_wins=first_wins,
                margin_km=margin_km,
            ),
            dry_run=dry_run,
            seed=seed,
            progress=progress,
        )
    if as_json:
        show_json(report.as_dict())
    else:
        show_problems(report.problems, as_json=False)
        typer.echo("\n".join(report.lines(folder.as_posix())))


def remove_layer(
    layer: Annotated[str, typer.Argument(metavar="LAYER", help="The layer that was imported.")],
    layers: LayersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the last import of a layer back; what it replaced stands there again."""
    report = siting.remove_layer(layer, directory=layers or default_layers())
    if as_json:
        show_json(report.as_dict())
        return
    typer.echo(f"{layer}: removed {', '.join(report.removed) or 'nothing'}")
    typer.echo(f"brought back: {', '.join(report.restored) or 'nothing stood there before'}")


def _pairs(option: str, words: list[str] | None) -> dict[str, str]:
    """Return NAME=VALUE words as a mapping."""
    pairs: dict[str, str] = {}
    problems = []
    for word in words or []:
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            remedy = f"write {option} NAME=VALUE"
            problems.append(Problem(column=option, what=f"{word!r} has no =", remedy=remedy))
        elif name.strip() in pairs:
            what, remedy = f"{name.strip()} is given twice", "give it once"
            problems.append(Problem(column=option, what=what, remedy=remedy))
        pairs[name.strip()] = value.strip()
    if problems:
        raise ConfigurationError(problems)
    return pairs


@contextmanager
def _shown(source: str) -> Iterator[StepProgress | None]:
    """Show the progress of a big file, and nothing of a small one."""
    path = Path(source)
    if path.is_dir() or "://" in source or (path.is_file() and path.stat().st_size >= BIG_BYTES):
        with StepProgress() as progress:
            yield progress
    else:
        yield None
