"""Share a county's census population out to its villages.

The share of village v of county c is class_weight(v) * f(township of v). The factor f corrects the
class weights by what is known of township populations. Those figures are of different kinds
(census, residents, registered) and years, so they are weights at most: only townships of one
county *and one kind* are compared, people move between them in proportion to their figures, and
what the group holds together stays what the class weights give it. A figure whose kind or year
is unspecified, undated or blank is comparable with none and is left out. For group g with figures p_t
and class totals w_t = sum of class_weight over the villages of t,

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

    """
    by_class = villages["urban_rural_class"].map(class_weights)
    weights = np.array(by_class, dtype=np.float64)
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


def _township_factors(villages: pd.DataFrame, townships: pd.DataFrame, weights: Floats) -> Floats:
    """Return f of each village's township."""
    class_totals = dict.fromkeys(villages["township_code"], 0.0)
    for code, weight in zip(villages["township_code"], weights, strict=True):
        class_totals[code] += weight
    kinds = townships["population_kind"]
    usable = (
        (townships["population"] > 0)
        & (kinds != "")
        & ~kinds.str.contains("unspecified|undated", regex=True)
        & townships["code"].isin(list(class_totals))
    )
    factors: dict[str, float] = {}
    for _, group in townships[usable].groupby(["county_code", "population_kind"], sort=True):
        figures = group["population"].to_numpy(float)
        totals = np.array([class_totals[code] for code in group["code"]])
        ratio = (figures / figures.sum()) / (totals / totals.sum())
        factors.update(zip(group["code"], ratio.tolist(), strict=True))
    return np.array([factors.get(code, 1.0) for code in villages["township_code"]])
