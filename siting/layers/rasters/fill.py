"""Fill voids inside the counties from the values around them, and remember every cell that was.

The value nearest to a void cell lies on the rim of a void, so the rims are all that is kept in
memory. With d_k the distance [m] to the k-th nearest rim cell of value z_k,

    nearest       z = z_1
    interpolate   z = sum(z_k / d_k^2) / sum(1 / d_k^2),   k = 1 to 12
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from rasterio.windows import Window

from siting.layers.rasters.area import cells_inside, shape_on
from siting.layers.rasters.grid import windows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.spatial import KDTree

    from siting.layers.rasters.area import CountyArea
    from siting.layers.rasters.model import Fill, Progress
    from siting.layers.rasters.mosaic import Mosaic

NEIGHBOURS = 12
AROUND_CELLS = 256
"""Rims are looked for this far [cells] around the counties' bounds."""

Cells = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float32]"]


@dataclass(frozen=True, kw_only=True)
class Filling:
    """The filled cells of each window by its corner: rows and columns in it, and values."""

    cells: Mapping[tuple[int, int], Cells] = field(default_factory=dict)
    count: int = 0
    km2: float = 0.0
    reach_m: float = 0.0


def filling(
    mosaic: Mosaic, area: CountyArea, fill: Fill, *, whole_numbers: bool, tell: Progress
) -> Filling:
    """Return the values of the void cells inside the counties; nothing is written."""
    if not fill:
        return Filling()
    shape, grid = shape_on(area.shape, mosaic.grid), mosaic.grid
    near = grid.window(shape.bounds)
    places: dict[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
    rims: list[NDArray[np.float64]] = []
    for window in windows_of(grid):
        tell("fill", float(window.row_off) / grid.height)
        if not _meets(window, near):
            continue
        wider, core = _with_halo(window, grid.width, grid.height)
        piece = mosaic.read(wider)
        wanted = piece.void[core] & cells_inside(shape, grid.part(window))
        if wanted.any():
            rows, columns = np.nonzero(wanted)
            places[int(window.row_off), int(window.col_off)] = (rows, columns)
        if fill != "zero":
            rims.append(_rim(window, core, piece.void, piece.values))
    tell("fill", 1.0)
    return _filled(mosaic, places, rims, fill, whole_numbers=whole_numbers)


def _meets(window: Window, near: Window) -> bool:
    below = window.row_off > near.row_off + near.height + AROUND_CELLS
    above = window.row_off + window.height < near.row_off - AROUND_CELLS
    right = window.col_off > near.col_off + near.width + AROUND_CELLS
    left = window.col_off + window.width < near.col_off - AROUND_CELLS
    return not (below or above or right or left)


def _with_halo(window: Window, width: int, height: int) -> tuple[Window, tuple[slice, slice]]:
    """Return a window with one cell more on each side, and where the window lies in it."""
    top, left = max(int(window.row_off) - 1, 0), max(int(window.col_off) - 1, 0)
    bottom = min(int(window.row_off + window.height) + 1, height)
    right = min(int(window.col_off + window.width) + 1, width)
    down, along = int(window.row_off) - top, int(window.col_off) - left
    core = (slice(down, down + int(window.height)), slice(along, along + int(window.width)))
    return Window(left, top, right - left, bottom - top), core


def _rim(
    window: Window,
    core: tuple[slice, slice],
    void: NDArray[np.bool_],
    values: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Return row, column in the grid and value of the cells of a window that touch a void."""
    wide = void.copy()
    wide[1:] |= void[:-1]
    wide[:-1] |= void[1:]
    beside = wide.copy()
    beside[:, 1:] |= wide[:, :-1]
    beside[:, :-1] |= wide[:, 1:]
    rows, columns = np.nonzero((beside & ~void)[core])
    values = values[core][rows, columns]
    return np.column_stack((rows + int(window.row_off), columns + int(window.col_off), values))


def _filled(
    mosaic: Mosaic,
    places: Mapping[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.int64]]],
    rims: list[NDArray[np.float64]],
    fill: Fill,
    *,
    whole_numbers: bool,
) -> Filling:
    across, along = mosaic.grid.row_sides_m()
    side = np.array([along.mean(), across.mean()])
    rim = np.concatenate(rims) if rims else np.zeros((0, 3))
    tree = _tree(rim[:, :2] * side)
    cells: dict[tuple[int, int], Cells] = {}
    reach_m = km2 = 0.0
    for corner, (rows, columns) in places.items():
        values = np.zeros(len(rows))
        if fill != "zero":
            here = np.column_stack((rows + corner[0], columns + corner[1])) * side
            values, far_m = _from_rim(tree, here, rim[:, 2], 1 if fill == "nearest" else NEIGHBOURS)
            reach_m = max(reach_m, far_m)
        held = np.rint(values) if whole_numbers else values
        cells[corner] = (rows, columns, held.astype(np.float32))
        km2 += float((across * along)[rows + corner[0]].sum()) / 1e6
    count = sum(len(rows) for rows, _ in places.values())
    return Filling(cells=cells, count=count, km2=km2, reach_m=reach_m)


def _tree(rim_m: NDArray[np.float64]) -> KDTree | None:
    from scipy.spatial import KDTree  # noqa: PLC0415 (heavy, and only a fill needs it)

    return KDTree(rim_m) if len(rim_m) else None


def _from_rim(
    tree: KDTree | None,
    here: NDArray[np.float64],
    rim: NDArray[np.float64],
    neighbours: int,
) -> tuple[NDArray[np.float64], float]:
    """Return a value per place from the rim cells nearest to it, and the largest distance [m]."""
    if tree is None:  # every cell is void, which is refused before
        return np.zeros(len(here)), 0.0
    order = np.arange(1, min(neighbours, len(rim)) + 1)
    found, nearest = tree.query(here, k=order)
    distance = np.asarray(found)
    weight = 1.0 / distance**2
    values: NDArray[np.float64] = (rim[nearest] * weight).sum(axis=1) / weight.sum(axis=1)
    return values, float(distance[:, 0].max())
