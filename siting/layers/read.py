"""Read a folder of layers, or say everything that is wrong with it; model what is not surveyed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.layers.folder.catalogue import catalogue_of
from siting.layers.folder.check import WORKING_CRS, examine
from siting.layers.folder.files import WGS84
from siting.layers.folder.wide import table_of
from siting.layers.model import Layers
from siting.layers.modelled.population import CLASS_WEIGHTS
from siting.layers.modelled.units import township_areas, village_points
from siting.layers.wide import WIDE_TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.layers.folder.check import Examination
    from siting.layers.schema import Column

MISSING = ("the layer", "the outline of the counties")
NOT_DRAWN = ["lon", "lat", "radius_km", "outline"]


def embedded_directory() -> Path:
    """Return the folder of the city that comes with the package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "embedded" / "layers"
    return installed if installed.is_dir() else package.parent / "layers"


def read_layers(
    directory: str | Path,
    *,
    crs: str = WORKING_CRS,
    class_weights: Mapping[str, float] = CLASS_WEIGHTS,
) -> Layers:
    """Return the layers of a folder in the working CRS.

    Places that nobody has surveyed are modelled (siting.layers.modelled.placement), and so is the
    population of villages (siting.layers.modelled.population); both are marked so.

    Parameters
    ----------
    directory
        The folder; each layer NAME is NAME.gpkg, NAME.geojson or NAME.csv.
    crs
        Working CRS; projected, in metres.
    class_weights
        People in a village of each urban-rural class, relative to each other; all above 0.

    Raises
    ------
    MissingDataError
        Where layers are missing and nothing else is wrong.
    DataError
        With every problem of every file.

    """
    found = examine(Path(directory), crs=crs)
    targets = _require_all(found)
    counties = _projected(found, "counties", crs)
    townships = township_areas(_projected(found, "townships", crs), counties)
    villages = village_points(
        _projected(found, "villages", crs),
        _projected(found, "townships", crs),
        townships,
        counties,
        class_weights=class_weights,
    )
    rasters = {name: file.path for name, file in found.rasters.items()}
    return Layers(
        crs=crs,
        directory=Path(directory),
        counties=counties,
        townships=townships,
        villages=villages,
        ports=_places(found, "ports", crs),
        parks=_places(found, "parks", crs),
        protected=_places(found, "protected", crs),
        projects=_places(found, "projects", crs),
        data_centres=_places(found, "data_centres", crs),
        targets=targets,
        catalogue=catalogue_of(found),
        progress=found.progress,
        public_places=_places(found, "public_places", crs)
        if "public_places" in found.tables
        else None,
        sites=_projected(found, "sites", crs) if "sites" in found.tables else None,
        terrain=rasters.get("dem"),
        wide={name: file.path for name, file in found.wide.items()},
        rasters=rasters,
    )


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
    path = layers.wide[name]
    drawn = pyogrio.read_dataframe(path, layer=table_of(path, name), use_arrow=True)
    typed = {
        column.name: _filled(drawn.get(column.name), column, len(drawn))
        for column in WIDE_TABLES[name].columns
        if column.name not in NOT_DRAWN
    }
    extra = {column: drawn[column] for column in drawn.columns if column not in typed}
    table = pd.DataFrame(typed | extra).drop(columns=["geometry", *NOT_DRAWN], errors="ignore")
    return gpd.GeoDataFrame(table, geometry=drawn.geometry.to_crs(layers.crs), crs=layers.crs)


def _filled(cells: pd.Series | None, column: Column, rows: int) -> pd.Series:
    """Return the cells of a wide layer in the column's type, its default where there are none."""
    if cells is None:
        cells = pd.Series([column.default] * rows)
    if column.kind == "text":
        return cells.astype("str").fillna(str(column.default)).replace("nan", "")
    return pd.to_numeric(cells, errors="coerce").astype(float)


def _require_all(found: Examination) -> pd.DataFrame:
    """Return the ledger of targets where nothing is wrong, else raise every problem."""
    if found.problems or found.targets is None:
        missing = all(problem.what.startswith(MISSING) for problem in found.problems)
        raise (MissingDataError if missing else DataError)(found.problems)
    return found.targets


def _projected(found: Examination, name: str, crs: str) -> gpd.GeoDataFrame:
    """Return a table with its geometry in the working CRS, without the columns that gave it."""
    table = found.tables[name].drop(columns=["lon", "lat", "x", "y"], errors="ignore")
    geometry = found.geometry[name].set_crs(WGS84, allow_override=True).to_crs(crs)
    return gpd.GeoDataFrame(table, geometry=geometry.to_numpy(), crs=crs)


def _places(found: Examination, name: str, crs: str) -> gpd.GeoDataFrame:
    """Return a table of places; radius_m says how far off a place may be."""
    places = _projected(found, name, crs)
    radius_m = np.round(places["radius_km"] * 1000.0, 3)
    places = places.drop(columns=NOT_DRAWN, errors="ignore")
    places.insert(places.columns.get_loc("county_code"), "radius_m", radius_m)
    return places
