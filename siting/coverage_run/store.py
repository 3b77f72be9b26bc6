"""Keep finished tiles in a work folder, so that a run that was killed goes on where it was.

A tile's file is named by the hash of everything it depends on (`siting.coverage.tiles.key_of`) and
written by one rename: a file that is there is whole, and one whose inputs changed is not found.
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.tiles import QUANTITIES, TileLayers
from siting.disk.atomic import replaced_file
from siting.errors import ConfigurationError, DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

MARKER = "siting-coverage-work.json"
FORMAT = {"holds": "tiles of siting coverage compute", "format": 1}
_COUNTS = ("links", "void", "beyond_range")


class TileStore:
    """The tiles in a work folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tiles = folder / "tiles"
        _require_ours(folder)
        self._tiles.mkdir(parents=True, exist_ok=True)
        if not (folder / MARKER).is_file():
            with replaced_file(folder / MARKER) as part:
                part.write_text(json.dumps(FORMAT) + "\n", encoding="utf-8", newline="\n")

    def __contains__(self, key: str) -> bool:
        """Return whether a whole tile of this key is there; a damaged one is not."""
        try:
            with zipfile.ZipFile(self._path(key)) as archive:
                return "links.npy" in archive.namelist()
        except (OSError, zipfile.BadZipFile):
            return False

    def put(self, key: str, layers: TileLayers) -> None:
        """Keep a tile; the file appears whole or not at all."""
        parts: dict[str, NDArray[np.generic]] = {}
        for quantity in QUANTITIES:
            values = getattr(layers, quantity.name)
            parts |= {f"{quantity.name}_{number}": one for number, one in enumerate(values)}
        parts |= {name: np.atleast_1d(np.array(getattr(layers, name))) for name in _COUNTS}
        with replaced_file(self._path(key)) as part:
            np.savez(part, allow_pickle=False, **parts)

    def layer(self, key: str, quantity: str, carrier: int) -> NDArray[np.generic]:
        """Return one layer of one carrier of a tile."""
        return self._member(key, f"{quantity}_{carrier}")

    def floats(self, key: str, quantity: str, carrier: int) -> NDArray[np.float32]:
        """Return one layer of numbers of one carrier of a tile."""
        return np.asarray(self.layer(key, quantity, carrier), dtype=np.float32)

    def counts(self, key: str) -> dict[str, list[int]]:
        """Return what a tile counted."""
        return {name: self._member(key, name).astype(int).tolist() for name in _COUNTS}

    def prune(self, keys: Iterable[str]) -> int:
        """Remove the tiles that are not among the keys; return how many."""
        kept = {self._path(key).name for key in keys}
        old = [path for path in sorted(self._tiles.iterdir()) if path.name not in kept]
        for path in old:
            path.unlink()
        return len(old)

    def _member(self, key: str, name: str) -> NDArray[np.generic]:
        try:
            with np.load(self._path(key), allow_pickle=False) as archive:
                values: NDArray[np.generic] = archive[name]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            remedy = "remove this file and run again: only its tile is computed anew"
            what = "is damaged"
            raise DataError(Problem(file=str(self._path(key)), what=what, remedy=remedy)) from error
        return values

    def _path(self, key: str) -> Path:
        return self._tiles / f"{key}.npz"


def _require_ours(folder: Path) -> None:
    """Refuse a folder that holds something else, or tiles that another version wrote."""
    remedy = "name another folder with --work, or remove this one"
    if folder.is_file():
        raise ConfigurationError(Problem(file=str(folder), what="is a file", remedy=remedy))
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    try:
        found = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if found != FORMAT:
        what = "is not the work folder of siting coverage compute of this version"
        raise ConfigurationError(Problem(file=str(folder), what=what, remedy=remedy))
