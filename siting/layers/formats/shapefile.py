"""Read a shapefile: its shapes by GDAL, its table by our own reader, its CRS from the .prj."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.layers.formats.dbf import read_dbf
from siting.layers.formats.drawn import heard, plain_shapes, unreadable
from siting.layers.formats.guard import refuse_false_size
from siting.layers.formats.refusal import refusal
from siting.layers.formats.sheet import Sheet

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_PRJ = "no .prj: it declares no CRS"


def open_shapefile(path: Path, *, file: str = "") -> Sheet:
    """Return a shapefile; crs is the text of its .prj, "" where there is none.

    Raises
    ------
    DataError
        Where the .dbf or the .shx is missing, or a header claims what the file does not hold.

    """
    import pyogrio  # noqa: PLC0415 - heavy; only drawn files need it

    file = file or path.name
    parts = parts_of(path)
    missing = [suffix for suffix in (".dbf", ".shx") if suffix not in parts]
    if missing:
        what = f"comes without its {' and '.join(missing)}"
        remedy = f"copy {Path(file).stem}{missing[0]} beside it, or import a .zip of all its parts"
        raise refusal(file, what, remedy)
    for suffix in (".shp", ".shx"):
        refuse_false_size(parts[suffix], file if suffix == ".shp" else file[:-4] + suffix)
    cells, records, count, notes = read_dbf(parts[".dbf"], file[:-4] + ".dbf")
    try:
        with heard(path, file) as said:
            wkb = _shapes(parts)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise unreadable(file, error) from error
    if len(wkb) != count:
        what = f"holds {len(wkb)} shapes and its .dbf {count} records"
        raise refusal(file, what, "export it again: shapes and records do not belong together")
    shapes, changed = plain_shapes(file, wkb[records])
    prj = parts.get(".prj")
    crs = prj.read_bytes().decode("utf-8", errors="replace").strip(" \0\r\n\ufeff") if prj else ""
    return Sheet(
        file=file,
        cells=cells,
        rows=records + 1,
        geometry=shapes,
        crs=crs,
        notes=(*notes, *said, *changed, *(() if crs else (NO_PRJ,))),
    )


def _shapes(parts: dict[str, Path]) -> NDArray[np.object_]:
    """Return the WKB of each shape, also of those whose record is deleted.

    GDAL sees the shapes alone: a table in an unknown encoding or a .prj that it does not
    understand is no hindrance.
    """
    import pyogrio  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".shp", ".shx"):
            alone = Path(folder) / f"data{suffix}"
            try:
                alone.symlink_to(parts[suffix].resolve())
            except OSError:  # Windows lets only some users make links
                shutil.copyfile(parts[suffix], alone)
        _, _, wkb, _ = pyogrio.raw.read(Path(folder) / "data.shp", columns=[])
    return np.asarray(wkb, dtype=object)


def parts_of(path: Path) -> dict[str, Path]:
    """Return the files that belong to a shapefile by their suffix in small letters."""
    stem = path.stem.lower()
    same = sorted(one for one in path.parent.iterdir() if one.stem.lower() == stem)
    return {one.suffix.lower(): one for one in reversed(same)} | {".shp": path}
