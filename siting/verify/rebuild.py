"""Compute the covering problem of a plan anew from its layers and assumptions, and hash it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import DataError, Problem
from siting.layers import read_layers
from siting.scenario import scenario_of
from siting.study import what_could_stand, what_stands
from siting.verify.stored import problem_hashes

if TYPE_CHECKING:
    from collections.abc import Mapping


def rebuilt_hashes(figures: Mapping[str, Any], layers: str | Path) -> dict[str, str]:
    """Return the hashes of the covering problem that layers and the plan's assumptions give.

    Parameters
    ----------
    figures
        The content of plan.json: its assumptions, and the hashes of the files it was made from.
    layers
        The folder of layers that the plan was made from.

    Raises
    ------
    DataError
        When a file of the folder is not the one that plan.json names; every such file is told.
    """
    folder = Path(layers)
    refuse_other_inputs(figures, folder)
    scenario = scenario_of(figures["scenario"]["assumptions"])
    tables = read_layers(folder, crs=scenario.study.crs, needs=scenario.needs)
    scenario = scenario.in_crs(tables.crs)
    question = what_could_stand(scenario, tables, what_stands(scenario, tables))
    problem, sites = question.problem, question.candidates
    return problem_hashes(
        (
            problem.covers,
            problem.weights,
            problem.needed.astype(np.float64),
            problem.level,
            problem.point,
        ),
        (
            sites["site_id"].astype(str).tolist(),
            sites["stations"].to_numpy(np.int64),
            sites["cost_cny"].to_numpy(float),
        ),
    )


def refuse_other_inputs(figures: Mapping[str, Any], folder: Path) -> None:
    """Raise when files of the folder are not those that the plan was made from."""
    problems = []
    for entry in figures["inputs"]:
        name, told = entry.get("file"), entry.get("sha256")
        if not name or not told:
            continue
        path = folder / str(name)
        if not path.is_file():
            what = "is not there"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != told:
            what = "is not the file that the plan was made from"
        else:
            continue
        remedy = "name the layers of this plan with --layers"
        problems.append(Problem(file=str(path), what=what, remedy=remedy))
    if problems:
        raise DataError(problems)
