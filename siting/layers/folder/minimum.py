"""Say what a city lacks of the least that a plan needs: a boundary, people, the sites that stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Problem
from siting.layers.folder.files import REMEDIES
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from siting.layers.folder.files import FileFacts, RawTable

    Tables = Mapping[str, pd.DataFrame]

PEOPLE = (
    "give counties their population, or add population.tif (`siting layers import FILE --as "
    "population`), or villages with their population"
)


def population_problems(
    raws: Mapping[str, RawTable], tables: Tables, rasters: Mapping[str, FileFacts]
) -> list[Problem]:
    """Return what keeps the people of a city from being counted."""
    if "population" in rasters:
        return []
    counties, villages = tables.get("counties"), tables.get("villages")
    if counties is None or counties.empty:
        return [] if villages is not None else [_nobody("population.tif")]
    silent = counties["code"][counties["population"] == 0]
    if villages is None or villages["population"].isna().all():
        return [_nobody(raws["counties"].path.name)] if len(silent) == len(counties) else []
    given = villages["population"].notna()
    partly = villages["county_code"].isin(set(villages["county_code"][given]) & set(silent))
    bad = np.flatnonzero((partly & ~given).to_numpy())
    whats = ["is empty, and its county gives no population to share out"] * len(bad)
    raw = raws["villages"]
    rows = raw.rows[bad].tolist()
    return row_problems(raw.path.name, rows, "population", whats, "fill it in, 0 for nobody")


def _nobody(file: str) -> Problem:
    what = "the population is missing: no county, village or raster says where people are"
    return Problem(file=file, column="population", what=what, remedy=PEOPLE)


def progress_problems(raws: Mapping[str, RawTable]) -> list[Problem]:
    """Return the problem of reports on targets that are not there."""
    if "progress" not in raws or "targets" in raws:
        return []
    what = "reports progress of targets, and there is no targets.csv"
    return [Problem(file="progress.csv", what=what, remedy="add targets.csv, or remove this file")]


def needed_layers(tables: Tables, needs: Sequence[str]) -> list[Problem]:
    """Return the layers that the study at hand needs beside the minimum, and that are not there."""
    return [
        Problem(
            file=f"{name}.csv",
            what=f"the layer {name} is missing",
            remedy=REMEDIES.get(name, f"add {name}.csv"),
        )
        for name in needs
        if name not in tables
    ]
