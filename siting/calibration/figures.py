"""The figures of a trial at unseen sites, as plain numbers and words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.coverage.calibration.fit import INTERVAL_SHARE
from siting.coverage.calibration.report import (
    best_cut,
    by_distance,
    by_group,
    deviation,
    weak_places,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.calibration.tables import Register
    from siting.coverage.calibration import Measurements, Model, Trial
    from siting.coverage.calibration.report import Weak

WEAK_DBM = -103.0
"""Below this level a place counts as weakly covered."""


def trial_figures(
    model: Model, trial: Trial, measured: Measurements, register: Register
) -> dict[str, Any]:
    """Return the figures of a trial: deviations [dB], cover of the intervals, weak places."""
    rows = measured.rows(trial.row)
    of, cells = rows.places.cell, register.cells
    off = rows.rsrp_dbm - trial.mean_dbm
    east, north = rows.places.x_m - cells.x_m[of], rows.places.y_m - cells.y_m[of]
    names, site = np.unique(register.sites.astype(str), return_inverse=True)
    figures = {
        "rows": len(measured),
        "rows_used": len(off),
        "cells": len(np.unique(of)),
        "residual": model.forest is not None,
        "seed": model.seed,
        "overall": asdict(deviation(off)),
        "physical": asdict(deviation(rows.rsrp_dbm - trial.physical_dbm, group="physical form")),
        "interval": {"share": INTERVAL_SHARE, "cover": float(trial.inside.mean())},
        "by_distance": [asdict(one) for one in by_distance(off, np.hypot(east, north))],
        "by_clutter": [asdict(one) for one in by_group(off, rows.places.clutter)],
        "by_site": [asdict(one) for one in by_group(off, site[of], names.tolist())],
        "bands": {
            str(band): asdict(fit.coefficients)
            | {"power_share": fit.power_share, "antenna_share": fit.antenna_share}
            for band, fit in sorted(model.bands.items())
        },
    }
    return figures | {"weak": asdict(weak_figures(trial, rows.rsrp_dbm))}


def weak_figures(trial: Trial, rsrp_dbm: NDArray[np.float64]) -> Weak:
    """Return how well weak places are found; each fold is told from where the others say best."""
    probability, weak = trial.weak(WEAK_DBM), rsrp_dbm < WEAK_DBM
    told = np.zeros(len(weak), dtype=np.bool_)
    for number in np.unique(trial.fold):
        of = trial.fold == number
        told[of] = probability[of] >= best_cut(probability[~of], weak[~of])
    return weak_places(probability, weak, told, threshold_dbm=WEAK_DBM)
