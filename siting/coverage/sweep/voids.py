"""Refuse terrain that is not known where a mast reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from siting.errors import DataError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.sweep.prepare import Prepared
    from siting.coverage.terrain import Terrain


def require_known_ground(ready: Prepared, which: NDArray[np.int64], terrain: Terrain) -> None:
    """Refuse masts whose disc reaches over the edge of the terrain or meets a void."""
    longest = np.ceil(ready.places.open_cells.max(axis=1)).astype(np.int64)
    void = _void_cells(
        ready.ground.elevation_m, ready.places.row[which], ready.places.column[which],
        np.minimum(longest, ready.radius)[which],
    )  # fmt: skip
    bad = which[void > 0]
    if not bad.size:
        return
    shown = ", ".join(str(int(mast)) for mast in bad[:10])
    raise DataError(
        Problem(
            file=terrain.file or "terrain",
            what=f"{bad.size} masts reach {int(void.sum())} cells that are void or off the terrain"
            f" (masts {shown})",
            remedy='give a larger DEM, fill its voids, or count them out with at_edges="exclude"',
        )
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _void_cells(
    elevation_m: NDArray[np.float32], row: NDArray[np.int64], column: NDArray[np.int64],
    radius: NDArray[np.int64],
) -> NDArray[np.int64]:  # fmt: skip
    """Return how many cells of each disc are void or off the raster."""
    rows, columns = elevation_m.shape
    void = np.zeros(len(row), dtype=np.int64)
    for mast in range(len(row)):
        r = radius[mast]
        for south in range(-r, r + 1):
            half = int(np.sqrt(float(r * r - south * south)))
            first, last = column[mast] - half, column[mast] + half
            at = row[mast] + south
            if at < 0 or at >= rows:
                void[mast] += last - first + 1
                continue
            void[mast] += max(-first, 0) + max(last - columns + 1, 0)
            for x in elevation_m[at, max(first, 0) : min(last, columns - 1) + 1]:
                void[mast] += not np.isfinite(x)
    return void
