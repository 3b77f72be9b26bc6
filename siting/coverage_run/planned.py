"""The tiles of a run: where each lies, its key, and the job that computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.coverage.tiles import (
    Grid,
    Network,
    Tile,
    TileJob,
    job_of,
    key_of,
    masts_near,
    reach_cells,
    tile_plan,
)
from siting.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from siting.coverage_run.ground import Ground

    Progress = Callable[[str, float], None]


class Planned(NamedTuple):
    """A tile in the ground's grid, in the files' grid, its key ("" where no mast reaches it).

    `sector` has the number in the whole network of each sector of its job.
    """

    tile: Tile
    place: Tile
    key: str
    sector: NDArray[np.int64]


def files_grid(ground: Ground, inner: Tile) -> Grid:
    """Return the grid of the files: the inner part of the ground's."""
    grid = ground.grid
    return Grid(
        west_m=grid.west_m + inner.column * grid.cell_m,
        north_m=grid.north_m - inner.row * grid.cell_m,
        cell_m=grid.cell_m,
        rows=inner.rows,
        columns=inner.columns,
    )


def job_at(network: Network, ground: Ground, tile: Tile) -> TileJob | None:
    """Return the job of a tile of the ground's grid, None where no mast reaches it."""
    around = tile.with_halo(2 * reach_cells(network.settings, ground.grid.cell_m), ground.grid)
    return job_of(
        network,
        ground.grid,
        tile,
        around=around,
        terrain=ground.terrain(around),
        environment=ground.environment(around),
    )


def plan_tiles(
    network: Network, ground: Ground, inner: Tile, *, tile_cells: int, tell: Progress
) -> list[Planned]:
    """Return all tiles of a run with their keys."""
    places = tile_plan(files_grid(ground, inner), tile_cells)
    planned = []
    for number, place in enumerate(places):
        tell("tile plan", number / len(places))
        tile = Tile(
            row=inner.row + place.row,
            column=inner.column + place.column,
            rows=place.rows,
            columns=place.columns,
        )
        job = job_at(network, ground, tile)
        if job is None:
            planned.append(Planned(tile, place, "", np.zeros(0, np.int64)))
        else:
            planned.append(Planned(tile, place, key_of(job), job.sector))
    tell("tile plan", 1.0)
    return planned


def masts_met(
    network: Network, ground: Ground, inner: Tile
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which masts reach the files' area, and which of those stand on known ground."""
    near = np.zeros(len(network.masts.height_m), dtype=np.bool_)
    reach_m = max(network.settings.max_range_m)
    near[masts_near(network.masts, ground.grid, inner, reach_m)] = True
    return near, near & ground.known(np.asarray(network.masts.xy_m, dtype=np.float64))


def require_ground(
    sites: Sequence[str],
    near: NDArray[np.bool_],
    standing: NDArray[np.bool_],
    *,
    file: str,
    refuse: bool,
) -> None:
    """Refuse a network of which no mast can be computed; with `refuse`, any mast without ground.

    The site of each mast names it.
    """
    if not near.any():
        what, remedy = "no mast reaches the area of the townships", "check the layers' places"
        raise DataError(Problem(file="the network", what=what, remedy=remedy))
    if not standing.any():
        what = "holds no height under any mast: it lies elsewhere or is void"
        remedy = "check its CRS, or give a DEM of this area"
        raise DataError(Problem(file=file or "terrain", what=what, remedy=remedy))
    lost = np.flatnonzero(near & ~standing)
    if not (refuse and lost.size):
        return
    shown = ", ".join(dict.fromkeys(str(sites[row]) for row in lost[:20]))
    raise DataError(
        Problem(
            file=file or "terrain",
            what=f"{lost.size} masts stand on a void or off the raster (sites {shown})",
            remedy="give a larger DEM, correct their places, or use --edges exclude",
        )
    )
