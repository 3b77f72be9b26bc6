"""The keys of a radio file: what each figure means, its unit and the range it is checked against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The unit of a figure, its inclusive range, whether it is whole, and what it means."""

    unit: str
    low: float
    high: float
    meaning: str
    whole: bool = False

    def holds(self, value: float) -> bool:
        """Return whether a number is finite, in the range, and whole where it must be."""
        fits = math.isfinite(value) and self.low <= value <= self.high
        return fits and (float(value).is_integer() or not self.whole)

    @property
    def wanted(self) -> str:
        """Return the words for a number that would be accepted."""
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:g} to {self.high:g} {self.unit}".rstrip()


def _figure(unit: str, low: float, high: float, meaning: str) -> Figure:
    return Figure(unit=unit, low=low, high=high, meaning=meaning)


def _count(low: float, high: float, meaning: str) -> Figure:
    return Figure(unit="", low=low, high=high, meaning=meaning, whole=True)


WORDS: Mapping[str, str] = MappingProxyType(
    {
        "base": "a packaged radio whose figures hold where this file has none",
        "kind": "`macro`, `micro` or `indoor`: which path-loss model follows",
        "technology": "`NR` or `LTE`",
        "band": "the band's name, such as n78",
        "note": "what the radio is, in one line",
        "source": "where figures without a source of their own come from",
    }
)

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "carrier_ghz": _figure("GHz", 0.41, 7.125, "centre of the carrier"),
        "bandwidth_mhz": _figure("MHz", 1.4, 100.0, "channel bandwidth"),
        "subcarrier_khz": _figure("kHz", 15.0, 60.0, "subcarrier spacing"),
        "resource_blocks": _count(6, 275, "blocks of that carrier, TS 38.101-1 Table 5.3.2-1"),
        "power_dbm": _figure("dBm", -10.0, 60.0, "power of the carrier, all ports together"),
        "ssb_power_offset_db": _figure(
            "dB", -20.0, 20.0, "what an SSB element has more than its even share of that power"
        ),
        "feeder_loss_db": _figure("dB", 0.0, 10.0, "cables and jumpers; 0 for active antennas"),
        "antenna_gain_dbi": _figure("dBi", -10.0, 35.0, "gain of the beam that carries traffic"),
        "ssb_gain_dbi": _figure("dBi", -10.0, 35.0, "gain of the strongest SSB beam"),
        "panel_rows": _count(1, 64, "elements above each other, one polarisation"),
        "panel_columns": _count(1, 64, "elements beside each other, one polarisation"),
        "row_spacing_wavelengths": _figure("wavelengths", 0.1, 2.0, "from row to row"),
        "column_spacing_wavelengths": _figure("wavelengths", 0.1, 2.0, "from column to column"),
        "element_horizontal_deg": _figure("degree", 10.0, 360.0, "half-power width of an element"),
        "element_vertical_deg": _figure("degree", 10.0, 360.0, "half-power width of an element"),
        "front_to_back_db": _figure("dB", 0.0, 60.0, "largest loss of any direction"),
        "antenna_loss_db": _figure("dB", 0.0, 10.0, "lost between the ports and the air"),
        "ssb_beams": _count(1, 8, "directions over which the SSB is swept"),
        "ssb_width_deg": _figure("degree", 0.0, 170.0, "angle that the beams share evenly"),
        "ssb_rows": _count(1, 64, "rows that make an SSB beam"),
        "ssb_columns": _count(1, 64, "columns that make an SSB beam"),
        "layers": _count(1, 16, "layers that one terminal takes"),
        "paired_terminals": _figure("", 1.0, 16.0, "terminals served at once, on average"),
        "modulation_bits": _count(2, 8, "bits of the highest modulation: 8 is 256QAM"),
        "downlink_share": _figure("", 0.05, 1.0, "share of time for the downlink; FDD 1"),
        "overhead": _figure("", 0.0, 0.9, "share of control and reference signals"),
        "ue_noise_figure_db": _figure("dB", 0.0, 20.0, "noise figure of the terminal"),
        "body_loss_db": _figure("dB", 0.0, 20.0, "head and hand at the terminal"),
        "interference_margin_db": _figure("dB", 0.0, 20.0, "held back where a level is promised"),
        "base_height_m": _figure("m", 1.0, 150.0, "antenna above ground"),
        "ue_height_m": _figure("m", 1.0, 3.0, "terminal above ground"),
    }
)
