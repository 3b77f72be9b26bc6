"""Read which carriers a cell names, as their nominal frequency: `700M、n41` is `700;2600`."""

from __future__ import annotations

import re

from siting.layers.columns.channels import carrier_of_channel
from siting.layers.columns.uniques import folded

BANDS = {
    1: 2100, 3: 1800, 5: 850, 8: 900, 28: 700, 34: 2000, 38: 2600, 39: 1900, 40: 2300, 41: 2600,
    77: 3500, 78: 3500, 79: 4900, 257: 28000, 258: 26000,
}  # fmt: skip
"""Nominal frequency of the bands in use in China [MHz] (3GPP TS 38.101 and 36.101, table 5.2-1)."""

LETTERS = {"a": 2000, "d": 2600, "e": 2300, "f": 1900, "c": 3500}
"""What A to F 频段 are called in the TDD bands [MHz]; C is the C band."""

DOWNLINKS = (
    (758, 803, 700), (869, 894, 850), (925, 960, 900), (1805, 1880, 1800), (1880, 1920, 1900),
    (2010, 2025, 2000), (2110, 2170, 2100), (2300, 2400, 2300), (2496, 2690, 2600), (3300, 3800, 3500),
    (4800, 5000, 4900), (24_250, 27_500, 26_000), (27_500, 29_500, 28_000),
)  # fmt: skip
"""First and last downlink frequency of a band and what it is called [MHz]."""

LOWEST_MHZ, HIGHEST_MHZ = 400.0, 50_000.0

_PARTING = re.compile(r"\s*(?:[;,|+&/\n]|和|与|及|\band\b)\s*|(?<!band)\s+(?=\D*\d)")
_TECHNOLOGY = re.compile(
    r"^(?:电信|移动|联通|广电|5g|4g|3g|2g|nr|lte|fdd|tdd|td|gsm|dcs|cdma|wcdma|umts|nb-?iot|sa|nsa|g(?=\d)|l(?=\d)|n(?=\d{1,2}[05]0m?$)|u(?=\d)|c(?=800))[-_ ]*"
)
_FREQUENCY = re.compile(r"(\d+(?:\.\d+)?)\s*(ghz|g|mhz|m|兆)?(?:hz)?\s*(?:频段|频)?")
_BAND = re.compile(r"(?:n|b|band)\s*[-_]?\s*(\d{1,3})(?:频段)?|频段\s*(\d{1,3})")
_LETTER = re.compile(r"([acdef])(?:\d)?\s*(?:频段|频|band|波段)|(c)-?band")


def carriers_of(cell: str, *, unit: str = "") -> str | None:
    """Return the carriers of a cell [MHz], ascending, parted by `;`; None where one cannot be read.

    `unit` is what the header states: `GHz`, `MHz`, or `ARFCN` for channel numbers.

    >>> carriers_of("2.6GHz/700M"), carriers_of("n28+n41"), carriers_of("D频段"), carriers_of("Q7")
    ('700;2600', '700;2600', '2600', None)
    """
    text = re.sub(r"[()\[\]]", " ", folded(cell)).strip()
    tokens = [token for token in _PARTING.split(text) if token]
    found = []
    for token in tokens:
        bare = _without_technology(token)
        if not bare:
            continue
        megahertz = _nominal(bare) if unit == "ARFCN" else _carrier(bare, unit)
        if megahertz is None:
            return None
        found.append(megahertz)
    return ";".join(f"{one:g}" for one in sorted(set(found))) if found else None


def _without_technology(token: str) -> str:
    """Return a token without the words before it that name its technology."""
    band = _BAND.fullmatch(token)
    if band and int(band[1] or band[2]) in BANDS:
        return token
    while True:
        bare = _TECHNOLOGY.sub("", token)
        if bare == token:
            return token
        token = bare


def _nominal(token: str) -> float | None:
    """Return what the band of a channel number is called [MHz]."""
    carrier = carrier_of_channel(float(token)) if token.isdecimal() else None
    if carrier is None:
        return None
    return next((float(name) for low, high, name in DOWNLINKS if low <= carrier <= high), carrier)


def _carrier(token: str, unit: str) -> float | None:
    band = _BAND.fullmatch(token)
    if band:
        return BANDS.get(int(band[1] or band[2]))
    letter = _LETTER.fullmatch(token)
    if letter:
        return LETTERS[letter[1] or letter[2]]
    match = _FREQUENCY.fullmatch(token)
    if match is None:
        return None
    number, own = float(match[1]), match[2] or unit.casefold()
    if own.startswith("g") or (not own and number < 100.0 and "." in match[1]):
        number = round(number * 1000.0, 6)
    return number if LOWEST_MHZ <= number <= HIGHEST_MHZ else None
