"""Say of every file that was read what it is: rows, hash, CRS, and how its rows are known."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siting.layers.folder.dem import FILE as DEM_FILE
from siting.layers.folder.dem import dem_frame
from siting.layers.folder.files import WGS84
from siting.layers.schema import PROVENANCES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from siting.layers.folder.check import Examination

CHANGED = "changed since the catalogue was written"
UNLISTED = "not in the catalogue: a layer of the user"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def layer_table(found: Examination) -> pd.DataFrame:
    """Return one row per file: layer, file, rows, crs, datum, bounds, provenance, sha256."""
    columns = ["layer", "file", "rows", "crs", "datum", "bounds", "provenance", "sha256"]
    return pd.DataFrame(list(_described(found)), columns=columns)


def catalogue_of(found: Examination) -> pd.DataFrame:
    """Return the catalogue of what was read, one row per file.

    Columns: layer, file, rows, sha256, provenance, source, licence, crs, datum, vintage, note.
    What the folder's catalogue.csv says of a file holds only while its hash is that of the file.
    """
    written = found.tables.get("catalogue", pd.DataFrame({"file": []}))
    listed = {row["file"]: row for row in written.to_dict("records")}
    rows = []
    for layer in _described(found):
        said = listed.get(layer["file"], {})
        same = bool(said) and said["sha256"] in ("", layer["sha256"])
        note = said["note"] if same else (CHANGED if said else UNLISTED)
        rows.append(
            {key: layer[key] for key in ("layer", "file", "rows", "sha256", "provenance")}
            | {key: said[key] if same else "" for key in ("source", "licence")}
            | {"crs": layer["crs"], "datum": layer["datum"]}
            | {"vintage": said["vintage"] if same else "", "note": note}
        )
    return pd.DataFrame(rows)


def provenance_summary(provenances: pd.Series) -> str:
    """Return how rows are known: the one word, or each with its count, best first.

    >>> provenance_summary(pd.Series(["official", "approximate", "official"]))
    'official 2; approximate 1'
    """
    counts = {word: int((provenances == word).sum()) for word in PROVENANCES}
    present = {word: count for word, count in counts.items() if count}
    if len(present) == 1:
        return next(iter(present))
    return "; ".join(f"{word} {count}" for word, count in present.items())


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
    if found.terrain is not None:
        crs, bounds = dem_frame(found.terrain)
        yield {
            "layer": "terrain",
            "file": DEM_FILE,
            "rows": 1,
            "crs": crs,
            "datum": _datum(found, DEM_FILE),
            "bounds": bounds,
            "provenance": "",
            "sha256": sha256_of(found.terrain),
        }


def _outline_row(found: Examination) -> dict[str, Any]:
    outline = found.outline
    if outline is None:  # pragma: no cover - asked for only where there is one
        return {}
    said = found.tables.get("catalogue", pd.DataFrame({"file": [], "provenance": []}))
    words = said["provenance"][said["file"] == outline.path.name]
    return {
        "layer": "county_outlines",
        "file": outline.path.name,
        "rows": len(outline.rows),
        "crs": outline.crs,
        "datum": _datum(found, outline.path.name),
        "bounds": _bounds(found, "counties"),
        "provenance": words.iloc[0] if len(words) else "",
        "sha256": sha256_of(outline.path),
    }


def _provenance(table: pd.DataFrame) -> str:
    return provenance_summary(table["provenance"]) if "provenance" in table else ""


def _datum(found: Examination, file: str) -> str:
    """Return the datum the catalogue gives a file; WGS 84 where it says nothing."""
    said = found.tables.get("catalogue", pd.DataFrame({"file": [], "datum": []}))
    words = said["datum"][said["file"] == file]
    return str(words.iloc[0]) if len(words) and words.iloc[0] else "WGS 84"


def _bounds(found: Examination, name: str) -> tuple[float, float, float, float] | None:
    bounds = found.geometry[name].total_bounds
    if not np.isfinite(bounds).all():
        return None
    west, south, east, north = (round(float(side), 5) for side in bounds)
    return west, south, east, north
