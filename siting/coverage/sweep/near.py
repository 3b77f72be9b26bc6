# ruff: noqa: FBT001 - compiled: plain arrays, one loop
"""The exact profile of every cell near a site: each cell has a ray of its own, through its centre."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from siting.coverage.sweep.horizons import LOWEST, strides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.sweep.horizons import Horizons

    Numbers = NDArray[np.float32]


@njit(cache=True, error_model="numpy", nogil=True)
def near_horizons(
    out: Horizons,
    height: Numbers,
    seen_height: Numbers,
    antenna_m: np.float32,
    radius: int,
    near: int,
    inverse: Numbers,
    room: Numbers,
    partial: bool,
) -> None:
    """Write the horizons of all cells up to `near` cells away, each over its own profile.

    `room` has four rows of at least 2 * near + 1 cells.
    """
    width = 2 * radius + 1
    centre = radius * (width + 1)
    out.rise[centre], out.fall[centre] = LOWEST, LOWEST
    for side in range(4):
        along, across = strides(side, width)
        for last in range(1, near + 1):
            half = min(last if side < 2 else last - 1, int(math.sqrt(near * near - last * last)))
            cells = 2 * half + 1
            begin = centre + last * along - half * across
            rise, fall, worst = room[0, :cells], room[1, :cells], room[2, :cells]
            seen = room[3, :cells]
            for i in range(cells):
                seen[i] = seen_height[begin + i * across]
            _raise(
                height, seen, antenna_m, centre, along, across, half, last, inverse, rise, fall
            )  # fmt: skip
            for i in range(cells):
                out.rise[begin + i * across] = rise[i]
                out.fall[begin + i * across] = fall[i]
            if partial:
                _clear(height, seen, antenna_m, centre, along, across, half, last, inverse, worst)
                for i in range(cells):
                    out.clearance[begin + i * across] = worst[i]


@njit(cache=True, error_model="numpy", nogil=True)
def _raise(
    height: Numbers, seen: Numbers, antenna_m: np.float32, centre: int, along: int, across: int,
    half: int, last: int, inverse: Numbers, rise: Numbers, fall: Numbers,
) -> None:  # fmt: skip
    """Fill the horizons of a line of cells, all `last` steps from the site."""
    rise[:], fall[:] = LOWEST, LOWEST
    for step in range(1, last):
        origin, share = centre + step * along, np.float32(step) * inverse[last]
        ahead, behind = inverse[step], inverse[last - step]
        for i in range(len(rise)):
            beside = np.float32(i - half) * share
            floor = np.floor(beside)
            cell = origin + np.int32(floor) * across
            ground = height[cell]
            ground += (height[cell + across] - ground) * (beside - floor)
            rise[i] = max(rise[i], (ground - antenna_m) * ahead)
            fall[i] = max(fall[i], (ground - seen[i]) * behind)


@njit(cache=True, error_model="numpy", nogil=True)
def _clear(
    height: Numbers, seen: Numbers, antenna_m: np.float32, centre: int, along: int, across: int,
    half: int, last: int, inverse: Numbers, worst: Numbers,
) -> None:  # fmt: skip
    """Fill the largest signed clearance^2 / x (m - x) of a line of cells."""
    worst[:] = LOWEST
    for step in range(1, last):
        origin, share = centre + step * along, np.float32(step) * inverse[last]
        scale = inverse[step] * inverse[last - step]
        for i in range(len(worst)):
            beside = np.float32(i - half) * share
            floor = np.floor(beside)
            cell = origin + np.int32(floor) * across
            ground = height[cell]
            ground += (height[cell + across] - ground) * (beside - floor)
            c = ground - antenna_m - (seen[i] - antenna_m) * share
            worst[i] = max(worst[i], c * abs(c) * scale)
