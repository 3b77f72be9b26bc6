"""Write coverage before and after each phase as one Cloud Optimised GeoTIFF.

The grid stays in the working CRS of the plan, in metres: to move it to degrees would invent
values between cells. The file names that CRS, so every GIS puts it in its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rasterio.io import MemoryFile
from rasterio.shutil import copy
from rasterio.transform import Affine

from siting.disk.atomic import replaced_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.plan.model import CoverageRasters

NODATA = -9999.0
STEP_DB = 0.125  # a binary fraction, far below any model's error, so that the file stays small
COG_OPTIONS = {
    "COMPRESS": "DEFLATE",
    "PREDICTOR": "YES",
    "LEVEL": "6",
    "BLOCKSIZE": "256",
    "OVERVIEWS": "AUTO",
    "RESAMPLING": "AVERAGE",
    "NUM_THREADS": "1",
    "BIGTIFF": "IF_SAFER",
}


def save_coverage_cog(rasters: CoverageRasters, path: str | Path) -> Path:
    """Write one float32 band of outdoor SS-RSRP [dBm] per stage.

    Parameters
    ----------
    rasters
        The coverage of a plan; values are rounded to 0.125 dB, NaN becomes -9999 (no data).
    path
        The file to write, usually outputs/coverage.tif.
    """
    bands, cell_m = _banded(rasters.rsrp_dbm), rasters.cell_m
    profile = {
        "driver": "GTiff",
        "width": bands.shape[2],
        "height": bands.shape[1],
        "count": bands.shape[0],
        "dtype": "float32",
        "crs": rasters.crs,
        "transform": Affine(cell_m, 0.0, rasters.west_m, 0.0, -cell_m, rasters.north_m),
        "nodata": NODATA,
        "interleave": "band",
    }
    with replaced_file(path) as part, MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(bands)
            target.update_tags(quantity="outdoor SS-RSRP", unit="dBm", step_db=STEP_DB)
            for number, stage in enumerate(rasters.stages, start=1):
                target.set_band_description(number, stage)
                target.set_band_unit(number, "dBm")
        with memory.open() as source:
            copy(source, part, driver="COG", **COG_OPTIONS)
    return Path(path)


def _banded(rsrp_dbm: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the values in steps of `STEP_DB`, with `NODATA` where nothing reaches."""
    stepped = np.round(rsrp_dbm / STEP_DB) * STEP_DB
    return np.where(np.isfinite(stepped), stepped, NODATA).astype(np.float32)
