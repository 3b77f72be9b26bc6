"""A panel of equal elements as one antenna: its pattern, its directivity, three of them on a mast.

The pattern is that of the element times the array factor of R rows and C columns,

    F(phi, e) = |1/R sum_r exp(j 2 pi r d_V (sin e - sin e_0))|^2
                |1/C sum_c exp(j 2 pi c d_H (cos e sin phi - cos e_0 sin phi_0))|^2

with spacings d_V and d_H in wavelengths and the beam steered to azimuth phi_0 and elevation e_0
(TR 38.901 clause 7.3 states the panel, the sum is that of TR 37.842 clause 5.4.4.1.4). Scatter and
tapering fill the nulls of a real panel: the cuts of an `Antenna` take F for `null_fill_db` under its
peak at least.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.antennas import element
from siting.coverage.antennas.model import AZIMUTHS_DEG, ELEVATIONS_DEG, Antenna
from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

THREE_SECTORS_DEG = (0.0, 120.0, 240.0)
_NOTHING = 1e-12  # the power of a null, so that its level [dB] is a number


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The geometry of a panel, one polarisation: elements, spacings, element widths [degree].

    `loss_db` is lost inside the antenna (feed network, radome), `null_fill_db` [dB] is ours.
    """

    rows: int
    columns: int
    row_spacing_wavelengths: float = 0.7
    column_spacing_wavelengths: float = 0.5
    element_horizontal_deg: float = element.WIDTH_DEG
    element_vertical_deg: float = element.WIDTH_DEG
    front_to_back_db: float = element.FRONT_TO_BACK_DB
    null_fill_db: float = 20.0
    loss_db: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no panel."""
        check = RangeCheck(model="panel")
        check.within("rows", self.rows, 1, 64, unit="")
        check.within("columns", self.columns, 1, 64, unit="")
        for name in ("row_spacing_wavelengths", "column_spacing_wavelengths"):
            check.within(name, getattr(self, name), 0.1, 2.0, unit="wavelengths")
        for name in ("element_horizontal_deg", "element_vertical_deg"):
            check.within(name, getattr(self, name), 10.0, 360.0, unit="degree")
        check.within("front_to_back_db", self.front_to_back_db, 0.0, 100.0, unit="dB")
        check.within("null_fill_db", self.null_fill_db, 3.0, 100.0, unit="dB")
        check.within("loss_db", self.loss_db, 0.0, 10.0, unit="dB")
        check.raise_all()


def panel_pattern_db(
    panel: Panel,
    azimuth_deg: ArrayLike,
    elevation_deg: ArrayLike,
    *,
    steer_azimuth_deg: float = 0.0,
    steer_elevation_deg: float = 0.0,
) -> Numbers:
    """Return the gain [dB] of a steered panel towards directions, less that of an unsteered one.

    0 dB is the strongest direction of the panel without steering; a steered beam loses what the
    element loses in its direction. A negative steering elevation is an electrical tilt downwards.
    """
    check = RangeCheck(model="panel")
    check.within("steer_azimuth_deg", steer_azimuth_deg, -90.0, 90.0, unit="degree")
    check.within("steer_elevation_deg", steer_elevation_deg, -90.0, 90.0, unit="degree")
    check.raise_all()
    lost_db = element.element_loss_db(
        azimuth_deg,
        elevation_deg,
        horizontal_width_deg=panel.element_horizontal_deg,
        vertical_width_deg=panel.element_vertical_deg,
        limit_db=panel.front_to_back_db,
    )
    upright, across = _sines(azimuth_deg, elevation_deg)
    upright_0, across_0 = _sines(steer_azimuth_deg, steer_elevation_deg)
    factor = _line_factor(panel.rows, panel.row_spacing_wavelengths * (upright - upright_0))
    factor = factor * _line_factor(
        panel.columns, panel.column_spacing_wavelengths * (across - across_0)
    )
    return np.asarray(10.0 * np.log10(np.maximum(factor, _NOTHING)) - lost_db)


def directivity_dbi(
    panel: Panel, *, steer_azimuth_deg: float = 0.0, steer_elevation_deg: float = 0.0
) -> float:
    """Return the directivity [dBi] of a steered panel: its peak over its mean on the sphere.

    The pattern is summed at the centres of cells of 1 degree.
    """
    azimuth = np.arange(-179.5, 180.0)[None, :]
    elevation = np.arange(-89.5, 90.0)[:, None]
    pattern = panel_pattern_db(
        panel,
        azimuth,
        elevation,
        steer_azimuth_deg=steer_azimuth_deg,
        steer_elevation_deg=steer_elevation_deg,
    )
    power = 10.0 ** (pattern / 10.0)
    area = np.cos(np.radians(elevation)) * np.radians(1.0) ** 2
    mean = float((power * area).sum()) / (4.0 * np.pi)
    return float(10.0 * np.log10(power.max() / mean))


def panel_antenna(
    panel: Panel, *, name: str, gain_dbi: float | None = None, source: str = ""
) -> Antenna:
    """Return an unsteered panel as an antenna; without a stated gain, directivity less its losses.

    Tilt is given to the antenna where it is mounted (`Antenna.loss_db`).
    """
    if gain_dbi is None:
        gain_dbi = directivity_dbi(panel) - panel.loss_db
    return Antenna(
        name=name,
        horizontal_loss_db=cut_loss_db(panel, panel_pattern_db(panel, AZIMUTHS_DEG, 0.0)),
        vertical_loss_db=cut_loss_db(panel, panel_pattern_db(panel, 0.0, ELEVATIONS_DEG)),
        gain_dbi=gain_dbi,
        front_to_back_db=panel.front_to_back_db,
        source=source or "panel of elements after 3GPP TR 38.901 V16.1.0, clause 7.3",
    )


def cut_loss_db(panel: Panel, pattern_db: Numbers) -> NDArray[np.float32]:
    """Return the loss [dB] of a cut of 360 or 361 values below its peak, its nulls filled."""
    upright = len(pattern_db) == len(ELEVATIONS_DEG)
    element_db = (
        element.vertical_loss_db(ELEVATIONS_DEG, width_deg=panel.element_vertical_deg)
        if upright
        else element.horizontal_loss_db(AZIMUTHS_DEG, width_deg=panel.element_horizontal_deg)
    )
    loss_db = np.minimum(pattern_db.max() - pattern_db, element_db + panel.null_fill_db)
    return np.asarray(np.minimum(loss_db, panel.front_to_back_db), dtype=np.float32)


def sectors_loss_db(
    antenna: Antenna,
    azimuth_deg: ArrayLike,
    elevation_deg: ArrayLike,
    *,
    azimuths_deg: Sequence[float] = THREE_SECTORS_DEG,
    electrical_tilt_deg: float = 0.0,
    mechanical_tilt_deg: float = 0.0,
) -> Numbers:
    """Return the loss [dB] of the best of several equal sectors of a mast towards directions.

    `azimuth_deg` counts clockwise from north, and so do the sectors' own `azimuths_deg`.
    """
    check = RangeCheck(model="sectors")
    check.within("number of azimuths_deg", len(azimuths_deg), 1, 12, unit="")
    check.raise_all()
    losses = [
        antenna.loss_db(
            np.asarray(azimuth_deg, dtype=np.float64) - boresight,
            elevation_deg,
            electrical_tilt_deg=electrical_tilt_deg,
            mechanical_tilt_deg=mechanical_tilt_deg,
        )
        for boresight in azimuths_deg
    ]
    return np.asarray(np.minimum.reduce(losses))


def _sines(azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> tuple[Numbers, Numbers]:
    """Return the direction cosines along the rows' and the columns' axes."""
    azimuth = np.radians(np.asarray(azimuth_deg, dtype=np.float64))
    elevation = np.radians(np.asarray(elevation_deg, dtype=np.float64))
    return np.sin(elevation), np.cos(elevation) * np.sin(azimuth)


def _line_factor(count: int, cycles: Numbers) -> Numbers:
    """Return the power factor of `count` sources in a line, `cycles` apart in phase; 1 at most."""
    phase = 2j * np.pi * np.multiply.outer(np.arange(count), cycles)
    return np.asarray(np.abs(np.exp(phase).mean(axis=0)) ** 2)
