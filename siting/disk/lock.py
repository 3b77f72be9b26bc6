"""Let one run at a time write an outputs folder.

The lock belongs to an open file, so the operating system frees it when the run ends, however it
ends; a killed run never leaves a folder locked.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from siting.errors import Problem, SitingError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def only_writer(target: Path) -> Iterator[None]:
    """Hold the lock `NAME.lock/held` beside `target`, or say that another run has it."""
    held = target.with_name(f"{target.name}.lock") / "held"
    handle = _open_locked(held, target)
    try:
        yield
    finally:
        _release(handle, held)


def _open_locked(held: Path, target: Path) -> TextIO:
    try:
        while True:
            held.parent.mkdir(exist_ok=True)
            handle = held.open("a", encoding="utf-8")
            if not _lock(handle):
                handle.close()
                what = "another run is writing this folder"
                remedy = "wait until it ends, or choose another folder"
                raise SitingError(Problem(file=str(target), what=what, remedy=remedy))
            if _still_there(held, handle):
                return handle
            handle.close()
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        remedy = "choose a folder that you may write to"
        raise SitingError(Problem(file=str(target.parent), what=what, remedy=remedy)) from error


def _lock(handle: TextIO) -> bool:
    """Try to lock an open file; false when another run holds it."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _still_there(held: Path, handle: TextIO) -> bool:
    """Tell whether the run before did not remove the file between our opening and locking it."""
    try:
        return os.path.samestat(os.fstat(handle.fileno()), held.stat())
    except FileNotFoundError:
        return False


def _release(handle: TextIO, held: Path) -> None:
    if sys.platform == "win32":
        handle.close()
    with suppress(OSError):
        held.unlink()
        held.parent.rmdir()
    handle.close()
