"""Bring a raster in: checked and written by siting.layers.rasters, put in place as any layer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from siting.disk.moves import staged_files
from siting.layers.intake.replace import replace_files
from siting.layers.intake.report import ImportReport, next_steps
from siting.layers.intake.writing import origin_hash
from siting.layers.rasters import import_raster

if TYPE_CHECKING:
    from siting.layers.intake.request import Request
    from siting.layers.rasters import RasterReport


def import_raster_layer(request: Request) -> ImportReport:
    """Write a raster layer, unless it stands there already, and report."""
    if request.dry_run:
        with tempfile.TemporaryDirectory() as folder:
            written = _import(request, Path(folder) / f"{request.layer}.tif")
        return _report(request, written, replaced=[])
    with staged_files(request.directory) as staging:
        written = _import(request, staging.new(f"{request.layer}.tif"))
        rows = [_catalogue_row(request, written)]
        replaced = replace_files(staging, request.layer, [written.file], rows)
    return _report(request, written, replaced=replaced)


def _import(request: Request, target: Path) -> RasterReport:
    options = request.raster
    return import_raster(
        request.source,
        layer=request.layer,
        directory=request.directory,
        target=target,
        crs=request.crs,
        fill=options.fill,
        max_fill_share=options.max_fill_share,
        nodata=options.nodata,
        unit=options.unit,
        bare_earth=options.bare_earth,
        zero_is_sea=options.zero_is_sea,
        water_outside=options.water_outside,
        first_wins=options.first_wins,
        margin_km=options.margin_km,
        progress=request.progress,
    )


def _catalogue_row(request: Request, written: RasterReport) -> dict[str, str]:
    return {
        "layer": request.layer,
        "file": written.file,
        "source": request.source_name or ", ".join(written.sources),
        "licence": request.licence,
        "crs": written.crs,
        "datum": written.datum,
        "vintage": request.vintage,
        "rows": str(written.rows),
        "sha256": written.sha256,
        "provenance": request.provenance,
        "note": written.note,
        "origin": ", ".join(written.sources),
        "origin_sha256": origin_hash(Path(str(request.source))),
        "read_as": request.read_as,
    }


def _report(request: Request, written: RasterReport, *, replaced: list[str] | None) -> ImportReport:
    return ImportReport(
        layer=request.layer,
        source=", ".join(written.sources),
        files=() if replaced is None else (written.file,),
        rows_read=1,
        rows_written=1,
        datum=written.datum,
        crs=written.crs,
        notes=written.notes,
        replaced=tuple(replaced or ()),
        changed=replaced is not None,
        dry_run=request.dry_run,
        provenance=request.provenance,
        next_steps=next_steps(request, replaced=bool(replaced)),
    )
