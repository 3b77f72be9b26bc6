"""The features of the learned residual: what the link and its surroundings look like.

None of them names a site or a cell: no coordinates, no identity. Absent map columns are NaN, which
the trees send down a branch of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.calibration.ground import keys_of
from siting.coverage.calibration.network import UNKNOWN_CLUTTER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.calibration.ground import Ground
    from siting.coverage.calibration.links import Links
    from siting.coverage.calibration.network import Cells, Places

    Numbers = NDArray[np.float64]

WINDOWS = {"30": 1, "110": 5, "310": 15}
"""Side of the window around a place [m]: squares of 10 m to either side."""

_LINK = (
    "off_boresight_deg",
    "below_beam_deg",
    "above_place_m",
    "nu",
    "nu_bare",
    "path_building_m",
    "path_tallest_m",
    "path_built_share",
    "path_last_m",
)
_AROUND = ("building", "built_share", "above_ground")
FEATURES = (
    "log_distance",
    *_LINK,
    "antenna_height_m",
    "tilt_deg",
    "building_m",
    "clutter",
    *(f"{name}_{side}_m" for side in WINDOWS for name in _AROUND),
)
"""The columns of the feature matrix, in their order."""


def feature_matrix(places: Places, cells: Cells, links: Links, ground: Ground) -> Numbers:
    """Return one row per place and one column per name of `FEATURES`."""
    of = places.cell
    columns = {name: getattr(links, name) for name in _LINK}
    columns["off_boresight_deg"] = np.abs(links.off_boresight_deg)
    columns["log_distance"] = np.log10(links.distance_m)
    columns["antenna_height_m"] = cells.height_m[of]
    columns["tilt_deg"] = cells.electrical_tilt_deg[of] + cells.mechanical_tilt_deg[of]
    columns["building_m"] = places.building_m
    known = places.clutter != UNKNOWN_CLUTTER
    columns["clutter"] = np.where(known, places.clutter, np.nan).astype(np.float64)
    key = keys_of(places.x_m, places.y_m)
    for side, reach in WINDOWS.items():
        building, share, elevation = ground.window_means(key, reach=reach)
        columns[f"building_{side}_m"] = building
        columns[f"built_share_{side}_m"] = share
        columns[f"above_ground_{side}_m"] = places.elevation_m - elevation
    return np.stack([columns[name] for name in FEATURES], axis=-1)
