"""Open the file in an archive: a zipped shapefile, a KMZ, or a zip with one file that can be read.

Nothing is unpacked under a name of the archive's choosing: each file of interest goes into a
folder that is gone afterwards, and an archive that would write elsewhere is refused all the same.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from siting.errors import ConfigurationError, Problem, SitingError
from siting.layers.formats.dbf import looks_like_gbk
from siting.layers.formats.guard import refuse_zip_bomb
from siting.layers.formats.refusal import READABLE, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from siting.layers.formats.sheet import Sheet

KML_ARCHIVES = (".kmz", ".ovkmz")
KML_INSIDE = (".kml", ".ovkml")
SHAPEFILE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
READ_INSIDE = (
    *(".shp", ".gpkg", ".geojson", ".json", ".fgb", ".parquet", ".geoparquet", *KML_INSIDE),
    *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".osm", ".osm.bz2", ".osm.gz", ".pbf"),
)
SAID_WITH_DATA = ("readme", "license", "licence", "说明")
_AGAIN = "copy or download it again: this copy is cut off or damaged"


def open_archive(
    path: Path,
    *,
    table: str = "",
    feature: str = "",
    file: str = "",
    progress: Callable[[str, int], None] | None = None,
) -> Sheet:
    """Return the one file of a .zip, .kmz or .ovkmz that can be read, or the one that `table` names.

    Raises
    ------
    DataError
        Where the archive is damaged or dangerous, or holds no file, or several, that can be read.
    ConfigurationError
        Where it holds no file `table`.

    """
    file = file or path.name
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                refuse_zip_bomb(archive, file)
                names = {_name(entry): entry for entry in archive.infolist() if not entry.is_dir()}
                chosen, inner = _chosen(path.suffix.lower(), list(names), table, file)
                unpacked = _unpack(archive, names, chosen, Path(folder))
        except SitingError:
            raise
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
        ) as error:
            words = str(error).replace(str(path), file)
            raise refusal(file, f"cannot be unpacked ({words})", _AGAIN) from error
        sheet = _open(unpacked, inner, feature, f"{file}/{chosen}", progress)
    return replace(sheet, notes=(*sheet.notes, *_left_out(path, names)))


def _open(
    path: Path,
    table: str,
    feature: str,
    file: str,
    progress: Callable[[str, int], None] | None,
) -> Sheet:
    from siting.layers.formats.open import open_sheet  # noqa: PLC0415 - it also opens archives

    return open_sheet(path, table=table, feature=feature, file_name=file, progress=progress)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry; without the flag for UTF-8 Chinese programmes write GBK."""
    name = entry.filename.replace("\\", "/")
    if not entry.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", errors="replace")
        for encoding in ("gb18030", "utf-8") if looks_like_gbk(raw) else ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    return name


def _suffix(name: str) -> str:
    small = name.lower()
    double = next((one for one in (".osm.gz", ".osm.bz2") if small.endswith(one)), "")
    return double or PurePosixPath(small).suffix


def _chosen(archive_suffix: str, names: list[str], table: str, file: str) -> tuple[str, str]:
    """Return the entry to read and the table to ask of it."""
    if archive_suffix in KML_ARCHIVES:
        return _main_kml(names, file), table
    found = [name for name in sorted(names) if _suffix(name) in READ_INSIDE and not _hidden(name)]
    if len(found) > 1:
        data = [name for name in found if not _said_with_data(name)]
        found = data or found
    if not found:
        nested = any(_suffix(name) in (".zip", ".kmz", ".rar", ".7z") for name in names)
        what = "holds another archive and no data" if nested else "holds no file that can be read"
        remedy = f"unpack it and import the file you mean; what can be read: {READABLE}"
        raise refusal(file, what, remedy)
    if len(found) == 1 and table not in _names_of(found[0]):
        return found[0], table
    named = [name for name in found if table in _names_of(name)]
    if len(named) == 1:
        return named[0], ""
    listed = ", ".join(found[:20]) + (", ..." if len(found) > 20 else "")
    if table:
        what, remedy = f"holds no single file {table!r}; it holds {listed}", "name one with --table"
        raise ConfigurationError(Problem(file=file, what=what, remedy=remedy))
    raise refusal(file, f"holds {len(found)} files: {listed}", "name the one to read with --table")


def _names_of(name: str) -> tuple[str, ...]:
    """Return what a planner may call an entry: its path, its name, its name without suffix."""
    path = PurePosixPath(name)
    return (name, path.name, path.name[: -len(_suffix(name))] if _suffix(name) else path.name)


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _said_with_data(name: str) -> bool:
    """Return whether a text only tells about the data that it comes with."""
    stem = PurePosixPath(name).stem.lower()
    return _suffix(name) == ".txt" and any(word in stem for word in SAID_WITH_DATA)


def _main_kml(names: list[str], file: str) -> str:
    """Return the KML of a KMZ: doc.kml, or else the first, as the format says."""
    found = [name for name in names if _suffix(name) in KML_INSIDE and not _hidden(name)]
    if not found:
        raise refusal(file, "holds no KML", "export it again as .kml or .kmz")
    return next((name for name in found if PurePosixPath(name).stem.lower() == "doc"), found[0])


def _left_out(path: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Return how many files of a KMZ are not its main one, which is the one that programmes show."""
    others = sum(_suffix(name) in KML_INSIDE and not _hidden(name) for name in names) - 1
    if path.suffix.lower() not in KML_ARCHIVES or others < 1:
        return ()
    return (f"{others} more KML in the archive left out; unpack it to import them",)


def _unpack(
    archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], chosen: str, folder: Path
) -> Path:
    """Write an entry, with the parts of a shapefile, under a name of ours; return its path."""
    suffix = _suffix(chosen)
    stem = chosen[: -len(suffix)].lower()
    for name, entry in names.items():
        part = _suffix(name)
        belongs = (
            suffix == ".shp" and part in SHAPEFILE_PARTS and name[: -len(part)].lower() == stem
        )
        if name == chosen or belongs:
            with archive.open(entry) as source, (folder / f"data{part}").open("wb") as target:
                shutil.copyfileobj(source, target)
    return folder / f"data{suffix}"
