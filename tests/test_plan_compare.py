"""Two plans side by side: every headline figure that differs, by name, and nothing else."""

from __future__ import annotations

from town_study import MANY, town

from siting.plan.compare import compare_plans


def differences(first, second) -> dict:
    """Return the rows by the figure they name."""
    return {row["figure"]: row for row in compare_plans(first, second)}


def test_a_plan_does_not_differ_from_itself() -> None:
    assert compare_plans(town().figures, town().figures) == []


def test_a_what_if_differs_in_stations_sites_gains_and_in_its_assumption() -> None:
    rows = differences(town().figures, town(*MANY).figures)
    few, many = (study.figures["phases"][0] for study in (town(), town(*MANY)))

    assert rows["scenario.assumptions.phases.2024.max_stations"]["difference"] == 270
    for key in ("stations", "sites", "objective", "stations_unplaced"):
        row = rows[f"phases.2024.{key}"]
        assert (row["a"], row["b"]) == (few[key], many[key])
        assert row["difference"] == many[key] - few[key]
    assert "levels.indoors.after.2024.covered" in rows
    assert "counties.990101.stations_after" in rows
    assert rows["targets.T-5G-TOTAL.plan"]["difference"] == 500 - 47


def test_a_changed_site_kind_is_a_changed_assumption() -> None:
    first = {"scenario": {"assumptions": {"sites": {"macro": {"cost_new_cny": 400}}}}}
    second = {"scenario": {"assumptions": {"sites": {"macro": {"cost_new_cny": 300}}}}}

    assert compare_plans(first, second) == [
        {"figure": "scenario.assumptions.sites.macro.cost_new_cny", "a": 400, "b": 300,
         "difference": -100.0}
    ]  # fmt: skip


def test_lists_are_paired_by_name_not_by_place() -> None:
    first = {"counties": [{"code": "1", "stations_after": 5}, {"code": "2", "stations_after": 7}]}
    second = {"counties": [{"code": "2", "stations_after": 7}, {"code": "1", "stations_after": 6}]}

    assert [row["figure"] for row in compare_plans(first, second)] == ["counties.1.stations_after"]


def test_lists_of_places_and_sources_are_left_out() -> None:
    first = {
        "edge": {"p": 1, "sites": [{"lon": 1.0}]},
        "inputs": [1],
        "quotas": [],
        "warnings": [1],
    }
    second = {
        "edge": {"p": 1, "sites": [{"lon": 2.0}]},
        "inputs": [2],
        "quotas": [3],
        "warnings": [],
    }

    assert compare_plans(first, second) == []


def test_words_and_truths_have_no_difference_in_numbers() -> None:
    first = {"targets": [{"id": "T", "met": True, "flag": "a"}], "edge": {"gap": 0.1}}
    second = {"targets": [{"id": "T", "met": False, "flag": "b"}], "edge": {"gap": None}}
    rows = differences(first, second)

    assert {name: row["difference"] for name, row in rows.items()} == {
        "targets.T.met": None, "targets.T.flag": None, "edge.gap": None,
    }  # fmt: skip


def test_what_only_one_plan_has_is_named_too() -> None:
    rows = differences({"phases": [{"name": "2024", "stations": 3}]}, {"phases": []})

    assert rows["phases.2024.stations"]["a"] == 3
    assert rows["phases.2024.stations"]["b"] is None


def test_what_was_changed_comes_first_then_phases_and_counties_last() -> None:
    blocks = [row["figure"].partition(".")[0] for row in
              compare_plans(town().figures, town(*MANY).figures)]  # fmt: skip
    assert blocks[0] == "scenario"
    order = [blocks.index(name) for name in ("scenario", "phases", "levels", "counties")]
    assert order == sorted(order)
