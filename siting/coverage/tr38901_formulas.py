"""The path-loss formulas of 3GPP TR 38.901 V16.1.0, Table 7.4.1-1, unchecked.

`siting.coverage.tr38901` checks the ranges and is the door to use. Arguments: d2D and d3D [m],
fc [GHz], hBS and hUT [m]; all losses in dB.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

SPEED_OF_LIGHT_M_PER_S = 3.0e8  # as the notes to Table 7.4.1-1 take it
RMA_BUILDING_HEIGHT_M = 5.0  # the table's default h
RMA_STREET_WIDTH_M = 20.0  # the table's default W

Distances = NDArray[np.float64]
LineOfSight = Callable[[Distances, Distances, float, float, float], Distances]
Obstructed = Callable[[Distances, float, float, float], Distances]


def break_m(fc: float, h_bs: float, h_ut: float) -> float:
    """Return d'BP [m] of UMa and UMi, note 1, with the environment height hE = 1 m."""
    heights = (h_bs - 1.0) * max(h_ut - 1.0, 0.0)
    return 4.0 * heights * fc * 1e9 / SPEED_OF_LIGHT_M_PER_S


def rural_break_m(fc: float, h_bs: float, h_ut: float) -> float:
    """Return dBP [m] of RMa, note 5."""
    return 2.0 * math.pi * h_bs * h_ut * fc * 1e9 / SPEED_OF_LIGHT_M_PER_S


def uma_line_of_sight(
    d_2d: Distances, d_3d: Distances, fc: float, h_bs: float, h_ut: float
) -> Distances:
    """Return PL_UMa-LOS: 22 log d3D to the break point, 40 log d3D beyond."""
    turn = break_m(fc, h_bs, h_ut)
    near = 22.0 * np.log10(d_3d)
    far = 40.0 * np.log10(d_3d) - 9.0 * math.log10(turn**2 + (h_bs - h_ut) ** 2)
    return 28.0 + 20.0 * math.log10(fc) + np.where(d_2d <= turn, near, far)


def uma_obstructed(d_3d: Distances, fc: float, _h_bs: float, h_ut: float) -> Distances:
    """Return PL'_UMa-NLOS, before the maximum with line of sight."""
    return 13.54 + 39.08 * np.log10(d_3d) + 20.0 * math.log10(fc) - 0.6 * (h_ut - 1.5)


def umi_line_of_sight(
    d_2d: Distances, d_3d: Distances, fc: float, h_bs: float, h_ut: float
) -> Distances:
    """Return PL_UMi-LOS: 21 log d3D to the break point, 40 log d3D beyond."""
    turn = break_m(fc, h_bs, h_ut)
    near = 21.0 * np.log10(d_3d)
    far = 40.0 * np.log10(d_3d) - 9.5 * math.log10(turn**2 + (h_bs - h_ut) ** 2)
    return 32.4 + 20.0 * math.log10(fc) + np.where(d_2d <= turn, near, far)


def umi_obstructed(d_3d: Distances, fc: float, _h_bs: float, h_ut: float) -> Distances:
    """Return PL'_UMi-NLOS, before the maximum with line of sight."""
    return 22.4 + 35.3 * np.log10(d_3d) + 21.3 * math.log10(fc) - 0.3 * (h_ut - 1.5)


def rma_line_of_sight(
    d_2d: Distances, d_3d: Distances, fc: float, h_bs: float, h_ut: float
) -> Distances:
    """Return PL_RMa-LOS: PL1 to the break point, PL1(dBP) + 40 log(d3D / dBP) beyond."""
    turn = rural_break_m(fc, h_bs, h_ut)
    far = _rma_near(np.asarray(turn), fc) + 40.0 * np.log10(d_3d / turn)
    return np.where(d_2d <= turn, _rma_near(d_3d, fc), far)


def rma_obstructed(d_3d: Distances, fc: float, h_bs: float, h_ut: float) -> Distances:
    """Return PL'_RMa-NLOS, before the maximum with line of sight."""
    h, street = RMA_BUILDING_HEIGHT_M, RMA_STREET_WIDTH_M
    place = 161.04 - 7.1 * math.log10(street) + 7.5 * math.log10(h)
    base = (24.37 - 3.7 * (h / h_bs) ** 2) * math.log10(h_bs)
    terminal = 3.2 * math.log10(11.75 * h_ut) ** 2 - 4.97
    slope = 43.42 - 3.1 * math.log10(h_bs)
    return place - base + slope * (np.log10(d_3d) - 3.0) + 20.0 * math.log10(fc) - terminal


def inh_line_of_sight(
    _d_2d: Distances, d_3d: Distances, fc: float, _h_bs: float, _h_ut: float
) -> Distances:
    """Return PL_InH-LOS."""
    return 32.4 + 17.3 * np.log10(d_3d) + 20.0 * math.log10(fc)


def inh_obstructed(d_3d: Distances, fc: float, _h_bs: float, _h_ut: float) -> Distances:
    """Return PL'_InH-NLOS, before the maximum with line of sight."""
    return 17.3 + 38.3 * np.log10(d_3d) + 24.9 * math.log10(fc)


def _rma_near(d_3d: Distances, fc: float) -> Distances:
    """Return PL1 of RMa."""
    h = RMA_BUILDING_HEIGHT_M
    free_space = 20.0 * np.log10(40.0 * math.pi * d_3d * fc / 3.0)
    bent: float = h**1.72
    slope, offset = min(0.03 * bent, 10.0), min(0.044 * bent, 14.77)
    rise = slope * np.log10(d_3d) - offset + 0.002 * math.log10(h) * d_3d
    return free_space + rise


LINE_OF_SIGHT: Final[dict[str, LineOfSight]] = {
    "UMa": uma_line_of_sight,
    "UMi": umi_line_of_sight,
    "RMa": rma_line_of_sight,
    "InH": inh_line_of_sight,
}
OBSTRUCTED: Final[dict[str, Obstructed]] = {
    "UMa": uma_obstructed,
    "UMi": umi_obstructed,
    "RMa": rma_obstructed,
    "InH": inh_obstructed,
}
