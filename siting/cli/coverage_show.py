"""`siting coverage show`: coverage rasters as a page and as printed maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import siting
from siting.cli.options import JsonOption
from siting.cli.output import show_json
from siting.cli.progress import StepProgress

PAGE = "index.html"


def show(
    source: Annotated[
        Path, typer.Argument(metavar="[RASTER_OR_DIR]", help="A GeoTIFF, or a folder of them.")
    ] = Path("outputs"),
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="[coverage_maps beside the rasters]"),
    ] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Heading of page and maps.")] = "",
    language: Annotated[str, typer.Option(metavar="zh|en", help="Language it opens in.")] = "zh",
    sheets: Annotated[bool, typer.Option(help="Also draw a PNG of A3 size per raster.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Show coverage: one page that needs no network, and a map of A3 size for each raster."""
    folder = output or (source if source.is_dir() else source.parent) / "coverage_maps"
    with StepProgress() as progress:
        progress("page", 0.0)
        page = siting.save_coverage_page(source, folder / PAGE, title=title, language=language)
        maps: tuple[Path, ...] = ()
        if sheets:
            progress("maps", 0.0)
            maps = siting.save_coverage_sheets(
                source,
                folder,
                title=title,
                language=language,
                progress=lambda share: progress("maps", share),
            )
    written = [page, *maps]
    if as_json:
        show_json({"page": page.as_posix(), "maps": [path.as_posix() for path in maps]})
    else:
        typer.echo("\n".join(path.as_posix() for path in written))
