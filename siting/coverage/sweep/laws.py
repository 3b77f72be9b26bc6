"""What a mast loses at a distance in each environment, reduced to what a kernel needs.

With x = log2(d3D^2) every loss of TR 38.901 Table 7.4.1-1 is a + b x + c d3D: one (a, b, c) with
line of sight to the break point, one beyond it, and one without line of sight. Heights and carriers
go into a, b and c; relief enters through d3D.

Where the path is open and only buildings decide (bare earth), the level is a quantile of the mixture
p N(LOS) + (1 - p) N(NLOS). It is tabulated on flat ground with its slope, as

    loss = w LOS + (1 - w) NLOS + k,    w = d quantile / d LOS,

so that it follows the relief to first order and is exact on flat ground at the table's distances.
On a surface model the profile has decided: w = 1. A blocked path has the larger of NLOS and
LOS + diffraction, with the shadowing of the state without line of sight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import ndtri

from siting.coverage import tr38901
from siting.coverage.mixture import mixture_quantile
from siting.coverage.tr38901_formulas import LINE_OF_SIGHT, OBSTRUCTED, break_m, rural_break_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.coverage.radio import Environment, Service

    Numbers = NDArray[np.float64]

PER_OCTAVE = 32  # entries of a table for each doubling of d2D^2
FIRST_OCTAVE = 6.0  # 8 m
LEAST_M = 10.0
_OCTAVES = 24  # to 32 km
ENTRIES = PER_OCTAVE * _OCTAVES + 2
_WIDER_M = 1e4  # two far distances at which RMa's linear term is told from its slope


class Laws(NamedTuple):
    """Numbers by carrier and environment; `los` has a row to the break point and one beyond it.

    `los[carrier, 2 * environment + beyond]` and `nlos[carrier, environment]` are (a, b, c);
    `limits[carrier, environment]` is (break point^2, largest open d2D^2, largest blocked d2D^2,
    margin of a blocked path [dB]). `mixture[carrier, environment]` has four numbers a distance:
    w and its step to the next distance, k and its step.
    """

    los: NDArray[np.float32]
    nlos: NDArray[np.float32]
    limits: NDArray[np.float32]
    mixture: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What decides the laws of a mast besides its height: how it stands and what is wanted."""

    micro: bool
    surface: bool
    ue_height_m: float
    location_probability: float
    service: Service | None = None


def laws_of(
    environments: Sequence[Environment],
    carriers_ghz: Sequence[float],
    base_height_m: float,
    kind: Kind,
) -> Laws:
    """Return the laws of a mast; heights and carriers outside a model's range are refused."""
    shape = (len(carriers_ghz), len(environments))
    los, nlos = np.zeros((shape[0], 2 * shape[1], 3)), np.zeros((*shape, 3))
    limits = np.zeros((*shape, 4))
    mixture = np.zeros((*shape, 4 * ENTRIES))
    for i, carrier_ghz in enumerate(carriers_ghz):
        for j, environment in enumerate(environments):
            law = _law(environment, carrier_ghz, base_height_m, kind)
            los[i, 2 * j : 2 * j + 2], nlos[i, j], limits[i, j] = law.los, law.nlos, law.limits
            mixture[i, j] = _with_steps(law.share, law.shift)
    return Laws(*(np.asarray(part, dtype=np.float32) for part in (los, nlos, limits, mixture)))


def _with_steps(share: Numbers, shift: Numbers) -> Numbers:
    """Return w, its step to the next entry, k and its step, distance by distance."""
    columns = [share, np.diff(share, append=share[-1]), shift, np.diff(shift, append=shift[-1])]
    return np.column_stack(columns).ravel()


def table_distance_m() -> Numbers:
    """Return the distances d2D [m] of the tables' entries."""
    return 2.0 ** (0.5 * (FIRST_OCTAVE + np.arange(ENTRIES) / PER_OCTAVE))


def least_loss_db(laws: Laws, carrier: int, *, blocked: bool) -> Numbers:
    """Return a loss [dB] at the table's distances that no cell there or farther falls below.

    It is the least over the environments, with both antennas at one height; the formulas go on
    beyond the models' range, so that what lies there is met and counted.
    """
    distance_m = table_distance_m()
    x = 2.0 * np.log2(np.maximum(distance_m, LEAST_M))
    least = np.full(ENTRIES, np.inf)
    for j in range(laws.nlos.shape[1]):
        beyond = distance_m**2 > laws.limits[carrier, j, 0]
        near, far = laws.los[carrier, 2 * j], laws.los[carrier, 2 * j + 1]
        los = np.where(beyond, _value(far, x, distance_m), _value(near, x, distance_m))
        nlos = np.maximum(los, _value(laws.nlos[carrier, j], x, distance_m))
        share, shift = laws.mixture[carrier, j, ::4], laws.mixture[carrier, j, 2::4]
        here = share * los + (1.0 - share) * nlos + shift
        if blocked:
            here = nlos + laws.limits[carrier, j, 3]
        least = np.minimum(least, here)
    farther: Numbers = np.minimum.accumulate(least[::-1])[::-1]
    return farther


def _value(law: NDArray[Any], x: Numbers, distance_m: Numbers) -> Numbers:
    """Return a + b x + c d3D [dB]."""
    loss: Numbers = law[0] + law[1] * x + law[2] * distance_m
    return loss


class _Law(NamedTuple):
    """The laws of one carrier in one environment."""

    los: Numbers
    nlos: Numbers
    limits: Numbers
    share: Numbers
    shift: Numbers


def _law(environment: Environment, carrier_ghz: float, base_height_m: float, kind: Kind) -> _Law:
    """Return one law; the checks of `siting.coverage.tr38901` refuse what it does not cover."""
    scenario = "UMi" if kind.micro else environment.scenario_macro
    heights = {"base_height_m": base_height_m, "ue_height_m": kind.ue_height_m}
    tr38901.path_loss_db(scenario, LEAST_M, carrier_ghz=carrier_ghz, line_of_sight=False, **heights)
    extra_db, entry_sigma_db = _extra(environment, carrier_ghz, kind)
    turn_m = (rural_break_m if scenario == "RMa" else break_m)(
        carrier_ghz, base_height_m, kind.ue_height_m
    )
    near = _fit(scenario, 0.0, carrier_ghz, base_height_m, kind.ue_height_m)
    far = _fit(scenario, 2.0 * max(turn_m, 1.0), carrier_ghz, base_height_m, kind.ue_height_m)
    points_m = np.array([100.0, 1000.0])
    first, second = OBSTRUCTED[scenario](points_m, carrier_ghz, base_height_m, kind.ue_height_m)
    slope = (second - first) / (2.0 * math.log2(10.0))
    nlos = np.array([first - slope * 2.0 * math.log2(100.0), slope, 0.0])
    los = np.array([near, far])
    los[:, 0] += extra_db
    nlos[0] += extra_db

    d_2d = np.maximum(table_distance_m(), LEAST_M)
    d_3d = np.hypot(d_2d, base_height_m - kind.ue_height_m)
    x = 2.0 * np.log2(d_3d)
    line = np.where(d_2d <= turn_m, _value(los[0], x, d_3d), _value(los[1], x, d_3d))
    none = np.maximum(line, _value(nlos, x, d_3d))
    far_sigma = d_2d > turn_m
    sigmas = _sigmas(scenario, carrier_ghz, heights)
    line_sigma = np.hypot(np.where(far_sigma, sigmas[1], sigmas[0]), entry_sigma_db)
    none_sigma = np.hypot(np.full(ENTRIES, sigmas[2]), entry_sigma_db)
    z = float(ndtri(kind.location_probability))
    share, shift = np.ones(ENTRIES), z * line_sigma
    if not kind.surface:
        factor = 1.0 if kind.micro else environment.line_of_sight_factor
        chance = tr38901.line_of_sight_probability(scenario, d_2d, ue_height_m=kind.ue_height_m)
        chance = chance ** (1.0 / factor)
        share, shift = _mixture(chance, (line, line_sigma), (none, none_sigma), kind)
    blocked_m = tr38901.distance_range_m(scenario, line_of_sight=False)[1]
    open_m = tr38901.distance_range_m(scenario, line_of_sight=kind.surface)[1]
    limits = np.array([turn_m**2, open_m**2, blocked_m**2, z * none_sigma[0]])
    return _Law(los, nlos, limits, share, shift)


def _extra(environment: Environment, carrier_ghz: float, kind: Kind) -> tuple[float, float]:
    """Return what the environment and the wall add to every loss [dB], and the wall's sigma [dB]."""
    extra_db = 0.0 if kind.micro else environment.extra_loss_db
    if kind.service is None or not kind.service.indoor:
        return extra_db, 0.0
    entry_db = tr38901.entry_loss_db(
        environment.entry,
        carrier_ghz=carrier_ghz,
        indoor_distance_m=kind.service.indoor_distance_m,
    )
    return extra_db + entry_db, tr38901.entry_sigma_db(environment.entry)


def _sigmas(
    scenario: str, carrier_ghz: float, heights: dict[str, float]
) -> tuple[float, float, float]:
    """Return sigma [dB] with line of sight to the break point and beyond it, and without."""
    ends_m = np.array([LEAST_M, tr38901.distance_range_m(scenario, line_of_sight=False)[1]])
    near, far = tr38901.shadow_sigma_db(
        scenario, ends_m, line_of_sight=True, carrier_ghz=carrier_ghz, **heights
    )
    none = tr38901.shadow_sigma_db(
        scenario, ends_m, line_of_sight=False, carrier_ghz=carrier_ghz, **heights
    )[0]
    return float(near), float(6.0 if scenario == "RMa" else far), float(none)


def _fit(
    scenario: str, d_2d_m: float, carrier_ghz: float, base_height_m: float, ue_height_m: float
) -> Numbers:
    """Return (a, b, c) of a branch with line of sight, from its values at three slant distances."""
    points_m = np.array([100.0, 1000.0, 10_000.0])
    loss = LINE_OF_SIGHT[scenario](
        np.full(3, d_2d_m), points_m, carrier_ghz, base_height_m, ue_height_m
    )
    basis = np.column_stack([np.ones(3), 2.0 * np.log2(points_m), points_m])
    return np.linalg.solve(basis, loss)


def _mixture(
    chance: Numbers, first: tuple[Numbers, Numbers], second: tuple[Numbers, Numbers], kind: Kind
) -> tuple[Numbers, Numbers]:
    """Return w and k of the mixture's quantile."""
    loss = mixture_quantile(kind.location_probability, weight=chance, first=first, second=second)
    weights = []
    for part, (mean, sigma) in ((chance, first), (1.0 - chance, second)):
        weights.append(part * np.exp(-0.5 * ((loss - mean) / sigma) ** 2) / sigma)
    share = weights[0] / np.maximum(weights[0] + weights[1], 1e-300)
    return share, loss - share * first[0] - (1.0 - share) * second[0]
