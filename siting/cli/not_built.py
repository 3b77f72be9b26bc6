"""The commands that exist by name and are not built yet: they say so and end with 2."""

from __future__ import annotations

from typing import Annotated

import typer

from siting.cli.options import JsonOption, LayersOption
from siting.errors import NotBuiltError, Problem

_ANY = {"allow_extra_args": True, "ignore_unknown_options": True}
_Words = Annotated[list[str] | None, typer.Argument(metavar="[ARGS]", hidden=True)]


def register(root: typer.Typer) -> None:
    """Add the commands to come to the root and to groups of their own."""
    review = typer.Typer(help="The comments of reviewers (not built yet).", rich_markup_mode=None)
    root.add_typer(review, name="review")
    _add(review, "review merge", "Take reviewers' comments into a plan")


def _add(group: typer.Typer, name: str, purpose: str) -> None:
    """Add one command that says that it is not built yet."""

    def command(
        words: _Words = None, layers: LayersOption = None, as_json: JsonOption = False
    ) -> None:
        del words, layers, as_json
        raise NotBuiltError(
            Problem(
                file=f"siting {name}",
                what="is not built yet",
                remedy="siting --help lists the commands that are",
            )
        )

    group.command(
        name.rsplit(maxsplit=1)[-1], help=f"{purpose} (not built yet).", context_settings=_ANY
    )(command)
