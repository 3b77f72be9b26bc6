"""The door of every command: errors become lines and exit codes, never tracebacks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from siting.cli.output import show_problems
from siting.errors import Problem, SitingError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEBUG = "--debug"
USAGE = 2  # bad configuration or usage, and whatever nobody foresaw
INTERRUPTED = 130


class GuardedGroup(TyperGroup):
    """A group of commands that turns every error into one line each and an exit code.

    0 done, 1 infeasible, 2 bad configuration or usage, 3 missing or bad data. `--debug` anywhere
    on the line lets the traceback through.
    """

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command of a line and leave with its exit code."""
        words = list(sys.argv[1:] if args is None else args)
        debug, as_json = DEBUG in words, "--json" in words
        words = [word for word in words if word != DEBUG] or ["--help"]
        run = super().main

        def command() -> Any:
            return run(words, prog_name, complete_var, False, windows_expand_args, **extra)

        code = command() if debug else exit_code(command, as_json=as_json)
        if not standalone_mode:
            return code
        sys.exit(code if isinstance(code, int) else 0)


def exit_code(command: Callable[[], Any], *, as_json: bool) -> int:
    """Return the exit code of a command, its errors printed one line each."""
    try:
        result = command()
    except SitingError as error:
        show_problems(error.problems, as_json=as_json)
        for note in getattr(error, "__notes__", []):
            typer.echo(f"  {note}", err=True)
        return error.exit_code
    except typer.Abort:
        result = INTERRUPTED
    except Exception as error:  # noqa: BLE001  (the last resort: a planner never sees a traceback)
        show_problems([_told(error)], as_json=as_json)
        return USAGE
    if result == INTERRUPTED:  # the library turns the keys Ctrl and C into this code
        show_problems([_interrupted()], as_json=as_json)
    return result if isinstance(result, int) else 0


def _interrupted() -> Problem:
    """Return the line of a run that was stopped by hand."""
    return Problem(what="stopped", remedy="the outputs of the last finished run are untouched")


def _told(error: Exception) -> Problem:
    """Return the line of a usage error, or of an error that nobody foresaw."""
    message = getattr(error, "format_message", None)
    if message is not None:  # a usage error of the command line library
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "siting"
        return Problem(file=path, what=message().rstrip("."), remedy=f"see {path} --help")
    if isinstance(error, MemoryError):
        remedy = "close other programmes, or write a larger demand.spacing_m"
        return Problem(what="there is not enough memory", remedy=remedy)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    remedy = f"this is a fault of ours: run again with {DEBUG} and report what it prints"
    return Problem(file="siting", what=what, remedy=remedy)
