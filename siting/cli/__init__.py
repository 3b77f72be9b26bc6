"""The `siting` command: it reads options, calls the package and prints; it decides nothing."""

from siting.cli.app import app, main

__all__ = ["app", "main"]
