"""A made-up network and made-up measurements of it, whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.coverage import spm
from siting.coverage.calibration import Cells, Measurements, Places
from siting.coverage.calibration.ground import ground_of
from siting.coverage.calibration.least_squares import antenna_loss_db
from siting.coverage.calibration.links import links_of

if TYPE_CHECKING:
    from pathlib import Path

TRUE_K = spm.Coefficients(k1=20.0, k2=38.0, k3=4.0, k4=0.6, k5=-5.0)
TRUE_CLUTTER_DB = {1: 0.0, 2: 6.0, 3: -4.0}
TRUE_ANTENNA_SHARE, TRUE_POWER_SHARE = 0.8, 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Town:
    """The made-up measurements and their network."""

    cells: Cells
    measured: Measurements


def town(
    *, rows: int = 6000, noise_db: float = 2.0, site_db: float = 0.0, seed: int = 1, side: int = 6
) -> Town:
    """Return a town of `side` x `side` sites, 1.5 km apart, three sectors each."""
    rng = np.random.default_rng(seed)
    north, east = (np.repeat(axis.ravel(), 3) for axis in np.mgrid[0:side, 0:side] * 1500.0)
    count = len(north)
    cells = Cells(
        x_m=500_000.0 + east,
        y_m=2_700_000.0 + north,
        elevation_m=np.zeros(count),
        height_m=np.repeat(rng.uniform(15.0, 45.0, count // 3), 3).round(1),
        azimuth_deg=np.tile([0.0, 120.0, 240.0], count // 3),
        electrical_tilt_deg=rng.integers(2, 8, count).astype(float),
        mechanical_tilt_deg=np.zeros(count),
        power_dbm=rng.choice([9.0, 12.0, 15.0], count),
        carrier_mhz=np.full(count, 2600.0),
    )
    cell = np.sort(rng.integers(0, count, rows))
    distance = 10.0 ** rng.uniform(1.7, 3.2, rows)
    angle = np.radians(cells.azimuth_deg[cell] + rng.normal(0.0, 45.0, rows))
    places = Places(
        x_m=cells.x_m[cell] + distance * np.sin(angle),
        y_m=cells.y_m[cell] + distance * np.cos(angle),
        cell=cell,
        elevation_m=np.zeros(rows),
        building_m=np.where(rng.random(rows) < 0.3, rng.uniform(5.0, 60.0, rows), 0.0).round(1),
        clutter=rng.choice([1, 2, 3], rows).astype(np.int64),
    )
    level = true_level_dbm(places, cells)
    level += rng.normal(0.0, noise_db, rows)
    level += np.repeat(rng.normal(0.0, site_db, count // 3), 3)[cell]
    return Town(
        cells=cells, measured=Measurements(places=places, rsrp_dbm=level.clip(-160.0, -20.0))
    )


def true_level_dbm(places: Places, cells: Cells) -> np.ndarray:
    """Return the level without any error."""
    links = links_of(places, cells, ground_of(places))
    loss = spm.path_loss_db(
        TRUE_K,
        links.distance_m,
        base_height_m=cells.height_m[places.cell],
        diffraction_db=links.diffraction_db,
        clutter_db=np.array([TRUE_CLUTTER_DB.get(one, 0.0) for one in places.clutter.tolist()]),
    )
    sent = TRUE_POWER_SHARE * cells.power_dbm[places.cell]
    return sent - TRUE_ANTENNA_SHARE * antenna_loss_db(links) - loss


def write_tables(made: Town, folder: Path) -> tuple[Path, Path]:
    """Write the measurements and the register as csv, and return their paths."""
    cells, places = made.cells, made.measured.places
    names = np.array([f"S{index // 3:03d}-{index % 3}" for index in range(len(cells))])
    register = pd.DataFrame({name: getattr(cells, name) for name in vars(cells)})
    register.insert(0, "sector_id", names)
    register.insert(1, "site_id", [name[:4] for name in names])
    table = pd.DataFrame({
        "sector_id": names[places.cell],
        "x_m": places.x_m.round(1),
        "y_m": places.y_m.round(1),
        "rsrp_dbm": made.measured.rsrp_dbm.round(2),
        "elevation_m": places.elevation_m,
        "building_m": places.building_m,
        "clutter": places.clutter,
    })  # fmt: skip
    paths = folder / "measurements.csv", folder / "register.csv"
    for frame, path in zip((table, register), paths, strict=True):
        frame.to_csv(path, index=False)
    return paths
