"""Draw coverage before and after each phase as one small picture whose palette is the phase.

Every pixel holds the number c_0 + 3 c_1 + 9 c_2 ... of its classes c_s at the stages s (0 none,
1 basic, 2 good). The page rewrites the palette of the PNG (W3C PNG, 11.2.2 PLTE, 11.3.1 tRNS)
to show another stage; no pixel is touched and only one image is carried.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rasterio.transform import Affine, array_bounds
from rasterio.warp import Resampling, reproject, transform_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.plan.model import CoverageRasters

GOOD_DBM = -95.0
BASIC_DBM = -105.0
WEB_MERCATOR = "EPSG:3857"
_CLASSES = 3
_MAX_STAGES = 5
_LARGEST_BYTES = 600_000


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """A paletted PNG in EPSG:3857, its corners [degrees] and the stages its indexes tell apart.

    `bounds` is ((south, west), (north, east)); `cell_m` is the size of a pixel on the ground.
    """

    png: bytes
    bounds: tuple[tuple[float, float], tuple[float, float]]
    stages: tuple[str, ...]
    colours: int
    cell_m: float


def coverage_overlay(rasters: CoverageRasters) -> Overlay:
    """Return the picture of all stages, as fine as the page can carry."""
    index = stage_index(rasters.rsrp_dbm[:_MAX_STAGES])
    stages = tuple(rasters.stages[:_MAX_STAGES])
    cell_m = rasters.cell_m
    while True:
        pixels, bounds = _reprojected(index, rasters, cell_m)
        png = paletted_png(pixels, colours=_CLASSES ** len(stages))
        if len(png) <= _LARGEST_BYTES or max(pixels.shape) < 256:
            break
        cell_m *= 1.25
    return Overlay(
        png=png,
        bounds=bounds,
        stages=stages,
        colours=_CLASSES ** len(stages),
        cell_m=round(cell_m, 1),
    )


def stage_index(rsrp_dbm: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return one number per cell that tells its class at every stage; NaN is no coverage."""
    index = np.zeros(rsrp_dbm.shape[1:], dtype=np.uint8)
    for stage, levels in enumerate(rsrp_dbm):
        filled = np.nan_to_num(levels, nan=-np.inf)
        classes = (filled >= BASIC_DBM).astype(np.uint8) + (filled >= GOOD_DBM).astype(np.uint8)
        index += classes * np.uint8(_CLASSES**stage)
    return index


def paletted_png(pixels: NDArray[np.uint8], *, colours: int) -> bytes:
    """Return an 8-bit paletted PNG with PLTE at byte 41 and tRNS right behind it."""
    rows, columns = pixels.shape
    header = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    lines = np.zeros((rows, columns + 1), dtype=np.uint8)
    lines[:, 1:] = pixels
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", bytes(3 * colours)),
            _chunk(b"tRNS", bytes(colours)),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _reprojected(
    index: NDArray[np.uint8], rasters: CoverageRasters, cell_m: float
) -> tuple[NDArray[np.uint8], tuple[tuple[float, float], tuple[float, float]]]:
    """Return the index on a web Mercator grid and its corners (south, west), (north, east)."""
    source = Affine(rasters.cell_m, 0, rasters.west_m, 0, -rasters.cell_m, rasters.north_m)
    extent = array_bounds(*index.shape, source)
    west, south, east, north = transform_bounds(rasters.crs, WEB_MERCATOR, *extent)
    _, south_deg, _, north_deg = transform_bounds(rasters.crs, "EPSG:4326", *extent)
    stretch = 1 / math.cos(math.radians((south_deg + north_deg) / 2))
    columns = max(1, math.ceil((east - west) / (cell_m * stretch)))
    rows = max(1, math.ceil((north - south) / (cell_m * stretch)))
    pixels = np.zeros((rows, columns), dtype=np.uint8)
    reproject(
        index,
        pixels,
        src_transform=source,
        src_crs=rasters.crs,
        dst_transform=Affine((east - west) / columns, 0, west, 0, (south - north) / rows, north),
        dst_crs=WEB_MERCATOR,
        resampling=Resampling.nearest,
        num_threads=1,
    )
    corners = transform_bounds(WEB_MERCATOR, "EPSG:4326", west, south, east, north)
    return pixels, ((corners[1], corners[0]), (corners[3], corners[2]))
