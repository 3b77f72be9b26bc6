"""Write the rows of a draft as files of ours, with what the catalogue says of each."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.layers.folder.catalogue import provenance_summary, sha256_of
from siting.layers.folder.files import REJECTED, WGS84
from siting.layers.intake.cells import COORDINATES
from siting.layers.intake.geopackage import safe_names, write_geopackage
from siting.layers.intake.listing import read_listing, rows_of
from siting.layers.intake.reasons import counted
from siting.layers.intake.rejected import write_rejected
from siting.layers.intake.replace import standing_files
from siting.layers.wide import SECTORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from siting.disk.moves import Staging
    from siting.layers.intake.draft import Draft
    from siting.layers.intake.request import Request
    from siting.layers.intake.sectors import Sites
    from siting.layers.schema import Table

SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
"""Files beside a shapefile that belong to it."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """One file to write: the layer, its columns in order, and where its rows are."""

    name: str
    columns: Mapping[str, pd.Series]
    shapes: NDArray[np.object_]

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return f"{self.name}.csv" if self.name == "progress" else f"{self.name}.gpkg"

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.shapes)

    @property
    def provenance(self) -> str:
        """Return how the rows are known."""
        return (
            provenance_summary(self.columns["provenance"]) if "provenance" in self.columns else ""
        )


def output_of(draft: Draft, name: str) -> Output:
    """Return the rows of a draft that are kept, in the order of the file."""
    kept = np.flatnonzero(draft.kept)
    whole = len(kept) == len(draft)

    def chosen(values: pd.Series) -> pd.Series:
        return values if whole else values.iloc[kept].reset_index(drop=True)

    given = {name: chosen(values) for name, values in draft.columns.items()}
    columns = {
        column.name: _of_kind(given.pop(column.name), column.kind)
        for column in draft.table.columns
        if column.name in given
    }
    columns |= given
    names = safe_names(list(draft.extras), [*columns, *COORDINATES])
    columns |= {names[header]: chosen(cells) for header, cells in draft.extras.items()}
    return Output(name=name, columns=columns, shapes=draft.shapes[kept])


def outputs_of_sites(draft: Draft, sites: Sites) -> tuple[Output, Output]:
    """Return sites and sectors; the other columns of the file stay with the sectors."""
    names = safe_names(list(draft.extras), [*sites.sectors, *COORDINATES])
    extras = {
        names[header]: cells.iloc[sites.sector_rows].reset_index(drop=True)
        for header, cells in draft.extras.items()
    }
    shapes = draft.shapes
    return (
        Output(
            name="sites", columns=_typed(sites.columns, draft.table), shapes=shapes[sites.first]
        ),
        Output(
            name="sectors",
            columns={**_typed(sites.sectors, SECTORS), **extras},
            shapes=shapes[sites.sector_rows],
        ),
    )


def _typed(columns: Mapping[str, pd.Series], table: Table) -> dict[str, pd.Series]:
    kinds = {column.name: column.kind for column in table.columns}
    return {name: _of_kind(values, kinds.get(name, "text")) for name, values in columns.items()}


def _of_kind(values: pd.Series, kind: str) -> pd.Series:
    """Return a column in the type in which it is stored; blank whole numbers stay blank."""
    if kind == "integer":
        blank = values.isna().any()
        return values.astype("Int64") if blank else values.astype(np.int64)
    if kind == "flag":
        return values.astype("boolean") if values.isna().any() else values.astype(bool)
    return values


def write_outputs(
    staging: Staging, outputs: tuple[Output, ...], draft: Draft, layer: str
) -> list[str]:
    """Write the new files of an import into its staging folder; return their names."""
    names = []
    for output in outputs:
        path = staging.new(output.file)
        if output.name == "progress":
            _write_csv(path, output.columns)
        else:
            write_geopackage(path, output.name, output.columns, output.shapes)
        names.append(output.file)
    if draft.reasons.rejected.any():
        names.append(f"{layer}{REJECTED}")
        write_rejected(staging.new(names[-1]), draft.sheet, draft.reasons)
    return names


def _write_csv(path: Path, columns: Mapping[str, pd.Series]) -> None:
    """Write reports of progress, in which a number is written as briefly as it can be."""
    texts = [
        [f"{value:.15g}" if isinstance(value, float) else str(value) for value in values]
        for values in columns.values()
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*texts, strict=True))


def catalogue_rows(
    staging: Staging, outputs: tuple[Output, ...], draft: Draft, request: Request
) -> list[dict[str, str]]:
    """Return what the catalogue says of each file that was written."""
    origin = Path(str(request.source))
    hashed = origin_hash(origin)
    terms = _terms(request, draft)
    drawn = {"crs": WGS84, "datum": "WGS 84"} if draft.datum or draft.table.places != "none" else {}
    return [
        {
            "layer": output.name,
            "file": output.file,
            **terms,
            **drawn,
            "rows": str(output.rows),
            "sha256": sha256_of(staging.new(output.file)),
            "provenance": output.provenance,
            "note": "; ".join(_said(draft)),
            "origin": draft.sheet.file,
            "origin_sha256": hashed,
            "read_as": request.read_as,
        }
        for output in outputs
    ]


def _terms(request: Request, draft: Draft) -> dict[str, str]:
    """Return source, licence and vintage; an update keeps what was said of the other rows."""
    new = request.source_name or draft.sheet.file
    if not request.update:
        return {"source": new, "licence": request.licence, "vintage": request.vintage}
    files = standing_files(request.directory, request.layer)
    rows = rows_of(read_listing(request.directory)[1], files)

    def before(name: str) -> str:
        return "; ".join(dict.fromkeys(row[name] for row in rows if row.get(name)))

    known = before("source")
    joined = f"{known}; updated from {new}" if known else new
    return {
        "source": max(known, new, key=len) if new in known or known in new else joined,
        "licence": request.licence or before("licence"),
        "vintage": request.vintage or before("vintage"),
    }


def _said(draft: Draft) -> list[str]:
    """Return what the catalogue notes of an import: the datum, what was refused, what was done."""
    said = ["imported"]
    if draft.datum:
        said = [f"imported from {draft.datum} ({draft.crs})"]
    rejected, left_out = int(draft.reasons.rejected.sum()), int(draft.left_out.sum())
    said += [f"{counted(rejected, 'row')} rejected"] if rejected else []
    said += [f"{counted(left_out, 'row')} beyond the city left out"] if left_out else []
    return [*said, *draft.notes]


def origin_hash(source: Path) -> str:
    """Return the SHA-256 of a source, with the files that belong to a shapefile; "" of no file."""
    if not source.is_file():
        return ""
    if source.suffix.lower() != ".shp":
        return sha256_of(source)
    together = hashlib.sha256()
    beside = sorted(path for path in source.parent.glob(f"{source.stem}.*") if path != source)
    for path in [source, *(path for path in beside if path.suffix.lower() in SIDECARS)]:
        together.update(sha256_of(path).encode())
    return together.hexdigest()
