"""How far each mast is followed, from its link budget; and the laws that this hangs on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.coverage.sweep.laws import Kind, Laws, laws_of, least_loss_db, table_distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.sweep.mast import Faces
    from siting.coverage.sweep.model import Masts
    from siting.coverage.sweep.settings import Settings

    Numbers = NDArray[np.float32]

_WIDER_DEG = 2  # rays beside a bearing that can be reached are walked too
_SMALLEST = 8  # cells
_ROUND = 1.0001  # for sums in single precision


class LawBook:
    """The laws of all masts, one page for each height, kind and environment among them."""

    def __init__(self, masts: Masts, settings: Settings, *, surface: bool) -> None:
        self._settings = settings
        self._surface = surface
        micro = np.zeros(len(masts.height_m), np.bool_) if masts.micro is None else masts.micro
        columns = (masts.height_m, micro, masts.environment)
        stacked = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
        self._rows, key = np.unique(stacked, axis=0, return_inverse=True)
        self.key: NDArray[np.int64] = key.ravel()
        self._pages: dict[int, Laws] = {}

    def page(self, key: int) -> Laws:
        """Return the laws of a key, worked out on first use; what no model covers is refused."""
        if key not in self._pages:
            height_m, micro, environment = self._rows[key]
            settings = self._settings
            around = settings.environments
            if environment >= 0:
                around = (around[int(environment)],) * len(around)
            kind = Kind(
                micro=bool(micro),
                surface=self._surface,
                ue_height_m=settings.ue_height_m,
                location_probability=settings.location_probability,
                service=settings.service,
            )
            self._pages[key] = laws_of(around, settings.carriers_ghz, float(height_m), kind)
        return self._pages[key]


class Reaches(NamedTuple):
    """How far masts are followed [cells], by bearing, and the radius of their ray table."""

    open_cells: Numbers
    blocked_cells: Numbers
    radius: NDArray[np.int64]


def reaches(
    faces: Faces, book: LawBook, settings: Settings, cell_m: float, busy: NDArray[np.bool_]
) -> Reaches:
    """Return the farthest at which any cell can reach the floor, open or blocked."""
    masts = len(busy)
    open_cells = np.zeros((masts, 360), dtype=np.float32)
    blocked_cells = np.zeros((masts, 360), dtype=np.float32)
    distance_m = table_distance_m()
    by_key = np.argsort(book.key, kind="stable")
    groups = np.split(by_key, np.flatnonzero(np.diff(book.key[by_key])) + 1)
    for group in groups:
        members = group[busy[group]]
        if not members.size:
            continue
        laws = book.page(int(book.key[members[0]]))
        for carrier, furthest_m in enumerate(settings.max_range_m):
            for cells, blocked in ((open_cells, False), (blocked_cells, True)):
                loss = least_loss_db(laws, carrier, blocked=blocked)
                for mast in members:
                    allowed = _envelope_dbm(faces, int(mast), carrier) - settings.rsrp_floor_dbm
                    entry = np.searchsorted(loss, allowed, side="right")
                    reach_m = np.where(entry > 0, distance_m[np.minimum(entry, len(loss) - 1)], 0.0)
                    reach = np.minimum(reach_m, furthest_m) * _ROUND / cell_m
                    np.maximum(cells[mast], reach, out=cells[mast])
    longest = np.ceil(open_cells.max(axis=1)).astype(np.int64)
    cap = math.ceil(max(settings.max_range_m) / cell_m)
    radius = np.array([min(_rounded(int(cells)), max(cap, 1)) for cells in longest])
    return Reaches(_widened(open_cells), _widened(blocked_cells), np.where(busy, radius, 0))


def _envelope_dbm(faces: Faces, mast: int, carrier: int) -> Numbers:
    """Return the most that a mast sends towards each whole bearing [dBm], -inf for nothing."""
    most = np.full(360, -np.inf, dtype=np.float32)
    for face in range(faces.first[mast, carrier], faces.first[mast, carrier + 1]):
        antenna = faces.antenna[face]
        cut = np.minimum(faces.horizontal[antenna, :360], faces.front_to_back_db[antenna])
        turn = int(faces.azimuth_deg[face])
        # a direction lies between two whole degrees of the cut: take the better
        lowest = np.minimum(np.minimum(cut, np.roll(cut, 1)), np.roll(cut, -1))
        np.maximum(most, faces.eirp_dbm[face] - np.roll(lowest, turn), out=most)
    return most


def _widened(cells: Numbers) -> Numbers:
    """Return the largest reach within some degrees of each bearing."""
    shifts = range(-_WIDER_DEG, _WIDER_DEG + 1)
    wide = cells.copy()
    for shift in shifts:
        np.maximum(wide, np.roll(cells, shift, axis=1), out=wide)
    return wide


def _rounded(cells: int) -> int:
    """Return a radius of few digits, so that masts share ray tables: eight for each doubling."""
    cells = max(cells, _SMALLEST)
    step = 2 ** max(cells.bit_length() - 4, 0)
    rounded: int = -(-cells // step) * step
    return rounded
