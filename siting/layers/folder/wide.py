"""Check the wide layers of a folder by their headers and by the database's own counting.

A wide layer may hold millions of rows, so no row becomes a Python object here: columns, CRS and
bounds come from the header, provenances and repeated keys from a query, the hash from the bytes.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
from rasterio.crs import CRS
from rasterio.errors import CRSError
from rasterio.warp import transform_bounds

from siting.errors import Problem
from siting.layers.folder.catalogue import counted_provenances
from siting.layers.folder.files import WGS84, FileFacts, same_stem
from siting.layers.folder.raster import lies_apart
from siting.layers.problems import row_problems
from siting.layers.wide import WIDE_TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any, TypeAlias

    from siting.layers.schema import Table

    Bounds: TypeAlias = tuple[float, float, float, float]

DRAWN = ("lon", "lat")
"""Columns that a layer with its own geometry need not have."""


def wide_files(directory: Path, city: Bounds | None) -> tuple[dict[str, FileFacts], list[Problem]]:
    """Return the wide layers of a folder, and what is wrong with them.

    Parameters
    ----------
    directory
        The folder; each layer NAME is NAME.gpkg.
    city
        West, south, east, north of the counties [degree]; None leaves far layers untold.

    """
    found: dict[str, FileFacts] = {}
    problems: list[Problem] = []
    for name, table in WIDE_TABLES.items():
        path = directory / f"{name}.gpkg"
        if path.is_file():
            file, wrong = _opened(table, path, city)
            found |= {name: file} if file is not None else {}
            problems += wrong
        else:
            problems += [_not_ours(name, other) for other in same_stem(directory, name)[:1]]
    return found, problems


def table_of(path: Path, name: str) -> str:
    """Return the table of a GeoPackage that holds the layer: the one of its name, or the only one."""
    layers = [str(layer) for layer in pyogrio.list_layers(path)[:, 0]]
    return name if name in layers or not layers else layers[0]


def _not_ours(name: str, other: Path) -> Problem:
    what = f"a plan reads {name} from {name}.gpkg, and this is another format"
    remedy = f"bring it in with `siting layers import {other.name} --as {name}`"
    return Problem(file=other.name, what=what, remedy=remedy)


def _opened(
    table: Table, path: Path, city: Bounds | None
) -> tuple[FileFacts | None, list[Problem]]:
    """Return one wide layer, or None where it cannot be read, and what is wrong with it."""
    try:
        layer = table_of(path, table.name)
        header = pyogrio.read_info(path, layer=layer, force_feature_count=True)
        columns = [str(column) for column in header["fields"]]
        counts, again = _counted(path, layer, table, columns)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, sqlite3.Error):
        remedy = f"import it again with `siting layers import FILE --as {table.name}`"
        return None, [Problem(file=path.name, what="cannot be read", remedy=remedy)]
    crs, bounds, problems = _placed(path, header, city)
    problems += _missing_columns(table, path.name, columns)
    whats = [f"{key} stands {count} times" for _, key, count in again]
    rows = [row for row, _, _ in again]
    problems += row_problems(path.name, rows, table.key, whats, "give every row its own")
    file = FileFacts(
        path=path,
        rows=int(header["features"]),
        crs=crs,
        bounds=bounds,
        provenance=counted_provenances(counts),
    )
    return file, problems


def _counted(
    path: Path, layer: str, table: Table, columns: list[str]
) -> tuple[dict[str, int], list[tuple[int, str, int]]]:
    """Return how often each provenance stands, and (row, key, count) of the keys that repeat."""
    named = _quoted(layer)
    uri = f"{path.resolve().as_uri()}?mode=ro"
    counts: dict[str, int] = {}
    again: list[tuple[int, str, int]] = []
    with closing(sqlite3.connect(uri, uri=True)) as database:
        if "provenance" in columns:
            query = f"SELECT provenance, COUNT(*) FROM {named} GROUP BY provenance"  # noqa: S608
            counts = {str(word or ""): int(count) for word, count in database.execute(query)}
        if table.key in columns:
            key = _quoted(table.key)
            query = (
                f"SELECT MAX(rowid), {key}, COUNT(*) FROM {named} "  # noqa: S608
                f"GROUP BY {key} HAVING COUNT(*) > 1 ORDER BY 1"
            )
            again = [(int(row), str(word), int(n)) for row, word, n in database.execute(query)]
    return counts, again


def _quoted(name: str) -> str:
    """Return a name as SQL quotes it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def _placed(
    path: Path, header: Mapping[str, Any], city: Bounds | None
) -> tuple[str, Bounds | None, list[Problem]]:
    """Return the CRS and the bounds in WGS 84 of a layer, and what is wrong with them."""
    crs, remedy = str(header["crs"] or ""), "import it again, with `--crs`"
    if not crs:
        return "", None, [Problem(file=path.name, what="has no CRS", remedy=remedy)]
    box = np.array(header["total_bounds"] or (np.nan,) * 4, dtype=float)
    if not np.isfinite(box).all():
        return crs, None, []
    try:
        west, south, east, north = transform_bounds(CRS.from_user_input(crs), WGS84, *box)
    except CRSError:
        what = f"the CRS {crs[:60]} is not known"
        return crs, None, [Problem(file=path.name, what=what, remedy=remedy)]
    bounds = (round(west, 5), round(south, 5), round(east, 5), round(north, 5))
    problems = []
    if city is not None and lies_apart(bounds, city):
        what = f"the whole layer lies outside the counties ({west:.3f} {south:.3f} to {east:.3f} {north:.3f})"
        remedy = "check the CRS, the datum and that this is the right city"
        problems.append(Problem(file=path.name, column="geometry", what=what, remedy=remedy))
    return crs, bounds, problems


def _missing_columns(table: Table, file: str, columns: list[str]) -> list[Problem]:
    """Return the required columns that are not there, with the column that may be misspelt."""
    known = {column.name for column in table.columns}
    strangers = [name for name in columns if name not in known]
    problems = []
    for column in table.columns:
        if not column.required or column.name in columns or column.name in DRAWN:
            continue
        near = get_close_matches(column.name, strangers, n=1, cutoff=0.7)
        what = f"the column {column.name} is missing"
        remedy = f"import it again with `siting layers import FILE --as {table.name}`"
        if near:
            what = f"the column {near[0]} looks like a misspelt {column.name}"
            remedy = f"rename {near[0]} to {column.name}"
        problems.append(Problem(file=file, column=column.name, what=what, remedy=remedy))
    return problems
