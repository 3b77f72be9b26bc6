"""The commands by name."""

from __future__ import annotations

import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Annotated

import typer

import siting
from siting.cli import (
    calibrate,
    compare,
    coverage,
    coverage_compute,
    coverage_profile,
    coverage_show,
    layers,
    layers_import,
    layers_population,
    layers_pull,
    new,
    not_built,
    plan,
    verify,
)
from siting.cli.guard import GuardedGroup

HELP = """Recommend 5G sites and edge data centres for a city, each with a reason and the whole
with a proven bound.

Exit codes: 0 done, 1 infeasible, 2 bad configuration or usage, 3 missing or bad data."""

app = typer.Typer(
    cls=GuardedGroup,
    name="siting",
    help=HELP,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def options(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; anywhere on the line.")
    ] = False,
) -> None:
    """Read the options that stand before a command; `debug` is read by the guard."""
    del debug
    if version:
        typer.echo(f"siting {siting.__version__}")
        raise typer.Exit


app.command("new")(new.new)
app.command("plan")(plan.plan)
app.command("compare")(compare.compare)
app.command("verify")(verify.verify)
layers_import.register(layers.app)
layers_pull.register(layers.app)
layers.app.command("population")(layers_population.population)
app.add_typer(layers.app, name="layers")
calibrate.register(app)
coverage.app.command("compute")(coverage_compute.compute)
coverage.app.command("show")(coverage_show.show)
coverage.app.command("profile")(coverage_profile.profile)
app.add_typer(coverage.app, name="coverage")
not_built.register(app)


def main() -> None:
    """Run the `siting` command; text that a console cannot show never stops it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            with suppress(OSError):
                encoding = stream.encoding if stream.isatty() else "utf-8"
                stream.reconfigure(encoding=encoding, errors="replace")
    app(prog_name="siting")
