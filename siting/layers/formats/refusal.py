"""Say that a file cannot be used, what it is, and what to do."""

from __future__ import annotations

from siting.errors import DataError, Problem

READABLE = (
    ".xlsx .xlsm .xls .csv .tsv .txt, .gpkg, .geojson .json, .shp or a .zip with one, .kml .kmz "
    ".ovkml .ovkmz, .parquet, .fgb, .osm .osm.bz2 .osm.gz .osm.pbf, or postgresql://..."
)
"""What can be opened, as the planner names it."""

SAVE_AS = "save it as .gpkg, .geojson, .shp, .xlsx or .csv and import that"


def refusal(file: str, what: str, remedy: str, *, row: int | None = None) -> DataError:
    """Return the error of a file that cannot be used as it is."""
    return DataError(Problem(file=file, row=row, what=what, remedy=remedy))
