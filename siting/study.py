"""A study: a scenario and layers in, a plan out; the only module that knows the order.

layers -> demand -> candidates -> coverage -> optimise -> plan, twice: first for the stations,
then, with the sites as demand, for the edge data centres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.assumptions import antennas_of, kinds_of_site, levels_of, points_of, radios
from siting.candidates import candidate_sites
from siting.coverage import read_terrain
from siting.demand import demand_points
from siting.edge import Latency, edge_plan
from siting.errors import InfeasibleError, Problem
from siting.layers import embedded_directory, read_layers
from siting.levels import covering, served, share_after
from siting.network import existing_network
from siting.phases import PhaseWish, choose_in_phases
from siting.picture import coverage_rasters
from siting.plan.make import Findings, all_stations, make_plan
from siting.rules import read_rules, screen
from siting.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.assumptions import Radios
    from siting.coverage import Terrain
    from siting.layers.model import Layers
    from siting.levels import Antennas, Covering, Level, Points, Served
    from siting.phases import PhaseChoice
    from siting.plan.model import CoverageRasters, Plan
    from siting.rules import Rule
    from siting.scenario import Scenario

    Progress = Callable[[str, float], None]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Today:
    """What stands and what it serves: the ground every what-if of a city shares."""

    demand: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    points: Points
    antennas: Antennas
    levels: tuple[Level, ...]
    served: tuple[Served, ...]


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
        The assumptions; the packaged Quanzhou if not given.
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

    """
    wishes = scenario or load_scenario()
    ground = layers or _embedded(wishes)
    tell = progress or (lambda _step, _share: None)
    known, rules = radios(wishes), read_rules(off=wishes.rules.off)
    terrain = read_terrain(ground.terrain, crs=ground.crs) if ground.terrain else None
    today = what_stands(wishes, ground, known, terrain, tell)
    question = what_could_stand(wishes, ground, today, known, terrain, tell, rules=rules)
    choices = choose(wishes, today, question, ground, tell)
    after = _shares(today, question, choices)
    findings = _findings(wishes, today, question, choices, after, known, terrain)
    tell("edge", 0.0)
    rooms = edge_plan(
        ground, all_stations(findings), p=wishes.edge.p,
        racks_per_centre=wishes.edge.racks_per_centre, racks_total=wishes.edge.racks_total,
        latency=_latency(wishes), reach_km=wishes.edge.reach_km, seed=wishes.study.seed,
    )  # fmt: skip
    tell("edge", 1.0)
    rasters = _rasters(wishes, ground, today, question, choices, known, tell)
    tell("plan", 0.0)
    plan = make_plan(wishes.as_dict(), ground, findings, rooms.centres, rooms.figures, rasters)
    tell("plan", 1.0)
    return plan


def what_stands(
    scenario: Scenario, layers: Layers, known: Radios, terrain: Terrain | None, tell: Progress
) -> Today:
    """Return the demand, the network that stands, and what it serves at each level."""
    tell("demand", 0.0)
    wishes = scenario.demand
    demand = demand_points(
        layers, spacing_m=wishes.spacing_m, people_per_km2=wishes.people_per_km2,
        port_people=wishes.port_people, park_people=wishes.park_people,
        place_people=wishes.place_people,
    )  # fmt: skip
    tell("demand", 0.7)
    network = existing_network(
        layers, demand, stations=scenario.network.stations,
        stations_per_site=scenario.network.stations_per_site,
        micro_share=scenario.network.micro_share, indoor_share=scenario.network.indoor_share,
    )  # fmt: skip
    tell("demand", 1.0)
    points, antennas = points_of(demand), antennas_of(network, known)
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
    )


def what_could_stand(
    scenario: Scenario,
    layers: Layers,
    today: Today,
    known: Radios,
    terrain: Terrain | None,
    tell: Progress,
    *,
    rules: Sequence[Rule],
) -> Question:
    """Return the candidates that the rules let stand, and the covering problem they pose."""
    tell("candidates", 0.0)
    kinds = kinds_of_site(scenario)
    offered = candidate_sites(
        layers, today.demand, today.network, unmet_weight(today), kinds=kinds,
        seed=scenario.study.seed,
    )  # fmt: skip
    tell("candidates", 0.8)
    screened = screen(
        offered, layers, today.network, rules=rules,
        spacing_m={name: kind.spacing_m for name, kind in kinds.items()},
    )  # fmt: skip
    kept = screened[screened["status"] == "candidate"].reset_index(drop=True)
    tell("candidates", 1.0)
    tell("coverage", 0.0)
    antennas = antennas_of(kept, known)
    problem = covering(
        today.points, antennas, today.levels, today.served, radios=known.radios, terrain=terrain
    )
    tell("coverage", 1.0)
    return Question(
        candidates=kept, antennas=antennas, refused=len(screened) - len(kept), problem=problem
    )


def unmet_weight(today: Today) -> Floats:
    """Return what each demand point lacks over all levels [weighted people]."""
    lacking = [
        level.weight * today.points.weight * (1.0 - now.share)
        for level, now in zip(today.levels, today.served, strict=True)
    ]
    return np.asarray(np.sum(lacking, axis=0))


def choose(
    scenario: Scenario, today: Today, question: Question, layers: Layers, tell: Progress
) -> list[PhaseChoice]:
    """Return the sites chosen in each phase, with the proof."""
    tell("optimise", 0.0)
    wishes = [
        PhaseWish(
            name=phase.name,
            max_stations=phase.max_stations,
            budget_cny=None if phase.budget_cny is None else float(phase.budget_cny),
        )
        for phase in scenario.phases
    ]
    return choose_in_phases(
        question.problem, wishes,
        stations=question.candidates["stations"].to_numpy(np.int64),
        cost_cny=question.candidates["cost_cny"].to_numpy(float),
        groups=question.candidates["county_code"].to_numpy(object),
        group_floors=_floors(scenario, today, layers),
        seed=scenario.study.seed,
        swap_passes=scenario.optimise.swap_passes,
        bound_iterations=scenario.optimise.bound_iterations,
        progress=lambda share: tell("optimise", share),
    )  # fmt: skip


def _floors(scenario: Scenario, today: Today, layers: Layers) -> dict[str, int]:
    """Return the stations that each county lacks of the floor today."""
    per_10000 = scenario.floors.county_stations_per_10000
    counted = layers.counties[layers.counties["in_denominator"]]
    there = today.network.groupby("county_code")["stations"].sum()
    wanted = {
        str(row.code): int(np.ceil(row.population * per_10000 / 10_000.0 - 1e-9))
        for row in counted.itertuples()
    }
    lacking = {
        code: least - int(there.get(code, 0))
        for code, least in wanted.items()
        if least > there.get(code, 0)
    }
    _require_room(scenario, lacking)
    return lacking


def _require_room(scenario: Scenario, lacking: Mapping[str, int]) -> None:
    """Raise when the county floors ask for more stations than all phases have."""
    wanted, room = sum(lacking.values()), sum(phase.max_stations for phase in scenario.phases)
    if wanted > room:
        counties = ", ".join(f"{code} lacks {count}" for code, count in sorted(lacking.items()))
        raise InfeasibleError(
            Problem(
                what=f"the county floors want {wanted} stations and the phases have {room}"
                f" ({counties})",
                remedy="raise phases.max_stations or lower the floor (0 switches it off)",
                column="floors.county_stations_per_10000",
            )
        )


def _shares(today: Today, question: Question, choices: Sequence[PhaseChoice]) -> list[list[Floats]]:
    """Return for each level the share served before and after each phase."""
    stages = [np.concatenate([c.chosen for c in choices[: n + 1]]) for n in range(len(choices))]
    return [
        [now.share] + [share_after(now, level, question.problem, number, stage) for stage in stages]
        for number, (level, now) in enumerate(zip(today.levels, today.served, strict=True))
    ]


def _findings(
    scenario: Scenario,
    today: Today,
    question: Question,
    choices: Sequence[PhaseChoice],
    shares: list[list[Floats]],
    known: Radios,
    terrain: Terrain | None,
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
        shares=shares,
        servers=_servers(today, question, choices, known, terrain),
        floor_per_10000=scenario.floors.county_stations_per_10000,
        terrain=terrain is not None,
    )


def _servers(
    today: Today,
    question: Question,
    choices: Sequence[PhaseChoice],
    known: Radios,
    terrain: Terrain | None,
) -> list[NDArray[np.object_]]:
    """Return for each level the id of the site that serves each point: existing, else proposed."""
    chosen = np.concatenate([choice.chosen for choice in choices])
    added = question.antennas.rows(chosen)
    there = np.append(today.network["site_id"].to_numpy(object), "")
    new = np.append(question.candidates["site_id"].to_numpy(object)[chosen], "")
    servers = []
    for level, now in zip(today.levels, today.served, strict=True):
        extra = served(today.points, added, level, radios=known.radios, terrain=terrain)
        servers.append(np.where(now.site >= 0, there[now.site], new[extra.site]))
    return servers


def _latency(scenario: Scenario) -> Latency:
    edge = scenario.edge
    return Latency(
        latency_max_ms=edge.latency_max_ms,
        fibre_ms_per_km=edge.fibre_ms_per_km,
        fibre_detour=edge.fibre_detour,
        equipment_ms=edge.equipment_ms,
    )


def _rasters(
    scenario: Scenario,
    layers: Layers,
    today: Today,
    question: Question,
    choices: Sequence[PhaseChoice],
    known: Radios,
    tell: Progress,
) -> CoverageRasters:
    """Return the picture of coverage before and after each phase."""
    stages = [("before", today.antennas)]
    stages += [(choice.name, question.antennas.rows(choice.chosen)) for choice in choices]
    return coverage_rasters(
        layers,
        today.points,
        stages,
        radios=known.radios,
        cell_m=scenario.study.raster_cell_m,
        progress=lambda share: tell("picture", share),
    )


def _embedded(scenario: Scenario) -> Layers:
    return read_layers(embedded_directory(), crs=scenario.study.crs)
