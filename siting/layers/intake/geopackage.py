"""Write a layer as a GeoPackage of ours: WGS 84, one layer, the same bytes for the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from siting.disk.dated import gdal_date
from siting.layers.folder.files import WGS84

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

DATE = "2000-01-01"
"""Written where a GeoPackage records when it last changed, so that the clock is not in it."""

RESERVED = frozenset({"fid", "geom", "geometry"})
"""Column names that the format keeps for itself."""


def write_geopackage(
    path: Path, name: str, columns: Mapping[str, pd.Series], shapes: NDArray[np.object_]
) -> None:
    """Write one layer with its spatial index; an empty text becomes null.

    Parameters
    ----------
    path
        A file that is not there yet.
    name
        Name of the layer.
    columns
        Texts, numbers and truth values.
    shapes
        WGS 84 degrees; None for a row without a place.

    Raises
    ------
    OSError
        The file cannot be written.

    """
    table = gpd.GeoDataFrame(
        {column: _storable(values) for column, values in columns.items()},
        geometry=gpd.GeoSeries(shapes, crs=WGS84),
    )
    try:
        with gdal_date(DATE):
            pyogrio.write_dataframe(
                table,
                path,
                layer=name,
                driver="GPKG",
                geometry_type=_one_type(shapes),
                promote_to_multi=False,
                use_arrow=True,
                layer_options={"SPATIAL_INDEX": "YES"},
            )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise OSError(str(error)) from error


def safe_names(headers: list[str], taken: list[str]) -> dict[str, str]:
    """Return a name for each header that differs from all others whatever their case.

    >>> safe_names(["Name", "fid", "备注"], ["name"])
    {'Name': 'Name_2', 'fid': 'fid_2', '备注': '备注'}
    """
    used = {name.lower() for name in taken} | RESERVED
    names = {}
    for header in headers:
        name, number = header, 1
        while name.lower() in used:
            number += 1
            name = f"{header}_{number}"
        used.add(name.lower())
        names[header] = name
    return names


def _storable(values: pd.Series) -> pd.Series:
    """Return a column with null for an empty text."""
    if isinstance(values.dtype, pd.StringDtype) or values.dtype == object:
        return values.where(values != "", None)
    return values


def _one_type(shapes: NDArray[np.object_]) -> str:
    """Return the geometry type of a layer: the one that all shapes have, else any."""
    kinds = {int(kind) for kind in np.unique(shapely.get_type_id(shapes)) if kind >= 0}
    names = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString"}
    if not kinds:
        return "Point"
    return names.get(next(iter(kinds)), "MultiPolygon") if len(kinds) == 1 else "Unknown"
