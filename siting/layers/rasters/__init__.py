"""Check, cut and write rasters: no void becomes sea level.

`importer.import_raster` is the way in, window by window all along:

- asked: `options`, `area` (the ground that must be covered)
- read: `tiles` (files), `grid`, `mosaic` (tiles on one grid), `scan` (every cell counted), `patches`
  (which voids hang together)
- judged: `judge`, `surfaces` (a surface is no bare earth)
- written: `fill`, `write`; `model` and `report` say what was done

A plan reads by `window.read_window`; `voids` checks a raster that was put into a folder by hand.
"""

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
