"""Report a raster that was written: for the catalogue in one line, for the planner in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.layers.rasters.judge import value_notes
from siting.layers.rasters.model import RasterReport
from siting.layers.rasters.surfaces import bare_name, surface_name
from siting.layers.rasters.tiles import name_of
from siting.layers.rasters.write import OVERVIEWS, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from siting.layers.rasters.fill import Filling
    from siting.layers.rasters.model import Fill, VoidReport
    from siting.layers.rasters.mosaic import Mosaic
    from siting.layers.rasters.options import Choices
    from siting.layers.rasters.scan import Scan
    from siting.layers.wide import RasterLayer

KINDS = {
    "dem": "bare earth (DTM)",
    "surface": "with buildings and trees (DSM)",
    "landcover": "classes of ESA WorldCover",
    "population": "people per cell",
}


def report(
    path: Path,
    mosaic: Mosaic,
    cells: Filling,
    found: Scan,
    voids: VoidReport,
    *,
    layer: RasterLayer,
    census: float,
    choices: Choices,
    dtype: str,
    before: str,
    notes: tuple[str, ...],
) -> RasterReport:
    """Return the report of a raster that lies at `path`; `before` is the hash of what lay there."""
    grid, sha256 = mosaic.grid, sha256_of(path)
    share = cells.count / found.inside if found.inside else 0.0
    west, south, east, north = (round(side, 6) for side in grid.degrees())
    population = layer.name == "population"
    return RasterReport(
        layer=layer.name,
        file=path.name,
        path=path,
        sha256=sha256,
        changed=sha256 != before,
        sources=tuple(tile.path.name for tile in mosaic.tiles),
        crs=name_of(grid.crs),
        datum=_datum(mosaic),
        bounds=(west, south, east, north),
        width=grid.width,
        height=grid.height,
        cell_m=grid.cell_m(),
        dtype=dtype,
        note=_note(layer, mosaic, cells, share, choices),
        notes=(
            *_notes(layer, mosaic, found, census),
            *notes,
            *_fill_notes(cells, share, choices.fill),
            *_water_notes(_water_cells(found, choices)),
        ),
        voids=voids,
        fill=choices.fill,
        filled_cells=cells.count,
        filled_km2=cells.km2,
        filled_share=share,
        filled_reach_m=cells.reach_m,
        water_cells=_water_cells(found, choices),
        minimum=found.lowest,
        maximum=found.highest,
        people=found.people if population else float("nan"),
        census=census if population else float("nan"),
        class_shares=_class_shares(found) if layer.name == "landcover" else {},
    )


def _datum(mosaic: Mosaic) -> str:
    """Return the datum in the words of the catalogue: the CRS says which of the two it is."""
    wkt = mosaic.grid.crs.to_wkt()
    return "CGCS2000" if "China_2000" in wkt or "CGCS2000" in wkt else "WGS 84"


def _note(
    layer: RasterLayer,
    mosaic: Mosaic,
    cells: Filling,
    share: float,
    choices: Choices,
) -> str:
    words = [KINDS[layer.name]]
    if layer.name == "dem" and choices.bare_earth and surface_name(_words(mosaic)):
        words.append(
            f"confirmed by the planner of a file named after {surface_name(_words(mosaic))}"
        )
    if cells.count:
        words.append(
            f"{share:.2%} of the cells inside the counties filled ({choices.fill}), see band 2"
        )
    if choices.water_outside:
        words.append("voids outside the counties were said to be water at 0 m, see band 2")
    words.append(f"overviews by {OVERVIEWS[layer.name]}")
    return "; ".join(words)


def _words(mosaic: Mosaic) -> list[str]:
    return [word for tile in mosaic.tiles for word in tile.words]


def _notes(layer: RasterLayer, mosaic: Mosaic, found: Scan, census: float) -> list[str]:
    """Return what was found and decided, for the planner."""
    notes = value_notes(found)
    types = sorted({tile.dtype for tile in mosaic.tiles})
    if "float64" in types:
        notes.append("float64 is stored as float32: 7 digits")
    if mosaic.factor != 1.0:
        notes.append(f"feet were turned into metres, times {mosaic.factor:g}")
    scales = sorted({(one.scale, one.offset) for one in mosaic.tiles} - {(1.0, 0.0)})
    notes += [
        f"values are those of the file times {a:g} plus {b:g}, by its header" for a, b in scales
    ]
    if layer.name == "surface" and bare_name(_words(mosaic)):
        notes.append("the name says bare earth (DTM): is it a surface with buildings and trees?")
    if layer.name == "population":
        whole = f"{found.people:,.0f} people inside the counties"
        known = census > 0.0
        ratio = f"; the census has {census:,.0f} ({found.people / census:.1%})" if known else ""
        notes.append(whole + ratio)
    return notes


def _fill_notes(cells: Filling, share: float, fill: Fill) -> list[str]:
    if not cells.count:
        return []
    far = f", at most {cells.reach_m:,.0f} m from a value" if fill != "zero" else ""
    area = f"{cells.count:,} cells ({cells.km2:,.2f} km2, {share:.2%} of those inside the counties)"
    return [f"{area} were filled by {fill}{far}; band 2 marks them"]


def _water_cells(found: Scan, choices: Choices) -> int:
    """Return how many void cells outside the counties were said to be water."""
    return found.cells - found.valid - found.void_inside if choices.water_outside else 0


def _water_notes(cells: int) -> list[str]:
    if not cells:
        return []
    return [
        f"{cells:,} void cells outside the counties are water at 0 m, as said; band 2 marks them"
    ]


def _class_shares(found: Scan) -> dict[int, float]:
    """Return the share of each class that is there, inside the counties."""
    total = max(int(found.classes.sum()), 1)
    return {int(k): int(found.classes[k]) / total for k in np.flatnonzero(found.classes)}
