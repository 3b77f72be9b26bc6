"""What went wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with what the user gave us.

    Printed as `file:row: column: what; do this`; the parts that do not apply are left out.
    """

    what: str
    remedy: str
    file: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        """Return the line that the terminal shows."""
        place = self.file + (f":{self.row}" if self.row is not None else "")
        parts = [part for part in (place, self.column, self.what) if part]
        return ": ".join(parts) + f"; {self.remedy}"

    def as_dict(self) -> dict[str, str | int | None]:
        """Return the entry of the `errors` list that `--json` prints."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "what": self.what,
            "remedy": self.remedy,
        }


class SitingError(Exception):
    """Base of every error that this package raises on purpose; carries all problems at once."""

    exit_code = 2

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InfeasibleError(SitingError):
    """The question is well put and has no answer (exit code 1)."""

    exit_code = 1


class ConfigurationError(SitingError, ValueError):
    """A scenario, an option or an argument cannot be used (exit code 2)."""

    exit_code = 2


class NotBuiltError(SitingError, NotImplementedError):
    """The command exists by name and is not built yet (exit code 2)."""

    exit_code = 2


class DataError(SitingError, ValueError):
    """A layer is there but cannot be used as it is (exit code 3)."""

    exit_code = 3


class MissingDataError(DataError, FileNotFoundError):
    """A layer or a file is not there (exit code 3)."""

    exit_code = 3
