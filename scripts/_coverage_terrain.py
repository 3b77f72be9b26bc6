# ruff: noqa: ANN001, ANN202, FBT003 - compiled helpers
"""Fractal terrain, and the diffraction over it by brute force and by the sweep."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from siting.coverage.p526 import SPEED_OF_LIGHT_M_PER_S, knife_edge_with_path_db
from siting.coverage.sweep.line import paths
from siting.coverage.sweep.mast import fill_window, find_horizons, room_of
from siting.coverage.sweep.rays import ray_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Heights = NDArray[np.float32]

MAST_M, UE_M = 25.0, 1.5
NEAR_M = 1000.0


def fractal_m(
    rows: int, columns: int, *, relief_m: float = 800.0, noise_m: float = 0.0, seed: int = 1
) -> Heights:
    """Return heights [m] whose spectrum falls as f^-1.75 in amplitude, with white noise upon it."""
    rng = np.random.default_rng(seed)
    size = max(rows, columns)
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    frequency[0, 0] = 1.0
    phase = np.exp(2j * np.pi * rng.random(frequency.shape))
    heights = np.fft.irfft2(frequency**-1.75 * phase, s=(size, size))
    heights = (heights - heights.min()) / np.ptp(heights) * relief_m
    if noise_m:
        heights += rng.normal(size=heights.shape) * noise_m
    return np.ascontiguousarray(heights[:rows, :columns], dtype=np.float32)


def swept_loss_db(
    heights: Heights, row: int, column: int, radius_km: float, cell_m: float, carrier_ghz: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return Bullington's loss [dB] around a mast by the sweep, and which cells are near."""
    radius = int(radius_km * 1000.0 / cell_m)
    near = math.ceil(NEAR_M / cell_m) + 1
    table = ray_table(radius, near)
    room = room_of(table, partial=True)
    highest = fill_window(heights, row, column, radius, cell_m, UE_M, room.height, room.seen)
    antenna_m = np.float32(room.height[room.height.size // 2] + MAST_M)
    far = np.full(360, 1e9, dtype=np.float32)
    find_horizons(room, table, antenna_m, far, far, highest, True)

    width = 2 * radius + 1
    south, east = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    cells = south.size
    steps = np.maximum(np.maximum(abs(south), abs(east)), 1).astype(np.float32).ravel()
    room_for = [np.zeros(cells, dtype=np.float32) for _ in range(7)]
    paths(
        (east * cell_m).astype(np.float32).ravel(), (-south * cell_m).astype(np.float32).ravel(),
        steps, room.seen, room.horizons.rise, room.horizons.fall, room.horizons.clearance,
        antenna_m, True, *room_for,
    )  # fmt: skip
    distance, nu = room_for[1], room_for[4]
    loss = _knife(nu.astype(np.float64), distance.astype(np.float64), carrier_ghz)
    loss[steps < 2] = 0.0
    squared = (south**2 + east**2).reshape(width, width)
    return loss.reshape(width, width), (squared <= (NEAR_M / cell_m) ** 2) & (squared > 0)


def brute_loss_db(
    heights: Heights, row: int, column: int, radius_km: float, cell_m: float, carrier_ghz: float,
    *, bilinear: bool = False,
) -> NDArray[np.float64]:  # fmt: skip
    """Return Bullington's loss [dB] around a mast, over a profile of its own for each pixel.

    Heights are linear between the two cells beside a step of the major axis, as the sweep takes
    them, or bilinear at steps of a cell's length.
    """
    radius = int(radius_km * 1000.0 / cell_m)
    return _brute(heights, row, column, radius, cell_m, carrier_ghz, bilinear)


@njit(cache=True, error_model="numpy")
def _knife(nu, distance_m, carrier_ghz):
    """Return Bullington's loss of nu for a wavelength of 1 m."""
    scale = math.sqrt(carrier_ghz * 1e9 / SPEED_OF_LIGHT_M_PER_S)
    out = np.empty(len(nu))
    for i in range(len(nu)):
        out[i] = knife_edge_with_path_db(nu[i] * scale, distance_m[i] / 1000.0)
    return out


@njit(cache=True, error_model="numpy")
def _brute(heights, row, column, radius, cell_m, carrier_ghz, bilinear):
    """Fill a square with losses; NaN beyond the radius and on the mast."""
    wavelength_m = SPEED_OF_LIGHT_M_PER_S / (carrier_ghz * 1e9)
    bulge = cell_m * cell_m / (2.0 * 8.5e6)
    out = np.full((2 * radius + 1, 2 * radius + 1), np.nan)
    antenna = heights[row, column] + MAST_M
    for south in range(-radius, radius + 1):
        for east in range(-radius, radius + 1):
            squared = south * south + east * east
            if squared > radius * radius or squared == 0:
                continue
            m = max(abs(south), abs(east))
            if bilinear:
                m = math.ceil(math.sqrt(squared))
            seen = heights[row + south, column + east] + UE_M - bulge * squared
            out[south + radius, east + radius] = _pixel(
                heights, row, column, south, east, m, antenna, seen, bulge, cell_m, wavelength_m
            )
    return out


@njit(cache=True, error_model="numpy")
def _pixel(heights, row, column, south, east, m, antenna, seen, bulge, cell_m, wavelength_m):
    """Return Bullington's loss of one profile, P.526-15 clause 4.5.1."""
    if m < 2:
        return 0.0
    step_m = math.sqrt(south * south + east * east) * cell_m / m
    direct = (seen - antenna) / m
    rise, fall, worst = -1e30, -1e30, -1e30
    for s in range(1, m):
        y, x = row + south * s / m, column + east * s / m
        i, j = min(int(y), heights.shape[0] - 2), min(int(x), heights.shape[1] - 2)
        v, u = y - i, x - j
        upper = heights[i, j] * (1.0 - u) + heights[i, j + 1] * u
        lower = heights[i + 1, j] * (1.0 - u) + heights[i + 1, j + 1] * u
        along = (s / m) * (s / m) * (south * south + east * east)
        h = upper * (1.0 - v) + lower * v - bulge * along
        rise, fall = max(rise, (h - antenna) / s), max(fall, (h - seen) / (m - s))
        c = h - antenna - direct * s
        worst = max(worst, c * abs(c) / (s * (m - s)))
    if rise >= direct:
        bend = min(max((seen - antenna + fall * m) / max(rise + fall, 1e-9), 0.01 * m), 0.99 * m)
        nu = (rise - direct) * bend
        nu *= math.sqrt(2.0 * m / (wavelength_m * step_m * bend * (m - bend)))
    else:
        nu = math.copysign(math.sqrt(abs(worst) * 2.0 * m / (wavelength_m * step_m)), worst)
    return knife_edge_with_path_db(nu, m * step_m / 1000.0)
