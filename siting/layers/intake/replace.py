"""Put the files of an import in place of those that stand there; keep these, and bring them back.

What an import replaces is kept in `.replaced/LAYER/N`, N counting from 1, with the rows that the
catalogue had of it in `catalogue.csv`. Taking the import back puts it where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.layers.folder.catalogue import sha256_of
from siting.layers.folder.files import REJECTED, SUFFIXES
from siting.layers.intake.listing import (
    FILE,
    exchanged,
    header_of,
    read_listing,
    rows_of,
    write_listing,
)
from siting.layers.intake.tables import file_names
from siting.layers.wide import RASTER_LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from siting.disk.moves import Staging
    from siting.layers.intake.listing import Rows

REPLACED = ".replaced"
ENDINGS = (*SUFFIXES, REJECTED)
RASTER = ".tif"


def standing_files(directory: Path, layer: str) -> list[str]:
    """Return the names of the files that hold a layer now, and of its rejected rows."""
    return [name for name in _possible_files(layer) if (directory / name).is_file()]


def _possible_files(layer: str) -> list[str]:
    endings = (RASTER,) if layer in RASTER_LAYERS else ENDINGS
    return [name + ending for name in file_names(layer) for ending in endings]


def replace_files(staging: Staging, layer: str, new: Sequence[str], rows: Rows) -> list[str] | None:
    """Let new files of a layer take the place of the standing ones.

    Parameters
    ----------
    staging
        Holds the new files already.
    layer
        Whose files they are.
    new
        Their names.
    rows
        What the catalogue says of them.

    Returns
    -------
    list of str or None
        The files that are kept in `.replaced`; None where the folder holds exactly this already.

    """
    directory = staging.directory
    old = standing_files(directory, layer)
    header, listed = read_listing(directory)
    same = set(old) == set(new) and all(_same(directory / name, staging.new(name)) for name in new)
    wanted = exchanged(listed, _possible_files(layer), rows)
    if same and listed == _filled(wanted, header):
        return None
    if not same:
        place = _free_place(directory, layer)
        known = header_of(directory)
        write_listing(
            staging.new(f"{place}/{FILE}"), known, rows_of(listed, _possible_files(layer))
        )
        staging.put(f"{place}/{FILE}")
        for name in old:
            staging.keep(name, f"{place}/{name}")
        for name in new:
            staging.put(name)
    write_listing(staging.new(FILE), header, wanted)
    staging.put(FILE)
    return [] if same else old


def _filled(rows: Rows, header: Sequence[str]) -> Rows:
    """Return rows with every column of the header, as they are read back."""
    return [{name: row.get(name, "").strip() for name in header} for row in rows]


def _same(one: Path, other: Path) -> bool:
    sizes = one.stat().st_size, other.stat().st_size
    return sizes[0] == sizes[1] and sha256_of(one) == sha256_of(other)


def _free_place(directory: Path, layer: str) -> str:
    kept = places_kept(directory, layer)
    return f"{REPLACED}/{layer}/{(kept[-1] if kept else 0) + 1}"


def places_kept(directory: Path, layer: str) -> list[int]:
    """Return the numbers of what is kept of a layer, oldest first."""
    folder = directory / REPLACED / layer
    return sorted(int(path.name) for path in folder.glob("*") if path.name.isdigit())


def restore_files(staging: Staging, layer: str) -> Mapping[str, list[str]]:
    """Bring back what the last import of a layer replaced; the import's own files are removed."""
    directory = staging.directory
    place = f"{REPLACED}/{layer}/{places_kept(directory, layer)[-1]}"
    old = standing_files(directory, layer)
    kept = sorted(path.name for path in (directory / place).iterdir() if path.name != FILE)
    for name in old:
        staging.discard(name)
    for name in kept:
        staging.bring_back(f"{place}/{name}", name)
    header, listed = read_listing(directory)
    back = read_listing(directory / place)[1]
    rows = exchanged(listed, _possible_files(layer), back)
    known = header_of(directory / place)
    added = [name for name in header if name not in known]
    if not any(row.get(name) for row in rows for name in added):
        header = known
    if rows or header:
        write_listing(staging.new(FILE), header, rows)
        staging.put(FILE)
    else:
        staging.discard(FILE)
    staging.drop(place)
    return {"removed": old, "restored": kept}
