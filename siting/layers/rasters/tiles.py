"""Open a raster, a folder or a list of tiles as one grid, or say everything that keeps it from being one."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import rasterio
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from siting.errors import DataError, MissingDataError, Problem
from siting.layers.rasters.grid import Grid
from siting.layers.rasters.model import FILLED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DRIVERS = ["GTiff", "HFA", "AAIGrid", "SRTMHGT", "EHdr", "ENVI", "DTED", "USGSDEM"]
"""Formats that hold their values in the file itself: none of them can name another address."""
SUFFIXES = (".tif", ".tiff", ".img", ".asc", ".hgt", ".bil", ".flt", ".dt0", ".dt1", ".dt2", ".dem")
ROWS_OR_SHAPES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".shp", ".gpkg", ".geojson", ".json",
                  ".kml", ".kmz", ".ovkml", ".parquet", ".fgb", ".pbf", ".osm")  # fmt: skip
"""Endings of files that planners name by mistake where cells are wanted."""
CACHE_BYTES = 128_000_000
MAX_CELLS = 4_000_000_000
CLAIM_BYTES, CLAIM_RATIO = 1_000_000_000, 2000
OFF_GRID = 0.02
"""Tiles may lie this share of a cell off one grid: coordinates in headers are rounded."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One file of a raster, with what its header says."""

    path: Path
    grid: Grid
    dtype: str
    nodata: float | None
    scale: float
    offset: float
    marked: bool
    """True where the second band says which cells were filled: a raster of ours."""
    units: tuple[str, ...]
    words: tuple[str, ...]
    """The file name, the tags and descriptions, for what they say of the values."""


@contextmanager
def opened(path: Path) -> Iterator[DatasetReader]:
    """Open a local raster with a small cache; a file without a place is told by us, not by GDAL."""
    with rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES, GDAL_NUM_THREADS="1"), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        # rasterio.open takes one driver; the reader behind it takes a list of them
        with DatasetReader(str(path), driver=DRIVERS) as dataset:
            yield dataset


def find_tiles(source: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return the files of a source: itself, the rasters of a folder by name, or those listed."""
    if not isinstance(source, (str, Path)):
        paths = [path for one in source for path in find_tiles(one)]
        if not paths:
            raise MissingDataError(Problem(what="no raster is named", remedy="name a file"))
        return paths
    path = Path(source)
    try:
        is_file, is_folder = path.is_file(), path.is_dir()
    except OSError:  # no disk can hold so long a name
        is_file = is_folder = False
    if is_file:
        return [path]
    if not is_folder:
        remedy = "name a raster, a folder of tiles, or a list of tiles"
        raise MissingDataError(Problem(file=path.name, what="is not there", remedy=remedy))
    paths = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES)
    if not paths:
        what, remedy = "holds no raster", f"put tiles there: {', '.join(SUFFIXES)}"
        raise MissingDataError(Problem(file=path.name, what=what, remedy=remedy))
    return paths


def open_tiles(paths: Sequence[Path], *, crs: CRS | None) -> list[Tile]:
    """Return the tiles with their grids; raises DataError with what is wrong with any of them."""
    tiles: list[Tile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            with opened(path) as dataset:
                found = _frame_problems(path, dataset, crs)
                problems += found
                tiles += [] if found else [_tile(path, dataset, crs)]
        except (RasterioError, OSError) as error:
            problems.append(_unreadable(path, error))
    if problems:
        raise DataError(problems)
    return tiles


def _unreadable(path: Path, error: Exception) -> Problem:
    """Return why a file is no raster that is read here, in words for whoever named it."""
    ending = path.suffix.lower()
    if ending == ".vrt":
        what = "is a virtual raster: it only points to files, and may name any address"
        remedy = "name the tiles that it points to, or their folder"
    elif ending in ROWS_OR_SHAPES:
        what = "holds rows or shapes, and a raster is wanted: a picture of cells, such as a GeoTIFF"
        remedy = "name the .tif, or import this file as what its rows are, such as --as sites"
    else:
        what = f"cannot be read as a raster ({type(error).__name__})"
        remedy = "export it again as GeoTIFF"
    return Problem(file=path.name, what=what, remedy=remedy)


def _tile(path: Path, dataset: DatasetReader, crs: CRS | None) -> Tile:
    place = dataset.transform
    declared = crs_of(dataset)
    tags = {**dataset.tags(), **dataset.tags(1)}
    said = [f"{key} {value}" for key, value in sorted(tags.items())]
    units = [dataset.units[0] or "", tags.get("VERTICAL_UNIT", ""), _vertical_unit(declared)]
    return Tile(
        path=path,
        grid=Grid(
            crs=_horizontal(declared or crs or CRS()),
            west=place.c,
            north=place.f,
            dx=place.a,
            dy=-place.e,
            width=dataset.width,
            height=dataset.height,
        ),
        dtype=dataset.dtypes[0],
        nodata=dataset.nodatavals[0],
        scale=float(dataset.scales[0]),
        offset=float(dataset.offsets[0]),
        marked=dataset.count == 2,
        units=tuple(unit for unit in units if unit),
        words=(path.name, *said, *[one for one in dataset.descriptions if one]),
    )


def crs_of(dataset: DatasetReader) -> CRS | None:
    """Return the CRS that a raster declares; a drawing board without a place on earth is none."""
    declared = dataset.crs
    return declared if declared and (declared.is_geographic or declared.is_projected) else None


def _vertical_unit(crs: CRS | None) -> str:
    """Return the unit of the height axis of a compound CRS, "" where it has none."""
    wkt = crs.to_wkt() if crs else ""
    height = wkt[wkt.find("VERT_CS") :] if "VERT_CS" in wkt else ""
    return height[height.find("UNIT[") + 6 :].split('"')[0] if "UNIT[" in height else ""


def _horizontal(crs: CRS) -> CRS:
    """Return the CRS by its code where it has one, without its heights: the places are the same."""
    known = pyproj.CRS(crs.to_wkt())
    if known.is_compound:
        known = known.sub_crs_list[0]
    code = known.to_epsg(min_confidence=20)
    if code and pyproj.CRS.from_epsg(code).equals(known, ignore_axis_order=True):
        return CRS.from_epsg(code)
    return CRS.from_wkt(known.to_wkt())


def _frame_problems(path: Path, dataset: DatasetReader, crs: CRS | None) -> list[Problem]:
    """Return what keeps the frame of a raster from being used: place, bands, type, size."""
    place, declared, file = dataset.transform, crs_of(dataset), path.name
    problems: list[Problem] = []

    def tell(what: str, remedy: str) -> None:
        problems.append(Problem(file=file, what=what, remedy=remedy))

    if place.is_identity:
        tell("has no place: no georeference, no world file", "export it again with its place")
    elif place.b or place.d or not (place.e < 0.0 < place.a):
        tell("is rotated or not north-up", "warp it to a north-up grid (gdalwarp -t_srs ...)")
    elif dataset.bounds.left == dataset.bounds.right or dataset.bounds.bottom == dataset.bounds.top:
        tell("has cells too small to lie side by side", "get the file again: its header is damaged")
    elif (known := declared or crs) is not None and known.is_geographic and not _on_earth(dataset):
        sides = " ".join(f"{side:g}" for side in dataset.bounds)
        tell(f"reaches beyond the degrees of the Earth ({sides})", "correct its place, or its CRS")
    if declared is None and crs is None:
        tell("has no CRS", "say in which CRS it is: --crs EPSG:4326, for example")
    elif declared is not None and crs is not None and _horizontal(declared) != _horizontal(crs):
        what = f"declares {name_of(declared)}, not the {name_of(crs)} of the option"
        tell(what, "leave out --crs, or correct the file")
    marked = dataset.count == 2 and dataset.descriptions[1] == FILLED
    if dataset.count != 1 and not marked:
        what = f"has {dataset.count} bands: a picture, or several themes"
        tell(what, "write the band that is meant to a file of its own (gdal_translate -b 1)")
    if np.dtype(dataset.dtypes[0]).kind not in "iuf":
        tell(f"holds {dataset.dtypes[0]} values", "export it as whole or real numbers")
    problems += _size_problems(path, dataset)
    return problems


def _on_earth(dataset: DatasetReader) -> bool:
    """Tell whether a raster in degrees lies on the Earth, a cell beyond the poles at most."""
    west, south, east, north = (float(side) for side in dataset.bounds)
    return -361.0 <= west <= east <= 361.0 and -91.0 <= south <= north <= 91.0


def _size_problems(path: Path, dataset: DatasetReader) -> list[Problem]:
    cells = dataset.width * dataset.height
    claim = cells * np.dtype(dataset.dtypes[0]).itemsize
    size, held = f"{dataset.width:,} x {dataset.height:,} cells", path.stat().st_size
    if cells > MAX_CELLS:
        remedy = "cut out the city and some 30 km around it (gdal_translate -projwin)"
        return [Problem(file=path.name, what=f"has {size}: too many", remedy=remedy)]
    if claim > CLAIM_BYTES and claim > CLAIM_RATIO * held:
        what = f"claims {size}, {claim / 1e9:.1f} GB, and is {held / 1e6:.3f} MB: damaged or empty"
        return [Problem(file=path.name, what=what, remedy="get the file again")]
    return []


def name_of(crs: CRS) -> str:
    """Return `EPSG:n` where a CRS has a code, else its WKT."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt())
