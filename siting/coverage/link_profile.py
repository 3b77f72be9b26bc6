"""The path between a mast and a point, as a picture needs it: terrain, ray, Fresnel zone, edges.

| symbol | name              | meaning                                                            |
|--------|-------------------|--------------------------------------------------------------------|
| d      | `distance_m`      | distance along the path from the mast [m]                          |
| h      | `ground_m`        | height of the ground above sea level [m]                           |
| b      | `bulge_m`         | d (D - d) / 2 ae: how far the earth bulges between the ends [m]    |
| r      | `ray_m`           | the straight line between the antennas, heights above sea [m]      |
| F1     | `fresnel_m`       | sqrt(lambda d (D - d) / D): radius of the first Fresnel zone [m]   |
| nu     | `nu`              | (h + b - r) sqrt(2) / F1 at the edge that counts                   |

Seen on the chord between the ends, rays are straight and the ground is h + b. The edges are those of
ITU-R P.526-15 clause 4.5.1: where the steepest lines from both ends meet is the Bullington point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage import profile as kernel
from siting.coverage.inputs import ground_of
from siting.coverage.p526 import EFFECTIVE_EARTH_RADIUS_KM, SPEED_OF_LIGHT_M_PER_S
from siting.coverage.p526_edge import nearest_edge, slopes
from siting.coverage.ranges import RangeCheck
from siting.errors import ConfigurationError, DataError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.terrain import Terrain

    Numbers = NDArray[np.float64]

SHORTEST_M = 10.0  # the models of TR 38.901 begin here
LONGEST_M = 200_000.0
_LEAST_POINTS = 5  # as many as P.1812 asks for
_MOST_POINTS = 20_000
CLEAR_SHARE = 0.6  # of the first Fresnel zone: a path clear of it loses nothing to the ground


@dataclass(frozen=True, kw_only=True)
class LinkProfile:
    """Arrays along the path, and the edges on it; heights above sea level [m].

    `horizon_from` and `horizon_to` are the rows of the edges as seen from the mast and from the
    point. `edge_m` is (distance, height on the chord) of the Bullington point, or of the nearest
    edge where the path is free; `clearance` the least (r - h - b) / F1.
    """

    distance_m: Numbers
    ground_m: Numbers
    bulge_m: Numbers
    ray_m: Numbers
    fresnel_m: Numbers
    carrier_ghz: float
    base_height_m: float
    ue_height_m: float
    horizon_from: int
    horizon_to: int
    edge_m: tuple[float, float]
    nu: float
    clearance: float
    obstructed: bool

    @property
    def length_m(self) -> float:
        """Return the horizontal length of the path [m]."""
        return float(self.distance_m[-1])

    @property
    def mast_m(self) -> float:
        """Return the height of the mast's antenna above sea level [m]."""
        return float(self.ray_m[0])

    @property
    def terminal_m(self) -> float:
        """Return the height of the terminal above sea level [m]."""
        return float(self.ray_m[-1])

    @property
    def sight(self) -> str:
        """Return `clear`, `grazing` (less than 0.6 of the first zone is free) or `obstructed`."""
        if self.obstructed:
            return "obstructed"
        return "clear" if self.clearance >= CLEAR_SHARE else "grazing"


def terrain_profile(
    terrain: Terrain, from_xy_m: ArrayLike, to_xy_m: ArrayLike
) -> tuple[Numbers, Numbers]:
    """Return distances and ground heights [m] along a straight path, one sample a raster cell.

    Heights are bilinear between cell centres, as the coverage kernels take them.

    Raises
    ------
    ConfigurationError
        The two places are nearer than 10 m or farther than 200 km.
    DataError
        The terrain does not reach both places, or has a void between them.

    """
    ends = np.array([from_xy_m, to_xy_m], dtype=np.float64)
    length_m = float(np.hypot(*(ends[1] - ends[0])))
    _require_length(length_m)
    _require_on_terrain(terrain, ends)
    terrain.require_cover(ends)

    steps = min(max(math.ceil(length_m / terrain.cell_m), _LEAST_POINTS - 1), _MOST_POINTS)
    share = np.linspace(0.0, 1.0, steps + 1)
    ground = ground_of(terrain, ())
    places = ends[0] + share[:, np.newaxis] * (ends[1] - ends[0])
    heights_m = [kernel.elevation_m(ground, float(x), float(y)) for x, y in places]
    return share * length_m, np.array(heights_m)


def link_profile(
    distance_m: ArrayLike,
    ground_m: ArrayLike,
    *,
    base_height_m: float,
    ue_height_m: float = 1.5,
    carrier_ghz: float,
    earth_radius_km: float = EFFECTIVE_EARTH_RADIUS_KM,
) -> LinkProfile:
    """Return what stands between two antennas on a profile of the ground.

    Parameters
    ----------
    distance_m, ground_m
        Strictly ascending distances from 0 [m], three or more; heights above sea level [m].
    base_height_m, ue_height_m
        Heights of the antennas above the ground [m], 0.5 to 3000.
    carrier_ghz
        Carrier [GHz], 0.03 to 100.
    earth_radius_km
        Effective earth radius [km], 8500 in the median.

    """
    d, h = np.array(distance_m, dtype=np.float64), np.array(ground_m, dtype=np.float64)
    _check(d, h, base_height_m, ue_height_m, carrier_ghz)
    length_m, wavelength_m = d[-1], SPEED_OF_LIGHT_M_PER_S / (carrier_ghz * 1e9)
    bulge_m = d * (length_m - d) / (2000.0 * earth_radius_km)
    ends_m = h[0] + base_height_m, h[-1] + ue_height_m
    ray_m = ends_m[0] + (ends_m[1] - ends_m[0]) * d / length_m
    fresnel_m = np.sqrt(wavelength_m * d * (length_m - d) / length_m)

    between = slice(1, len(d) - 1)
    free_m = (ray_m - h - bulge_m)[between]
    from_mast = (h + bulge_m - ends_m[0])[between] / d[between]
    from_point = (h + bulge_m - ends_m[1])[between] / (length_m - d[between])
    edge_m, nu, obstructed = _edge(d, h, ends_m, earth_radius_km, wavelength_m)
    return LinkProfile(
        distance_m=d,
        ground_m=h,
        bulge_m=bulge_m,
        ray_m=ray_m,
        fresnel_m=fresnel_m,
        carrier_ghz=float(carrier_ghz),
        base_height_m=float(base_height_m),
        ue_height_m=float(ue_height_m),
        horizon_from=1 + int(np.argmax(from_mast)),
        horizon_to=1 + int(np.argmax(from_point)),
        edge_m=edge_m,
        nu=nu,
        clearance=float(np.min(free_m / fresnel_m[between])),
        obstructed=obstructed,
    )


def _edge(
    d: Numbers, h: Numbers, ends_m: tuple[float, float], radius_km: float, wavelength_m: float
) -> tuple[tuple[float, float], float, bool]:
    """Return the edge's place (distance, height) [m], its nu, and whether it blocks the ray."""
    d_km, length_km = d / 1000.0, float(d[-1]) / 1000.0
    rise, fall = slopes(d_km, h, *ends_m, radius_km)
    if rise < (ends_m[1] - ends_m[0]) / length_km:
        nu, row = nearest_edge(d_km, h, *ends_m, radius_km, wavelength_m)
        bulge_m = 500.0 / radius_km * d_km[row] * (length_km - d_km[row])
        return (float(d[row]), float(h[row] + bulge_m)), float(nu), False
    both = rise + fall
    bend_km = (ends_m[1] - ends_m[0] + fall * length_km) / both if both else 0.5 * length_km
    straight_m = (ends_m[0] * (length_km - bend_km) + ends_m[1] * bend_km) / length_km
    top_m = ends_m[0] + rise * bend_km
    scale = math.sqrt(0.002 * length_km / (wavelength_m * bend_km * (length_km - bend_km)))
    return (float(bend_km * 1000.0), float(top_m)), float((top_m - straight_m) * scale), True


def _require_on_terrain(terrain: Terrain, ends: Numbers) -> None:
    """Refuse an end that lies off the raster, by its name."""
    rows, columns = terrain.elevation_m.shape
    problems = []
    for name, (x, y) in zip(("the mast", "the point"), ends, strict=True):
        column = (x - terrain.west_m) / terrain.cell_m
        row = (terrain.north_m - y) / terrain.cell_m
        if not (0.0 <= column <= columns and 0.0 <= row <= rows):
            remedy = "check its longitude and latitude, or give a larger DEM"
            what = f"{name} lies off the DEM"
            problems.append(Problem(file=terrain.file or "terrain", what=what, remedy=remedy))
    if problems:
        raise DataError(problems)


def _require_length(length_m: float) -> None:
    if length_m < 1.0:
        remedy = "name a point some way off the mast"
        raise ConfigurationError(
            Problem(what="mast and point are the same place", remedy=remedy, column="to")
        )
    check = RangeCheck(model="link profile")
    check.within("length", length_m, SHORTEST_M, LONGEST_M, unit="m")
    check.raise_all()


def _check(
    d: Numbers, h: Numbers, base_height_m: float, ue_height_m: float, carrier_ghz: float
) -> None:
    check = RangeCheck(model="link profile")
    ascending = d.ndim == 1 and d.shape == h.shape and len(d) >= 3
    ascending = ascending and d[0] == 0.0 and bool(np.all(np.diff(d) > 0.0))
    check.require(
        condition=ascending,
        name="distance_m",
        what="the profile is not a line of three or more points from 0 onwards",
        remedy="give one height for each strictly ascending distance",
    )
    check.within("ground_m", h, -500.0, 9000.0, unit="m")
    check.within("base_height_m", base_height_m, 0.5, 3000.0, unit="m")
    check.within("ue_height_m", ue_height_m, 0.5, 3000.0, unit="m")
    check.within("carrier_ghz", carrier_ghz, 0.03, 100.0, unit="GHz")
    check.raise_all()
