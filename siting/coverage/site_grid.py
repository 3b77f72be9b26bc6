"""Sites sorted into square cells, radio by radio, so that a kernel meets only near ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALLEST_CELL_M, _LARGEST_CELL_M = 50.0, 500.0
_MOST_CELLS = 2_000_000


class SiteGrid(NamedTuple):
    """Sites in the order radio, row, column; within a cell in the order they were given.

    The sites of radio k in the cells (row, first) to (row, last) are the slice from
    `start[k, row * columns + first]` to `start[k, row * columns + last + 1]`.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    site: NDArray[np.int32]
    start: NDArray[np.int64]
    west_m: float
    south_m: float
    cell_m: float
    rows: int
    columns: int


def site_grid(
    site_xy_m: NDArray[np.float64], site_radio: NDArray[np.int32], reach_m: NDArray[np.float64]
) -> SiteGrid:
    """Sort sites into cells about half as wide as the typical reach of the radios [m]."""
    radios = reach_m.shape[0]
    west_m, south_m = site_xy_m.min(axis=0) if len(site_xy_m) else (0.0, 0.0)
    extent_m = np.ptp(site_xy_m, axis=0) if len(site_xy_m) else np.zeros(2)
    cell_m = _cell_m(extent_m, reach_m)

    columns, rows = (int(length // cell_m) + 1 for length in extent_m)
    column, row = ((site_xy_m - (west_m, south_m)) // cell_m).astype(np.int64).T
    key = (site_radio.astype(np.int64) * rows + row) * columns + column
    order = np.argsort(key, kind="stable")

    ends = np.cumsum(np.bincount(key, minlength=radios * rows * columns))
    per_radio = np.zeros((radios, rows * columns + 1), dtype=np.int64)
    per_radio[:, 1:] = ends.reshape(radios, -1)
    per_radio[1:, 0] = per_radio[:-1, -1]
    return SiteGrid(
        x_m=np.ascontiguousarray(site_xy_m[order, 0]),
        y_m=np.ascontiguousarray(site_xy_m[order, 1]),
        site=order.astype(np.int32),
        start=per_radio,
        west_m=float(west_m),
        south_m=float(south_m),
        cell_m=cell_m,
        rows=rows,
        columns=columns,
    )


def _cell_m(extent_m: NDArray[np.float64], reach_m: NDArray[np.float64]) -> float:
    """Return the width of a cell [m], wide enough that all radios' cells fit in memory."""
    wanted = reach_m[reach_m > 0]
    cell_m = float(np.median(wanted)) / 2.0 if wanted.size else _LARGEST_CELL_M
    cell_m = min(max(cell_m, _SMALLEST_CELL_M), _LARGEST_CELL_M)
    most = _MOST_CELLS / max(len(reach_m), 1)
    while (extent_m[0] / cell_m + 1.0) * (extent_m[1] / cell_m + 1.0) > most:
        cell_m *= 2.0
    return cell_m
