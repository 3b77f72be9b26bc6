"""Where a point is: its county, township and nearest village, and the environment of its radio.

Only the counties inside the denominators count: the others have no demand and no site.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.layers.model import Layers

    Ints: TypeAlias = NDArray[np.int64]

TOWN_CLASSES = frozenset({"112", "121", "122", "123", "210"})
URBAN_CLASSES = frozenset({"111"})


def counted(layers: Layers) -> Layers:
    """Return the layers with the townships and villages of the counties that count."""
    counties = layers.counties
    codes = counties["code"][counties["in_denominator"].astype(bool)]
    townships = layers.townships[layers.townships["county_code"].isin(codes)]
    villages = layers.villages[layers.villages["county_code"].isin(codes)]
    return replace(
        layers,
        townships=townships.reset_index(drop=True),
        villages=villages.reset_index(drop=True),
    )


def environments(classes: pd.Series, reliefs: pd.Series) -> pd.Series:
    """Return the radio environment of each row from its urban-rural class and township relief."""
    rural = reliefs.where(reliefs.isin(["plain", "hill", "mountain"]), "plain")
    named = rural.mask(classes.isin(TOWN_CLASSES), "town")
    return named.mask(classes.isin(URBAN_CLASSES), "urban")


def locate(layers: Layers, points: gpd.GeoSeries) -> pd.DataFrame:
    """Return for each point its county, township, nearest village there, and environment.

    A point outside every township area that counts (in the sea, on a bridge) belongs to the
    nearest one within 3 km, which is more than the outline's tolerance and less than a bay;
    farther out its codes are empty, and so they are in a county outside the denominators.
    """
    geometry = points.to_numpy()
    row = _township_rows(layers, geometry)
    layers = counted(layers)
    townships, known = layers.townships, row >= 0
    codes = np.where(known, townships["code"].to_numpy()[row], "")
    counties = np.where(known, townships["county_code"].to_numpy()[row], "")
    village = _nearest_village(layers, geometry, codes)
    classes = pd.Series(layers.villages["urban_rural_class"].to_numpy()[village])
    reliefs = pd.Series(townships["relief"].to_numpy()[row])
    return pd.DataFrame(
        {
            "county_code": counties,
            "township_code": codes,
            "township": np.where(known, townships["name"].to_numpy()[row], ""),
            "planning_unit": np.where(
                known, layers.villages["planning_unit"].to_numpy()[village], ""
            ),
            "village_code": np.where(known, layers.villages["code"].to_numpy()[village], ""),
            "village": np.where(known, layers.villages["name"].to_numpy()[village], ""),
            "environment": environments(classes, reliefs).to_numpy(),
        }
    )


def _township_rows(layers: Layers, geometry: NDArray[np.object_]) -> Ints:
    """Return the row of each point's township among those that count, or -1."""
    areas = counted(layers).townships.geometry.to_numpy()
    row = np.full(len(geometry), -1, dtype=np.int64)
    near = shapely.STRtree(areas).query_nearest(geometry, max_distance=3000.0, all_matches=False)
    row[near[0]] = near[1]
    other = layers.counties.geometry[~layers.counties["in_denominator"].astype(bool)].to_numpy()
    abroad = shapely.STRtree(other).query(geometry, "within")[0]
    row[abroad[shapely.distance(geometry[abroad], areas[row[abroad]]) > 0]] = -1
    return row


def _nearest_village(layers: Layers, geometry: NDArray[np.object_], codes: Ints) -> Ints:
    """Return the row of the nearest village of the same township, else of any."""
    villages = layers.villages
    nearest = shapely.STRtree(villages.geometry.to_numpy()).nearest(geometry)
    x, y = shapely.get_x(geometry), shapely.get_y(geometry)
    village_x, village_y = villages.geometry.x.to_numpy(), villages.geometry.y.to_numpy()
    for code, rows in villages.groupby("host_township_code").indices.items():
        mine = np.flatnonzero(codes == code)
        if len(mine):
            gap = np.hypot(x[mine, None] - village_x[rows], y[mine, None] - village_y[rows])
            nearest[mine] = rows[gap.argmin(axis=1)]
    return np.asarray(nearest, dtype=np.int64)
