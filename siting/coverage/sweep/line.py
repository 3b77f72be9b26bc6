# ruff: noqa: FBT001, PLR0913, PLR0917 - compiled: plain arrays, one loop
"""A line of cells beside each other: from horizons to losses, to levels, to the raster.

Every loop runs over neighbouring cells without a jump, so that it compiles to vector instructions.
ITU-R P.526-15 clause 4.5.1 (Bullington), 3GPP TR 38.901 Table 7.4.1-1 as `laws` reduces it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from siting.coverage.sweep.fast_math import bearing_deg_of, exp2_of, log2_of
from siting.coverage.sweep.laws import FIRST_OCTAVE, PER_OCTAVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

_F = np.float32
_ZERO, _ONE, _TWO, _TENTH = _F(0.0), _F(1.0), _F(2.0), _F(0.1)
_FLAT, _TINY, _CLOSE, _FAR = _F(1e-9), _F(1e-20), _F(0.01), _F(0.99)
_LEAST_M2 = _F(100.0)  # 10 m, where TR 38.901 begins
_OPEN = _F(-1e3)  # the nu of an open path
_VOID_M = _F(1e6)
_VOID_SLOPE = _F(1e5)
_NOTHING = _F(np.inf)
_J_OFFSET, _J_PER_LOG2 = _F(6.9), _F(20.0 * np.log10(2.0))
_J_STARTS = _F(-0.78)
_OVER_SIX, _TEN, _PER_M = _F(-1.0 / (6.0 * np.log(2.0))), _F(10.0), _F(0.02e-3)
_PER_OCTAVE, _FIRST = _F(PER_OCTAVE), _F(FIRST_OCTAVE)
_TURN = _F(360.0)
_PER_DB, _SCALE = _F(0.1 / np.log10(2.0)), _F(54.0)
MW_PER_UNIT = 2.0**-54  # the sum of power counts in these, so that its order does not matter


class Line(NamedTuple):
    """Room for a line of cells."""

    squared: Numbers
    distance: Numbers
    slant: Numbers
    x: Numbers
    nu: Numbers
    bearing: Numbers
    zenith: Numbers
    loss: Numbers
    knife: Numbers
    share: Numbers
    shift: Numbers
    across: Numbers
    along: Numbers
    best: Numbers
    second: Numbers
    server: NDArray[np.int32]
    power: NDArray[np.int64]


def line_of(cells: int) -> Line:
    """Return room for a line of cells."""
    names = (name for name in Line._fields if name not in ("server", "power"))
    numbers = {name: np.zeros(cells, np.float32) for name in names}
    return Line(**numbers, server=np.zeros(cells, np.int32), power=np.zeros(cells, np.int64))


@njit(cache=True, error_model="numpy", nogil=True)
def paths(
    east_m: Numbers, north_m: Numbers, steps: Numbers, seen: Numbers, rise: Numbers, fall: Numbers,
    clearance: Numbers, antenna_m: np.float32, partial: bool,
    squared: Numbers, distance: Numbers, slant: Numbers, x: Numbers, nu: Numbers,
    bearing: Numbers, zenith: Numbers,
) -> None:  # fmt: skip
    """Fill distances [m], bearings and angles from the zenith [deg] and nu for a wavelength of 1 m; nu is NaN where unknown.

    nu is -1000 on an open path, or negative where partial obstruction counts; 0 or more where the
    ground blocks the path.
    """
    for i in range(len(squared)):
        d2 = max(east_m[i] * east_m[i] + north_m[i] * north_m[i], _LEAST_M2)
        down = antenna_m - seen[i]
        squared[i] = d2
        distance[i] = np.sqrt(d2)
        slant[i] = np.sqrt(d2 + down * down)
        x[i] = log2_of(d2 + down * down)
    for i in range(len(squared)):
        m = steps[i]
        direct = (seen[i] - antenna_m) / m
        both = max(rise[i] + fall[i], _FLAT)
        bend = (seen[i] - antenna_m + fall[i] * m) / both
        bend = min(max(bend, _CLOSE * m), _FAR * m)
        edge = (rise[i] - direct) * m * np.sqrt(_TWO * bend / ((m - bend) * distance[i]))
        known = rise[i] < _VOID_SLOPE and seen[i] < _VOID_M
        value = edge if rise[i] >= direct else _OPEN
        nu[i] = value if known else np.float32(np.nan)
    if partial:
        for i in range(len(squared)):
            if nu[i] == _OPEN:
                c = clearance[i]
                part = steps[i] * np.sqrt(_TWO * abs(c) / distance[i])
                nu[i] = max(part if c > _ZERO else -part, _OPEN)
    for i in range(len(squared)):
        bearing[i] = bearing_deg_of(east_m[i], north_m[i])
    for i in range(len(squared)):
        # 0 straight up, 90 level, 180 straight down
        zenith[i] = bearing_deg_of(distance[i], seen[i] - antenna_m)


@njit(cache=True, error_model="numpy", nogil=True)
def losses(
    squared: Numbers, distance: Numbers, slant: Numbers, x: Numbers, nu: Numbers,
    environment: NDArray[np.int8], los: Numbers, nlos: Numbers, limits: Numbers,
    mixture: Numbers, per_root_m: np.float32, furthest_m2: np.float32, loss: Numbers,
    knife: Numbers, share: Numbers, shift: Numbers,
) -> None:  # fmt: skip
    """Fill the loss [dB] of one carrier, margins included; infinite where there is no answer.

    `per_root_m` is 1 / sqrt(wavelength).
    """
    _diffraction(nu, distance, per_root_m, knife)
    _shares(squared, environment, mixture, share, shift)
    lowest, highest = environment[0], environment[0]
    for i in range(len(loss)):
        lowest, highest = min(lowest, environment[i]), max(highest, environment[i])
        loss[i] = _NOTHING
    for e in range(max(lowest, 0), highest + 1):
        near, far, none = los[2 * e], los[2 * e + 1], nlos[e]
        _losses_in(
            squared, slant, x, nu, environment, e, knife, share, shift, furthest_m2, loss,
            near[0], near[1], near[2], far[0], far[1], far[2], none[0], none[1],
            limits[e, 0], limits[e, 1], limits[e, 2], limits[e, 3],
        )  # fmt: skip


@njit(cache=True, error_model="numpy", nogil=True)
def _diffraction(nu: Numbers, distance: Numbers, per_root_m: np.float32, knife: Numbers) -> None:
    """Fill Bullington's loss [dB], P.526-15 eq. (31) and (58)."""
    for i in range(len(nu)):
        edge = nu[i] * per_root_m
        t = edge - _TENTH
        value = _J_OFFSET + _J_PER_LOG2 * log2_of(np.sqrt(t * t + _ONE) + t)
        value = value + (_ONE - exp2_of(value * _OVER_SIX)) * (_TEN + _PER_M * distance[i])
        knife[i] = value if edge > _J_STARTS else _ZERO


@njit(cache=True, error_model="numpy", nogil=True)
def _shares(
    squared: Numbers, environment: NDArray[np.int8], mixture: Numbers, share: Numbers,
    shift: Numbers,
) -> None:  # fmt: skip
    """Fill w and k of the states' mixture, linear between the table's distances."""
    for i in range(len(squared)):
        shift[i] = (log2_of(squared[i]) - _FIRST) * _PER_OCTAVE
    for i in range(len(squared)):
        entry = np.uint64(np.uint32(shift[i]))
        off = shift[i] - np.float32(np.uint32(entry))
        row = mixture[max(environment[i], 0)]
        share[i] = row[4 * entry] + row[4 * entry + 1] * off
        shift[i] = row[4 * entry + 2] + row[4 * entry + 3] * off


@njit(cache=True, error_model="numpy", nogil=True)
def _losses_in(
    squared: Numbers, slant: Numbers, x: Numbers, nu: Numbers, environment: NDArray[np.int8],
    e: int, knife: Numbers, share: Numbers, shift: Numbers, furthest_m2: np.float32,
    loss: Numbers, near_a: np.float32, near_b: np.float32, near_c: np.float32,
    far_a: np.float32, far_b: np.float32, far_c: np.float32, none_a: np.float32,
    none_b: np.float32, turn_m2: np.float32, open_m2: np.float32, blocked_m2: np.float32,
    margin_db: np.float32,
) -> None:  # fmt: skip
    """Fill the loss [dB] of the cells of one environment."""
    for i in range(len(loss)):
        beyond = squared[i] > turn_m2
        line = far_a if beyond else near_a
        line += (far_b if beyond else near_b) * x[i] + (far_c if beyond else near_c) * slant[i]
        none = max(line, none_a + none_b * x[i])
        blocked = nu[i] >= _ZERO
        statistical = none + share[i] * (line + knife[i] - none) + shift[i]
        obstructed = max(none, line + knife[i]) + margin_db
        limit = min(blocked_m2 if blocked else open_m2, furthest_m2)
        known = (squared[i] <= limit) & (nu[i] == nu[i]) & (np.int32(environment[i]) == e)
        value = obstructed if blocked else statistical
        loss[i] = value if known else loss[i]


@njit(cache=True, error_model="numpy", nogil=True)
def clear_servers(
    best: Numbers, second: Numbers, server: NDArray[np.int32], power: NDArray[np.int64]
) -> None:
    """Empty a line before the first sector."""
    best[:] = -np.inf
    second[:] = -np.inf
    server[:] = -1
    power[:] = 0


@njit(cache=True, error_model="numpy", nogil=True)
def pattern(
    angle: Numbers, table: Numbers, sign: np.float32, offset_deg: np.float32,
    per_deg: np.float32, wrap: np.float32, most: np.float32, out: Numbers,
) -> None:  # fmt: skip
    """Fill a pattern's loss [dB] at angles, linear between its entries.

    The entry is (sign * angle + offset) * per_deg, moved by `wrap` where it is negative.
    """
    for i in range(len(out)):
        place = (sign * angle[i] + offset_deg) * per_deg
        place = place + wrap if place < _ZERO else place
        out[i] = min(max(place, _ZERO), most)
    for i in range(len(out)):
        entry = np.uint64(np.uint32(out[i]))
        low = table[entry]
        out[i] = low + (table[entry + 1] - low) * (out[i] - np.float32(np.uint32(entry)))


@njit(cache=True, error_model="numpy", nogil=True)
def serve(
    loss: Numbers, across: Numbers, along: Numbers, front_to_back_db: np.float32,
    eirp_dbm: np.float32, floor_dbm: np.float32, sector: np.int32,
    best: Numbers, second: Numbers, server: NDArray[np.int32], power: NDArray[np.int64],
) -> None:  # fmt: skip
    """Lay one sector over a line of cells; equal levels go to the sector laid first."""
    for i in range(len(loss)):
        level = eirp_dbm - loss[i] - min(across[i] + along[i], front_to_back_db)
        level = level if level >= floor_dbm else -_NOTHING
        second[i] = max(second[i], min(level, best[i]))
        server[i] = sector if level > best[i] else server[i]
        best[i] = max(level, best[i])
        across[i] = level
    for i in range(len(loss)):
        mw = exp2_of(across[i] * _PER_DB + _SCALE)
        power[i] += np.int64(mw) if across[i] >= floor_dbm else np.int64(0)


@njit(cache=True, error_model="numpy", nogil=True)
def merge(
    best: Numbers, second: Numbers, server: NDArray[np.int32], power: NDArray[np.int64],
    best_dbm: Numbers, second_dbm: Numbers, best_sector: NDArray[np.int32],
    units: NDArray[np.int64],
) -> None:  # fmt: skip
    """Lay a mast's line over the raster; equal levels go to the lower sector."""
    for i in range(len(best)):
        wins = (best[i] > best_dbm[i]) | ((best[i] == best_dbm[i]) & (server[i] < best_sector[i]))
        wins = wins & (server[i] >= 0)
        second_dbm[i] = max(best_dbm[i], second[i]) if wins else max(second_dbm[i], best[i])
        best_sector[i] = server[i] if wins else best_sector[i]
        best_dbm[i] = best[i] if wins else best_dbm[i]
        units[i] += power[i]
