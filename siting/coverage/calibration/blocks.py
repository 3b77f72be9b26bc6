"""Blocks of sites, so that no cell is on both sides of a split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.calibration.network import Cells

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

BLOCK_M = 2000.0


def block_of_cells(cells: Cells, *, block_m: float = BLOCK_M) -> Whole:
    """Return the number of the square of `block_m` that each cell's site stands in."""
    check = RangeCheck(model="calibration")
    check.within("block_m", block_m, 1.0, 1e6, unit="m")
    check.raise_all()
    squares = np.stack([np.floor(cells.x_m / block_m), np.floor(cells.y_m / block_m)], axis=-1)
    return np.asarray(np.unique(squares, axis=0, return_inverse=True)[1].ravel(), dtype=np.int64)


def folds_of_blocks(block: Whole, *, folds: int, seed: int) -> Whole:
    """Return a fold for each element of `block`; blocks are shuffled and dealt out in turn."""
    names = np.unique(block)
    dealt = np.empty(len(names), dtype=np.int64)
    dealt[np.random.default_rng(seed).permutation(len(names))] = np.arange(len(names)) % folds
    return np.asarray(dealt[np.searchsorted(names, block)])


def row_weights(cell: Whole) -> Numbers:
    """Return the weight of each measurement: no cell counts more than twice the median cell.

    Cells with fewer rows keep a weight of 1 per row, so that a cell of three rows does not speak
    as loud as one of three thousand.
    """
    _, of, count = np.unique(cell, return_inverse=True, return_counts=True)
    most = 2.0 * float(np.median(count))
    return np.asarray(np.minimum(1.0, most / count)[of])


def thinned(cell: Whole, *, most: int, seed: int) -> Whole:
    """Return the ascending indices of at most `most` rows, or of one row per cell.

    The largest cells lose rows first, by chance: none keeps more than a cap that all share.
    """
    names, of, count = np.unique(cell, return_inverse=True, return_counts=True)
    if len(cell) <= most:
        return np.arange(len(cell), dtype=np.int64)
    caps = np.arange(1, int(count.max()) + 1)
    ordered = np.sort(count)
    below = np.searchsorted(ordered, caps)
    kept = np.concatenate([[0], np.cumsum(ordered)])[below] + caps * (len(names) - below)
    cap = max(int(np.searchsorted(kept, most, side="right")), 1)
    shuffled = np.random.default_rng(seed).permutation(len(cell))
    by_cell = shuffled[np.argsort(of[shuffled], kind="stable")]
    place = np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count)
    return np.sort(by_cell[place < cap]).astype(np.int64)
