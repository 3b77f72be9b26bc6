"""Read a digital elevation model and refuse it where it is void: nothing is taken for sea level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import ConfigurationError, DataError, MissingDataError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_LOWEST_M, _HIGHEST_M = -500.0, 9000.0  # anything else is a void in disguise
_SRTM_VOID = -32768.0


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """Elevations [m] on a grid in metres, row 0 northernmost; NaN where there is no value.

    `west_m` and `north_m` are the outer corner of the north-western cell.
    """

    elevation_m: NDArray[np.float32]
    west_m: float
    north_m: float
    cell_m: float
    file: str = ""

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
        remedy = "fill the voids (write 0 for sea where you mean it), or give a larger DEM"
        raise DataError(Problem(file=self.file or "terrain", what=what, remedy=remedy))


def read_terrain(path: Path, crs: str) -> Terrain:
    """Read a DEM and bring it to a working CRS in metres, bilinearly; void cells become NaN."""
    from rasterio.errors import RasterioError  # noqa: PLC0415 (GDAL is heavy at import)

    if not path.exists():
        problem = Problem(file=path.name, what="the DEM is missing", remedy="give a readable file")
        raise MissingDataError(problem)
    try:
        elevation_m, west_m, north_m, cell_m = _warped(path, crs)
    except RasterioError as error:
        problem = Problem(file=path.name, what=f"unreadable ({error})", remedy="give a GeoTIFF DEM")
        raise DataError(problem) from error
    elevation_m[~((elevation_m >= _LOWEST_M) & (elevation_m <= _HIGHEST_M))] = np.nan
    return Terrain(
        elevation_m=elevation_m, west_m=west_m, north_m=north_m, cell_m=cell_m, file=path.name
    )


def _warped(path: Path, crs: str) -> tuple[NDArray[np.float32], float, float, float]:
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
        with WarpedVRT(
            source,
            crs=crs,
            resampling=Resampling.bilinear,
            src_nodata=_SRTM_VOID if source.nodata is None else source.nodata,
            nodata=np.nan,
            dtype="float32",
        ) as warped:
            place = warped.transform
            return warped.read(1), place.c, place.f, place.a
