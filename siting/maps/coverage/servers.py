"""Give every best server a colour that none of its neighbours has."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from siting.maps.coverage.quantities import SERVER_COLOURS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SERVERS = "servers.csv"


def server_colours(
    servers: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.uint16], NDArray[np.uint8]]:
    """Return the ids that occur, ascending; each cell's place in them (from 1, 0 none); colours.

    Colours are places in `SERVER_COLOURS`, given in the order of ids: the first that no neighbour
    has; where eight neighbours have all of them, the one that fewest have.
    """
    valid = np.isfinite(servers) & (servers >= 0)
    ids, inverse = np.unique(servers[valid].astype(np.int64), return_inverse=True)
    ids, inverse = ids[:65_535], np.minimum(inverse, 65_534)
    place = np.zeros(servers.shape, dtype=np.uint16)
    place[valid] = inverse + 1
    neighbours = _neighbours(place, len(ids))
    colours = np.zeros(len(ids), dtype=np.uint8)
    for row, near in enumerate(neighbours):
        taken = np.bincount(colours[[n for n in near if n < row]], minlength=len(SERVER_COLOURS))
        colours[row] = int(np.argmin(taken))
    return ids, place, colours


def server_names(folder: Path, ids: NDArray[np.int64]) -> list[str]:
    """Return what the servers are called by the servers.csv beside their raster; empty if none.

    The table has a row per sector: server (the number), site_id, azimuth_deg.
    """
    table = folder / SERVERS
    if not table.is_file():
        return []
    with table.open(encoding="utf-8-sig", newline="") as file:
        named = {row.get("server", ""): _name(row) for row in csv.DictReader(file)}
    return [named.get(str(each), str(each)) for each in ids.tolist()]


def _name(row: dict[str, str]) -> str:
    azimuth = (row.get("azimuth_deg") or "").strip().removesuffix(".0")
    site = (row.get("site_id") or "").strip()
    return f"{site} {azimuth}°" if azimuth else site


def _neighbours(place: NDArray[np.uint16], count: int) -> list[list[int]]:
    """Return for each id the others that it touches, by the sides of cells."""
    pairs = [
        np.column_stack([one.ravel(), other.ravel()])
        for one, other in ((place[:, 1:], place[:, :-1]), (place[1:], place[:-1]))
    ]
    both = np.concatenate(pairs).astype(np.int64)
    both = both[(both[:, 0] != both[:, 1]) & (both > 0).all(axis=1)] - 1
    both = np.unique(np.concatenate([both, both[:, ::-1]]), axis=0)
    starts = np.searchsorted(both[:, 0], np.arange(count + 1))
    return [both[starts[i] : starts[i + 1], 1].tolist() for i in range(count)]
