"""`siting coverage compute`: the rasters of what a network covers, tile by tile, resumable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import siting
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import listed, show_json
from siting.cli.progress import StepProgress
from siting.workspace import default_layers, default_scenario

_Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the rasters are put.")
]


def compute(  # noqa: PLR0913 - a command has the options that its users need
    output: _Output,
    *,
    layers: LayersOption = None,
    scenario: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Scenario file or packaged name [as siting plan]."),
    ] = None,
    network: Annotated[
        str,
        typer.Option(
            metavar="existing|plan|sectors",
            help="The register or modelled network, a plan's sites, or the table of sectors.",
        ),
    ] = "existing",
    plan: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Outputs of siting plan, or a sites.gpkg.")
    ] = None,
    carriers: Annotated[
        str, typer.Option(metavar="MHZ,...", help="Bands, such as 700,2600,3500 [all there].")
    ] = "",
    cell_m: Annotated[float, typer.Option("--cell", metavar="M", help="Side of a cell.")] = 30.0,
    radius_km: Annotated[
        float | None,
        typer.Option("--radius", metavar="KM", help="[5 below 1 GHz, 3 above]"),
    ] = None,
    terrain: Annotated[
        str, typer.Option(metavar="dem|surface", help="Bare earth, or with roofs and trees.")
    ] = "dem",
    flat: Annotated[
        bool, typer.Option("--flat", help="Leave the relief out; the files say so.")
    ] = False,
    threshold_dbm: Annotated[
        float | None,
        typer.Option("--threshold", metavar="DBM", help="Covered from here [the scenario's]."),
    ] = None,
    load: Annotated[
        float, typer.Option(metavar="SHARE", help="Busy resource elements of the other cells.")
    ] = 0.5,
    edges: Annotated[
        str,
        typer.Option(metavar="exclude|refuse", help="Masts and cells without known ground."),
    ] = "exclude",
    engine: Annotated[str, typer.Option(metavar="local|dask", help="Where tiles run.")] = "local",
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, help="Threads, or processes of Dask.")
    ] = 1,
    scheduler: Annotated[
        str, typer.Option(metavar="tcp://HOST:PORT", help="A Dask scheduler that runs.")
    ] = "",
    tile_cells: Annotated[
        int, typer.Option("--tile", metavar="CELLS", help="Side of a tile; changes no value.")
    ] = 1024,
    work: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keeps finished tiles for the next run [FOLDER.work]."),
    ] = None,
    name: Annotated[
        str, typer.Option(metavar="WORD", help="Begins the files' names [that of the study].")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Compute level, SINR, best server, probability, throughput and margin of every carrier.

    Writes FOLDER/NAME_BAND_QUANTITY.tif, servers.csv and coverage.json. A run that was stopped goes
    on with the tiles that are missing.
    """
    request = siting.CoverageRequest(
        network=network,
        plan=plan,
        carriers=tuple(word.strip() for word in carriers.replace("，", ",").split(",") if word),
        cell_m=cell_m,
        radius_km=radius_km,
        terrain=terrain,
        flat=flat,
        threshold_dbm=threshold_dbm,
        load=load,
        edges=edges,
        tile_cells=tile_cells,
        name=name,
    )
    assumptions = siting.load_scenario(scenario or default_scenario())
    with StepProgress() as progress:
        tables = siting.read_layers(
            layers or default_layers(), crs=assumptions.study.crs, needs=assumptions.needs
        )
        report = siting.compute_coverage(
            output,
            scenario=assumptions,
            layers=tables,
            request=request,
            engine=engine,
            workers=workers,
            scheduler=scheduler,
            work=work,
            progress=progress,
        )
    figures = report.as_dict()
    if as_json:
        show_json(figures)
        return
    typer.echo(_told(figures))


def _told(figures: dict[str, Any]) -> str:
    """Return what a run found, as text."""
    rows = [
        {
            "MHz": band["band"],
            "threshold dBm": band["threshold_dbm"],
            "sectors": band["sectors"],
            "km2": band["area_km2"],
            "area": _share(band["area_share"]),
            "people": _share(band["people_share"]),
            "by probability": _share(band["people_expected_share"]),
        }
        for band in figures["bands"]
    ]
    lines = [
        listed(rows),
        f"network {figures['network']}, {figures['provenance']}; terrain {figures['terrain']}",
        f"masts {figures['masts']}",
        f"masts on unknown ground: {figures['masts_without_ground']}",
        f"masts too far away: {figures['masts_too_far']}",
        f"cells of masts in or behind unknown ground: {figures['void_cells_within_reach']:,}",
    ]
    beyond = sum(band["beyond_range"] for band in figures["bands"])
    lines.append(f"cells of masts beyond the range of TR 38.901, without a level: {beyond:,}")
    lines += [f"left out: {count:,} {name}" for name, count in figures["sectors_left_out"].items()]
    lines += [
        f"assumed for {count:,} sectors: {name}" for name, count in figures["assumed"].items()
    ]
    lines.append(
        f"tiles {figures['tiles_computed']} computed, {figures['tiles_kept']} kept, "
        f"{figures['retries']} tried again, {figures['workers_lost']} workers lost"
    )
    if figures["seconds_per_site"] is not None:
        lines.append(f"{1000.0 * figures['seconds_per_site']:.1f} ms a mast")
    return "\n".join([*lines, figures["folder"]])


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100.0 * value:.1f} %"
