"""How far a round trip over fibre goes, which centre is nearest, and what that says of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from siting.demand import Floats, Ints
    from siting.optimise import Solution


@dataclass(frozen=True, kw_only=True)
class Latency:
    """How far a round trip over fibre goes: a limit, and what makes up the time."""

    latency_max_ms: float = 1.0
    fibre_ms_per_km: float = 0.01
    fibre_detour: float = 1.4
    equipment_ms: float = 0.3

    def round_trip_ms(self, distance_m: Floats) -> Floats:
        """Return the round-trip time over fibre [ms] for a straight distance [m]."""
        return distance_m / 1000.0 * self.fibre_detour * self.fibre_ms_per_km + self.equipment_ms


@dataclass(frozen=True, kw_only=True)
class Served:
    """For each demand the centre nearest to it, its round trip [ms], and its weight [stations]."""

    centre: Ints
    latency_ms: Floats
    stations: Floats


def coordinates(places: gpd.GeoDataFrame) -> Floats:
    """Return the coordinates of places [m], shape (places, 2)."""
    return np.column_stack([places.geometry.x, places.geometry.y])


def nearest_centres(demand: pd.DataFrame, centres: gpd.GeoDataFrame, service: Latency) -> Served:
    """Return for each demand the nearest of the centres."""
    found = cKDTree(coordinates(centres)).query(demand[["x", "y"]].to_numpy(float))
    return Served(
        centre=np.asarray(found[1], dtype=np.int64),
        latency_ms=service.round_trip_ms(np.asarray(found[0])),
        stations=demand["weight"].to_numpy(float),
    )


def edge_figures(
    answer: Solution,
    served: Served,
    p: int,
    racks: int,
    racks_total: int,
    service: Latency,
    *,
    promised: bool = True,
) -> dict[str, Any]:
    """Return the `edge` block of plan.json without its list of sites.

    `promised` says that a document fixes the number of centres, not the scenario alone.
    """
    longest = round(float(served.latency_ms.max()), 4)
    binding = _binding(longest, service, promised=promised)
    return {
        "p": p,
        "centres": len(answer.chosen),
        "objective": float(answer.objective),
        "bound": float(answer.bound),
        "gap": float(answer.gap),
        "gap_uncovered": None,
        "status": answer.status,
        "seed": answer.seed,
        "unit": "station km of fibre",
        "racks": racks,
        "racks_core": max(racks_total - racks, 0),
        "latency_max_ms": longest,
        "latency_p95_ms": _weighted_p95(served.latency_ms, served.stations),
        "latency_limit_ms": service.latency_max_ms,
        "binding_zh": binding[0],
        "binding_en": binding[1],
    }


def _binding(longest: float, service: Latency, *, promised: bool) -> tuple[str, str]:
    by_zh, by_en = ("文件规定", "text fixes") if promised else ("情景设定", "scenario sets")
    if longest <= service.latency_max_ms:
        return (
            (
                f"约束来自{by_zh}的个数; 时延不构成约束 (最长 {longest:.2f} ms, 上限 "
                f"{service.latency_max_ms:.2f} ms)"
            ),
            (
                f"the number of centres, which the {by_en}; latency does not bind (longest "
                f"{longest:.2f} ms against {service.latency_max_ms:.2f} ms)"
            ),
        )
    return (
        f"时延超限: 最长 {longest:.2f} ms, 上限 {service.latency_max_ms:.2f} ms",
        f"latency is exceeded: {longest:.2f} ms against {service.latency_max_ms:.2f} ms",
    )


def _weighted_p95(latency_ms: Floats, stations: Floats) -> float:
    """Return the latency [ms] that 95 of 100 stations do not exceed."""
    order = np.argsort(latency_ms, kind="stable")
    reached: Floats = np.cumsum(stations[order]) / stations.sum()
    return round(float(latency_ms[order][np.searchsorted(reached, 0.95)]), 4)
