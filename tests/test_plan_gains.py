"""A site's marginal gain is what it adds to the sites before it, and all of them are the plan's."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from town_study import MANY, Study, town

from siting.plan.gains import marginal_gains


def value(study: Study, chosen: np.ndarray) -> float:
    """Return what sites add to the network, computed afresh from the dense covering matrix."""
    problem = study.question.problem
    units = problem.covers.toarray()[:, chosen].sum(axis=1)
    return float((problem.weights * np.minimum(units / problem.needed, 1.0)).sum())


@pytest.mark.parametrize("changes", [(), MANY], ids=["few stations", "more than places"])
def test_every_placed_site_adds_to_those_before_it(changes: tuple) -> None:
    study = town(*changes)
    chosen = study.findings.chosen
    values = np.array([value(study, chosen[:count]) for count in range(len(chosen) + 1)])
    gains = np.diff(values)

    assert (gains > 0).all()
    assert study.proposed["marginal_weight"].to_numpy(float) == pytest.approx(gains, abs=1e-3)


def test_all_gains_together_are_the_objective_without_what_the_network_serves() -> None:
    study = town()
    demand = study.plan.demand
    before = (demand["weight"] * demand["share_before"]).sum()
    gain = study.figures["phases"][-1]["objective"] - before

    assert value(study, study.findings.chosen) == pytest.approx(gain)
    assert study.proposed["marginal_weight"].sum() == pytest.approx(gain, abs=0.1)


def test_where_stations_are_left_no_candidate_adds_anything() -> None:
    study = town(*MANY)
    chosen = study.findings.chosen
    best = value(study, chosen)
    others = np.setdiff1d(np.arange(len(study.question.candidates)), chosen)

    assert max(value(study, np.append(chosen, site)) for site in others) == pytest.approx(best)


def test_ranks_follow_the_order_in_which_sites_were_chosen() -> None:
    study = town()
    ids = study.question.candidates["site_id"].to_numpy()[study.findings.chosen]

    assert study.proposed["site_id"].tolist() == ids.tolist()
    assert study.proposed["rank"].tolist() == list(range(1, len(ids) + 1))
    assert study.proposed["phase"].is_monotonic_increasing


def test_gains_by_hand() -> None:
    """Two levels, three points: 10 and 20 people, and a port that weighs 5.

    Site 0 covers point 0 outdoors and half of what point 1 wants in the busy hour; site 1 covers
    point 0 again, the other half, and the port.
    """
    covers = sp.csr_array(np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]]))
    gains = marginal_gains(
        covers,
        weights=np.array([10.0, 10.0, 5.0]),
        needed=np.array([1, 2, 1]),
        level=np.array([0, 1, 0]),
        point=np.array([0, 1, 2]),
        people=np.array([10.0, 20.0, 0.0]),
        lacking=np.array([1.0, 0.5, 1.0]),
        chosen=np.array([0, 1]),
        levels=2,
    )

    assert gains.weight.tolist() == [15.0, 10.0]
    assert gains.by_level.tolist() == [[10.0, 5.0], [0.0, 5.0]]
    assert gains.people.tolist() == [15.0, 5.0]
    assert [rows.tolist() for rows in gains.points] == [[0, 1], [1, 2]]


def test_a_point_that_gains_at_two_levels_counts_once() -> None:
    gains = marginal_gains(
        sp.csr_array(np.ones((2, 1))),
        weights=np.array([10.0, 5.0]),
        needed=np.array([1, 1]),
        level=np.array([0, 1]),
        point=np.array([0, 0]),
        people=np.array([10.0]),
        lacking=np.array([0.6, 1.0]),
        chosen=np.array([0]),
        levels=2,
    )

    assert gains.people.tolist() == [10.0]
    assert gains.by_level.tolist() == [[6.0, 10.0]]
