"""Tell the carrier frequency of a channel number: NR-ARFCN and EARFCN.

NR (3GPP TS 38.104, table 5.4.2.1-1): below 600 000 the number counts 5 kHz from 0, from there to
2 016 666 it counts 15 kHz from 3000 MHz, above it counts 60 kHz from 24 250.08 MHz.
LTE (3GPP TS 36.104, table 5.7.3-1): F = F_low + 0.1 (N - N_low), downlink.
"""

from __future__ import annotations

LEAST_NR = 100_000
"""NR carriers in use begin at 500 MHz and more; LTE numbers end at 70 000."""

_LTE = (
    (0, 599, 2110.0),
    (1200, 1949, 1805.0),
    (2400, 2649, 869.0),
    (3450, 3799, 925.0),
    (9210, 9659, 758.0),
    (36200, 36349, 2010.0),
    (37750, 38249, 2570.0),
    (38250, 38649, 1880.0),
    (38650, 39649, 2300.0),
    (39650, 41589, 2496.0),
)
"""First and last number and lowest frequency [MHz] of bands 1, 3, 5, 8, 28, 34, 38, 39, 40, 41."""

_ROUND = frozenset(
    (700, 800, 850, 900, 1800, 1900, 2000, 2100, 2300, 2500, 2600, 3300, 3400, 3500, 4800, 4900)
)


def carrier_of_channel(number: float) -> float | None:
    """Return the downlink frequency of a channel number [MHz], to 1 kHz.

    None where it is no channel in use here, or may as well be a frequency in MHz (1800, 2600).

    >>> carrier_of_channel(504990), carrier_of_channel(1300), carrier_of_channel(2600)
    (2524.95, 1815.0, None)
    """
    if not float(number).is_integer() or number in _ROUND:
        return None
    if LEAST_NR <= number < 600_000:
        return round(0.005 * number, 3)
    if 600_000 <= number <= 2_016_666:
        return round(3000.0 + 0.015 * (number - 600_000), 3)
    if 2_016_667 <= number <= 3_279_165:
        return round(24_250.08 + 0.06 * (number - 2_016_667), 3)
    for low, high, start in _LTE:
        if low <= number <= high:
            return round(start + 0.1 * (number - low), 3)
    return None
