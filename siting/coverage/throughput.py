"""Downlink throughput from SINR: the best MCS and number of layers, times what the carrier carries.

    rate = 12 N_RB s D (1 - OH) max over l <= layers of  l eta(SINR / l)            [bit/s]

s is the symbols a second, 14 in a slot of 15 kHz / spacing ms (3GPP TS 38.306 clause 4.1.2), D the
share of time for the downlink, OH the share for control and reference signals. The layers share the
power, so each has SINR / l, they do not disturb each other (an upper figure), and a terminal takes as
many as pay. eta [bit per resource element] is the
highest efficiency Q R / 1024 of the table of modulation and coding schemes that is not above

    a log2(1 + SINR),                                                    a = `implementation`

the Shannon bound, attenuated (TR 36.942 Annex A.2 has a = 0.6 for LTE without MIMO; 0.75 for NR is
ours, general knowledge). Below the lowest scheme there is no throughput.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.carrier import SUBCARRIERS
from siting.coverage.ranges import RangeCheck
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

# 3GPP TS 38.214, Table 5.1.3.1-2 (256QAM): bits per symbol and 1024 x code rate, index 0 to 27.
_CODE_RATES = (
    (2, (120, 193, 308, 449, 602)),
    (4, (378, 434, 490, 553, 616, 658)),
    (6, (466, 517, 567, 616, 666, 719, 772, 822, 873)),
    (8, (682.5, 711, 754, 797, 841, 885, 916.5, 948)),
)
MCS_EFFICIENCIES = tuple(bits * rate / 1024.0 for bits, rates in _CODE_RATES for rate in rates)
IMPLEMENTATION = 0.75
OVERHEAD = 0.14  # TS 38.306 clause 4.1.2, downlink below 7.125 GHz


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """What a carrier offers the downlink; `layers` is what one terminal can take at once.

    `modulation_bits` is that of the highest scheme: 8 is 256QAM, 6 is 64QAM.
    """

    resource_blocks: int
    subcarrier_khz: float
    layers: int = 4
    downlink_share: float = 1.0
    overhead: float = OVERHEAD
    modulation_bits: int = 8

    def __post_init__(self) -> None:
        """Refuse what is no carrier."""
        check = RangeCheck(model="carrier")
        check.within("resource_blocks", self.resource_blocks, 1, 275, unit="")
        check.within("subcarrier_khz", self.subcarrier_khz, 15.0, 120.0, unit="kHz")
        check.within("layers", self.layers, 1, 32, unit="")
        check.within("downlink_share", self.downlink_share, 0.0, 1.0, unit="")
        check.within("overhead", self.overhead, 0.0, 0.9, unit="")
        check.require(
            condition=self.modulation_bits in {2, 4, 6, 8},
            name="modulation_bits",
            what=f"carrier: {self.modulation_bits} is no modulation",
            remedy="use 2, 4, 6 or 8 (QPSK, 16QAM, 64QAM, 256QAM)",
        )
        check.raise_all()

    @property
    def symbols_mega_per_s(self) -> float:
        """Return the resource elements [million a second] that carry data, one layer."""
        per_second = 14.0 * self.subcarrier_khz / 15.0 * 1000.0
        used = self.downlink_share * (1.0 - self.overhead)
        return SUBCARRIERS * self.resource_blocks * per_second * used / 1e6


def shannon_efficiency(sinr_db: ArrayLike, *, implementation: float = IMPLEMENTATION) -> Numbers:
    """Return the attenuated Shannon bound [bit per resource element] of a SINR [dB]."""
    check = RangeCheck(model="throughput")
    check.within("sinr_db", sinr_db, -np.inf, 200.0, unit="dB")
    check.within("implementation", implementation, 0.05, 1.0, unit="")
    check.raise_all()
    ratio = 10.0 ** (np.asarray(sinr_db, dtype=np.float64) / 10.0)
    return np.asarray(implementation * np.log2(1.0 + ratio))


def mcs_efficiency(
    sinr_db: ArrayLike, *, implementation: float = IMPLEMENTATION, modulation_bits: int = 8
) -> Numbers:
    """Return the efficiency [bit per resource element] of the best scheme a SINR [dB] carries.

    TS 38.214 Table 5.1.3.1-2 under the attenuated Shannon bound; 0 below its first scheme.
    """
    table = _table(modulation_bits)
    bound = shannon_efficiency(sinr_db, implementation=implementation)
    index = np.searchsorted(table, bound + 1e-9, side="right") - 1
    return np.asarray(np.where(index >= 0, table[np.maximum(index, 0)], 0.0))


def throughput_mbps(
    sinr_db: ArrayLike, carrier: Carrier, *, implementation: float = IMPLEMENTATION
) -> Numbers:
    """Return the downlink throughput [Mbit/s] of one terminal that has the whole carrier."""
    best = np.zeros(np.shape(sinr_db))
    for layers in range(1, carrier.layers + 1):
        shared_db = np.asarray(sinr_db, dtype=np.float64) - 10.0 * np.log10(layers)
        each = mcs_efficiency(
            shared_db,
            implementation=implementation,
            modulation_bits=carrier.modulation_bits,
        )
        best = np.maximum(best, layers * each)
    return np.asarray(carrier.symbols_mega_per_s * best)


def peak_throughput_mbps(carrier: Carrier) -> float:
    """Return the highest downlink throughput [Mbit/s]: every layer at the highest scheme."""
    top = float(_table(carrier.modulation_bits)[-1])
    return carrier.symbols_mega_per_s * carrier.layers * top


def mean_throughput_mbps(
    sinr_db: ArrayLike,
    carrier: Carrier,
    *,
    weights: ArrayLike | None = None,
    implementation: float = IMPLEMENTATION,
) -> float:
    """Return the mean throughput [Mbit/s] over places, each with equal air time per weight.

    Places without service count as 0.

    Raises
    ------
    ConfigurationError
        There is no place, or no weight above 0.

    """
    rates = throughput_mbps(sinr_db, carrier, implementation=implementation).ravel()
    shares = np.ones(rates.size) if weights is None else np.ravel(np.asarray(weights, dtype=float))
    check = RangeCheck(model="mean throughput")
    check.within("weights", shares if shares.size else 0.0, 0.0, np.inf, unit="")
    check.require(
        condition=shares.size == rates.size and float(np.sum(shares)) > 0.0,
        name="weights",
        what=f"mean throughput: {shares.size} weights for {rates.size} places, or none above 0",
        remedy="give one place or more, and a weight for each",
    )
    check.raise_all()
    return float((rates * shares).sum() / shares.sum())


def busy_hour_capacity_mbps(
    sector_sinr_db: Sequence[ArrayLike],
    carrier: Carrier,
    *,
    utilisation: float = 0.5,
    paired_terminals: float = 1.0,
    sector_weights: Sequence[ArrayLike] | None = None,
    implementation: float = IMPLEMENTATION,
) -> float:
    """Return what a site carries in its busy hour [Mbit/s], all its sectors of one carrier.

    Parameters
    ----------
    sector_sinr_db
        For each sector the SINR [dB] at the places it serves.
    carrier
        The carrier of every sector.
    utilisation
        Share of the resource blocks in use at which a planner adds capacity, 0.05 to 1; 0.5 is
        general knowledge.
    paired_terminals
        Terminals served at once on the same blocks (multi-user MIMO) on average, 1 to 16.
    sector_weights
        For each sector the weights of its places, residents for instance; equal where left out.
    implementation
        The factor under the Shannon bound.

    Raises
    ------
    ConfigurationError
        There is no sector, a sector has no place, or a number is out of range.

    """
    check = RangeCheck(model="busy hour")
    check.within("utilisation", utilisation, 0.05, 1.0, unit="")
    check.within("paired_terminals", paired_terminals, 1.0, 16.0, unit="")
    check.within("number of sectors", len(sector_sinr_db), 1, 100, unit="")
    check.raise_all()
    weights = sector_weights if sector_weights is not None else [None] * len(sector_sinr_db)
    if len(weights) != len(sector_sinr_db):
        what = f"busy hour: {len(weights)} rows of weights for {len(sector_sinr_db)} sectors"
        raise ConfigurationError(
            Problem(column="sector_weights", what=what, remedy="give one row for each sector")
        )
    means = [
        mean_throughput_mbps(sinr, carrier, weights=share, implementation=implementation)
        for sinr, share in zip(sector_sinr_db, weights, strict=True)
    ]
    return float(sum(means) * utilisation * paired_terminals)


def _table(modulation_bits: int) -> Numbers:
    """Return the efficiencies of the schemes up to a modulation, ascending."""
    count = sum(len(rates) for bits, rates in _CODE_RATES if bits <= modulation_bits)
    return np.array(MCS_EFFICIENCIES[:count])
