"""Check that the figures of a plan agree with its tables and with each other.

The same total must stand on the map, in the tables and in the text; a plan that breaks this is
not written.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from siting.errors import Problem
from siting.exports.geopackage import DEMAND_COLUMNS, EDGE_COLUMNS, SITE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import geopandas as gpd

    from siting.plan.model import Plan

KINDS = ("macro", "micro", "indoor")
REMEDY = "this is a fault of the programme, please report it with the scenario"
PEOPLE_SHARE = 1e-4  # printed people may be rounded
CNY = 1.0
GAP = 1e-4  # of shares and of objectives
RATE = 0.06  # stations per 10,000 may be printed with one decimal


def check_totals(plan: Plan) -> list[Problem]:
    """Return every place where two figures that must agree do not.

    Compared are the phases, quotas and counties with the sites table, the levels and the
    objective with the demand table, the edge figures with the edge table, and the city with the
    sum of its counties.
    """
    problems = list(_columns(plan))
    if problems:
        return problems
    return [
        *_sites(plan),
        *_phases(plan),
        *_quotas(plan),
        *_counties(plan),
        *_levels(plan),
        *_answers(plan),
        *_edge(plan),
    ]


def _differ(
    place: str, printed: float | None, found: float | None, source: str, tolerance: float = 0.0
) -> Iterator[Problem]:
    """Yield a problem when two figures differ by more than `tolerance`."""
    if printed is None or found is None:
        agree = printed is None and found is None
    else:
        agree = abs(printed - found) <= tolerance
    if agree:
        return
    what = f"is {printed}, {source} gives {found}"
    yield Problem(file="plan.json", column=place, what=what, remedy=REMEDY)


def _columns(plan: Plan) -> Iterator[Problem]:
    tables = (
        ("sites", plan.sites, SITE_COLUMNS),
        ("demand", plan.demand, (*DEMAND_COLUMNS, "people", "share_before", "share_after")),
        ("edge_data_centres", plan.edge_data_centres, EDGE_COLUMNS),
    )
    for name, table, promised in tables:
        missing = [column for column in promised if column not in table.columns]
        if missing:
            what = f"the table lacks {', '.join(missing)}"
            yield Problem(file="sites.gpkg", column=name, what=what, remedy=REMEDY)


def _sites(plan: Plan) -> Iterator[Problem]:
    sites = plan.sites
    for site_id in sites.loc[sites["site_id"].duplicated(), "site_id"]:
        yield _about_site(site_id, "stands in the table twice")

    existing = set(sites.loc[sites["status"] == "existing", "site_id"])
    phases = {phase["name"] for phase in plan.figures["phases"]}
    proposed = _proposed(plan)
    with_host = proposed["host_site_id"].isin(existing)
    for site_id in proposed.loc[(proposed["build"] == "co_located") & ~with_host, "site_id"]:
        yield _about_site(site_id, "is co-located without an existing host")
    for site_id in proposed.loc[~proposed["phase"].isin(phases), "site_id"]:
        yield _about_site(site_id, "belongs to no phase")

    before = sites[sites["status"] == "existing"]
    yield from _differ(
        "stations_before", plan.figures["stations_before"], before["stations"].sum(), "sites"
    )
    yield from _differ("sites_before", plan.figures["sites_before"], len(before), "sites")


def _about_site(site_id: str, what: str) -> Problem:
    return Problem(file="sites.gpkg", column=str(site_id), what=what, remedy=REMEDY)


def _proposed(plan: Plan) -> gpd.GeoDataFrame:
    return plan.sites[plan.sites["status"] == "proposed"]


def _phases(plan: Plan) -> Iterator[Problem]:
    for phase in plan.figures["phases"]:
        rows = _proposed(plan)
        rows = rows[rows["phase"] == phase["name"]]
        place = f"phases.{phase['name']}"
        yield from _differ_both(place, phase, rows)
        for kind in KINDS:
            printed = phase["by_kind"].get(kind, {"stations": 0, "sites": 0})
            yield from _differ_both(f"{place}.by_kind.{kind}", printed, rows[rows["kind"] == kind])
        for build in ("co_located", "new"):
            found = rows.loc[rows["build"] == build, "stations"].sum()
            key = f"stations_{build}"
            yield from _differ(f"{place}.{key}", phase[key], found, "the sites table")

        cost = rows["cost_cny"].sum()
        yield from _differ(f"{place}.cost_cny", phase["cost_cny"], cost, "the sites table", CNY)
        quota = phase["stations"] + phase["stations_unplaced"]
        if quota > phase["max_stations"]:
            what = f"placed and unplaced stations, {quota}, exceed {phase['max_stations']}"
            yield Problem(file="plan.json", column=place, what=what, remedy=REMEDY)


def _differ_both(
    place: str, printed: Mapping[str, Any], rows: gpd.GeoDataFrame
) -> Iterator[Problem]:
    """Compare stations and sites, which every figure gives both."""
    stations = rows["stations"].sum()
    yield from _differ(f"{place}.stations", printed["stations"], stations, "the sites table")
    yield from _differ(f"{place}.sites", printed["sites"], len(rows), "the sites table")


def _sum(rows: Iterable[Mapping[str, Any]], key: str) -> int:
    return sum(row[key] for row in rows)


def _quotas(plan: Plan) -> Iterator[Problem]:
    quotas, proposed = plan.figures["quotas"], _proposed(plan)
    for phase in plan.figures["phases"]:
        rows = [quota for quota in quotas if quota["phase"] == phase["name"]]
        unplaced = _sum((row for row in rows if not row["placed"]), "stations")
        place = f"quotas.{phase['name']}"
        printed = phase["stations_unplaced"]
        yield from _differ(f"{place}.unplaced", unplaced, printed, "the phase")

    keys = ["county_code", "phase", "kind"]
    found = proposed.groupby(keys)["stations"].agg(["sum", "size"])
    placed = [quota for quota in quotas if quota["placed"]]
    wanted = {tuple(quota[key] for key in keys) for quota in placed} | set(found.index)
    for group in sorted(wanted):
        rows = [quota for quota in placed if tuple(quota[key] for key in keys) == group]
        stations, sites = found.loc[group] if group in found.index else (0, 0)
        place = f"quotas.{'.'.join(group)}"
        yield from _differ(f"{place}.stations", _sum(rows, "stations"), stations, "the sites table")
        yield from _differ(f"{place}.sites", _sum(rows, "sites"), sites, "the sites table")


def _counties(plan: Plan) -> Iterator[Problem]:
    figures = plan.figures
    counties, phases = figures["counties"], figures["phases"]
    unplaced = _sum(phases, "stations_unplaced")
    after = figures["stations_before"] + _sum(phases, "stations") + unplaced
    city = {
        "stations_before": figures["stations_before"],
        "stations_unplaced": unplaced,
        "stations_after": after,
    }
    for key, total in city.items():
        yield from _differ(f"counties.{key}", _sum(counties, key), total, "the city")

    placed = _proposed(plan).groupby("county_code")["stations"].sum()
    for county in counties:
        place = f"counties.{county['code']}"
        new = placed.get(county["code"], 0) + county["stations_unplaced"]
        total = county["stations_before"] + new
        yield from _differ(f"{place}.stations_after", county["stations_after"], total, "the sum")
        if county["stations_per_10000"] is not None:
            rate = 10_000 * county["stations_after"] / county["population"]
            printed = county["stations_per_10000"]
            yield from _differ(f"{place}.stations_per_10000", printed, rate, "the ratio", RATE)


def _levels(plan: Plan) -> Iterator[Problem]:
    for level in plan.figures["levels"]:
        rows = plan.demand[plan.demand["level"] == level["level"]]
        place, tolerance = f"levels.{level['level']}", PEOPLE_SHARE * level["people"] + 1.0
        pairs = [("people", level["people"], float(rows["people"].sum()))]
        stages = [("before", level["covered_before"])]
        stages += [(step["phase"], step["covered"]) for step in level["after"]]
        for number, (stage, covered) in enumerate(stages):
            column = "share_after" if number and number == len(stages) - 1 else f"share_{stage}"
            if column in rows:
                pairs.append((stage, covered, _served(rows, "people", column)))
        for key, printed, found in pairs:
            source = "the demand table"
            yield from _differ(f"{place}.{key}", printed, found, source, tolerance)

        counts = [covered for _, covered in stages]
        if any(later < earlier for earlier, later in pairwise(counts)):
            what = f"more sites cover less: {counts}"
            yield Problem(file="plan.json", column=place, what=what, remedy=REMEDY)


def _served(rows: gpd.GeoDataFrame, amount: str, share: str) -> float:
    return float((rows[amount] * rows[share]).sum())


def _answers(plan: Plan) -> Iterator[Problem]:
    """Compare the last objective with the exported points, and every gap with its bound."""
    phases = plan.figures["phases"]
    for phase in phases:
        objective, bound = phase["objective"], phase["bound"]
        if bound is None or phase["gap"] is None:
            continue
        place = f"phases.{phase['name']}.gap"
        gap = (bound - objective) / bound if bound else 0.0
        yield from _differ(place, phase["gap"], gap, "the bound", GAP)
        if bound < objective * (1.0 - GAP):
            what = f"the bound {bound} is below the objective {objective}"
            yield Problem(file="plan.json", column=place, what=what, remedy=REMEDY)

    served = _served(plan.demand, "weight", "share_after")
    printed, tolerance = phases[-1]["objective"], GAP * max(served, 1.0)
    place = f"phases.{phases[-1]['name']}.objective"
    yield from _differ(place, printed, served, "the demand table", tolerance)


def _edge(plan: Plan) -> Iterator[Problem]:
    edge, table = plan.figures["edge"], plan.edge_data_centres
    chosen = table[table["role"] == "edge"]
    pairs = (
        ("centres", edge["centres"], len(chosen)),
        ("racks", edge["racks"], chosen["racks"].sum()),
        ("sites", len(edge["sites"]), len(table)),
    )
    for key, printed, found in pairs:
        yield from _differ(f"edge.{key}", printed, found, "the edge table")

    named, known = {site["edge_id"] for site in edge["sites"]}, set(table["edge_id"])
    backups = set(table["backup_id"].dropna()) - {""}
    lost = sorted((named ^ known) | (backups - known))
    for edge_id in lost:
        what = f"{edge_id} is not both in the figures and in the table"
        yield Problem(file="plan.json", column="edge.sites", what=what, remedy=REMEDY)
