"""The link budget: from a carrier's power to SS-RSRP, and to the largest path loss that still serves.

    EIRP per RE = P - 10 log10(12 N_RB) + G - L_feeder                          [dBm]
    SS-RSRP     = EIRP per RE - L_antenna - PL - L_body - L_entry               [dBm]
    MAPL        = EIRP per RE - L_body - L_entry - M_fading - M_interference - RSRP_min    [dB]

P is the power of the whole carrier, G the gain of the beam that carries the SSB, L_antenna the loss of
the pattern off that beam (`Antenna.loss_db`), PL the path loss between isotropic antennas. Margins are
no part of a level that is measured: they enter where a level is promised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from siting.coverage import p2109, tr38901
from siting.coverage.carrier import resource_element_share_db
from siting.coverage.ranges import RangeCheck, require_choice

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

ENTRY_MODELS = ("none", "low", "high", "traditional", "thermally_efficient")


def eirp_per_re_dbm(
    *,
    power_dbm: float,
    resource_blocks: float,
    gain_dbi: float,
    feeder_loss_db: float = 0.0,
    power_offset_db: float = 0.0,
) -> float:
    """Return the EIRP of one resource element [dBm] towards the strongest direction.

    Parameters
    ----------
    power_dbm
        Power of the whole carrier, all ports together [dBm], -30 to 60.
    resource_blocks
        Blocks of the carrier, 1 to 275 (`siting.coverage.carrier.resource_blocks`).
    gain_dbi
        Gain of the antenna or of the SSB beam [dBi], -20 to 50.
    feeder_loss_db
        Loss of cables and jumpers [dB], 0 to 20; 0 for active antennas.
    power_offset_db
        What the element has more than its even share [dB]: boost, or -6 for one port of four.
    """
    check = RangeCheck(model="link budget")
    check.within("power_dbm", power_dbm, -30.0, 60.0, unit="dBm")
    check.within("gain_dbi", gain_dbi, -20.0, 50.0, unit="dBi")
    check.within("feeder_loss_db", feeder_loss_db, 0.0, 20.0, unit="dB")
    check.within("power_offset_db", power_offset_db, -20.0, 20.0, unit="dB")
    check.raise_all()
    share_db = resource_element_share_db(resource_blocks)
    return power_dbm - share_db + gain_dbi - feeder_loss_db + power_offset_db


def rsrp_dbm(
    eirp_per_re_dbm: ArrayLike,
    path_loss_db: ArrayLike,
    antenna_loss_db: ArrayLike = 0.0,
    *,
    body_loss_db: float = 0.0,
    entry_loss_db: ArrayLike = 0.0,
) -> Numbers:
    """Return SS-RSRP [dBm] at terminals with an isotropic antenna.

    Losses are 0 dB or more; a path loss may be infinite, and then so is the level, downwards.
    """
    check = RangeCheck(model="link budget")
    check.within("eirp_per_re_dbm", eirp_per_re_dbm, -100.0, 100.0, unit="dBm")
    check.within("path_loss_db", path_loss_db, 0.0, np.inf, unit="dB")
    check.within("antenna_loss_db", antenna_loss_db, 0.0, np.inf, unit="dB")
    check.within("body_loss_db", body_loss_db, 0.0, 40.0, unit="dB")
    check.within("entry_loss_db", entry_loss_db, -10.0, np.inf, unit="dB")
    check.raise_all()
    losses_db = np.asarray(path_loss_db, dtype=np.float64) + np.asarray(antenna_loss_db)
    losses_db = losses_db + np.asarray(entry_loss_db) + body_loss_db
    return np.asarray(np.asarray(eirp_per_re_dbm) - losses_db)


def penetration_db(
    model: str, *, carrier_ghz: float, indoor_distance_m: float = 0.0
) -> tuple[float, float]:
    """Return the median building entry loss [dB] and its standard deviation [dB].

    `low` and `high` after TR 38.901 clause 7.4.3; `traditional` and `thermally_efficient` after
    P.2109, whose spread is read from its 16 and 84 per cent; `none` is outdoors.
    """
    require_choice("entry model", model, ENTRY_MODELS)
    if model == "none":
        return 0.0, 0.0
    if model in {"low", "high"}:
        median_db = tr38901.entry_loss_db(
            model, carrier_ghz=carrier_ghz, indoor_distance_m=indoor_distance_m
        )
        return median_db, tr38901.entry_sigma_db(model)
    low_db, median, high_db = p2109.entry_loss_db(
        model, carrier_ghz=carrier_ghz, probability=[0.158655, 0.5, 0.841345]
    )
    return float(median), float(0.5 * (high_db - low_db))


def fading_margin_db(sigma_db: ArrayLike, *, location_probability: float) -> Numbers:
    """Return the margin [dB] with which a share of places holds the level, log-normal shadowing."""
    check = RangeCheck(model="link budget")
    check.within("sigma_db", sigma_db, 0.0, 30.0, unit="dB")
    check.within("location_probability", location_probability, 0.001, 0.999, unit="")
    check.raise_all()
    return np.asarray(ndtri(location_probability) * np.asarray(sigma_db, dtype=np.float64))


def max_path_loss_db(
    *,
    eirp_per_re_dbm: float,
    rsrp_min_dbm: float,
    body_loss_db: float = 0.0,
    entry_loss_db: float = 0.0,
    interference_margin_db: float = 0.0,
    fading_margin_db: float = 0.0,
) -> float:
    """Return the largest path loss [dB] at which the threshold holds with all margins; may be below 0."""
    check = RangeCheck(model="link budget")
    check.within("eirp_per_re_dbm", eirp_per_re_dbm, -100.0, 100.0, unit="dBm")
    check.within("rsrp_min_dbm", rsrp_min_dbm, -156.0, -31.0, unit="dBm")
    check.within("body_loss_db", body_loss_db, 0.0, 40.0, unit="dB")
    check.within("entry_loss_db", entry_loss_db, -10.0, 100.0, unit="dB")
    check.within("interference_margin_db", interference_margin_db, 0.0, 40.0, unit="dB")
    check.within("fading_margin_db", fading_margin_db, -60.0, 60.0, unit="dB")
    check.raise_all()
    margins_db = interference_margin_db + fading_margin_db
    return eirp_per_re_dbm - body_loss_db - entry_loss_db - margins_db - rsrp_min_dbm
