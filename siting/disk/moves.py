"""Put several files of one folder in place as one stroke: all of them or none.

New files are written into `FOLDER/.incoming`. When all are whole, `moves.json` in it lists what
is to be moved: files that stand go aside, then the new ones take their places. A run that is killed
before the list is there changes nothing; one that is killed later is finished by the next writer.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from siting.disk.atomic import CLOSE_AND_REPEAT, cannot_write, replaced_file
from siting.disk.lock import only_writer
from siting.errors import SitingError

if TYPE_CHECKING:
    from collections.abc import Iterator

INCOMING = ".incoming"
MOVES = "moves.json"


@dataclass(frozen=True, kw_only=True)
class Staging:
    """What is to change in a folder; nothing changes before the block ends well."""

    directory: Path
    asides: list[tuple[str, str]] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    drops: list[tuple[str, str]] = field(default_factory=list)

    def new(self, name: str) -> Path:
        """Return where to write a file that may become `name`; without `put` it is forgotten."""
        path = self.directory / INCOMING / "new" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def put(self, name: str) -> None:
        """Let the new file become `name`; what is called so and was not kept is lost."""
        self.discard(name)
        self.places.append((f"{INCOMING}/new/{name}", name))

    def keep(self, name: str, place: str) -> None:
        """Move the file `name` to `place`, a name in the folder that nothing has yet."""
        self.asides.append((name, place))

    def discard(self, name: str) -> None:
        """Remove the file `name`, if it is there and was not moved already."""
        if all(old != name for old, _ in self.asides):
            self.asides.append((name, f"{INCOMING}/old/{name}"))

    def drop(self, folder: str) -> None:
        """Remove what is left of a folder of kept files."""
        self.drops.append((folder, f"{INCOMING}/dropped/{folder}"))

    def bring_back(self, place: str, name: str) -> None:
        """Move what was kept at `place` back to `name`."""
        self.discard(name)
        self.places.append((place, name))


@contextmanager
def staged_files(directory: str | Path) -> Iterator[Staging]:
    """Yield what is to change in a folder; it changes in one stroke when the block ends well.

    Raises
    ------
    SitingError
        If another run writes the folder, or a file cannot be moved; nothing has changed then.

    """
    target = Path(directory).resolve()
    with only_writer(target):
        finish_moves(target)
        staging = Staging(directory=target)
        try:
            (target / INCOMING).mkdir()
            yield staging
            if staging.asides or staging.places:
                _list_moves(staging)
                _move_all(target)
        except SitingError:
            raise
        except OSError as error:
            raise _told(target, error) from error
        finally:
            if not (target / INCOMING / MOVES).exists():
                shutil.rmtree(target / INCOMING, ignore_errors=True)


def finish_moves(directory: Path) -> bool:
    """Finish the moves of a run that was killed, or forget what it had only begun to write.

    Returns
    -------
    bool
        Whether there was anything to put right.

    """
    incoming = directory / INCOMING
    if not incoming.exists():
        return False
    try:
        if (incoming / MOVES).is_file():
            _move_all(directory)
        shutil.rmtree(incoming, ignore_errors=True)
    except OSError as error:
        raise _told(directory, error) from error
    return True


def moves_are_open(directory: Path) -> bool:
    """Tell whether a run was killed after it had moved a file of a folder, and before the last."""
    listing = directory / INCOMING / MOVES
    if not listing.is_file():
        return False
    moves = json.loads(listing.read_text(encoding="utf-8"))
    return any(not (directory / old).exists() for old, _ in (*moves["asides"], *moves["places"]))


def _list_moves(staging: Staging) -> None:
    # What does not stand now must not be moved aside later, when the new file has its name.
    asides = [move for move in staging.asides if (staging.directory / move[0]).exists()]
    moves = {"asides": asides, "places": staging.places, "drops": staging.drops}
    text = json.dumps(moves, indent=1, ensure_ascii=False)
    with replaced_file(staging.directory / INCOMING / MOVES) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def _move_all(directory: Path) -> None:
    """Make the listed moves that are not made yet; where one fails, take all of them back."""
    listing = directory / INCOMING / MOVES
    moves = json.loads(listing.read_text(encoding="utf-8"))
    done: list[tuple[Path, Path]] = []
    try:
        for kind in ("asides", "places", "drops"):
            for old, new in moves[kind]:
                source, place = directory / old, directory / new
                # What stands in a private place was moved there by the run that was killed.
                if not source.exists() or (kind != "places" and place.exists()):
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                source.replace(place)
                done.append((source, place))
    except OSError:
        for source, place in reversed(done):
            with suppress(OSError):
                place.replace(source)
        listing.unlink(missing_ok=True)
        raise
    listing.unlink()


def _told(directory: Path, error: OSError) -> SitingError:
    told = cannot_write(directory, error, CLOSE_AND_REPEAT)
    return SitingError(replace(told.problems[0], file=directory.name))
