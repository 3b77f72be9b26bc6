"""Places that may stand twice are listed with what speaks for it, and nobody is compared in vain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.errors import ConfigurationError
from siting.layers.geometry.duplicates import duplicate_places
from siting.layers.geometry.names import likeness, plain_name


def pairs(*places, **options):
    names, x, y = zip(*places, strict=True)
    ids = np.array([f"S{k}" for k in range(len(names))], dtype=object)
    coordinates = np.array(x, dtype=float), np.array(y, dtype=float)
    found = duplicate_places(ids, np.array(names, dtype=object), *coordinates, **options)
    return [tuple(row) for row in found[["id_1", "id_2", "why"]].to_numpy()]


def test_places_within_the_distance_are_a_pair_whatever_their_names():
    near, far = ("万达广场", 0, 0), ("港务大厦", 30, 40)
    assert pairs(near, far) == [("S0", "S1", "50 m apart, names differ")]
    assert pairs(near, far, distance_m=49.0) == []


def test_places_of_one_name_are_a_pair_farther_apart():
    assert pairs(("泉州市丰泽区万达广场基站", 0, 0), ("泉州丰泽万达广场", 300, 0)) == [
        ("S0", "S1", "300 m apart, the same name")
    ]
    assert pairs(("万达广场东门", 0, 0), ("万达广场东侧门", 300, 0)) == [
        ("S0", "S1", "300 m apart, names alike (0.86)")
    ]
    assert pairs(("万达广场", 0, 0), ("万达广场", 501, 0)) == []


def test_two_buildings_of_one_estate_are_two_places():
    assert pairs(("万达广场1号楼", 0, 0), ("万达广场2号楼", 120, 0)) == []
    assert pairs(("万达广场1号楼", 0, 0), ("万达广场2号楼", 20, 0)) == [
        ("S0", "S1", "20 m apart, the numbers in the names differ")
    ]


def test_many_at_one_position_are_listed_with_the_first_only():
    crowd = [("", 5, 5)] * 4
    assert pairs(*crowd) == [
        ("S0", f"S{k}", "the same position, one has no name") for k in (1, 2, 3)
    ]


def test_one_name_is_found_past_a_crowd_of_nearer_places():
    crowd = [(f"甲{chr(0x4E00 + 7 * k)}", 60 + k, 0) for k in range(40)]
    found = pairs(("万达广场", 0, 0), *crowd, ("万达广场", 450, 0), distance_m=0.0)
    assert ("S0", "S41", "450 m apart, the same name") in found


def test_places_without_a_position_are_not_compared():
    assert pairs(("万达", np.nan, 0), ("万达", np.nan, 0)) == []
    assert pairs(("万达", 1, 1)) == []


def test_the_likeliest_pair_comes_first_and_the_order_of_rows_decides_ties():
    near = [("甲乙丙", 0, 0), ("甲乙丁", 20, 0), ("甲", 500, 0), ("乙", 510, 0)]
    found = pairs(*near, ("万达", 1000, 0), ("万达", 1040, 0))
    assert [pair[:2] for pair in found] == [("S4", "S5"), ("S2", "S3"), ("S0", "S1")]


@pytest.mark.parametrize(
    "options",
    [{"distance_m": -1.0}, {"distance_m": 600.0}, {"least_likeness": 0.0}, {"least_likeness": 1.5}],
)
def test_a_distance_or_likeness_out_of_range_is_refused(options):
    with pytest.raises(ConfigurationError, match=r"not in order|no likeness"):
        pairs(("a", 0, 0), ("b", 1, 0), **options)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＷＡＮＤＡ 广场", "wanda广场"),
        ("福建省泉州市丰泽区泉秀街道万达广场", "福建泉州丰泽泉秀万达广场"),
        ("万达广场（三号楼）", "万达广场3栋"),
        ("万达广场十二期", "万达广场12期"),
        ("万达广场-宏站", "万达广场基站"),
    ],
)
def test_spellings_of_one_name_are_one_name(one, other):
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize("name", ["农贸市场", "金山小区", "五里村", "三里街", "基站", "站"])
def test_words_that_belong_to_a_name_stay(name):
    assert plain_name(name) == name


def edits(a, b):
    """Return the Levenshtein distance by the plain recursion, row by row."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, above = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(row[-1] + 1, above[j] + 1, above[j - 1] + (x != y)))
    return row[-1]


words = st.text("万达广场港3", max_size=7)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=6))
def test_likeness_is_one_less_the_share_of_edits(drawn):
    first, second = zip(*drawn, strict=True)
    for a, b, alike in zip(first, second, likeness(first, second), strict=True):
        wanted = 1 - edits(a, b) / max(len(a), len(b)) if a and b else 0.0
        assert alike == pytest.approx(wanted)


@given(st.integers(0, 10_000))
def test_every_near_pair_of_a_sparse_register_is_listed(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 400, (2, 12))
    ids = np.arange(12).astype(object)
    found = duplicate_places(ids, np.full(12, "", dtype=object), x, y)
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    wanted = {(a, b) for a in range(12) for b in range(a + 1, 12) if apart[a, b] <= 50.0}
    assert set(zip(found["id_1"], found["id_2"], strict=True)) == wanted
