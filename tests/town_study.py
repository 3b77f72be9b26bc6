"""Studies of the made-up town, stage by stage, each done once for all tests that ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

import siting
from siting.layers import Layers, read_layers
from siting.plan.findings import Findings
from siting.plan.model import Plan
from siting.scenario import Scenario
from siting.study import Question, Today, _findings

TOWN = Path(__file__).parent / "data" / "tiny_town"
MANY = (("phases.2024.max_stations", 300), ("phases.2025.max_stations", 200))
"""Far more stations than there are places with a gain."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """What each stage of a study gave."""

    scenario: Scenario
    layers: Layers
    today: Today
    question: Question
    findings: Findings
    plan: Plan

    @property
    def figures(self) -> Any:
        """Return the content of plan.json."""
        return self.plan.figures

    @property
    def proposed(self) -> gpd.GeoDataFrame:
        """Return the proposed sites in the order chosen."""
        return self.plan.sites[self.plan.sites["status"] == "proposed"]

    @property
    def existing(self) -> gpd.GeoDataFrame:
        """Return the sites that stand."""
        return self.plan.sites[self.plan.sites["status"] == "existing"]


@cache
def town_layers() -> Layers:
    """Return the layers of the made-up town."""
    return read_layers(TOWN)


@cache
def town(*changes: tuple[str, Any]) -> Study:
    """Return the study of the made-up town, with single keys of its scenario changed."""
    return study(town_layers(), *changes)


def study(layers: Layers, *changes: tuple[str, Any]) -> Study:
    """Return a study of any layers under the made-up town's scenario."""
    scenario = siting.load_scenario(TOWN.with_suffix(".toml")).with_changes(dict(changes))
    today = siting.what_stands(scenario, layers)
    question = siting.what_could_stand(scenario, layers, today)
    choices = siting.choose(scenario, layers, today, question)
    return Study(
        scenario=scenario,
        layers=layers,
        today=today,
        question=question,
        findings=_findings(scenario, today, question, choices),
        plan=siting.conclude(scenario, layers, today, question, choices),
    )


def xy(points: gpd.GeoDataFrame) -> np.ndarray:
    """Return coordinates [m], shape (points, 2)."""
    return np.column_stack([points.geometry.x, points.geometry.y])


def distances(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> np.ndarray:
    """Return all distances [m], shape (one, other)."""
    gap = xy(one)[:, None, :] - xy(other)[None, :, :]
    return np.hypot(gap[..., 0], gap[..., 1])
