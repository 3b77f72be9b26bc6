"""What a sweep is asked and what it answers: masts, their sectors, and levels on a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from siting.coverage.sweep.settings import Settings

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Masts:
    """Where antennas stand: places [m], heights above ground [m], and what surrounds them.

    `environment` is the position of the environment that holds all around a mast, -1 where each
    cell has its own; `micro` marks masts below the roofs (UMi everywhere), none by default.
    """

    xy_m: Numbers
    height_m: Numbers
    environment: NDArray[np.int8]
    micro: NDArray[np.bool_] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Sectors:
    """Antenna faces, one a row: their mast, direction, power, carrier and antenna.

    Azimuths are clockwise from grid north [degree], tilts downwards and the same all around
    [degree]; `carrier` and `antenna` are positions in the lists that a sweep is given. Rows that are
    not `active` keep their number and send nothing.
    """

    site: NDArray[np.int32]
    azimuth_deg: Numbers
    tilt_deg: Numbers
    eirp_per_re_dbm: Numbers
    carrier: NDArray[np.int32]
    antenna: NDArray[np.int32]
    active: NDArray[np.bool_] | None = None


@dataclass(frozen=True, kw_only=True)
class Met:
    """What a sweep met, in cells of masts: nothing of it is silently zero.

    `links` cells were evaluated; `void` ones lie in or behind a void or the edge of the terrain;
    `beyond_range`, by carrier, are farther than their model allows; `masts_left_out` stand on a
    void or off the terrain.
    """

    links: int
    void: int
    beyond_range: tuple[int, ...]
    masts_left_out: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Levels:
    """Levels on a grid, row 0 northernmost, arrays as [carrier, row, column].

    `best_dbm` is the strongest SS-RSRP, `best_sector` the row of its sector (-1 where none reaches
    the floor, and the levels are NaN), `second_dbm` the next strongest, `sum_mw` the power of all
    at full load. `west_m` and `north_m` are the outer corner.
    """

    carriers_ghz: tuple[float, ...]
    best_dbm: NDArray[np.float32]
    best_sector: NDArray[np.int32]
    second_dbm: NDArray[np.float32]
    sum_mw: NDArray[np.float32]
    west_m: float
    north_m: float
    cell_m: float
    met: Met
    settings: Settings
