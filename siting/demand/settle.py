"""Settle the people of each village on the lattice cells around it.

A village settles the cells of the township area that hosts it which are nearer to it than to any
other village: as many as its people need at the settled density of its urban-rural class, denser
in the middle than at the edge. Where a `suitability` is known, it bends what near means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from rasterio.features import rasterize

from siting.demand.suitability import Lattice, suitability
from siting.layers.modelled.population import largest_remainder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.layers.model import Layers

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

CLASS_NAMES: Mapping[str, str] = {
    "111": "main_urban",
    "112": "urban_fringe",
    "121": "town_centre",
    "122": "town_fringe",
    "123": "special",
    "210": "township_centre",
    "220": "village",
}
"""Urban-rural classes of the National Bureau of Statistics, by code."""


def settled_cells(
    layers: Layers, spacing_m: float, people_per_km2: Mapping[str, float]
) -> pd.DataFrame:
    """Return the cells where people live: village (row), x_m, y_m, people.

    A village settles in the township area that hosts it: the pseudo-units of development zones
    have villages and no area of their own.
    """
    villages = layers.villages
    lattice = _lattice(layers, spacing_m)
    cells_of = _cells_of_townships(layers, lattice, suitability(layers, lattice))
    density = villages["urban_rural_class"].map(CLASS_NAMES).map(people_per_km2).to_numpy(float)
    people = villages["population"].to_numpy(np.int64)
    wanted = np.maximum(np.ceil(people / (density * spacing_m**2 / 1e6)), 1).astype(np.int64)
    xy = np.column_stack([villages.geometry.x, villages.geometry.y])
    rows_of = villages.groupby("host_township_code").indices
    none = np.zeros(0, dtype=np.int64)
    parts = [pd.DataFrame({"village": none, "x_m": xy[:0, 0], "y_m": xy[:0, 1], "people": none})]
    for code, (cells, weight) in cells_of.items():
        rows = rows_of.get(code)
        if rows is not None:
            parts.append(_settle(cells, weight, rows, xy[rows], wanted[rows], people[rows]))
    settled = pd.concat(parts, ignore_index=True)
    return _settle_the_rest(settled, xy, people)


def _lattice(layers: Layers, spacing_m: float) -> Lattice:
    """Return the lattice over the townships, its corners on whole multiples of the spacing."""
    west, south, east, north = layers.townships.total_bounds
    west, north = np.floor(west / spacing_m) * spacing_m, np.ceil(north / spacing_m) * spacing_m
    return Lattice(
        west_m=west,
        north_m=north,
        cell_m=spacing_m,
        rows=int(np.ceil((north - south) / spacing_m)),
        columns=int(np.ceil((east - west) / spacing_m)),
    )


def _cells_of_townships(
    layers: Layers, lattice: Lattice, suitable: Floats | None
) -> dict[str, tuple[Floats, Floats | None]]:
    """Return the middle [m] and the suitability of the cells in each township, by its code.

    Where nobody can live by any layer, every cell is as good as another.
    """
    townships, spacing_m = layers.townships, lattice.cell_m
    owner = rasterize(
        ((area, row + 1) for row, area in enumerate(townships.geometry)),
        out_shape=(lattice.rows, lattice.columns),
        transform=lattice.transform,
        dtype="int32",
    )
    row, column = np.nonzero(owner)
    centres = np.column_stack(
        [lattice.west_m + (column + 0.5) * spacing_m, lattice.north_m - (row + 0.5) * spacing_m]
    )
    owners = owner[row, column]
    order = np.argsort(owners, kind="stable")
    found, starts = np.unique(owners[order], return_index=True)
    codes, cells = townships["code"].to_numpy(), {}
    for k, piece in zip(found, np.split(order, starts[1:]), strict=True):
        weight = None if suitable is None else suitable[row[piece], column[piece]]
        cells[str(codes[k - 1])] = (centres[piece], weight if _speaks(weight) else None)
    return cells


def _speaks(weight: Floats | None) -> bool:
    return weight is not None and bool((weight > 0).any())


def _settle(
    cells: Floats,
    weight: Floats | None,
    rows: Ints,
    xy: Floats,
    wanted: Ints,
    people: Ints,
) -> pd.DataFrame:
    """Give each village the nearest of the cells that are nearer to it than to any other.

    With a suitability s, a cell at distance d counts as d / sqrt(s) away and holds people in
    proportion to s; where s is 0 nobody settles, unless a village has no other cell.
    """
    distance = np.hypot(cells[:, None, 0] - xy[None, :, 0], cells[:, None, 1] - xy[None, :, 1])
    village = distance.argmin(axis=1)
    reach = distance[np.arange(len(cells)), village]
    if weight is not None:
        weight = _without_orphans(weight, village, len(rows))
        habitable = weight > 0
        cells, village, weight = cells[habitable], village[habitable], weight[habitable]
        reach = reach[habitable] / np.sqrt(weight)
    order = np.lexsort((cells[:, 0], cells[:, 1], reach, village))
    village = village[order]
    first = np.searchsorted(village, np.arange(len(rows)))
    rank = np.arange(len(village)) - first[village]
    available = np.bincount(village, minlength=len(rows))
    count = np.minimum(wanted, available)
    kept = rank < count[village]
    village, rank, order = village[kept], rank[kept], order[kept]
    shares = 1.5 - (rank + 0.5) / np.maximum(count[village], 1)
    shares = shares if weight is None else shares * weight[order]
    counted = np.zeros(len(village), dtype=np.int64)
    for k in range(len(rows)):
        mine = village == k
        counted[mine] = largest_remainder(shares[mine], int(people[k]))
    cells = cells[order]
    table = pd.DataFrame(
        {"village": rows[village], "x_m": cells[:, 0], "y_m": cells[:, 1], "people": counted}
    )
    return table[table["people"] > 0]


def _without_orphans(weight: Floats, village: Ints, villages: int) -> Floats:
    """Return the suitability, 1 in the cells of villages that have no habitable cell."""
    habitable = np.bincount(village, weight > 0, minlength=villages) > 0
    return np.where(habitable[village], weight, 1.0)


def _settle_the_rest(settled: pd.DataFrame, xy: Floats, people: Ints) -> pd.DataFrame:
    """Keep the people of villages that own no cell: they live at the village's own point."""
    placed = np.bincount(settled["village"], settled["people"], minlength=len(people))
    left = np.flatnonzero(people - placed > 0)
    rest = pd.DataFrame(
        {
            "village": left,
            "x_m": xy[left, 0],
            "y_m": xy[left, 1],
            "people": (people - placed)[left].astype(np.int64),
        }
    )
    both = pd.concat([settled, rest], ignore_index=True)
    return both.sort_values(["village", "y_m", "x_m"], kind="stable", ignore_index=True)
