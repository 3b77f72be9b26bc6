"""The learned residual: boosted trees on what the physical form leaves over.

Several small models that differ only in their seed, each split seeing a part of the features, are
averaged. Leaves hold hundreds of rows at least, so that no leaf can be one cell. Fitting runs on
one thread, so that the sums do not depend on how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.calibration.trees import Forest, forest_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

MODELS = 2
TREES = 150
LEAVES = 15
LEARNING_RATE = 0.06
LEAF_SHARE = 1 / 250
LEAST_LEAF_ROWS, MOST_LEAF_ROWS = 20, 500
FEATURE_SHARE = 0.4
PENALTY = 10.0


def fit_residual(
    features: Numbers, residual_db: Numbers, weight: Numbers, *, seed: int, trees: int = TREES
) -> Forest:
    """Return the forest that predicts a residual [dB] from rows of features; NaN is missing."""
    # Slow to import, and needed by those who fit only.
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    # A column that nobody states is no column: no tree may split by it.
    features = np.where(np.isnan(features).all(axis=0), 0.0, features)
    # Equal weights are left out: the trees are grown three times as fast without.
    uneven = None if (weight == weight[0]).all() else weight
    leaf_rows = int(min(max(len(residual_db) * LEAF_SHARE, LEAST_LEAF_ROWS), MOST_LEAF_ROWS))
    with threadpool_limits(limits=1):
        models = [
            HistGradientBoostingRegressor(
                max_iter=trees,
                learning_rate=LEARNING_RATE,
                max_leaf_nodes=LEAVES,
                min_samples_leaf=leaf_rows,
                l2_regularization=PENALTY,
                max_features=FEATURE_SHARE,
                early_stopping=False,
                random_state=seed + number,
            ).fit(features, residual_db, sample_weight=uneven)
            for number in range(MODELS)
        ]
    return forest_of(models)
