"""What a plan prints agrees with its tables, with the covering problem, and with the ledger."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_exports_plan_json import schema_problems
from town_study import MANY, distances, town

import siting
from siting.errors import ConfigurationError
from siting.exports import check_totals
from siting.layers import embedded_directory
from siting.plan.commitments import target_values
from siting.targets import read_targets, target_status


def status_of(target: str, *, before: int, phases: list[int], people: int = 8_782_285) -> dict:
    """Return the entry of the real ledger for a city with that many stations."""
    ledger = read_targets(embedded_directory() / "targets.csv")
    names = ["2024", "2025"]
    figures = {
        "stations_before": before,
        "phases": [{"name": n, "max_stations": s} for n, s in zip(names, phases, strict=True)],
        "counties": [{"population": people}, {"population": None}],
        "edge": {"centres": 100},
    }
    nobody = SimpleNamespace(levels=(), demand=pd.DataFrame({"kind": [], "name": []}, dtype=str))
    entries = target_status(ledger, target_values(figures, nobody))
    return next(entry for entry in entries if entry["id"] == target)


def test_the_figures_fit_the_schema_and_the_tables() -> None:
    plan = town().plan

    assert schema_problems(json.loads(json.dumps(plan.figures))) == []
    assert check_totals(plan) == []


def test_the_objective_of_every_phase_is_what_the_demand_table_serves() -> None:
    demand, figures = town().plan.demand, town().figures

    for number, phase in enumerate(figures["phases"]):
        last = number == len(figures["phases"]) - 1
        share = demand["share_after" if last else f"share_{phase['name']}"]
        assert phase["objective"] == pytest.approx((demand["weight"] * share).sum())
        assert phase["objective"] <= phase["bound"] <= demand["weight"].sum() * (1 + 1e-12)
        assert phase["gap"] == pytest.approx((phase["bound"] - phase["objective"]) / phase["bound"])


def test_people_covered_per_level_are_those_of_the_demand_table_and_never_fewer() -> None:
    demand, figures = town().plan.demand, town().figures

    for level in figures["levels"]:
        rows = demand[demand["level"] == level["level"]]
        served = [(rows["people"] * rows[f"share_{s}"]).sum() for s in ("before", "2024", "after")]
        printed = [level["covered_before"], *(step["covered"] for step in level["after"])]
        assert printed == pytest.approx(served)
        assert printed == sorted(printed)
        assert level["people"] == 60_000


def test_who_is_served_has_a_server_and_who_is_not_has_none() -> None:
    plan = town().plan
    served = plan.demand["share_after"] > 0

    assert (plan.demand.loc[served, "served_by"] != "").all()
    assert (plan.demand.loc[~served, "served_by"] == "").all()
    assert set(plan.demand["served_by"]) - {""} <= set(plan.sites["site_id"])


def test_placed_and_unplaced_stations_are_the_quota_of_each_phase() -> None:
    for study in (town(), town(*MANY)):
        for phase in study.figures["phases"]:
            mine = study.proposed[study.proposed["phase"] == phase["name"]]
            assert phase["stations"] == mine["stations"].sum()
            assert phase["sites"] == len(mine)
            assert phase["stations"] + phase["stations_unplaced"] == phase["max_stations"]
            assert phase["stations_unplaced"] >= 0


def test_every_proposed_site_lies_inside_its_county_and_township() -> None:
    study = town()
    for key, areas in (
        ("county_code", study.layers.counties),
        ("township_code", study.layers.townships),
    ):
        area = areas.set_index("code").geometry
        home = area.loc[study.proposed[key]]
        inside = study.proposed.geometry.distance(home, align=False)
        assert inside.max() == 0.0


def test_no_new_site_stands_within_the_spacing_of_its_kind() -> None:
    study = town()
    for kind, wish in study.scenario.sites.items():
        new = study.proposed[(study.proposed["kind"] == kind) & (study.proposed["build"] == "new")]
        there = study.existing[study.existing["kind"] == kind]
        among = distances(new, new) + np.where(np.eye(len(new)), np.inf, 0.0)
        assert distances(new, there).min(initial=np.inf) >= wish.spacing_m
        for other, theirs in study.scenario.sites.items():
            least = min(wish.spacing_m, theirs.spacing_m)
            them = study.existing[study.existing["kind"] == other]
            assert distances(new, them).min(initial=np.inf) >= least
        assert among.min(initial=np.inf) >= wish.spacing_m * (1 - 1e-6)


def test_co_located_sites_stand_on_hosts_that_exist() -> None:
    study = town(
        ("sites.macro.cost_new_cny", 400_000), ("sites.macro.stations_co_located", 1), *MANY
    )
    added = study.proposed[study.proposed["build"] == "co_located"]
    hosts = study.existing.set_index("site_id").loc[added["host_site_id"]]

    assert len(added) > 0, "the test needs some"
    assert (hosts["kind"] == "macro").all()
    assert np.allclose(hosts.geometry.x, added.geometry.x)
    assert np.allclose(hosts.geometry.y, added.geometry.y)
    assert (study.proposed.loc[study.proposed["build"] == "new", "host_site_id"] == "").all()


def test_stations_without_a_justified_place_stay_a_quota_and_count_for_their_county() -> None:
    study = town(*MANY)
    figures = study.figures
    unplaced = [quota for quota in figures["quotas"] if not quota["placed"]]

    assert sum(quota["stations"] for quota in unplaced) == 500 - study.proposed["stations"].sum()
    assert {quota["sites"] for quota in unplaced} == {0}
    assert {quota["township_code"] for quota in unplaced} == {""}
    for county in figures["counties"]:
        mine = [quota["stations"] for quota in unplaced if quota["county_code"] == county["code"]]
        placed = study.proposed.loc[study.proposed["county_code"] == county["code"], "stations"]
        assert county["stations_unplaced"] == sum(mine)
        assert county["stations_after"] == county["stations_before"] + placed.sum() + sum(mine)
    assert any("found no place" in warning["en"] for warning in figures["warnings"])
    assert schema_problems(json.loads(json.dumps(figures))) == []
    assert check_totals(study.plan) == []


def test_counties_sum_to_the_city_and_quotas_to_the_sites() -> None:
    study = town()
    counties = pd.DataFrame(study.figures["counties"])
    quotas = pd.DataFrame(study.figures["quotas"])
    keys = ["county_code", "township_code", "phase", "kind"]
    there = study.proposed.groupby(keys)["stations"].agg(["sum", "size"])
    told = quotas[quotas["placed"]].groupby(keys)[["stations", "sites"]].sum()

    assert counties["stations_before"].sum() == study.existing["stations"].sum() == 160
    assert counties["stations_after"].sum() == 160 + 30 + 17
    assert there["sum"].to_dict() == told["stations"].to_dict()
    assert there["size"].to_dict() == told["sites"].to_dict()


def test_every_county_that_counts_reaches_the_floor() -> None:
    for county in town().figures["counties"]:
        if county["in_denominator"]:
            assert county["stations_per_10000"] >= 30.0
            per_10000 = county["stations_after"] / county["population"] * 10_000
            assert county["stations_per_10000"] == pytest.approx(per_10000)


def test_the_isle_that_is_drawn_only_has_no_sites_and_no_figures() -> None:
    study = town(*MANY)
    isle = next(row for row in study.figures["counties"] if not row["in_denominator"])

    assert "990103" not in set(study.plan.sites["county_code"])
    assert "990103" not in set(study.plan.demand["county_code"])
    assert isle["stations_after"] == 0
    assert [isle[key] for key in ("population", "stations_per_10000", "covered_share")] == [
        None
    ] * 3


def test_the_stations_per_10000_of_the_ledger_are_over_the_people_of_the_counties() -> None:
    entry = next(t for t in town().figures["targets"] if t["id"] == "T-5G-10K")

    assert sum(row["population"] or 0 for row in town().figures["counties"]) == 60_000
    assert entry["plan"] == pytest.approx(207 / 60_000 * 10_000)


@pytest.mark.parametrize(("second", "met"), [(2801, False), (2802, False), (2803, True)])
def test_32000_is_not_more_than_32000(second: int, met: bool) -> None:  # noqa: FBT001
    entry = status_of("T-5G-TOTAL", before=24_198, phases=[5000, second])

    assert entry["plan"] == 24_198 + 5000 + second
    assert entry["met"] is met


def test_the_packaged_scenario_asks_for_more_than_32000() -> None:
    scenario = siting.load_scenario()
    stations = [phase.max_stations for phase in scenario.phases]

    assert scenario.network.stations + sum(stations) == 32_001
    assert status_of("T-5G-TOTAL", before=scenario.network.stations, phases=stations)["met"] is True


@pytest.mark.parametrize(("people", "met"), [(10_000_000, True), (10_000_001, False)])
def test_thirty_per_10000_is_thirty_or_more(people: int, met: bool) -> None:  # noqa: FBT001
    entry = status_of("T-5G-10K", before=25_000, phases=[5000, 0], people=people)

    assert entry["met"] is met


def test_the_2024_target_is_that_of_the_phase_of_that_name() -> None:
    assert status_of("T-5G-2024", before=0, phases=[4999, 9])["met"] is False
    assert status_of("T-5G-2024", before=0, phases=[5000, 9])["plan"] == 5000


def test_a_site_is_no_firmer_than_its_place_its_demand_and_the_network() -> None:
    assert set(town().proposed["provenance"]) == {"modelled"}
    assert town().proposed["name"].str.endswith("(示意)").all()
    assert not town().proposed["name"].str.contains("(示意)(示意)", regex=False).any()
    assert town().figures["modelled"] == {"demand": 1.0, "network": 1.0, "places": 1.0}
    assert town().figures["modelled_share"] == 1.0


def test_inputs_name_every_layer_with_its_hash() -> None:
    inputs = town().figures["inputs"]
    names = {entry["layer"] for entry in inputs}

    assert {"counties", "townships", "villages", "ports", "parks", "targets"} <= names
    assert all(len(entry["sha256"]) == 64 for entry in inputs)
    assert all(Path(entry["file"]).name == entry["file"] for entry in inputs)


def test_a_registered_site_outside_the_counties_serves_and_is_in_no_count(
    tmp_path: Path, tiny_town: Path
) -> None:
    folder = tmp_path / "layers"
    shutil.copytree(tiny_town, folder)
    head = "site_id,name,kind,stations,carriers,lon,lat,height_m,provenance,source,vintage"
    rows = [
        f"S{n},站{n},macro,4,2600;3500,{118.43 + 0.02 * n:.3f},24.9,25,surveyed,made up,2025"
        for n in range(10)
    ]
    far = "S99,海站,macro,5,2600;3500,118.30,24.9,25,surveyed,made up,2025"
    (folder / "sites.csv").write_text("\n".join([head, *rows, far, ""]), encoding="utf-8")
    scenario = siting.load_scenario(
        Path(__file__).parent / "data" / "tiny_town.toml",
        overrides=["floors.county_stations_per_10000=0"],
    )

    plan = siting.run(scenario, siting.read_layers(folder))

    far_off = plan.sites.set_index("site_id").loc["S99"]
    assert far_off["status"] == "excluded"
    assert plan.figures["stations_before"] == 40
    assert plan.figures["sites_before"] == 10
    assert any("lie outside the counties" in warning["en"] for warning in plan.figures["warnings"])
    assert check_totals(plan) == []


def test_the_ratio_to_the_people_starts_where_the_network_stands() -> None:
    entry = next(e for e in town().figures["targets"] if e["id"] == "T-5G-10K")
    assert entry["baseline"] == pytest.approx(160 / 60_000 * 10_000)


def test_layers_in_another_working_crs_are_refused_before_any_work(tiny_layers) -> None:
    scenario = siting.load_scenario(overrides=["study.crs=EPSG:4549"])
    with pytest.raises(ConfigurationError, match="the layers were read in EPSG:32650"):
        siting.run(scenario, tiny_layers)
