"""Share a county's census population out to its villages.

The share of village v of county c is class_weight(v) * g(t) * f(t), t being its township. The factor
g is what `dasymetric` predicts for a township from its surroundings, 1 where nothing was learned.
The factor f corrects both by what is known of township populations. Those figures are of different kinds
(census, residents, registered) and years, so they are weights at most: only townships of one
county *and one kind* are compared, people move between them in proportion to their figures, and
what the group holds together stays what the weights give it. A figure whose kind or year
is unspecified, undated or blank is comparable with none and is left out. For group g with figures p_t
and totals w_t = sum of class_weight * g over the villages of t,

    f_t = (p_t / sum over g of p) / (w_t / sum over g of w),      f = 1 elsewhere.

Shares become whole people by largest remainder, so every county sum is conserved exactly.
Villages with a population of their own keep it, and the others share the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

CLASS_WEIGHTS: Mapping[str, float] = {
    "111": 3.0,
    "112": 2.5,
    "121": 2.5,
    "122": 2.0,
    "123": 1.0,
    "210": 1.5,
    "220": 1.0,
}
"""People in a unit of each urban-rural class for one in a village (220).

Ours, in round numbers: the urban shares of the 2020 census and the number of units of each class
give 1.7 (Nanan) to 3.1 (Anxi) people in an urban unit for one in a rural unit. They compare the
units of one county only.
"""


def share_out(
    villages: pd.DataFrame,
    townships: pd.DataFrame,
    counties: pd.DataFrame,
    *,
    class_weights: Mapping[str, float] = CLASS_WEIGHTS,
    predicted: Mapping[str, float] | None = None,
) -> Ints:
    """Return the population of each village [people]; every county sum is exact.

    Parameters
    ----------
    villages
        county_code, township_code, urban_rural_class, population (NaN where unknown).
    townships
        code, county_code, population (NaN where unknown), population_kind.
    counties
        code, population.
    class_weights
        People in a unit of each class for one in a village; all greater than 0.
    predicted
        g of a township by its code; 1 where it is not named.

    """
    by_class = villages["urban_rural_class"].map(class_weights)
    weights = np.array(by_class, dtype=np.float64)
    if predicted:
        weights = weights * villages["township_code"].map(predicted).fillna(1.0).to_numpy(float)
    weights = weights * _township_factors(villages, townships, weights)
    given = villages["population"].to_numpy(float)
    people = np.where(np.isfinite(given), np.round(np.nan_to_num(given)), 0.0).astype(np.int64)
    totals = dict(zip(counties["code"], counties["population"], strict=True))
    for county, rows in villages.groupby("county_code", sort=True).indices.items():
        open_rows = rows[np.isnan(given[rows])]
        rest = int(totals[county]) - int(people[rows].sum())
        people[open_rows] = largest_remainder(weights[open_rows], rest)
    return people


def largest_remainder(weights: Floats, total: int) -> Ints:
    """Return whole numbers in proportion to `weights` that sum to `total` exactly.

    Each gets the whole part of its share; what is left goes one by one to the largest remainders,
    the earlier row first where they are equal.
    """
    if len(weights) == 0 or total <= 0:
        return np.zeros(len(weights), dtype=np.int64)
    shares = weights * (total / weights.sum())
    whole: Ints = np.floor(shares).astype(np.int64)
    order = np.lexsort((np.arange(len(weights)), whole - shares))
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def comparable_figures(
    townships: pd.DataFrame, present: set[str]
) -> dict[str, list[tuple[str, float]]]:
    """Return (code, population) of the townships `present`, by group of one county and one kind."""
    kinds = townships["population_kind"]
    usable = (
        (townships["population"] > 0)
        & (kinds != "")
        & ~kinds.str.contains("unspecified|undated", regex=True)
        & townships["code"].isin(list(present))
    )
    groups = townships[usable].groupby(["county_code", "population_kind"], sort=True)
    return {
        f"{county} {kind}": list(
            zip(group["code"], group["population"].astype(float).tolist(), strict=True)
        )
        for (county, kind), group in groups
    }


def _township_factors(villages: pd.DataFrame, townships: pd.DataFrame, weights: Floats) -> Floats:
    """Return f of each village's township."""
    class_totals = dict.fromkeys(villages["township_code"], 0.0)
    for code, weight in zip(villages["township_code"], weights, strict=True):
        class_totals[code] += weight
    factors: dict[str, float] = {}
    for group in comparable_figures(townships, set(class_totals)).values():
        figures = np.array([people for _, people in group])
        totals = np.array([class_totals[code] for code, _ in group])
        ratio = (figures / figures.sum()) / (totals / totals.sum())
        factors.update(zip((code for code, _ in group), ratio.tolist(), strict=True))
    return np.array([factors.get(code, 1.0) for code in villages["township_code"]])
