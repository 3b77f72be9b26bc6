"""The terrain between two antennas, for the compiled loops: ITU-R P.526 on a raster's profile.

The profile is sampled once per raster cell, bilinearly between cell centres, and its Bullington
loss is counted only where terrain blocks the straight path over the curved earth; a path with
line of sight keeps the statistical model.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from siting.coverage.p526 import EFFECTIVE_EARTH_RADIUS_KM, knife_edge_with_path_db

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EARTH_M = EFFECTIVE_EARTH_RADIUS_KM * 1000.0


class Ground(NamedTuple):
    """A raster of elevations [m], row 0 northernmost, and each radio's antenna and wavelength."""

    given: bool
    elevation_m: NDArray[np.float32]
    west_m: float
    north_m: float
    cell_m: float
    base_height_m: NDArray[np.float64]
    ue_height_m: NDArray[np.float64]
    wavelength_m: NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def elevation_m(ground: Ground, x_m: float, y_m: float) -> float:
    """Return the elevation [m] at a place, bilinear between cell centres, constant at the rim."""
    rows, columns = ground.elevation_m.shape
    column = min(max((x_m - ground.west_m) / ground.cell_m - 0.5, 0.0), columns - 1.0)
    row = min(max((ground.north_m - y_m) / ground.cell_m - 0.5, 0.0), rows - 1.0)
    i, j = min(int(row), max(rows - 2, 0)), min(int(column), max(columns - 2, 0))
    below, right = min(i + 1, rows - 1), min(j + 1, columns - 1)
    u, v = row - i, column - j
    z = ground.elevation_m
    upper = z[i, j] * (1.0 - v) + z[i, right] * v
    lower = z[below, j] * (1.0 - v) + z[below, right] * v
    return float(upper * (1.0 - u) + lower * u)


@njit(cache=True, error_model="numpy")
def diffraction_db(
    ground: Ground,
    radio: int,
    site_xy_m: tuple[float, float],
    point_xy_m: tuple[float, float],
    distance_m: float,
) -> float:
    """Return the Bullington loss [dB] of a blocked path, 0 where terrain leaves line of sight.

    P.526-15 clause 4.5.1 with heights lowered by x^2 / 2ae, so that the curved earth is straight.
    """
    steps = math.ceil(distance_m / ground.cell_m)
    if steps < 2:
        return 0.0
    from_m = elevation_m(ground, *site_xy_m) + ground.base_height_m[radio]
    to_m = elevation_m(ground, *point_xy_m) + ground.ue_height_m[radio]
    to_m -= distance_m * distance_m / (2.0 * _EARTH_M)
    direct = (to_m - from_m) / distance_m

    rise, fall = -np.inf, -np.inf  # steepest slopes seen from the site and from the point
    for k in range(1, steps):
        share = k / steps
        along_m = share * distance_m
        x_m = site_xy_m[0] + share * (point_xy_m[0] - site_xy_m[0])
        y_m = site_xy_m[1] + share * (point_xy_m[1] - site_xy_m[1])
        height_m = elevation_m(ground, x_m, y_m) - along_m * along_m / (2.0 * _EARTH_M)
        rise = max(rise, (height_m - from_m) / along_m)
        fall = max(fall, (height_m - to_m) / (distance_m - along_m))
    if rise < direct:
        return 0.0

    # The two horizon lines meet at the Bullington point; grazing paths keep it off the ends.
    bend_m = (to_m - from_m + fall * distance_m) / (rise + fall) if rise + fall != 0.0 else 0.0
    bend_m = min(max(bend_m, 0.001 * distance_m), 0.999 * distance_m)
    above_m = from_m + rise * bend_m - (from_m + direct * bend_m)
    rest_m = distance_m - bend_m
    scale = math.sqrt(2.0 * distance_m / (ground.wavelength_m[radio] * bend_m * rest_m))
    return max(knife_edge_with_path_db(above_m * scale, distance_m / 1000.0), 1e-6)
