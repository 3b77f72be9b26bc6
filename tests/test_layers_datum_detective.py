"""The detective: right where the evidence carries it, else a question; single rows told apart."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from siting.errors import ConfigurationError, DataError
from siting.layers.datum.detective import Claims, investigate
from siting.layers.datum.formulas import wgs84_to_bd09, wgs84_to_gcj02
from siting.layers.datum.surroundings import Surroundings, surroundings_of
from siting.layers.read import embedded_directory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import _detective_study as study
from _registers import made_up_town, register


@pytest.fixture(scope="module")
def town():
    """Return a made-up road network in the embedded outline, and stations beside its roads."""
    return made_up_town(surroundings_of(embedded_directory()), stations=6000, seed=11)


@pytest.fixture(scope="module")
def bare(town):
    """Return the same city without its roads."""
    return replace(town.surroundings, roads=None)


def off_m(verdict, made):
    east = (verdict.lon - made.lon) * 111_320.0 * np.cos(np.radians(made.lat))
    return np.hypot(east, (verdict.lat - made.lat) * 110_800.0)


def claims(x, y, **words):
    return Claims(file="a.csv", rows=np.arange(2, len(x) + 2), x=x, y=y, **words)


# ------------------------------------------------------------------ the whole file
@pytest.mark.parametrize("truth", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("turned", [False, True])
def test_roads_tell_the_datum(town, truth, turned):
    made = register(town, truth=truth, count=300, turned=turned, seed=1)
    verdict = investigate(made.claims, town.surroundings)
    assert verdict.question is None, verdict.question
    assert off_m(verdict, made).max() < 0.2  # the file has six decimals
    assert verdict.likelihoods[0][1] > 0.998
    assert any(line.startswith("roads (") for line in verdict.evidence)


@pytest.mark.parametrize("truth", ["wgs84", "gcj02"])
def test_deep_inside_an_outline_without_roads_the_datum_is_asked_for(bare, truth):
    middle = np.random.default_rng(2).uniform((118.05, 25.05), (118.09, 25.09), (400, 2)).T
    x, y = middle if truth == "wgs84" else wgs84_to_gcj02(*middle)
    verdict = investigate(claims(x, y), bare)
    assert "--datum" in str(verdict.question)
    shares = dict(verdict.likelihoods)
    assert abs(shares["WGS 84 (or CGCS2000)"] - shares["GCJ-02"]) < 0.05  # it claims nothing
    assert np.isnan(verdict.lon).all()
    assert (verdict.hypothesis == "").all()


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_an_order_is_always_obeyed(bare, datum):
    x = np.random.default_rng(3).uniform(118.05, 118.09, 50)
    verdict = investigate(claims(x, np.full(50, 25.06)), bare, datum=datum)
    assert verdict.question is None
    assert (verdict.hypothesis == datum).all()
    assert np.isfinite(verdict.lon).all()


def test_an_order_against_the_evidence_is_obeyed_and_said(town):
    made = register(town, truth="gcj02", count=300, seed=4)
    verdict = investigate(made.claims, town.surroundings, datum="wgs84")
    assert verdict.question is None
    assert np.array_equal(verdict.lon, made.claims.x)
    assert any("ordered and obeyed; the evidence is for GCJ-02" in one for one in verdict.evidence)


def test_bd09_is_told_from_outlines_alone(town, bare):
    made = register(town, truth="bd09", count=2000, seed=5)
    verdict = investigate(made.claims, bare)
    assert verdict.question is None, verdict.question
    assert verdict.datum == "BD-09"
    assert off_m(verdict, made).max() < 0.2


def test_a_declared_4326_is_no_proof(town):
    made = register(town, truth="gcj02", count=300, seed=6)
    verdict = investigate(made.claims, town.surroundings, declared="EPSG:4326")
    assert "the file says WGS 84 and the evidence speaks against it" in str(verdict.question)
    verdict = investigate(made.claims, town.surroundings, declared="EPSG:4326", datum="gcj02")
    assert off_m(verdict, made).max() < 0.2


def test_a_declared_cgcs2000_keeps_its_name(town):
    made = register(town, truth="cgcs2000", count=300, seed=7)
    verdict = investigate(made.claims, town.surroundings, declared="EPSG:4490")
    assert (verdict.datum, verdict.crs) == ("CGCS2000", "EPSG:4490")


def test_beijing_1954_is_refused_whoever_declares_it(bare):
    with pytest.raises(DataError, match="seven parameters"):
        investigate(claims(np.ones(1), np.ones(1)), bare, declared="EPSG:4214")
    with pytest.raises(ConfigurationError, match="seven parameters"):
        investigate(claims(np.ones(1), np.ones(1)), bare, crs="EPSG:2437")
    with pytest.raises(ConfigurationError, match="write auto, wgs84"):
        investigate(claims(np.ones(1), np.ones(1)), bare, datum="beijing54")


def test_an_order_replaces_what_cannot_be_understood(bare):
    x, y = np.full(9, 118.07), np.full(9, 25.06)
    with pytest.raises(DataError, match="not known"):
        investigate(claims(x, y), bare, declared="somewhere")
    verdict = investigate(claims(x, y), bare, declared="somewhere", datum="gcj02")
    assert set(verdict.hypothesis) == {"gcj02"}
    with pytest.raises(DataError, match="seven parameters"):
        investigate(claims(x, y), bare, declared="EPSG:4214", datum="gcj02")


def test_buildings_speak_where_there_are_no_roads(town, bare):
    x, y = bare.project(town.lon[::2], town.lat[::2])
    walls = shapely.box(x + 10.0, y + 10.0, x + 25.0, y + 30.0)
    made = register(town, truth="gcj02", count=1500, group=True, seed=20)
    built = replace(bare, counties=None, buildings=np.asarray(walls, dtype=object))
    verdict = investigate(made.claims, built)
    assert verdict.question is None, verdict.question
    assert verdict.datum == "GCJ-02"


def test_a_file_that_lies_95_m_beside_its_roads_is_asked_about(town):
    made = register(town, truth="wgs84", count=1500, seed=8)
    beside = replace(
        made.claims, x=made.claims.x + 67.0 / 100_900.0, y=made.claims.y + 67 / 110_800
    )
    said = str(investigate(beside, town.surroundings).question)
    assert "m NE of where the roads expect them" in said
    metres = float(said.split("lie about ")[1].split(maxsplit=1)[0])
    assert 70.0 <= metres <= 130.0


def test_outside_china_all_datums_are_one():
    x, y = np.random.default_rng(0).uniform((2.2, 48.8), (2.4, 48.9), (20, 2)).T
    verdict = investigate(claims(x, y), Surroundings())
    assert verdict.question is None
    assert np.array_equal(verdict.lon, x)
    assert verdict.datum == "WGS 84"


def test_without_any_surroundings_a_chinese_file_is_asked_about():
    verdict = investigate(claims(np.full(9, 113.1), np.full(9, 30.2)), Surroundings())
    assert "--datum" in str(verdict.question)


# ------------------------------------------------------------------ single rows
def test_swapped_rows_are_put_right_and_said(town):
    made = register(town, truth="gcj02", count=200, mixing="swapped", share=0.1, seed=9)
    verdict = investigate(made.claims, town.surroundings)
    assert off_m(verdict, made).max() < 0.2
    turned = made.claims.x < 90.0
    assert turned.sum() == 20
    assert (verdict.notes[turned] != "").all()
    assert (verdict.notes[~turned] == "").all()
    assert set(verdict.hypothesis) == {"gcj02", "gcj02 swapped"}
    assert set(verdict.meanings) == set(verdict.hypothesis)


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        (0.0, 0.0, "a coordinate of zero"),
        (118.6, 0.0, "a coordinate of zero"),
        (118.6, 118.6, "the same number twice"),
        (18.612345, 24.912345, "lacks a digit: longitude 18.612345"),
        (118.612345, 2.4912345, "decimal point in the wrong place: latitude"),
        (1186.12345, 24.912345, "decimal point in the wrong place: longitude"),
        (116.4, 39.9, "lies about 1"),
        (np.nan, 24.9, "no coordinates that can be read"),
        (650_000.0, 2_760_000.0, "beyond any degrees"),
        (118.61, 24.91, "written to 2 decimals where the file has 6"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_with_its_reason(town, x, y, reason):
    made = register(town, truth="wgs84", count=120, seed=10)
    made.claims.x[7], made.claims.y[7] = x, y
    made.claims.decimals[7] = 2 if x == 118.61 else 6
    verdict = investigate(made.claims, town.surroundings)
    assert verdict.question is None
    assert reason in verdict.reasons[7]
    assert np.isnan(verdict.lon[7])
    others = np.arange(120) != 7
    assert (verdict.reasons[others] == "").all()


def test_a_row_of_degrees_in_a_file_of_metres_is_rejected(town):
    made = register(town, truth="EPSG:4549", count=60, seed=12)
    made.claims.x[3], made.claims.y[3] = 118.6, 24.9
    verdict = investigate(made.claims, town.surroundings, datum="cgcs2000")
    assert "is in degrees" in verdict.reasons[3]


def test_a_row_of_the_neighbouring_zone_is_put_right_and_said(town):
    made = register(town, truth="EPSG:4549", count=60, seed=13)
    other = register(town, truth="EPSG:4548", count=60, seed=13)
    made.claims.x[:5], made.claims.y[:5] = other.claims.x[:5], other.claims.y[:5]
    verdict = investigate(made.claims, town.surroundings, datum="cgcs2000")
    assert off_m(verdict, made).max() < 0.1
    assert "EPSG:4548" in verdict.notes[0]


def test_rows_with_the_northing_first_are_turned_wherever_they_lie(town):
    made = register(
        town, truth="EPSG:4549", count=400, mixing="swapped", share=0.3, datum="cgcs2000", seed=22
    )
    verdict = investigate(made.claims, town.surroundings, datum="cgcs2000")
    assert (verdict.reasons == "").all()
    assert off_m(verdict, made).max() < 0.1
    assert (verdict.notes != "").sum() == 120


def test_a_number_that_lost_a_digit_is_not_taken_for_a_neighbouring_zone(town):
    made = register(town, truth="EPSG:32650", count=200, seed=21)
    made.claims.x[:] = np.where(np.arange(200) < 20, made.claims.x % 100_000.0, made.claims.x)
    verdict = investigate(made.claims, town.surroundings, datum="wgs84")
    assert (verdict.reasons[:20] != "").all()
    assert (verdict.notes == "").all()
    assert np.nanmax(off_m(verdict, made)) < 0.1


def test_a_file_of_another_city_is_rejected_row_by_row(bare):
    verdict = investigate(claims(np.full(30, 116.4), np.full(30, 39.9)), bare)
    assert verdict.question is None
    assert all("km from the middle of the city" in reason for reason in verdict.reasons)


def test_trailing_zeros_that_were_dropped_are_no_fault(town):
    made = register(town, truth="wgs84", count=3000, seed=14)
    ends = np.array([min(len(f"{v:.6f}".rstrip("0").split(".")[1]) for v in pair)
                     for pair in zip(made.claims.x, made.claims.y, strict=True)])  # fmt: skip
    assert (ends < 6).mean() > 0.15
    verdict = investigate(replace(made.claims, decimals=ends), town.surroundings)
    assert (verdict.reasons == "").all()


# ------------------------------------------------------------------ mixed files
def test_batches_with_a_column_have_each_their_datum(town):
    made = register(
        town, truth="wgs84", count=1000, mixing="datum", share=0.3, mixed_with="gcj02",
        group=True, seed=15,
    )  # fmt: skip
    verdict = investigate(made.claims, town.surroundings)
    assert verdict.question is None, verdict.question
    assert off_m(verdict, made).max() < 0.2
    assert verdict.datum == "WGS 84 + GCJ-02"


@pytest.mark.parametrize("shuffled", [False, True])
def test_two_datums_without_a_column_are_asked_about(town, shuffled):
    made = register(
        town, truth="gcj02", count=3000, mixing="datum", share=0.3, mixed_with="wgs84", seed=16
    )
    order = np.random.default_rng(0).permutation(3000) if shuffled else np.arange(3000)
    mixed = replace(made.claims, x=made.claims.x[order], y=made.claims.y[order], decimals=None)
    said = str(investigate(mixed, town.surroundings).question)
    assert "look like WGS 84" in said
    assert "split the file" in said


# ------------------------------------------------------------------ what evidence is worth
def test_duplicates_do_not_count_twice(town):
    made = register(town, truth="wgs84", count=40, seed=17)
    twenty = np.tile(np.arange(40), 20)
    many = claims(made.claims.x[twenty], made.claims.y[twenty])
    once = investigate(replace(made.claims, decimals=None), town.surroundings)
    twentyfold = investigate(many, town.surroundings)
    assert dict(twentyfold.likelihoods) == pytest.approx(dict(once.likelihoods), rel=1e-6)


def test_gazetteer_points_alone_never_tell_gcj02_from_wgs84(bare):
    towns = bare.townships
    back = bare._transformer
    lon, lat = back.transform(towns["x"].to_numpy(), towns["y"].to_numpy(), direction="INVERSE")
    named = claims(*wgs84_to_gcj02(lon, lat), township=towns["name"].to_numpy(object))
    alone = replace(bare, counties=None)
    verdict = investigate(named, alone)
    assert verdict.question is not None
    assert dict(verdict.likelihoods)["GCJ-02"] == max(dict(verdict.likelihoods).values())


def test_the_same_seed_gives_the_same_verdict(town):
    made = register(town, truth="bd09", count=2000, seed=18)
    one, other = (investigate(made.claims, town.surroundings, seed=3) for _ in range(2))
    assert np.array_equal(one.lon, other.lon)
    assert one.likelihoods == other.likelihoods
    assert one.evidence == other.evidence


@pytest.mark.parametrize("seed", range(4))
def test_what_could_hide_in_a_file_is_told_where_nothing_is_asked(town, seed):
    made = register(
        town, truth="wgs84", count=100, mixing="scattered", share=0.1, mixed_with="gcj02", seed=seed
    )
    verdict = investigate(made.claims, town.surroundings)
    told = [line for line in verdict.evidence if line.startswith("read as one datum: another one")]
    shares = [int(re.search(r"about (\d+)%", line)[1]) for line in told]
    assert verdict.question is not None or shares[0] >= 10


def test_nothing_could_hide_in_a_large_file_of_one_datum(town):
    made = register(town, truth="wgs84", count=5000, seed=4)
    verdict = investigate(made.claims, town.surroundings)
    assert verdict.question is None
    assert not any(line.startswith("read as one datum") for line in verdict.evidence)


def test_the_claims_are_left_as_they_were(town):
    made = register(town, truth="gcj02", count=100, mixing="swapped", share=0.2, seed=19)
    before = made.claims.x.copy()
    investigate(made.claims, town.surroundings)
    assert np.array_equal(made.claims.x, before)


def test_an_empty_file_has_an_empty_verdict(bare):
    verdict = investigate(claims(np.empty(0), np.empty(0)), bare)
    assert verdict.question is None
    assert len(verdict.lon) == 0


# ------------------------------------------------------------------ size, and the study in small
def test_a_million_rows_are_all_told(town):
    rng = np.random.default_rng(0)
    pick = rng.integers(0, len(town.lon), 1_000_000)
    x, y = wgs84_to_bd09(town.lon[pick], town.lat[pick])
    verdict = investigate(claims(x, y), replace(town.surroundings, roads=None))
    assert len(verdict.lon) == 1_000_000


def test_the_study_in_small_has_no_wrong_register():
    small = study.run(registers=60, seed=5, stations=8000)
    assert small.share("wrong") == 0.0
    assert small.plain_right(least=50) >= 0.9
    assert small.share("right") > 0.3
