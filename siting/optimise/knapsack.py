r"""The most that sites can earn within stations and money: the relaxed knapsack and its limit.

With earnings $s_j \ge 0$, stations $b_j$, room $B$, and optionally cost $c_j$ and budget $C$,
$T(s) = \max \{ s x : b x \le B,\ c x \le C,\ 0 \le x \le 1 \}$ limits what any choice of whole
sites earns. One knapsack is solved by sorting on $s_j / b_j$ and cutting the last site. For two,
money gets a price $\mu \ge 0$ and
$T(s) \le \mu C + \max \{ (s - \mu c) x : b x \le B,\ 0 \le x \le 1 \}$ holds for every price; the
right side is convex in $\mu$, and its slope $C - c x$ tells where to look, so that halving an
interval comes as near to the smallest value as wanted. $B$ is rounded down to a multiple of
the greatest common divisor of the stations, which no choice of whole sites notices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRICE_STEPS = 24


@dataclass(frozen=True, kw_only=True)
class Room:
    """Stations and money that the free sites may take; the budget is infinite where none is set."""

    stations: NDArray[np.float64]
    max_stations: float
    cost: NDArray[np.float64]
    budget: float

    def rounded(self) -> Room:
        """Return the room with its stations rounded down to what whole sites can use."""
        if len(self.stations) == 0:
            return self
        divisor = int(np.gcd.reduce(self.stations.astype(np.int64)))
        usable = float(min(self.max_stations, self.stations.sum()) // divisor * divisor)
        return Room(stations=self.stations, max_stations=usable, cost=self.cost, budget=self.budget)


def most_earned(earnings: NDArray[np.float64], room: Room) -> float:
    """Return a limit on what any permitted choice of sites earns."""
    value, spent = _one_knapsack(earnings, room)
    if spent <= room.budget:
        return value
    return min(value, _priced(earnings, room))


def _one_knapsack(earnings: NDArray[np.float64], room: Room) -> tuple[float, float]:
    """Return the best relaxed earnings within the stations alone, and the money that takes."""
    order = np.argsort(-earnings / room.stations, kind="stable")
    order = order[earnings[order] > 0]
    before = np.cumsum(room.stations[order]) - room.stations[order]
    share = np.clip((room.max_stations - before) / room.stations[order], 0.0, 1.0)
    taken = order[: int(np.count_nonzero(share))]
    share = share[: len(taken)]
    return float(np.sum(earnings[taken] * share)), float(np.sum(room.cost[taken] * share))


def _priced(earnings: NDArray[np.float64], room: Room) -> float:
    """Return the least limit found over the prices of money, by halving on the sign of the slope."""
    spends = room.cost > 0
    low, high = 0.0, float(np.max(earnings[spends] / room.cost[spends]))
    best = high * room.budget + float(np.sum(earnings[~spends]))
    for _ in range(PRICE_STEPS):
        price = 0.5 * (low + high)
        value, spent = _one_knapsack(earnings - price * room.cost, room)
        best = min(best, price * room.budget + value)
        if spent > room.budget:
            low = price
        else:
            high = price
    return best
