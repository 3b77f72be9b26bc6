"""What a test of bad input says: the source, how it is given, and what must be told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from siting.errors import DataError, Problem, SitingError

if TYPE_CHECKING:
    from bad_files import Make

ANY = "…"
"""Stands in `what` for what differs: a name, a number, a cell."""


def _nothing(_: Path) -> AbstractContextManager[object]:
    return nullcontext()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One bad input.

    Attributes
    ----------
    id
        Its family and name.
    make
        Writes the source into a folder that has a copy of the made-up town in `layers`, or spoils
        that.
    door
        What is asked: an import, a removal, a pull without internet, or a check of the folder.
    layer, options
        What the planner says.
    directory
        The folder of layers, where it is not the copy.
    during
        What goes on meanwhile in the folder of layers.
    error
        The type that is raised; of a check, by whoever reads the folder.
    file, row, column, what, remedy
        The problem: `what` is the whole line of docs/reference/bad_input.md, `remedy` its beginning,
        and `file` ends with what is given.
    rejected
        Whether one row alone is rejected, with the others written.

    """

    id: str
    make: Make
    door: Literal["import", "remove", "pull", "check"] = "import"
    layer: str = "sites"
    options: Mapping[str, object] = field(default_factory=lambda: {"datum": "wgs84"})
    directory: Callable[[], Path] | None = None
    during: Callable[[Path], AbstractContextManager[object]] = _nothing
    error: type[SitingError] = DataError
    file: str = ""
    row: int | None = None
    column: str = ""
    what: str
    remedy: str
    rejected: bool = False

    def fits(self, problem: Problem) -> bool:
        """Tell whether a problem is the one that must be told."""
        return (
            problem.file.endswith(self.file)
            and bool(problem.file) == bool(self.file)
            and (problem.row, problem.column) == (self.row, self.column)
            and matches(self.what, problem.what)
            and problem.remedy.startswith(self.remedy)
        )


def matches(pattern: str, what: str) -> bool:
    """Tell whether a text is what a pattern says, `…` standing for anything that is not empty."""
    parts = (re.escape(part) for part in pattern.split(ANY))
    return re.fullmatch(".+".join(parts), what, re.DOTALL) is not None
