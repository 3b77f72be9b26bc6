"""An antenna pattern in two cuts, and its loss towards any direction once it is tilted.

    L(phi, e) = min(h(phi) + v(e'), L_max),      e' = e + t_E + t_M cos(phi)

with h and v the losses [dB] of the horizontal and the vertical cut, each 0 dB where it is strongest,
and L_max = `front_to_back_db` the largest loss of any direction. phi is the azimuth clockwise from
boresight and e the elevation above the horizon, as seen from the antenna, both in degrees. Tilts
count downwards: an electrical tilt t_E lowers the beam alike all around, a mechanical one t_M lowers
it in front, lifts it at the back and leaves the sides. The cosine stands for the full rotation; up
to 8 degrees of tilt, 60 degrees to either side and 15 degrees off the horizon, the two differ by
less than 0.2 degrees of elevation and 2.2 degrees of azimuth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float32]

AZIMUTHS_DEG = np.arange(360.0)
ELEVATIONS_DEG = np.linspace(-90.0, 90.0, 361)
_GREATEST_LOSS_DB = 100.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Antenna:
    """A pattern: losses [dB] below the strongest direction, whose gain is `gain_dbi`.

    `horizontal_loss_db` has 360 values, at whole degrees clockwise from boresight;
    `vertical_loss_db` has 361, from -90 (straight down) to +90 degrees by 0.5.
    """

    name: str
    horizontal_loss_db: Floats
    vertical_loss_db: Floats
    gain_dbi: float
    front_to_back_db: float
    source: str = ""

    def __post_init__(self) -> None:
        """Keep own read-only copies of the cuts; refuse what is no pattern."""
        check = RangeCheck(model=f"antenna {self.name}")
        for cut, count in (("horizontal_loss_db", 360), ("vertical_loss_db", 361)):
            own = np.array(getattr(self, cut), dtype=np.float32)
            check.require(
                condition=own.shape == (count,),
                name=cut,
                what=f"antenna {self.name}: has the shape {own.shape}",
                remedy=f"give {count} losses [dB]",
            )
            check.within(cut, own, 0.0, _GREATEST_LOSS_DB, unit="dB")
            own.setflags(write=False)
            object.__setattr__(self, cut, own)
        check.within("gain_dbi", self.gain_dbi, -20.0, 50.0, unit="dBi")
        check.within("front_to_back_db", self.front_to_back_db, 0.0, _GREATEST_LOSS_DB, unit="dB")
        check.raise_all()

    def loss_db(
        self,
        azimuth_off_deg: ArrayLike,
        elevation_deg: ArrayLike,
        *,
        electrical_tilt_deg: ArrayLike = 0.0,
        mechanical_tilt_deg: ArrayLike = 0.0,
    ) -> NDArray[np.float64]:
        """Return the loss [dB], 0 or more, towards directions, linear between the cuts' values.

        Parameters
        ----------
        azimuth_off_deg
            Azimuth of the direction less that of boresight, clockwise [degree]; any turn.
        elevation_deg
            Elevation of the direction above the horizon at the antenna [degree], -90 to 90.
        electrical_tilt_deg, mechanical_tilt_deg
            Tilt downwards [degree], -90 to 90.

        Raises
        ------
        ConfigurationError
            A number is NaN or out of range.

        """
        check = RangeCheck(model=f"antenna {self.name}")
        check.within("azimuth_off_deg", azimuth_off_deg, -1e6, 1e6, unit="degree")
        check.within("elevation_deg", elevation_deg, -90.0, 90.0, unit="degree")
        check.within("electrical_tilt_deg", electrical_tilt_deg, -90.0, 90.0, unit="degree")
        check.within("mechanical_tilt_deg", mechanical_tilt_deg, -90.0, 90.0, unit="degree")
        check.raise_all()

        azimuth = np.asarray(azimuth_off_deg, dtype=np.float64)
        lowered = np.asarray(electrical_tilt_deg, dtype=np.float64)
        lowered = lowered + np.asarray(mechanical_tilt_deg) * np.cos(np.radians(azimuth))
        own_elevation = np.clip(np.asarray(elevation_deg) + lowered, -90.0, 90.0)
        across = np.interp(azimuth, AZIMUTHS_DEG, self.horizontal_loss_db, period=360.0)
        upright = np.interp(own_elevation, ELEVATIONS_DEG, self.vertical_loss_db)
        return np.asarray(np.minimum(across + upright, self.front_to_back_db))

    @property
    def horizontal_width_deg(self) -> float:
        """Return the angle [degree] between the outermost 3 dB of the horizontal cut; 360 for all."""
        around = np.roll(self.horizontal_loss_db, 180)
        outermost = np.flatnonzero(around <= 3.0)
        if outermost.size == around.size:
            return 360.0
        left = _run(around[outermost[0] :: -1]) if outermost[0] else 0.0
        right = _run(around[outermost[-1] :])
        return float(outermost[-1] - outermost[0]) + left + right

    @property
    def vertical_width_deg(self) -> float:
        """Return the angle [degree] within 3 dB around the strongest elevation."""
        peak = int(np.argmin(self.vertical_loss_db))
        below, above = self.vertical_loss_db[peak::-1], self.vertical_loss_db[peak:]
        return 0.5 * (_run(below) + _run(above))


def kernel_tables(antennas: Sequence[Antenna]) -> tuple[Floats, Floats]:
    """Return the cuts of antennas as (horizontal float32[n, 360], vertical float32[n, 361]) [dB].

    Raises
    ------
    ConfigurationError
        There is no antenna.

    """
    _require_some(antennas)
    horizontal = np.stack([antenna.horizontal_loss_db for antenna in antennas])
    vertical = np.stack([antenna.vertical_loss_db for antenna in antennas])
    return np.ascontiguousarray(horizontal), np.ascontiguousarray(vertical)


def kernel_limits_db(antennas: Sequence[Antenna]) -> Floats:
    """Return the largest loss [dB] of each antenna as float32[n], the cap on h + v."""
    _require_some(antennas)
    return np.array([antenna.front_to_back_db for antenna in antennas], dtype=np.float32)


def isotropic(*, gain_dbi: float = 0.0, name: str = "isotropic") -> Antenna:
    """Return an antenna without a pattern: no loss in any direction."""
    return Antenna(
        name=name,
        horizontal_loss_db=np.zeros(360, dtype=np.float32),
        vertical_loss_db=np.zeros(361, dtype=np.float32),
        gain_dbi=gain_dbi,
        front_to_back_db=0.0,
        source="definition",
    )


def _require_some(antennas: Sequence[Antenna]) -> None:
    """Refuse an empty list: a sector without an antenna has no meaning."""
    if not antennas:
        raise ConfigurationError(
            Problem(
                column="antennas", what="there is no antenna", remedy="give one antenna or more"
            )
        )


def _run(loss_db: Floats) -> float:
    """Return the steps, with a fraction, until a loss first passes 3 dB; all of them where never."""
    beyond = np.flatnonzero(loss_db > 3.0)
    if not beyond.size:
        return float(len(loss_db) - 1)
    first = int(beyond[0])
    if first == 0:
        return 0.0
    before, after = float(loss_db[first - 1]), float(loss_db[first])
    return first - 1 + (3.0 - before) / (after - before)
