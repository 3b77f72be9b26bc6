"""Calibrate a radio from files, and predict levels from a calibrated one: files in, files out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.calibration.figures import trial_figures
from siting.calibration.tables import Register, read_measurements, read_places, read_register
from siting.coverage.calibration import (
    REASONS,
    Cells,
    calibrate,
    predict,
    predict_strongest,
    radio_bytes,
    read_radio,
)
from siting.coverage.calibration.residual import TREES
from siting.disk.atomic import replaced_file
from siting.errors import ConfigurationError, DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from siting.coverage.calibration import Model, Places, Prediction

SHARE = 0.9
_REGISTER = "register."


@dataclass(frozen=True, kw_only=True)
class LevelsReport:
    """What a prediction wrote: how many places have a level, and why the others have none."""

    path: Path
    rows: int
    predicted: int
    refused: Mapping[str, int]


def calibrate_radio(
    measurements: str | Path,
    network: str | Path,
    output: str | Path,
    *,
    residual: bool = False,
    seed: int = 0,
    trees: int = TREES,
) -> dict[str, Any]:
    """Fit a radio to measurements, write it, and return its figures at unseen sites.

    Parameters
    ----------
    measurements
        A file with the columns of docs/calibration.md, or a folder with the layer `measurements`.
    network
        The register: a file, or a folder with the layer `sectors`.
    output
        NAME.toml; the arrays are written beside it as NAME.npz.
    residual
        Whether boosted trees learn what the physical form leaves over.
    seed
        0 or more; the same files and seed give the same bytes.
    trees
        Trees of each model of the residual, 1 to 1000.

    Returns
    -------
    Figures that JSON can hold: rows, mean error, sigma and RMSE [dB] by distance, clutter and site,
    cover of the intervals, weak places.

    Raises
    ------
    ConfigurationError
        The output is no .toml or the seed is negative.
    DataError
        A table cannot be used, with its rows, or is too small.

    """
    target = _toml(Path(output), seed)
    register = read_register(network)
    measured, origin = read_measurements(measurements, register)
    model, trial = calibrate(measured, register.cells, residual=residual, seed=seed, trees=trees)
    about: dict[str, str | int] = {
        "source": origin.words,
        "measurements_sha256": origin.sha256,
        "measurements": origin.rows,
        "measured_first": origin.first,
        "measured_last": origin.last,
        "crs": register.crs,
    }
    arrays = target.with_suffix(".npz")
    extra = _register_arrays(register)
    text, packed = radio_bytes(model, arrays=arrays.name, about=about, extra=extra)
    # The text comes last: it names the hash of the arrays, so that a killed run is told.
    for path, content in ((arrays, packed), (target, text)):
        with replaced_file(path) as part:
            part.write_bytes(content)
    return trial_figures(model, trial, measured, register) | {"file": target.as_posix()}


def predict_levels(
    radio: str | Path,
    places: str | Path,
    output: str | Path,
    *,
    network: str | Path | None = None,
    share: float = SHARE,
) -> LevelsReport:
    """Predict the level at the places of a file and write mean, interval and reason beside them.

    Parameters
    ----------
    radio
        NAME.toml of `calibrate_radio`, with NAME.npz beside it.
    places
        A file with a position per row; without a column `sector_id` the strongest of the cells around
        is told.
    output
        NAME.csv or NAME.parquet.
    network
        The register; the one that the radio was calibrated with if not given.
    share
        Share of the levels that the interval shall hold, 0.5 to 0.99.

    Raises
    ------
    ConfigurationError
        The output is of another kind, or the share is out of range.
    DataError
        A file cannot be used.

    """
    target = Path(output)
    if target.suffix not in {".csv", ".parquet"}:
        problem = "is neither .csv nor .parquet"
        raise ConfigurationError(
            Problem(file=target.name, column="--output", what=problem, remedy="name one of the two")
        )
    model, about = read_radio(Path(radio))
    register = _register(Path(radio), model, about) if network is None else read_register(network)
    if register.crs != about["crs"]:
        what = f"the radio was calibrated in {about['crs']}, the register is in {register.crs}"
        raise DataError(Problem(file=str(network), what=what, remedy="use one CRS for both"))
    where, columns = read_places(places, register)
    predicted, columns = _predicted(model, where, columns, register, share)
    table = columns.assign(
        rsrp_dbm=np.round(predicted.mean_dbm, 2),
        low_dbm=np.round(predicted.low_dbm, 2),
        high_dbm=np.round(predicted.high_dbm, 2),
        reason=np.array(REASONS, dtype=object)[predicted.reason],
    )
    with replaced_file(target) as part:
        if target.suffix == ".csv":
            table.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
        else:
            table.to_parquet(part, index=False)
    refused = predicted.refused
    return LevelsReport(
        path=target,
        rows=len(where),
        predicted=len(where) - sum(refused.values()),
        refused=refused,
    )


def _predicted(
    model: Model, where: Places, columns: pd.DataFrame, register: Register, share: float
) -> tuple[Prediction, pd.DataFrame]:
    """Return the prediction, and the columns with the sector it is of."""
    if "sector_id" in columns:
        return predict(model, where, register.cells, share=share), columns
    predicted, cell = predict_strongest(model, where, register.cells, share=share)
    return predicted, columns.assign(sector_id=register.sectors[cell])


def _register_arrays(register: Register) -> dict[str, Any]:
    """Return the register as arrays, so that a prediction does not need its file."""
    columns = {_REGISTER + name: one for name, one in asdict(register.cells).items()}
    names = {"sectors": register.sectors, "sites": register.sites}
    return columns | {_REGISTER + name: one.astype(np.str_) for name, one in names.items()}


def _register(radio: Path, model: Model, about: Mapping[str, Any]) -> Register:
    """Return the register that a radio was calibrated with."""
    extra = model.extra
    try:
        cells = Cells(**{field.name: extra[_REGISTER + field.name] for field in fields(Cells)})
        sectors, sites = (extra[_REGISTER + name].astype(object) for name in ("sectors", "sites"))
    except KeyError as error:
        what, remedy = "holds no register", "name one with --network"
        raise DataError(Problem(file=radio.name, what=what, remedy=remedy)) from error
    return Register(cells=cells, sectors=sectors, sites=sites, crs=str(about["crs"]))


def _toml(output: Path, seed: int) -> Path:
    """Return the path of the text; refuse another suffix and a negative seed."""
    problems = []
    if output.suffix != ".toml":
        remedy = f"name it {output.stem or 'radio'}.toml"
        problems.append(
            Problem(file=output.name, column="--output", what="is no .toml", remedy=remedy)
        )
    if seed < 0:
        problems.append(
            Problem(column="--seed", what=f"{seed} is negative", remedy="use 0 or more")
        )
    if problems:
        raise ConfigurationError(problems)
    return output
