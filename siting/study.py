"""A study: a scenario and layers in, a plan out; the only module that knows the order.

layers -> demand -> candidates -> coverage -> optimise -> plan, twice: first for the stations,
then, with the sites as demand, for the edge data centres. The five stages are public, so that a
what-if may keep the first and change the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.assumptions import (
    Radios,
    antennas_of,
    county_floors,
    kinds_of_site,
    latency_of,
    levels_of,
    points_of,
    radios,
    wishes_of,
)
from siting.candidates import candidate_sites
from siting.coverage import read_terrain
from siting.demand import demand_points
from siting.edge import edge_plan, require_places
from siting.layers import embedded_directory, read_layers
from siting.levels import covering, served, share_after
from siting.network import existing_network
from siting.phases import choose_in_phases
from siting.picture import coverage_rasters
from siting.plan.findings import Findings, all_stations
from siting.plan.make import make_plan
from siting.rules import read_rules, screen
from siting.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.coverage import Terrain
    from siting.layers.model import Layers
    from siting.levels import Antennas, Covering, Level, Points, Served
    from siting.phases import PhaseChoice
    from siting.plan.model import CoverageRasters, Plan
    from siting.scenario import Scenario

    Progress = Callable[[str, float], None]
    Floats = NDArray[np.float64]


AROUND_M = 20_000.0
"""The DEM is read this far around the counties [m]."""


@dataclass(frozen=True, kw_only=True)
class Today:
    """What stands and what it serves: the ground that every what-if of a city shares."""

    demand: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    points: Points
    antennas: Antennas
    levels: tuple[Level, ...]
    served: tuple[Served, ...]
    radios: Radios
    terrain: Terrain | None

    @property
    def unmet(self) -> Floats:
        """Return what each demand point lacks over all levels [weighted people]."""
        lacking = np.zeros(len(self.demand))
        for level, now in zip(self.levels, self.served, strict=True):
            lacking += level.weight * self.points.weight * (1.0 - now.share)
        return lacking


@dataclass(frozen=True, kw_only=True)
class Question:
    """What could be built: the candidates that may stand, and the covering problem they pose."""

    candidates: gpd.GeoDataFrame
    antennas: Antennas
    refused: int
    problem: Covering


def run(
    scenario: Scenario | None = None,
    layers: Layers | None = None,
    *,
    progress: Progress | None = None,
) -> Plan:
    """Plan a city: recommended sites in phases, edge data centres, figures, proofs.

    Parameters
    ----------
    scenario
        The assumptions; those of the embedded city if not given.
    layers
        The inputs, as `read_layers` returns them; the embedded city if not given.
    progress
        Told the name of each step and its share done, 0 to 1.

    Raises
    ------
    ConfigurationError
        The scenario asks for what cannot be, such as more centres than places.
    DataError
        A layer cannot be used as it is.
    InfeasibleError
        The county floors ask for more stations than the phases have.

    """
    wishes = scenario or load_scenario()
    ground = layers or read_layers(embedded_directory(), crs=wishes.study.crs)
    wishes = wishes.in_crs(ground.crs)
    require_places(ground, wishes.edge.p)
    today = what_stands(wishes, ground, progress=progress)
    question = what_could_stand(wishes, ground, today, progress=progress)
    choices = choose(wishes, ground, today, question, progress=progress)
    return conclude(wishes, ground, today, question, choices, progress=progress)


def what_stands(scenario: Scenario, layers: Layers, *, progress: Progress | None = None) -> Today:
    """Return the demand, the network that stands, and what it serves at each level."""
    tell = progress or _silent
    tell("demand", 0.0)
    known = radios(scenario)
    terrain = _terrain(layers)
    demand = demand_points(
        layers,
        spacing_m=scenario.demand.spacing_m,
        people_per_km2=scenario.demand.people_per_km2,
        port_people=scenario.demand.port_people,
        park_people=scenario.demand.park_people,
        place_people=scenario.demand.place_people,
    )
    tell("demand", 0.7)
    network = existing_network(
        layers,
        demand,
        stations=scenario.network.stations,
        stations_per_site=scenario.network.stations_per_site,
        micro_share=scenario.network.micro_share,
        indoor_share=scenario.network.indoor_share,
    )
    points, antennas = points_of(demand), antennas_of(network, known)
    tell("demand", 1.0)
    levels, now = levels_of(scenario, demand), []
    for number, level in enumerate(levels):
        tell("network", number / len(levels))
        now.append(served(points, antennas, level, radios=known.radios, terrain=terrain))
    tell("network", 1.0)
    return Today(
        demand=demand,
        network=network,
        points=points,
        antennas=antennas,
        levels=tuple(levels),
        served=tuple(now),
        radios=known,
        terrain=terrain,
    )


def what_could_stand(
    scenario: Scenario, layers: Layers, today: Today, *, progress: Progress | None = None
) -> Question:
    """Return the candidates that the rules let stand, and the covering problem they pose."""
    tell = progress or _silent
    rules, kinds = read_rules(off=scenario.rules.off), kinds_of_site(scenario)
    tell("candidates", 0.0)
    offered = candidate_sites(
        layers, today.demand, today.network, today.unmet, kinds=kinds, seed=scenario.study.seed
    )
    tell("candidates", 0.8)
    spacing_m = {name: kind.spacing_m for name, kind in kinds.items()}
    screened = screen(offered, layers, today.network, rules=rules, spacing_m=spacing_m)
    kept = screened[screened["status"] == "candidate"].reset_index(drop=True)
    tell("candidates", 1.0)
    tell("coverage", 0.0)
    antennas = antennas_of(kept, today.radios)
    problem = covering(
        today.points,
        antennas,
        today.levels,
        today.served,
        radios=today.radios.radios,
        terrain=today.terrain,
    )
    tell("coverage", 1.0)
    return Question(
        candidates=kept, antennas=antennas, refused=len(screened) - len(kept), problem=problem
    )


def choose(
    scenario: Scenario,
    layers: Layers,
    today: Today,
    question: Question,
    *,
    progress: Progress | None = None,
) -> list[PhaseChoice]:
    """Return the sites chosen in each phase, with the proof."""
    tell = progress or _silent
    tell("optimise", 0.0)
    return choose_in_phases(
        question.problem,
        wishes_of(scenario),
        stations=question.candidates["stations"].to_numpy(np.int64),
        cost_cny=question.candidates["cost_cny"].to_numpy(float),
        groups=question.candidates["county_code"].to_numpy(object),
        group_floors=county_floors(scenario, layers, today.network),
        seed=scenario.study.seed,
        swap_passes=scenario.optimise.swap_passes,
        bound_iterations=scenario.optimise.bound_iterations,
        progress=lambda share: tell("optimise", share),
    )


def conclude(
    scenario: Scenario,
    layers: Layers,
    today: Today,
    question: Question,
    choices: Sequence[PhaseChoice],
    *,
    progress: Progress | None = None,
) -> Plan:
    """Return the plan: what each phase achieves, the edge data centres, tables and reasons."""
    tell = progress or _silent
    scenario = scenario.in_crs(layers.crs)
    findings = _findings(scenario, today, question, choices)
    tell("edge", 0.0)
    rooms = edge_plan(
        layers,
        all_stations(findings),
        p=scenario.edge.p,
        zone_stations=scenario.edge.zone_stations,
        racks_per_centre=scenario.edge.racks_per_centre,
        racks_total=scenario.edge.racks_total,
        latency=latency_of(scenario),
        reach_km=scenario.edge.reach_km,
        seed=scenario.study.seed,
        progress=lambda share: tell("edge", share),
    )
    tell("edge", 1.0)
    rasters = _rasters(scenario, layers, today, question, choices, tell)
    tell("plan", 0.0)
    plan = make_plan(scenario.as_dict(), layers, findings, rooms.centres, rooms.figures, rasters)
    tell("plan", 1.0)
    return plan


def _findings(
    scenario: Scenario, today: Today, question: Question, choices: Sequence[PhaseChoice]
) -> Findings:
    """Return everything that was found out, for the plan to be made from."""
    return Findings(
        demand=today.demand,
        network=today.network,
        candidates=question.candidates,
        refused=question.refused,
        problem=question.problem,
        levels=today.levels,
        choices=tuple(choices),
        wishes=scenario.phases,
        shares=_shares(today, question, choices),
        servers=_servers(today, question, choices),
        floor_per_10000=scenario.floors.county_stations_per_10000,
        terrain=today.terrain is not None,
    )


def _shares(today: Today, question: Question, choices: Sequence[PhaseChoice]) -> list[list[Floats]]:
    """Return for each level the share served before and after each phase."""
    stages = [np.concatenate([c.chosen for c in choices[: n + 1]]) for n in range(len(choices))]
    return [
        [now.share] + [share_after(now, level, question.problem, number, stage) for stage in stages]
        for number, (level, now) in enumerate(zip(today.levels, today.served, strict=True))
    ]


def _servers(
    today: Today, question: Question, choices: Sequence[PhaseChoice]
) -> list[NDArray[np.object_]]:
    """Return for each level the id of the site that serves each point: existing, else proposed."""
    chosen = np.concatenate([choice.chosen for choice in choices])
    added = question.antennas.rows(chosen)
    there = np.append(today.network["site_id"].to_numpy(object), "")
    new = np.append(question.candidates["site_id"].to_numpy(object)[chosen], "")
    servers = []
    for level, now in zip(today.levels, today.served, strict=True):
        extra = served(
            today.points, added, level, radios=today.radios.radios, terrain=today.terrain
        )
        servers.append(np.where(now.site >= 0, there[now.site], new[extra.site]))
    return servers


def _rasters(
    scenario: Scenario,
    layers: Layers,
    today: Today,
    question: Question,
    choices: Sequence[PhaseChoice],
    tell: Progress,
) -> CoverageRasters:
    """Return the picture of coverage before and after each phase."""
    stages = [("before", today.antennas)]
    stages += [(choice.name, question.antennas.rows(choice.chosen)) for choice in choices]
    return coverage_rasters(
        layers,
        today.points,
        stages,
        radios=today.radios.radios,
        cell_m=scenario.study.raster_cell_m,
        progress=lambda share: tell("picture", share),
    )


def _terrain(layers: Layers) -> Terrain | None:
    """Return the DEM around the counties, as far as any site of theirs is followed."""
    if layers.terrain is None:
        return None
    west, south, east, north = layers.counties.total_bounds
    bounds = (west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
    return read_terrain(layers.terrain, crs=layers.crs, bounds=bounds)


def _silent(_step: str, _share: float) -> None:
    """Tell nobody."""
