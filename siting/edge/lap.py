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

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.spatial import cKDTree

from siting.edge.latency import Latency, coordinates, edge_figures, nearest_centres
from siting.edge.rooms import (
    chosen_centres,
    core_rooms,
    place_names,
    places_on_offer,
    require_places,
)
from siting.errors import InfeasibleError, Problem
from siting.optimise import Solution, p_median

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from siting.layers.model import Layers

NEIGHBOURS = 200


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
        p is larger than the number of places on offer, or below 1.
    InfeasibleError
        p centres leave somebody without one within reach.

    """
    service = latency or Latency()
    require_places(layers, p)
    places, demand = places_on_offer(layers), _demand(layers, stations, zone_stations)
    cost = _cost(demand, places, service, reach_km, p)
    answer = _median(cost, demand, p, reach_km, seed, progress or (lambda _share: None))
    chosen = places.iloc[np.sort(answer.chosen)].reset_index(drop=True)
    served = nearest_centres(demand, chosen, service)
    centres = chosen_centres(chosen, served, racks_per_centre)
    cores = core_rooms(layers, centres.columns)
    table = place_names(layers, pd.concat([centres, cores], ignore_index=True))
    promised = "T-EDGE" in set(layers.targets["id"])
    figures = edge_figures(
        answer, served, p, racks_per_centre * p, racks_total, service, promised=promised
    )
    return EdgePlan(centres=table, solution=answer, figures=figures)


def _demand(layers: Layers, stations: gpd.GeoDataFrame, zone_stations: int) -> pd.DataFrame:
    """Return what wants a centre: the stations of each village at their middle, ports and parks.

    A site that belongs to no village, out at sea, stands for itself.
    """
    code = stations["village_code"].to_numpy(object)
    alone = np.array([f"site {row}" for row in range(len(stations))], dtype=object)
    count = stations["stations"].to_numpy(float)
    table = pd.DataFrame(
        {
            "village": np.where(code == "", alone, code),
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
    many as one centre has to itself; all of them where few are on offer. The bound is asked to
    hold for all places.
    """
    xy = demand[["x", "y"]].to_numpy(float)
    at = coordinates(places)
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


def _median(
    cost: sp.csr_array,
    demand: pd.DataFrame,
    p: int,
    reach_km: float,
    seed: int,
    tell: Callable[[float], None],
) -> Solution:
    """Return the answer of the p-median model, or say in a planner's words that it has none."""
    remedy = "raise edge.reach_km or edge.p"
    alone = int((np.diff(cost.indptr) == 0).sum())
    if alone:
        what = f"{alone} of {len(demand)} villages, ports and parks have no place that near"
        raise InfeasibleError(Problem(what=what, remedy=remedy, column="edge.reach_km"))
    weight = demand["weight"].to_numpy(float)
    try:
        return p_median(
            cost,
            weight,
            p=p,
            truncated=True,
            seed=seed,
            progress=lambda share, _step: tell(share),
        )
    except InfeasibleError as error:
        what = f"{p} centres leave villages, ports or parks without one within {reach_km:g} km"
        raise InfeasibleError(Problem(what=what, remedy=remedy, column="edge.p")) from error
