# ruff: noqa: FBT001, PLR0913, PLR0917, PLR0124, PLW3301 - compiled: plain arrays, one loop
"""One mast over its surroundings: the window of terrain, its horizons, and all its sectors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from siting.coverage.p526 import EFFECTIVE_EARTH_RADIUS_KM
from siting.coverage.sweep.horizons import Horizons, Stack, reciprocals, stack_of, sweep_horizons
from siting.coverage.sweep.line import (
    Line,
    clear_servers,
    line_of,
    losses,
    merge,
    paths,
    pattern,
    serve,
)
from siting.coverage.sweep.near import near_horizons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.sweep.laws import Laws
    from siting.coverage.sweep.rays import RayTable

    Numbers = NDArray[np.float32]

_VOID_M = np.float32(1e15)  # a wall in place of a void: what lies behind it is not known
_ZERO, _ONE, _TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)
_TURN, _DOWN = np.float32(360.0), np.float32(180.0)
_LAST = np.float32(359.9999)  # within the last entry but one of either cut
_BULGE = 1.0 / (2.0 * EFFECTIVE_EARTH_RADIUS_KM * 1000.0)


class Ground(NamedTuple):
    """Rasters of elevation [m] (NaN where void) and environment (-1 where none)."""

    elevation_m: Numbers
    environment: NDArray[np.int8]
    cell_m: float


class Room(NamedTuple):
    """What one thread needs for masts of one radius."""

    height: Numbers
    seen: Numbers
    horizons: Horizons
    stack: Stack
    inverse: Numbers
    near: Numbers
    line: Line
    axis: Numbers


class Target(NamedTuple):
    """Rasters of all carriers that masts are laid over, from a first row and column."""

    best_dbm: Numbers
    second_dbm: Numbers
    best_sector: NDArray[np.int32]
    units: NDArray[np.int64]
    row: int
    column: int


class Faces(NamedTuple):
    """The sectors of a mast, carrier by carrier in ascending order, and their antennas.

    `first[mast, c]` is where those of carrier c begin. A horizontal cut has 361 values, the first
    again at the end, a vertical one 361.
    """

    first: NDArray[np.int32]
    sector: NDArray[np.int32]
    azimuth_deg: Numbers
    tilt_deg: Numbers
    eirp_dbm: Numbers
    antenna: NDArray[np.int32]
    horizontal: Numbers
    vertical: Numbers
    front_to_back_db: Numbers


class Places(NamedTuple):
    """Where masts stand, by mast, and how far each is followed.

    `row` and `column` are their cells, `east_m` and `north_m` their places from the cells' centres;
    `open_cells[mast, bearing]` and `blocked_cells` how far levels can reach the floor [cells].
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    east_m: Numbers
    north_m: Numbers
    height_m: Numbers
    open_cells: Numbers
    blocked_cells: Numbers


class Options(NamedTuple):
    """What holds for all masts; by carrier 1 / sqrt(wavelength) and the largest distance^2 [m2]."""

    ue_height_m: float
    floor_dbm: np.float32
    partial: bool
    roots_per_m: Numbers
    furthest_m2: Numbers


def room_of(table: RayTable, *, partial: bool) -> Room:
    """Return room for the masts of a table."""
    width = 2 * table.radius + 1
    square = width * width
    spare = square if partial else 1
    horizons = Horizons(*(np.zeros(n, np.float32) for n in (square, square, spare)))
    return Room(
        height=np.zeros(square, np.float32),
        seen=np.zeros(square, np.float32),
        horizons=horizons,
        stack=stack_of(table),
        inverse=reciprocals(table.radius),
        near=np.zeros((4, width), np.float32),
        line=line_of(width),
        axis=np.arange(-table.radius, table.radius + 1, dtype=np.float32),
    )


@njit(cache=True, error_model="numpy", nogil=True)
def fill_window(
    elevation_m: Numbers, row: int, column: int, radius: int, cell_m: float, ue_height_m: float,
    height: Numbers, seen: Numbers,
) -> np.float32:  # fmt: skip
    """Copy the terrain around a mast, less the earth's bulge; return its highest terminal [m]."""
    rows, columns = elevation_m.shape
    width = 2 * radius + 1
    bulge, ue = np.float32(_BULGE * cell_m * cell_m), np.float32(ue_height_m)
    highest = -_VOID_M
    left, right = max(radius - column, 0), min(width, columns - column + radius)
    for i in range(width):
        at = i * width
        source = row - radius + i
        height[at : at + width] = _VOID_M
        if 0 <= source < rows and left < right:
            south = np.float32((i - radius) * (i - radius))
            line = elevation_m[source, column - radius + left : column - radius + right]
            for j in range(right - left):
                east = np.float32(j + left - radius)
                lowered = line[j] - bulge * (east * east + south)
                height[at + left + j] = lowered if lowered == lowered else _VOID_M
                highest = max(highest, lowered if lowered == lowered else -_VOID_M)
        for j in range(width):
            seen[at + j] = height[at + j] + ue
    return highest + ue


@njit(cache=True, error_model="numpy", nogil=True)
def find_horizons(
    room: Room, table: RayTable, antenna_m: np.float32, open_cells: Numbers,
    blocked_cells: Numbers, highest_m: np.float32, partial: bool,
) -> None:  # fmt: skip
    """Write the horizons of all cells around a mast."""
    room.horizons.rise[:] = np.nan
    near = min(table.near, table.radius)
    if near < table.radius:
        sweep_horizons(
            room.horizons, room.height, room.seen, antenna_m, table, room.stack, room.inverse,
            open_cells, blocked_cells, highest_m, partial,
        )  # fmt: skip
    near_horizons(
        room.horizons, room.height, room.seen, antenna_m, table.radius, near, room.inverse,
        room.near, partial,
    )  # fmt: skip


@njit(cache=True, error_model="numpy", nogil=True)
def lay_masts(
    target: Target, ground: Ground, room: Room, table: RayTable, laws: Laws, faces: Faces,
    places: Places, which: NDArray[np.int64], options: Options, counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """Lay all sectors of some masts over the rasters; add to the counts what was met.

    `counts` are links, cells in or behind a void, and by carrier cells beyond their model's range.
    """
    side, radius = 2 * table.radius + 1, table.radius
    height, width = target.best_dbm.shape[1:]
    for mast in which:
        row, column = places.row[mast], places.column[mast]
        antenna_m = look_around(ground, room, table, places, mast, options)
        top, left = target.row - row, target.column - column  # of the target, from the mast
        for south in range(max(-radius, top), min(radius, top + height - 1) + 1):
            half = int(math.sqrt(float(radius * radius - south * south)))
            first, last = max(-half, left), min(half, left + width - 1)
            if last < first:
                continue
            at = (south + radius) * side + radius
            span = slice(at + first, at + last + 1)
            _lay_line(
                target, laws, faces, faces.first[mast], room.line, options,
                ground.environment[row + south, column + first : column + last + 1],
                room.seen[span], room.horizons.rise[span], room.horizons.fall[span],
                room.horizons.clearance[span] if options.partial else room.horizons.clearance,
                room.axis[first + radius : last + radius + 1], south, np.float32(ground.cell_m),
                places.east_m[mast], places.north_m[mast], antenna_m, south - top, first - left,
                counts,
            )  # fmt: skip


@njit(cache=True, error_model="numpy", nogil=True)
def look_around(
    ground: Ground, room: Room, table: RayTable, places: Places, mast: int, options: Options
) -> np.float32:
    """Find the horizons of all cells around a mast; return the height of its antenna [m]."""
    radius = table.radius
    highest_m = fill_window(
        ground.elevation_m, places.row[mast], places.column[mast], radius, ground.cell_m,
        options.ue_height_m, room.height, room.seen,
    )  # fmt: skip
    antenna_m = np.float32(room.height[radius * (2 * radius + 2)] + places.height_m[mast])
    find_horizons(
        room, table, antenna_m, places.open_cells[mast], places.blocked_cells[mast], highest_m,
        options.partial,
    )  # fmt: skip
    return antenna_m


@njit(cache=True, error_model="numpy", nogil=True)
def _place_line(
    columns: Numbers, south: int, cell_m: np.float32, east_m: np.float32,
    north_m: np.float32, east: Numbers, north: Numbers, steps: Numbers,
) -> None:  # fmt: skip
    """Fill how far a line of cells lies from the mast [m], and its steps."""
    down = np.float32(-south) * cell_m - north_m
    major = np.float32(abs(south))
    for i in range(len(columns)):
        east[i] = columns[i] * cell_m - east_m
        north[i] = down
        steps[i] = max(max(abs(columns[i]), major), np.float32(1.0))


@njit(cache=True, error_model="numpy", nogil=True)
def serve_carrier(
    line: Line, n: int, faces: Faces, begin: int, end: int, floor_dbm: np.float32
) -> None:
    """Lay the sectors of one carrier over a line of cells."""
    across, along = line.across[:n], line.along[:n]
    for f in range(begin, end):
        antenna, tilt = faces.antenna[f], faces.tilt_deg[f]
        if f == begin or antenna != faces.antenna[f - 1] or tilt != faces.tilt_deg[f - 1]:
            pattern(
                line.zenith[:n], faces.vertical[antenna], -_ONE, _DOWN + tilt, _TWO, _ZERO,
                _LAST, along,
            )  # fmt: skip
        pattern(
            line.bearing[:n], faces.horizontal[antenna], _ONE, -faces.azimuth_deg[f], _ONE,
            _TURN, _LAST, across,
        )  # fmt: skip
        serve(
            line.loss[:n], across, along, faces.front_to_back_db[antenna], faces.eirp_dbm[f],
            floor_dbm, faces.sector[f], line.best[:n], line.second[:n], line.server[:n],
            line.power[:n],
        )  # fmt: skip


@njit(cache=True, error_model="numpy", nogil=True)
def _lay_line(
    target: Target, laws: Laws, faces: Faces, first: NDArray[np.int32], line: Line,
    options: Options, environment: NDArray[np.int8], seen: Numbers, rise: Numbers, fall: Numbers,
    clearance: Numbers, columns: Numbers, south: int, cell_m: np.float32, east_m: np.float32,
    north_m: np.float32, antenna_m: np.float32, at_row: int, at_column: int,
    counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """Lay all sectors of a mast over one line of cells."""
    n = len(seen)
    # the places of the cells live where levels are written later
    east, north, steps = line.loss[:n], line.best[:n], line.second[:n]
    _place_line(columns, south, cell_m, east_m, north_m, east, north, steps)
    squared, distance, slant, x, nu = (
        line.squared[:n], line.distance[:n], line.slant[:n], line.x[:n], line.nu[:n],
    )  # fmt: skip
    bearing, zenith = line.bearing[:n], line.zenith[:n]
    paths(
        east, north, steps, seen, rise, fall, clearance, antenna_m, options.partial,
        squared, distance, slant, x, nu, bearing, zenith,
    )  # fmt: skip
    links, void = 0, 0
    for i in range(n):
        links += int(nu[i] == nu[i])
        void += int((rise[i] == rise[i]) & (nu[i] != nu[i]))
    counts[0] += links
    counts[1] += void
    if links == 0:
        return
    loss, best, second = line.loss[:n], line.best[:n], line.second[:n]
    server, power = line.server[:n], line.power[:n]
    cells = slice(at_column, at_column + n)
    for c in range(len(first) - 1):
        if first[c] == first[c + 1]:
            continue
        losses(
            squared, distance, slant, x, nu, environment, laws.los[c], laws.nlos[c],
            laws.limits[c], laws.mixture[c], options.roots_per_m[c], options.furthest_m2[c], loss,
            line.knife[:n], line.share[:n], line.shift[:n],
        )  # fmt: skip
        beyond = 0
        for i in range(n):
            lost = (loss[i] == np.inf) & (nu[i] == nu[i]) & (squared[i] <= options.furthest_m2[c])
            beyond += int(lost & (environment[i] >= 0))
        counts[2 + c] += beyond
        clear_servers(best, second, server, power)
        serve_carrier(line, n, faces, first[c], first[c + 1], options.floor_dbm)
        merge(
            best, second, server, power, target.best_dbm[c, at_row, cells],
            target.second_dbm[c, at_row, cells], target.best_sector[c, at_row, cells],
            target.units[c, at_row, cells],
        )  # fmt: skip
