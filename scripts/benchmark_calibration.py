"""Measure the calibration on real measurements, beside least squares and plain gradient boosting.

Inputs:  measurements.parquet of the reference folder beside the repository, or of --data DIR.
Outputs: a table, or with --json a list of {case, value, unit, peer, ratio, bar, passed}.

Everything is fitted anew on the same four seeded folds of 2 km squares of the site, so that no cell
is on both sides; what is told of ours stems from sites that neither its coefficients, its trees nor
its intervals have seen. The peer is plain gradient boosting (scikit-learn as it comes) on distance,
height, angles, power, building and clutter, scored on the same rows. Levels pass when they are `bar` dB
below the peer; `ratio` is peer / value. Where the data is not there, every value is null. Times are
processor seconds of all threads.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from _benchmark import Figure, list_cases, parser_of, report
from sklearn.ensemble import HistGradientBoostingRegressor

from siting.coverage.calibration import Cells, Measurements, Places, calibrate, predict
from siting.coverage.calibration.blocks import block_of_cells, folds_of_blocks
from siting.coverage.calibration.ground import ground_of
from siting.coverage.calibration.least_squares import antenna_loss_db
from siting.coverage.calibration.links import links_of
from siting.coverage.calibration.report import best_cut, weak_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.calibration.report import Weak

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "rsrp_chengdu"
SEED, FOLDS, WEAK_DBM = 0, 4, -103.0
CASES = (
    "rmse_least_squares",
    "rmse_boosting",
    "rmse_boosting_own_means",
    "rmse",
    "mean_error",
    "cover_90",
    "refused_share",
    "weak_precision",
    "weak_recall",
    "weak_f1",
    "weak_brier",
    "weak_reliability_gap",
    "time_calibrate",
    "time_predict",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """What each method told of every measurement, by models that had not seen its site."""

    rsrp_dbm: Numbers
    cell: Whole
    ours: Numbers
    inside: NDArray[np.bool_]
    probability: Numbers
    weak: NDArray[np.bool_]
    squares: Numbers
    boosting: Numbers
    calibrate_s: float
    predict_s: float


def read_contest(file: Path) -> tuple[Measurements, Cells]:
    """Return the measurements and the register of the reference folder."""
    table = pd.read_parquet(file)
    cells = table.drop_duplicates("cell").reset_index(drop=True)

    def numbers(frame: pd.DataFrame, name: str) -> Numbers:
        return np.asarray(frame[name].to_numpy(np.float64))

    register = Cells(
        x_m=numbers(cells, "cx"),
        y_m=numbers(cells, "cy"),
        elevation_m=numbers(cells, "c_alt"),
        # Some cells state no height: they stand on what carries them.
        height_m=np.maximum(numbers(cells, "h_ant"), 1.0),
        azimuth_deg=numbers(cells, "az"),
        electrical_tilt_deg=numbers(cells, "edt"),
        mechanical_tilt_deg=numbers(cells, "mdt"),
        power_dbm=numbers(cells, "rs_dbm"),
        carrier_mhz=numbers(cells, "f_mhz"),
    )
    places = Places(
        x_m=numbers(table, "x"),
        y_m=numbers(table, "y"),
        cell=pd.Index(cells["cell"]).get_indexer(table["cell"]).astype(np.int64),
        elevation_m=numbers(table, "alt"),
        building_m=numbers(table, "bh"),
        clutter=table["clut"].to_numpy(np.int64),
    )
    return Measurements(places=places, rsrp_dbm=numbers(table, "rsrp")), register


def plain_features(measured: Measurements, cells: Cells) -> tuple[Numbers, Numbers]:
    """Return the columns of the two plain baselines: of least squares, and of boosting."""
    places, of = measured.places, measured.places.cell
    links = links_of(places, cells, ground_of(places.rows(slice(0, 0))))
    log_d, log_h = np.log10(links.distance_m), np.log10(cells.height_m[of])
    classes = places.clutter[:, None] == np.unique(places.clutter)
    tilt = cells.electrical_tilt_deg[of] + cells.mechanical_tilt_deg[of]
    squares = [log_d, log_h, log_d * log_h, cells.power_dbm[of], antenna_loss_db(links)]
    boosting = [links.distance_m, np.abs(links.off_boresight_deg), links.below_beam_deg]
    boosting += [links.above_place_m, cells.height_m[of], places.building_m]
    boosting += [places.clutter, tilt, cells.power_dbm[of]]
    return np.column_stack([*squares, places.building_m, classes]), np.column_stack(boosting)


def tell(measured: Measurements, cells: Cells, *, quick: bool) -> Told:
    """Refit every method on the other folds and let it tell of each."""
    count, of = len(measured), measured.places.cell
    rsrp = measured.rsrp_dbm
    fold = folds_of_blocks(block_of_cells(cells), folds=FOLDS, seed=SEED)[of]
    linear, plain = plain_features(measured, cells)
    ours, squares, boosting = np.full((3, count), np.nan)
    probability = np.full(count, np.nan)
    inside, weak = np.zeros((2, count), dtype=bool)
    spent_s = [0.0, 0.0]
    for number in range(FOLDS):
        unseen = fold == number
        found = np.linalg.lstsq(linear[~unseen], rsrp[~unseen], rcond=None)[0]
        squares[unseen] = linear[unseen] @ found
        trees = HistGradientBoostingRegressor(random_state=SEED)
        boosting[unseen] = trees.fit(plain[~unseen], rsrp[~unseen]).predict(plain[unseen])

        started = time.process_time()
        most_rows, grown = (12_000, 40) if quick else (120_000, 150)
        seen = measured.rows(~unseen)
        model, trial = calibrate(
            seen, cells, residual=True, seed=SEED, most_rows=most_rows, trees=grown
        )
        middle = time.process_time()
        there = predict(model, measured.places.rows(unseen), cells)
        spent_s = [spent_s[0] + middle - started, spent_s[1] + time.process_time() - middle]
        ours[unseen] = there.mean_dbm
        level = rsrp[unseen]
        inside[unseen] = (level >= there.low_dbm) & (level <= there.high_dbm)
        chance = there.probability_below(WEAK_DBM)
        cut = best_cut(trial.weak(WEAK_DBM), seen.rsrp_dbm[trial.row] < WEAK_DBM)
        probability[unseen], weak[unseen] = chance, chance >= cut
    return Told(
        rsrp_dbm=rsrp,
        cell=of,
        ours=ours,
        inside=inside,
        probability=probability,
        weak=weak,
        squares=squares,
        boosting=boosting,
        calibrate_s=spent_s[0] / FOLDS,
        predict_s=spent_s[1],
    )


def figures_of(told: Told, *, bar_db: float) -> list[Figure]:
    """Return the figures of all methods over the rows that ours answers."""
    answered = np.isfinite(told.ours)
    rsrp, cell = told.rsrp_dbm[answered], told.cell[answered]

    def rmse(mean: Numbers) -> float:
        return float(np.sqrt(((rsrp - mean) ** 2).mean()))

    boosted = told.boosting[answered]
    off = pd.Series(rsrp - boosted)
    own = boosted + off.groupby(cell).transform("mean").to_numpy()
    ours, peer, cover = (
        rmse(told.ours[answered]),
        rmse(boosted),
        float(told.inside[answered].mean()),
    )
    values: dict[str, Figure] = {
        "rmse_least_squares": Figure(case="", value=rmse(told.squares[answered]), unit="dB"),
        "rmse_boosting": Figure(case="", value=peer, unit="dB"),
        "rmse_boosting_own_means": Figure(case="", value=rmse(own), unit="dB"),
        "rmse": Figure(
            case="",
            value=ours,
            unit="dB",
            peer=peer,
            ratio=peer / ours,
            bar=bar_db,
            passed=peer - ours >= bar_db,
        ),
        "mean_error": Figure(case="", value=float((rsrp - told.ours[answered]).mean()), unit="dB"),
        "cover_90": Figure(
            case="", value=cover, unit="share", bar=0.02, passed=abs(cover - 0.9) <= 0.02
        ),
        "refused_share": Figure(case="", value=1.0 - float(answered.mean()), unit="share"),
        "time_calibrate": Figure(case="", value=told.calibrate_s, unit="CPU s"),
        "time_predict": Figure(case="", value=told.predict_s, unit="CPU s"),
    }
    weak = weak_places(
        told.probability[answered],
        rsrp < WEAK_DBM,
        told.weak[answered],
        threshold_dbm=WEAK_DBM,
    )
    values |= weak_figures(weak)
    return [replace(values[case], case=case) for case in CASES]


def weak_figures(weak: Weak) -> dict[str, Figure]:
    """Return how well weak places are found; the peer of Brier's score is the share of weak places.

    The gap of reliability is the largest between probability told and share found, in tenths of
    probability that hold a hundredth of the rows.
    """
    for rows, told, found in weak.reliability:
        print(f"told {told:.3f}  found {found:.3f}  rows {rows}", file=sys.stderr)
    total = sum(rows for rows, _, _ in weak.reliability)
    gaps = [abs(told - found) for rows, told, found in weak.reliability if rows >= 0.01 * total]
    brier, peer = weak.brier, weak.brier_of_share
    return {
        "weak_precision": Figure(case="", value=weak.precision, unit="share", peer=weak.share),
        "weak_recall": Figure(case="", value=weak.recall, unit="share"),
        "weak_f1": Figure(case="", value=weak.f1, unit="share"),
        "weak_brier": Figure(
            case="",
            value=brier,
            unit="",
            peer=peer,
            ratio=peer / brier,
            passed=brier < peer,
            bar=1.0,
        ),
        "weak_reliability_gap": Figure(case="", value=max(gaps), unit="share"),
    }


def main() -> int:
    """Run the cases; return 0 when all that are judged pass."""
    parser = parser_of(__doc__, CASES)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of measurements.parquet")
    options = parser.parse_args()
    if options.list:
        return list_cases(CASES)
    file = options.data / "measurements.parquet"
    if file.is_file():
        measured, cells = read_contest(file)
        share = measured.rows(slice(None, None, 10 if options.quick else 1))
        figures = figures_of(
            tell(share, cells, quick=options.quick), bar_db=0.2 if options.quick else 0.4
        )
    else:
        figures = [Figure(case=case) for case in CASES]
    chosen = options.case or CASES
    return report([figure for figure in figures if figure.case in chosen], as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
