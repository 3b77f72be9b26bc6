r"""Check a maximal covering answer: its limits, its worth, and the limit that prices prove.

With what locked sites leave of each need, $l_i = \max(0, n_i - \sum_{j \text{ locked}} a_{ij})$,
rates $r_i = w_i / n_i$ and any prices $0 \le v_i \le 1$, $\lambda, \mu \ge 0$,

$$L(v, \lambda, \mu) = f(\text{locked}) + \sum_i r_i l_i (1 - v_i) + \lambda B + \mu C
+ \sum_{j \text{ free}} \max(0,\ s_j - \lambda b_j - \mu c_j), \qquad
s_j = \sum_i \min(a_{ij}, l_i)\, r_i v_i$$

is at least the worth of every permitted choice: a free site adds at most $\min(a_{ij}, l_i)$ to a
row, row $i$ gains at most $r_i (1 - v_i) l_i$ beyond the $v_i$-th part that its sites earn, and whole
sites within $B$ stations and $C$ money earn at most $\lambda B + \mu C$ plus what each earns beyond
its own price. $B$ is rounded down to a multiple of the greatest common divisor of the stations.
Floors of groups are wishes, not limits, and no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.optimise.arguments import Checks, as_matrix
from siting.optimise.canonical import matrix_hash, numbers_hash, record_hash, words_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# What a sum of money may exceed its budget by through rounding.
MONEY_RELATIVE = 1e-12
PRICE_STEPS = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class CoverageInputs:
    """The question of `maximise_coverage` in arrays; `CoverageInputs.of` takes its arguments."""

    covers: sparse.csr_array
    weights: Floats
    needed: Floats
    stations: Floats
    max_stations: float
    cost: Floats
    budget: float
    locked: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]
    groups: tuple[object, ...]
    group_floors: Mapping[Any, int]

    kind = "maximise_coverage"
    highest = True

    @classmethod
    def of(
        cls,
        covers: object,
        weights: ArrayLike,
        *,
        stations: ArrayLike | None = None,
        max_stations: int,
        needed: ArrayLike | None = None,
        locked: ArrayLike | None = None,
        forbidden: ArrayLike | None = None,
        cost: ArrayLike | None = None,
        budget: float | None = None,
        groups: ArrayLike | None = None,
        group_floors: Mapping[Any, int] | None = None,
    ) -> CoverageInputs:
        """Return the question that these arguments of `maximise_coverage` pose.

        Raises
        ------
        ConfigurationError
            When arguments cannot be used; all problems at once.
        """
        checks = Checks()
        matrix = as_matrix(checks, "covers", covers)
        checks.settle()
        rows, sites = matrix.shape
        limited = cost is not None and budget is not None
        need = checks.numbers("needed", 1.0 if needed is None else needed, rows)
        if (need <= 0).any():
            checks.note("needed", "is 0 for some rows", "give units above 0")
        labels = () if groups is None or not group_floors else tuple(np.asarray(groups).tolist())
        inputs = cls(
            covers=matrix,
            weights=checks.numbers("weights", weights, rows),
            needed=need,
            stations=checks.numbers(
                "stations", 1.0 if stations is None else stations, sites, least=1.0, whole=True
            ),
            max_stations=float(checks.count("max_stations", max_stations)),
            cost=checks.numbers("cost", cost if limited and cost is not None else 0.0, sites),
            budget=float(budget) if limited and budget is not None else float("inf"),
            locked=checks.sites("locked", locked, sites),
            forbidden=checks.sites("forbidden", forbidden, sites),
            groups=labels,
            group_floors={k: int(v) for k, v in (group_floors or {}).items() if v}
            if labels
            else {},
        )
        checks.settle()
        return inputs

    @property
    def total(self) -> float:
        """Return the weight of all rows."""
        return float(np.sum(self.weights))

    def hashes(self) -> dict[str, str]:
        """Return the hash of each input."""
        options = {"max_stations": self.max_stations, "budget": self.budget}
        floors = sorted((type(k).__name__, str(k), v) for k, v in self.group_floors.items())
        return {
            "covers": matrix_hash(self.covers),
            "weights": numbers_hash(self.weights),
            "needed": numbers_hash(self.needed),
            "stations": numbers_hash(self.stations),
            "cost": numbers_hash(self.cost),
            "locked": numbers_hash(self.locked),
            "forbidden": numbers_hash(self.forbidden),
            "groups": words_hash(self.groups),
            "options": record_hash(options | {"floors": floors}),
        }

    def faults(self, chosen: Ints) -> list[str]:
        """Return in what a choice breaks the limits."""
        sites = self.covers.shape[1]
        if chosen.ndim != 1 or (len(chosen) and not 0 <= chosen.min() <= chosen.max() < sites):
            return [f"the choice names columns beyond 0 to {sites - 1}"]
        faults = []
        if len(np.unique(chosen)) != len(chosen):
            faults.append("a site is chosen twice")
        taken = float(self.stations[chosen].sum())
        if taken > self.max_stations:
            faults.append(f"the choice takes {taken:g} stations of {self.max_stations:g}")
        spent = float(self.cost[chosen].sum())
        if spent > self.budget * (1.0 + MONEY_RELATIVE):
            faults.append(f"the choice costs {spent!r} of {self.budget!r}")
        missing = int(self.locked.sum()) - int(self.locked[chosen].sum())
        if missing:
            faults.append(f"{missing} sites that must be chosen are not")
        if self.forbidden[chosen].any():
            faults.append(f"{int(self.forbidden[chosen].sum())} forbidden sites are chosen")
        return faults

    def floors_short(self, chosen: Ints) -> dict[Any, int]:
        """Return the stations that each group lacks of its floor."""
        placed: dict[Any, float] = {}
        for site in chosen.tolist() if self.groups else []:
            label = self.groups[site]
            placed[label] = placed.get(label, 0.0) + self.stations[site]
        short = {
            name: least - int(placed.get(name, 0)) for name, least in self.group_floors.items()
        }
        return {name: lack for name, lack in short.items() if lack > 0}

    def worth(self, chosen: Ints) -> float:
        """Return what a choice covers."""
        inside = np.zeros(self.covers.shape[1])
        inside[chosen] = 1.0
        units = self.covers.astype(np.float64) @ inside
        return float(np.sum(self.weights * np.minimum(1.0, units / self.needed)))

    def price_faults(self, prices: Floats, room_prices: Floats) -> list[str]:
        """Return why prices are no dual vector of this question."""
        faults = []
        if prices.shape != self.weights.shape:
            faults.append(f"there are {len(prices)} row prices for {len(self.weights)} rows")
        elif not bool(np.all((prices >= 0.0) & (prices <= 1.0))):
            faults.append("a row price lies outside 0 to 1")
        if room_prices.shape != (2,):
            faults.append("prices of stations and of money are wanted")
        elif not bool(np.all((room_prices >= 0.0) & np.isfinite(room_prices))):
            faults.append("a price of stations or money is negative or not finite")
        return faults

    @cached_property
    def room(self) -> tuple[float, float]:
        """Return the stations and the money that locked sites leave."""
        free = np.flatnonzero(self.free)
        stations = self.max_stations - float(self.stations[self.locked].sum())
        stations = min(stations, float(self.stations[free].sum()))
        whole = int(np.gcd.reduce(self.stations[free].astype(np.int64))) if len(free) else 1
        return stations // whole * whole, self.budget - float(self.cost[self.locked].sum())

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """Tell which sites could be added to the locked ones at all."""
        stations = self.max_stations - float(self.stations[self.locked].sum())
        money = self.budget - float(self.cost[self.locked].sum())
        fits = (self.stations <= stations) & (self.cost <= money + MONEY_RELATIVE * abs(money))
        return np.asarray(fits & ~self.locked & ~self.forbidden)

    def earnings(self, prices: Floats) -> tuple[float, Floats]:
        """Return what rows keep for themselves at these prices, and what each free site earns."""
        left = np.maximum(0.0, self.needed - self.covers @ self.locked.astype(np.float64))
        rate = self.weights / self.needed
        kept = float(np.sum(rate * left * (1.0 - prices)))
        row = np.repeat(np.arange(len(left)), np.diff(self.covers.indptr))
        gain = np.minimum(self.covers.data, left[row]) * (rate * prices)[row]
        earned = np.bincount(self.covers.indices, gain, minlength=self.covers.shape[1])
        return kept, np.where(self.free, earned, 0.0)

    def room_prices(self, prices: Floats) -> Floats:
        """Return the prices of a station and of money that prove most beside the row prices."""
        _, earned = self.earnings(prices)
        lam, spent = self._station_price(earned, 0.0)
        money = self.room[1]
        if spent <= money:
            return np.array([lam, 0.0])
        paying = self.cost > 0
        low, high = 0.0, float(np.max(earned[paying] / self.cost[paying]))
        best = (np.inf, 0.0, 0.0)
        for _ in range(PRICE_STEPS):
            price = 0.5 * (low + high)
            lam, spent = self._station_price(earned, price)
            best = min(best, (self._proved(0.0, earned, lam, price)[0], lam, price))
            low, high = (price, high) if spent > money else (low, price)
        return np.array(best[1:])

    def _station_price(self, earned: Floats, money_price: float) -> tuple[float, float]:
        """Return what the last station earns at a price of money, and the money spent by then."""
        net = np.where(self.free, earned - money_price * self.cost, 0.0)
        order = np.argsort(-net / self.stations, kind="stable")
        order = order[net[order] > 0]
        before = np.cumsum(self.stations[order]) - self.stations[order]
        share = np.clip((self.room[0] - before) / self.stations[order], 0.0, 1.0)
        spent = float(np.sum(self.cost[order] * share))
        cut = int(np.count_nonzero(share >= 1.0))
        return (float((net / self.stations)[order[cut]]) if cut < len(order) else 0.0), spent

    def limit(self, prices: Floats, room_prices: Floats) -> float:
        """Return L of the module's text, raised by more than rounding can have taken from it."""
        locked = self.worth(np.flatnonzero(self.locked))
        kept, earned = self.earnings(prices)
        value, magnitude = self._proved(kept, earned, *room_prices.tolist())
        longest = int(np.bincount(self.covers.indices, minlength=1).max()) if self.covers.nnz else 0
        terms = longest + len(prices) ** 0.5 + len(earned) ** 0.5 + 4096.0
        value = min(locked + value + (locked + magnitude) * terms * 2.0**-52, self.total)
        return float(np.floor(value)) if self._whole else value

    def _proved(
        self, kept: float, earned: Floats, station_price: float, money_price: float
    ) -> tuple[float, float]:
        """Return the limit on what free sites add, and the size of the terms it is made of."""
        stations, money = self.room
        price = station_price * self.stations + money_price * self.cost
        room = station_price * stations + (money_price * money if money_price else 0.0)
        above = np.maximum(0.0, earned - price)[self.free]
        near = self.free & (earned >= price * (1.0 - 1e-6))
        return kept + room + float(np.sum(above)), kept + room + float(np.sum(earned[near]))

    @cached_property
    def _whole(self) -> bool:
        """Tell whether every choice is worth a whole number."""
        if not np.array_equal(self.weights, np.rint(self.weights)) or self.total >= 2.0**53:
            return False
        row = np.repeat(np.arange(len(self.needed)), np.diff(self.covers.indptr))
        data = self.covers.data
        if bool(np.all(data >= self.needed[row])):
            return True
        rate = self.weights / self.needed
        numbers = (rate, data, self.needed)
        return all(bool(np.array_equal(values, np.rint(values))) for values in numbers)
