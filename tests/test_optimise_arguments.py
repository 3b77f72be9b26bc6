"""Bad questions are refused before any search, with everything that is wrong at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from siting.errors import ConfigurationError, InfeasibleError
from siting.optimise import maximise_coverage

COVERS = sparse.csr_array(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]))


def columns_of(error):
    return {problem.column for problem in error.value.problems}


@pytest.mark.parametrize(
    ("arguments", "column"),
    [
        ({"weights": [1, np.nan]}, "weights"),
        ({"weights": [1, -1]}, "weights"),
        ({"weights": [1, 2, 3]}, "weights"),
        ({"weights": ["a", "b"]}, "weights"),
        ({"needed": [1, 0]}, "needed"),
        ({"needed": [1, np.inf]}, "needed"),
        ({"stations": [1, 1]}, "stations"),
        ({"stations": [1, 0, 1]}, "stations"),
        ({"stations": [1, 1.5, 1]}, "stations"),
        ({"max_stations": -1}, "max_stations"),
        ({"max_stations": 2.5}, "max_stations"),
        ({"locked": [3]}, "locked"),
        ({"locked": [-1]}, "locked"),
        ({"locked": [0.5]}, "locked"),
        ({"forbidden": [True, False]}, "forbidden"),
        ({"locked": [1], "forbidden": [1]}, "locked"),
        ({"budget": 3.0}, "budget"),
        ({"cost": [1, 1, 1], "budget": np.nan}, "budget"),
        ({"cost": [1, -1, 1], "budget": 3.0}, "cost"),
        ({"group_floors": {"a": 1}}, "group_floors"),
        ({"groups": ["a", "b"], "group_floors": {"a": 1}}, "groups"),
        ({"groups": ["a", "b", "a"], "group_floors": {"a": -1}}, "group_floors['a']"),
        ({"seed": -1}, "seed"),
        ({"bound_iterations": 0.5}, "bound_iterations"),
    ],
)
def test_each_bad_argument_is_named(arguments, column):
    question = {"weights": [1, 1], "max_stations": 1} | arguments
    weights = question.pop("weights")
    with pytest.raises(ConfigurationError) as error:
        maximise_coverage(COVERS, weights, **question)
    assert columns_of(error) == {column}


@pytest.mark.parametrize(
    "covers", [np.ones(3), np.array([["a"]]), np.array([[1.0, -1.0]]), np.array([[1.0, np.nan]])]
)
def test_a_matrix_that_is_none_is_refused(covers):
    with pytest.raises(ConfigurationError) as error:
        maximise_coverage(covers, [1], max_stations=1)
    assert columns_of(error) == {"covers"}


def test_everything_wrong_is_told_at_once():
    with pytest.raises(ConfigurationError) as error:
        maximise_coverage(COVERS, [1], max_stations=-2, needed=[1, -1], locked=[9], budget=1.0)
    assert columns_of(error) == {"weights", "max_stations", "needed", "locked", "budget"}


def test_locked_sites_beyond_the_stations_are_infeasible():
    with pytest.raises(InfeasibleError, match="locked sites take 4 stations of 3"):
        maximise_coverage(COVERS, [1, 1], stations=[2, 2, 1], max_stations=3, locked=[0, 1])


def test_locked_sites_beyond_the_budget_are_infeasible():
    with pytest.raises(InfeasibleError, match="locked sites cost 5 of 4"):
        maximise_coverage(COVERS, [1, 1], max_stations=3, locked=[0], cost=[5, 1, 1], budget=4)


def test_floors_that_no_candidates_can_meet_are_infeasible():
    question = {"max_stations": 1, "groups": ["a", "b", "b"]}
    with pytest.raises(InfeasibleError) as error:
        maximise_coverage(COVERS, [1, 1], group_floors={"a": 2, "c": 1}, **question)
    told = str(error.value)
    assert "group 'a' wants 2 stations, its sites offer 1" in told
    assert "group 'c' wants 1 stations, its sites offer 0" in told
    assert "floors sum to 3 stations of 1" in told


def test_arguments_are_left_as_they_were():
    covers, weights = COVERS.copy(), np.array([1.0, 2.0])
    maximise_coverage(covers, weights, max_stations=1, locked=np.array([1]))
    assert (covers != COVERS).nnz == 0
    assert weights.tolist() == [1.0, 2.0]


def test_true_and_one_mean_the_same():
    plain = maximise_coverage(COVERS, [1, 2], max_stations=1)
    logical = maximise_coverage(COVERS.astype(bool), [1, 2], max_stations=1)
    assert plain.chosen.tolist() == logical.chosen.tolist() == [1]
