"""The sentences of a plan, in both languages."""

from __future__ import annotations

import re

import pytest
from town_study import MANY, town

from siting.plan.words import level_words, site_reason, threshold_words, warnings

NOTHING = {"demand": 0.0, "network": 0.0, "places": 0.0}
CHINESE = re.compile(r"[一-鿿]")


def said(**changes) -> list[dict[str, str]]:
    """Return the warnings of a plan of surveyed layers, with single findings changed."""
    findings = {
        "modelled": NOTHING, "terrain": True, "floor_per_10000": 0.0, "unplaced": {"2024": 0},
        "floors_short": (),
    } | changes  # fmt: skip
    return warnings(**findings)


def test_a_reason_tells_people_by_level_and_names_the_places() -> None:
    zh, en = site_reason("macro", "new", "", {"indoors": 792.0, "busy_hour": 528.4}, ["东港"])

    assert zh == "新建宏站: 室内新增 792 人、忙时新增 528 人; 补足 东港"
    assert (
        en
        == "new macro site: 792 more people indoors, 528 more people in the busy hour; serves 东港"
    )


def test_a_co_located_site_names_its_host() -> None:
    zh, en = site_reason("macro", "co_located", "E000001", {"indoors": 1200.0}, [])

    assert zh == "利用现有站址 E000001 增设宏站: 室内新增 1,200 人"
    assert en == "added on existing site E000001, macro site: 1,200 more people indoors"


def test_many_places_are_counted_after_the_first_three() -> None:
    zh, en = site_reason("micro", "new", "", {}, ["甲", "乙", "丙", "丁", "戊"])

    assert zh == "新建微站: 补足 甲、乙、丙 等 5 处"
    assert en == "new micro site: serves 甲, 乙, 丙 and 2 more"


def test_a_gain_of_less_than_one_person_says_so() -> None:
    zh, en = site_reason("indoor", "new", "", {"busy_hour": 0.2}, [])

    assert zh.endswith("新增不足 1 人")
    assert en.endswith("less than one more person")


@pytest.mark.parametrize("changes", [(), MANY])
def test_every_proposed_site_has_a_reason_that_its_gains_bear_out(changes: tuple) -> None:
    proposed = town(*changes).proposed
    for row in proposed.itertuples():
        told = re.search(r"室内新增 ([\d,]+) 人", row.reason_zh)
        assert int(told[1].replace(",", "")) == round(row.gain_indoors) if told else True
        assert ("室内新增" in row.reason_zh) is (row.gain_indoors >= 0.5)
        assert ("补足" in row.reason_zh) or row.marginal_people > 0


def test_a_level_without_a_name_of_ours_keeps_its_own() -> None:
    assert level_words("busy_hour") == ("忙时", "busy hour")
    assert level_words("drones") == ("drones", "drones")


def test_a_threshold_tells_level_probability_entry_loss_and_carriers() -> None:
    zh, en = threshold_words(
        indoor=True, rsrp_min_dbm=-105.0, low_band_dbm=-110.0, probability=0.9, carriers=True
    )

    assert all(
        part in en for part in ("-105 dBm", "below 1 GHz -110", "90%", "entry loss", "carriers")
    )
    assert all(part in zh for part in ("-105 dBm", "1 GHz 以下 -110", "90%", "穿透损耗", "载波"))


def test_surveyed_layers_and_no_floor_leave_only_the_word_on_terrain() -> None:
    assert [warning["en"] for warning in said()] == [
        "terrain decides what is served; the picture of coverage is drawn without it"
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"modelled": NOTHING | {"network": 0.4}}, "40% of the existing stations are modelled"),
        ({"modelled": NOTHING | {"demand": 0.5}}, "50% of the demand is placed by a model"),
        ({"terrain": False}, "no terrain"),
        ({"floor_per_10000": 30.0}, "our reading of a city ratio"),
        ({"unplaced": {"2024": 1234}}, "2024: 1,234 stations found no place"),
        ({"floors_short": (("甲县", "Jia County"),)}, "Jia County: too few places"),
    ],
)
def test_each_reservation_is_said_in_both_languages(changes: dict, words: str) -> None:
    warning = next(warning for warning in said(**changes) if words in warning["en"])

    assert CHINESE.search(warning["zh"])
    assert len(said(**changes)) == (1 if "terrain" in changes else 2)


def test_no_sentence_of_the_plan_takes_a_phase_for_a_year() -> None:
    assert not any("2024 年" in warning["zh"] for warning in town(*MANY).figures["warnings"])


def test_half_a_person_is_rounded_as_on_the_page() -> None:
    zh, en = site_reason("micro", "new", "", {"indoors": 40.5}, [])
    assert zh == "新建微站: 室内新增 41 人"
    assert "41 more people" in en
