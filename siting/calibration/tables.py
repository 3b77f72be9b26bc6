"""Read the register, the measurements and the places of a calibration into arrays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.calibration.columns import Columns
from siting.calibration.positions import positions
from siting.coverage.calibration import UNKNOWN_CLUTTER, Cells, Measurements, Places

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Words = NDArray[np.object_]

_HEIGHT = (-500.0, 9000.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Register:
    """The cells of a network with their names, the names of their sites, and their CRS."""

    cells: Cells
    sectors: Words
    sites: Words
    crs: str


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where measurements come from: file, hash, how many, first and last time that they state."""

    file: str
    sha256: str
    rows: int
    first: str
    last: str

    @property
    def words(self) -> str:
        """Return the origin as one sentence."""
        when = f", {self.first} to {self.last}" if self.first else ", no time stated"
        return f"{self.rows} measurements of {self.file}{when}, sha256 {self.sha256}"


def read_register(source: str | Path) -> Register:
    """Return the register of a file, or of the layer `sectors` of a folder.

    Raises
    ------
    DataError
        A column or a figure is missing, out of range, or a sector is there twice; all at once.

    """
    table = Columns(source, layer="sectors")
    sectors = table.words("sector_id")
    table.note(sectors == "", "sector_id", "is empty", "name the sector")
    again = pd.Series(sectors).duplicated().to_numpy() & (sectors != "")
    table.note(again, "sector_id", "is there twice", "keep one row per sector")
    x_m, y_m, crs = positions(table)
    columns = {
        "height_m": table.numbers("height_m", 1.0, 1000.0),
        "azimuth_deg": table.numbers("azimuth_deg", 0.0, 360.0),
        "electrical_tilt_deg": table.numbers("electrical_tilt_deg", -90.0, 90.0),
        "mechanical_tilt_deg": table.numbers("mechanical_tilt_deg", -90.0, 90.0),
        "power_dbm": table.numbers("power_dbm", -60.0, 100.0),
        "carrier_mhz": table.numbers("carrier_mhz", 300.0, 100_000.0),
        "elevation_m": table.numbers("elevation_m", *_HEIGHT, required=False),
    }
    table.raise_all()
    sites = table.words("site_id") if "site_id" in table else sectors
    return Register(cells=Cells(x_m=x_m, y_m=y_m, **columns), sectors=sectors, sites=sites, crs=crs)


def read_measurements(source: str | Path, register: Register) -> tuple[Measurements, Origin]:
    """Return the measurements of a file, or of the layer `measurements` of a folder.

    Raises
    ------
    DataError
        A level or a position is missing or out of range, a sector is not in the register, or a
        measurement is there twice; all at once.

    """
    table = Columns(source, layer="measurements")
    places = _places(table, register)
    remedy = "add it to the register, or leave its measurements out"
    unknown = [f'"{word}" is not in the register' for word in _unknown(table, places)]
    table.note(places.cell < 0, "sector_id", unknown, remedy)
    rsrp = table.numbers("rsrp_dbm", -160.0, -20.0)
    times = table.words("time") if "time" in table else np.full(len(places), "", dtype=object)
    row = pd.DataFrame(
        {"cell": places.cell, "x": places.x_m, "y": places.y_m, "level": rsrp, "time": times}
    )
    again = row.duplicated().to_numpy() & np.isfinite(rsrp)
    table.note(again, "rsrp_dbm", "the same measurement is there twice", "keep it once")
    table.raise_all()
    told = sorted(str(time) for time in times if time)
    origin = Origin(
        file=table.path.name,
        sha256=hashlib.sha256(table.path.read_bytes()).hexdigest(),
        rows=len(rsrp),
        first=told[0] if told else "",
        last=told[-1] if told else "",
    )
    return Measurements(places=places, rsrp_dbm=rsrp), origin


def read_places(source: str | Path, register: Register) -> tuple[Places, pd.DataFrame]:
    """Return the places to predict at, and the columns of the file that say where they are.

    A sector that the register does not have is no problem: its cell is -1, as are all where the
    table has no column of sectors.
    """
    table = Columns(source, layer="measurements")
    places = _places(table, register, named="sector_id" in table)
    table.raise_all()
    named = [name for name in ("id", "x_m", "y_m", "lon", "lat", "sector_id") if name in table]
    return places, table.sheet.cells[named].reset_index(drop=True)


def _places(table: Columns, register: Register, *, named: bool = True) -> Places:
    """Return the places of a table; problems are noted in it."""
    x_m, y_m, _ = positions(table, crs=register.crs)
    sector = table.words("sector_id") if named else np.full(len(x_m), "", dtype=object)
    cell = pd.Index(register.sectors).get_indexer(pd.Index(sector)).astype(np.int64)
    elevation = table.numbers("elevation_m", *_HEIGHT, required=False)
    building = table.numbers("building_m", 0.0, 1000.0, required=False)
    clutter = table.numbers("clutter", 0.0, 1e6, required=False)
    broken = np.isfinite(clutter) & (clutter != np.round(clutter))
    table.note(broken, "clutter", "is no whole number", "give the number of a class")
    if table.problems:  # figures out of range would be refused again, without their rows
        table.raise_all()
    return Places(
        x_m=x_m,
        y_m=y_m,
        cell=cell,
        elevation_m=elevation,
        building_m=building,
        clutter=np.where(np.isfinite(clutter), clutter, UNKNOWN_CLUTTER).astype(np.int64),
    )


def _unknown(table: Columns, places: Places) -> list[str]:
    """Return the names of the sectors that the register does not have, row by row."""
    return [str(word) for word in table.words("sector_id")[places.cell < 0]]
