"""How far above its threshold a service is, at a distance from a radio, in an environment.

RSRP [dBm] at distance d is EIRP per resource element - path loss - body loss - interference
margin - extra loss of the environment - building entry loss (indoors). Line of sight is uncertain,
so RSRP has two states,

    p N(RSRP_LOS, sigma_LOS) + (1 - p) N(RSRP_NLOS, sigma_NLOS),    p = p_LOS(d)^(1/factor),

and the *spare* [dB] is the level that a share `location_probability` of places exceeds in this
mixture, minus the service's threshold. Indoors the variance of entry loss is added to both sigmas.
Path loss, p_LOS, sigma and entry loss: 3GPP TR 38.901 (`siting.coverage.tr38901`). The factor
stretches the distance over which line of sight is lost: RMa decays over 1000 m x factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage import tr38901
from siting.coverage.ranges import RangeCheck, require_choice
from siting.coverage.signal_states import signal_states

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

LOW_BAND_GHZ = 1.0  # carriers below it answer to `rsrp_min_low_band_dbm`
INDOOR_REACH_M = 60.0  # an indoor head serves its own building; ours
_BASE_HEIGHT_M = {"macro": (10.0, 150.0), "micro": (3.0, 25.0), "indoor": (1.0, 10.0)}
_CARRIER_GHZ = {"macro": (0.5, 30.0), "micro": (0.5, 100.0), "indoor": (0.5, 100.0)}


@dataclass(frozen=True, kw_only=True)
class Radio:
    """One kind of transmitter: "macro" (UMa or RMa), "micro" (UMi) or "indoor" (InH)."""

    name: str
    kind: str
    carrier_ghz: float
    eirp_per_re_dbm: float
    base_height_m: float
    ue_height_m: float = 1.5
    body_loss_db: float = 0.0
    interference_margin_db: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse what the models do not cover."""
        require_choice("kind", self.kind, tuple(_BASE_HEIGHT_M))
        check = RangeCheck(model=f"radio {self.name}")
        check.within("carrier_ghz", self.carrier_ghz, *_CARRIER_GHZ[self.kind], unit="GHz")
        check.within("base_height_m", self.base_height_m, *_BASE_HEIGHT_M[self.kind], unit="m")
        check.within("ue_height_m", self.ue_height_m, 1.0, 3.0, unit="m")
        check.within("eirp_per_re_dbm", self.eirp_per_re_dbm, -60.0, 80.0, unit="dBm")
        check.within("body_loss_db", self.body_loss_db, 0.0, 40.0, unit="dB")
        check.within("interference_margin_db", self.interference_margin_db, 0.0, 40.0, unit="dB")
        check.raise_all()


@dataclass(frozen=True, kw_only=True)
class Service:
    """What counts as service: the least RSRP, and the share of places that must have it.

    `indoor_distance_m` is the way inside the building, at 0.5 dB a metre (TR 38.901 draws it, with
    a mean of 8.3 m in UMa and UMi and 3.3 m in RMa; 5 m, about a room, is ours).
    """

    name: str
    rsrp_min_dbm: float = -105.0
    rsrp_min_low_band_dbm: float = -110.0
    location_probability: float = 0.95
    indoor: bool = False
    indoor_distance_m: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; below one half, farther could count as better."""
        check = RangeCheck(model=f"service {self.name}")
        check.within("rsrp_min_dbm", self.rsrp_min_dbm, -156.0, -31.0, unit="dBm")
        check.within("rsrp_min_low_band_dbm", self.rsrp_min_low_band_dbm, -156.0, -31.0, unit="dBm")
        check.within("location_probability", self.location_probability, 0.5, 0.999, unit="")
        check.within("indoor_distance_m", self.indoor_distance_m, 0.0, 25.0, unit="m")
        check.raise_all()

    def threshold_dbm(self, carrier_ghz: float) -> float:
        """Return the least RSRP [dBm] that counts on this carrier."""
        low_band = carrier_ghz < LOW_BAND_GHZ
        return self.rsrp_min_low_band_dbm if low_band else self.rsrp_min_dbm


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What surrounds a place; the factor and the extra loss act on macro radios only."""

    name: str
    scenario_macro: str
    line_of_sight_factor: float = 1.0
    extra_loss_db: float = 0.0
    entry: str = "low"

    def __post_init__(self) -> None:
        """Refuse what the models do not cover."""
        require_choice("scenario_macro", self.scenario_macro, ("UMa", "RMa"))
        require_choice("entry", self.entry, ("low", "high"))
        check = RangeCheck(model=f"environment {self.name}")
        check.within("line_of_sight_factor", self.line_of_sight_factor, 0.01, 10.0, unit="")
        check.within("extra_loss_db", self.extra_loss_db, 0.0, 40.0, unit="dB")
        check.raise_all()


# Our starting values, to be replaced by a drive test: TR 38.901 knows no hills, so ridges take
# line of sight sooner (factor) and cost some loss on average.
ENVIRONMENTS = (
    Environment(name="urban", scenario_macro="UMa", entry="high"),
    Environment(name="town", scenario_macro="UMa", entry="low"),
    Environment(name="plain", scenario_macro="RMa", entry="low"),
    Environment(
        name="hill",
        scenario_macro="RMa",
        line_of_sight_factor=0.5,
        extra_loss_db=3.0,
        entry="low",
    ),
    Environment(
        name="mountain",
        scenario_macro="RMa",
        line_of_sight_factor=0.25,
        extra_loss_db=6.0,
        entry="low",
    ),
)


def longest_m(radio: Radio, *, indoor: bool) -> float:
    """Return the distance [m] beyond which no service is counted; 0 for an indoor head outdoors.

    The models end at 5 km; an indoor head serves at most 60 m around, and indoors only.
    """
    if radio.kind == "indoor":
        return INDOOR_REACH_M if indoor else 0.0
    return tr38901.distance_range_m("UMa", line_of_sight=False)[1]


def spare_db(
    radio: Radio, environment: Environment, service: Service, distance_2d_m: ArrayLike
) -> Numbers:
    """Return the spare [dB] of a service at horizontal distances [m] from a radio.

    Valid for 0 m and more: nearer than the model's least distance (10 m; indoors none) the value
    at that distance holds, beyond its largest (5 km; indoor heads 60 m) it is -inf.
    """
    distance_m = np.asarray(distance_2d_m, dtype=np.float64)
    limit_m = longest_m(radio, indoor=service.indoor)
    if limit_m == 0.0:
        return np.full(distance_m.shape, -np.inf)
    least_m = 0.0 if radio.kind == "indoor" else 10.0
    states = signal_states(
        radio,
        environment,
        np.clip(distance_m, least_m, limit_m),
        indoor=service.indoor,
        indoor_distance_m=service.indoor_distance_m,
    )
    level_dbm = states.quantile_dbm(service.location_probability)
    spare = level_dbm - service.threshold_dbm(radio.carrier_ghz)
    return np.where(distance_m <= limit_m, spare, -np.inf)


def reach_m(
    radio: Radio, environment: Environment, service: Service, spare_floor_db: float = 0.0
) -> float:
    """Return the largest distance [m], to 1 m, with this spare [dB]; 0 where there is none."""
    distance_m = np.arange(0.0, longest_m(radio, indoor=service.indoor) + 1.0)
    enough = np.flatnonzero(spare_db(radio, environment, service, distance_m) >= spare_floor_db)
    return float(distance_m[enough[-1]]) if enough.size else 0.0
