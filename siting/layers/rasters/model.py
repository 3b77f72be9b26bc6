"""Say what a raster import did: what was read, what was void, what was filled and what was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Fill: TypeAlias = Literal["", "nearest", "interpolate", "zero"]
"""What becomes of voids inside the counties; "" refuses them. "zero" is for people only."""

Progress: TypeAlias = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, 0 to 1."""

FILLED = "filled"
"""Description of the second band of a filled raster: 1 where a cell was filled, 2 where a void
outside the counties was said to be water, 0 elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Void:
    """Cells without a value that hang together: how large, and where in WGS 84 [degree]."""

    km2: float
    cells: int
    bounds: tuple[float, float, float, float]

    def __str__(self) -> str:
        """Return the words of a message."""
        west, south, east, north = self.bounds
        return f"{self.km2:,.2f} km2 at {west:.4f} to {east:.4f} E, {south:.4f} to {north:.4f} N"


@dataclass(frozen=True, kw_only=True)
class VoidReport:
    """What part of an area has no value: cells void inside the raster, and land outside it.

    `voids` are the largest, largest first; `void_km2` counts all that lie inside the area.
    """

    area_km2: float
    void_cells: int
    void_km2: float
    uncovered_km2: float
    voids: tuple[Void, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RasterReport:
    """One raster as it was written.

    Attributes
    ----------
    layer, file, path, sha256
        The layer's name, `NAME.tif`, where it was written, and its hash.
    changed
        False where the same bytes stood there before.
    sources
        The names of the files that were read, in the order in which they were laid.
    crs, datum, bounds
        As the source's: nothing is warped on import. `EPSG:n` or WKT; for the catalogue's `datum`;
        west, south, east, north in WGS 84 [degree].
    width, height, cell_m, dtype
        The grid: cells, the north-south side of a cell [m], and how a cell is stored.
    note
        One line for the catalogue: bare earth or surface, share filled, how overviews are made.
    notes
        Lines for the planner: everything that was found and decided.
    voids
        What was void inside the counties before the fill.
    fill, filled_cells, filled_km2, filled_share, filled_reach_m
        How voids were filled, how many cells, their area, their share of the cells inside the
        counties, and how far [m] the farthest of them is from a value.
    water_cells
        Void cells outside the counties that were said to be water, and hold 0 m.
    minimum, maximum
        Of the values written; NaN where there is none.
    people, census
        Population only: people inside the counties in the raster and in counties.csv; else NaN.

    """

    layer: str
    file: str
    path: Path
    sha256: str
    changed: bool
    sources: tuple[str, ...]
    crs: str
    datum: str
    bounds: tuple[float, float, float, float]
    width: int
    height: int
    cell_m: float
    dtype: str
    note: str
    notes: tuple[str, ...]
    voids: VoidReport
    fill: Fill
    filled_cells: int
    filled_km2: float
    filled_share: float
    filled_reach_m: float
    water_cells: int
    minimum: float
    maximum: float
    people: float
    census: float
    class_shares: Mapping[int, float]
    """Land cover only: the share of each class in the cells inside the counties."""

    @property
    def rows(self) -> int:
        """Return 1: a raster is one row of the catalogue."""
        return 1
