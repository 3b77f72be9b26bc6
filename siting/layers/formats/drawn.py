"""Read GeoPackage, FlatGeobuf, shapefile and GeoParquet: text cells and shapes as they are."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from siting.errors import ConfigurationError, DataError, Problem, SitingError
from siting.layers.formats.as_text import text_columns
from siting.layers.formats.guard import refuse_false_size
from siting.layers.formats.refusal import refusal
from siting.layers.formats.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

WITHOUT_Z = "heights (Z) and measures (M) of the coordinates left out"


def open_drawn(path: Path, *, table: str = "", file: str = "") -> Sheet:
    """Return one layer of a GeoPackage or FlatGeobuf.

    Parameters
    ----------
    path
        The file.
    table
        The layer; needed where there are several.
    file
        What problems call it; the name of the file where it is empty.

    Raises
    ------
    DataError
        Where the file cannot be read or has several layers and `table` is empty.
    ConfigurationError
        Where it has no layer `table`.

    """
    import pyogrio  # noqa: PLC0415 - heavy; only drawn files need it

    file = file or path.name
    refuse_false_size(path, file)
    broken = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError)
    try:
        with heard(path, file):  # what is said here is said again when the layer is read
            layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except broken as error:
        raise unreadable(file, error) from error
    layer = chosen_layer(file, layers, table)
    named = f"{file}[{layer}]" if table else file
    try:
        with heard(path, file) as said:
            about, arrow = pyogrio.read_arrow(path, layer=layer, datetime_as_string=True)
        column = about["geometry_name"] or "wkb_geometry"
        return drawn_sheet(named, arrow, column, about["crs"] or "", notes=tuple(said))
    except SitingError:
        raise
    except broken as error:
        raise unreadable(file, error) from error


@contextmanager
def heard(path: Path, file: str) -> Iterator[list[str]]:
    """Give a list that holds, afterwards, what GDAL warned of; paths in it are the file's name."""
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield said
    words = [str(one.message).replace(str(path), file).splitlines()[0] for one in caught]
    said += dict.fromkeys(f"GDAL says: {one}" for one in words)


def drawn_sheet(
    file: str, arrow: Any, geometry: str, crs: str, *, notes: tuple[str, ...] = ()
) -> Sheet:
    """Return an Arrow table, whose column `geometry` holds WKB, as a sheet."""
    names = [name for name in arrow.column_names if name != geometry]
    cells = text_columns(names, [arrow.column(name) for name in names], arrow.num_rows)
    shapes: NDArray[np.object_] | None = None
    if geometry in arrow.column_names:
        wkb = np.asarray(arrow.column(geometry).to_pylist(), dtype=object)
        shapes, changed = plain_shapes(file, wkb)
        notes = (*notes, *changed)
    rows = np.arange(1, arrow.num_rows + 1, dtype=np.int64)
    return Sheet(file=file, cells=cells, rows=rows, geometry=shapes, crs=crs, notes=notes)


def plain_shapes(
    file: str, wkb: NDArray[np.object_]
) -> tuple[NDArray[np.object_], tuple[str, ...]]:
    """Return shapes from WKB in two dimensions; an empty shape is None; notes say what changed."""
    try:
        shapes = shapely.from_wkb(wkb)
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        what = f"holds a shape that cannot be read ({str(error).splitlines()[0]})"
        remedy = "draw curves as straight pieces (QGIS: Segmentize), check validity, save it again"
        raise refusal(file, what, remedy) from error
    notes: tuple[str, ...] = ()
    if (shapely.has_z(shapes) | shapely.has_m(shapes)).any():
        shapes, notes = shapely.force_2d(shapes), (WITHOUT_Z,)
    shapes = np.asarray(shapes, dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    return shapes, notes


def chosen_layer(file: str, layers: list[str], table: str) -> str:
    """Return the layer to read: `table`, or the only one."""
    if not layers:
        remedy = "export the features, not the tiles or the styles, as a GeoPackage"
        raise refusal(file, "holds no layer of features", remedy)
    listed = ", ".join(layers[:20]) + (", ..." if len(layers) > 20 else "")
    if table and table not in layers:
        what = f"has no layer {table!r}; it has {listed}"
        raise ConfigurationError(Problem(file=file, what=what, remedy="name one with --table"))
    if not table and len(layers) > 1:
        what = f"holds {len(layers)} layers: {listed}"
        raise refusal(file, what, "name the one to read with --table")
    return table or layers[0]


def unreadable(file: str, error: Exception) -> DataError:
    """Return the error of a file that GDAL cannot read, without the path in its words."""
    words = str(error).splitlines()[0] if str(error) else type(error).__name__
    reason = words.rsplit(":", 1)[-1].strip() if "/" in words or "\\" in words else words
    remedy = "check that the copy is complete, or export it again as a GeoPackage"
    return refusal(file, f"cannot be read ({reason})" if reason else "cannot be read", remedy)


def open_parquet(path: Path, *, file: str = "") -> Sheet:
    """Return a GeoParquet file; a Parquet file without geometry is a table of cells."""
    import json  # noqa: PLC0415

    import pyarrow as pa  # noqa: PLC0415 - heavy; only Parquet files need it
    import pyarrow.parquet as pq  # noqa: PLC0415

    file = file or path.name
    try:
        arrow = pq.read_table(path, partitioning=None)
        about = json.loads((arrow.schema.metadata or {}).get(b"geo", b"{}"))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(file, error) from error
    primary = about.get("primary_column", "")
    column = about.get("columns", {}).get(primary, {})
    if column.get("encoding", "WKB") != "WKB":
        what = f"holds its shapes as {column['encoding']}, which is not read here"
        raise refusal(file, what, "save it as GeoParquet with WKB, or as a GeoPackage")
    return drawn_sheet(file, arrow, primary, _parquet_crs(column) if column else "")


def _parquet_crs(column: dict[str, Any]) -> str:
    """Return the CRS of a GeoParquet column; longitude and latitude where it names none."""
    import pyproj  # noqa: PLC0415

    if "crs" not in column:
        return "OGC:CRS84"  # what the format says where a file says nothing
    if column["crs"] is None:
        return ""
    crs = pyproj.CRS.from_user_input(column["crs"])
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt())
