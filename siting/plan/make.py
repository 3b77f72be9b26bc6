"""Make the plan: from what was found out to tables, figures and reasons."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siting.plan.commitments import starting_values, target_values
from siting.plan.figures import (
    PhaseAnswer,
    county_figures,
    level_figures,
    modelled_figures,
    phase_figures,
)
from siting.plan.gains import marginal_gains
from siting.plan.model import PhaseProof, Plan, Proof
from siting.plan.places import edge_sites, inputs_of
from siting.plan.quotas import lacking_of_floor, placed_quotas, share_unplaced, unplaced_quotas
from siting.plan.tables import TRUST, all_sites, proposed_sites, served_demand, worst_provenance
from siting.plan.words import warnings
from siting.targets import target_status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.layers.model import Layers
    from siting.plan.findings import Findings
    from siting.plan.model import CoverageRasters

    Floats = NDArray[np.float64]

SCHEMA = "siting-plan/1"


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
        proof=_proof(scenario, findings),
    )


def _proof(scenario: Mapping[str, Any], findings: Findings) -> Proof:
    """Return what a stranger needs to check the bounds of the phases."""
    pairs = zip(findings.choices, findings.wishes, strict=True)
    return Proof(
        assumptions=scenario,
        problem=findings.problem,
        levels=tuple(level.name for level in findings.levels),
        site_ids=tuple(findings.candidates["site_id"].astype(str)),
        stations=findings.candidates["stations"].to_numpy(np.int64),
        cost_cny=findings.candidates["cost_cny"].to_numpy(float),
        phases=tuple(
            PhaseProof(
                name=choice.name,
                max_stations=wish.max_stations,
                budget_cny=wish.budget_cny,
                bound_gain=choice.bound,
                certificate=choice.certificate,
            )
            for choice, wish in pairs
        ),
    )


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
        "stations_before": int(findings.counted["stations"].sum()),
        "sites_before": len(findings.counted),
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
            outside=len(findings.network) - len(findings.counted),
            floors_short=_short_counties(counties, findings.floor_per_10000),
            notes=layers.notes,
        ),
    }
    promised = set(layers.targets["id"])
    values = target_values(figures, findings)
    figures["targets"] = target_status(
        layers.targets,
        {name: value for name, value in values.items() if name in promised},
        progress=layers.progress,
        baselines={
            name: value for name, value in starting_values(figures).items() if name in promised
        },
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


def _short_counties(counties: Sequence[Mapping[str, Any]], floor: float) -> list[tuple[str, str]]:
    """Return the counties that reach the floor only with stations that found no place."""
    return [
        (str(county["name"]), str(county["name_en"]))
        for county in counties
        if county["in_denominator"]
        and county["stations_unplaced"]
        and (county["stations_after"] - county["stations_unplaced"])
        < floor * county["population"] / 10_000.0
    ]


def package_version() -> str:
    """Return the version of this package, as installed."""
    try:
        return version("siting")
    except PackageNotFoundError:
        return "0.1.0"
