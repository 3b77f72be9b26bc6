"""Look at every cell of a raster once, window by window, and count what there is to say of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.layers.rasters.area import cells_inside, shape_on
from siting.layers.rasters.grid import slices, windows_of
from siting.layers.rasters.patches import CoarseCount

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rasterio.windows import Window

    from siting.layers.rasters.area import CountyArea
    from siting.layers.rasters.model import Progress
    from siting.layers.rasters.mosaic import Mosaic, Piece
    from siting.layers.wide import RasterLayer

CLIFF_M = 10.0
"""Ground this high [m] right beside a cell of exactly 0 m is the rim of a hole, not a shore."""


SPIKE_M = 100.0


@dataclass(kw_only=True)
class Scan:
    """What a raster holds; filled by `scan` alone. `inside` means: in the counties."""

    voids: CoarseCount
    """Void cells inside."""
    zeros: CoarseCount
    """Heights of exactly 0 m inside, and of them those beside low ground or beside a cliff."""
    shores: CoarseCount
    cliffs: CoarseCount
    far: CoarseCount
    """Values outside the range of the layer, anywhere."""
    cells: int = 0
    valid: int = 0
    inside: int = 0
    inside_km2: float = 0.0
    void_inside: int = 0
    void_km2: float = 0.0
    undeclared: Counter[str] = field(default_factory=Counter)
    differing: int = 0
    difference: float = 0.0
    lowest: float = float("inf")
    highest: float = float("-inf")
    broken: int = 0
    """Values that are no whole number, where the layer holds whole numbers."""
    below: int = 0
    """Heights below 0 m inside, and cells that rise above or lie below all four neighbours by
    SPIKE_M or more."""
    spikes: int = 0
    people: float = 0.0
    classes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, dtype=np.int64))
    strange: Counter[int] = field(default_factory=Counter)


def scan(
    mosaic: Mosaic, layer: RasterLayer, area: CountyArea, *, classes: frozenset[int], tell: Progress
) -> Scan:
    """Return what a raster holds; `classes` are those that land cover may hold."""
    grid = mosaic.grid
    found = Scan(
        voids=CoarseCount(grid),
        zeros=CoarseCount(grid),
        shores=CoarseCount(grid),
        cliffs=CoarseCount(grid),
        far=CoarseCount(grid),
    )
    shape, row_km2 = shape_on(area.shape, grid), grid.row_km2()
    for window in windows_of(grid):
        tell("check", float(window.row_off) / grid.height)
        piece = mosaic.read(window)
        inside = cells_inside(shape, grid.part(window))
        _count(found, piece, inside, row_km2[slices(window)[0]])
        _count_range(found, window, piece, layer)
        found.voids.add(window, piece.void & inside)
        if layer.unit == "m":
            _count_zeros(found, window, piece, inside)
            _count_odd(found, piece, inside)
        if layer.name == "landcover":
            _count_classes(found, piece, inside, classes)
        if layer.name == "population":
            found.people += float(piece.values[inside & ~piece.void].sum(dtype=np.float64))
    tell("check", 1.0)
    return found


def _count(
    found: Scan, piece: Piece, inside: NDArray[np.bool_], row_km2: NDArray[np.float64]
) -> None:
    lost = (piece.void & inside).sum(axis=1)
    held = inside.sum(axis=1)
    found.cells += piece.void.size
    found.valid += int(piece.void.size - piece.void.sum())
    found.inside += int(held.sum())
    found.inside_km2 += float(held @ row_km2)
    found.void_inside += int(lost.sum())
    found.void_km2 += float(lost @ row_km2)
    found.undeclared.update(piece.undeclared)
    found.differing += piece.differing
    found.difference = max(found.difference, piece.difference)


def _count_range(found: Scan, window: Window, piece: Piece, layer: RasterLayer) -> None:
    """Count values that cannot be true; void cells hold 0 and are left out."""
    low = np.where(piece.void, np.float32(np.inf), piece.values)
    found.lowest = min(found.lowest, float(low.min()))
    high = np.where(piece.void, np.float32(-np.inf), piece.values)
    found.highest = max(found.highest, float(high.max()))
    if low.min() < layer.minimum or high.max() > layer.maximum:
        found.far.add(window, (low < layer.minimum) | (high > layer.maximum))
    if layer.whole_numbers:
        found.broken += int((piece.values != np.floor(piece.values)).sum())


def _count_zeros(found: Scan, window: Window, piece: Piece, inside: NDArray[np.bool_]) -> None:
    """Count cells of exactly 0 m inside the counties, and those on the rim of their block."""
    zero = (piece.values == 0.0) & ~piece.void
    if not (zero & inside).any():
        return
    height = np.where(piece.void, np.float32(0.0), piece.values)
    beside = np.zeros_like(height)
    beside[1:] = np.maximum(beside[1:], height[:-1])
    beside[:-1] = np.maximum(beside[:-1], height[1:])
    beside[:, 1:] = np.maximum(beside[:, 1:], height[:, :-1])
    beside[:, :-1] = np.maximum(beside[:, :-1], height[:, 1:])
    found.zeros.add(window, zero & inside)
    found.shores.add(window, zero & inside & (beside > 0.0) & (beside < CLIFF_M))
    found.cliffs.add(window, zero & inside & (beside >= CLIFF_M))


def _count_odd(found: Scan, piece: Piece, inside: NDArray[np.bool_]) -> None:
    """Count heights inside the counties that may be true and seldom are."""
    found.below += int((inside & (piece.values < 0.0)).sum())
    height = piece.values
    middle, sides = (
        height[1:-1, 1:-1],
        (height[:-2, 1:-1], height[2:, 1:-1], height[1:-1, :-2], height[1:-1, 2:]),
    )
    if not middle.size or not inside.any():
        return
    lowest, highest = sides[0].copy(), sides[0].copy()
    for side in sides[1:]:
        np.minimum(lowest, side, out=lowest)
        np.maximum(highest, side, out=highest)
    odd = (middle - highest >= SPIKE_M) | (lowest - middle >= SPIKE_M)
    void = piece.void
    near = void[:-2, 1:-1] | void[2:, 1:-1] | void[1:-1, :-2] | void[1:-1, 2:] | void[1:-1, 1:-1]
    found.spikes += int((odd & ~near & inside[1:-1, 1:-1]).sum())


def _count_classes(
    found: Scan, piece: Piece, inside: NDArray[np.bool_], classes: frozenset[int]
) -> None:
    values, counts = np.unique(piece.values[~piece.void], return_counts=True)
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        if int(value) not in classes or value != int(value):
            found.strange[int(value)] += int(count)
    held = piece.values[inside & ~piece.void]
    held = held[(held >= 0.0) & (held < 256.0)].astype(np.uint8)
    found.classes += np.bincount(held, minlength=256)
