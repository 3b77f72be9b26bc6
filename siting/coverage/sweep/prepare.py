"""Check a network against its terrain and bring it into the arrays that the kernels take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.antennas import kernel_limits_db, kernel_tables
from siting.coverage.inputs import points
from siting.coverage.p526 import SPEED_OF_LIGHT_M_PER_S
from siting.coverage.ranges import RangeCheck
from siting.coverage.sweep.mast import Faces, Ground, Options, Places
from siting.coverage.sweep.reach import LawBook, reaches
from siting.errors import DataError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from siting.coverage.sweep.model import Masts, Sectors
    from siting.coverage.sweep.settings import Settings
    from siting.coverage.terrain import Terrain

_EIRP_DBM = (-60.0, 60.0)
_HIGHEST_MAST_M = 150.0  # of any model; each model's own range is checked with its law


@dataclass(frozen=True, kw_only=True, eq=False)
class Prepared:
    """A network ready to be swept: `key` is the law of each mast, `radius` its table's."""

    ground: Ground
    places: Places
    faces: Faces
    options: Options
    book: LawBook
    key: NDArray[np.int64]
    radius: NDArray[np.int64]
    near: int
    left_out: tuple[int, ...]


def prepare(
    masts: Masts,
    sectors: Sectors,
    terrain: Terrain,
    settings: Settings,
    environments_raster: NDArray[np.int8] | None,
    *,
    only: NDArray[np.bool_] | None = None,
    above_first: NDArray[np.float64] | None = None,
    raster: bool = True,
) -> Prepared:
    """Return the network in arrays, or refuse it with every problem found.

    Masts that are not among `only` count as silent. `above_first` is taken off the power of each
    carrier [dB]; without a raster of cells, places bring their own environment.
    """
    _check_sectors(sectors, len(masts.height_m), settings)
    xy_m = _check_masts(masts, settings, given=environments_raster is not None or not raster)
    ground = _ground(terrain, environments_raster, settings)
    row, column, standing = _cells(xy_m, terrain)
    left_out = np.flatnonzero(~standing)
    if left_out.size and settings.at_edges == "refuse":
        _refuse_places(left_out, terrain)

    faces = _faces(sectors, len(xy_m), settings, above_first)
    book = LawBook(masts, settings, surface=terrain.kind == "surface")
    busy = standing & (np.diff(faces.first[:, [0, -1]], axis=1).ravel() > 0)
    busy = busy if only is None else busy & only
    reach = reaches(faces, book, settings, terrain.cell_m, busy)
    cell_m = terrain.cell_m
    places = Places(
        row=row,
        column=column,
        east_m=(xy_m[:, 0] - terrain.west_m - (column + 0.5) * cell_m).astype(np.float32),
        north_m=(xy_m[:, 1] - terrain.north_m + (row + 0.5) * cell_m).astype(np.float32),
        height_m=np.asarray(masts.height_m, dtype=np.float32),
        open_cells=reach.open_cells,
        blocked_cells=reach.blocked_cells,
    )
    waves_m = SPEED_OF_LIGHT_M_PER_S / (np.array(settings.carriers_ghz) * 1e9)
    options = Options(
        ue_height_m=settings.ue_height_m,
        floor_dbm=np.float32(settings.rsrp_floor_dbm),
        partial=settings.partial_obstruction,
        roots_per_m=(1.0 / np.sqrt(waves_m)).astype(np.float32),
        furthest_m2=(np.array(settings.max_range_m) ** 2).astype(np.float32),
    )
    return Prepared(
        ground=ground,
        places=places,
        faces=faces,
        options=options,
        book=book,
        key=book.key,
        radius=reach.radius,
        near=max(math.ceil(settings.exact_within_m / cell_m) + 1, 5),
        left_out=tuple(int(i) for i in left_out),
    )


def _check_masts(masts: Masts, settings: Settings, *, given: bool) -> NDArray[np.float64]:
    """Return the masts' places; refuse a network without masts, or numbers that are none."""
    check = RangeCheck(model="masts")
    xy_m = points(check, "xy_m", masts.xy_m)
    count = len(masts.height_m)
    check.require(
        condition=count > 0,
        name="masts",
        what="the network is empty",
        remedy="give one mast or more",
    )
    lengths = [len(xy_m), len(masts.environment)]
    lengths += [] if masts.micro is None else [len(masts.micro)]
    check.require(
        condition=all(length == count for length in lengths),
        name="masts",
        what="places, heights, environments and kinds differ in number",
        remedy="give one of each for each mast",
    )
    least = 0 if not given else -1
    check.within("height_m", masts.height_m, 1.0, _HIGHEST_MAST_M, unit="m")
    check.within("environment", masts.environment, least, len(settings.environments) - 1, unit="")
    in_degrees = count > 0 and bool((np.abs(xy_m[:, 0]) <= 360.0).all())
    in_degrees = in_degrees and bool((np.abs(xy_m[:, 1]) <= 90.0).all()) and count > 1
    check.require(
        condition=not in_degrees,
        name="xy_m",
        what="the places look like degrees",
        remedy="give projected coordinates in metres",
    )
    check.raise_all()
    return xy_m


def _check_sectors(sectors: Sectors, masts: int, settings: Settings) -> None:
    """Refuse sectors without mast, carrier, antenna or power, and a network without sectors."""
    check = RangeCheck(model="sectors")
    count = len(sectors.site)
    check.require(
        condition=count > 0, name="sectors", what="there are no sectors", remedy="give one or more"
    )
    columns: tuple[tuple[str, ArrayLike, float, float, str], ...] = (
        ("site", sectors.site, 0, masts - 1, ""),
        ("carrier", sectors.carrier, 0, len(settings.carriers_ghz) - 1, ""),
        ("antenna", sectors.antenna, 0, len(settings.antennas) - 1, ""),
        ("azimuth_deg", sectors.azimuth_deg, -360.0, 360.0, "degree"),
        ("tilt_deg", sectors.tilt_deg, -90.0, 90.0, "degree"),
        ("eirp_per_re_dbm", sectors.eirp_per_re_dbm, *_EIRP_DBM, "dBm"),
    )
    for name, values, least, largest, unit in columns:
        same = np.shape(values) == (count,)
        check.require(
            condition=same,
            name=name,
            what=f"{np.size(values)} values for {count} sectors",
            remedy="give one for each sector",
        )
        if count:
            check.within(name, values, least, largest, unit=unit)
    check.raise_all()


def _ground(
    terrain: Terrain, environments_raster: NDArray[np.int8] | None, settings: Settings
) -> Ground:
    """Return terrain and environments as rasters on one grid."""
    check = RangeCheck()
    check.within("cell_m", terrain.cell_m, 1.0, 1000.0, unit="m")
    elevation_m = np.ascontiguousarray(terrain.elevation_m, dtype=np.float32)
    environment = environments_raster
    if environment is None:
        environment = np.zeros(elevation_m.shape, dtype=np.int8)
    environment = np.ascontiguousarray(environment, dtype=np.int8)
    check.require(
        condition=environment.shape == elevation_m.shape,
        name="environments_raster",
        what=f"{environment.shape} cells, and the terrain has {elevation_m.shape}",
        remedy="bring both rasters to one grid",
    )
    check.within("environments_raster", environment, -1, len(settings.environments) - 1, unit="")
    check.raise_all()
    return Ground(elevation_m, environment, float(terrain.cell_m))


def _cells(
    xy_m: NDArray[np.float64], terrain: Terrain
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return row and column of each mast, and whether it stands on ground that is known."""
    rows, columns = terrain.elevation_m.shape
    column = np.floor((xy_m[:, 0] - terrain.west_m) / terrain.cell_m).astype(np.int64)
    row = np.floor((terrain.north_m - xy_m[:, 1]) / terrain.cell_m).astype(np.int64)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    standing = inside.copy()
    standing[inside] = np.isfinite(terrain.elevation_m[row[inside], column[inside]])
    return np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1), standing


def _refuse_places(left_out: NDArray[np.int64], terrain: Terrain) -> None:
    """Raise about masts in the sea or off the terrain."""
    shown = ", ".join(str(int(i)) for i in left_out[:10])
    raise DataError(
        Problem(
            file=terrain.file or "terrain",
            what=f"{left_out.size} masts stand on a void or off the terrain (rows {shown})",
            remedy='give a larger DEM, correct their places, or use at_edges="exclude"',
        )
    )


def _faces(
    sectors: Sectors, masts: int, settings: Settings, above_first: NDArray[np.float64] | None
) -> Faces:
    """Return the active sectors by mast and carrier, in their own order within."""
    carriers = len(settings.carriers_ghz)
    active = np.ones(len(sectors.site), np.bool_) if sectors.active is None else sectors.active
    rows = np.flatnonzero(np.asarray(active))
    bucket = np.asarray(sectors.site, np.int64)[rows] * carriers
    bucket += np.asarray(sectors.carrier, np.int64)[rows]
    order = rows[np.argsort(bucket, kind="stable")]
    ends = np.searchsorted(np.sort(bucket), np.arange(masts * carriers + 1))
    first = np.zeros((masts, carriers + 1), dtype=np.int32)
    first[:, :-1] = ends[:-1].reshape(masts, carriers)
    first[:, -1] = ends[carriers::carriers]
    eirp_dbm = np.asarray(sectors.eirp_per_re_dbm, dtype=np.float64)[order]
    if above_first is not None:
        eirp_dbm = eirp_dbm - above_first[np.asarray(sectors.carrier)[order]]
    horizontal, vertical = kernel_tables(settings.antennas)
    return Faces(
        first=first,
        sector=order.astype(np.int32),
        azimuth_deg=(np.asarray(sectors.azimuth_deg)[order] % 360.0).astype(np.float32),
        tilt_deg=np.asarray(sectors.tilt_deg)[order].astype(np.float32),
        eirp_dbm=eirp_dbm.astype(np.float32),
        antenna=np.asarray(sectors.antenna)[order].astype(np.int32),
        horizontal=np.ascontiguousarray(np.concatenate([horizontal, horizontal[:, :1]], axis=1)),
        vertical=vertical,
        front_to_back_db=kernel_limits_db(settings.antennas),
    )
