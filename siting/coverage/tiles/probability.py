"""The probability that the best server of a cell exceeds a threshold.

A sweep gives the median L of the best server. What it lost tells which path it came by: an open one
loses the median of the mixture of TR 38.901, a blocked one more. With the laws' LOS and NLOS losses,
the mixture's median loss m, and p, s_1, s_2 at the cell's distance, an open path has

    P = p Q((T - L - m + LOS) / s_1) + (1 - p) Q((T - L - m + NLOS) / s_2),

and a blocked one P = Q((T - L) / s_2). On a surface model the profile decides and p = 1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from siting.coverage import tr38901
from siting.coverage.antennas import kernel_limits_db, kernel_tables
from siting.coverage.p526 import EFFECTIVE_EARTH_RADIUS_KM
from siting.coverage.sweep.laws import (
    ENTRIES,
    FIRST_OCTAVE,
    LEAST_M,
    PER_OCTAVE,
    table_distance_m,
)
from siting.coverage.sweep.reach import LawBook

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.radio import Environment
    from siting.coverage.sweep.model import Levels
    from siting.coverage.tiles.job import TileJob

    Numbers = NDArray[np.float64]

OPEN_WITHIN_DB = 0.15
"""A path that lost no more than this over the open median is open: kernels round far below it."""
_BULGE_PER_M2 = 1.0 / (2.0 * EFFECTIVE_EARTH_RADIUS_KM * 1000.0)
_LEAST_M2 = LEAST_M**2
_ROOT_HALF = math.sqrt(0.5)


class _Masts(NamedTuple):
    """Masts of a job: cell, place from its centre [m], height of the antenna [m], law."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    east_m: Numbers
    north_m: Numbers
    antenna_m: Numbers
    law: NDArray[np.int64]


class _Laws(NamedTuple):
    """Laws by key, carrier and environment; `spread` has p, s_1 and s_2 a distance."""

    los: NDArray[np.float32]
    nlos: NDArray[np.float32]
    limits: NDArray[np.float32]
    mixture: NDArray[np.float32]
    spread: NDArray[np.float32]


class _Faces(NamedTuple):
    """The sectors of a job and the cuts of their antennas."""

    mast: NDArray[np.int32]
    azimuth_deg: Numbers
    tilt_deg: Numbers
    eirp_dbm: Numbers
    antenna: NDArray[np.int32]
    horizontal: NDArray[np.float32]
    vertical: NDArray[np.float32]
    front_to_back_db: NDArray[np.float32]


def tile_probability(job: TileJob, levels: Levels) -> NDArray[np.float32]:
    """Return the probability, 0 to 1, by carrier and cell of a tile; NaN where there is no server."""
    masts, laws, faces = _masts(job), _laws(job), _faces(job)
    out = np.full(levels.best_dbm.shape, np.nan, dtype=np.float32)
    row, column, rows, columns = job.window
    environment = np.ascontiguousarray(job.environment[row : row + rows, column : column + columns])
    elevation_m = np.ascontiguousarray(
        job.terrain.elevation_m[row : row + rows, column : column + columns], dtype=np.float32
    )
    for carrier, threshold_dbm in enumerate(job.network.threshold_dbm):
        _fill(
            out[carrier], levels.best_dbm[carrier], levels.best_sector[carrier], environment,
            elevation_m, row, column, job.terrain.cell_m, job.network.settings.ue_height_m,
            masts, laws, faces, carrier, threshold_dbm,
        )  # fmt: skip
    return out


def _masts(job: TileJob) -> _Masts:
    """Return where the masts stand, as the sweep counts it."""
    terrain, masts = job.terrain, job.network.masts
    x, y = masts.xy_m.T
    column = np.floor((x - terrain.west_m) / terrain.cell_m).astype(np.int64)
    row = np.floor((terrain.north_m - y) / terrain.cell_m).astype(np.int64)
    rows, columns = terrain.elevation_m.shape
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    ground = np.full(len(x), np.nan)
    ground[inside] = terrain.elevation_m[row[inside], column[inside]]
    book = LawBook(masts, job.network.settings, surface=terrain.kind == "surface")
    return _Masts(
        row=row,
        column=column,
        east_m=x - terrain.west_m - (column + 0.5) * terrain.cell_m,
        north_m=y - terrain.north_m + (row + 0.5) * terrain.cell_m,
        antenna_m=ground + masts.height_m,
        law=book.key,
    )


def _laws(job: TileJob) -> _Laws:
    """Return the laws of all masts, one after the other by key."""
    masts, settings = job.network.masts, job.network.settings
    surface = job.terrain.kind == "surface"
    book = LawBook(masts, settings, surface=surface)
    micro = np.zeros(len(masts.height_m), np.bool_) if masts.micro is None else masts.micro
    pages, spreads = [], []
    for key in range(int(book.key.max()) + 1):
        mast = int(np.flatnonzero(book.key == key)[0])
        own = int(masts.environment[mast])
        around = settings.environments
        if own >= 0:
            around = (around[own],) * len(around)
        pages.append(book.page(key))
        spreads.append(
            [
                [
                    _spread(each, ghz, float(masts.height_m[mast]), micro=bool(micro[mast]),
                            surface=surface, ue_height_m=settings.ue_height_m)
                    for each in around
                ]
                for ghz in settings.carriers_ghz
            ]
        )  # fmt: skip
    return _Laws(
        los=np.stack([page.los for page in pages]),
        nlos=np.stack([page.nlos for page in pages]),
        limits=np.stack([page.limits for page in pages]),
        mixture=np.stack([page.mixture for page in pages]),
        spread=np.array(spreads, dtype=np.float32),
    )


def _spread(
    around: Environment,
    carrier_ghz: float,
    base_height_m: float,
    *,
    micro: bool,
    surface: bool,
    ue_height_m: float,
) -> Numbers:
    """Return p and both sigmas [dB] at the distances of the laws' tables."""
    scenario = "UMi" if micro else around.scenario_macro
    furthest_m = tr38901.distance_range_m(scenario, line_of_sight=False)[1]
    d_2d = np.clip(table_distance_m(), LEAST_M, furthest_m)
    chance = np.ones(ENTRIES)
    if not surface:
        factor = 1.0 if micro else around.line_of_sight_factor
        chance = tr38901.line_of_sight_probability(scenario, d_2d, ue_height_m=ue_height_m)
        chance = chance ** (1.0 / factor)
    sigmas = [
        tr38901.shadow_sigma_db(
            scenario,
            d_2d,
            line_of_sight=sight,
            carrier_ghz=carrier_ghz,
            base_height_m=base_height_m,
            ue_height_m=ue_height_m,
        )
        for sight in (True, False)
    ]
    return np.column_stack([chance, *(np.broadcast_to(sigma, d_2d.shape) for sigma in sigmas)])


def _faces(job: TileJob) -> _Faces:
    """Return the sectors in arrays."""
    sectors, antennas = job.network.sectors, job.network.settings.antennas
    horizontal, vertical = kernel_tables(antennas)
    return _Faces(
        mast=np.asarray(sectors.site, dtype=np.int32),
        azimuth_deg=np.asarray(sectors.azimuth_deg, dtype=np.float64) % 360.0,
        tilt_deg=np.asarray(sectors.tilt_deg, dtype=np.float64),
        eirp_dbm=np.asarray(sectors.eirp_per_re_dbm, dtype=np.float64),
        antenna=np.asarray(sectors.antenna, dtype=np.int32),
        horizontal=np.ascontiguousarray(np.concatenate([horizontal, horizontal[:, :1]], axis=1)),
        vertical=vertical,
        front_to_back_db=kernel_limits_db(antennas),
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _at(table: NDArray[np.float32], place: float) -> float:
    """Return a table's value between its entries."""
    place = min(max(place, 0.0), len(table) - 1.0001)
    entry = int(place)
    low = float(table[entry])
    return low + (float(table[entry + 1]) - low) * (place - entry)


@njit(cache=True, error_model="numpy", nogil=True)
def _pattern_db(faces: _Faces, face: int, east: float, north: float, down: float) -> float:
    """Return what a sector's antenna loses towards a cell [dB]."""
    bearing = math.degrees(math.atan2(east, north)) - faces.azimuth_deg[face]
    elevation = -math.degrees(math.atan2(down, max(math.hypot(east, north), 10.0)))
    antenna = faces.antenna[face]
    across = _at(faces.horizontal[antenna], bearing % 360.0)
    along = _at(faces.vertical[antenna], 2.0 * (elevation + faces.tilt_deg[face] + 90.0))
    return min(across + along, float(faces.front_to_back_db[antenna]))


@njit(cache=True, error_model="numpy", nogil=True)
def _above(margin_db: float, sigma_db: float) -> float:
    """Return the share of a normal distribution above a level that lies below its mean so far."""
    return 0.5 * math.erfc(-margin_db / sigma_db * _ROOT_HALF)


@njit(cache=True, error_model="numpy", nogil=True)
def _fill(
    out: NDArray[np.float32], best: NDArray[np.float32], server: NDArray[np.int32],
    environment: NDArray[np.int8], elevation_m: NDArray[np.float32], row: int, column: int,
    cell_m: float, ue_height_m: float, masts: _Masts, laws: _Laws, faces: _Faces, carrier: int,
    threshold_dbm: float,
) -> None:  # fmt: skip
    """Fill the probability of one carrier over a tile."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            face, e = server[i, j], environment[i, j]
            if face < 0 or e < 0:
                continue
            mast = faces.mast[face]
            steps = float(j + column - masts.column[mast]), float(masts.row[mast] - i - row)
            east = steps[0] * cell_m - masts.east_m[mast]
            north = steps[1] * cell_m - masts.north_m[mast]
            bulge = _BULGE_PER_M2 * cell_m * cell_m * (steps[0] ** 2 + steps[1] ** 2)
            seen = float(elevation_m[i, j]) - bulge + ue_height_m
            down = masts.antenna_m[mast] - seen
            d2 = max(east * east + north * north, _LEAST_M2)
            slant2 = d2 + down * down
            x, slant, law = math.log2(slant2), math.sqrt(slant2), masts.law[mast]

            branch = laws.los[law, carrier, 2 * e + int(d2 > laws.limits[law, carrier, e, 0])]
            line = branch[0] + branch[1] * x + branch[2] * slant
            none = laws.nlos[law, carrier, e]
            none_db = max(line, none[0] + none[1] * x)
            place = min((math.log2(d2) - FIRST_OCTAVE) * PER_OCTAVE, ENTRIES - 2.0)
            entry, mixture = int(place), laws.mixture[law, carrier, e]
            off = place - entry
            share = mixture[4 * entry] + mixture[4 * entry + 1] * off
            shift = mixture[4 * entry + 2] + mixture[4 * entry + 3] * off
            median = none_db + share * (line - none_db) + shift

            level = float(best[i, j])
            lost = faces.eirp_dbm[face] - level - _pattern_db(faces, face, east, north, down)
            chance, first, second = laws.spread[law, carrier, e, entry]
            if lost <= median + OPEN_WITHIN_DB:
                with_sight = _above(level + median - line - threshold_dbm, first)
                without = _above(level + median - none_db - threshold_dbm, second)
                out[i, j] = chance * with_sight + (1.0 - chance) * without
            else:
                out[i, j] = _above(level - threshold_dbm, second)
