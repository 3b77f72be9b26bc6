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
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from siting.demand.locate import counted
from siting.errors import DataError, MissingDataError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.model import Layers

    Floats: TypeAlias = NDArray[np.float64]

INSIDE = 0.95
"""Share of a cell that must lie within the counties."""

LEAST_CELLS = 3
BLOCK_M = 9000.0
"""Cells of a raster are joined to blocks of about this side [m]: finer is not what a grid tells."""

DEGREE_M = 111_000.0
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


def read_population_grid(path: str | Path, *, column: str = "") -> gpd.GeoDataFrame:
    """Return a grid of square cells with `people`, from a drawn file or a GeoTIFF of counts.

    Parameters
    ----------
    path
        A GeoPackage, shapefile or GeoJSON with one polygon per cell, or a GeoTIFF.
    column
        The column of people; may be left out where there is one numeric column only, or one
        called people or population.

    Raises
    ------
    MissingDataError
        There is no such file.
    DataError
        It cannot be read, or its column of people cannot be told.

    """
    path = Path(path)
    if not path.is_file():
        remedy = "name a grid of cells with people"
        raise MissingDataError(Problem(file=path.name, what="is not there", remedy=remedy))
    if path.suffix.lower() in (".tif", ".tiff"):
        return _cells_of_raster(path)
    try:
        table = pyogrio.read_dataframe(path)
    except (DataSourceError, DataLayerError) as error:
        remedy = "give a GeoPackage, shapefile, GeoJSON or GeoTIFF"
        what = f"cannot be read ({error})"
        raise DataError(Problem(file=path.name, what=what, remedy=remedy)) from error
    people = pd.to_numeric(table[_people_column(path, table, column)], errors="coerce")
    return gpd.GeoDataFrame({"people": people}, geometry=table.geometry, crs=table.crs)


def _people_column(path: Path, table: pd.DataFrame, column: str) -> str:
    """Return the column that holds people, or raise naming those there are."""
    numeric = [str(name) for name in table.select_dtypes("number").columns]
    if column in numeric:
        return column
    named = [name for name in numeric if name.lower() in ("people", "population")]
    if not column and len(named or numeric) == 1:
        return (named or numeric)[0]
    what = f"has no column of numbers {column!r}" if column else "has several columns of numbers"
    remedy = f"name one with --column: {', '.join(numeric) or 'there is none'}"
    raise DataError(Problem(file=path.name, column=column, what=what, remedy=remedy))


def _cells_of_raster(path: Path) -> gpd.GeoDataFrame:
    """Return blocks of a raster as cells: as many cells on a side as make about BLOCK_M."""
    with rasterio.open(path) as source:
        if source.crs is None:
            remedy = "set the CRS that the grid was made in"
            raise DataError(Problem(file=path.name, what="has no CRS", remedy=remedy))
        side_m = abs(source.transform.e) * (DEGREE_M if source.crs.is_geographic else 1.0)
        step = max(round(BLOCK_M / side_m), 1)
        counts = source.read(1, masked=True).filled(0.0).astype(np.float64)
        rows, columns = counts.shape[0] // step * step, counts.shape[1] // step * step
        counts = np.where(np.isfinite(counts), np.maximum(counts, 0.0), 0.0)[:rows, :columns]
        people = counts.reshape(rows // step, step, columns // step, step).sum(axis=(1, 3))
        place, crs = source.transform, source.crs
    row, column = np.indices(people.shape)
    west = place.c + column * step * place.a
    north = place.f + row * step * place.e
    cells = shapely.box(west, north + step * place.e, west + step * place.a, north)
    return gpd.GeoDataFrame({"people": people.ravel()}, geometry=cells.ravel(), crs=crs)


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
