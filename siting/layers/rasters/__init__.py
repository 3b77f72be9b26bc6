"""Check, cut and write rasters: no void becomes sea level."""

from __future__ import annotations

from siting.layers.rasters.importer import import_raster
from siting.layers.rasters.model import RasterReport, Void, VoidReport

__all__ = ["RasterReport", "Void", "VoidReport", "import_raster"]
