"""Open a file, or a table of a PostGIS database, of any kind that planners have as one sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import is_zipfile

from siting.errors import ConfigurationError, MissingDataError, Problem
from siting.layers.formats.refusal import READABLE, SAVE_AS, refusal
from siting.layers.formats.refused import REFUSED_KINDS, REFUSED_SUFFIXES
from siting.layers.formats.signature import signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.layers.formats.sheet import Sheet

KIND_OF_SUFFIX = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "ole",
    ".gpkg": "sqlite",
    ".fgb": "flatgeobuf",
    ".shp": "shapefile",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".geojson": "json",
    ".json": "json",
    ".kml": "kml",
    ".ovkml": "kml",
    ".zip": "zip",
    ".kmz": "zip",
    ".ovkmz": "zip",
    ".osm": "osm",
    ".osm.gz": "gzip",
    ".osm.bz2": "bzip2",
    ".pbf": "pbf",
}
"""What a file is by its name; its first bytes have the last word."""

ALSO_READ = {".xls": ("workbook", "text"), ".xlsx": ("ole",), ".xlsm": ("ole",)}
"""Kinds that programmes write under another suffix; an encrypted .xlsx is an `ole`."""

CHECKED_LATER = {"text": ("binary",), "json": ("text",), "kml": ("xml",), "osm": ("xml",)}
"""Kinds of which the reader says better what is wrong."""


def open_sheet(
    source: str | Path,
    *,
    table: str = "",
    feature: str = "",
    file_name: str = "",
    progress: Callable[[str, int], None] | None = None,
) -> Sheet:
    """Return one table of a planner's file, as it is.

    Parameters
    ----------
    source
        A file, or `postgresql://user@host/database`.
    table
        The sheet of a workbook, the layer of a GeoPackage, the file in an archive, the table
        `schema.name` of a database; needed where there are several.
    feature
        The layer that is wanted from an OpenStreetMap extract, such as `roads`.
    file_name
        What problems call it; the name of the file where it is empty.
    progress
        Called with the name of the file and how many objects of an extract have been looked at.

    Raises
    ------
    MissingDataError
        Where there is no such file.
    DataError
        Where it cannot be read, or is not what its name says, with what to do.
    ConfigurationError
        Where `source`, `table` or `feature` cannot be used.

    """
    words = str(source)
    if words.startswith(("postgresql:", "postgres:")):
        from siting.layers.formats.postgis import open_postgis  # noqa: PLC0415 - seldom used

        return _without_markup(open_postgis(words, table=table))
    if "://" in words:
        what, remedy = "is an address, not a file", "download it and import the file"
        file = words.split("://", 1)[0] + "://..."
        raise ConfigurationError(Problem(file=file, what=what, remedy=remedy))
    path = Path(source)
    file = file_name or path.name
    _require_file(path, file)
    asked = _Asked(path=path, table=table, feature=feature, file=file, progress=progress)
    return _without_markup(_opener(_kind_of(path, file))(asked))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is asked of a reader."""

    path: Path
    table: str
    feature: str
    file: str
    progress: Callable[[str, int], None] | None


def _without_markup(sheet: Sheet) -> Sheet:
    from siting.layers.formats.markup import without_markup  # noqa: PLC0415 - not for --help

    cells, found = without_markup(sheet.cells)
    count = "1 cell" if found == 1 else f"{found:,} cells"
    note = (f"HTML in {count} read as its words",) if found else ()
    return replace(sheet, cells=cells, notes=(*sheet.notes, *note))


def _require_file(path: Path, file: str) -> None:
    """Raise where there is no file, or it is a folder, may not be read or is empty."""
    if _is(path, Path.is_dir):
        what, remedy = REFUSED_SUFFIXES.get(path.suffix.lower(), ("is a folder", _inside(path)))
        raise refusal(file, what, remedy)
    if not _is(path, Path.is_file):
        near = _near_names(path)
        remedy = f"did you mean {near}?" if near else "check the name and the folder"
        raise MissingDataError(Problem(file=file, what="there is no such file", remedy=remedy))
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        remedy = "close the programme that has it open, or ask for the right to read it"
        raise refusal(file, "may not be read", remedy) from error


def _is(path: Path, kind: Callable[[Path], bool]) -> bool:
    """Tell whether a path is of a kind; one that no disk can hold (too long a name) is of none."""
    try:
        return kind(path)
    except OSError:
        return False


def _inside(path: Path) -> str:
    files = sorted(one.name for one in path.iterdir() if suffix_of(one) in KIND_OF_SUFFIX)
    return f"name a file in it: {', '.join(files[:10])}" if files else "name a file"


def _near_names(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    names = sorted(one.name for one in path.parent.iterdir() if one.is_file())
    return ", ".join(get_close_matches(path.name, names, n=3))


def suffix_of(path: Path) -> str:
    """Return the suffix by which a file is known: `.osm.bz2` and `.pbf` as one."""
    name = path.name.lower()
    double = next((one for one in (".osm.gz", ".osm.bz2") if name.endswith(one)), "")
    return double or path.suffix.lower()


def _kind_of(path: Path, file: str) -> str:
    """Return what a file is; raise where it cannot be opened or its name hides what it is."""
    suffix, kind = suffix_of(path), signature(path)
    if kind == "empty":
        remedy = "export or copy it again: this copy holds nothing"
        raise refusal(file, "is empty", remedy)
    if suffix in REFUSED_SUFFIXES:
        raise refusal(file, *REFUSED_SUFFIXES[suffix])
    if kind == "html":
        what = "is a web page, not data: perhaps a login page or a message of error"
        remedy = "open it in a browser, download the data itself, and import that"
        if suffix in (".xls", ".xlsx"):
            what, remedy = "is a web page that is called a workbook", "save it as .xlsx in Excel"
        raise refusal(file, what, remedy)
    if kind in REFUSED_KINDS:
        raise refusal(file, *REFUSED_KINDS[kind])
    if suffix not in KIND_OF_SUFFIX:
        what = f"is of a kind that is not read here ({suffix or 'no suffix'})"
        raise refusal(file, what, f"{SAVE_AS}; what can be read: {READABLE}")
    expected = KIND_OF_SUFFIX[suffix]
    if kind in ALSO_READ.get(suffix, ()):
        return kind
    if kind == "zip" and expected == "workbook" and not is_zipfile(path):
        remedy = "open it in Excel, save it again as .xlsx, or copy it again"
        raise refusal(file, "is damaged, or no workbook", remedy)
    if kind not in (expected, *CHECKED_LATER.get(expected, ())):
        raise refusal(file, *_misnamed(suffix, kind))
    return expected


def _misnamed(suffix: str, kind: str) -> tuple[str, str]:
    """Return what is wrong and what to do where the content is not what the name says."""
    suffixes = [one for one, its in KIND_OF_SUFFIX.items() if its == kind]
    if not suffixes:
        return f"is called {suffix} and holds something else", "export or download it again"
    remedy = f"rename it to {' or '.join(suffixes)}, or export it again"
    return f"is called {suffix} and is really {suffixes[0]} by its content", remedy


def _opener(kind: str) -> Callable[[_Asked], Sheet]:
    """Return what opens a file of a kind."""
    return {
        "text": _text,
        "workbook": _workbook,
        "ole": _workbook,
        "sqlite": _drawn,
        "flatgeobuf": _drawn,
        "parquet": _parquet,
        "shapefile": _shapefile,
        "json": _geojson,
        "kml": _kml,
        "zip": _archive,
        "osm": _osm,
        "gzip": _osm,
        "bzip2": _osm,
        "pbf": _osm,
    }[kind]


# Each reader is imported where it is needed: a CSV does not wait for GDAL.
def _text(asked: _Asked) -> Sheet:
    from siting.layers.formats.text import open_text  # noqa: PLC0415

    return open_text(asked.path, table=asked.table, file=asked.file)


def _workbook(asked: _Asked) -> Sheet:
    from siting.layers.formats.excel import open_excel  # noqa: PLC0415

    return open_excel(asked.path, table=asked.table, file=asked.file)


def _drawn(asked: _Asked) -> Sheet:
    from siting.layers.formats.drawn import open_drawn  # noqa: PLC0415

    return open_drawn(asked.path, table=asked.table, file=asked.file)


def _parquet(asked: _Asked) -> Sheet:
    from siting.layers.formats.drawn import open_parquet  # noqa: PLC0415

    return open_parquet(asked.path, file=asked.file)


def _shapefile(asked: _Asked) -> Sheet:
    from siting.layers.formats.shapefile import open_shapefile  # noqa: PLC0415

    return open_shapefile(asked.path, file=asked.file)


def _geojson(asked: _Asked) -> Sheet:
    from siting.layers.formats.geojson import open_geojson  # noqa: PLC0415

    return open_geojson(asked.path, file=asked.file)


def _kml(asked: _Asked) -> Sheet:
    from siting.layers.formats.kml import open_kml  # noqa: PLC0415

    return open_kml(asked.path, file=asked.file)


def _archive(asked: _Asked) -> Sheet:
    from siting.layers.formats.archive import open_archive  # noqa: PLC0415

    return open_archive(
        asked.path,
        table=asked.table,
        feature=asked.feature,
        file=asked.file,
        progress=asked.progress,
    )


def _osm(asked: _Asked) -> Sheet:
    from siting.layers.formats.osm import open_osm  # noqa: PLC0415

    return open_osm(asked.path, feature=asked.feature, file=asked.file, progress=asked.progress)
