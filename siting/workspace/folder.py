"""Fill a new folder, whole or not at all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def filled_folder(target: Path, fill: Callable[[Path], None], *, last: str) -> tuple[Path, ...]:
    """Return the files of a folder that `fill` wrote, sorted; the folder appears when it is whole.

    Parameters
    ----------
    target
        A folder that does not exist yet or is empty.
    fill
        Writes the content into the folder that it is given.
    last
        The file that is put in place last, where the folder is there already.

    Raises
    ------
    ConfigurationError
        The folder is in use or cannot be written.

    """
    _refuse_used(target)
    part = target.resolve().with_name(f".part-{target.resolve().name}")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        fill(part)
        _move(part, target, last)
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        remedy = "name a folder that you may write to"
        raise ConfigurationError(Problem(file=str(target), what=what, remedy=remedy)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return tuple(sorted(path for path in target.rglob("*") if path.is_file()))


def _refuse_used(target: Path) -> None:
    """Refuse a file and a folder that holds something."""
    if target.is_dir() and any(target.iterdir()):
        what, remedy = "is not empty", "name a new folder, or empty this one"
    elif target.exists() and not target.is_dir():
        what, remedy = "is a file", "name a new folder"
    else:
        return
    raise ConfigurationError(Problem(file=str(target), what=what, remedy=remedy))


def _move(part: Path, target: Path, last: str) -> None:
    """Put the whole folder in place by one rename, or fill an empty one, `last` at the end."""
    if not target.exists():
        part.rename(target)
        return
    for item in sorted(part.iterdir(), key=lambda path: (path.name == last, path.name)):
        item.rename(target / item.name)
