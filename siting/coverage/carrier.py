"""How many resource blocks a carrier has, and what one resource element of it hears as noise.

A resource block is 12 subcarriers; a resource element is one of them for one symbol. Thermal noise in
a resource element is k T B = -174 dBm/Hz + 10 log10(B), B the subcarrier spacing [Hz], T = 290 K.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck, require_choice
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

THERMAL_NOISE_DBM_PER_HZ = -173.975  # 10 log10(1.380649e-23 J/K x 290 K x 1000 mW/W)
SUBCARRIERS = 12

_NR_MHZ = (5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100)
_NR_15_KHZ = (25, 52, 79, 106, 133, 160, 188, 216, 242, 270)
_NR_30_KHZ = (11, 24, 38, 51, 65, 78, 92, 106, 119, 133, 162, 189, 217, 245, 273)
_NR_60_KHZ = (11, 18, 24, 31, 38, 44, 51, 58, 65, 79, 93, 107, 121, 135)

RESOURCE_BLOCKS: Mapping[tuple[str, float], Mapping[float, int]] = MappingProxyType(
    {
        ("NR", 15): MappingProxyType(dict(zip(_NR_MHZ, _NR_15_KHZ, strict=False))),
        ("NR", 30): MappingProxyType(dict(zip(_NR_MHZ, _NR_30_KHZ, strict=True))),
        ("NR", 60): MappingProxyType(dict(zip(_NR_MHZ[1:], _NR_60_KHZ, strict=True))),
        ("LTE", 15): MappingProxyType({1.4: 6, 3: 15, 5: 25, 10: 50, 15: 75, 20: 100}),
    }
)
"""(technology, subcarrier spacing [kHz]): channel bandwidth [MHz]: resource blocks.

NR below 7.125 GHz: 3GPP TS 38.101-1, Table 5.3.2-1; LTE: TS 36.104, Table 5.6-1.
"""


def resource_blocks(*, bandwidth_mhz: float, subcarrier_khz: float, technology: str = "NR") -> int:
    """Return the resource blocks of a carrier, TS 38.101-1 Table 5.3.2-1 (LTE: TS 36.104).

    Raises
    ------
    ConfigurationError
        The table has no such carrier; the message lists the bandwidths it has.

    """
    require_choice("technology", technology, ("NR", "LTE"))
    spacings = [spacing for name, spacing in RESOURCE_BLOCKS if name == technology]
    table = RESOURCE_BLOCKS.get((technology, subcarrier_khz), {})
    if bandwidth_mhz not in table:
        wrong_spacing = subcarrier_khz not in spacings
        known = spacings if wrong_spacing else list(table)
        raise ConfigurationError(
            Problem(
                column="subcarrier_khz" if wrong_spacing else "bandwidth_mhz",
                what=f"{technology} has no carrier of {bandwidth_mhz:g} MHz "
                f"at {subcarrier_khz:g} kHz",
                remedy=f"use one of {', '.join(f'{each:g}' for each in known)}",
            )
        )
    return table[bandwidth_mhz]


def resource_element_share_db(blocks: float) -> float:
    """Return 10 log10(12 N_RB) [dB]: how far one resource element lies under its carrier."""
    check = RangeCheck()
    check.within("resource_blocks", blocks, 1, 275, unit="")
    check.raise_all()
    return float(10.0 * np.log10(SUBCARRIERS * blocks))


def noise_per_re_dbm(*, subcarrier_khz: float, noise_figure_db: float) -> float:
    """Return the noise [dBm] of one resource element: k T B and the receiver's noise figure."""
    check = RangeCheck()
    check.within("subcarrier_khz", subcarrier_khz, 1.0, 960.0, unit="kHz")
    check.within("noise_figure_db", noise_figure_db, 0.0, 30.0, unit="dB")
    check.raise_all()
    band_db = 10.0 * np.log10(subcarrier_khz * 1000.0)
    return float(THERMAL_NOISE_DBM_PER_HZ + band_db + noise_figure_db)
