"""Check that townships and villages lie in the county that they say they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.layers.problems import row_problems

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from siting.errors import Problem
    from siting.layers.folder.files import RawTable

VILLAGE_SLACK_M = 1000.0
"""A surveyed village may lie this far outside a generalised outline [m], beside its radius."""


def outside_problems(
    raw: RawTable,
    table: pd.DataFrame,
    geometry: gpd.GeoSeries,
    outlines: gpd.GeoDataFrame,
    *,
    crs: str,
) -> list[Problem]:
    """Return the rows that lie outside their county by more than their own uncertainty.

    Parameters
    ----------
    raw
        The file of townships or villages, for its name and rows.
    table
        county_code, and uncertainty_km or location_radius_m.
    geometry
        Points in WGS 84; rows without a usable place are None.
    outlines
        code and the outline of each county, WGS 84.
    crs
        Working CRS in metres, in which the distance is measured.

    """
    outside_m = distance_outside_m(geometry, table["county_code"], outlines, crs=crs)
    if "uncertainty_km" in table:
        allowed_m, column = table["uncertainty_km"].to_numpy(float) * 1000.0, "uncertainty_km"
    else:
        radius_m = np.nan_to_num(table["location_radius_m"].to_numpy(float))
        allowed_m, column = radius_m + VILLAGE_SLACK_M, "location_radius_m"
    bad = np.flatnonzero(outside_m > allowed_m)
    whats = [
        f"{table['name'].iloc[k]} lies {outside_m[k] / 1000.0:.1f} km outside county "
        f"{table['county_code'].iloc[k]}, more than its uncertainty of {allowed_m[k] / 1000.0:g} km"
        for k in bad
    ]
    remedy = f"check lon, lat and county_code, or widen {column}"
    place = "geometry" if raw.geometry is not None else "lon, lat"
    return row_problems(raw.path.name, raw.rows[bad].tolist(), place, whats, remedy)


def distance_outside_m(
    geometry: gpd.GeoSeries, county_codes: pd.Series, outlines: gpd.GeoDataFrame, *, crs: str
) -> NDArray[np.float64]:
    """Return how far each point lies outside its county [m]; 0 inside, or without a place."""
    points = geometry.to_crs(crs)
    drawn = outlines.to_crs(crs)
    outside = np.zeros(len(points))
    present = (points.notna() & ~points.is_empty).to_numpy()
    for code, outline in zip(drawn["code"], drawn.geometry, strict=True):
        mine = present & (county_codes == code).to_numpy()
        if outline is not None and mine.any():
            outside[mine] = points[mine].distance(outline).to_numpy()
    return outside
