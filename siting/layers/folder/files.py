"""Find the files of a folder of layers and open each one as a table of text cells.

A layer NAME is one of NAME.gpkg, NAME.geojson and NAME.csv; two of them are an error. Counties
may come in two files: counties.csv with the facts and counties.geojson (or .gpkg) with the
outline, joined by `code`. The row of a record is its line in a CSV (the header is line 1) and its
number, from 1, in a GeoPackage or GeoJSON.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from siting.disk.moves import moves_are_open
from siting.errors import Problem
from siting.layers.schema import TABLES
from siting.layers.wide import RASTER_LAYERS, WIDE_TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SUFFIXES = (".gpkg", ".geojson", ".csv")
REJECTED = ".rejected.csv"
"""How the table ends in which an import keeps the rows that it refused."""
WGS84 = "EPSG:4326"
REMEDIES = {
    "counties": "add counties.gpkg or counties.geojson, one polygon per county with its name, or "
    "bring one in with `siting layers import FILE --as counties`",
    "sites": "add sites.csv, bring a register in with `siting layers import FILE --as sites`, or "
    "set network.stations to the stations that stand, to have a network modelled",
}
"""How to add the layers that a plan cannot do without."""


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A file as it is: text cells, the row of each record, and its geometry in WGS 84."""

    path: Path
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    geometry: gpd.GeoSeries | None = None
    crs: str = ""


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What the header of a wide layer or a raster says; `bounds` in WGS 84 degrees."""

    path: Path
    crs: str = ""
    bounds: tuple[float, float, float, float] | None = None
    rows: int = 1
    provenance: str = ""


def find_files(directory: Path) -> tuple[dict[str, tuple[Path, ...]], list[Problem]]:
    """Return the files of each layer in a folder, and what is missing or there twice."""
    if not directory.is_dir():
        remedy = "name a folder of layers, or make one with `siting new DIR`"
        return {}, [Problem(file=directory.name, what="there is no such folder", remedy=remedy)]
    found: dict[str, tuple[Path, ...]] = {}
    problems = _interrupted(directory)
    for name, table in TABLES.items():
        suffixes = (".csv",) if table.places == "none" else SUFFIXES
        paths = [directory / (name + suffix) for suffix in suffixes]
        paths = [path for path in paths if path.is_file()]
        if paths:
            found[name] = tuple(paths)
            problems += _twice(name, paths)
        else:
            problems += _missing(directory, name, required=table.required)
    return found, problems


def _interrupted(directory: Path) -> list[Problem]:
    """Return the problem of a folder in which a run was killed while it put files in place."""
    if not moves_are_open(directory):
        return []
    what = "an import was interrupted: some of its files are in place and others are not"
    remedy = "run any `siting layers import` or `remove`: it finishes the interrupted one first"
    return [Problem(file=directory.name, what=what, remedy=remedy)]


def _twice(name: str, paths: list[Path]) -> list[Problem]:
    drawn = [path for path in paths if path.suffix != ".csv"]
    if len(paths) == 1 or (name == "counties" and len(drawn) == 1):
        return []
    files = " and ".join(path.name for path in paths)
    what = f"the layer {name} is there {len(paths)} times: {files}"
    return [Problem(file=paths[-1].name, what=what, remedy="keep one of them")]


def _missing(directory: Path, name: str, *, required: bool) -> list[Problem]:
    """Return the problem of a layer without a file, with the file that may have been meant.

    An optional layer is missed only where a file seems to be meant for it.
    """
    known = {*TABLES, *WIDE_TABLES, *RASTER_LAYERS}
    others = sorted(path.name for path in _planners(directory) if path.stem not in known)
    near = get_close_matches(name, [other.rsplit(".", 1)[0] for other in others], cutoff=0.75)
    same = same_stem(directory, name)
    if same:
        remedy = f"save {same[0].name} as {name}.gpkg, {name}.geojson or {name}.csv"
    elif near:
        meant = next(other for other in others if other.rsplit(".", 1)[0] == near[0])
        remedy = f"rename {meant} to {name}{meant[len(near[0]) :]} if that is what was meant"
    elif required:
        remedy = REMEDIES.get(name, f"add {name}.csv")
    else:
        return []
    what = f"the layer {name} is missing"
    return [Problem(file=f"{name}.csv", what=what, remedy=remedy)]


def same_stem(directory: Path, name: str) -> list[Path]:
    """Return the files NAME.* of a planner in a folder, whatever their format, sorted."""
    return [path for path in _planners(directory) if path.name.startswith(f"{name}.")]


def _planners(directory: Path) -> list[Path]:
    """Return the files that a planner put in a folder: not what an import keeps beside them."""
    files = sorted(path for path in directory.glob("*") if path.is_file())
    return [path for path in files if not path.name.endswith(REJECTED) and path.suffix != ".tif"]


def open_table(name: str, path: Path) -> tuple[RawTable | None, list[Problem]]:
    """Return the table of one file, or None with what keeps it from being read."""
    return open_csv(path) if path.suffix == ".csv" else open_drawn(name, path)


def open_csv(path: Path) -> tuple[RawTable | None, list[Problem]]:
    """Return the cells of a CSV; a byte order mark is tolerated, another encoding is not."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = "save it again as CSV UTF-8 (Excel: Save as, CSV UTF-8)"
        return None, [Problem(file=path.name, row=line, what="is not UTF-8 text", remedy=remedy)]
    reader = csv.reader(io.StringIO(text, newline=""))
    records: list[list[str]] = []
    rows: list[int] = []
    start = 1
    for record in reader:
        if any(cell.strip() for cell in record):
            records.append([cell.strip() for cell in record])
            rows.append(start)
        start = reader.line_num + 1
    if not records:
        return None, [Problem(file=path.name, what="is empty", remedy="add a header and rows")]
    problems = _ragged(path.name, records, rows)
    if problems:
        return None, problems
    cells = pd.DataFrame(records[1:], columns=records[0], dtype=str)
    return RawTable(path=path, cells=cells, rows=np.array(rows[1:], dtype=np.int64)), []


def _ragged(file: str, records: list[list[str]], rows: list[int]) -> list[Problem]:
    """Return the problems of a header with a name twice and of rows of another length."""
    header = records[0]
    problems = [
        Problem(file=file, row=1, column=name, what="stands twice in the header", remedy="keep one")
        for name in sorted({name for name in header if header.count(name) > 1})
    ]
    for record, row in zip(records[1:], rows[1:], strict=True):
        if len(record) != len(header):
            what = f"has {len(record)} cells where the header has {len(header)}"
            remedy = "quote cells that hold a comma, or fill in the missing ones"
            problems.append(Problem(file=file, row=row, what=what, remedy=remedy))
    return problems


def open_drawn(name: str, path: Path) -> tuple[RawTable | None, list[Problem]]:
    """Return the cells and the geometry of a GeoPackage or GeoJSON, in WGS 84."""
    try:
        layers = [str(layer) for layer in pyogrio.list_layers(path)[:, 0]]
        layer = name if name in layers else layers[0]
        table = gpd.read_file(path, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError, ValueError):
        remedy = "export it again as GeoPackage or GeoJSON"
        return None, [Problem(file=path.name, what="cannot be read", remedy=remedy)]
    if len(layers) > 1 and name not in layers:
        what = f"holds {len(layers)} layers and none is called {name}"
        remedy = f"rename one of {', '.join(layers)} to {name}"
        return None, [Problem(file=path.name, what=what, remedy=remedy)]
    cells = pd.DataFrame({c: _as_text(table[c]) for c in table.columns if c != "geometry"})
    rows = np.arange(1, len(table) + 1, dtype=np.int64)
    geometry, problems = _in_wgs84(path.name, table)
    crs = _crs_name(table) if isinstance(table, gpd.GeoDataFrame) else ""
    return RawTable(path=path, cells=cells, rows=rows, geometry=geometry, crs=crs), problems


def _crs_name(table: gpd.GeoDataFrame) -> str:
    if table.crs is None:
        return ""
    code = table.crs.to_epsg()
    return f"EPSG:{code}" if code else str(table.crs.name)


def _as_text(values: pd.Series) -> list[str]:
    """Return cells as text; whole numbers without a decimal point, blanks as empty."""
    return [_cell_text(value) for value in values]


def _cell_text(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _in_wgs84(file: str, table: pd.DataFrame) -> tuple[gpd.GeoSeries | None, list[Problem]]:
    """Return the geometry in WGS 84, or None where the stated CRS and the numbers disagree."""
    if not isinstance(table, gpd.GeoDataFrame):
        return None, []
    geometry = table.geometry.reset_index(drop=True)
    if geometry.crs is None:
        remedy = "set the CRS it was drawn in (for degrees, EPSG:4326 or EPSG:4490)"
        return None, [Problem(file=file, column="geometry", what="has no CRS", remedy=remedy)]
    largest = float(np.nanmax(np.abs(geometry.total_bounds), initial=0.0))
    what, remedy = "", "set the CRS that the coordinates are really in"
    if geometry.crs.is_geographic and largest > 180.0:
        what = f"says {_crs_name(table)} (degrees) but holds metres, up to {largest:.0f}"
    elif geometry.crs.is_projected and 0.0 < largest <= 180.0:
        what = f"says {_crs_name(table)} (metres) but holds degrees, up to {largest:.4f}"
    if what:
        return None, [Problem(file=file, column="geometry", what=what, remedy=remedy)]
    return geometry.to_crs(WGS84), []
