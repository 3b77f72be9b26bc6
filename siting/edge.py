"""The second lap: sites become demand, equipment rooms become sites.

Every village's stations, and every port and park, want an edge data centre near them; township
seats, village committees, ports and parks are the places on offer. The p-median model chooses the
p places with the least station-weighted fibre length [station km]. Latency is a check, not a
reason: fibre adds 0.01 ms per kilometre both ways, so inside one city it hardly binds, and the
plan says which constraint does. Core rooms are open anyway, outside the p.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from scipy.spatial import cKDTree

from siting.demand import locate
from siting.errors import ConfigurationError, Problem
from siting.layers.population import largest_remainder
from siting.optimise import Solution, p_median

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.demand import Floats, Ints
    from siting.layers.model import Layers

NEIGHBOURS = 200


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
class EdgePlan:
    """The chosen centres with the core rooms, the answer of the optimiser, and the figures."""

    centres: gpd.GeoDataFrame
    solution: Solution
    figures: dict[str, Any]


def edge_plan(
    layers: Layers,
    stations: gpd.GeoDataFrame,
    *,
    p: int = 100,
    zone_stations: int = 20,
    racks_per_centre: int = 20,
    racks_total: int = 20000,
    latency: Latency | None = None,
    reach_km: float = 60.0,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> EdgePlan:
    """Choose p edge data centres for the stations that stand and are proposed.

    Parameters
    ----------
    layers, stations
        The layers, and all sites with `stations` and `village_code`.
    p
        Centres to choose; the text says 100.
    zone_stations
        Stations that each port and each park stands for in the demand.
    racks_per_centre, racks_total
        Racks of a centre on average, and of the whole city (edge and core together).
    latency
        The service that is checked; by default 1 ms round trip.
    reach_km
        Longest straight distance between a station and its centre [km].
    seed
        Seed of the search.
    progress
        Told the share done, 0 to 1.

    Raises
    ------
    ConfigurationError
        p is larger than the number of places on offer.

    """
    service = latency or Latency()
    places = _places(layers)
    _require_places(p, len(places))
    demand = _demand(layers, stations, zone_stations)
    cost = _cost(demand, places, service, reach_km, p)
    tell = progress or (lambda _share: None)
    answer = p_median(
        cost,
        demand["weight"].to_numpy(float),
        p=p,
        seed=seed,
        progress=lambda share, _step: tell(share),
    )
    centres = _centres(demand, places, answer.chosen, service, racks_per_centre)
    cores = _core_rooms(layers, centres.columns)
    table = place_names(layers, pd.concat([centres, cores], ignore_index=True))
    figures = _figures(answer, centres, p, racks_per_centre * p, racks_total, service)
    return EdgePlan(
        centres=table,
        solution=answer,
        figures=figures,
    )


def _require_places(p: int, places: int) -> None:
    if p > places:
        raise ConfigurationError(
            Problem(
                what=f"{p} edge data centres are wanted and {places} places are on offer",
                remedy="lower edge.p or add places (ports, parks, public_places)",
                column="edge.p",
            )
        )


def _places(layers: Layers) -> gpd.GeoDataFrame:
    """Return the places on offer: seats, committees and communities, ports, parks."""
    seats = layers.townships
    rooms = [
        ("乡镇街道", seats["name"], seats["provenance"], seats["uncertainty_km"] * 1000.0,
         shapely.points(seats["seat_x_m"], seats["seat_y_m"])),
        ("村(社区)", layers.villages["name"], layers.villages["provenance"],
         layers.villages["location_radius_m"], layers.villages.geometry.to_numpy()),
    ]  # fmt: skip
    for word, table in (("港区", layers.ports), ("园区", layers.parks)):
        known = table[table.geometry.notna() & ~table.geometry.is_empty]
        centres = known.geometry.representative_point().to_numpy()
        rooms.append((word, known["name"], known["provenance"], known["radius_m"], centres))
    return gpd.GeoDataFrame(
        {
            "kind": np.concatenate([np.full(len(names), word) for word, names, *_ in rooms]),
            "name": np.concatenate([names for _, names, *_ in rooms]),
            "provenance": np.concatenate([source for _, _, source, *_ in rooms]),
            "location_radius_m": np.concatenate([radius for *_, radius, _ in rooms]).astype(float),
        },
        geometry=np.concatenate([points for *_, points in rooms]),
        crs=layers.crs,
    )


def _demand(layers: Layers, stations: gpd.GeoDataFrame, zone_stations: int) -> pd.DataFrame:
    """Return what wants a centre: the stations of each village at their middle, ports and parks."""
    count = stations["stations"].to_numpy(float)
    table = pd.DataFrame(
        {
            "village": stations["village_code"].to_numpy(),
            "weight": count,
            "x": stations.geometry.x.to_numpy() * count,
            "y": stations.geometry.y.to_numpy() * count,
        }
    )
    sums = table.groupby("village", sort=True)[["weight", "x", "y"]].sum().reset_index(drop=True)
    sums["x"] /= sums["weight"]
    sums["y"] /= sums["weight"]
    zones = pd.concat([layers.ports.geometry, layers.parks.geometry])
    zones = zones[zones.notna() & ~zones.is_empty].representative_point()
    wanted = pd.DataFrame({"weight": float(zone_stations), "x": zones.x, "y": zones.y})
    return pd.concat([sums, wanted[wanted["weight"] > 0]], ignore_index=True)


def _cost(
    demand: pd.DataFrame, places: gpd.GeoDataFrame, service: Latency, reach_km: float, p: int
) -> sp.csr_array:
    """Return the fibre length [km] from each demand to the places near it.

    Each demand keeps its nearest places within reach: at least `NEIGHBOURS`, and eight times as
    many as one centre has to itself; all of them where few are on offer.
    """
    xy = demand[["x", "y"]].to_numpy(float)
    at = np.column_stack([places.geometry.x, places.geometry.y])
    keep = min(max(NEIGHBOURS, 8 * len(at) // p), len(at))
    keep = keep if len(at) > 3 * NEIGHBOURS else len(at)
    found = cKDTree(at).query(xy, k=keep, distance_upper_bound=reach_km * 1000.0)
    distance, near = (np.asarray(part).reshape(len(xy), -1) for part in found)
    within = np.isfinite(distance)
    rows = np.repeat(np.arange(len(xy)), within.sum(axis=1))
    length_km = np.maximum(distance[within] * service.fibre_detour / 1000.0, 1e-6)
    cost = sp.csr_array((length_km, (rows, near[within])), shape=(len(xy), len(at)))
    cost.sort_indices()
    return cost


def _centres(
    demand: pd.DataFrame,
    places: gpd.GeoDataFrame,
    chosen: Ints,
    service: Latency,
    racks_per_centre: int,
) -> gpd.GeoDataFrame:
    """Return the chosen places with what they serve, their racks, backup and latency."""
    chosen = np.sort(chosen)
    at = np.column_stack([places.geometry.x, places.geometry.y])[chosen]
    weight = demand["weight"].to_numpy(float)
    tree = cKDTree(at)
    found = tree.query(demand[["x", "y"]].to_numpy(float))
    distance, nearest = np.asarray(found[0]), np.asarray(found[1], dtype=np.int64)
    load = np.bincount(nearest, weight, minlength=len(chosen)).astype(float)
    longest = np.zeros(len(chosen))
    np.maximum.at(longest, nearest, service.round_trip_ms(distance))
    names = [f"EDC{row:03d}" for row in range(1, len(chosen) + 1)]
    _, two = tree.query(at, k=min(2, len(at)))
    backup = np.asarray(two).reshape(len(at), -1)[:, -1]
    table = places.iloc[chosen].reset_index(drop=True)
    table.insert(0, "edge_id", names)
    table["role"] = "edge"
    table["demand"] = pd.array(load.round().astype(np.int64), dtype="Int64")
    table["racks"] = pd.array(_racks(load, racks_per_centre), dtype="Int64")
    table["backup_id"] = [names[row] if len(at) > 1 else "" for row in backup]
    table["latency_max_ms"] = longest.round(4)
    table["rules"] = "GB 50174-2017:check 防洪与周边距离, 待现场核实"
    table["reason_zh"] = [f"就近承接 {n:,} 站, 往返时延不超过 {ms:.2f} ms" for n, ms in
                          zip(table["demand"], longest, strict=True)]  # fmt: skip
    table["reason_en"] = [f"nearest to {n:,} stations, round trip at most {ms:.2f} ms" for n, ms in
                          zip(table["demand"], longest, strict=True)]  # fmt: skip
    return table


def _racks(load: Floats, racks_per_centre: int) -> Ints:
    """Share the racks by what the centres serve; each has at least a quarter of the average."""
    least = max(racks_per_centre // 4, 1)
    spare = (racks_per_centre - least) * len(load)
    return least + largest_remainder(load, spare)


def _core_rooms(layers: Layers, columns: pd.Index) -> gpd.GeoDataFrame:
    """Return the rooms that are open anyway; one without a known place keeps its county.

    Their racks and what they serve are not known: the text does not split the racks.
    """
    rooms = layers.data_centres[layers.data_centres["role"] != "edge"].reset_index(drop=True)
    table = rooms.rename(columns={"id": "edge_id", "radius_m": "location_radius_m"}).assign(
        role="core", racks=pd.NA, demand=pd.NA, backup_id="", latency_max_ms=np.nan, rules="",
        reason_zh="已建或在建的核心机房, 固定开放, 不计入百个边缘数据中心",
        reason_en="a core room, open anyway, outside the hundred edge data centres",
    )  # fmt: skip
    return table[[name for name in [*columns, "county_code"] if name in table]]


def place_names(layers: Layers, rooms: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the rooms with county and township; one without a place keeps its county."""
    centres = gpd.GeoDataFrame(rooms, geometry="geometry", crs=layers.crs)
    known = (centres.geometry.notna() & ~centres.geometry.is_empty).to_numpy()
    place = locate(layers, centres.geometry[known]).set_index(centres.index[known])
    named = centres.copy()
    given = centres["county_code"] if "county_code" in centres else pd.Series("", centres.index)
    named["county_code"] = place["county_code"].reindex(centres.index).fillna(given).fillna("")
    named["township_code"] = place["township_code"].reindex(centres.index).fillna("")
    named["township"] = place["township"].reindex(centres.index).fillna("")
    return named


def _figures(
    answer: Solution,
    centres: gpd.GeoDataFrame,
    p: int,
    racks: int,
    racks_total: int,
    service: Latency,
) -> dict[str, Any]:
    """Return the `edge` block of plan.json without its list of sites."""
    latency = centres["latency_max_ms"].to_numpy(float)
    longest = float(latency.max()) if len(latency) else None
    binding = _binding(longest, service)
    return {
        "p": p,
        "centres": len(centres),
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
        "latency_p95_ms": _weighted_p95(latency, centres["demand"].to_numpy(float)),
        "latency_limit_ms": service.latency_max_ms,
        "binding_zh": binding[0],
        "binding_en": binding[1],
    }


def _binding(longest: float | None, service: Latency) -> tuple[str, str]:
    if longest is None:
        return "没有选址", "nothing was to be chosen"
    if longest <= service.latency_max_ms:
        return (
            (
                f"约束来自文件规定的个数; 时延不构成约束 (最长 {longest:.2f} ms, 上限 "
                f"{service.latency_max_ms:.2f} ms)"
            ),
            (
                f"the number of centres, which the text fixes; latency does not bind (longest "
                f"{longest:.2f} ms against {service.latency_max_ms:.2f} ms)"
            ),
        )
    return (
        f"时延超限: 最长 {longest:.2f} ms, 上限 {service.latency_max_ms:.2f} ms",
        f"latency is exceeded: {longest:.2f} ms against {service.latency_max_ms:.2f} ms",
    )


def _weighted_p95(latency: Floats, demand: Floats) -> float | None:
    if demand.sum() <= 0:
        return None
    order = np.argsort(latency, kind="stable")
    reached: NDArray[np.float64] = np.cumsum(demand[order]) / demand.sum()
    return float(latency[order][np.searchsorted(reached, 0.95)])
