"""Open a planner's file of any kind as one sheet: text cells, rows, and geometry as it is.

`open.open_sheet` is the way in; it tells the kind from the content and calls one reader:

- text: `text`, with `encoding`, `separator`
- workbooks: `excel`, with `excel_scan` (looks before it is loaded), `excel_cells`, `xls_errors`
- both: `header` (where it stands), `body` (what is no record), `tables` (rows gathered)
- shapes: `drawn` (by GDAL), `shapefile` with `dbf`, `geojson` with `geojson_shapes`, `kml` with
  `kml_places`, `osm` with `osm_tags`, `postgis`; `as_text` makes cells of typed columns
- which reader: `signature`, `archive` (zip, KMZ); `refused` and `refusal` say what is not read
- harm: `guard` (bombs, nests, false sizes), `markup` (HTML in cells)

All return a `sheet.Sheet`.
"""

from __future__ import annotations

from siting.layers.formats.sheet import Sheet

__all__ = ["Sheet"]
