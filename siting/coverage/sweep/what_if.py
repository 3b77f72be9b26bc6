"""What changes when masts are moved, added or taken away: only the cells around them are redone.

Rows of masts and sectors keep their numbers: a mast that goes has its sectors set inactive, a new
one is a new row at the end. A patch holds the very numbers that sweeping the whole network would.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.sweep.network import masts_within, sweep_prepared
from siting.coverage.sweep.prepare import Prepared, prepare
from siting.coverage.sweep.voids import require_known_ground
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.coverage.sweep.model import Levels, Masts, Sectors
    from siting.coverage.sweep.settings import Settings
    from siting.coverage.terrain import Terrain

    Network = tuple[Masts, Sectors]
    Window = tuple[int, int, int, int]

_BESIDE_DEG = 5.0  # rays beside a window that its cells are interpolated from


def what_if(
    before: Network,
    after: Network,
    terrain: Terrain,
    settings: Settings,
    *,
    environments_raster: NDArray[np.int8] | None = None,
    threads: int = 1,
) -> tuple[Levels, ...]:
    """Return the levels after a change, in windows around the masts that changed.

    `settings` are those of the levels before. Windows that would overlap are one.
    """
    boxes: list[Window] = []
    for network, other in ((before, after), (after, before)):
        changed = _changed(network, other)
        if not changed.any():
            continue
        ready = prepare(*network, terrain, settings, environments_raster, only=changed)
        which = np.flatnonzero(changed & (ready.radius > 0))
        if network is after and settings.at_edges == "refuse":
            require_known_ground(ready, which, terrain)
        boxes += [_box(ready, int(mast), terrain) for mast in which]
    patches = []
    for box in _joined(boxes):
        near = _near(after[0], terrain, settings, box)
        ready = prepare(*after, terrain, settings, environments_raster, only=near)
        patches.append(
            sweep_prepared(
                _towards(ready, box), terrain, replace(settings, at_edges="exclude"),
                window=box, threads=threads,
            )
        )  # fmt: skip
    return tuple(replace(patch, settings=settings) for patch in patches)


def with_patches(levels: Levels, patches: Sequence[Levels]) -> Levels:
    """Return the levels with patches laid over them; the counts of what was met are kept."""
    arrays = {
        name: getattr(levels, name).copy()
        for name in ("best_dbm", "best_sector", "second_dbm", "sum_mw")
    }
    for patch in patches:
        row = round((levels.north_m - patch.north_m) / levels.cell_m)
        column = round((patch.west_m - levels.west_m) / levels.cell_m)
        rows, columns = patch.best_dbm.shape[1:]
        inside = 0 <= row <= levels.best_dbm.shape[1] - rows
        if not inside or not 0 <= column <= levels.best_dbm.shape[2] - columns:
            raise ConfigurationError(
                Problem(
                    column="patches",
                    what="a patch lies outside the levels",
                    remedy="give the levels of the whole terrain",
                )
            )
        for name, array in arrays.items():
            array[:, row : row + rows, column : column + columns] = getattr(patch, name)
    return replace(levels, **arrays)


def _changed(network: Network, other: Network) -> NDArray[np.bool_]:
    """Return the masts of a network that the other has not, or has otherwise."""
    masts, sectors = network
    count, shared = len(masts.height_m), min(len(masts.height_m), len(other[0].height_m))
    changed = np.ones(count, dtype=np.bool_)
    changed[:shared] = np.any(
        _mast_columns(masts)[:shared] != _mast_columns(other[0])[:shared], axis=1
    )
    own, others = _sector_columns(sectors), _sector_columns(other[1])
    rows = min(len(own), len(others))
    touched = np.ones(len(own), dtype=np.bool_)
    touched[:rows] = np.any(own[:rows] != others[:rows], axis=1)
    changed[np.asarray(sectors.site)[touched]] = True
    moved_away = others[:rows, 0][touched[:rows]].astype(np.int64)
    changed[moved_away[moved_away < count]] = True
    return changed


def _mast_columns(masts: Masts) -> NDArray[np.float64]:
    """Return what describes each mast."""
    micro = np.zeros(len(masts.height_m)) if masts.micro is None else masts.micro
    return np.column_stack([masts.xy_m, masts.height_m, masts.environment, micro])


def _sector_columns(sectors: Sectors) -> NDArray[np.float64]:
    """Return what describes each sector, its mast first."""
    active = np.ones(len(sectors.site)) if sectors.active is None else sectors.active
    return np.column_stack(
        [
            sectors.site,
            sectors.azimuth_deg,
            sectors.tilt_deg,
            sectors.eirp_per_re_dbm,
            sectors.carrier,
            sectors.antenna,
            active,
        ]
    )


def _box(ready: Prepared, mast: int, terrain: Terrain) -> Window:
    """Return the square of a mast's disc, as far as there is terrain."""
    row, column = int(ready.places.row[mast]), int(ready.places.column[mast])
    radius = min(int(np.ceil(ready.places.open_cells[mast].max())), int(ready.radius[mast]))
    rows, columns = terrain.elevation_m.shape
    first, left = max(row - radius, 0), max(column - radius, 0)
    last, right = min(row + radius, rows - 1), min(column + radius, columns - 1)
    return first, left, last - first + 1, right - left + 1


def _joined(boxes: list[Window]) -> list[Window]:
    """Return windows that do not overlap: those that would are replaced by one around both."""
    apart: list[Window] = []
    for box in boxes:
        merged = box
        while True:
            meets = [other for other in apart if _overlap(merged, other)]
            if not meets:
                break
            apart = [other for other in apart if other not in meets]
            merged = _around([merged, *meets])
        apart.append(merged)
    return apart


def _overlap(one: Window, other: Window) -> bool:
    """Say whether two windows share a cell."""
    down = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    return down and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


def _around(boxes: list[Window]) -> Window:
    """Return the smallest window around some."""
    row, column = min(box[0] for box in boxes), min(box[1] for box in boxes)
    bottom = max(box[0] + box[2] for box in boxes)
    right = max(box[1] + box[3] for box in boxes)
    return row, column, bottom - row, right - column


def _near(masts: Masts, terrain: Terrain, settings: Settings, box: Window) -> NDArray[np.bool_]:
    """Return the masts from which a window can be reached at all."""
    reach = max(settings.max_range_m) / terrain.cell_m + 2.0
    xy_m = np.asarray(masts.xy_m)
    column = (xy_m[:, 0] - terrain.west_m) / terrain.cell_m
    row = (terrain.north_m - xy_m[:, 1]) / terrain.cell_m
    near = (row > box[0] - reach) & (row < box[0] + box[2] + reach)
    return near & (column > box[1] - reach) & (column < box[1] + box[3] + reach)


def _towards(ready: Prepared, box: Window) -> Prepared:
    """Return the network with every mast followed only towards a window."""
    which = masts_within(ready, box)
    open_cells = ready.places.open_cells.copy()
    for mast in which:
        south = np.array([box[0], box[0] + box[2] - 1]) - ready.places.row[mast]
        east = np.array([box[1], box[1] + box[3] - 1]) - ready.places.column[mast]
        if south[0] <= 0 <= south[1] and east[0] <= 0 <= east[1]:
            continue
        corners = np.degrees(np.arctan2(np.repeat(east, 2), -np.tile(south, 2)))
        middle = np.degrees(np.arctan2(east.mean(), -south.mean()))
        off = np.abs((corners - middle + 180.0) % 360.0 - 180.0).max() + _BESIDE_DEG
        away = np.abs((np.arange(360.0) - middle + 180.0) % 360.0 - 180.0) > off
        open_cells[mast, away] = 0.0
    return replace(ready, places=ready.places._replace(open_cells=open_cells))
