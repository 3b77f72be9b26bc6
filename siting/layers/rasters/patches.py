"""Count marked cells of a large raster on a coarse grid, and tell which of them hang together.

The coarse grid has at most 4 million cells, so that any raster fits; up to 2,000 x 2,000 cells it
is the raster itself. Counts and areas are exact; patches closer than a coarse cell run together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rasterio.windows import Window

from siting.layers.rasters.grid import BLOCK
from siting.layers.rasters.model import Void

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.rasters.grid import Grid

COARSE_CELLS = 4_000_000
EIGHT = np.ones((3, 3), dtype=int)


class CoarseCount:
    """Counts of marked cells in squares of `step` x `step` cells of a grid."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.step = 1
        while -(-grid.width // self.step) * -(-grid.height // self.step) > COARSE_CELLS:
            self.step *= 2
        if self.step > BLOCK:  # pragma: no cover - MAX_CELLS keeps rasters far below this
            raise ValueError(self.step)
        shape = -(-grid.height // self.step), -(-grid.width // self.step)
        self.counts = np.zeros(shape, dtype=np.uint32)

    def add(self, window: Window, marked: NDArray[np.bool_]) -> None:
        """Add the marked cells of a window that starts at a multiple of the step."""
        if not marked.any():
            return
        rows = np.add.reduceat(marked, np.arange(0, marked.shape[0], self.step), dtype=np.uint32)
        both = np.add.reduceat(rows, np.arange(0, marked.shape[1], self.step), axis=1)
        top, left = int(window.row_off) // self.step, int(window.col_off) // self.step
        self.counts[top : top + both.shape[0], left : left + both.shape[1]] += both

    def labels(self) -> tuple[NDArray[np.int32], int]:
        """Return the number of the patch of each coarse cell, 0 for none, and how many there are."""
        from scipy import ndimage  # noqa: PLC0415 (heavy, and only rasters with voids need it)

        labels, count = ndimage.label(self.counts > 0, structure=EIGHT)
        return labels.astype(np.int32), int(count)

    def sums(self, labels: NDArray[np.int32], count: int) -> NDArray[np.int64]:
        """Return how many marked cells lie in each patch of `labels`, patch 1 first."""
        weights = self.counts.ravel()
        sums = np.bincount(labels.ravel(), weights=weights, minlength=count + 1)
        return np.rint(sums[1:]).astype(np.int64)

    def km2(self, labels: NDArray[np.int32], count: int) -> NDArray[np.float64]:
        """Return the area [km2] of the marked cells in each patch."""
        rows = self.grid.row_km2()[:: self.step][: self.counts.shape[0]]
        weights = (self.counts * rows[:, None]).ravel()
        sums = np.bincount(labels.ravel(), weights=weights, minlength=count + 1)
        return sums[1:].astype(float)

    def patches(self, most: int, *, among: NDArray[np.bool_] | None = None) -> tuple[Void, ...]:
        """Return the largest patches, largest first, with their bounds in WGS 84 [degree].

        `among` says of each patch of `labels` whether it counts; None counts all.
        """
        from scipy import ndimage  # noqa: PLC0415

        labels, count = self.labels()
        cells, km2 = self.sums(labels, count), self.km2(labels, count)
        boxes = ndimage.find_objects(labels)
        order = np.lexsort((np.arange(count), -km2))
        order = (order if among is None else order[among[order]])[:most]
        return tuple(
            Void(km2=float(km2[k]), cells=int(cells[k]), bounds=self.bounds_of(boxes[k]))
            for k in order
        )

    def bounds_of(self, box: tuple[slice, slice]) -> tuple[float, float, float, float]:
        """Return the bounds in WGS 84 [degree] of rows and columns of the coarse grid."""
        rows, columns = box
        top, left = rows.start * self.step, columns.start * self.step
        bottom = min(rows.stop * self.step, self.grid.height)
        right = min(columns.stop * self.step, self.grid.width)
        return self.grid.part(Window(left, top, right - left, bottom - top)).degrees()
