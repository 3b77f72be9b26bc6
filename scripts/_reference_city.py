"""Draws the reference city of the benchmarks: towns by rank, 100 m cells, weights by density.

Everything follows from the sizes and the seed; `reference_city` also tells what its totals must be
before figures for it are believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

# rows, sites: the total weight of seed 1
KNOWN_WEIGHTS = {(500_000, 50_000): 83_341_216.0}
DENSE_TOWNS = 60
CHUNK_ROWS = 50_000


@dataclass(frozen=True, kw_only=True)
class Towns:
    """Where towns lie [m], how far they spread [m], and their share of all people."""

    side_m: float
    centre: NDArray[np.float64]
    spread_m: NDArray[np.float64]
    share: NDArray[np.float64]

    def places(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Return places [m], two thirds of them in towns, in random order."""
        inside = int(count * 0.65)
        town = rng.choice(len(self.share), inside, p=self.share)
        near = self.centre[town] + rng.normal(size=(inside, 2)) * self.spread_m[town][:, None]
        anywhere = rng.uniform(0, self.side_m, (count - inside, 2))
        drawn = np.clip(np.vstack([near, anywhere]), 0, self.side_m)
        return drawn[rng.permutation(count)]


def reference_places(
    rows: int, sites: int, seed: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return demand places [m], candidate places [m] and the weights of the demand."""
    rng = np.random.default_rng(seed)
    side_m = float(np.sqrt(rows * 0.01)) * 1000.0
    count = max(3, int(rows * 0.01 / 50))
    centre = rng.uniform(0.05 * side_m, 0.95 * side_m, (count, 2))
    share = 1 / np.arange(1, count + 1) ** 0.8
    share /= share.sum()
    spread_m = 4000 * np.sqrt(share / share.max()) * min(1, side_m / 30000) + 600
    towns = Towns(side_m=side_m, centre=centre, spread_m=spread_m, share=share)
    people = np.round(towns.places(rng, rows) / 100) * 100 + 50
    people = people + rng.uniform(-40, 40, people.shape)
    candidates = towns.places(rng, sites)
    density = np.zeros(rows)
    for k in range(min(count, DENSE_TOWNS)):
        away = ((people - centre[k]) ** 2).sum(1)
        falling = np.exp(-away / (2 * (1.2 * spread_m[k]) ** 2))
        density += share[k] * falling / (spread_m[k] / 1000) ** 2
    weights = np.exp(rng.normal(0, 0.8, rows)) * (2 + 400 * density / max(density.max(), 1e-9))
    return people, candidates, np.maximum(1, np.round(weights)).astype(np.float64)


def reference_city(
    rows: int, sites: int, reach_m: float
) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """Return who covers whom within the reach, and the weights; refuse a draw that is not known."""
    people, candidates, weights = reference_places(rows, sites)
    known = KNOWN_WEIGHTS.get((rows, sites))
    if known is not None and weights.sum() != known:
        message = f"the draw weighs {weights.sum():.0f}, not {known:.0f}: figures do not apply"
        raise ValueError(message)
    tree, parts = cKDTree(candidates), []
    for first in range(0, rows, CHUNK_ROWS):
        some = people[first : first + CHUNK_ROWS]
        pairs = cKDTree(some).sparse_distance_matrix(tree, reach_m, output_type="ndarray")
        ones = np.ones(len(pairs), np.float32)
        place = (pairs["i"].astype(np.int32), pairs["j"].astype(np.int32))
        parts.append(sparse.csr_array((ones, place), shape=(len(some), sites)))
    return sparse.vstack(parts, format="csr"), weights
