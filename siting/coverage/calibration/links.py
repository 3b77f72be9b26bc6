"""The geometry of the links between cells and places: distances, angles, what stands between.

The angles are those of `siting.coverage.antennas.model`: azimuth off boresight clockwise, elevation
above the horizon. `below_beam_deg` is how far the place lies below the tilted beam,

    below = atan((z_cell - z_place) / d) - (t_E + t_M cos(phi))

Along the profile, `STEPS` points are looked up in the `Ground`; a point whose square nobody knows is
passed over, and `known_share` is the share of the others. nu is the parameter of the knife edge (ITU-R P.526-15 clause 4.1) of the highest one,

    nu = h sqrt(2 d / (lambda d1 d2)),      J(nu) = 6.9 + 20 log10(sqrt((nu - 0.1)^2 + 1) + nu - 0.1)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.calibration.ground import keys_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.calibration.ground import Ground
    from siting.coverage.calibration.network import Cells, Places

    Numbers = NDArray[np.float64]

STEPS = 40
TERMINAL_M = 1.5
LEAST_DISTANCE_M = 5.0
NEAR_M = 100.0
NU_LIMITS = (-20.0, 30.0)
_CHUNK = 20_000  # links at a time, so that profiles take some tens of megabytes
_LIGHT_M_MHZ = 299.792458


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """One element per place: the geometry of its link to its cell, in m, degree, dB and shares."""

    distance_m: Numbers
    off_boresight_deg: Numbers
    elevation_deg: Numbers
    below_beam_deg: Numbers
    above_place_m: Numbers
    nu: Numbers
    nu_bare: Numbers
    path_building_m: Numbers
    path_tallest_m: Numbers
    path_built_share: Numbers
    path_last_m: Numbers
    known_share: Numbers

    @property
    def diffraction_db(self) -> Numbers:
        """Return the loss [dB] over the highest obstacle, 0 where it lies far below the line."""
        return knife_edge_db(self.nu)


def links_of(places: Places, cells: Cells, ground: Ground) -> Links:
    """Return the geometry of every place's link to its cell.

    A cell or a place of unknown elevation stands as high as the other one does.
    """
    parts = [
        _links(places.rows(slice(first, first + _CHUNK)), cells, ground)
        for first in range(0, max(len(places), 1), _CHUNK)
    ]
    return Links(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def knife_edge_db(nu: Numbers) -> Numbers:
    """Return the loss [dB] of knife edges, ITU-R P.526-15 equation 31; 0 for nu <= -0.78."""
    lifted = np.maximum(nu, -0.78) - 0.1
    loss = 6.9 + 20.0 * np.log10(np.sqrt(lifted**2 + 1.0) + lifted)
    return np.asarray(np.where(nu > -0.78, loss, 0.0))


def _links(places: Places, cells: Cells, ground: Ground) -> dict[str, Numbers]:
    """Return the columns of `Links` for a few places."""
    of = places.cell
    east, north = places.x_m - cells.x_m[of], places.y_m - cells.y_m[of]
    distance = np.maximum(np.hypot(east, north), LEAST_DISTANCE_M)
    off = (np.degrees(np.arctan2(east, north)) - cells.azimuth_deg[of] + 180.0) % 360.0 - 180.0
    cell_ground, own_ground = _elevations(cells.elevation_m[of], places.elevation_m)
    top, foot = cell_ground + cells.height_m[of], own_ground + TERMINAL_M
    depression = np.degrees(np.arctan2(top - foot, distance))
    tilt = cells.electrical_tilt_deg[of]
    tilt = tilt + cells.mechanical_tilt_deg[of] * np.cos(np.radians(off))
    return {
        "distance_m": distance,
        "off_boresight_deg": off,
        "elevation_deg": -depression,
        "below_beam_deg": depression - tilt,
        "above_place_m": top - foot,
        **_profiles(places, cells, ground, top, foot, distance),
    }


def _elevations(cell_m: Numbers, place_m: Numbers) -> tuple[Numbers, Numbers]:
    """Return both elevations [m], each in place of the other where that one is not known."""
    cell = np.where(np.isnan(cell_m), place_m, cell_m)
    place = np.where(np.isnan(place_m), cell_m, place_m)
    return np.nan_to_num(cell), np.nan_to_num(place)


def _profiles(
    places: Places, cells: Cells, ground: Ground, top: Numbers, foot: Numbers, distance: Numbers
) -> dict[str, Numbers]:
    """Return what the profiles tell; NaN where no square between cell and place is known."""
    of, share = places.cell, (np.arange(STEPS) + 0.5) / STEPS
    x_m = cells.x_m[of, None] + (places.x_m - cells.x_m[of])[:, None] * share
    y_m = cells.y_m[of, None] + (places.y_m - cells.y_m[of])[:, None] * share
    index, known = ground.find(keys_of(x_m, y_m))
    if not len(ground):
        nothing = np.full(len(places), np.nan)
        far = np.full(len(places), NU_LIMITS[0])
        lowest = dict.fromkeys(("nu", "nu_bare"), far)
        return dict.fromkeys(_PROFILE, nothing) | lowest | {"known_share": np.zeros(len(places))}
    built = np.where(known, ground.building_m[index], 0.0)
    bare = np.where(known, ground.elevation_m[index], -np.inf)

    line = top[:, None] + (foot - top)[:, None] * share
    before, after = distance[:, None] * share, distance[:, None] * (1.0 - share)
    wave_m = (_LIGHT_M_MHZ / cells.carrier_mhz[of])[:, None]
    sharp = np.sqrt(2.0 * distance[:, None] / (wave_m * before * after))
    count, near = known.sum(axis=1), known & (after < NEAR_M)
    with np.errstate(invalid="ignore", divide="ignore"):
        tallest = np.where(count > 0, built.max(axis=1), np.nan)
        return {
            "nu": np.clip(((bare + built - line) * sharp).max(axis=1), *NU_LIMITS),
            "nu_bare": np.clip(((bare - line) * sharp).max(axis=1), *NU_LIMITS),
            "path_building_m": built.sum(axis=1) / count,
            "path_tallest_m": tallest,
            "known_share": count / STEPS,
            "path_built_share": (built > 0.0).sum(axis=1) / count,
            "path_last_m": (built * near).sum(axis=1) / near.sum(axis=1),
        }


_PROFILE = ("path_building_m", "path_tallest_m", "path_built_share", "path_last_m")
