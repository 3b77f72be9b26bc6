"""Calibrate: fit the model, try it on sites it has not seen, and tell how far off it was.

The figures of the report are those of the trial: blocks of sites (2 km squares) are dealt out to
`FOLDS` folds, and each fold is predicted by a model of the others. The model that is returned is
fitted to all rows, with the errors of the trial. Its own errors at its own rows are smaller and
say nothing about the next site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.calibration.blocks import (
    block_of_cells,
    folds_of_blocks,
    row_weights,
    thinned,
)
from siting.coverage.calibration.features import feature_matrix
from siting.coverage.calibration.ground import ground_of
from siting.coverage.calibration.intervals import errors_of
from siting.coverage.calibration.least_squares import bands_of, fit_band
from siting.coverage.calibration.links import links_of
from siting.coverage.calibration.model import Model, physical_dbm, ranges_of, some_links
from siting.coverage.calibration.residual import TREES, fit_residual
from siting.coverage.ranges import RangeCheck
from siting.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.coverage.calibration.intervals import Errors
    from siting.coverage.calibration.links import Links
    from siting.coverage.calibration.network import Cells, Measurements

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]

FOLDS = 4
LEAST_BLOCKS = 4
LEAST_ROWS = 100
LEAST_RESIDUAL_ROWS = 2000
MOST_ROWS = 120_000
INTERVAL_SHARE = 0.9


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """What was predicted at rows by models that had not seen their sites.

    `row` are the indices of the measurements that took part, `level_dbm` what the model gave there,
    `mean_dbm` the same corrected by the errors of other folds, `physical_dbm` what the form alone
    gave, `inside` whether the level lay in the interval, `errors` for each fold those of the others.
    """

    row: Whole
    fold: Whole
    level_dbm: Numbers
    mean_dbm: Numbers
    physical_dbm: Numbers
    inside: Mask
    errors: Mapping[int, Errors]

    def weak(self, threshold_dbm: float) -> Numbers:
        """Return the probability of less than a threshold, told by the errors of other folds."""
        probability = np.empty(len(self.row))
        for number, errors in self.errors.items():
            of = self.fold == number
            probability[of] = errors.probability_below(threshold_dbm, self.level_dbm[of])
        return probability


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rows:
    """The rows that take part, with what is computed once for all fits."""

    table: Measurements
    cells: Cells
    links: Links
    features: Numbers | None
    weight: Numbers


def calibrate(
    measurements: Measurements,
    cells: Cells,
    *,
    residual: bool = False,
    seed: int = 0,
    trees: int = TREES,
    most_rows: int = MOST_ROWS,
) -> tuple[Model, Trial]:
    """Return the model of all measurements and the trial at unseen sites.

    Parameters
    ----------
    measurements
        Levels and where they were measured.
    cells
        The register.
    residual
        Whether boosted trees learn what the physical form leaves over.
    seed
        Deals blocks to folds, thins the rows and feeds the trees.
    trees
        Trees of each of the models of the residual.
    most_rows
        More measurements than this are thinned by chance, the largest cells first.

    Raises
    ------
    ConfigurationError
        `trees` or `most_rows` is out of range.
    DataError
        There are too few measurements, or too few sites apart from each other.

    """
    check = RangeCheck(model="calibration")
    check.within("trees", trees, 1, 1000, unit="")
    check.within("most_rows", most_rows, LEAST_ROWS, 10_000_000, unit="")
    check.raise_all()
    row = thinned(measurements.places.cell, most=most_rows, seed=seed)
    block = block_of_cells(cells)[measurements.places.cell]
    _require_enough(measurements, block, residual=residual)
    ground = ground_of(measurements.places)
    table = measurements.rows(row)
    links = links_of(table.places, cells, ground)
    features = feature_matrix(table.places, cells, links, ground) if residual else None
    weight = row_weights(table.places.cell)
    rows = _Rows(table=table, cells=cells, links=links, features=features, weight=weight)
    fold = folds_of_blocks(block[row], folds=FOLDS, seed=seed)
    everything = np.ones(len(row), dtype=np.bool_)
    final = _fitted(rows, everything, seed=seed, trees=trees)
    final = replace(final, ground=ground if residual else None)
    return _tried(rows, row, fold, final, trees=trees)


def _tried(
    rows: _Rows, row: Whole, fold: Whole, final: Model, *, trees: int
) -> tuple[Model, Trial]:
    """Return the model with its errors at unseen sites, and the trial they come from."""
    level, physical = np.empty(len(row)), np.empty(len(row))
    for number in np.unique(fold):
        unseen = fold == number
        model = _fitted(rows, ~unseen, seed=final.seed, trees=trees)
        physical[unseen], level[unseen] = _levels(model, rows, unseen)
    tried = np.isfinite(level)  # a band that one fold alone has measured cannot be tried
    row, fold, level, physical = row[tried], fold[tried], level[tried], physical[tried]
    rsrp, weight = rows.table.rsrp_dbm[tried], rows.weight[tried]
    by_fold = {
        number: errors_of(level[fold != number], rsrp[fold != number], weight[fold != number])
        for number in np.unique(fold).tolist()
    }
    mean, low, high = (np.empty(len(row)) for _ in range(3))
    for number, errors in by_fold.items():
        of = fold == number
        mean[of] = errors.mean_at(level[of])
        low[of], high[of] = errors.interval(level[of], share=INTERVAL_SHARE)
    trial = Trial(
        row=row,
        fold=fold,
        level_dbm=level,
        mean_dbm=mean,
        physical_dbm=physical,
        inside=(rsrp >= low) & (rsrp <= high),
        errors=by_fold,
    )
    return replace(final, errors=errors_of(level, rsrp, weight)), trial


def _fitted(rows: _Rows, of: Mask, *, seed: int, trees: int) -> Model:
    """Fit the model to some of the rows."""
    places, links = rows.table.places.rows(of), some_links(rows.links, of)
    rsrp, weight, cells = rows.table.rsrp_dbm[of], rows.weight[of], rows.cells
    band = bands_of(cells.carrier_mhz)[places.cell]
    bands = {
        int(name): fit_band(
            places.rows(band == name),
            cells,
            some_links(links, band == name),
            rsrp[band == name],
            weight[band == name],
            band_mhz=int(name),
        )
        for name in np.unique(band)
    }
    forest = None
    if rows.features is not None:
        left = rsrp - physical_dbm(bands, places, cells, links)
        forest = fit_residual(rows.features[of], left, weight, seed=seed, trees=trees)
    return Model(
        bands=bands,
        ranges=ranges_of(places, cells, links),
        forest=forest,
        ground=None,
        errors=None,
        seed=seed,
    )


def _levels(model: Model, rows: _Rows, of: Mask) -> tuple[Numbers, Numbers]:
    """Return the levels [dBm] of the form alone and of the whole model at some of the rows."""
    places = rows.table.places.rows(of)
    physical = physical_dbm(model.bands, places, rows.cells, some_links(rows.links, of))
    if model.forest is None or rows.features is None:
        return physical, physical
    return physical, physical + model.forest.predict(rows.features[of])


def _require_enough(measurements: Measurements, block: Whole, *, residual: bool) -> None:
    """Refuse measurements from which nothing can be said about another site."""
    problems = []
    least = LEAST_RESIDUAL_ROWS if residual else LEAST_ROWS
    if len(measurements) < least:
        what = f"{len(measurements)} usable measurements, {least} are needed"
        remedy = "measure more, or calibrate without --residual" if residual else "measure more"
        problems.append(Problem(file="measurements", what=what, remedy=remedy))
    blocks = len(np.unique(block))
    if blocks < LEAST_BLOCKS:
        what = f"the sites measured lie in {blocks} squares of 2 km, {LEAST_BLOCKS} are needed"
        remedy = "measure sites farther apart, so that errors at unseen sites can be told"
        problems.append(Problem(file="measurements", what=what, remedy=remedy))
    if problems:
        raise DataError(problems)
