"""Bring a planner's file in as a layer of ours, and take it back: the track that joins the rooms."""

from __future__ import annotations

from siting.layers.intake.report import ImportReport, RemovalReport
from siting.layers.intake.request import RasterOptions
from siting.layers.intake.track import import_layer
from siting.layers.intake.undo import remove_layer

__all__ = ["ImportReport", "RasterOptions", "RemovalReport", "import_layer", "remove_layer"]
