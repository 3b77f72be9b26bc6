"""Divide a grid into tiles, and say which ground each of them needs."""

from __future__ import annotations

from dataclasses import dataclass

from siting.coverage.ranges import RangeCheck

LARGEST_TILE = 4096
"""Side of the largest tile [cells]: its layers take 24 bytes a cell and carrier, 0.4 GB."""
MOST_CELLS = 2_000_000_000


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Square cells in metres, row 0 northernmost; `west_m`, `north_m` are the outer corner.

    Corner and cell are whole multiples of half a metre, so that differences of places are exact
    and a tile sees a mast where its neighbour sees it.
    """

    west_m: float
    north_m: float
    cell_m: float
    rows: int
    columns: int

    def __post_init__(self) -> None:
        """Refuse what is no grid, or too large a one."""
        check = RangeCheck(model="grid")
        check.within("cell_m", self.cell_m, 1.0, 1000.0, unit="m")
        check.within("rows", self.rows, 1, 1_000_000, unit="cells")
        check.within("columns", self.columns, 1, 1_000_000, unit="cells")
        check.require(
            condition=self.rows * self.columns <= MOST_CELLS,
            name="cell_m",
            what=f"{self.rows:,} x {self.columns:,} cells are too many",
            remedy="give larger cells or a smaller area",
        )
        doubled = (2.0 * self.west_m, 2.0 * self.north_m, 2.0 * self.cell_m)
        check.require(
            condition=all(float(value).is_integer() for value in doubled),
            name="cell_m",
            what=f"cells of {self.cell_m:g} m from {self.west_m:g}, {self.north_m:g} lie askew",
            remedy="give cells of whole or half metres",
        )
        check.raise_all()

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north [m]."""
        south_m = self.north_m - self.rows * self.cell_m
        return self.west_m, south_m, self.west_m + self.columns * self.cell_m, self.north_m


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A part of a grid: its first row and column, its rows and columns."""

    row: int
    column: int
    rows: int
    columns: int

    def with_halo(self, cells: int, grid: Grid) -> Tile:
        """Return the part with so many cells around it, as far as the grid goes."""
        top, left = max(self.row - cells, 0), max(self.column - cells, 0)
        bottom = min(self.row + self.rows + cells, grid.rows)
        right = min(self.column + self.columns + cells, grid.columns)
        return Tile(row=top, column=left, rows=bottom - top, columns=right - left)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return the rows and columns as slices of the grid."""
        return (
            slice(self.row, self.row + self.rows),
            slice(self.column, self.column + self.columns),
        )


def tile_plan(grid: Grid, tile_cells: int) -> list[Tile]:
    """Return the tiles that make up a grid, row by row from the north-west.

    >>> grid = Grid(west_m=0.0, north_m=0.0, cell_m=30.0, rows=1500, columns=1000)
    >>> [(tile.row, tile.rows) for tile in tile_plan(grid, 1024)]
    [(0, 1024), (1024, 476)]
    """
    check = RangeCheck(model="tiles")
    check.within("tile_cells", tile_cells, 16, LARGEST_TILE, unit="cells")
    check.raise_all()
    return [
        Tile(
            row=row,
            column=column,
            rows=min(tile_cells, grid.rows - row),
            columns=min(tile_cells, grid.columns - column),
        )
        for row in range(0, grid.rows, tile_cells)
        for column in range(0, grid.columns, tile_cells)
    ]
