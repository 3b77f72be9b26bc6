"""A rule refuses only on what is known, says what to look into otherwise, and can be switched off."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from siting.candidates import KINDS, candidate_sites
from siting.demand import demand_points
from siting.errors import ConfigurationError
from siting.layers import Layers
from siting.network import existing_network
from siting.rules import Rule, read_rules, screen
from siting.rules.screen import outcome_counts

SPACING_M = {"macro": 200.0, "micro": 50.0, "indoor": 50.0}
MICRO_M = SPACING_M["micro"]
HERE = shapely.Point(650_000.0, 2_755_000.0)
SQUARE = HERE.buffer(100.0, cap_style="square")


def _sites(*kinds: str, build: str = "new", at: shapely.Point = HERE) -> gpd.GeoDataFrame:
    table = {"kind": list(kinds), "build": build, "county_code": "990101"}
    return gpd.GeoDataFrame(table, geometry=[at] * len(kinds), crs="EPSG:32650")


def _nobody() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"kind": []}, geometry=[], crs="EPSG:32650")


def _with_area(
    layers: Layers,
    kind: str,
    provenance: str,
    shape: shapely.Geometry | None = SQUARE,
    radius_m: float = 0.0,
) -> Layers:
    area = {"name": ["某处"], "kind": kind, "provenance": provenance, "radius_m": radius_m}
    protected = gpd.GeoDataFrame(area, geometry=[shape], crs="EPSG:32650")
    return replace(layers, protected=protected)


def _screened(layers: Layers, sites: gpd.GeoDataFrame, **limits: float) -> gpd.GeoDataFrame:
    return screen(sites, layers, _nobody(), rules=read_rules(), spacing_m=limits)


@pytest.mark.parametrize("provenance", ["official", "surveyed"])
@pytest.mark.parametrize(
    ("kind", "rule"), [("heritage", "heritage"), ("reservoir", "drinking_water")]
)
def test_a_hard_rule_refuses_on_official_and_surveyed_areas(
    tiny_layers: Layers, kind: str, rule: str, provenance: str
) -> None:
    found = _screened(_with_area(tiny_layers, kind, provenance), _sites("macro"))
    assert found["status"].tolist() == ["excluded"]
    assert found["rules"][0].startswith(f"{rule}:refused ")
    assert "某处" in found["rules"][0]


@pytest.mark.parametrize("provenance", ["generalised", "approximate", "modelled"])
def test_a_hard_rule_says_check_on_anything_weaker(tiny_layers: Layers, provenance: str) -> None:
    found = _screened(_with_area(tiny_layers, "heritage", provenance), _sites("macro"))
    assert found["status"].tolist() == ["candidate"]
    assert found["rules"][0].startswith("heritage:check 文物保护范围与建设控制地带图")


@pytest.mark.parametrize(
    ("kind", "rule"), [("reserve", "nature_reserve"), ("scenic", "scenic_area")]
)
def test_a_conditional_rule_asks_for_its_procedure_and_refuses_nothing(
    tiny_layers: Layers, kind: str, rule: str
) -> None:
    found = _screened(_with_area(tiny_layers, kind, "official"), _sites("micro"))
    assert found["status"].tolist() == ["candidate"]
    assert found["rules"][0].startswith(f"{rule}:condition ")


def test_the_airport_rule_asks_only_masts(tiny_layers: Layers) -> None:
    airport = _with_area(tiny_layers, "airport", "official")
    found = _screened(airport, _sites("macro", "micro", "indoor"))
    assert [bool(text) for text in found["rules"]] == [True, False, False]


def test_a_carrier_on_a_site_that_stands_meets_no_rule(tiny_layers: Layers) -> None:
    heritage = _with_area(tiny_layers, "heritage", "official")
    found = _screened(heritage, _sites("macro", build="co_located"), macro=200.0)
    assert found[["rules", "status"]].to_numpy().tolist() == [["", "candidate"]]


@pytest.mark.parametrize(("gap_m", "refused"), [(299.0, True), (301.0, False)])
def test_a_rule_reaches_as_far_as_its_buffer(
    tiny_layers: Layers, gap_m: float, *, refused: bool
) -> None:
    site = _sites("macro", at=shapely.Point(HERE.x + 100.0 + gap_m, HERE.y))
    found = _screened(_with_area(tiny_layers, "heritage", "official"), site)
    assert (found["status"][0] == "excluded") == refused


@pytest.mark.parametrize(("gap_m", "asked"), [(790.0, True), (810.0, False)])
def test_around_a_point_the_rule_reaches_farther_by_how_uncertain_it_is(
    tiny_layers: Layers, gap_m: float, *, asked: bool
) -> None:
    site = _sites("macro", at=shapely.Point(HERE.x + gap_m, HERE.y))
    pagoda = _with_area(tiny_layers, "heritage", "approximate", HERE, radius_m=500.0)
    assert bool(_screened(pagoda, site)["rules"][0]) == asked


def test_a_protected_place_that_is_only_a_badge_asks_nothing(tiny_layers: Layers) -> None:
    badge = _with_area(tiny_layers, "heritage", "official", None)
    assert _screened(badge, _sites("macro"))["rules"].tolist() == [""]


def test_a_site_outside_the_counties_that_count_is_refused(tiny_layers: Layers) -> None:
    found = _screened(tiny_layers, _sites("macro").assign(county_code=""))
    assert found["status"].tolist() == ["excluded"]
    assert found["rules"][0].startswith("county:refused")


@pytest.mark.parametrize(
    ("kind", "gap_m", "status"),
    [
        ("macro", 199.0, "excluded"),
        ("macro", 200.0, "candidate"),
        ("micro", MICRO_M - 1.0, "excluded"),
        ("micro", MICRO_M, "candidate"),
    ],
)
def test_a_new_site_keeps_its_spacing_and_from_other_kinds_the_smaller_one(
    tiny_layers: Layers, kind: str, gap_m: float, status: str
) -> None:
    stands = _sites("macro", at=shapely.Point(HERE.x, HERE.y + gap_m))
    bare = replace(tiny_layers, protected=tiny_layers.protected.iloc[:0])
    found = screen(_sites(kind), bare, stands, rules=(), spacing_m=SPACING_M)
    assert found["status"].tolist() == [status]


def test_several_rules_speak_in_one_text_and_are_counted(tiny_layers: Layers) -> None:
    heritage = _with_area(tiny_layers, "heritage", "official").protected
    scenic = _with_area(tiny_layers, "scenic", "approximate").protected
    both = gpd.GeoDataFrame(np.concatenate([heritage, scenic]), columns=heritage.columns)
    both = both.set_geometry("geometry", crs="EPSG:32650")
    found = _screened(replace(tiny_layers, protected=both), _sites("macro", "indoor"), macro=200.0)
    assert [part.split(" ")[0] for part in found["rules"][0].split("; ")] == [
        "spacing:pass",
        "heritage:refused",
        "scenic_area:check",
    ]
    counts = {"heritage:refused": 2, "scenic_area:check": 2, "spacing:pass": 1}
    assert outcome_counts(found) == counts


def test_no_sites_meet_no_rules(tiny_layers: Layers) -> None:
    found = _screened(tiny_layers, _sites(), macro=200.0)
    assert found.empty
    assert outcome_counts(found) == {}


def test_screening_changes_no_site_and_leaves_the_candidates_alone(tiny_layers: Layers) -> None:
    sites = _sites("macro", "micro")
    found = _screened(tiny_layers, sites)
    assert list(sites.columns) == ["kind", "build", "county_code", "geometry"]
    assert found[sites.columns].equals(sites)


def test_what_passes_in_the_town_keeps_its_distance_from_what_stands(tiny_layers: Layers) -> None:
    demand = demand_points(tiny_layers)
    network = existing_network(tiny_layers, demand, stations=160)
    offered = candidate_sites(tiny_layers, demand, network, demand["weight"].to_numpy(float))
    found = screen(offered, tiny_layers, network, rules=read_rules(), spacing_m=SPACING_M)
    assert set(found["status"]) == {"candidate", "excluded"}
    for kind in KINDS:
        new = found[(found["kind"] == kind) & (found["build"] == "new")]
        at = np.column_stack([new.geometry.x, new.geometry.y])
        clear = np.ones(len(new), dtype=bool)
        for other, stands in network.groupby("kind"):
            tree = cKDTree(np.column_stack([stands.geometry.x, stands.geometry.y]))
            clear &= tree.query(at)[0] >= min(SPACING_M[kind], SPACING_M[other])
        assert (clear == (new["status"] == "candidate")).all()


def test_the_packaged_rules_are_well_formed() -> None:
    rules = read_rules()
    ids = [rule.id for rule in rules]
    assert ids == ["heritage", "nature_reserve", "drinking_water", "scenic_area", "airport_height"]
    for rule in rules:
        assert isinstance(rule, Rule)
        assert rule.severity in {"hard", "conditional", "advisory"}
        assert rule.buffer_m >= 0
        assert rule.standard
        assert rule.clause
        assert rule.document_zh
        assert rule.document_en
        assert not rule.verified, "no figure has been read in the printed standard yet"


def test_a_rule_that_is_off_is_not_asked(tiny_layers: Layers) -> None:
    rules = read_rules(off=["heritage"])
    assert "heritage" not in [rule.id for rule in rules]
    area = _with_area(tiny_layers, "heritage", "official")
    found = screen(_sites("macro"), area, _nobody(), rules=rules, spacing_m={})
    assert found["rules"].tolist() == [""]


def test_unknown_rules_are_all_named_with_those_that_exist() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read_rules(off=["temples", "heritage", "rivers"])
    assert [problem.what for problem in refusal.value.problems] == [
        "there is no rule 'temples'",
        "there is no rule 'rivers'",
    ]
    assert all("drinking_water" in problem.remedy for problem in refusal.value.problems)
