"""Learn how people are spread between townships from the townships whose population is known.

The class weights of `population` say how many people a village of each urban-rural class holds;
alone they give every mountain hamlet the people of a coastal one. Here the known figures correct
them. A unit u (a county within the city, or a township within a group of one county and one kind
of figure) has class weight w_u and population p_u, and

    f_u = (p_u / sum of p over its group) / (w_u / sum of w over its group)

is how much more it holds than the class weights say. A Poisson regression with log link,

    E[f_u] = exp(sum over k of beta_k (x_uk - mean of x_k over the group)),

weighted by w_u / sum of w and penalised by ALPHA on standardised features, predicts f where no
figure is known. Features x of a unit, of which those are used that vary and are there:

    crowding     ln(class weight per km2)
    mountain     share of the class weight in mountain townships
    built_up     ln(km2 of built-up land cover per class weight)        with a land cover
    buildings    ln(km2 of building footprints per class weight)        with buildings
    roads        ln(km of roads per class weight)                       with roads

Whether the model is any good is measured, not believed: every county is left out once, with all
its townships, and predicted by the others. Unless the deviance of those predictions is at least
GAIN below that of f = 1, no correction is applied, and the record says so.

This is a dasymetric model in the sense of Stevens et al. 2015 (PLoS ONE 10(2): e0107042), with a
log-linear model in the place of their forest because a city has tens of units, not thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

ALPHA = 0.05
"""Penalty of the regression on standardised coefficients."""

GAIN = 0.02
"""Least share of the deviance that the model must explain on counties it has not seen."""

LEAST_UNITS = 8
"""Fewer units than this teach nothing."""

LARGEST_FACTOR = 3.0
"""Within a county no factor is beyond 1/3 or 3 of the middle: the model saw nothing beyond."""

COVARIATES = {"built_up": "built_up_km2", "buildings": "building_km2", "roads": "road_km"}
"""Feature: the column of the township covariates that it is made from."""


@dataclass(frozen=True, kw_only=True)
class TownshipModel:
    """What was learned, and how well it predicts counties that it has not seen.

    Attributes
    ----------
    coefficients
        beta by feature, per unit of the feature; empty where nothing was learned.
    units
        Counties and townships with a figure that it learned from.
    deviance_plain, deviance_left_out
        Mean Poisson deviance of f = 1, and of the predictions of left-out counties.
    applied
        Whether the prediction was good enough to be used.

    """

    coefficients: Mapping[str, float]
    units: int
    deviance_plain: float
    deviance_left_out: float
    applied: bool

    def sentence(self) -> str:
        """Return what a planner should know of it.

        >>> TownshipModel(
        ...     coefficients={}, units=3, deviance_plain=0.1, deviance_left_out=0.1, applied=False
        ... ).sentence()
        'township factors: 3 units with a figure teach nothing, class weights alone are used'
        """
        head = f"township factors: {self.units} units with a figure"
        if not self.coefficients:
            return f"{head} teach nothing, class weights alone are used"
        terms = ", ".join(f"{name} {value:+.3f}" for name, value in self.coefficients.items())
        change = 1.0 - self.deviance_left_out / self.deviance_plain
        verdict = "used" if self.applied else "not used, class weights alone are"
        return f"{head} ({terms}); left-out counties {change:+.1%} explained: {verdict}"


NOTHING_LEARNED = TownshipModel(
    coefficients={}, units=0, deviance_plain=0.0, deviance_left_out=0.0, applied=False
)


def township_features(
    weights: pd.Series,
    townships: pd.DataFrame,
    area_km2: pd.Series,
    covariates: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row per township with an area: county_code, weight and the raw sums of features.

    Parameters
    ----------
    weights
        Class weight of the villages of each township, by township code.
    townships
        code, county_code, relief.
    area_km2
        Area of each township [km2], by code; zones have none and are left out.
    covariates
        By code: built_up_km2, building_km2, road_km, those that are known.

    """
    table = townships.set_index("code")[["county_code", "relief"]].loc[area_km2.index]
    table = table.assign(
        weight=weights.reindex(area_km2.index).fillna(0.0),
        area_km2=area_km2,
        mountain_weight=0.0,
    )
    mountain = table["relief"] == "mountain"
    table["mountain_weight"] = table["weight"].where(mountain, 0.0)
    for column in COVARIATES.values():
        if covariates is not None and column in covariates:
            table[column] = covariates[column].reindex(table.index).fillna(0.0)
    return table[table["weight"] > 0].drop(columns="relief")


def feature_values(sums: pd.DataFrame) -> pd.DataFrame:
    """Return the features of units from the sums over each unit."""
    weight = sums["weight"].to_numpy(float)
    values = {
        "crowding": np.log(weight / sums["area_km2"].to_numpy(float)),
        "mountain": sums["mountain_weight"].to_numpy(float) / weight,
    }
    for name, column in COVARIATES.items():
        if column in sums:
            per_weight = sums[column].to_numpy(float) / weight
            least = np.median(per_weight[per_weight > 0]) * 0.01 if (per_weight > 0).any() else 1.0
            values[name] = np.log(np.maximum(per_weight, least))
    return pd.DataFrame(values, index=sums.index)


def learn(
    features: pd.DataFrame,
    figures: Mapping[str, Sequence[tuple[str, float]]],
    counties: Mapping[str, float],
) -> TownshipModel:
    """Return what the known figures teach.

    Parameters
    ----------
    features
        From `township_features`.
    figures
        For each group of comparable figures, its (township code, population).
    counties
        Population of each county that counts.

    """
    units = _units(features, figures, counties)
    if len(units) < LEAST_UNITS or units["county"].nunique() < 3:
        return NOTHING_LEARNED if units.empty else _nothing(len(units))
    names = [str(name) for name in feature_values(units)]
    share, y = units["share"].to_numpy(float), units["factor"].to_numpy(float)
    x = _centred(units, names)
    spread = np.sqrt(np.average(x**2, axis=0, weights=share))
    telling = spread > 1e-9
    if not telling.any():
        return _nothing(len(units))
    x, scale = x[:, telling], spread[telling]
    left_out = _left_out(x / scale, y, share, units)
    plain, unseen = _deviance(y, np.ones(len(y)), share), _deviance(y, left_out, share)
    beta = _fit(x / scale, y, share) / scale
    return TownshipModel(
        coefficients=dict(zip(np.array(names)[telling].tolist(), beta.tolist(), strict=True)),
        units=len(units),
        deviance_plain=plain,
        deviance_left_out=unseen,
        applied=bool(unseen <= (1.0 - GAIN) * plain),
    )


def predicted_factors(model: TownshipModel, features: pd.DataFrame) -> pd.Series:
    """Return f of each township of `features`; in every county its weighted mean is 1."""
    if not model.applied:
        return pd.Series(1.0, index=features.index)
    values = feature_values(features)
    exponent = sum(
        (values[name] * beta for name, beta in model.coefficients.items()),
        start=pd.Series(0.0, index=features.index),
    )
    county, weight = features["county_code"], features["weight"]
    middle = (exponent * weight).groupby(county).transform("sum")
    middle = middle / weight.groupby(county).transform("sum")
    factor = np.exp(exponent - middle).clip(1.0 / LARGEST_FACTOR, LARGEST_FACTOR)
    mean = (factor * weight).groupby(county).transform("sum")
    scaled: pd.Series = factor / (mean / weight.groupby(county).transform("sum"))
    return scaled


def _nothing(units: int) -> TownshipModel:
    return TownshipModel(
        coefficients={}, units=units, deviance_plain=0.0, deviance_left_out=0.0, applied=False
    )


def _units(
    features: pd.DataFrame,
    figures: Mapping[str, Sequence[tuple[str, float]]],
    counties: Mapping[str, float],
) -> pd.DataFrame:
    """Return the units that teach: features, group, county, factor and share of its group."""
    sums = features.drop(columns="county_code").groupby(features["county_code"]).sum()
    sums = sums[sums.index.isin([code for code, people in counties.items() if people > 0])]
    county_people = [float(counties[code]) for code in sums.index]
    parts = [sums.assign(group="city", county=sums.index, people=county_people)]
    for group, entries in figures.items():
        known = [(code, people) for code, people in entries if code in features.index]
        rows = features.loc[[code for code, _ in known]]
        parts.append(
            rows.drop(columns="county_code").assign(
                group=group, county=rows["county_code"], people=[people for _, people in known]
            )
        )
    units = pd.concat(parts, ignore_index=True)
    units = units[units.groupby("group")["weight"].transform("size") > 1]
    by_group = units.groupby("group")
    share = units["weight"] / by_group["weight"].transform("sum")
    factor = units["people"] / by_group["people"].transform("sum") / share
    return (
        units.join(feature_values(units)).assign(share=share, factor=factor)
        if len(units)
        else units
    )


def _centred(units: pd.DataFrame, names: Sequence[str]) -> Floats:
    """Return the features less their weighted mean over the group."""
    values = units[list(names)]
    middle = values.mul(units["share"], axis=0).groupby(units["group"]).transform("sum")
    return (values - middle).to_numpy(float)


def _fit(x: Floats, y: Floats, share: Floats) -> Floats:
    """Return the coefficients; on one thread, for tens of rows are not worth waking others."""
    from sklearn.linear_model import PoissonRegressor  # noqa: PLC0415  (slow to import)
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    model = PoissonRegressor(alpha=ALPHA, fit_intercept=False, max_iter=1000, tol=1e-8)
    with threadpool_limits(limits=1):
        coefficients: Floats = model.fit(x, y, sample_weight=share).coef_
    return coefficients


def _left_out(x: Floats, y: Floats, share: Floats, units: pd.DataFrame) -> Floats:
    """Return each unit's factor as the other counties predict it, of mean 1 in its group."""
    predicted = np.ones(len(y))
    county = units["county"].to_numpy(object)
    for code in sorted(set(county)):
        test = county == code
        predicted[test] = np.exp(x[test] @ _fit(x[~test], y[~test], share[~test]))
    total = pd.Series(predicted * share).groupby(units["group"].to_numpy(object)).transform("sum")
    scaled: Floats = predicted / total.to_numpy(float)
    return scaled


def _deviance(y: Floats, mean: Floats, weight: Floats) -> float:
    """Return the weighted mean Poisson deviance."""
    log_term = np.where(y > 0, y * np.log(np.maximum(y, 1e-300) / mean), 0.0)
    return float(np.average(2.0 * (log_term - y + mean), weights=weight))
