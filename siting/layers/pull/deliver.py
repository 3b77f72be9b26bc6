"""Hand what was pulled to the import, which checks it, writes the layer and the catalogue.

Places of OpenStreetMap are known as `approximate`: somebody set them on a picture taken from above,
and nobody vouches for them. They fill in or replace what is modelled, nothing that is known better.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.layers.folder.files import find_files, open_table
from siting.layers.intake import RasterOptions, import_layer
from siting.layers.intake.geopackage import write_geopackage
from siting.layers.intake.known import known_units
from siting.layers.intake.tables import table_of
from siting.layers.intake.update import standing_layer
from siting.layers.pull.match import match_rows
from siting.layers.pull.wanted import OPENSTREETMAP
from siting.layers.pull.windows import cut_window

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from siting.layers.intake import ImportReport
    from siting.layers.pull.gather import Tiles
    from siting.layers.pull.objects import Drawn
    from siting.layers.pull.wanted import Objects

    Progress = Callable[[str, float], None]

PROVENANCE = "approximate"


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """One layer that was pulled: what came, what became of it, and on which terms.

    `objects` counts what came, in `unit`: objects of OpenStreetMap, or tiles. `changed` is False where the folder held
    exactly this already, or nothing of it could be used.
    """

    what: str
    layer: str
    objects: int
    source: str
    licence: str
    vintage: str
    unit: str = "objects"
    written: int = 0
    rejected: int = 0
    rejected_file: str = ""
    changed: bool = False
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "what": self.what,
            "layer": self.layer,
            self.unit: self.objects,
            "written": self.written,
            "rejected": self.rejected,
            "rejected_file": self.rejected_file,
            "changed": self.changed,
            "source": self.source,
            "licence": self.licence,
            "vintage": self.vintage,
            "notes": list(self.notes),
        }


def deliver_objects(
    what: str, wanted: Objects, drawn: Drawn, directory: Path, *, progress: Progress | None
) -> Pulled:
    """Write a layer of objects, or fill in the places of the layer that is there."""
    pulled = Pulled(
        what=what,
        layer=wanted.layer,
        objects=len(drawn.cells),
        source=OPENSTREETMAP.name,
        licence=OPENSTREETMAP.licence,
        vintage=drawn.vintage,
        notes=drawn.notes,
    )
    if drawn.cells.empty:
        return _with(pulled, "OpenStreetMap has none in this area: nothing is written")
    standing = wanted.layer in find_files(directory)[0]
    if not wanted.fills or (wanted.may_be_new and not standing):
        cells = drawn.cells.assign(source=OPENSTREETMAP.name + " " + drawn.cells["id"])
        return _imported(pulled, cells, drawn.shapes, directory, update=False, progress=progress)
    layer = standing_layer(directory, wanted.layer)
    matched = match_rows(drawn, layer, known_units(directory).outlines)
    pulled = _with(pulled, *matched.notes)
    if not matched.count:
        return _with(pulled, f"none has the name of a row of {wanted.layer}: nothing is written")
    return _imported(
        pulled, matched.cells, matched.shapes, directory, update=True, progress=progress
    )


def deliver_raster(
    what: str, tiles: Tiles, directory: Path, *, progress: Progress | None
) -> Pulled:
    """Write a raster layer from the windows of its tiles."""
    pulled = Pulled(
        what=what,
        layer=tiles.layer,
        objects=len(tiles.files),
        source=tiles.source.name,
        licence=tiles.source.licence,
        vintage=tiles.vintage,
        unit="tiles",
    )
    if tiles.missing:
        names = ", ".join(tiles.missing)
        pulled = _with(pulled, f"there is no tile (open sea), so its cells are void: {names}")
    with tempfile.TemporaryDirectory(prefix="siting-") as folder:
        for name, path in tiles.files:
            if tiles.cut is None:
                shutil.copyfile(path, Path(folder) / name)
            else:
                cut_window(path, tiles.cut, Path(folder) / name, name=name)
        report = import_layer(
            folder if len(tiles.files) > 1 else Path(folder) / tiles.files[0][0],
            layer=tiles.layer,
            directory=directory,
            provenance=PROVENANCE,
            source_name=tiles.source.name,
            licence=tiles.source.licence,
            vintage=tiles.vintage,
            # WorldPop's constrained grid leaves out where nobody lives; that is what a void means.
            raster=RasterOptions(fill="zero" if tiles.layer == "population" else ""),
            progress=progress,
        )
    return _reported(pulled, report)


def _imported(
    pulled: Pulled,
    cells: pd.DataFrame,
    shapes: Any,
    directory: Path,
    *,
    update: bool,
    progress: Progress | None,
) -> Pulled:
    """Import a table of objects by way of a GeoPackage, whose bytes depend on it alone."""
    table = cells.drop(columns="name_zh", errors="ignore")
    ours = [column.name for column in table_of(pulled.layer).columns if column.name in table]
    source, licence = OPENSTREETMAP.name, OPENSTREETMAP.licence
    if update:
        source, licence = _besides(directory, pulled.layer, source, licence)
    with tempfile.TemporaryDirectory(prefix="siting-") as folder:
        path = Path(folder) / f"openstreetmap_{pulled.layer}.gpkg"
        write_geopackage(path, pulled.layer, {str(name): table[name] for name in table}, shapes)
        report = import_layer(
            path,
            layer=pulled.layer,
            directory=directory,
            datum="wgs84",
            columns={name: name for name in ours},
            provenance=PROVENANCE,
            source_name=source,
            licence=licence,
            vintage=pulled.vintage,
            update=update,
            max_rejected_share=1.0,
            progress=progress,
        )
    return _reported(pulled, report)


def _besides(directory: Path, layer: str, source: str, licence: str) -> tuple[str, str]:
    """Return source and licence beside those that the catalogue gives the layer already."""
    for path in find_files(directory)[0].get("catalogue", ()):
        raw = open_table("catalogue", path)[0]
        for row in raw.cells.to_dict("records") if raw is not None else ():
            if row.get("layer") == layer:
                return _joined(row.get("source", ""), source), _joined(
                    row.get("licence", ""), licence
                )
    return source, licence


def _joined(before: str, new: str) -> str:
    return before if new in before else "; places: ".join(filter(None, (before, new)))


def _reported(pulled: Pulled, report: ImportReport) -> Pulled:
    return replace(
        pulled,
        written=report.rows_written,
        rejected=report.rows_rejected,
        rejected_file=report.rejected_file,
        changed=report.changed,
        notes=(*pulled.notes, *report.notes),
    )


def _with(pulled: Pulled, *notes: str) -> Pulled:
    return replace(pulled, notes=(*pulled.notes, *notes))
