"""What a run found: shares of area and people above the threshold, what was left out, what it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from siting.coverage.tiles import Tile
    from siting.coverage_run.ground import Ground
    from siting.coverage_run.store import TileStore

    Tiles = Sequence[tuple[Tile, Tile, str]]


@dataclass(frozen=True, kw_only=True)
class BandFigures:
    """One carrier: shares, 0 to 1, of the area and of its people above the threshold.

    `people_share` is None where the layers hold no people; `people_expected_share` is the mean of
    the probability over people.
    """

    band: str
    carrier_ghz: float
    threshold_dbm: float
    sectors: int
    area_km2: float
    area_share: float
    people: int
    people_share: float | None
    people_expected_share: float | None
    beyond_range: int

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        named = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            name: round(value, 6) if isinstance(value, float) else value
            for name, value in named.items()
        }


@dataclass(frozen=True, kw_only=True)
class CoverageReport:
    """A run: its figures, its files, and what it took. The last five are not part of any file."""

    folder: Path
    figures: Mapping[str, Any]
    files: tuple[str, ...]
    tiles_computed: int
    tiles_kept: int
    retries: int
    workers_lost: int
    seconds: float
    seconds_per_site: float = field(default=float("nan"))

    def as_dict(self) -> dict[str, Any]:
        """Return everything as `--json` prints it."""
        each = self.seconds_per_site
        return dict(self.figures) | {
            "folder": self.folder.as_posix(),
            "files": list(self.files),
            "tiles_computed": self.tiles_computed,
            "tiles_kept": self.tiles_kept,
            "retries": self.retries,
            "workers_lost": self.workers_lost,
            "seconds": round(self.seconds, 3),
            "seconds_per_site": round(each, 6) if np.isfinite(each) else None,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """Where residents are [m], and how many."""

    xy_m: NDArray[np.float64]
    count: NDArray[np.float64]


def band_figures(
    carrier: int,
    *,
    band: str,
    carrier_ghz: float,
    threshold_dbm: float,
    sectors: int,
    tiles: Tiles,
    ground: Ground,
    people: People,
    store: TileStore,
) -> BandFigures:
    """Return the figures of one carrier over all tiles.

    `tiles` has each tile's place in the ground, its place in the files, and its key, "" where no
    mast reaches it. The area is that of the townships.
    """
    cells = above = beyond = 0
    inside = served = expected = 0.0
    row, column = _cells(people, ground)
    for tile, _, key in tiles:
        counted = ground.environment(tile) >= 0
        cells += int(counted.sum())
        here = (row >= tile.row) & (row < tile.row + tile.rows)
        here &= (column >= tile.column) & (column < tile.column + tile.columns)
        at = row[here] - tile.row, column[here] - tile.column
        inside += float(people.count[here].sum())
        if not key:
            continue
        covered = store.floats(key, "rsrp", carrier) >= threshold_dbm  # NaN is not
        probability = store.floats(key, "probability", carrier)[at]
        above += int((covered & counted).sum())
        served += float((people.count[here] * covered[at]).sum())
        expected += float((people.count[here] * np.nan_to_num(probability)).sum())
        beyond += store.counts(key)["beyond_range"][carrier]
    return BandFigures(
        band=band,
        carrier_ghz=carrier_ghz,
        threshold_dbm=threshold_dbm,
        sectors=sectors,
        area_km2=cells * ground.grid.cell_m**2 / 1e6,
        area_share=above / max(cells, 1),
        people=round(inside),
        people_share=served / inside if inside else None,
        people_expected_share=expected / inside if inside else None,
        beyond_range=beyond,
    )


def _cells(people: People, ground: Ground) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row and column of all people in the ground's grid."""
    grid = ground.grid
    row = np.floor((grid.north_m - people.xy_m[:, 1]) / grid.cell_m).astype(np.int64)
    column = np.floor((people.xy_m[:, 0] - grid.west_m) / grid.cell_m).astype(np.int64)
    return row, column
