"""Write made-up rasters of coverage: a level that falls eastwards, and what goes with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine

CELL_M = 100.0
WEST_M, NORTH_M = 650_000.0, 2_755_000.0
ROWS, COLUMNS = 60, 80
CRS = "EPSG:32650"
NODATA = -9999.0


def level_dbm() -> np.ndarray:
    """A level that falls by 1 dB a cell from -60 dBm, with a void in a corner."""
    level = np.tile(-60.0 - np.arange(COLUMNS), (ROWS, 1)).astype(np.float32)
    level[:5, -5:] = np.nan
    return level


def write_raster(path: Path, values: np.ndarray, *, crs: str | None = CRS, **tags: str) -> Path:
    """Write one raster, or one of several bands; NaN becomes its no data."""
    bands = values if values.ndim == 3 else values[np.newaxis]
    whole = np.issubdtype(bands.dtype, np.integer)
    nodata = -1 if whole else NODATA
    filled = bands if whole else np.where(np.isnan(bands), NODATA, bands).astype("float32")
    with rasterio.open(
        path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1],
        count=len(bands), dtype=filled.dtype, crs=crs, nodata=nodata,
        transform=Affine(CELL_M, 0.0, WEST_M, 0.0, -CELL_M, NORTH_M),
    ) as file:  # fmt: skip
        file.write(filled)
        file.update_tags(**tags)
    return path


def write_folder(folder: Path) -> Path:
    """Write every quantity of one carrier, and a raster that is none."""
    folder.mkdir(parents=True, exist_ok=True)
    level = level_dbm()
    rows = {
        "rsrp": level,
        "sinr": level + 100.0,
        "probability": np.clip((level + 140.0) / 80.0, 0.0, 1.0),
        "throughput": np.clip((level + 140.0) * 12.0, 0.0, None),
        "second_margin": np.abs(level + 90.0),
    }
    for name, values in rows.items():
        write_raster(
            folder / f"town_3500_{name}.tif", values, quantity=name, carrier="3500 MHz",
            created_from="<b>made-up</b> network", threshold="-105",
        )  # fmt: skip
    servers = np.where(np.isnan(level), -1, (np.arange(COLUMNS) // 20)[np.newaxis]).astype("int32")
    write_raster(folder / "town_3500_best_server.tif", servers, carrier="3500 MHz")
    names = "server,site_id,azimuth_deg\n0,QZ-1,120.0\n1,QZ-2,\n"
    (folder / "servers.csv").write_text(names, encoding="utf-8")
    write_raster(folder / "dem.tif", level)
    return folder
