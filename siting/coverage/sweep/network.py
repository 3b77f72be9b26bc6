"""Sweep a whole network: best server, second, and the sum of power, cell by cell.

Masts are grouped into strips of rows taller than any disc; every other strip at a time, so that no
two threads write to one cell. Best and second are decided by level and then by the lower sector,
and powers are summed in whole units: the result does not depend on order, threads or windows.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.sweep.line import MW_PER_UNIT
from siting.coverage.sweep.mast import Target, lay_masts, room_of
from siting.coverage.sweep.model import Levels, Met
from siting.coverage.sweep.prepare import Prepared, prepare
from siting.coverage.sweep.rays import ray_table
from siting.coverage.sweep.settings import EXACT_WITHIN_M, ON_TERRAIN, Settings
from siting.coverage.sweep.voids import require_known_ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.coverage.antennas import Antenna
    from siting.coverage.radio import Environment
    from siting.coverage.sweep.model import Masts, Sectors
    from siting.coverage.terrain import Terrain

    Window = tuple[int, int, int, int]
    Task = list[NDArray[np.int64]]


def sweep_network(  # noqa: PLR0913 - each choice is a keyword
    masts: Masts,
    sectors: Sectors,
    terrain: Terrain,
    *,
    carriers_ghz: Sequence[float],
    antennas: Sequence[Antenna],
    environments_raster: NDArray[np.int8] | None = None,
    environments: Sequence[Environment] = ON_TERRAIN,
    ue_height_m: float = 1.5,
    rsrp_floor_dbm: float = -120.0,
    max_range_m: float | Sequence[float] = 10_000.0,
    location_probability: float = 0.5,
    at_edges: str = "refuse",
    partial_obstruction: bool = False,
    exact_within_m: float = EXACT_WITHIN_M,
    rays_per_cell: float = 0.0,
    window: tuple[int, int, int, int] | None = None,
    threads: int = 1,
) -> Levels:
    """Return best, second and summed levels of a network on the terrain's grid.

    A level is the one that a share `location_probability` of such places exceeds. On bare earth an
    open path is a mixture of line of sight and none; on a surface model the profile decides. A
    blocked path loses the larger of NLOS and LOS + Bullington's diffraction.

    Parameters
    ----------
    masts, sectors, terrain
        The network, and the ground under it.
    carriers_ghz, antennas
        What `sectors.carrier` and `sectors.antenna` refer to.
    environments_raster
        Positions in `environments` on the terrain's grid, -1 where no level is wanted; not needed
        where every mast has its own environment.
    window
        First row, first column, rows and columns of the part that is wanted; all by default. A part
        has the very numbers of the whole.
    threads
        Threads to use, 1 or more; their number changes no number.

    The other choices are those of `Settings`.

    Raises
    ------
    ConfigurationError
        Where a number is out of range, the network is empty or the grids differ.
    DataError
        Where masts stand on voids, or terrain within reach is not known (`at_edges="refuse"`).

    """
    carriers = tuple(float(value) for value in carriers_ghz)
    settings = Settings(
        carriers_ghz=carriers,
        max_range_m=each_of(max_range_m, len(carriers)),
        antennas=tuple(antennas),
        environments=tuple(environments),
        ue_height_m=ue_height_m,
        rsrp_floor_dbm=rsrp_floor_dbm,
        location_probability=location_probability,
        at_edges=at_edges,
        partial_obstruction=partial_obstruction,
        exact_within_m=exact_within_m,
        rays_per_cell=rays_per_cell,
    )
    ready = prepare(masts, sectors, terrain, settings, environments_raster)
    return sweep_prepared(ready, terrain, settings, window=window, threads=threads)


def sweep_prepared(
    ready: Prepared,
    terrain: Terrain,
    settings: Settings,
    *,
    window: tuple[int, int, int, int] | None,
    threads: int,
) -> Levels:
    """Return the levels of a prepared network in a window of the terrain's grid."""
    row, column, rows, columns = window or (0, 0, *terrain.elevation_m.shape)
    which = masts_within(ready, (row, column, rows, columns))
    if settings.at_edges == "refuse":
        require_known_ground(ready, which, terrain)
    target = empty_target(len(settings.carriers_ghz), (row, column, rows, columns))
    counts = lay(ready, target, settings, which, threads=threads)
    return Levels(
        carriers_ghz=settings.carriers_ghz,
        best_dbm=_or_nan(target.best_dbm),
        best_sector=target.best_sector,
        second_dbm=_or_nan(target.second_dbm),
        sum_mw=_milliwatts(target.units),
        west_m=terrain.west_m + column * terrain.cell_m,
        north_m=terrain.north_m - row * terrain.cell_m,
        cell_m=terrain.cell_m,
        met=Met(
            links=int(counts[0]),
            void=int(counts[1]),
            beyond_range=tuple(int(count) for count in counts[2:]),
            masts_left_out=ready.left_out,
        ),
        settings=settings,
    )


def masts_within(ready: Prepared, window: Window) -> NDArray[np.int64]:
    """Return the masts whose squares meet a window."""
    row, column, rows, columns = window
    at, radius = ready.places, ready.radius
    meets = (at.row + radius >= row) & (at.row - radius < row + rows)
    meets &= (at.column + radius >= column) & (at.column - radius < column + columns)
    meets[list(ready.left_out)] = False
    return np.flatnonzero(meets & (radius > 0))


def empty_target(carriers: int, window: Window) -> Target:
    """Return rasters over which nothing has been laid."""
    row, column, rows, columns = window
    shape = (carriers, rows, columns)
    return Target(
        best_dbm=np.full(shape, -np.inf, dtype=np.float32),
        second_dbm=np.full(shape, -np.inf, dtype=np.float32),
        best_sector=np.full(shape, -1, dtype=np.int32),
        units=np.zeros(shape, dtype=np.int64),
        row=row,
        column=column,
    )


def lay(
    ready: Prepared,
    target: Target,
    settings: Settings,
    which: NDArray[np.int64],
    *,
    threads: int,
) -> NDArray[np.int64]:
    """Lay masts over rasters; return the counts of `lay_masts`."""
    counts = np.zeros(2 + len(settings.carriers_ghz), dtype=np.int64)
    if not which.size:
        return counts
    strip = ready.places.row[which] // (2 * int(ready.radius[which].max()) + 1)
    for parity in (0, 1):
        tasks = [which[strip == each] for each in np.unique(strip[strip % 2 == parity])]
        if threads == 1 or len(tasks) < 2:
            counts += sum(_lay_strip(ready, target, settings, task) for task in tasks)
            continue
        with ThreadPoolExecutor(threads) as pool:
            done = pool.map(lambda task: _lay_strip(ready, target, settings, task), tasks)
            counts += sum(done)
    return counts


def _lay_strip(
    ready: Prepared, target: Target, settings: Settings, which: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Lay the masts of a strip, those with one ray table and one law at a time."""
    counts = np.zeros(2 + len(settings.carriers_ghz), dtype=np.int64)
    room, radius = None, -1
    for batch in batches_of(ready, which):
        table = ray_table(int(ready.radius[batch[0]]), ready.near, settings.rays_per_cell)
        if room is None or table.radius != radius:
            room, radius = room_of(table, partial=settings.partial_obstruction), table.radius
        laws = ready.book.page(int(ready.key[batch[0]]))
        lay_masts(
            target, ready.ground, room, table, laws, ready.faces, ready.places, batch,
            ready.options, counts,
        )  # fmt: skip
    return counts


def batches_of(ready: Prepared, which: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return masts grouped by ray table and law, those of one table beside each other."""
    if not which.size:
        return []
    order = which[np.lexsort((ready.key[which], ready.radius[which]))]
    pairs = np.column_stack([ready.radius[order], ready.key[order]])
    return np.split(order, np.flatnonzero(np.diff(pairs, axis=0).any(axis=1)) + 1)


def each_of(values: float | Sequence[float], count: int) -> tuple[float, ...]:
    """Return one value for each carrier."""
    if isinstance(values, (int, float)):
        return (float(values),) * count
    return tuple(float(value) for value in values)


def _or_nan(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return levels in place with NaN where there are none."""
    for part in levels:
        part[np.isneginf(part)] = np.nan
    return levels


def _milliwatts(units: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return powers [mW] of whole units, a carrier at a time."""
    power = np.empty(units.shape, dtype=np.float32)
    for mw, whole in zip(power, units, strict=True):
        np.multiply(whole, MW_PER_UNIT, out=mw, casting="unsafe")
    return power
