"""RSRP at a distance in its two states, with and without line of sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from siting.coverage import tr38901
from siting.coverage.mixture import mixture_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.radio import Environment, Radio

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class SignalStates:
    """RSRP [dBm] with and without line of sight: means, sigmas [dB], and the chance of the first."""

    los_dbm: Numbers
    nlos_dbm: Numbers
    los_sigma_db: Numbers
    nlos_sigma_db: Numbers
    los_probability: Numbers

    def quantile_dbm(self, location_probability: float) -> Numbers:
        """Return the level [dBm] that this share of places exceeds."""
        return mixture_quantile(
            1.0 - location_probability,
            weight=self.los_probability,
            first=(self.los_dbm, self.los_sigma_db),
            second=(self.nlos_dbm, self.nlos_sigma_db),
        )

    def blocked_dbm(self, location_probability: float) -> tuple[Numbers, Numbers]:
        """Return the levels [dBm] of a path known to be blocked: by clutter, and free of clutter.

        Diffraction [dB] is to be taken off the second; the lower of the two then holds.
        """
        margin_db = ndtri(location_probability) * self.nlos_sigma_db
        return self.nlos_dbm - margin_db, self.los_dbm - margin_db


def signal_states(
    radio: Radio,
    environment: Environment,
    distance_2d_m: ArrayLike,
    *,
    indoor: bool,
    indoor_distance_m: float = 0.0,
) -> SignalStates:
    """Return both states of RSRP at distances [m] that the model covers."""
    macro = radio.kind == "macro"
    scenario = (
        environment.scenario_macro if macro else {"micro": "UMi", "indoor": "InH"}[radio.kind]
    )
    factor = environment.line_of_sight_factor if macro else 1.0
    level_dbm = radio.eirp_per_re_dbm - radio.body_loss_db - radio.interference_margin_db
    level_dbm -= environment.extra_loss_db if macro else 0.0
    entry_sigma_db = 0.0
    if indoor and radio.kind != "indoor":
        level_dbm -= tr38901.entry_loss_db(
            environment.entry, carrier_ghz=radio.carrier_ghz, indoor_distance_m=indoor_distance_m
        )
        entry_sigma_db = tr38901.entry_sigma_db(environment.entry)

    los_dbm, los_sigma_db = _state(radio, scenario, distance_2d_m, line_of_sight=True)
    nlos_dbm, nlos_sigma_db = _state(radio, scenario, distance_2d_m, line_of_sight=False)
    probability = tr38901.line_of_sight_probability(
        scenario, distance_2d_m, ue_height_m=radio.ue_height_m
    )
    return SignalStates(
        los_dbm=level_dbm + los_dbm,
        nlos_dbm=level_dbm + nlos_dbm,
        los_sigma_db=np.hypot(los_sigma_db, entry_sigma_db),
        nlos_sigma_db=np.hypot(nlos_sigma_db, entry_sigma_db),
        los_probability=probability ** (1.0 / factor),
    )


def _state(
    radio: Radio, scenario: str, distance_2d_m: ArrayLike, *, line_of_sight: bool
) -> tuple[Numbers, Numbers]:
    """Return the median path gain [dB] and its sigma [dB] in one state."""
    loss_db = tr38901.path_loss_db(
        scenario,
        distance_2d_m,
        carrier_ghz=radio.carrier_ghz,
        base_height_m=radio.base_height_m,
        ue_height_m=radio.ue_height_m,
        line_of_sight=line_of_sight,
    )
    sigma_db = tr38901.shadow_sigma_db(
        scenario,
        distance_2d_m,
        carrier_ghz=radio.carrier_ghz,
        base_height_m=radio.base_height_m,
        ue_height_m=radio.ue_height_m,
        line_of_sight=line_of_sight,
    )
    return -loss_db, sigma_db
