"""Fill in the codes that a city's files leave out: of counties, townships and villages.

Codes are made in the order of the file: counties C01, C02, ..., townships C01T001, villages
V000001. The county of a place is the one whose outline it lies in, else the nearest. A city whose
counties have codes of six digits is held to the codes of the National Bureau of Statistics: 6, 9
and 12 digits; every other city only to codes that agree with each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from siting.layers.problems import row_problems

if TYPE_CHECKING:
    import geopandas as gpd

    from siting.errors import Problem
    from siting.layers.folder.files import RawTable

COUNTY_DIGITS = 6


def follows_bureau(raw: RawTable | None) -> bool:
    """Return whether most counties of a city have a code of six digits, or none are known yet."""
    if raw is None:
        return True
    if "code" not in raw.cells or raw.cells.empty:
        return False
    six = raw.cells["code"].str.fullmatch(rf"\d{{{COUNTY_DIGITS}}}")
    return bool(six.mean() > 0.5)


def county_codes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the counties with codes of ours where the file has none."""
    if len(table) == 0 or (table["code"] != "").any():
        return table
    return table.assign(code=[f"C{row:02d}" for row in range(1, len(table) + 1)])


def place_codes(
    raw: RawTable,
    table: pd.DataFrame,
    geometry: gpd.GeoSeries,
    counties: pd.DataFrame,
    outlines: gpd.GeoSeries,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return townships or villages with the codes that their file leaves out.

    Parameters
    ----------
    raw, table, geometry
        The file, its typed table, and where its rows are (None where they are not placed).
    counties, outlines
        The counties with their codes, and their outlines in the same CRS.

    """
    problems: list[Problem] = []
    filled = table
    if len(table) and (table["county_code"] == "").all():
        codes = _counties_of(geometry, counties, outlines)
        lost = np.flatnonzero(codes == "")
        whats = ["has neither a county_code nor a place"] * len(lost)
        remedy = "give its county_code, or its lon and lat"
        rows = raw.rows[lost].tolist()
        problems = row_problems(raw.path.name, rows, "county_code", whats, remedy)
        filled = filled.assign(county_code=codes)
    if len(table) and (table["code"] == "").all():
        filled = filled.assign(code=_own_codes(filled))
    return filled, problems


def _counties_of(
    geometry: gpd.GeoSeries, counties: pd.DataFrame, outlines: gpd.GeoSeries
) -> np.ndarray:
    """Return the code of the county that each place lies in or nearest to, "" without a place."""
    codes = np.full(len(geometry), "", dtype=object)
    if len(counties) == 1:
        codes[:] = counties["code"].iloc[0]
        return codes
    points = shapely.point_on_surface(geometry.to_numpy())
    placed = np.flatnonzero(shapely.is_geometry(points) & ~shapely.is_empty(points))
    near = shapely.STRtree(outlines.to_numpy()).query_nearest(points[placed], all_matches=False)
    codes[placed[near[0]]] = counties["code"].to_numpy(object)[near[1]]
    return codes


def _own_codes(table: pd.DataFrame) -> pd.Series:
    """Return a code for each township or village, in the order of the file."""
    number = np.arange(1, len(table) + 1)
    if "township_code" in table:
        return pd.Series([f"V{row:06d}" for row in number], index=table.index)
    return table["county_code"] + [f"T{row:03d}" for row in number]
