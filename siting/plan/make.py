"""Make the plan: from what was found out to tables, figures and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from siting.plan.figures import (
    PhaseAnswer,
    county_figures,
    level_figures,
    modelled_figures,
    phase_figures,
)
from siting.plan.gains import marginal_gains
from siting.plan.model import Plan
from siting.plan.places import edge_sites, inputs_of
from siting.plan.quotas import lacking_of_floor, placed_quotas, share_unplaced, unplaced_quotas
from siting.plan.tables import TRUST, all_sites, proposed_sites, served_demand, worst_provenance
from siting.plan.words import warnings
from siting.targets import target_status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from siting.layers.model import Layers
    from siting.levels import Covering, Level
    from siting.plan.model import CoverageRasters

    Floats = NDArray[np.float64]

SCHEMA = "siting-plan/1"


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything a study found out, from which the plan is made.

    `shares[level][stage]` is the share of each demand point served before and after each phase;
    `servers[level]` the id of the site that serves it at the end; `phases` the choices made, in
    order, and `wishes` what each was allowed.
    """

    demand: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    refused: int
    problem: Covering
    levels: tuple[Level, ...]
    choices: tuple[Any, ...]
    wishes: tuple[Any, ...]
    shares: Sequence[Sequence[Floats]]
    servers: Sequence[NDArray[np.object_]]
    floor_per_10000: float
    terrain: bool

    @property
    def chosen(self) -> NDArray[np.int64]:
        """Return the columns of all phases, in the order chosen."""
        return np.concatenate([choice.chosen for choice in self.choices]).astype(np.int64)

    @property
    def stages(self) -> list[str]:
        """Return the names of the stages: before, then the phases."""
        return ["before", *(choice.name for choice in self.choices)]


def make_plan(
    scenario: Mapping[str, Any],
    layers: Layers,
    findings: Findings,
    centres: gpd.GeoDataFrame,
    edge: Mapping[str, Any],
    rasters: CoverageRasters | None = None,
) -> Plan:
    """Return the plan with all its tables and figures.

    Parameters
    ----------
    scenario
        The assumptions as plain JSON types.
    layers, findings
        The inputs, and what was found out.
    centres, edge
        The edge data centres with the core rooms, and their figures.
    rasters
        The picture of coverage, if one was made.

    """
    proposed = proposed_table(findings)
    weights = {level.name: level.weight for level in findings.levels}
    demand = served_demand(
        findings.demand, weights, findings.shares, findings.stages, findings.servers
    )
    figures = _figures(scenario, layers, findings, proposed, demand, centres, edge)
    return Plan(
        sites=all_sites(findings.network, proposed, list(weights)),
        demand=demand,
        edge_data_centres=centres,
        figures=figures,
        rasters=rasters,
    )


def all_stations(findings: Findings) -> gpd.GeoDataFrame:
    """Return every site that stands or is proposed with its stations and village."""
    columns = ["stations", "village_code", "geometry"]
    chosen = findings.candidates.iloc[findings.chosen]
    both = pd.concat([findings.network[columns], chosen[columns]], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=findings.network.crs)


def proposed_table(findings: Findings) -> gpd.GeoDataFrame:
    """Return the proposed sites in the order chosen, each with its gain and its reason."""
    problem, chosen = findings.problem, findings.chosen
    before = np.stack([shares[0] for shares in findings.shares])
    gains = marginal_gains(
        problem.covers, weights=problem.weights, needed=problem.needed, level=problem.level,
        point=problem.point, people=findings.demand["people"].to_numpy(float),
        lacking=1.0 - before[problem.level, problem.point], chosen=chosen,
        levels=len(findings.levels),
    )  # fmt: skip
    rank = {name: place for place, name in enumerate(TRUST)}
    trust = findings.demand["provenance"].map(rank).fillna(len(TRUST) - 1).to_numpy(int)
    network = worst_provenance(sorted(set(findings.network["provenance"])))
    return proposed_sites(
        findings.candidates, chosen,
        [choice.name for choice in findings.choices for _ in choice.chosen],
        gains, [level.name for level in findings.levels],
        demand_provenance=trust,
        place_names=findings.demand["name"].where(findings.demand["kind"] != "residents", "")
        .to_numpy(object),
        network_provenance=max(network, key=rank.__getitem__, default="modelled"),
    )  # fmt: skip


def _figures(
    scenario: Mapping[str, Any],
    layers: Layers,
    findings: Findings,
    proposed: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    rooms: gpd.GeoDataFrame,
    edge: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the content of plan.json."""
    unplaced = _unplaced(layers, findings, proposed)
    modelled = modelled_figures(findings.demand, findings.network, proposed)
    totals = {
        code: sum(phase[code] for phase in unplaced.values()) for code in layers.counties["code"]
    }
    counties = county_figures(layers.counties, findings.network, proposed, totals, demand)
    phases = _phases(findings, proposed, demand, _held_back(layers, findings, proposed))
    levels = _levels(findings)
    study = scenario["study"]
    figures: dict[str, Any] = {
        "schema": SCHEMA,
        "version": package_version(),
        "scenario": {
            **{key: study[key] for key in ("name", "title_zh", "title_en", "date", "seed")},
            "assumptions": dict(scenario),
        },
        "inputs": inputs_of(layers),
        "modelled_share": float(np.mean(list(modelled.values()))),
        "modelled": modelled,
        "stations_before": int(findings.network["stations"].sum()),
        "sites_before": len(findings.network),
        "candidates": len(findings.candidates),
        "candidates_refused": findings.refused,
        "phases": phases,
        "levels": levels,
        "edge": {**edge, "sites": edge_sites(rooms)},
        "counties": counties,
        "quotas": placed_quotas(proposed) + unplaced_quotas(layers.counties, unplaced),
        "warnings": warnings(
            modelled=modelled,
            terrain=findings.terrain,
            floor_per_10000=findings.floor_per_10000,
            unplaced={phase["name"]: phase["stations_unplaced"] for phase in phases},
            floors_short=_short_counties(counties, findings.floor_per_10000),
        ),
    }
    promised = set(layers.targets["id"])
    values = _target_values(figures, findings)
    figures["targets"] = target_status(
        layers.targets,
        {name: value for name, value in values.items() if name in promised},
        progress=layers.progress,
        baselines={name: value for name, value in _starts(figures).items() if name in promised},
    )
    return figures


def _standing(layers: Layers, findings: Findings, proposed: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the stations of each county, existing and placed."""
    columns = ["county_code", "stations"]
    both = pd.concat([findings.network[columns], proposed[columns]])
    sums = both.groupby("county_code")["stations"].sum()
    standing = sums.reindex(layers.counties["code"], fill_value=0)
    return np.array(standing, dtype=np.int64)


def _unplaced(
    layers: Layers, findings: Findings, proposed: gpd.GeoDataFrame
) -> dict[str, dict[str, int]]:
    """Return the stations of each phase without a place, shared out to the counties.

    What a county lacks of its floor is what it lacks once all phases stand.
    """
    codes = layers.counties["code"]
    so_far = _standing(layers, findings, proposed)
    shares = {}
    for wish in findings.wishes:
        mine = proposed[proposed["phase"] == wish.name]
        left = wish.max_stations - int(mine["stations"].sum())
        shares[wish.name] = share_unplaced(left, layers.counties, so_far, findings.floor_per_10000)
        so_far += np.array([shares[wish.name][code] for code in codes], dtype=np.int64)
    return shares


def _held_back(layers: Layers, findings: Findings, proposed: gpd.GeoDataFrame) -> int:
    """Return the stations that the counties lack of their floor once all phases stand."""
    stand = _standing(layers, findings, proposed)
    return int(lacking_of_floor(layers.counties, stand, findings.floor_per_10000).sum())


def _phases(
    findings: Findings, proposed: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, held_back: int
) -> list[dict[str, Any]]:
    """Return the `phases` block; the gains of the optimiser stand on what the network serves."""
    total = float(demand["weight"].sum())
    before = float((demand["weight"] * demand["share_before"]).sum())
    entries = []
    for choice, wish in zip(findings.choices, findings.wishes, strict=True):
        mine = proposed[proposed["phase"] == choice.name]
        unplaced = wish.max_stations - int(mine["stations"].sum())
        held = min(unplaced, held_back)
        held_back -= held
        answer = PhaseAnswer(
            name=choice.name,
            max_stations=wish.max_stations,
            budget_cny=wish.budget_cny,
            before=before,
            total=total,
            objective=before + choice.objective,
            bound=min(before + choice.bound, total),
            status=choice.status,
            seed=choice.seed,
            unplaced=unplaced,
            held_back=held,
        )
        entries.append(phase_figures(answer, mine))
    return entries


def _levels(findings: Findings) -> list[dict[str, Any]]:
    people = findings.demand["people"].to_numpy(float)
    return [
        level_figures(
            level.name, level.service, level.weight, people=people, shares=shares,
            phases=findings.stages[1:], carriers=level.counts_carriers,
        )
        for level, shares in zip(findings.levels, findings.shares, strict=True)
    ]  # fmt: skip


def _short_counties(counties: Sequence[Mapping[str, Any]], floor: float) -> list[str]:
    """Return the counties that reach the floor only with stations that found no place."""
    return [
        str(county["name"])
        for county in counties
        if county["in_denominator"]
        and county["stations_unplaced"]
        and (county["stations_after"] - county["stations_unplaced"])
        < floor * county["population"] / 10_000.0
    ]


def _target_values(figures: Mapping[str, Any], findings: Findings) -> dict[str, float]:
    """Return what the plan reaches of the commitments that it can compute.

    Stations count with the quota that found no place: the commitment is to build them. Racks are
    not among them: the text does not split them between edge and core.
    """
    phases = figures["phases"]
    built = figures["stations_before"] + sum(phase["max_stations"] for phase in phases)
    people = _people(figures)
    values = {"T-5G-TOTAL": float(built), "T-EDGE": float(figures["edge"]["centres"])}
    if people:
        values["T-5G-10K"] = built / people * 10_000.0
    for phase in phases:
        if phase["name"] == "2024":
            values["T-5G-2024"] = float(phase["max_stations"])
    reached = _villages_reached(findings)
    if reached is not None:
        values["B-5G-VILLAGE"] = reached
    return values


def _starts(figures: Mapping[str, Any]) -> dict[str, float]:
    """Return where the ratio to the people starts, which no document prints; of the same people."""
    people = _people(figures)
    return {"T-5G-10K": figures["stations_before"] / people * 10_000.0} if people else {}


def _people(figures: Mapping[str, Any]) -> int:
    return sum(county["population"] or 0 for county in figures["counties"])


def _villages_reached(findings: Findings) -> float | None:
    """Return the share of village committees that have service outdoors in the end [%]."""
    names = [level.name for level in findings.levels]
    committee = findings.demand["kind"].eq("place") & findings.demand["name"].str.endswith("村委会")
    if "outdoors" not in names or not committee.any():
        return None
    share = findings.shares[names.index("outdoors")][-1]
    return float(share[committee.to_numpy()].mean() * 100.0)


def package_version() -> str:
    """Return the version of this package, as installed."""
    try:
        return version("siting")
    except PackageNotFoundError:
        return "0.1.0"
