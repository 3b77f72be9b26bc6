"""Compare where the model puts people with a population grid that somebody else made.

Only cells that lie almost whole (INSIDE) within the counties that count are compared, for at the
border a cell holds people of the neighbours. The grid is no truth either: the figures say how far
two models differ, and the same figures for people spread evenly over each county say how much of
that the model is worth.

    misplaced    sum |a_i / sum a - b_i / sum b| / 2, the share of people in another cell
    correlation  of the people per cell, and of ln(1 + people)
    rmse         root mean square of a_i - b_i [people per cell]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from siting.demand.locate import counted
from siting.errors import DataError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.model import Layers

    Floats: TypeAlias = NDArray[np.float64]

INSIDE = 0.95
"""Share of a cell that must lie within the counties."""

LEAST_CELLS = 3
WORST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far one distribution of people over cells is from the grid."""

    people: float
    misplaced_share: float
    correlation: float
    log_correlation: float
    rmse_people: float


@dataclass(frozen=True, kw_only=True)
class CrossCheck:
    """The model and an even spread against a grid, over the cells inside the counties.

    Attributes
    ----------
    cells
        Cells compared.
    grid_people
        People of the grid in them.
    model, even
        The agreement of the model, and of people spread evenly over each county.
    worst
        The cells that differ most: lon, lat of the middle [degree], model, grid [people].

    """

    cells: int
    grid_people: float
    model: Agreement
    even: Agreement
    worst: pd.DataFrame


def cross_check(layers: Layers, demand: gpd.GeoDataFrame, grid: gpd.GeoDataFrame) -> CrossCheck:
    """Return how the residents of `demand` agree with a grid.

    Parameters
    ----------
    layers
        The layers that the demand was made from.
    demand
        From `demand_points`; only its residents count.
    grid
        One row per cell: `people` and the cell as polygon, in any CRS.

    Raises
    ------
    DataError
        The grid has no CRS, or fewer than three of its cells lie within the counties.

    """
    cells, shares = _cells_inside(layers, grid)
    theirs = cells["people"].to_numpy(float)
    ours = _people_in(cells, demand[demand["kind"] == "residents"])
    even = shares.to_numpy() @ counted(layers).counties["population"].to_numpy(float)
    return CrossCheck(
        cells=len(cells),
        grid_people=float(theirs.sum()),
        model=_agreement(ours, theirs),
        even=_agreement(even, theirs),
        worst=_worst(cells, ours, theirs),
    )


def _cells_inside(layers: Layers, grid: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the cells within the counties, and the share of each county that lies in each."""
    if grid.crs is None:
        remedy = "set the CRS that the grid was made in"
        raise DataError(Problem(file="population grid", what="has no CRS", remedy=remedy))
    cells = grid[["people", grid.geometry.name]].to_crs(layers.crs)
    counties = counted(layers).counties
    parts = shapely.intersection(
        cells.geometry.to_numpy()[:, None], counties.geometry.to_numpy()[None, :]
    )
    area = shapely.area(parts)
    inside = area.sum(axis=1) >= INSIDE * cells.geometry.area.to_numpy()
    inside &= cells["people"].notna().to_numpy()
    if inside.sum() < LEAST_CELLS:
        what = f"only {int(inside.sum())} of its cells lie within the counties"
        remedy = "give a grid of this city, fine enough to have cells inside it"
        raise DataError(Problem(file="population grid", what=what, remedy=remedy))
    shares = pd.DataFrame(area[inside] / counties.geometry.area.to_numpy())
    return cells[inside].reset_index(drop=True), shares


def _people_in(cells: gpd.GeoDataFrame, residents: gpd.GeoDataFrame) -> Floats:
    tree = shapely.STRtree(cells.geometry.to_numpy())
    point, cell = tree.query(residents.geometry.to_numpy(), predicate="within")
    first = np.unique(point, return_index=True)[1]  # on an edge: the first of the two cells
    people = residents["people"].to_numpy(float)[point[first]]
    return np.bincount(cell[first], people, minlength=len(cells)).astype(np.float64)


def _agreement(ours: Floats, theirs: Floats) -> Agreement:
    return Agreement(
        people=float(ours.sum()),
        misplaced_share=float(np.abs(ours / ours.sum() - theirs / theirs.sum()).sum() / 2.0),
        correlation=_correlation(ours, theirs),
        log_correlation=_correlation(np.log1p(ours), np.log1p(theirs)),
        rmse_people=float(np.sqrt(np.mean((ours - theirs) ** 2))),
    )


def _correlation(one: Floats, other: Floats) -> float:
    """Return Pearson's correlation; NaN where one of the two does not vary."""
    spread = float(one.std() * other.std())
    return (
        float(np.mean((one - one.mean()) * (other - other.mean())) / spread) if spread else np.nan
    )


def _worst(cells: gpd.GeoDataFrame, ours: Floats, theirs: Floats) -> pd.DataFrame:
    order = np.argsort(-np.abs(ours - theirs), kind="stable")[:WORST_SHOWN]
    middle = gpd.GeoSeries(cells.geometry.centroid.iloc[order], crs=cells.crs).to_crs("EPSG:4326")
    return pd.DataFrame(
        {
            "lon": middle.x.round(4).to_numpy(),
            "lat": middle.y.round(4).to_numpy(),
            "model": ours[order].round().astype(np.int64),
            "grid": theirs[order].round().astype(np.int64),
        }
    )
