"""Bring a planner's file in as a layer of ours, and take it back: the track that joins the rooms.

The track, in its order (`track.import_layer` calls each):

- asked: `request` (what a planner says, checked first), `tables` (the columns that a layer has)
- read: `reading` runs `cells` (types), `coordinates` (what the file calls its places), `places`
  (datum and shift, by siting.layers.datum) with `drawing` (shapes), `codes` with `known` (units that
  the folder knows already), `fill` (what need not be said), `sectors` (工参), `validate`
- carried: `draft` (the rows on their way), `reasons` (why rows are rejected)
- written: `update` (into a layer that stands), `writing` with `geopackage` and `rejected`, `listing`
  (catalogue.csv), `replace` (all files in one stroke, the old ones kept), `report`

Beside it: `raster` is the track of dem, surface, landcover and population; `undo` takes an import
back.
"""

from __future__ import annotations

from siting.layers.intake.report import ImportReport, RemovalReport
from siting.layers.intake.request import RasterOptions
from siting.layers.intake.track import import_layer
from siting.layers.intake.undo import remove_layer

__all__ = ["ImportReport", "RasterOptions", "RemovalReport", "import_layer", "remove_layer"]
