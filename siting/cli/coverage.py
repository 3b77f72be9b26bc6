"""`siting coverage`: what a network covers, and what one link meets on its way."""

from __future__ import annotations

import typer

app = typer.Typer(help="What a network covers, and single links.", rich_markup_mode=None)
