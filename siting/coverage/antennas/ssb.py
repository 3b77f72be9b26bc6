"""The envelope of the beams over which a massive-MIMO panel sweeps its synchronisation signal.

An SSB is sent in N directions one after the other and the terminal measures the strongest, so what
coverage sees is the envelope max_n G_n(phi, e) of N steered beams, phi_n evenly over the sweep:

    phi_n = (n - (N - 1) / 2) W / N,    n = 0 .. N - 1,     W the width of the sweep [degree]

Each beam is that of the panel in `siting.coverage.antennas.sector`, made with some of its rows and
columns: fewer of them make a wider beam, so that the beams leave no gap. The
element of TR 38.901 (65 degrees) would leave such an envelope about as wide as itself; elements half
a wavelength apart radiate more widely inside a panel, and their width comes from the radio file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.antennas.model import AZIMUTHS_DEG, ELEVATIONS_DEG, Antenna
from siting.coverage.antennas.sector import Panel, cut_loss_db, panel_pattern_db
from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """How an SSB is swept: beams, the angle they share [degree], what of the panel makes one."""

    beams: int
    width_deg: float
    rows: int
    columns: int

    def __post_init__(self) -> None:
        """Refuse what no carrier below 6 GHz sends (TS 38.213 clause 4.1: 8 beams at most)."""
        check = RangeCheck(model="SSB sweep")
        check.within("beams", self.beams, 1, 8, unit="")
        check.within("width_deg", self.width_deg, 0.0, 170.0, unit="degree")
        check.within("rows", self.rows, 1, 64, unit="")
        check.within("columns", self.columns, 1, 64, unit="")
        check.raise_all()

    @property
    def azimuths_deg(self) -> Numbers:
        """Return the azimuth of each beam off boresight [degree], clockwise."""
        step = self.width_deg / self.beams
        return np.asarray((np.arange(self.beams) - 0.5 * (self.beams - 1)) * step)


def beam_panel(panel: Panel, sweep: Sweep) -> Panel:
    """Return the part of a panel that makes one beam."""
    check = RangeCheck(model="SSB sweep")
    check.within("rows", sweep.rows, 1, panel.rows, unit="")
    check.within("columns", sweep.columns, 1, panel.columns, unit="")
    check.raise_all()
    return replace(panel, rows=sweep.rows, columns=sweep.columns)


def envelope_db(
    panel: Panel, sweep: Sweep, azimuth_deg: ArrayLike, elevation_deg: ArrayLike
) -> Numbers:
    """Return the envelope [dB] of the swept beams towards directions, less an unsteered beam."""
    part = beam_panel(panel, sweep)
    beams = [
        panel_pattern_db(part, azimuth_deg, elevation_deg, steer_azimuth_deg=float(azimuth))
        for azimuth in sweep.azimuths_deg
    ]
    return np.asarray(np.maximum.reduce(beams))


def envelope_antenna(
    panel: Panel, sweep: Sweep, *, name: str, gain_dbi: float, source: str = ""
) -> Antenna:
    """Return the envelope as an antenna with the gain [dBi] that the radio file states.

    The vertical cut is that through the envelope's strongest azimuth. Tilt is given to the antenna
    where it is mounted.
    """
    horizontal = envelope_db(panel, sweep, AZIMUTHS_DEG, 0.0)
    strongest_deg = float(AZIMUTHS_DEG[np.argmax(horizontal)])
    vertical = envelope_db(panel, sweep, strongest_deg, ELEVATIONS_DEG)
    return Antenna(
        name=name,
        horizontal_loss_db=cut_loss_db(panel, horizontal),
        vertical_loss_db=cut_loss_db(panel, vertical),
        gain_dbi=gain_dbi,
        front_to_back_db=panel.front_to_back_db,
        source=source,
    )
