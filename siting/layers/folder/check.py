"""Look at every file of a folder and tell everything that is wrong with it, at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import shapely

from siting.errors import Problem, SitingError
from siting.layers.folder.catalogue import layer_table, was_imported
from siting.layers.folder.cells import typed_table
from siting.layers.folder.codes import (
    absent_layers,
    code_problems,
    datum_problems,
    unit_problems,
)
from siting.layers.folder.counties import county_outlines
from siting.layers.folder.files import WGS84, find_files, open_table
from siting.layers.folder.made import county_codes, follows_bureau, place_codes
from siting.layers.folder.minimum import population_problems, progress_problems
from siting.layers.folder.outside import outside_problems
from siting.layers.folder.places import drawn_places, fault_problems, lost_places, place_problems
from siting.layers.folder.raster import raster_files
from siting.layers.folder.wide import wide_files
from siting.layers.folder.working_crs import AUTO, fit_problems, working_crs
from siting.layers.schema import TABLES
from siting.targets import read_progress, read_targets

if TYPE_CHECKING:
    import pandas as pd

    from siting.layers.folder.files import FileFacts, RawTable

    Bounds: TypeAlias = tuple[float, float, float, float]


HEIGHTS = ("dem", "surface")
"""Rasters of which a cell without a value would be read as something: sea level."""


@dataclass(frozen=True, kw_only=True, repr=False)
class LayerReport:
    """What lies in a folder of layers, and what is wrong with it.

    `table` has one row per file: layer, file, rows, crs, datum, bounds (west, south, east, north
    in degrees, or None), provenance, sha256, note (where the file changed since the catalogue).
    """

    table: pd.DataFrame
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        """Return the problems, one line each, and how many files there are."""
        told = f"{len(self.problems)} problems" if self.problems else "nothing wrong"
        return "\n".join([*map(str, self.problems), f"{len(self.table)} files, {told}"])


@dataclass(kw_only=True)
class Examination:
    """A folder as it was found, while it is looked through; filled by `examine` alone."""

    directory: Path
    raws: dict[str, RawTable] = field(default_factory=dict)
    outline: RawTable | None = None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    geometry: dict[str, gpd.GeoSeries] = field(default_factory=dict)
    targets: pd.DataFrame | None = None
    progress: pd.DataFrame | None = None
    rasters: dict[str, FileFacts] = field(default_factory=dict)
    wide: dict[str, FileFacts] = field(default_factory=dict)
    city: Bounds | None = None
    crs: str = ""
    problems: list[Problem] = field(default_factory=list)


def check_layers(directory: str | Path, *, crs: str = AUTO) -> LayerReport:
    """Return what lies in a folder of layers and every problem in it; raise nothing for bad data.

    Parameters
    ----------
    directory
        The folder.
    crs
        Working CRS in metres, in which distances to outlines are measured; `auto` is the UTM zone
        of the counties.

    """
    found = examine(Path(directory), crs=crs)
    return LayerReport(table=layer_table(found), problems=tuple(found.problems))


def examine(directory: Path, *, crs: str) -> Examination:
    """Open, type and cross-check every file of a folder; `crs` is a code or `auto`."""
    working_crs(crs, None)
    found = Examination(directory=directory)
    files, found.problems = find_files(directory)
    for name, paths in files.items():
        _open(found, name, paths)
    _draw_counties(found)
    for name in found.tables:
        _draw(found, name)
    _fill_codes(found)
    found.crs = working_crs(crs, found.city)
    if found.city is not None:
        found.problems += fit_problems(found.crs, found.city)
    _check_outside(found)
    found.problems += code_problems(found.raws, found.tables)
    found.problems += unit_problems(found.raws, found.tables)
    found.problems += datum_problems(found.raws, found.tables)
    told = frozenset(problem.file for problem in found.problems)
    found.problems += absent_layers(found.raws, found.tables, told)
    found.rasters, problems = raster_files(directory, found.city)
    found.problems += problems
    found.problems += _voids(found, told | {problem.file for problem in problems})
    found.wide, problems = wide_files(directory, found.city)
    found.problems += problems
    doubted = any(problem.column == "population" for problem in found.problems)
    if directory.is_dir() and not doubted:
        found.problems += population_problems(found.raws, found.tables, found.rasters)
    found.problems += progress_problems(found.raws)
    return found


def _open(found: Examination, name: str, paths: tuple[Path, ...]) -> None:
    """Open the files of one layer; the facts come from the CSV where counties have two files."""
    opened = []
    for path in sorted(paths, key=lambda path: path.suffix != ".csv"):
        raw, problems = open_table(name, path)
        found.problems += problems
        opened += [raw] if raw is not None else []
    if not opened:
        return
    found.raws[name] = opened[0]
    found.outline = opened[-1] if name == "counties" and len(opened) > 1 else found.outline
    digits = follows_bureau(found.raws.get("counties"))
    found.tables[name], problems = typed_table(opened[0], TABLES[name], digits=digits)
    if name == "counties":
        found.tables[name] = county_codes(found.tables[name])
    if name == "targets":
        _read_ledger(found, opened[0].path)
    elif name == "progress" and found.targets is not None:
        _read_progress(found, opened[0].path)
    else:
        found.problems += problems


def _read_ledger(found: Examination, path: Path) -> None:
    """Read the ledger of targets by its own reader, which knows its columns."""
    try:
        found.targets = read_targets(path)
    except SitingError as error:
        found.problems += error.problems


def _read_progress(found: Examination, path: Path) -> None:
    """Read the reports of progress by their own reader, which knows the targets' units."""
    if found.targets is not None:
        try:
            found.progress = read_progress(path, found.targets)
        except SitingError as error:
            found.problems += error.problems


def _draw_counties(found: Examination) -> None:
    """Join the counties' outlines; what lies far from them is told afterwards."""
    if "counties" not in found.tables:
        return
    raw, table = found.raws["counties"], found.tables["counties"]
    outlines, problems = county_outlines(raw, table, found.outline)
    found.geometry["counties"] = outlines
    found.problems += problems
    if problems or outlines.isna().all():
        return
    west, south, east, north = (float(side) for side in outlines.total_bounds)
    found.city = (west, south, east, north)
    lon, lat = table["seat_lon"].to_numpy(float), table["seat_lat"].to_numpy(float)
    seats = gpd.GeoSeries(_points(lon, lat), crs=WGS84)
    found.problems += place_problems(raw, seats, found.city, ("seat_lon", "seat_lat"))[1]


def _points(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    points = np.full(len(lon), None, dtype=object)
    both = np.isfinite(lon) & np.isfinite(lat)
    points[both] = shapely.points(lon[both], lat[both])
    return points


def _draw(found: Examination, name: str) -> None:
    """Draw the points of one table, and keep those that can be used."""
    if name == "counties" or TABLES[name].places == "none":
        return
    raw, table = found.raws[name], found.tables[name]
    geometry, problems = drawn_places(raw, table)
    usable, far = place_problems(raw, geometry, found.city)
    found.problems += problems + far + fault_problems(raw)
    if not TABLES[name].badges:
        found.problems += lost_places(raw, geometry)
    found.geometry[name] = geometry.where(usable, None)
    if name == "townships":
        bounds = shapely.bounds(found.geometry[name].to_numpy())
        found.tables[name] = table.assign(placed=usable, x=bounds[:, 0], y=bounds[:, 1])


def _fill_codes(found: Examination) -> None:
    """Fill in the codes of townships and villages, where their files leave them out."""
    if found.city is None:
        return
    counties, outlines = found.tables["counties"], found.geometry["counties"]
    for name in ("townships", "villages"):
        if name in found.tables:
            found.tables[name], problems = place_codes(
                found.raws[name], found.tables[name], found.geometry[name], counties, outlines
            )
            found.problems += problems


def _voids(found: Examination, told: frozenset[str]) -> list[Problem]:
    """Return where heights put into the folder by hand leave the counties without a value."""
    if found.city is None or "counties" not in found.raws:
        return []
    if told & {raw.path.name for raw in (found.raws["counties"], found.outline) if raw}:
        return []
    by_hand = [
        name
        for name in HEIGHTS
        if name in found.rasters
        and f"{name}.tif" not in told
        and not was_imported(found, found.rasters[name].path)
    ]
    if not by_hand:
        return []
    from siting.layers.rasters.area import county_area  # noqa: PLC0415 - slow to import, seldom used
    from siting.layers.rasters.voids import raster_problems  # noqa: PLC0415

    area = county_area(found.directory)
    return [
        problem
        for name in by_hand
        for problem in raster_problems(found.rasters[name].path, area, layer=name)
    ]


def _check_outside(found: Examination) -> None:
    if found.city is None:
        return
    codes = found.tables["counties"]["code"]
    outlines = gpd.GeoDataFrame({"code": codes}, geometry=found.geometry["counties"], crs=WGS84)
    for name in ("townships", "villages"):
        if name in found.tables:
            found.problems += outside_problems(
                found.raws[name], found.tables[name], found.geometry[name], outlines, crs=found.crs
            )
