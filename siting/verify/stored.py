"""Read what a plan's folder tells: certificate.npz, plan.json, and the tables of sites.gpkg."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
from scipy import sparse

from siting.disk.arrays import read_arrays
from siting.errors import DataError, MissingDataError, Problem
from siting.optimise.canonical import array_hash, matrix_hash, numbers_hash, words_hash
from siting.optimise.certificate import Certificate
from siting.optimise.proof_coverage import CoverageInputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

PROOF, FIGURES, TABLES = "certificate.npz", "plan.json", "sites.gpkg"
SCHEMA = "siting-proof/1"
PHASE_NUMBERS = ("max_stations", "objective", "bound", "gap", "sites", "stations")
PHASE_WORDS = ("name", "status", "budget_cny")
AGAIN = "write the plan again with siting plan"


@dataclass(frozen=True, kw_only=True)
class PhaseTold:
    """What the proof tells of a phase: its own limits, and the certificate of all sites so far."""

    name: str
    max_stations: int
    budget_cny: float
    bound_gain: float
    certificate: Certificate


@dataclass(frozen=True, kw_only=True, eq=False)
class Stored:
    """The covering problem of a plan as stored, its phases, and the assumptions in their order."""

    assumptions: Mapping[str, Any]
    covers: sparse.csr_array
    weights: Floats
    needed: Floats
    level: Ints
    point: Ints
    stations: Ints
    cost_cny: Floats
    levels: tuple[str, ...]
    site_ids: NDArray[np.object_]
    phases: tuple[PhaseTold, ...]

    def inputs(self, number: int) -> CoverageInputs:
        """Return the question that the first phases up to this one pose together."""
        so_far = self.phases[: number + 1]
        budget = float(np.sum([phase.budget_cny for phase in so_far]))
        limited = bool(np.isfinite(budget))
        return CoverageInputs.of(
            self.covers,
            self.weights,
            needed=self.needed,
            stations=self.stations,
            max_stations=sum(phase.max_stations for phase in so_far),
            cost=self.cost_cny if limited else None,
            budget=budget if limited else None,
        )

    def hashes(self) -> dict[str, str]:
        """Return the hashes of the parts of the covering problem."""
        return problem_hashes(
            (self.covers, self.weights, self.needed, self.level, self.point),
            (self.site_ids.tolist(), self.stations, self.cost_cny),
        )


def problem_hashes(
    problem: tuple[sparse.csr_array, Floats, Floats, Ints, Ints],
    sites: tuple[Sequence[str], Ints, Floats],
) -> dict[str, str]:
    """Return the hash of each part of a covering problem: its rows and pairs, and its sites."""
    covers, weights, needed, level, point = problem
    names, stations, cost_cny = sites
    return {
        "covers": matrix_hash(covers),
        "weights": numbers_hash(weights),
        "needed": numbers_hash(needed),
        "levels and points": array_hash(level, point),
        "sites": words_hash(names),
        "stations": numbers_hash(stations),
        "costs": numbers_hash(cost_cny),
    }


def stored_proof(folder: Path) -> Stored:
    """Return the content of certificate.npz; nothing of it is believed yet."""
    path = folder / PROOF
    arrays, record = read_arrays(path)
    if record.get("schema") != SCHEMA:
        raise DataError(Problem(file=str(path), what=f"is not of {SCHEMA}", remedy=AGAIN))
    try:
        return _stored(arrays, record, str(path))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        what = f"does not hold a whole proof ({error!r})"
        raise DataError(Problem(file=str(path), what=what, remedy=AGAIN)) from error


def _stored(arrays: Mapping[str, NDArray[Any]], record: Mapping[str, Any], file: str) -> Stored:
    site_ids = np.array([str(name) for name in record["site_ids"]], object)
    weights = arrays["weights"].astype(np.float64)
    covers = sparse.csr_array(
        (
            arrays["covers_units"].astype(np.float64),
            arrays["covers_site"].astype(np.int64),
            arrays["covers_start"].astype(np.int64),
        ),
        shape=(len(weights), len(site_ids)),
    )
    covers.check_format(full_check=True)
    lengths = {len(arrays[name]) for name in ("weights", "needed", "level", "point")}
    widths = {len(site_ids), len(arrays["stations"]), len(arrays["cost_cny"])}
    if len(lengths) != 1 or len(widths) != 1:
        message = "arrays of different lengths"
        raise ValueError(message)
    return Stored(
        assumptions=dict(json.loads(record["assumptions"])),
        covers=covers,
        weights=weights,
        needed=arrays["needed"].astype(np.float64),
        level=arrays["level"].astype(np.int64),
        point=arrays["point"].astype(np.int64),
        stations=arrays["stations"].astype(np.int64),
        cost_cny=arrays["cost_cny"].astype(np.float64),
        levels=tuple(str(name) for name in record["levels"]),
        site_ids=site_ids,
        phases=tuple(
            _phase(arrays, told, number, file) for number, told in enumerate(record["phases"])
        ),
    )


def _phase(
    arrays: Mapping[str, NDArray[Any]], told: Mapping[str, Any], number: int, file: str
) -> PhaseTold:
    names = ("chosen", "prices", "room_prices")
    own = {name: arrays[f"{name}_{number}"] for name in names}
    budget = told["budget_cny"]
    return PhaseTold(
        name=str(told["name"]),
        max_stations=int(told["max_stations"]),
        budget_cny=float("inf") if budget is None else float(budget),
        bound_gain=float(told["bound_gain"]),
        certificate=Certificate.from_parts(own, told["certificate"], file=file),
    )


def stored_figures(folder: Path) -> dict[str, Any]:
    """Return the content of plan.json."""
    path = folder / FIGURES
    if not path.is_file():
        what, remedy = "there is no such plan", "run siting plan first, or name its folder"
        raise MissingDataError(Problem(file=str(path), what=what, remedy=remedy))
    try:
        figures = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise DataError(Problem(file=str(path), what="is not JSON", remedy=AGAIN)) from error
    if not _is_plan(figures):
        what = "is no plan of this version"
        raise DataError(Problem(file=str(path), what=what, remedy=AGAIN))
    return dict(figures)


def _is_plan(figures: Any) -> bool:
    """Tell whether a document has all that is compared, as numbers and texts where they belong."""
    if not isinstance(figures, dict) or figures.get("schema") != "siting-plan/1":
        return False
    entries, inputs, scenario = (figures.get(key) for key in ("phases", "inputs", "scenario"))
    if not (isinstance(entries, list) and isinstance(inputs, list) and isinstance(scenario, dict)):
        return False
    return (
        isinstance(scenario.get("assumptions"), dict)
        and all(isinstance(entry, dict) for entry in [*entries, *inputs])
        and all({*PHASE_NUMBERS, *PHASE_WORDS} <= {*entry} for entry in entries)
        and all(
            isinstance(entry[name], (int, float)) for entry in entries for name in PHASE_NUMBERS
        )
    )


def stored_table(folder: Path, layer: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return columns of a layer of sites.gpkg, in the order of the file."""
    path = folder / TABLES
    if not path.is_file():
        what, remedy = "there is no such file", AGAIN
        raise MissingDataError(Problem(file=str(path), what=what, remedy=remedy))
    try:
        table: pd.DataFrame = pyogrio.read_dataframe(
            path, layer=layer, columns=list(columns), read_geometry=False
        )
        return pd.DataFrame(table[list(columns)])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, KeyError) as error:
        what = f"holds no table {layer} with {', '.join(columns)}"
        raise DataError(Problem(file=str(path), what=what, remedy=AGAIN)) from error
