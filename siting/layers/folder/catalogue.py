"""Say of every file that was read what it is: rows, hash, CRS, and how its rows are known."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siting.layers.folder.files import WGS84
from siting.layers.schema import PROVENANCES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from siting.layers.folder.check import Examination

CHANGED = "changed since the catalogue was written"
UNLISTED = "not in the catalogue: a layer of the user"
ORIGIN = ("origin", "origin_sha256", "read_as")
"""The file that an imported layer came from, its hash, and how it was read."""


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def layer_table(found: Examination) -> pd.DataFrame:
    """Return one row per file: layer, file, rows, crs, datum, bounds, provenance, sha256, note.

    `note` says where a file is not the one that the folder's catalogue.csv speaks of.
    """
    columns = ["layer", "file", "rows", "crs", "datum", "bounds", "provenance", "sha256"]
    listed = _listed(found)
    rows = [layer | {"note": _change(layer, listed)} for layer in _described(found)]
    return pd.DataFrame(rows, columns=[*columns, "note"])


def _listed(found: Examination) -> dict[str, dict[str, Any]]:
    """Return what the folder's catalogue.csv says of each file."""
    written = found.tables.get("catalogue", pd.DataFrame({"file": []}))
    rows: list[dict[Any, Any]] = written.to_dict("records")
    return {row["file"]: row for row in rows}


def _change(layer: Mapping[str, Any], listed: Mapping[str, Mapping[str, Any]]) -> str:
    said = listed.get(layer["file"])
    return CHANGED if said and said["sha256"] not in ("", layer["sha256"]) else ""


def catalogue_of(found: Examination) -> pd.DataFrame:
    """Return the catalogue of what was read, one row per file.

    Columns: layer, file, rows, sha256, provenance, source, licence, crs, datum, vintage, note, and
    of an imported file origin, origin_sha256 (the file it came from) and read_as (how).
    What the folder's catalogue.csv says of a file holds only while its hash is that of the file.
    """
    listed = _listed(found)
    rows = []
    for layer in _described(found):
        said = listed.get(layer["file"], {})
        same = bool(said) and not _change(layer, listed)
        note = said["note"] if same else (CHANGED if said else UNLISTED)
        rows.append(
            {key: layer[key] for key in ("layer", "file", "rows", "sha256", "provenance")}
            | {key: said[key] if same else "" for key in ("source", "licence")}
            | {"crs": layer["crs"], "datum": layer["datum"]}
            | {"vintage": said["vintage"] if same else "", "note": note}
            | {key: said[key] if same else "" for key in ORIGIN}
        )
    return pd.DataFrame(rows)


def provenance_summary(provenances: pd.Series) -> str:
    """Return how rows are known: the one word, or each with its count, best first.

    >>> provenance_summary(pd.Series(["official", "approximate", "official"]))
    'official 2; approximate 1'
    """
    return counted_provenances({word: int((provenances == word).sum()) for word in PROVENANCES})


def counted_provenances(counts: Mapping[str, int]) -> str:
    """Return the one word that has a count, or each with its count, best first."""
    present = {word: counts[word] for word in PROVENANCES if counts.get(word)}
    if len(present) == 1:
        return next(iter(present))
    return "; ".join(f"{word} {count}" for word, count in present.items())


def was_imported(found: Examination, path: Path) -> bool:
    """Tell whether an import wrote a file as it is, and so looked at every cell of it."""
    said = _listed(found).get(path.name, {})
    return bool(said.get("origin")) and said["sha256"] == sha256_of(path)


def _described(found: Examination) -> Iterator[dict[str, Any]]:
    """Yield what is known of each file, in the schema's order."""
    for name in TABLES:
        if name not in found.raws or name == "catalogue":
            continue
        raw, table = found.raws[name], found.tables[name]
        drawn = found.outline is None if name == "counties" else TABLES[name].places != "none"
        yield {
            "layer": name,
            "file": raw.path.name,
            "rows": len(table),
            "crs": (raw.crs or WGS84) if drawn else "",
            "datum": _datum(found, raw.path.name) if drawn else "",
            "bounds": _bounds(found, name) if drawn else None,
            "provenance": _provenance(table),
            "sha256": sha256_of(raw.path),
        }
        if name == "counties" and found.outline is not None:
            yield _outline_row(found)
    yield from _wide_rows(found)


def _wide_rows(found: Examination) -> Iterator[dict[str, Any]]:
    """Yield a row per raster and per wide layer; the DEM is the plan's terrain."""
    rasters = [("terrain" if name == "dem" else name, file) for name, file in found.rasters.items()]
    for name, file in (*rasters, *found.wide.items()):
        yield {
            "layer": name,
            "file": file.path.name,
            "rows": file.rows,
            "crs": file.crs,
            "datum": _datum(found, file.path.name),
            "bounds": file.bounds,
            "provenance": file.provenance or _said(found, file.path.name, "provenance"),
            "sha256": sha256_of(file.path),
        }


def _outline_row(found: Examination) -> dict[str, Any]:
    outline = found.outline
    if outline is None:  # pragma: no cover - asked for only where there is one
        return {}
    return {
        "layer": "county_outlines",
        "file": outline.path.name,
        "rows": len(outline.rows),
        "crs": outline.crs,
        "datum": _datum(found, outline.path.name),
        "bounds": _bounds(found, "counties"),
        "provenance": _said(found, outline.path.name, "provenance"),
        "sha256": sha256_of(outline.path),
    }


def _provenance(table: pd.DataFrame) -> str:
    return provenance_summary(table["provenance"]) if "provenance" in table else ""


def _datum(found: Examination, file: str) -> str:
    """Return the datum the catalogue gives a file; WGS 84 where it says nothing."""
    return _said(found, file, "datum") or "WGS 84"


def _said(found: Examination, file: str, column: str) -> str:
    """Return what the folder's catalogue says of a file, "" where it says nothing."""
    return str(_listed(found).get(file, {}).get(column, ""))


def _bounds(found: Examination, name: str) -> tuple[float, float, float, float] | None:
    bounds = found.geometry[name].total_bounds
    if not np.isfinite(bounds).all():
        return None
    west, south, east, north = (round(float(side), 5) for side in bounds)
    return west, south, east, north
