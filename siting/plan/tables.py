"""The tables of a plan: existing and proposed sites, and the demand with what serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from siting.plan.words import site_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from siting.plan.gains import Gains

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TRUST = ("official", "surveyed", "generalised", "approximate", "modelled")
"""Provenance from the firmest to the weakest."""

SITE_COLUMNS = [
    "site_id", "name", "status", "kind", "build", "host_site_id", "phase", "stations", "carriers",
    "height_m", "cost_cny", "county_code", "county", "township_code", "township", "village",
    "planning_unit", "marginal_people", "marginal_weight", "gain_outdoors", "gain_indoors",
    "gain_busy_hour", "rank", "provenance", "location_radius_m", "rules", "reason_zh",
    "reason_en", "geometry",
]  # fmt: skip


def worst_provenance(*columns: pd.Series | Sequence[str]) -> list[str]:
    """Return row by row the weakest of several provenances."""
    order = {name: place for place, name in enumerate(TRUST)}
    ranks = np.array([[order.get(str(value), len(TRUST) - 1) for value in c] for c in columns])
    return [TRUST[rank] for rank in ranks.max(axis=0)]


def proposed_sites(
    candidates: gpd.GeoDataFrame,
    chosen: Ints,
    phases: Sequence[str],
    gains: Gains,
    levels: Sequence[str],
    *,
    demand_provenance: Floats,
    place_names: NDArray[np.object_],
    network_provenance: str,
) -> gpd.GeoDataFrame:
    """Return the chosen candidates as proposed sites, in the order chosen, with their reasons.

    `phases` names the phase of each; `demand_provenance` is the rank in `TRUST` of each demand
    point, `place_names` its name if it is a port, a park or a public place, else empty. A site is
    no firmer than its place, the demand it gains and the network it completes.
    """
    table = candidates.iloc[chosen].reset_index(drop=True)
    weakest = [TRUST[int(demand_provenance[rows].max())] for rows in gains.points]
    table["provenance"] = worst_provenance(
        table["provenance"], weakest, [network_provenance] * len(table)
    )
    table["name"] += np.where(table["provenance"] == "modelled", "(示意)", "")
    table["status"], table["phase"] = "proposed", list(phases)
    table["rank"] = np.arange(1, len(table) + 1)
    table["marginal_people"] = gains.people.round(1)
    table["marginal_weight"] = gains.weight.round(3)
    for number, level in enumerate(levels):
        table[f"gain_{level}"] = gains.by_level[:, number].round(1)
    reasons = [
        site_reason(
            str(row.kind), str(row.build), str(row.host_site_id),
            dict(zip(levels, gains.by_level[row.Index], strict=True)),
            [name for name in place_names[gains.points[row.Index]] if name],
        )
        for row in table[["kind", "build", "host_site_id"]].itertuples()
    ]  # fmt: skip
    table["reason_zh"] = [zh for zh, _ in reasons]
    table["reason_en"] = [en for _, en in reasons]
    return table


def all_sites(
    network: gpd.GeoDataFrame, proposed: gpd.GeoDataFrame, levels: Sequence[str]
) -> gpd.GeoDataFrame:
    """Return existing and proposed sites in one table with the documented columns.

    What is only computed for proposed sites (cost, gains, rank) is missing for the others. A
    registered site outside the counties that count serves and is in no count: it is `excluded`.
    """
    outside = (network["county_code"] == "").to_numpy()
    existing = network.assign(
        status=np.where(outside, "excluded", "existing"), build="existing", host_site_id="",
        phase="", cost_cny=np.nan, marginal_people=np.nan, marginal_weight=np.nan, rank=pd.NA,
        rules=np.where(outside, "county:outside 不在计入的县域内", ""), reason_zh="", reason_en="",
    )  # fmt: skip
    extra = [f"gain_{level}" for level in levels if f"gain_{level}" not in SITE_COLUMNS]
    columns = [*SITE_COLUMNS[:-1], *extra, "geometry"]
    both = pd.concat([existing, proposed], ignore_index=True)
    for name in columns:
        if name.startswith("gain_") and name not in both:
            both[name] = np.nan
    both["rank"] = both["rank"].astype("Int64")
    return gpd.GeoDataFrame(both[columns], geometry="geometry", crs=network.crs)


def served_demand(
    demand: gpd.GeoDataFrame,
    levels: Mapping[str, float],
    shares: Sequence[Sequence[Floats]],
    stages: Sequence[str],
    servers: Sequence[NDArray[np.object_]],
) -> gpd.GeoDataFrame:
    """Return one row per point and level with what serves it.

    `shares[level][stage]` is the share of each point that is served, stages being before and the
    phases; `servers[level]` the site_id that serves each point best at the last stage.
    """
    parts = []
    for (level, weight), by_stage, server in zip(levels.items(), shares, servers, strict=True):
        part = pd.DataFrame(
            {
                "demand_id": demand["demand_id"],
                "weight": demand["weight"] * weight,
                "level": level,
                "kind": demand["kind"],
                "people": demand["people"],
                "served_by": server,
                "share_before": by_stage[0],
                "share_after": by_stage[-1],
            }
        )
        for stage, share in zip(stages[1:-1], by_stage[1:-1], strict=True):
            part[f"share_{stage}"] = share
        for name in ("county_code", "township_code", "provenance"):
            part[name] = demand[name]
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    points = np.tile(demand.geometry.to_numpy(), len(parts))
    return gpd.GeoDataFrame(table, geometry=points, crs=demand.crs)
