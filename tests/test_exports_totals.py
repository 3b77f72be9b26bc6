"""A figure that disagrees with another one is found and named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from plan_fixture import figures, small_plan

from siting.exports import check_totals
from siting.plan.model import Plan


def found(plan: Plan) -> list[str]:
    """Return the places of the problems."""
    return [problem.column for problem in check_totals(plan)]


def with_figure(path: tuple[Any, ...], value: Any) -> Plan:
    """Return the small plan with one figure changed."""
    content = figures()
    inside: Any = content
    for key in path[:-1]:
        inside = inside[key]
    assert inside[path[-1]] != value
    inside[path[-1]] = value
    return replace(small_plan(), figures=content)


def with_site(site_id: str, changes: dict[str, Any]) -> Plan:
    """Return the small plan with one row of the sites table changed."""
    plan = small_plan()
    sites = plan.sites.copy()
    for column, value in changes.items():
        sites.loc[sites["site_id"] == site_id, column] = value
    return replace(plan, sites=sites)


def test_the_small_plan_agrees_with_itself() -> None:
    assert check_totals(small_plan()) == []


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("stations_before",), 13, "stations_before"),
        (("sites_before",), 9, "sites_before"),
        (("phases", 0, "stations"), 8, "phases.2024.stations"),
        (("phases", 1, "sites"), 5, "phases.2025.sites"),
        (("phases", 0, "by_kind", "micro", "stations"), 3, "phases.2024.by_kind.micro.stations"),
        (("phases", 0, "stations_co_located"), 2, "phases.2024.stations_co_located"),
        (("phases", 0, "cost_cny"), 870_010, "phases.2024.cost_cny"),
        (("phases", 0, "stations_unplaced"), 2, "phases.2024"),
        (("quotas", 0, "stations"), 3, "quotas.350502.2024.macro.stations"),
        (("quotas", 1, "sites"), 2, "quotas.350502.2024.micro.sites"),
        (("quotas", 9, "stations"), 2, "quotas.2024.unplaced"),
        (("counties", 0, "stations_before"), 7, "counties.stations_before"),
        (("counties", 0, "stations_after"), 14, "counties.350502.stations_after"),
        (("counties", 1, "stations_per_10000"), 27.0, "counties.350503.stations_per_10000"),
        (("levels", 0, "people"), 350.0, "levels.outdoors.people"),
        (("levels", 1, "covered_before"), 190.0, "levels.indoors.before"),
        (("levels", 2, "after", 1, "covered"), 260.0, "levels.busy_hour.2025"),
        (("levels", 0, "after", 0, "covered"), 299.0, "levels.outdoors"),
        (("phases", 1, "objective"), 890.0, "phases.2025.objective"),
        (("phases", 0, "gap"), 0.02, "phases.2024.gap"),
        (("phases", 0, "bound"), 779.0, "phases.2024.gap"),
        (("edge", "centres"), 3, "edge.centres"),
        (("edge", "racks"), 60, "edge.racks"),
        (("edge", "sites", 0, "edge_id"), "X009", "edge.sites"),
    ],
)
def test_a_figure_that_disagrees_is_named(path: tuple[Any, ...], value: Any, place: str) -> None:
    assert place in found(with_figure(path, value))


@pytest.mark.parametrize(
    ("site_id", "changes", "place"),
    [
        ("P02", {"stations": 2}, "phases.2024.stations"),
        ("P02", {"phase": "2025"}, "phases.2025.sites"),
        ("P02", {"phase": "2026"}, "P02"),
        ("P01", {"host_site_id": ""}, "P01"),
        ("P01", {"host_site_id": "P02"}, "P01"),
        ("P03", {"county_code": "350502"}, "counties.350502.stations_after"),
        ("P03", {"kind": "indoor"}, "phases.2024.by_kind.indoor.sites"),
        ("P03", {"build": "co_located"}, "P03"),
        ("P03", {"site_id": "P02"}, "P02"),
        ("E01", {"stations": 3}, "stations_before"),
    ],
)
def test_a_site_that_disagrees_is_named(site_id: str, changes: dict[str, Any], place: str) -> None:
    assert place in found(with_site(site_id, changes))


def test_a_phase_in_between_is_compared_when_the_table_has_it() -> None:
    plan = small_plan()
    demand = plan.demand.assign(share_2024=plan.demand["share_before"])

    assert "levels.indoors.2024" in found(replace(plan, demand=demand))


def test_a_missing_quota_row_is_named() -> None:
    content = figures()
    del content["quotas"][0]

    assert "quotas.350502.2024.macro.sites" in found(replace(small_plan(), figures=content))


def test_missing_columns_are_named_at_once() -> None:
    plan = small_plan()
    plan = replace(
        plan,
        sites=plan.sites.drop(columns=["rules", "build"]),
        demand=plan.demand.drop(columns="served_by"),
    )

    assert [problem.what for problem in check_totals(plan)] == [
        "the table lacks build, rules",
        "the table lacks served_by",
    ]


def test_rounded_people_and_rates_are_no_problem() -> None:
    content = figures()
    content["levels"][0]["covered_before"] = 300.4
    content["counties"][0]["stations_per_10000"] = 32.54

    assert check_totals(replace(small_plan(), figures=content)) == []
