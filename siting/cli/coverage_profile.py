"""`siting coverage profile`: the path from a mast to a point, drawn and in figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import siting
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import listed, show_json
from siting.errors import ConfigurationError, MissingDataError, Problem
from siting.workspace import default_layers

TERRAINS = ("dem", "surface")
_Site = Annotated[
    str, typer.Option("--site", metavar="SITE_ID", help="A site of the register (layer sites).")
]
_From = Annotated[
    str,
    typer.Option("--from", metavar="LON,LAT,HEIGHT", help="A mast anywhere: degrees, metres."),
]
_To = Annotated[str, typer.Option("--to", metavar="LON,LAT", help="The point, WGS 84 degrees.")]
_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Draw it: FILE.svg or FILE.png."),
]


def profile(
    to: _To,
    site: _Site = "",
    start: _From = "",
    layers: LayersOption = None,
    dem: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Heights [dem.tif of the layers].")
    ] = None,
    terrain: Annotated[
        str, typer.Option(metavar="dem|surface", help="Bare earth, or with roofs and trees.")
    ] = "dem",
    output: _Output = None,
    radio: Annotated[
        str, typer.Option(metavar="NAME", help="A packaged radio or a radio file.")
    ] = "",
    scenario: Annotated[
        str, typer.Option(metavar="NAME", help="UMa, UMi, RMa or InH [by the radio].")
    ] = "",
    ue_height_m: Annotated[
        float, typer.Option("--ue-height", metavar="M", help="Height of the terminal.")
    ] = 1.5,
    language: Annotated[str, typer.Option(metavar="zh|en", help="Words of the picture.")] = "zh",
    as_json: JsonOption = False,
) -> None:
    """Show the terrain, the Fresnel zone and the losses between a mast and a point."""
    point = _numbers("--to", to, 2, "LON,LAT")
    folder = layers or default_layers()
    if terrain not in TERRAINS:
        what, remedy = f"{terrain!r} is no terrain", "write dem or surface"
        raise ConfigurationError(Problem(file="--terrain", what=what, remedy=remedy))
    mast = _mast(site, start, folder)
    link = siting.link_between(
        mast,
        (point[0], point[1]),
        dem=dem or folder / f"{terrain}.tif",
        radio=radio,
        scenario=scenario,
        ue_height_m=ue_height_m,
        surface=terrain == "surface",
    )
    written = None if output is None else siting.save_link(link, output, language=language)
    if as_json:
        show_json({**link.as_dict(), "file": None if written is None else written.as_posix()})
        return
    rows = [{"figure": name, "value": value} for name, value in siting.link_rows(link, "en")]
    typer.echo(f"{link.path.length_m / 1000.0:.2f} km, {link.path.sight}; radio {link.radio.name}")
    typer.echo(listed(rows))
    for note in siting.link_notes(link, "en"):
        typer.echo(note)
    if written is not None:
        typer.echo(written.as_posix())


def _mast(site: str, start: str, folder: Path) -> siting.Mast:
    """Return the mast that the options name: one of the register, or one anywhere."""
    if bool(site) == bool(start):
        what, remedy = "the mast is not clear", "give --site SITE_ID or --from LON,LAT,HEIGHT"
        raise ConfigurationError(Problem(file="--site", what=what, remedy=remedy))
    if start:
        lon, lat, height_m = _numbers("--from", start, 3, "LON,LAT,HEIGHT")
        return siting.Mast(lon=lon, lat=lat, height_m=height_m)
    register = siting.read_layers(folder).sites
    if register is None:
        remedy = "import one with siting layers import FILE --as sites, or use --from"
        problem = Problem(file="sites.csv", what="there is no register of sites", remedy=remedy)
        raise MissingDataError(problem)
    return siting.mast_of_site(register, site)


def _numbers(option: str, text: str, count: int, form: str) -> list[float]:
    """Return the numbers of an option, or refuse what is none."""
    try:
        numbers = [float(word) for word in text.replace("，", ",").split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        what, remedy = f"{text!r} is not {form}", f"write {count} numbers with commas between"
        raise ConfigurationError(Problem(file=option, what=what, remedy=remedy))
    return numbers
