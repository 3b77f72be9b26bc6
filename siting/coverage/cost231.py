"""Path loss in and around cities after Hata and COST 231: the old yardstick of macro planning.

Hata's formula (IEEE Trans. Veh. Technol. 29, 1980) fits Okumura's curves from 150 to 1500 MHz; the
COST 231 final report (1999, clause 4.4.1) carries it to 2000 MHz. Both know macro cells only, with
the antenna above the roofs, and no terrain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck, require_choice

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

AREAS = ("large_city", "city", "suburban", "open")
_HATA_LARGEST_MHZ = 1500.0
_METROPOLIS_DB = 3.0


def path_loss_db(
    area: str,
    distance_m: ArrayLike,
    *,
    carrier_ghz: float,
    base_height_m: ArrayLike,
    ue_height_m: ArrayLike = 1.5,
) -> Numbers:
    """Return the median path loss [dB] of Hata, above 1.5 GHz of COST 231.

    Valid for 0.15 to 2 GHz, 1 to 20 km, base stations of 30 to 200 m and terminals of 1 to 10 m.

    Parameters
    ----------
    area
        `large_city`, `city` (small or medium), `suburban` or `open`; above 1.5 GHz the report knows
        cities only, of which the large ones (metropolitan centres) lose 3 dB more.
    distance_m
        Distance [m], 1,000 to 20,000.
    carrier_ghz
        Carrier [GHz], 0.15 to 2.
    base_height_m, ue_height_m
        Heights of the antennas above ground [m].

    """
    require_choice("area", area, AREAS)
    check = RangeCheck(model="Hata and COST 231")
    check.within("distance_m", distance_m, 1000.0, 20_000.0, unit="m")
    check.within("carrier_ghz", carrier_ghz, 0.15, 2.0, unit="GHz")
    check.within("base_height_m", base_height_m, 30.0, 200.0, unit="m")
    check.within("ue_height_m", ue_height_m, 1.0, 10.0, unit="m")
    frequency_mhz = carrier_ghz * 1000.0
    beyond_hata = frequency_mhz > _HATA_LARGEST_MHZ
    check.require(
        condition=not (beyond_hata and area in ("suburban", "open")),
        name="area",
        what=f"COST 231: {area} is not in the model above 1.5 GHz",
        remedy='use "city" or "large_city", or a carrier of 1.5 GHz or less',
    )
    check.raise_all()

    log_f = np.log10(frequency_mhz)
    log_h = np.log10(np.asarray(base_height_m, dtype=np.float64))
    log_d = np.log10(np.asarray(distance_m, dtype=np.float64) / 1000.0)
    start = 46.3 + 33.9 * log_f if beyond_hata else 69.55 + 26.16 * log_f
    terminal = _terminal_db(area, frequency_mhz, np.asarray(ue_height_m, dtype=np.float64))
    loss = start - 13.82 * log_h - terminal + (44.9 - 6.55 * log_h) * log_d
    return np.asarray(loss + _area_db(area, frequency_mhz))


def _terminal_db(area: str, frequency_mhz: float, height_m: Numbers) -> Numbers:
    """Return a(h), the gain of a terminal higher than 1.5 m [dB]."""
    log_f = float(np.log10(frequency_mhz))
    if area != "large_city" or frequency_mhz > _HATA_LARGEST_MHZ:
        return (1.1 * log_f - 0.7) * height_m - (1.56 * log_f - 0.8)
    if frequency_mhz < 300.0:
        return np.asarray(8.29 * np.log10(1.54 * height_m) ** 2 - 1.1)
    return np.asarray(3.2 * np.log10(11.75 * height_m) ** 2 - 4.97)


def _area_db(area: str, frequency_mhz: float) -> float:
    """Return what the kind of area adds [dB]."""
    log_f = float(np.log10(frequency_mhz))
    if area == "suburban":
        return -2.0 * float(np.log10(frequency_mhz / 28.0)) ** 2 - 5.4
    if area == "open":
        return -4.78 * log_f**2 + 18.33 * log_f - 40.94
    metropolis = area == "large_city" and frequency_mhz > _HATA_LARGEST_MHZ
    return _METROPOLIS_DB if metropolis else 0.0
