"""The picture of coverage: outdoor SS-RSRP over the whole area, before and after each phase.

A cell shows the level that half of its places exceed, the usual meaning of a coverage map; what
counts as served is decided at the demand points, with the level's own probability. Cells with
people have the environment of their people, the others that of the township's relief.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rasterio.features import rasterize
from rasterio.transform import Affine

from siting.coverage import ENVIRONMENTS, rsrp_raster
from siting.plan.model import CoverageRasters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from siting.coverage import Radio
    from siting.layers.model import Layers
    from siting.levels import Antennas, Points

RANGE_M = 4000.0


def coverage_rasters(
    layers: Layers,
    points: Points,
    stages: Sequence[tuple[str, Antennas]],
    *,
    radios: Sequence[Radio],
    cell_m: float = 200.0,
    progress: Callable[[float], None] | None = None,
) -> CoverageRasters:
    """Return the outdoor level on a grid, one layer per stage, each with the stages before it.

    `stages` names what each stage adds: the antennas of the network first, then each phase's.
    """
    west, south, east, north = layers.townships.total_bounds
    west, north = np.floor(west / cell_m) * cell_m, np.ceil(north / cell_m) * cell_m
    shape = (int(np.ceil((north - south) / cell_m)), int(np.ceil((east - west) / cell_m)))
    around = _environments(layers, points, west, north, cell_m, shape)
    best = np.full(shape, np.nan, dtype=np.float32)
    pictures = []
    for number, (_, antennas) in enumerate(stages):
        if len(antennas.site):
            added = rsrp_raster(
                antennas.xy_m, site_radio=antennas.radio, radios=radios,
                environment_raster=around, west_m=west, north_m=north, cell_m=cell_m,
                max_range_m=RANGE_M,
            )  # fmt: skip
            best = np.fmax(best, added)
        pictures.append(best)
        if progress:
            progress((number + 1) / len(stages))
    return CoverageRasters(
        rsrp_dbm=np.stack(pictures),
        stages=tuple(name for name, _ in stages),
        west_m=float(west),
        north_m=float(north),
        cell_m=cell_m,
        crs=layers.crs,
    )


def _environments(
    layers: Layers, points: Points, west: float, north: float, cell_m: float, shape: tuple[int, int]
) -> NDArray[np.int8]:
    """Return the environment number of each cell, -1 outside the townships."""
    number = {environment.name: place for place, environment in enumerate(ENVIRONMENTS)}
    relief = layers.townships["relief"].map(number).fillna(number["plain"]).astype(int)
    around = rasterize(
        ((area, code + 1) for area, code in zip(layers.townships.geometry, relief, strict=True)),
        out_shape=shape,
        transform=Affine(cell_m, 0.0, west, 0.0, -cell_m, north),
        dtype="int16",
    )
    row = ((north - points.xy_m[:, 1]) // cell_m).astype(int)
    column = ((points.xy_m[:, 0] - west) // cell_m).astype(int)
    inside = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
    order = np.flatnonzero(inside)[np.argsort(points.weight[inside], kind="stable")]
    around[row[order], column[order]] = points.environment[order] + 1
    return np.asarray(around - 1, dtype=np.int8)
