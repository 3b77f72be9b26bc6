"""A plain, slow sweep: every cell by itself, straight from the published formulas.

It reads a profile along the cell's major axis, linear between the two cells beside each step, which
is how the engine reads one. Only numpy and `siting.coverage`'s checked models are used.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from siting.coverage import tr38901
from siting.coverage.mixture import mixture_quantile
from siting.coverage.p526 import SPEED_OF_LIGHT_M_PER_S, knife_edge_with_path_db

EARTH_M = 8_500_000.0


def profile(heights, row, column, south, east, cell_m):
    """Return steps and heights [m] between a mast's cell and another, the curved earth straight."""
    m = max(abs(south), abs(east))
    steps = np.arange(1, m)
    found = []
    for s in steps:
        y, x = row + south * s / m, column + east * s / m
        i, j = math.floor(y), math.floor(x)
        v, u = y - i, x - j
        below, right = min(i + 1, heights.shape[0] - 1), min(j + 1, heights.shape[1] - 1)
        h = (1 - v) * ((1 - u) * heights[i, j] + u * heights[i, right])
        h += v * ((1 - u) * heights[below, j] + u * heights[below, right])
        found.append(h - (s / m * math.hypot(south, east) * cell_m) ** 2 / (2 * EARTH_M))
    return steps, np.array(found)


def diffraction(heights, row, column, south, east, *, mast_m, ue_m, cell_m, carrier_ghz):
    """Return whether the path is blocked, and Bullington's loss [dB] where it is."""
    distance_m = math.hypot(south, east) * cell_m
    antenna = float(heights[row, column]) + mast_m
    seen = float(heights[row + south, column + east]) + ue_m - distance_m**2 / (2 * EARTH_M)
    m = max(abs(south), abs(east))
    steps, ground = profile(heights, row, column, south, east, cell_m)
    if not len(steps):
        return False, 0.0
    rise = ((ground - antenna) / steps).max()
    direct = (seen - antenna) / m
    if rise < direct:
        return False, 0.0
    fall = ((ground - seen) / (m - steps)).max()
    bend = (seen - antenna + fall * m) / max(rise + fall, 1e-9)
    bend = min(max(bend, 0.01 * m), 0.99 * m)
    step_m = distance_m / m
    wavelength_m = SPEED_OF_LIGHT_M_PER_S / (carrier_ghz * 1e9)
    scale = math.sqrt(2.0 * m / (wavelength_m * step_m * bend * (m - bend)))
    return True, knife_edge_with_path_db((rise - direct) * bend * scale, distance_m / 1000.0)


def loss_db(
    heights, row, column, south, east, *, mast_m, ue_m, cell_m, carrier_ghz, scenario,
    probability=0.5, surface=False, off_m=(0.0, 0.0),
):  # fmt: skip
    """Return the loss [dB] of one cell, not more than that in a share of places; NaN out of range.

    `off_m` is how far the mast stands east and north of the centre of its cell.
    """
    distance_m = math.hypot(east * cell_m - off_m[0], -south * cell_m - off_m[1])
    distance_m = max(distance_m, 10.0)
    blocked, edge_db = diffraction(
        heights, row, column, south, east,
        mast_m=mast_m, ue_m=ue_m, cell_m=cell_m, carrier_ghz=carrier_ghz,
    )  # fmt: skip
    limit = tr38901.distance_range_m(scenario, line_of_sight=surface and not blocked)[1]
    if distance_m > limit:
        return math.nan
    bulge = (math.hypot(south, east) * cell_m) ** 2 / (2 * EARTH_M)
    down = heights[row, column] + mast_m - heights[row + south, column + east] - ue_m + bulge
    los, nlos = states(scenario, distance_m, abs(float(down)), carrier_ghz, mast_m, ue_m)
    sigma = [
        float(
            tr38901.shadow_sigma_db(
                scenario, distance_m, line_of_sight=sight, carrier_ghz=carrier_ghz,
                base_height_m=mast_m, ue_height_m=ue_m,
            )
        )
        for sight in (True, False)
        if sight is False or distance_m <= 5000.0
    ]  # fmt: skip
    if blocked:
        return max(nlos, los + edge_db) + ndtri(probability) * sigma[-1]
    if surface:
        return los + ndtri(probability) * (sigma[0] if len(sigma) == 2 else 6.0)
    chance = tr38901.line_of_sight_probability(scenario, distance_m, ue_height_m=ue_m)
    return float(
        mixture_quantile(
            probability,
            weight=chance,
            first=(np.array(los), np.array(sigma[0])),
            second=(np.array(nlos), np.array(sigma[1])),
        )
    )


def states(scenario, distance_m, down_m, carrier_ghz, mast_m, ue_m):
    """Return the loss [dB] with and without line of sight over a slant of `down_m` metres."""
    from siting.coverage.tr38901_formulas import LINE_OF_SIGHT, OBSTRUCTED

    d_2d, d_3d = np.array(distance_m), np.array(math.hypot(distance_m, down_m))
    los = float(LINE_OF_SIGHT[scenario](d_2d, d_3d, carrier_ghz, mast_m, ue_m))
    return los, max(los, float(OBSTRUCTED[scenario](d_3d, carrier_ghz, mast_m, ue_m)))
