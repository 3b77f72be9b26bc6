"""Convert what a column holds into the unit that its name ends with.

Power converts by P [dBm] = 10 log10(P [mW]); everything else by a factor.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from siting.layers.columns.channels import carrier_of_channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Numbers = TypeVar("Numbers", float, "NDArray[np.float64]")

FACTORS: Mapping[str, Mapping[str, float]] = {
    "_m": {"m": 1.0, "km": 1000.0, "cm": 0.01},
    "_km": {"km": 1.0, "m": 0.001},
    "_km2": {"km2": 1.0, "m2": 1e-6, "ha": 0.01, "亩": 1.0 / 1500.0},
    "_deg": {"度": 1.0},
    "_mhz": {"MHz": 1.0, "GHz": 1000.0, "kHz": 0.001, "Hz": 1e-6},
    "_mbps": {"Mbps": 1.0, "Gbps": 1000.0, "kbps": 0.001, "bps": 1e-6},
    "_dbm": {"dBm": 1.0, "0.1dBm": 0.1, "dB": 1.0},
    "_db": {"dB": 1.0},
    "_kv": {"kV": 1.0, "V": 0.001},
    "_kmh": {"km/h": 1.0, "mph": 1.609344},
    "population": {"人": 1.0, "千人": 1000.0, "万人": 10_000.0},
    "storeys": {"层": 1.0},
    "lon": {"度": 1.0},
    "lat": {"度": 1.0},
    "x": {"m": 1.0, "km": 1000.0, "度": 1.0},
    "y": {"m": 1.0, "km": 1000.0, "度": 1.0},
}
"""What one unit is in the unit of a column, by the end of the column's name; 15 亩 are a hectare."""

_POWERS = {"W": 1000.0, "mW": 1.0}


def converted(value: float, unit: str, column: str) -> float | None:
    """Return a value of a unit in the unit of a column; None where there is no such conversion.

    >>> round(converted(20.0, "W", "power_dbm"), 2), converted(2.6, "GHz", "carrier_mhz")
    (43.01, 2600.0)
    """
    if unit == "ARFCN" and column.endswith("_mhz"):
        return carrier_of_channel(value)
    end = next((end for end in sorted(FACTORS, key=len, reverse=True) if column.endswith(end)), "")
    if unit in _POWERS and end == "_dbm":
        return 10.0 * math.log10(value * _POWERS[unit]) if value > 0.0 else None
    if unit == "dBW" and end == "_dbm":
        return value + 30.0
    if not unit:
        return value
    factor = FACTORS.get(end, {}).get(unit)
    return None if factor is None else _scaled(value, factor)


def all_converted(values: NDArray[np.float64], unit: str, column: str) -> NDArray[np.float64]:
    """Return values of a unit in the unit of a column; NaN where there is no such conversion."""
    if unit in _POWERS and column.endswith("_dbm"):
        with np.errstate(divide="ignore", invalid="ignore"):
            power = 10.0 * np.log10(values * _POWERS[unit])
        return np.where(values > 0.0, power, np.nan)
    different, codes = np.unique(values, return_inverse=True)
    if len(different) * 2 > len(values) and unit not in ("ARFCN", "dBW"):
        probe = converted(1.0, unit, column)
        return np.full(len(values), np.nan) if probe is None else _scaled(values, probe)
    readings = [converted(float(one), unit, column) for one in different]
    return np.array([np.nan if one is None else one for one in readings])[codes]


def _scaled(value: Numbers, factor: float) -> Numbers:
    """Return a value times a factor; a factor below one divides, so that 2600 kHz is 2.6 MHz."""
    return value * factor if factor >= 1.0 else value / (1.0 / factor)
