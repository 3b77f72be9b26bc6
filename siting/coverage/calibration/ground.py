"""What stands on the ground between a cell and a place, from the map columns of places.

A `Ground` is a sparse raster: it keeps only the squares of `SQUARE_M` that some place lies in, each
with the mean elevation [m] and the mean height of what stands there [m]. It holds map data and no
levels, so it may be built from every place that is known, also from those to be predicted.

Means over a window of squares come from running sums along the rows: a window of 2 r + 1 rows costs
as many pairs of binary searches, whatever the size of the city.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.calibration.network import Places

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

SQUARE_M = 10.0
_ROW = np.int64(1) << 32  # squares of one row, more than any plane CRS has
_MIDDLE = np.int64(1) << 31


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """Mean elevation and mean height of what stands there, in the squares that are known.

    `key` is ascending: row * 2^32 + column of the square.
    """

    key: Whole
    elevation_m: Numbers
    building_m: Numbers

    def __len__(self) -> int:
        """Return how many squares are known."""
        return len(self.key)

    def find(self, key: Whole) -> tuple[Whole, NDArray[np.bool_]]:
        """Return the index of each square, and whether it is known at all."""
        if not len(self):
            return np.zeros(key.shape, dtype=np.int64), np.zeros(key.shape, dtype=np.bool_)
        index = np.minimum(np.searchsorted(self.key, key), len(self) - 1)
        return index, self.key[index] == key

    def window_means(self, key: Whole, *, reach: int) -> tuple[Numbers, Numbers, Numbers]:
        """Return mean height [m], share built over and mean elevation [m] around squares.

        The window has 2 `reach` + 1 squares a side; NaN where none of them is known.
        """
        squares, back = np.unique(key, return_inverse=True)
        columns = (self.building_m, (self.building_m > 0.0).astype(float), self.elevation_m)
        running = np.zeros((len(columns), len(self) + 1))
        np.cumsum(np.stack(columns), axis=1, out=running[:, 1:])
        total, count = np.zeros((len(columns), len(squares))), np.zeros(len(squares))
        for step in range(-reach, reach + 1):
            row = squares + step * _ROW
            first = np.searchsorted(self.key, row - reach)
            last = np.searchsorted(self.key, row + reach, side="right")
            total += running[:, last] - running[:, first]
            count += last - first
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.where(count > 0, total / count, np.nan)
        return means[0][back], means[1][back], means[2][back]


def keys_of(x_m: Numbers, y_m: Numbers) -> Whole:
    """Return the key of the square that each point lies in."""
    column = np.floor(x_m / SQUARE_M).astype(np.int64) + _MIDDLE
    return np.asarray(np.floor(y_m / SQUARE_M).astype(np.int64) * _ROW + column, dtype=np.int64)


def ground_of(places: Places) -> Ground:
    """Return the ground that the columns of places tell; places without them tell nothing."""
    known = np.isfinite(places.elevation_m) & np.isfinite(places.building_m)
    key, back, count = np.unique(
        keys_of(places.x_m[known], places.y_m[known]), return_inverse=True, return_counts=True
    )
    sums = (
        np.bincount(back, weights=column[known], minlength=len(key))
        for column in (places.elevation_m, places.building_m)
    )
    elevation, building = (total / np.maximum(count, 1) for total in sums)
    # Rounded to centimetres, so that the order of the rows cannot show in the last bit.
    return Ground(key=key, elevation_m=np.round(elevation, 2), building_m=np.round(building, 2))


def joined(ground: Ground, other: Ground) -> Ground:
    """Return one ground with the squares of both; where both know a square, the first wins."""
    _, known = ground.find(other.key)
    key = np.concatenate([ground.key, other.key[~known]])
    order = np.argsort(key)
    return Ground(
        key=key[order],
        elevation_m=np.concatenate([ground.elevation_m, other.elevation_m[~known]])[order],
        building_m=np.concatenate([ground.building_m, other.building_m[~known]])[order],
    )
