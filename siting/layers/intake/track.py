"""Bring a planner's file in as a layer, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.disk.moves import staged_files
from siting.errors import DataError, Problem
from siting.layers.folder.files import REJECTED
from siting.layers.intake.reading import read_source
from siting.layers.intake.replace import replace_files
from siting.layers.intake.report import ImportReport, next_steps
from siting.layers.intake.request import RasterOptions, Request, check_request
from siting.layers.intake.sectors import join_sites
from siting.layers.intake.update import standing_layer, update_rows
from siting.layers.intake.writing import (
    catalogue_rows,
    output_of,
    outputs_of_sites,
    write_outputs,
)
from siting.layers.wide import RASTER_LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.layers.intake.draft import Draft
    from siting.layers.intake.request import Progress
    from siting.layers.intake.writing import Output


def import_layer(  # noqa: PLR0913 - what a planner may say of a file, each by its name
    source: str | Path,
    *,
    layer: str,
    directory: str | Path,
    datum: str = "auto",
    crs: str = "",
    table: str = "",
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    provenance: str = "",
    source_name: str = "",
    licence: str = "",
    vintage: str = "",
    update: bool = False,
    max_rejected_share: float = 0.5,
    seed: int = 0,
    raster: RasterOptions | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Write a layer of ours from a planner's file: NAME.gpkg, or NAME.tif of a raster.

    Rows that cannot be used go to NAME.rejected.csv with their reasons; the catalogue gets a row;
    what stood there before is kept for `remove_layer`. Importing the same file again changes
    nothing.

    Parameters
    ----------
    source
        A file of any kind that is read here, or `postgresql://user@host/database`.
    layer
        sites, villages, townships, counties, ports, parks, public_places, data_centres, projects,
        progress, protected, roads, rail, water, power, buildings, measurements, dem, surface,
        landcover or population. The sectors of a 工参 table come with `sites`.
    directory
        The folder of layers; not that of the embedded city.
    datum
        auto, wgs84, cgcs2000, gcj02 or bd09.
    crs
        `EPSG:n` of the coordinates, where the file does not say it.
    table
        The sheet, layer or table of a source that holds several.
    columns
        Our column -> header of the file, where the header does not tell.
    constants
        Our column -> what stands in its blank cells, and in all where the file has no such column.
    provenance
        How rows that do not say so are known: official, surveyed, generalised, approximate or
        modelled.
    source_name, licence, vintage
        For the catalogue, and for rows that do not say so.
    update
        Change the rows of the layer that is there, found by code or name, and keep the others.
    max_rejected_share
        More rejected rows than this share are an error, 0 to 1.
    seed
        Draws the rows that are weighed in the search for the datum.
    raster
        What is said of a raster: how voids are filled, what stands for no value, the unit.
    dry_run
        Look at everything and write nothing.
    progress
        Told the step and its share done.

    Returns
    -------
    ImportReport
        What was read, written, rejected and replaced, and what speaks for the datum.

    Raises
    ------
    ConfigurationError
        An option cannot be used, or the folder is that of the embedded city.
    DataError
        The source cannot be read, a question must be answered first, or too many rows are
        rejected; with every problem. Nothing was written.

    """
    from siting.layers.read import embedded_directory  # noqa: PLC0415 - it imports all of a plan

    request = Request(
        source=source,
        layer=layer,
        directory=Path(directory),
        datum=datum,
        crs=crs,
        table=table,
        columns=dict(columns or {}),
        constants=dict(constants or {}),
        provenance=provenance,
        source_name=source_name,
        licence=licence,
        vintage=vintage,
        update=update,
        max_rejected_share=max_rejected_share,
        seed=seed,
        raster=raster or RasterOptions(),
        dry_run=dry_run,
        progress=progress,
    )
    check_request(request, embedded=embedded_directory())
    if layer in RASTER_LAYERS:
        from siting.layers.intake.raster import import_raster_layer  # noqa: PLC0415 - rasterio

        return import_raster_layer(request)
    draft = read_source(request)
    outputs, updated = _outputs(draft, request)
    _refuse_many(draft, request)
    return _written(draft, outputs, updated, request)


def _outputs(draft: Draft, request: Request) -> tuple[tuple[Output, ...], int]:
    """Return the files to write, and how many rows of the draft they hold."""
    if request.update:
        standing = standing_layer(request.directory, request.layer)
        merged, updated = update_rows(draft, standing)
        return (output_of(merged, request.layer),), int(updated.sum())
    if draft.sectors:
        outputs = outputs_of_sites(draft, join_sites(draft))
        return outputs, outputs[0].rows
    return (output_of(draft, request.layer),), int(draft.kept.sum())


def _refuse_many(draft: Draft, request: Request) -> None:
    """Raise where no row is left, or more are rejected than the planner allows."""
    rejected, read = int(draft.reasons.rejected.sum()), len(draft)
    share = rejected / read
    if draft.kept.any() and share <= request.max_rejected_share:
        return
    if not rejected:
        what, remedy = "no row lies in or near the city", "check that it is the right file"
    elif draft.kept.any():
        what = f"{rejected:,} of {read:,} rows are rejected, more than {request.max_rejected_share:.0%}"
        part = np.ceil(share * 100.0) / 100.0
        remedy = f"correct them, or write the others with --max-rejected {part:g}"
    else:
        what, remedy = "every row is rejected", "correct what is said of them"
    summary = Problem(file=draft.sheet.file, what=f"{what}: nothing is written", remedy=remedy)
    raise DataError([summary, *draft.reasons.problems()])


def _written(
    draft: Draft, outputs: tuple[Output, ...], updated: int, request: Request
) -> ImportReport:
    """Write the files in one stroke, unless they stand there already, and report."""
    if request.dry_run:
        files = [output.file for output in outputs]
        files += [f"{request.layer}{REJECTED}"] if draft.reasons.rejected.any() else []
        return _report(draft, outputs, updated, request, files, replaced=[])
    request.step("write")
    with staged_files(request.directory) as staging:
        files = write_outputs(staging, outputs, draft, request.layer)
        rows = catalogue_rows(staging, outputs, draft, request)
        replaced = replace_files(staging, request.layer, files, rows)
    return _report(draft, outputs, updated, request, files, replaced=replaced)


def _report(
    draft: Draft,
    outputs: tuple[Output, ...],
    updated: int,
    request: Request,
    files: list[str],
    *,
    replaced: list[str] | None,
) -> ImportReport:
    """Return what the import did; `replaced` is None where the folder held exactly this."""
    rejected = [name for name in files if name.endswith(REJECTED)]
    return ImportReport(
        layer=request.layer,
        source=draft.sheet.file,
        files=() if replaced is None else tuple(files),
        rows_read=len(draft),
        rows_written=updated,
        rows_rejected=int(draft.reasons.rejected.sum()),
        rows_left_out=int(draft.left_out.sum()),
        sector_rows=outputs[1].rows if len(outputs) > 1 else 0,
        rejected_file=rejected[0] if rejected else "",
        problems=tuple(draft.reasons.problems()),
        datum=draft.datum,
        crs=draft.crs,
        evidence=draft.evidence,
        likelihoods=draft.likelihoods,
        notes=tuple(draft.notes),
        replaced=tuple(replaced or ()),
        changed=replaced is not None,
        dry_run=request.dry_run,
        provenance=outputs[0].provenance,
        next_steps=next_steps(request, replaced=bool(replaced)),
    )
