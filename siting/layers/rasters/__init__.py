"""Check, cut and write rasters: no void becomes sea level."""

from __future__ import annotations

from siting.layers.rasters.importer import import_raster
from siting.layers.rasters.model import RasterReport, Void, VoidReport
from siting.layers.rasters.voids import raster_problems, void_report
from siting.layers.rasters.window import RasterWindow, read_window

__all__ = [
    "RasterReport",
    "RasterWindow",
    "Void",
    "VoidReport",
    "import_raster",
    "raster_problems",
    "read_window",
    "void_report",
]
