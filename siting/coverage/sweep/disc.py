"""The path loss around one mast, carrier by carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.antennas import isotropic
from siting.coverage.sweep.model import Masts, Sectors
from siting.coverage.sweep.network import sweep_network
from siting.coverage.sweep.settings import EXACT_WITHIN_M, ON_TERRAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.radio import Environment
    from siting.coverage.terrain import Terrain

LARGEST_LOSS_DB = 210.0
_EIRP_DBM, _FLOOR_DBM = 60.0, -150.0


def path_loss_disc(  # noqa: PLR0913 - each choice is a keyword
    xy_m: ArrayLike,
    height_m: float,
    terrain: Terrain,
    *,
    carriers_ghz: Sequence[float],
    environments_raster: NDArray[np.int8] | None = None,
    environment: int = -1,
    micro: bool = False,
    environments: Sequence[Environment] = ON_TERRAIN,
    ue_height_m: float = 1.5,
    max_range_m: float = 5000.0,
    location_probability: float = 0.5,
    at_edges: str = "refuse",
    partial_obstruction: bool = False,
    exact_within_m: float = EXACT_WITHIN_M,
    rays_per_cell: float = 0.0,
) -> NDArray[np.float32]:
    """Return the loss [dB] from one mast as [carrier, row, column] on the terrain's grid.

    NaN beyond `max_range_m` or the model's range, behind voids, and above 210 dB. The other
    choices are those of `sweep_network`.
    """
    carriers = len(carriers_ghz)
    masts = Masts(
        xy_m=np.asarray(xy_m, dtype=np.float64).reshape(-1, 2),
        height_m=np.array([height_m], dtype=np.float64),
        environment=np.array([environment], dtype=np.int8),
        micro=np.array([micro]),
    )
    sectors = Sectors(
        site=np.zeros(carriers, dtype=np.int32),
        azimuth_deg=np.zeros(carriers),
        tilt_deg=np.zeros(carriers),
        eirp_per_re_dbm=np.full(carriers, _EIRP_DBM),
        carrier=np.arange(carriers, dtype=np.int32),
        antenna=np.zeros(carriers, dtype=np.int32),
    )
    levels = sweep_network(
        masts,
        sectors,
        terrain,
        carriers_ghz=carriers_ghz,
        antennas=[isotropic()],
        environments_raster=environments_raster,
        environments=environments,
        ue_height_m=ue_height_m,
        rsrp_floor_dbm=_FLOOR_DBM,
        max_range_m=max_range_m,
        location_probability=location_probability,
        at_edges=at_edges,
        partial_obstruction=partial_obstruction,
        exact_within_m=exact_within_m,
        rays_per_cell=rays_per_cell,
    )
    return np.float32(_EIRP_DBM) - levels.best_dbm
