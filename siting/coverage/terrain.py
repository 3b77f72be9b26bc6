"""Read a digital elevation model and refuse it where it is void: nothing is taken for sea level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import GROUNDS, require_choice
from siting.errors import ConfigurationError, DataError, MissingDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio.io import DatasetReader
    from rasterio.vrt import WarpedVRT
    from rasterio.windows import Window

_LOWEST_M, _HIGHEST_M = -500.0, 9000.0  # anything else is a void in disguise
_SRTM_VOID = -32768.0
_MAX_CELLS = 150_000_000  # 600 MB of heights
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """Elevations [m] on a grid in metres, row 0 northernmost; NaN where there is no value.

    `west_m` and `north_m` are the outer corner of the north-western cell. `kind` says what the
    heights are of: "bare_earth", or "surface" with trees and roofs.
    """

    elevation_m: NDArray[np.float32]
    west_m: float
    north_m: float
    cell_m: float
    file: str = ""
    kind: str = "bare_earth"

    def __post_init__(self) -> None:
        """Refuse a kind that is not known."""
        require_choice("kind", self.kind, GROUNDS)

    def require_cover(self, *places_xy_m: NDArray[np.float64]) -> None:
        """Refuse terrain that does not cover the rectangle around all places without a void.

        Straight paths between the places stay inside that rectangle.
        """
        places = np.concatenate(places_xy_m)
        if not len(places):
            return
        (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
        rows, columns = self.elevation_m.shape
        left, right = (np.array([west, east]) - self.west_m) / self.cell_m
        top, bottom = (self.north_m - np.array([north, south])) / self.cell_m
        if min(left, top) < 0.0 or right > columns or bottom > rows:
            self._refuse("the terrain does not reach all demand points and sites")

        around = (max(int(top) - 1, 0), int(bottom) + 2), (max(int(left) - 1, 0), int(right) + 2)
        window = self.elevation_m[slice(*around[0]), slice(*around[1])]
        void = ~((window >= _LOWEST_M) & (window <= _HIGHEST_M))
        if void.any():
            self._refuse(
                f"{int(void.sum())} of {void.size} cells that are needed have no elevation"
            )

    def _refuse(self, what: str) -> None:
        """Raise a `DataError` about this terrain."""
        remedy = (
            "give a larger DEM, or import it again: --fill fills voids inside the counties, "
            "--water-outside says that those outside are water"
        )
        raise DataError(Problem(file=self.file or "terrain", what=what, remedy=remedy))


def read_terrain(
    path: Path,
    crs: str,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    kind: str = "bare_earth",
) -> Terrain:
    """Read a DEM and bring it to a working CRS in metres, bilinearly; void cells become NaN.

    Parameters
    ----------
    path
        The DEM; a value that is no height stands for a void, one such value at most.
    crs
        A projected CRS in metres.
    bounds
        West, south, east, north [m] of the part that is read; None reads all.
    kind
        "bare_earth", or "surface" where the heights are those of trees and roofs.

    Raises
    ------
    MissingDataError
        Where there is no such file.
    DataError
        Where it cannot be read, has no CRS, marks voids in two ways, or has too many cells.
    ConfigurationError
        Where `crs` does not measure in metres.

    """
    from rasterio.errors import RasterioError  # noqa: PLC0415 (GDAL is heavy at import)

    if not path.exists():
        problem = Problem(file=path.name, what="the DEM is missing", remedy="give a readable file")
        raise MissingDataError(problem)
    try:
        elevation_m, west_m, north_m, cell_m = _warped(path, crs, bounds)
    except RasterioError as error:
        problem = Problem(file=path.name, what=f"unreadable ({error})", remedy="give a GeoTIFF DEM")
        raise DataError(problem) from error
    elevation_m[~((elevation_m >= _LOWEST_M) & (elevation_m <= _HIGHEST_M))] = np.nan
    return Terrain(
        elevation_m=elevation_m,
        west_m=west_m,
        north_m=north_m,
        cell_m=cell_m,
        file=path.name,
        kind=kind,
    )


def _warped(
    path: Path, crs: str, bounds: tuple[float, float, float, float] | None
) -> tuple[NDArray[np.float32], float, float, float]:
    """Return elevations [m] in the working CRS, with the outer corner and the cell [m]."""
    import rasterio  # noqa: PLC0415
    from rasterio.enums import Resampling  # noqa: PLC0415
    from rasterio.vrt import WarpedVRT  # noqa: PLC0415

    if not rasterio.CRS.from_user_input(crs).is_projected:
        what, remedy = f"{crs} does not measure in metres", "use a projected CRS, e.g. EPSG:32650"
        raise ConfigurationError(Problem(column="crs", what=what, remedy=remedy))

    with rasterio.open(path) as source:
        if source.crs is None:
            problem = Problem(file=path.name, what="no CRS", remedy="write the DEM's CRS into it")
            raise DataError(problem)
        with WarpedVRT(source, crs=crs) as whole:
            window = _part(path, whole, bounds)
        with WarpedVRT(
            source,
            crs=crs,
            resampling=Resampling.bilinear,
            src_nodata=_void_value(path, source, crs, bounds),
            nodata=np.nan,
            dtype="float32",
        ) as warped:
            place = warped.transform
            west_m, north_m = place.c + window.col_off * place.a, place.f - window.row_off * place.a
            return warped.read(1, window=window), west_m, north_m, place.a


def _part(
    path: Path, warped: WarpedVRT, bounds: tuple[float, float, float, float] | None
) -> Window:
    """Return the window of the cells that touch `bounds`; all of them where there are none."""
    from rasterio.windows import Window  # noqa: PLC0415

    place, edges = warped.transform, bounds or warped.bounds
    left, right = ((side - place.c) / place.a for side in (edges[0], edges[2]))
    top, bottom = ((place.f - side) / place.a for side in (edges[3], edges[1]))
    columns = np.clip([np.floor(left), np.ceil(right)], 0, warped.width).astype(int).tolist()
    rows = np.clip([np.floor(top), np.ceil(bottom)], 0, warped.height).astype(int).tolist()
    width, height = columns[1] - columns[0], rows[1] - rows[0]
    if not width or not height:
        remedy = "check its CRS, or give a DEM of this city"
        raise DataError(Problem(file=path.name, what="the DEM lies elsewhere", remedy=remedy))
    if width * height > _MAX_CELLS:
        what = f"{width:,} x {height:,} cells are too many to plan with"
        remedy = "cut the DEM to the city and 20 km around it, or make its cells larger"
        raise DataError(Problem(file=path.name, what=what, remedy=remedy))
    return Window(columns[0], rows[0], width, height)


def _void_value(
    path: Path,
    source: DatasetReader,
    crs: str,
    bounds: tuple[float, float, float, float] | None,
) -> float:
    """Return the value that stands for a void, so that it never weighs in between two cells."""
    odd: set[float] = set()
    for window in _windows(source, crs, bounds):
        heights = source.read(1, window=window)
        far = ~((heights >= _LOWEST_M) & (heights <= _HIGHEST_M))
        odd |= {float(value) for value in np.unique(heights[far]) if np.isfinite(value)}
    declared = source.nodata
    undeclared = sorted(odd - {float("nan") if declared is None else float(declared)})
    if len(undeclared) > (1 if declared is None else 0):
        what = f"{', '.join(f'{value:g}' for value in undeclared[:5])} are no heights"
        remedy = "declare one value as nodata: `siting layers import FILE --as dem` does"
        raise DataError(Problem(file=path.name, what=what, remedy=remedy))
    if declared is not None:
        return float(declared)
    return undeclared[0] if undeclared else _SRTM_VOID


def _windows(
    source: DatasetReader, crs: str, bounds: tuple[float, float, float, float] | None
) -> Iterator[Window]:
    """Yield the windows of a DEM that make up `bounds`, with a cell around them, a few at a time."""
    from rasterio.warp import transform_bounds  # noqa: PLC0415
    from rasterio.windows import Window  # noqa: PLC0415

    left, top, right, bottom = 0, 0, source.width, source.height
    if bounds is not None:
        near = transform_bounds(crs, source.crs, *bounds)
        corners = [(x, y) for x in near[::2] for y in near[1::2]]
        back = ~source.transform
        columns = [back.a * x + back.b * y + back.c for x, y in corners]
        rows = [back.d * x + back.e * y + back.f for x, y in corners]
        left, right = max(int(min(columns)) - 2, 0), min(int(max(columns)) + 3, source.width)
        top, bottom = max(int(min(rows)) - 2, 0), min(int(max(rows)) + 3, source.height)
    if left >= right:
        return
    step = max(_CELLS_AT_ONCE // (right - left), 1)
    for row in range(top, bottom, step):
        yield Window(left, row, right - left, min(step, bottom - row))
