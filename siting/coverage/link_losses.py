"""What a link loses after each model, and the level that arrives.

    LOS, NLOS            3GPP TR 38.901 Table 7.4.1-1, within its range
    Bullington           ITU-R P.526-15 clause 4.5.1
    delta-Bullington     ITU-R P.526-15 clause 4.5.2
    P.1812               ITU-R P.1812, median, from 0.25 km
    combined             obstructed: max(NLOS, LOS + Bullington), else NLOS with the chance of LOS,
                         which a surface model puts at 1: its profile has the buildings

Beyond the range of TR 38.901 the level is that of P.1812, and says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.coverage import p526, p1812, tr38901
from siting.coverage.link import rsrp_dbm
from siting.coverage.probability import Mixture, level_exceeded_dbm, states_on_terrain

if TYPE_CHECKING:
    from siting.coverage.link_profile import LinkProfile

P1812_FROM_M = 250.0
P1812_GHZ = (0.03, 6.0)


@dataclass(frozen=True, kw_only=True)
class LinkLosses:
    """Path losses between isotropic antennas [dB]; NaN where a model does not reach.

    `nlos_db` is TR 38.901 alone, `combined_db` with the terrain; the Bullington losses come on top
    of `free_space_db`. `los_probability` is 0 where the terrain obstructs.
    """

    scenario: str
    free_space_db: float
    los_db: float
    nlos_db: float
    bullington_db: float
    delta_bullington_db: float
    p1812_db: float
    combined_db: float
    los_probability: float
    los_sigma_db: float
    nlos_sigma_db: float

    @property
    def within_range(self) -> bool:
        """Say whether TR 38.901 reaches that far."""
        return math.isfinite(self.nlos_db)


def link_losses(path: LinkProfile, *, scenario: str = "UMa", surface: bool = False) -> LinkLosses:
    """Return the loss of a link after each model.

    Parameters
    ----------
    path
        The profile, at least five points for P.1812.
    scenario
        `UMa`, `UMi` or `RMa`.
    surface
        The profile is of a surface model: it alone decides whether there is line of sight.

    """
    bullington_db, delta_db = _diffraction(path)
    los_db, nlos_db, los_sigma_db, nlos_sigma_db = _tr38901(path, scenario)
    by_distance = tr38901.line_of_sight_probability(
        scenario, path.length_m, ue_height_m=path.ue_height_m
    )
    probability = 1.0 if surface else float(by_distance)
    combined_db = math.nan
    if math.isfinite(nlos_db):
        blocked_db = max(bullington_db, 1e-6) if path.obstructed else 0.0
        loss_db, chance = states_on_terrain(
            los_db, nlos_db, blocked_db, los_probability=probability
        )
        combined_db, probability = float(loss_db), float(chance)
    return LinkLosses(
        scenario=scenario,
        free_space_db=_free_space_db(path),
        los_db=los_db,
        nlos_db=nlos_db,
        bullington_db=bullington_db,
        delta_bullington_db=delta_db,
        p1812_db=_p1812(path),
        combined_db=combined_db,
        los_probability=0.0 if path.obstructed else probability,
        los_sigma_db=los_sigma_db,
        nlos_sigma_db=nlos_sigma_db,
    )


def link_levels_dbm(
    losses: LinkLosses, *, eirp_per_re_dbm: float, antenna_loss_db: float = 0.0
) -> dict[str, float]:
    """Return SS-RSRP outdoors [dBm]: `los`, `nlos`, `median`, `of_95_percent`, and `p1812`.

    `nlos` is with the terrain. `median` and `of_95_percent` are the levels that half, and 95 %, of
    such places exceed; NaN where no model reaches.
    """

    def level(loss_db: float) -> float:
        if not math.isfinite(loss_db):
            return math.nan
        return float(rsrp_dbm(eirp_per_re_dbm, max(loss_db, 0.0), antenna_loss_db))

    found = {
        "los": level(losses.los_db),
        "nlos": level(losses.combined_db),
        "p1812": level(losses.p1812_db),
        "median": math.nan,
        "of_95_percent": math.nan,
    }
    if losses.within_range:
        mixture = Mixture(
            los_dbm=found["los"],
            nlos_dbm=found["nlos"],
            los_sigma_db=losses.los_sigma_db,
            nlos_sigma_db=losses.nlos_sigma_db,
            los_probability=losses.los_probability,
        )
        found["median"] = float(level_exceeded_dbm(mixture, location_probability=0.5))
        found["of_95_percent"] = float(level_exceeded_dbm(mixture, location_probability=0.95))
    return found


def _diffraction(path: LinkProfile) -> tuple[float, float]:
    """Return the Bullington and the delta-Bullington loss [dB]."""
    along_km = path.distance_m / 1000.0
    bullington_db = p526.bullington_loss_db(
        along_km,
        path.ground_m,
        transmitter_m=path.mast_m,
        receiver_m=path.terminal_m,
        carrier_ghz=path.carrier_ghz,
    )
    delta_db = p526.delta_bullington_loss_db(
        along_km,
        path.ground_m,
        transmitter_m=path.mast_m,
        receiver_m=path.terminal_m,
        carrier_ghz=path.carrier_ghz,
    )
    return bullington_db, delta_db


def _free_space_db(path: LinkProfile) -> float:
    """Return 92.45 + 20 log10(f d) [dB], ITU-R P.525 eq. (5), over the slant distance."""
    slant_km = math.hypot(path.length_m, path.mast_m - path.terminal_m) / 1000.0
    return 92.45 + 20.0 * math.log10(path.carrier_ghz * slant_km)


def _tr38901(path: LinkProfile, scenario: str) -> tuple[float, float, float, float]:
    """Return the losses and sigmas [dB] of both states; NaN beyond the range of the model."""
    values = []
    for model in (tr38901.path_loss_db, tr38901.shadow_sigma_db):
        for sight in (True, False):
            least_m, largest_m = tr38901.distance_range_m(scenario, line_of_sight=sight)
            if not least_m <= path.length_m <= largest_m:
                values.append(math.nan)
                continue
            found = model(
                scenario,
                path.length_m,
                carrier_ghz=path.carrier_ghz,
                base_height_m=path.base_height_m,
                ue_height_m=path.ue_height_m,
                line_of_sight=sight,
            )
            values.append(float(found))
    return values[0], values[1], values[2], values[3]


def _p1812(path: LinkProfile) -> float:
    """Return the median loss [dB] of P.1812; NaN where it does not hold."""
    low_ghz, high_ghz = P1812_GHZ
    if path.length_m < P1812_FROM_M or not low_ghz <= path.carrier_ghz <= high_ghz:
        return math.nan
    return p1812.basic_loss_db(
        path.distance_m / 1000.0,
        path.ground_m,
        carrier_ghz=path.carrier_ghz,
        transmitter_height_m=path.base_height_m,
        receiver_height_m=path.ue_height_m,
    )
