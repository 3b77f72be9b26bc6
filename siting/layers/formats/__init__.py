"""Open a planner's file of any kind as one sheet: text cells, rows, and geometry as it is."""

from __future__ import annotations

from siting.layers.formats.sheet import Sheet

__all__ = ["Sheet"]
