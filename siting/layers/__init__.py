"""Read, check and project the inputs of a study; model the places that nobody has surveyed.

What brings a planner's file in is imported when it is first used: a plan does without it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from siting.layers.folder.check import LayerReport, check_layers
from siting.layers.model import Layers
from siting.layers.read import embedded_directory, read_layers
from siting.layers.read_wide import read_wide

if TYPE_CHECKING:
    from siting.layers.intake import (
        ImportReport,
        RasterOptions,
        RemovalReport,
        import_layer,
        remove_layer,
    )

_INTAKE = ("ImportReport", "RasterOptions", "RemovalReport", "import_layer", "remove_layer")

__all__ = [
    "ImportReport",
    "LayerReport",
    "Layers",
    "RasterOptions",
    "RemovalReport",
    "check_layers",
    "embedded_directory",
    "import_layer",
    "read_layers",
    "read_wide",
    "remove_layer",
]


def __getattr__(name: str) -> Any:
    """Import a name of the intake when it is first asked for."""
    if name in _INTAKE:
        return getattr(importlib.import_module("siting.layers.intake"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
