"""On real measurements ours is closer than plain boosting, and its intervals are honest."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from siting.coverage.calibration import calibrate, predict
from siting.coverage.calibration.blocks import block_of_cells, folds_of_blocks

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "benchmark_calibration.py"


@pytest.fixture(scope="module")
def benchmark():
    """Return the benchmark's module: it knows how to read the reference measurements."""
    spec = importlib.util.spec_from_file_location("benchmark_calibration", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(SCRIPT.parent))  # it shares a module with the other benchmarks
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def told(benchmark, shared_directory):
    file = shared_directory / "data" / "rsrp_chengdu" / "measurements.parquet"
    if not file.is_file():
        pytest.skip("the reference measurements are not here")
    measured, cells = benchmark.read_contest(file)
    measured = measured.rows(slice(None, None, 16))
    unseen = folds_of_blocks(block_of_cells(cells), folds=4, seed=0)[measured.places.cell] == 1
    _, plain = benchmark.plain_features(measured, cells)
    from sklearn.ensemble import HistGradientBoostingRegressor

    trees = HistGradientBoostingRegressor(random_state=0)
    trees.fit(plain[~unseen], measured.rsrp_dbm[~unseen])
    model, _ = calibrate(measured.rows(~unseen), cells, residual=True, most_rows=25_000, trees=40)
    there = predict(model, measured.places.rows(unseen), cells)
    return measured.rsrp_dbm[unseen], there, trees.predict(plain[unseen])


def test_unseen_sites_are_closer_than_by_plain_boosting(told):
    level, there, plain = told
    answered = there.reason == 0
    ours, theirs = (
        float(np.sqrt(((level - mean)[answered] ** 2).mean())) for mean in (there.mean_dbm, plain)
    )
    assert ours < theirs - 0.2
    assert answered.mean() > 0.95


def test_intervals_hold_what_they_claim_at_unseen_sites(told):
    level, there, _ = told
    answered = there.reason == 0
    inside = (level >= there.low_dbm) & (level <= there.high_dbm)
    assert inside[answered].mean() == pytest.approx(0.9, abs=0.03)


def test_probabilities_of_weak_places_beat_their_share(told):
    level, there, _ = told
    answered = there.reason == 0
    weak = level[answered] < -103.0
    probability = there.probability_below(-103.0)[answered]
    assert ((probability - weak) ** 2).mean() < 0.97 * weak.mean() * (1.0 - weak.mean())
