"""Distance tables: the physics of each radio in each environment, evaluated once every 2 m.

The engine interpolates linearly between entries. Distances below a model's 10 m minimum are
clamped to 10 m, and no service is counted beyond its range (5 km; indoor heads 60 m).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.coverage.radio import Service, longest_m
from siting.coverage.signal_states import signal_states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.coverage.radio import Environment, Radio

STEP_M = 2.0
_LARGEST_M = 5000.0
_ENTRIES = int(_LARGEST_M / STEP_M) + 2  # one more, so that the last distance has a neighbour


class DistanceTables(NamedTuple):
    """Levels [dB or dBm] by radio, environment and distance step, and how far each is wanted.

    `level` is the mixture of both states. `blocked` and `cleared` are the levels of a path known
    to be blocked: by clutter, and free of clutter, before diffraction. `reach_m` is the distance
    within which `level` may reach the floor, -1 where it never does.
    """

    level: NDArray[np.float32]
    blocked: NDArray[np.float32]
    cleared: NDArray[np.float32]
    reach_m: NDArray[np.float64]


def spare_tables(
    radios: Sequence[Radio],
    environments: Sequence[Environment],
    service: Service,
    *,
    spare_floor_db: float,
    with_terrain: bool = False,
) -> DistanceTables:
    """Return the tables of spare [dB] of a service.

    With terrain the relief is seen, not assumed: each environment then counts with line-of-sight
    factor 1 and no extra loss.
    """
    seen = [_on_flat_ground(each) for each in environments] if with_terrain else environments
    thresholds_dbm = np.array([service.threshold_dbm(radio.carrier_ghz) for radio in radios])
    return _tables(radios, seen, service, floor=spare_floor_db, zero=thresholds_dbm)


def rsrp_tables(
    radios: Sequence[Radio],
    environments: Sequence[Environment],
    *,
    location_probability: float,
    rsrp_floor_dbm: float,
) -> DistanceTables:
    """Return the tables of outdoor RSRP [dBm]; indoor heads have none outdoors."""
    service = Service(name="outdoors", location_probability=location_probability)
    zero = np.zeros(len(radios))
    return _tables(radios, environments, service, floor=rsrp_floor_dbm, zero=zero)


def interpolate(table: NDArray[np.float32], distance_m: float) -> np.float32:
    """Return one entry of a table between its steps; the kernels compile this very line."""
    step = distance_m * (1.0 / STEP_M)
    i = int(step)
    return np.float32(table[i] + (step - i) * (table[i + 1] - table[i]))


def _tables(
    radios: Sequence[Radio],
    environments: Sequence[Environment],
    service: Service,
    *,
    floor: float,
    zero: NDArray[np.float64],
) -> DistanceTables:
    """Fill the tables, one radio in one environment at a time."""
    shape = (len(radios), len(environments), _ENTRIES)
    level, blocked, cleared = (np.full(shape, -np.inf, dtype=np.float32) for _ in range(3))
    reach_m = np.full(shape[:2], -1.0)
    for i, radio in enumerate(radios):
        limit_m = longest_m(radio, indoor=service.indoor)
        if limit_m == 0.0:
            continue
        for j, environment in enumerate(environments):
            levels = _levels(radio, environment, service, limit_m)
            for table, values in zip((level, blocked, cleared), levels, strict=True):
                table[i, j] = values - zero[i]
            reach_m[i, j] = _reach_m(level[i, j], floor, limit_m)
    return DistanceTables(level=level, blocked=blocked, cleared=cleared, reach_m=reach_m)


def _levels(
    radio: Radio, environment: Environment, service: Service, limit_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the three levels [dBm] at every step; beyond the range the last one is repeated.

    An indoor head is inside the building that it serves: terrain changes nothing for it.
    """
    states = signal_states(
        radio,
        environment,
        np.clip(np.arange(_ENTRIES) * STEP_M, 0.0 if radio.kind == "indoor" else 10.0, limit_m),
        indoor=service.indoor,
        indoor_distance_m=service.indoor_distance_m,
    )
    level_dbm = states.quantile_dbm(service.location_probability)
    if radio.kind == "indoor":
        return level_dbm, level_dbm, np.full(_ENTRIES, np.inf)
    return level_dbm, *states.blocked_dbm(service.location_probability)


def _reach_m(level: NDArray[np.float32], floor: float, limit_m: float) -> float:
    """Return the first step [m] past the last entry that reaches the floor, -1 if none does."""
    enough = np.flatnonzero(level >= floor)
    return min((float(enough[-1]) + 1.0) * STEP_M, limit_m) if enough.size else -1.0


def _on_flat_ground(environment: Environment) -> Environment:
    """Return the environment without the allowances that stand for unseen relief."""
    return replace(environment, line_of_sight_factor=1.0, extra_loss_db=0.0)
