"""The cells of a network and the places of measurements, as arrays in metres."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.ranges import RangeCheck

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]

UNKNOWN_CLUTTER = -1
"""The clutter of a place whose class nobody states."""

_RANGES = {
    "height_m": (1.0, 1000.0, "m"),
    "azimuth_deg": (0.0, 360.0, "degree"),
    "electrical_tilt_deg": (-90.0, 90.0, "degree"),
    "mechanical_tilt_deg": (-90.0, 90.0, "degree"),
    "power_dbm": (-60.0, 100.0, "dBm"),
    "carrier_mhz": (300.0, 100_000.0, "MHz"),
}
_HEIGHTS = {"elevation_m": (-500.0, 9000.0, "m"), "building_m": (0.0, 1000.0, "m")}


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """The cells of a register, one element each: where a sector stands and what it sends.

    Positions are metres in one plane CRS; `elevation_m` is the ground's, NaN where it is not known;
    `height_m` counts above ground. `power_dbm` is what the figures of the register mean (per
    resource element, or of the carrier): the constant of the model takes up the difference.
    """

    x_m: Numbers
    y_m: Numbers
    elevation_m: Numbers
    height_m: Numbers
    azimuth_deg: Numbers
    electrical_tilt_deg: Numbers
    mechanical_tilt_deg: Numbers
    power_dbm: Numbers
    carrier_mhz: Numbers

    def __post_init__(self) -> None:
        """Refuse columns of unequal length and figures out of range."""
        _require_columns(self, len(self.x_m), _RANGES | {"elevation_m": _HEIGHTS["elevation_m"]})

    def __len__(self) -> int:
        """Return how many cells there are."""
        return len(self.x_m)


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Places where one cell is heard: `cell` is its index in the register.

    Ground `elevation_m` and `building_m` (height of what stands there, 0 in the open) are NaN and
    `clutter` is `UNKNOWN_CLUTTER` where nobody states them.
    """

    x_m: Numbers
    y_m: Numbers
    cell: Whole
    elevation_m: Numbers
    building_m: Numbers
    clutter: Whole

    def __post_init__(self) -> None:
        """Refuse columns of unequal length and figures out of range."""
        _require_columns(self, len(self.x_m), _HEIGHTS)

    def __len__(self) -> int:
        """Return how many places there are."""
        return len(self.x_m)

    def rows(self, which: Mask | Whole | slice) -> Places:
        """Return some of the places."""
        return replace(
            self, **{field.name: getattr(self, field.name)[which] for field in fields(self)}
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurements:
    """Levels [dBm] measured at places."""

    places: Places
    rsrp_dbm: Numbers

    def __post_init__(self) -> None:
        """Refuse levels that are no levels."""
        check = RangeCheck(model="calibration")
        check.require(
            condition=len(self.rsrp_dbm) == len(self.places) and len(self.places) > 0,
            name="rsrp_dbm",
            what=f"{len(self.rsrp_dbm)} levels for {len(self.places)} places",
            remedy="give one level per place, and at least one",
        )
        check.within("rsrp_dbm", self.rsrp_dbm, -160.0, -20.0, unit="dBm")
        check.raise_all()

    def __len__(self) -> int:
        """Return how many measurements there are."""
        return len(self.rsrp_dbm)

    def rows(self, which: Mask | Whole | slice) -> Measurements:
        """Return some of the measurements."""
        return Measurements(places=self.places.rows(which), rsrp_dbm=self.rsrp_dbm[which])


def _require_columns(
    table: Cells | Places, count: int, ranges: dict[str, tuple[float, float, str]]
) -> None:
    """Refuse a table whose columns differ in length or leave their ranges; a height may be NaN."""
    check = RangeCheck(model="calibration")
    for field in fields(table):
        column = getattr(table, field.name)
        check.require(
            condition=len(column) == count,
            name=field.name,
            what=f"{len(column)} values for {count} rows",
            remedy="give one value per row",
        )
        if field.name in ranges:
            known = column[~np.isnan(column)] if field.name in _HEIGHTS else column
            check.within(field.name, known, *ranges[field.name][:2], unit=ranges[field.name][2])
    for name in ("x_m", "y_m"):
        check.within(name, getattr(table, name), -1e8, 1e8, unit="m")
    check.raise_all()
