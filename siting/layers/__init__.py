"""Read, check and project the inputs of a study; model the places that nobody has surveyed."""

from __future__ import annotations

from siting.layers.folder.check import LayerReport, check_layers
from siting.layers.model import Layers
from siting.layers.read import embedded_directory, read_layers
from siting.layers.read_wide import read_wide

__all__ = [
    "LayerReport",
    "Layers",
    "check_layers",
    "embedded_directory",
    "read_layers",
    "read_wide",
]
