"""Put the counties' facts and their outline together: one polygon per code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from siting.errors import Problem
from siting.layers.folder.files import WGS84
from siting.layers.geometry.repair import polygon_faults
from siting.layers.problems import row_problems

if TYPE_CHECKING:
    import pandas as pd

    from siting.layers.folder.files import RawTable


def county_outlines(
    facts: RawTable, table: pd.DataFrame, outline: RawTable | None
) -> tuple[gpd.GeoSeries, list[Problem]]:
    """Return the outline of each row of `table` in WGS 84, and what is wrong with it.

    `outline` is the file that holds the polygons by `code`; None when `facts` is drawn itself.
    """
    drawn = outline or facts
    empty = gpd.GeoSeries([None] * len(table), crs=WGS84)
    if drawn.path.suffix == ".csv":
        remedy = "add counties.geojson or counties.gpkg with one polygon per code"
        what = "the outline of the counties is missing"
        return empty, [Problem(file="counties.geojson", what=what, remedy=remedy)]
    if drawn.geometry is None:
        return empty, []
    problems = _bad_polygons(drawn)
    if outline is None:
        return drawn.geometry, problems
    if "code" not in outline.cells:
        what, remedy = "the column code is missing", "add the code of its county to each outline"
        return empty, [Problem(file=outline.path.name, column="code", what=what, remedy=remedy)]
    shapes = dict(zip(outline.cells["code"], drawn.geometry, strict=True))
    joined = np.array([shapes.get(code) for code in table["code"]], dtype=object)
    problems += _unmatched(facts, table, outline)
    return gpd.GeoSeries(joined, crs=WGS84), problems


def _bad_polygons(drawn: RawTable) -> list[Problem]:
    """Return the rows whose geometry is no valid polygon, or whose axes are swapped."""
    shapes = drawn.geometry.to_numpy() if drawn.geometry is not None else np.array([])
    file, bounds = drawn.path.name, shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        swapped = np.flatnonzero((bounds[:, 3] > 90.0) & (bounds[:, 2] <= 90.0))
    faults = polygon_faults(shapes)
    bad = np.flatnonzero(faults != "")
    whats = ["lon and lat are swapped in the outline"] * len(swapped)
    remedy = "exchange the two: longitude first, latitude second"
    problems = row_problems(file, drawn.rows[swapped].tolist(), "geometry", whats, remedy)
    whats = [f"is not a valid polygon: {faults[k]}" for k in bad]
    remedy = "draw it closed and without crossings"
    return problems + row_problems(file, drawn.rows[bad].tolist(), "geometry", whats, remedy)


def _unmatched(facts: RawTable, table: pd.DataFrame, outline: RawTable) -> list[Problem]:
    """Return the counties without an outline and the outlines without a county."""
    lone = np.flatnonzero(~table["code"].isin(outline.cells["code"]).to_numpy())
    whats = [f"county {table['code'].iloc[k]} has no outline in {outline.path.name}" for k in lone]
    remedy = "draw it, or remove the row"
    problems = row_problems(facts.path.name, facts.rows[lone].tolist(), "code", whats, remedy)
    stray = np.flatnonzero(~outline.cells["code"].isin(table["code"]).to_numpy())
    whats = [f"{outline.cells['code'].iloc[k]} is not a code of {facts.path.name}" for k in stray]
    remedy = "add its row, or remove the outline"
    rows = outline.rows[stray].tolist()
    return problems + row_problems(outline.path.name, rows, "code", whats, remedy)
