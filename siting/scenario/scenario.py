"""A scenario: every assumption of a study in one frozen value; a what-if is a changed copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from siting.errors import ConfigurationError, Problem
from siting.scenario.build import Builder
from siting.scenario.consistency import check_consistency
from siting.scenario.draft import Draft
from siting.scenario.overrides import with_overrides
from siting.scenario.quantity import Quantity
from siting.scenario.tables import (
    SITE_KINDS,
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

if TYPE_CHECKING:
    from collections.abc import Sequence


AUTO = "auto"
"""The working CRS that is chosen when the layers are read."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Every assumption a planner may change, in the order of the scenario file."""

    study: Study
    demand: Demand
    network: Network
    service: Mapping[str, Service]
    radio: Mapping[str, RadioParameters]
    sites: Annotated[Mapping[str, SiteKind], Quantity(keys=SITE_KINDS)]
    phases: tuple[Phase, ...]
    floors: Floors
    edge: Edge
    rules: Rules
    optimise: Optimise

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the layers it cannot do without: the sites, where no network is modelled."""
        return () if self.network.stations else ("sites",)

    def in_crs(self, crs: str) -> Scenario:
        """Return the scenario in the CRS that its layers were read in, which `auto` becomes.

        Raises
        ------
        ConfigurationError
            The scenario names another one.

        """
        if self.study.crs == crs:
            return self
        if self.study.crs == AUTO:
            return replace(self, study=replace(self.study, crs=crs))
        what = f"is {self.study.crs}, and the layers were read in {crs}"
        remedy = "read them with read_layers(directory, crs=scenario.study.crs)"
        raise ConfigurationError(Problem(column="study.crs", what=what, remedy=remedy))

    def as_dict(self) -> dict[str, Any]:
        """Return the assumptions as plain JSON types in the order of the file; no empty keys."""
        tables: dict[str, Any] = _plain(self)
        return tables

    def with_changes(self, changes: Mapping[str, Any] | Sequence[str]) -> Scenario:
        """Return a copy in which single keys differ, checked like a file.

        Keys are dotted (`phases.0.max_stations` or `phases.2024.max_stations`); values are
        numbers, texts and lists, or texts as TOML writes them.
        """
        return checked(Draft(tables=self.as_dict()), changes)


def scenario_of(assumptions: Mapping[str, Any]) -> Scenario:
    """Return the scenario of assumptions as `Scenario.as_dict` and plan.json tell them, checked."""
    return checked(Draft(tables=dict(assumptions)))


def checked(draft: Draft, overrides: Mapping[str, Any] | Sequence[str] = ()) -> Scenario:
    """Return the scenario of a draft, or raise `ConfigurationError` with all its problems."""
    changed, problems = with_overrides(draft, overrides)
    builder = Builder(draft=changed, problems=problems)
    scenario = builder.table(Scenario, changed.tables, ())
    check_consistency(builder)
    if builder.problems:
        raise ConfigurationError(sorted(builder.problems, key=_reading_order))
    result: Scenario = scenario
    return result


def _reading_order(problem: Problem) -> tuple[bool, str, int]:
    """Return the key that sorts problems by file and row, those of overrides last."""
    return (problem.file.startswith("--set"), problem.file, problem.row or 0)


def _plain(value: Any) -> Any:
    """Return frozen tables as dicts and lists, leaving out keys without a value."""
    if is_dataclass(value):
        named = ((item.name, getattr(value, item.name)) for item in fields(value))
        return {name: _plain(item) for name, item in named if item is not None}
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
