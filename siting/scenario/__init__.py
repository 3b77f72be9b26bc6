"""Every assumption a planner may change, read from one commented file and checked at once."""

from __future__ import annotations

from siting.scenario.load import load_scenario, packaged_path, packaged_scenarios
from siting.scenario.scenario import Scenario, scenario_of
from siting.scenario.tables import (
    Demand,
    Edge,
    Floors,
    Network,
    Optimise,
    Phase,
    RadioParameters,
    Rules,
    Service,
    SiteKind,
    Study,
)

__all__ = [
    "Demand",
    "Edge",
    "Floors",
    "Network",
    "Optimise",
    "Phase",
    "RadioParameters",
    "Rules",
    "Scenario",
    "Service",
    "SiteKind",
    "Study",
    "load_scenario",
    "packaged_path",
    "packaged_scenarios",
    "scenario_of",
]
