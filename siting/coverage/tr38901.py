"""Path loss, line of sight, shadowing and building entry after 3GPP TR 38.901 V16.1.0, clause 7.4.

| symbol | argument          | meaning                                                   |
|--------|-------------------|-----------------------------------------------------------|
| d2D    | `distance_2d_m`   | horizontal distance between the antennas [m]              |
| d3D    | --                | slant distance, sqrt(d2D^2 + (hBS - hUT)^2) [m]           |
| fc     | `carrier_ghz`     | carrier frequency [GHz], 0.5 to 100 (RMa: to 30)          |
| hBS    | `base_height_m`   | height of the base station's antenna above ground [m]     |
| hUT    | `ue_height_m`     | height of the terminal above ground [m]                   |
| h, W   | --                | RMa's building height 5 m and street width 20 m (default) |

Scenarios: UMa (urban macro), UMi (urban micro, street canyon), RMa (rural macro) and InH (indoor
office). A number outside a model's range is refused, never extrapolated. TR 38.901 states UMa for
hBS = 25 m and UMi for 10 m; other heights enter through d3D and the break point, as published
software does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck, require_choice
from siting.coverage.tr38901_formulas import LINE_OF_SIGHT, OBSTRUCTED, rural_break_m

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SCENARIOS = ("UMa", "UMi", "RMa", "InH")

# Table 7.4.1-1: shadow-fading sigma [dB] as (line of sight, none); RMa's LOS changes at dBP.
_SIGMA_DB = {"UMa": (4.0, 6.0), "UMi": (4.0, 7.82), "RMa": (4.0, 8.0), "InH": (3.0, 8.03)}
_RMA_SIGMA_BEYOND_BREAK_DB = 6.0

_CARRIER_GHZ = {"UMa": (0.5, 100), "UMi": (0.5, 100), "RMa": (0.5, 30), "InH": (0.5, 100)}
_BASE_HEIGHT_M = {"UMa": (10, 150), "UMi": (3, 25), "RMa": (10, 150), "InH": (1, 10)}
# UMa above 13 m needs a random environment height hE (note 1), which physics here does not draw.
_UE_HEIGHT_M = {"UMa": (1.0, 13), "UMi": (1.0, 22.5), "RMa": (1, 10), "InH": (0.5, 3)}
_LONGEST_M = {"UMa": 5000.0, "UMi": 5000.0, "RMa": 5000.0, "InH": 150.0}
_LONGEST_RMA_LOS_M = 10_000.0


def distance_range_m(scenario: str, *, line_of_sight: bool) -> tuple[float, float]:
    """Return the least and the largest distance [m] of a model, Table 7.4.1-1.

    The distance is d2D for UMa, UMi and RMa, and d3D for InH.
    """
    require_choice("scenario", scenario, SCENARIOS)
    longest = _LONGEST_RMA_LOS_M if scenario == "RMa" and line_of_sight else _LONGEST_M[scenario]
    return (1.0 if scenario == "InH" else 10.0), longest


def path_loss_db(
    scenario: str,
    distance_2d_m: ArrayLike,
    *,
    carrier_ghz: float,
    base_height_m: float,
    ue_height_m: float = 1.5,
    line_of_sight: bool,
) -> NDArray[np.float64]:
    """Return the median path loss [dB], TR 38.901 Table 7.4.1-1.

    Valid for d2D of 10 m to 5 km (RMa with line of sight to 10 km; InH for d3D of 1 m to 150 m).
    Without line of sight the loss is never less than with it. Anything outside is refused with a
    `ConfigurationError`.
    """
    d_2d = np.asarray(distance_2d_m, dtype=np.float64)
    d_3d = np.hypot(d_2d, base_height_m - ue_height_m)
    _check_geometry(scenario, carrier_ghz, base_height_m, ue_height_m)
    _check_distance(scenario, d_2d, d_3d, line_of_sight=line_of_sight)

    loss = LINE_OF_SIGHT[scenario](d_2d, d_3d, carrier_ghz, base_height_m, ue_height_m)
    if line_of_sight:
        return loss
    obstructed = OBSTRUCTED[scenario](d_3d, carrier_ghz, base_height_m, ue_height_m)
    return np.maximum(loss, obstructed)


def line_of_sight_probability(
    scenario: str, distance_2d_m: ArrayLike, *, ue_height_m: float = 1.5
) -> NDArray[np.float64]:
    """Return the probability of line of sight, TR 38.901 Table 7.4.2-1.

    Valid for d2D >= 0 and, in UMa, hUT up to 23 m. InH is the mixed office.
    """
    require_choice("scenario", scenario, SCENARIOS)
    check = RangeCheck()
    check.within("distance_2d_m", distance_2d_m, 0.0, np.inf, unit="m")
    check.within("ue_height_m", ue_height_m, 0.5, 23.0, unit="m")
    check.raise_all()

    d_2d = np.asarray(distance_2d_m, dtype=np.float64)
    if scenario == "RMa":
        return np.exp(-np.maximum(d_2d - 10.0, 0.0) / 1000.0)
    if scenario == "InH":
        return _mixed_office_probability(d_2d)
    if scenario == "UMi":
        return _street_probability(d_2d, 36.0)
    taller = max(ue_height_m - 13.0, 0.0) / 10.0
    bonus = 1.25 * taller**1.5 * (d_2d / 100.0) ** 3 * np.exp(-d_2d / 150.0)
    probability = _street_probability(d_2d, 63.0) * (1.0 + bonus)
    return np.where(d_2d <= 18.0, 1.0, np.minimum(probability, 1.0))


def shadow_sigma_db(
    scenario: str,
    distance_2d_m: ArrayLike,
    *,
    line_of_sight: bool,
    carrier_ghz: float,
    base_height_m: float,
    ue_height_m: float = 1.5,
) -> NDArray[np.float64]:
    """Return the standard deviation of shadow fading [dB], TR 38.901 Table 7.4.1-1.

    Constant in distance except in RMa with line of sight: 4 dB to the break point, 6 dB beyond.
    Valid over the same range as `path_loss_db`.
    """
    d_2d = np.asarray(distance_2d_m, dtype=np.float64)
    d_3d = np.hypot(d_2d, base_height_m - ue_height_m)
    _check_geometry(scenario, carrier_ghz, base_height_m, ue_height_m)
    _check_distance(scenario, d_2d, d_3d, line_of_sight=line_of_sight)

    sigma = np.full(d_2d.shape, _SIGMA_DB[scenario][0 if line_of_sight else 1])
    if scenario == "RMa" and line_of_sight:
        beyond = d_2d > rural_break_m(carrier_ghz, base_height_m, ue_height_m)
        sigma[beyond] = _RMA_SIGMA_BEYOND_BREAK_DB
    return sigma


def entry_loss_db(kind: str, *, carrier_ghz: float, indoor_distance_m: float = 0.0) -> float:
    """Return the median building entry loss [dB], TR 38.901 Tables 7.4.3-1 and 7.4.3-2.

    "low" is 30 % plain glass and 70 % concrete, "high" 70 % coated (IRR) glass and 30 % concrete;
    inside, 0.5 dB for each metre of d2D-in. Valid for 0.5 to 100 GHz and 0 to 25 m inside.
    """
    require_choice("kind", kind, ("low", "high"))
    check = RangeCheck()
    check.within("carrier_ghz", carrier_ghz, 0.5, 100.0, unit="GHz")
    check.within("indoor_distance_m", indoor_distance_m, 0.0, 25.0, unit="m")
    check.raise_all()

    concrete_db = 5.0 + 4.0 * carrier_ghz
    if kind == "low":
        glass_db, glass_share = 2.0 + 0.2 * carrier_ghz, 0.3
    else:
        glass_db, glass_share = 23.0 + 0.3 * carrier_ghz, 0.7
    through = glass_share * 10 ** (-glass_db / 10) + (1 - glass_share) * 10 ** (-concrete_db / 10)
    return float(5.0 - 10.0 * np.log10(through) + 0.5 * indoor_distance_m)


def entry_sigma_db(kind: str) -> float:
    """Return the standard deviation of building entry loss [dB], TR 38.901 Table 7.4.3-2."""
    require_choice("kind", kind, ("low", "high"))
    return 4.4 if kind == "low" else 6.5


def _check_geometry(
    scenario: str, carrier_ghz: float, base_height_m: float, ue_height_m: float
) -> None:
    """Refuse a scenario, a carrier or a height that Table 7.4.1-1 does not cover."""
    require_choice("scenario", scenario, SCENARIOS)
    check = RangeCheck(model=scenario)
    check.within("carrier_ghz", carrier_ghz, *_CARRIER_GHZ[scenario], unit="GHz")
    check.within("base_height_m", base_height_m, *_BASE_HEIGHT_M[scenario], unit="m")
    check.within("ue_height_m", ue_height_m, *_UE_HEIGHT_M[scenario], unit="m")
    check.raise_all()


def _check_distance(
    scenario: str, d_2d: NDArray[np.float64], d_3d: NDArray[np.float64], *, line_of_sight: bool
) -> None:
    """Refuse distances outside the model's range; InH counts the slant distance."""
    check = RangeCheck(model=scenario)
    least, largest = distance_range_m(scenario, line_of_sight=line_of_sight)
    check.within("distance_2d_m", d_2d, 0.0, np.inf, unit="m")
    if scenario == "InH":
        check.within("slant distance", d_3d, least, largest, unit="m")
    else:
        check.within("distance_2d_m", d_2d, least, largest, unit="m")
    check.raise_all()


def _street_probability(d_2d: NDArray[np.float64], decay_m: float) -> NDArray[np.float64]:
    """Return 18/d + exp(-d/decay) (1 - 18/d), which is 1 up to 18 m."""
    near = 18.0 / np.maximum(d_2d, 18.0)
    return near + np.exp(-d_2d / decay_m) * (1.0 - near)


def _mixed_office_probability(d_2d: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return InH - Office, mixed: two exponentials that meet at 6.5 m."""
    near = np.exp(-np.maximum(d_2d - 1.2, 0.0) / 4.7)
    far = 0.32 * np.exp(-(d_2d - 6.5) / 32.6)
    return np.where(d_2d < 6.5, near, far)
