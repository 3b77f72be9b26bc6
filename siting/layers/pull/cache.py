"""Keep what was pulled under the hash of what was asked, so that nothing is asked for twice.

Each entry is a file, `KEY.data`, and its manifest, `KEY.json`: what was asked, when it came (the
server's date), its SHA-256 and its ETag. An entry whose bytes are not those of its manifest counts
as not there. That a server has nothing at an address (a tile of the sea) is an entry, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from siting.disk.atomic import replaced_file
from siting.errors import MissingDataError, Problem
from siting.layers.folder.catalogue import sha256_of
from siting.layers.pull.faults import plain_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from siting.layers.pull.fetch import Answer


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One entry: its file, or that there is nothing; `date` is when it came, by the server."""

    path: Path
    missing: bool = False
    date: str = ""


class Cache:
    """A folder of answers; `asked` counts what had to be asked for, `known` what was there."""

    def __init__(self, directory: Path, *, offline: bool = False) -> None:
        self.directory, self.offline = directory, offline
        self.asked = self.known = 0

    def look_up(self, subject: Mapping[str, str]) -> Kept | None:
        """Return the entry of what is asked, or None where there is none that is whole."""
        path, manifest = self._files(subject)
        try:
            said = json.loads(manifest.read_text(encoding="utf-8"))
            missing, sha256, date = bool(said["missing"]), said["sha256"], str(said["date"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not missing and not (path.is_file() and sha256_of(path) == sha256):
            return None
        return Kept(path=path, missing=missing, date=date)

    def keep(self, subject: Mapping[str, str], bring: Callable[[Path], Answer]) -> Kept:
        """Return the entry of what is asked; `bring` writes its file where there is none.

        Raises
        ------
        MissingDataError
            If the cache works offline and has no such entry.

        """
        found = self.look_up(subject)
        if found is not None:
            self.known += 1
            return found
        if self.offline:
            what = f"is not in the cache {self.directory}, and --offline forbids to ask for it"
            remedy = "run it once without --offline, or name the cache that has it"
            raise MissingDataError(
                Problem(file=plain_url(subject["url"]), what=what, remedy=remedy)
            )
        path, manifest = self._files(subject)
        self.directory.mkdir(parents=True, exist_ok=True)
        answer = bring(path)
        self.asked += 1
        said = dict(subject) | {"url": plain_url(subject["url"])}
        said |= {"sha256": answer.sha256, "etag": answer.etag, "date": answer.date}
        with replaced_file(manifest) as part:
            text = json.dumps(said | {"missing": answer.missing}, ensure_ascii=False, indent=1)
            part.write_text(text + "\n", encoding="utf-8", newline="\n")
        return Kept(path=path, missing=answer.missing, date=answer.date)

    def forget(self, subject: Mapping[str, str]) -> None:
        """Take an entry out."""
        for path in self._files(subject):
            path.unlink(missing_ok=True)

    def _files(self, subject: Mapping[str, str]) -> tuple[Path, Path]:
        text = json.dumps(dict(subject), sort_keys=True, ensure_ascii=False)
        key = hashlib.sha256(text.encode("utf-8")).hexdigest()[:40]
        return self.directory / f"{key}.data", self.directory / f"{key}.json"


def default_cache() -> Path:
    """Return the folder for caches of this system's user, below which ours is `siting/pull`."""
    home = Path("~").expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", "") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", "") or home / ".cache")
    return base / "siting" / "pull"
