"""Take the last import of a layer back: what it replaced stands there again."""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from siting.disk.moves import staged_files
from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.layers.folder.catalogue import sha256_of
from siting.layers.folder.files import REJECTED
from siting.layers.intake.listing import read_listing
from siting.layers.intake.replace import REPLACED, places_kept, restore_files, standing_files
from siting.layers.intake.report import RemovalReport
from siting.layers.intake.tables import IMPORTED

if TYPE_CHECKING:
    from siting.disk.moves import Staging


def remove_layer(name: str, *, directory: str | Path) -> RemovalReport:
    """Take the last import of a layer back and bring back what it replaced.

    Parameters
    ----------
    name
        The layer; `sites` takes its sectors along.
    directory
        The folder of layers.

    Raises
    ------
    ConfigurationError
        There is no such layer.
    MissingDataError
        The folder is not there, or no import of the layer is to be taken back.
    DataError
        A file was changed since the import: it is not thrown away.

    """
    folder = Path(directory)
    _require(name, folder)
    with staged_files(folder) as staging:
        if not places_kept(folder, name):
            what = f"no import of {name} is to be taken back"
            remedy = "delete or rename a file of your own yourself"
            raise MissingDataError(Problem(file=folder.name, what=what, remedy=remedy))
        _refuse_changed(staging, name)
        moved = restore_files(staging, name)
    for left in (folder / REPLACED / name, folder / REPLACED):
        with suppress(OSError):  # it holds more
            left.rmdir()
    return RemovalReport(
        layer=name, removed=tuple(moved["removed"]), restored=tuple(moved["restored"])
    )


def _require(name: str, folder: Path) -> None:
    if name not in IMPORTED:
        near = get_close_matches(name, IMPORTED, n=3)
        remedy = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(IMPORTED)}"
        if name == "sectors":
            remedy = "sectors come and go with sites: siting layers remove sites"
        raise ConfigurationError(Problem(what=f"{name!r} is no layer to remove", remedy=remedy))
    if not folder.is_dir():
        what, remedy = "there is no such folder of layers", "name one with --layers DIR"
        raise MissingDataError(Problem(file=folder.name, what=what, remedy=remedy))


def _refuse_changed(staging: Staging, name: str) -> None:
    """Raise where a file that would be removed is not as the import wrote it."""
    listed = {row.get("file"): row.get("sha256") for row in read_listing(staging.directory)[1]}
    problems = []
    for file in standing_files(staging.directory, name):
        if file.endswith(REJECTED):
            continue
        if listed.get(file) != sha256_of(staging.directory / file):
            what = "was changed since it was imported, and removing it would lose that"
            remedy = "move it out of the folder, then remove the layer again"
            problems.append(Problem(file=file, what=what, remedy=remedy))
    if problems:
        raise DataError(problems)
