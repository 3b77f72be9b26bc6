"""Boosted trees as plain arrays: taken from scikit-learn once, evaluated without it.

The value of a forest at a row is `baseline` plus the leaf of every tree, added in the order of the
trees as scikit-learn adds them. A node sends a row left when its feature is at most the threshold;
a missing feature goes where the node says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Forest:
    """Trees one after the other: `root` is the first node of each, children count within all.

    A leaf has feature -1. `scale` multiplies the sum of trees and baselines: 1 / the number of
    models whose trees stand here, so that a forest may be the mean of several.
    """

    feature: NDArray[np.int32]
    threshold: Numbers
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing_left: NDArray[np.bool_]
    value: Numbers
    root: NDArray[np.int32]
    baseline: float
    scale: float = 1.0

    def predict(self, features: Numbers) -> Numbers:
        """Return the value of the forest at every row of features."""
        arrays = (self.feature, self.threshold, self.left, self.right, self.missing_left)
        table = np.ascontiguousarray(features, dtype=np.float64)
        total: Numbers = _sum(table, *arrays, self.value, self.root, self.baseline)
        return total * self.scale


def forest_of(models: Sequence[Any]) -> Forest:
    """Return the mean of fitted `HistGradientBoostingRegressor`s with numbers only as a forest."""
    trees = [tree[0].nodes for model in models for tree in model._predictors]  # noqa: SLF001
    starts = np.cumsum([0, *(len(nodes) for nodes in trees)])
    nodes = np.concatenate(trees)
    first = np.repeat(starts[:-1], [len(tree) for tree in trees])
    leaf = nodes["is_leaf"].astype(bool)
    return Forest(
        feature=np.where(leaf, -1, nodes["feature_idx"]).astype(np.int32),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        left=np.where(leaf, 0, nodes["left"] + first).astype(np.int32),
        right=np.where(leaf, 0, nodes["right"] + first).astype(np.int32),
        missing_left=nodes["missing_go_to_left"].astype(bool),
        value=nodes["value"].astype(np.float64),
        root=starts[:-1].astype(np.int32),
        baseline=float(sum(np.ravel(model._baseline_prediction)[0] for model in models)),  # noqa: SLF001
        scale=1.0 / len(models),
    )


@njit(cache=True, error_model="numpy")
def _sum(
    features: Numbers,
    feature: NDArray[np.int32],
    threshold: Numbers,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    missing_left: NDArray[np.bool_],
    value: Numbers,
    root: NDArray[np.int32],
    baseline: float,
) -> Numbers:
    """Return baseline and leaves, added tree by tree."""
    total = np.full(features.shape[0], baseline)
    for row in range(features.shape[0]):
        for start in root:
            node = start
            while feature[node] >= 0:
                x = features[row, feature[node]]
                go_left = missing_left[node] if np.isnan(x) else x <= threshold[node]
                node = left[node] if go_left else right[node]
            total[row] += value[node]
    return total
