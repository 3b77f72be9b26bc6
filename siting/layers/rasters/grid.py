"""The cells of a north-up raster: where they lie, how large they are, and in which order they go.

In degrees, with e2 the first eccentricity squared and a the half axis of WGS 84, a cell of dlon by
dlat at latitude phi measures M dlat by N cos(phi) dlon, where

    N = a / sqrt(1 - e2 sin(phi)^2)        M = a (1 - e2) / (1 - e2 sin(phi)^2)^(3/2)

In a projection, whatever it does to lengths (Mercator stretches them), the sides of a cell are
measured on the ellipsoid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyproj
from rasterio import Affine
from rasterio.crs import CRS
from rasterio.warp import transform_bounds
from rasterio.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Bounds: TypeAlias = tuple[float, float, float, float]

WGS84 = CRS.from_epsg(4326)
HALF_AXIS_M, ECCENTRICITY2 = 6_378_137.0, 0.006_694_379_990_141
BLOCK = 512
"""Side of the tiles that are written [cells]; windows are whole rows of tiles."""
WINDOW_COLUMNS = 16_384
"""Widest window [cells]: 512 x 16,384 cells of 4 bytes are 34 MB."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A CRS, the outer north-west corner, the cell and the number of cells; rows go south."""

    crs: CRS
    west: float
    north: float
    dx: float
    dy: float
    width: int
    height: int

    @property
    def transform(self) -> Affine:
        """Return the affine transform of the grid."""
        return Affine(self.dx, 0.0, self.west, 0.0, -self.dy, self.north)

    @property
    def bounds(self) -> Bounds:
        """Return west, south, east, north in the CRS of the grid."""
        south, east = self.north - self.dy * self.height, self.west + self.dx * self.width
        return self.west, south, east, self.north

    def degrees(self) -> Bounds:
        """Return the bounds in WGS 84 [degree]."""
        west, south, east, north = transform_bounds(self.crs, WGS84, *self.bounds)
        return west, south, east, north

    def part(self, window: Window) -> Grid:
        """Return the grid of a window of this one."""
        return Grid(
            crs=self.crs,
            west=self.west + self.dx * window.col_off,
            north=self.north - self.dy * window.row_off,
            dx=self.dx,
            dy=self.dy,
            width=int(window.width),
            height=int(window.height),
        )

    def window(self, bounds: Bounds) -> Window:
        """Return the window of the cells that touch `bounds`, cut at the edges; may be empty."""
        west, south, east, north = bounds
        left = int(np.clip(np.floor((west - self.west) / self.dx), 0, self.width))
        right = int(np.clip(np.ceil((east - self.west) / self.dx), left, self.width))
        top = int(np.clip(np.floor((self.north - north) / self.dy), 0, self.height))
        bottom = int(np.clip(np.ceil((self.north - south) / self.dy), top, self.height))
        return Window(left, top, right - left, bottom - top)

    def row_sides_m(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the east-west and the north-south side [m] of the cells of each row."""
        if not self.crs.is_geographic:
            return self._projected_sides_m()
        centres = self.north - self.dy * (np.arange(self.height) + 0.5)
        shape = 1.0 - ECCENTRICITY2 * np.sin(np.radians(centres)) ** 2
        across = HALF_AXIS_M / np.sqrt(shape) * np.cos(np.radians(centres))
        along = HALF_AXIS_M * (1.0 - ECCENTRICITY2) / shape**1.5
        return across * np.radians(self.dx), along * np.radians(self.dy)

    def _projected_sides_m(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the sides of the cells in the middle column as they are on the ellipsoid [m]."""
        back = pyproj.Transformer.from_crs(self.crs.to_wkt(), WGS84.to_wkt(), always_xy=True)
        ground = pyproj.Geod(ellps="WGS84")
        x = np.full(self.height, self.west + self.dx * self.width / 2.0)
        y = self.north - self.dy * (np.arange(self.height) + 0.5)

        def sides_m(right: float, up: float) -> NDArray[np.float64]:
            one, other = back.transform(x - right, y - up), back.transform(x + right, y + up)
            return np.asarray(ground.inv(*one, *other)[2], dtype=float)

        return sides_m(self.dx / 2.0, 0.0), sides_m(0.0, self.dy / 2.0)

    def row_km2(self) -> NDArray[np.float64]:
        """Return the area [km2] of one cell of each row."""
        across, along = self.row_sides_m()
        return across * along / 1e6

    def cell_m(self) -> float:
        """Return the north-south side [m] of a cell in the middle of the grid."""
        return float(self.row_sides_m()[1][self.height // 2])


def windows_of(grid: Grid) -> Iterator[Window]:
    """Yield the windows of a grid, row by row of tiles."""
    for top in range(0, grid.height, BLOCK):
        for left in range(0, grid.width, WINDOW_COLUMNS):
            width = min(WINDOW_COLUMNS, grid.width - left)
            yield Window(left, top, width, min(BLOCK, grid.height - top))


def slices(window: Window) -> tuple[slice, slice]:
    """Return the rows and columns of a window, to cut an array."""
    rows = slice(int(window.row_off), int(window.row_off + window.height))
    return rows, slice(int(window.col_off), int(window.col_off + window.width))
