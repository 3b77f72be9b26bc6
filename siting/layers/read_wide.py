"""Read one wide layer of a plan's folder, when the plan needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio

from siting.errors import ConfigurationError, MissingDataError, Problem
from siting.layers.folder.wide import DRAWN, table_of
from siting.layers.wide import WIDE_TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from siting.layers.model import Layers
    from siting.layers.schema import Column


def read_wide(layers: Layers, name: str) -> gpd.GeoDataFrame:
    """Return a wide layer in the working CRS, with the columns of `WIDE_TABLES` in their types.

    Columns that the schema does not list follow as they are. Text that is empty is "", a number
    that is not given NaN.

    Parameters
    ----------
    layers
        The layers, as `read_layers` returns them.
    name
        roads, rail, water, power, buildings, measurements or sectors.

    Raises
    ------
    ConfigurationError
        There is no wide layer of that name.
    MissingDataError
        The folder does not hold it.

    """
    if name not in WIDE_TABLES:
        remedy = f"name one of {', '.join(WIDE_TABLES)}"
        what = f"there is no wide layer {name!r}"
        raise ConfigurationError(Problem(column="name", what=what, remedy=remedy))
    if name not in layers.wide:
        remedy = f"import it with `siting layers import FILE --as {name}`"
        what = f"the layer {name} is missing"
        raise MissingDataError(Problem(file=f"{name}.gpkg", what=what, remedy=remedy))
    return wide_table(layers.wide[name], name, crs=layers.crs)


def wide_table(path: Path, name: str, *, crs: str) -> gpd.GeoDataFrame:
    """Return the wide layer `name` of a file, as `read_wide` does."""
    drawn = pyogrio.read_dataframe(path, layer=table_of(path, name), use_arrow=True)
    typed = {
        column.name: _filled(drawn.get(column.name), column, len(drawn))
        for column in WIDE_TABLES[name].columns
        if column.name not in DRAWN
    }
    extra = {column: drawn[column] for column in drawn.columns if column not in typed}
    table = pd.DataFrame(typed | extra).drop(columns=["geometry", *DRAWN], errors="ignore")
    return gpd.GeoDataFrame(table, geometry=drawn.geometry.to_crs(crs), crs=crs)


def _filled(cells: pd.Series | None, column: Column, rows: int) -> pd.Series:
    """Return the cells of a wide layer in the column's type, its default where there are none."""
    if cells is None:
        cells = pd.Series([column.default] * rows)
    if column.kind == "text":
        return cells.astype("str").fillna(str(column.default)).replace("nan", "")
    return pd.to_numeric(cells, errors="coerce").astype(float)
