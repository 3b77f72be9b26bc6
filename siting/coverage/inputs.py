"""Check the engine's arrays and bring them into the shape that the kernels take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.p526 import SPEED_OF_LIGHT_M_PER_S
from siting.coverage.profile import Ground
from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.radio import Radio
    from siting.coverage.terrain import Terrain

    Points = NDArray[np.float64]
    Positions = NDArray[np.int32]


def check_pairs(
    demand_xy_m: ArrayLike,
    site_xy_m: ArrayLike,
    *,
    demand_environment: ArrayLike,
    site_radio: ArrayLike,
    environments: int,
    radios: int,
    spare_floor_db: float,
) -> tuple[Points, Points, Positions, Positions]:
    """Return demand, sites, environments and radios as contiguous arrays, or refuse them."""
    check = RangeCheck()
    demand = points(check, "demand_xy_m", demand_xy_m)
    sites = points(check, "site_xy_m", site_xy_m)
    environment = positions(check, "demand_environment", demand_environment, len(demand))
    radio = positions(check, "site_radio", site_radio, len(sites))
    check.within("demand_environment", environment, 0, environments - 1, unit="")
    check.within("site_radio", radio, 0, radios - 1, unit="")
    check.within("spare_floor_db", spare_floor_db, -60.0, 0.0, unit="dB")
    check.raise_all()
    return demand, sites, environment, radio


def points(check: RangeCheck, name: str, values: ArrayLike) -> Points:
    """Return n x 2 coordinates [m]; note a problem where they are not, or where one is NaN."""
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    pairs = array.ndim == 2 and array.shape[1] == 2
    check.require(
        condition=pairs and bool(np.isfinite(array).all()),
        name=name,
        what="coordinates are not n rows of finite x and y",
        remedy="give projected coordinates in metres and leave out empty places",
    )
    return array if pairs else np.empty((0, 2))


def positions(check: RangeCheck, name: str, values: ArrayLike, length: int) -> Positions:
    """Return positions in a list as 32-bit integers; note a problem where they are too few."""
    array = np.asarray(values)
    check.require(
        condition=array.shape == (length,),
        name=name,
        what=f"{array.size} values for {length} rows",
        remedy="give one position per row",
    )
    return np.ascontiguousarray(array, dtype=np.int32)


def ground_of(terrain: Terrain | None, radios: Sequence[Radio]) -> Ground:
    """Return terrain and antennas in the shape that the kernels take."""
    carriers_ghz = np.array([radio.carrier_ghz for radio in radios])
    nothing = np.zeros((1, 1), dtype=np.float32)
    elevation_m = nothing if terrain is None else terrain.elevation_m
    return Ground(
        given=terrain is not None,
        elevation_m=np.ascontiguousarray(elevation_m, dtype=np.float32),
        west_m=float(terrain.west_m) if terrain else 0.0,
        north_m=float(terrain.north_m) if terrain else 0.0,
        cell_m=float(terrain.cell_m) if terrain else 1.0,
        base_height_m=np.array([radio.base_height_m for radio in radios], dtype=np.float64),
        ue_height_m=np.array([radio.ue_height_m for radio in radios], dtype=np.float64),
        wavelength_m=SPEED_OF_LIGHT_M_PER_S / (carriers_ghz * 1e9),
    )
