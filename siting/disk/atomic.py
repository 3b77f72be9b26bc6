"""Write outputs so that a killed run leaves the previous ones whole.

Everything is written into a sibling folder, `NAME.new-run`; at the end two renames swap it in,

    NAME -> NAME.old-run        NAME.new-run -> NAME

and the old folder is removed. `.siting-files` inside lists what this package wrote, so that the
next run replaces those files, drops the ones it no longer makes, and keeps everything else.
A run that was killed between the two renames is put right by the next one that starts.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from siting.disk.lock import only_writer
from siting.errors import ConfigurationError, Problem, SitingError

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITTEN = ".siting-files"
CLOSE_AND_REPEAT = "close the programme that has it open (Excel, WPS, QGIS) and run again"
MAKE_ROOM = "make room on that disk (or in your share of it) and run again"
FULL = (errno.ENOSPC, errno.EDQUOT)
"""What a system says where a disk, or a user's share of it, is full."""
LEAST_ROOM_BYTES = 1_000_000
"""With less room than this, it is what kept a file from being written."""


@contextmanager
def atomic_outputs(directory: str | Path) -> Iterator[Path]:
    """Yield a new folder that takes the place of `directory` when the block ends well.

    Parameters
    ----------
    directory
        The outputs folder; made when it is not there. Files in it that this package did not
        write are carried over unchanged.

    Yields
    ------
    Path
        An empty folder beside `directory`; write every output into it.

    Raises
    ------
    SitingError
        If the folder cannot be written or replaced, with what to do.
    """
    target = Path(directory).resolve()
    _refuse_shared_folders(target)
    new, old = _sibling(target, "new-run"), _sibling(target, "old-run")
    with _told(target.parent, "choose a folder that you may write to"):
        target.parent.mkdir(parents=True, exist_ok=True)
    with only_writer(target):
        recover_outputs(target)
        with _told(target.parent, "choose a folder that you may write to"):
            new.mkdir()
        try:
            yield new
            _seal(new, target)
        except BaseException:
            _remove(new)
            raise
        _swap(target, new, old)


def recover_outputs(directory: str | Path) -> None:
    """Put right what a killed run left beside `directory`: the previous outputs win."""
    target = Path(directory).resolve()
    new, old = _sibling(target, "new-run"), _sibling(target, "old-run")
    with _told(old, CLOSE_AND_REPEAT):
        if old.exists() and not target.exists():
            _rename(old, target)
        if old.exists():
            # Killed between the renames, and since then somebody made the folder anew.
            if new.exists():
                _carry_over(old, target, _files(old) - _files(target))
            _remove(old)
        if new.exists():
            _remove(new)


@contextmanager
def replaced_file(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; one rename puts it in place when the block ends well."""
    path = Path(path)
    part = path.with_name(f".part-{path.name}")
    with _told(path, CLOSE_AND_REPEAT):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _sibling(target: Path, ending: str) -> Path:
    return target.with_name(f"{target.name}.{ending}")


def _refuse_shared_folders(target: Path) -> None:
    here, home = Path.cwd().resolve(), Path("~").expanduser().resolve()
    if target in {here, home, *here.parents, *home.parents}:
        remedy = "name a folder that holds nothing else, such as outputs"
        what = "this folder cannot be replaced as a whole: it holds the work or the home folder"
        raise ConfigurationError(Problem(file=str(target), what=what, remedy=remedy))
    if target.exists() and not target.is_dir():
        remedy = "name a folder for the outputs"
        raise ConfigurationError(Problem(file=str(target), what="is a file", remedy=remedy))


@contextmanager
def _told(place: Path, remedy: str) -> Iterator[None]:
    """Turn what the operating system refuses into a line with a remedy."""
    try:
        yield
    except OSError as error:
        raise cannot_write(place, error, remedy) from error


def cannot_write(place: Path, error: OSError, remedy: str) -> SitingError:
    """Return what the operating system refused; where there is no room, the remedy says that."""
    reason, full = error.strerror or str(error), _is_full(place, error)
    if full and error.errno is None:
        reason = "the disk is full"
    what = f"cannot be written ({reason})"
    return SitingError(Problem(file=str(place), what=what, remedy=MAKE_ROOM if full else remedy))


def _is_full(place: Path, error: OSError) -> bool:
    """Tell whether a write failed for want of room; GDAL and SQLite give no number of the error."""
    if error.errno is not None:
        return error.errno in FULL
    folder = next((one for one in (place, *place.parents) if one.is_dir()), Path.cwd())
    return shutil.disk_usage(folder).free < LEAST_ROOM_BYTES


def _files(folder: Path) -> set[str]:
    """Return the relative names of all files and of all empty folders."""
    names = set()
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir()):
            names.add(path.relative_to(folder).as_posix())
    return names


def _written(folder: Path) -> set[str]:
    """Return the names that this package wrote into `folder`, by its own list."""
    listing = folder / WRITTEN
    return set(listing.read_text(encoding="utf-8").splitlines()) if listing.is_file() else set()


def _seal(new: Path, target: Path) -> None:
    """List what was written, then bring the user's own files along."""
    with _told(new, CLOSE_AND_REPEAT):
        ours = _files(new) | {WRITTEN}
        text = "".join(f"{name}\n" for name in sorted(ours))
        (new / WRITTEN).write_text(text, encoding="utf-8", newline="\n")
        if target.exists():
            shutil.copymode(target, new)
            _carry_over(target, new, _files(target) - _written(target) - ours)


def _carry_over(source: Path, destination: Path, names: set[str]) -> None:
    for name in sorted(names):
        old, new = source / name, destination / name
        new.parent.mkdir(parents=True, exist_ok=True)
        if old.is_symlink():
            new.symlink_to(old.readlink())
        elif old.is_dir():
            new.mkdir(exist_ok=True)
        else:
            _link_or_copy(old, new)


def _link_or_copy(old: Path, new: Path) -> None:
    """Give a file a second name, which costs nothing, or copy it where that is not possible.

    A read-only file is copied: to remove its old name on Windows its mode has to change.
    """
    if os.access(old, os.W_OK):
        with suppress(OSError):
            os.link(old, new)
            return
    shutil.copy2(old, new)


def _swap(target: Path, new: Path, old: Path) -> None:
    remedy = f"{CLOSE_AND_REPEAT}; until then the new files are in {new.name}"
    with _told(target, remedy):
        if target.exists():
            _rename(target, old)
        try:
            _rename(new, target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    if old.exists():
        # The new outputs are in place; the next run removes what may be left of the old ones.
        with suppress(OSError):
            _remove(old)


def _rename(source: Path, destination: Path) -> None:
    """Rename, with patience: virus scanners on Windows hold new files for a moment."""
    for wait_s in (0.1, 0.3, 0.6):
        try:
            source.rename(destination)
        except PermissionError:
            time.sleep(wait_s)
        else:
            return
    source.rename(destination)


def _remove(folder: Path) -> None:
    """Remove a folder, with the read-only files in it too."""
    try:
        shutil.rmtree(folder)
    except PermissionError:
        for path in [folder, *folder.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | stat.S_IRWXU)
        shutil.rmtree(folder)
