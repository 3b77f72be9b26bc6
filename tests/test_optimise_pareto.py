"""pareto: a nested chain whose points never pass their bounds, and bounds that form a concave curve."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from test_optimise_certificate import coverage_case

from siting.errors import ConfigurationError, InfeasibleError
from siting.optimise import CoverageInputs, maximise_coverage, pareto

FIELDS = ("stations", "needed", "locked", "forbidden")


def best_by_room(inputs, size):
    """Return room and worth of every permitted choice, by trying all of them."""
    sites = inputs.covers.shape[1]
    tried = [
        np.array(chosen, np.int64)
        for count in range(sites + 1)
        for chosen in combinations(range(sites), count)
    ]
    kept = [chosen for chosen in tried if not inputs.faults(chosen)]
    return np.array([(size[chosen].sum(), inputs.worth(chosen)) for chosen in kept])


def small_case(seed):
    units, weights, options = coverage_case(seed)
    asked = {name: options[name] for name in FIELDS}
    cost = np.random.default_rng(seed).integers(0, 8, units.shape[1]) / 4.0
    return units, weights, asked, cost


@pytest.mark.parametrize("axis", ["stations", "money"])
def test_no_choice_of_any_size_passes_the_bound_and_no_point_passes_its_own(axis):
    for seed in range(40):
        units, weights, asked, cost = small_case(seed)
        inputs = CoverageInputs.of(units, weights, max_stations=99, **asked)
        size = asked["stations"].astype(float) if axis == "stations" else cost
        standing = float(size[asked["locked"]].sum())
        knots = [standing + step for step in (1, 3, 6)]
        if axis == "stations":
            curve = pareto(units, weights, max_stations=knots, **asked, bound_iterations=60)
        else:
            curve = pareto(units, weights, cost=cost, budgets=knots, **asked, bound_iterations=60)
        tried = best_by_room(inputs, size)
        assert (curve.bound_at(tried[:, 0]) >= tried[:, 1] * (1 - 1e-12)).all(), seed
        for point in curve.points:
            chain = curve.chosen[: point.sites]
            assert point.objective == pytest.approx(inputs.worth(chain), abs=1e-9)
            assert point.objective <= point.bound * (1 + 1e-12)
            assert point.stations == asked["stations"][chain].sum()
            assert not inputs.faults(chain)
        assert set(curve.chosen[: len(asked["locked"])]) == set(asked["locked"])
        objectives = [point.objective for point in curve.points]
        assert objectives == sorted(objectives)


def concave(x, y):
    slopes = np.diff(y) / np.diff(x)
    return bool((np.diff(slopes) <= 1e-9 * max(1.0, abs(slopes).max())).all())


def city(seed=4, rows=900, sites=120):
    rng = np.random.default_rng(seed)
    people, places = rng.random((rows, 2)), rng.random((sites, 2))
    near = ((people[:, None, :] - places[None, :, :]) ** 2).sum(axis=2) < 0.09**2
    return near.astype(float), rng.integers(1, 100, rows).astype(float)


def test_the_bound_is_concave_and_lies_above_all_points_of_a_city():
    covers, weights = city()
    curve = pareto(covers, weights)
    room = np.arange(0, curve.points[-1].stations + 1)
    bound = curve.bound_at(room)
    assert concave(room, bound)
    assert (np.diff(bound) >= -1e-9).all()
    assert all(point.bound >= point.objective for point in curve.points)
    assert len(curve.points) == len(curve.chosen) + 1
    assert 5 <= len(curve.knots) <= 9
    assert curve.points[-1].objective == weights[covers.any(axis=1)].sum()  # all that can be
    gaps = [point.gap for point in curve.points[10:]]
    assert max(gaps) < 0.06


def test_at_a_knot_the_bound_is_that_of_a_search_of_its_own():
    covers, weights = city()
    curve = pareto(covers, weights, max_stations=[10, 25, 40])
    for knot in curve.knots:
        alone = maximise_coverage(covers, weights, max_stations=int(knot), bound_iterations=300)
        assert curve.bound_at(knot) <= alone.bound * 1.01
        assert curve.bound_at(knot) >= alone.objective
        (point,) = [point for point in curve.points if point.stations == knot]
        assert point.objective >= 0.97 * alone.objective
    assert (
        curve.chosen.tolist() == pareto(covers, weights, max_stations=[10, 25, 40]).chosen.tolist()
    )


def test_one_dual_vector_bounds_every_point():
    covers, weights = city()
    one = pareto(covers, weights, max_stations=[30])
    assert one.prices.shape == (1, len(weights))
    for stations in (5, 15, 30, 45):
        best = maximise_coverage(covers, weights, max_stations=stations, bound_iterations=0)
        assert one.bound_at(stations) >= best.objective


def test_knots_that_cannot_be_used_are_refused():
    covers, weights = city(rows=50, sites=9)
    for knots in ([], [3, 3], [4, 2], [-1, 3], [2.5], [np.inf]):
        with pytest.raises(ConfigurationError, match="are not rising"):
            pareto(covers, weights, max_stations=knots)
    with pytest.raises(ConfigurationError, match="needs cost"):
        pareto(covers, weights, budgets=[1.0])
    with pytest.raises(InfeasibleError):
        pareto(covers, weights, max_stations=[1, 5], locked=[0, 1])
