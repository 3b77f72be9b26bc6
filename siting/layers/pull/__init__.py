"""Fetch open data where there is internet; say so where there is none.

`track.pull_layers` is the way in: everything is fetched, then each layer is written whole.

- asked: `wanted` (what, where from, which licence), `tiles` (the area in parts), `preview` (--dry-run)
- fetched: `gather` calls `overpass` (OpenStreetMap) and `windows` (rasters), which `fetch` by the
  `manners` of each server into the `cache`; `part` knows a file that has not all come, `faults` why
- delivered: `objects` (tags to cells), `match` (rows that stand already), `deliver` (to the imports)
"""

from __future__ import annotations

from siting.layers.pull.track import PullReport, pull_layers

__all__ = ["PullReport", "pull_layers"]
