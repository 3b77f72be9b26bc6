"""Ruin and recreate keeps its books: what it says it gained is what the choice gained."""

from __future__ import annotations

import numpy as np
import pytest

from siting.optimise.core import reduced
from siting.optimise.question import checked_problem
from siting.optimise.ruin import ruin_and_recreate
from siting.optimise.search import empty_state, fill, opened, start_search


@pytest.mark.parametrize("fraction", [1.0, 0.37])
def test_the_improvement_is_what_the_choice_gained(fraction):
    rng = np.random.default_rng(7)
    people, places = rng.random((1500, 2)), rng.random((200, 2))
    near = ((people[:, None, :] - places[None, :, :]) ** 2).sum(axis=2) < 0.06**2
    problem, _, _ = checked_problem(
        near * fraction, rng.integers(1, 50, 1500), rng.integers(1, 4, 200), 60,
        rng.integers(1, 3, 1500), None, None, (None, None), (None, None), (0, 4, 0),
    )  # fmt: skip
    core = reduced(problem)
    search = start_search(core)
    state = empty_state(core)
    fill(search, state)
    rate, need = core.instance.rate, core.instance.need
    before = float(np.sum(rate * np.minimum(need, state.filled)))
    improvement = ruin_and_recreate(search, state, seed=0, passes=2)
    after = opened(core, np.flatnonzero(state.is_open))
    value = float(np.sum(rate * np.minimum(need, after.filled)))
    assert improvement >= -1e-9 * before
    if fraction == 1.0:
        assert improvement > 0
    assert value == pytest.approx(before + improvement, rel=1e-9)
    assert state.gain == pytest.approx(after.gain, rel=1e-9, abs=1e-6)
    assert state.room.tolist() == after.room.tolist()
    assert state.room[0] >= 0
