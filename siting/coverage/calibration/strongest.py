"""Predict the strongest of the cells around places that name none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.calibration.model import predict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.calibration.model import Model, Prediction
    from siting.coverage.calibration.network import Cells, Places

    Whole = NDArray[np.int64]

NEAREST = 12
"""So many cells are tried, the nearest ones: four sites of three sectors."""
_ARRAYS = ("mean_dbm", "low_dbm", "high_dbm", "reason", "level_dbm")


def predict_strongest(
    model: Model, places: Places, cells: Cells, *, share: float = 0.9
) -> tuple[Prediction, Whole]:
    """Return the prediction of the strongest of the `NEAREST` cells, and which cell it is.

    The cells that `places` name do not matter. Where no cell gives a level, the reason is that of
    the nearest. Equal levels: the nearer cell, then the earlier one in the register.

    Raises
    ------
    ConfigurationError
        As `predict`.

    """
    near = nearest_cells(places, cells)
    best, cell = predict(model, replace(places, cell=near[:, 0]), cells, share=share), near[:, 0]
    for one in near.T[1:]:
        other = predict(model, replace(places, cell=one), cells, share=share)
        better = ~(other.mean_dbm <= best.mean_dbm) & np.isfinite(other.mean_dbm)
        cell = np.where(better, one, cell)
        chosen = {
            name: np.where(better, getattr(other, name), getattr(best, name)) for name in _ARRAYS
        }
        best = replace(best, **chosen)
    return best, cell


def nearest_cells(places: Places, cells: Cells) -> Whole:
    """Return the `NEAREST` cells of each place, nearest first; equally near: register order."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - slow to import

    count = min(NEAREST, len(cells))
    tree = cKDTree(np.column_stack([cells.x_m, cells.y_m]))
    distance, index = tree.query(np.column_stack([places.x_m, places.y_m]), k=count)
    distance = np.asarray(distance).reshape(-1, count)
    index = np.asarray(index).reshape(-1, count)
    order = np.lexsort((index, np.round(distance, 3)), axis=-1)
    return np.asarray(np.take_along_axis(index, order, axis=-1), dtype=np.int64)
