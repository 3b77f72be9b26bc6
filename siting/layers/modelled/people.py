"""Say how many people live in each village: known figures, class weights and what they teach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from siting.layers.modelled.dasymetric import learn, predicted_factors, township_features
from siting.layers.modelled.population import comparable_figures, share_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from siting.layers.modelled.dasymetric import TownshipModel


def village_people(
    villages: pd.DataFrame,
    townships: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    counties: pd.DataFrame,
    *,
    hosts: NDArray[np.object_],
    class_weights: Mapping[str, float],
    covariates: pd.DataFrame | None = None,
) -> tuple[NDArray[np.int64], TownshipModel]:
    """Return the population of each village [people], and the model that corrected the weights.

    Parameters
    ----------
    villages, townships, counties
        As `population.share_out` takes them.
    areas
        The townships with an area: code, and geometry in a CRS in metres.
    hosts
        For each village the township in whose area it lies.
    class_weights
        People in a unit of each urban-rural class for one in a village.
    covariates
        built_up_km2, building_km2 and road_km by township code, those that are known.

    """
    weights = villages["urban_rural_class"].map(class_weights).astype(float)
    by_host = weights.groupby(pd.Series(hosts, index=villages.index)).sum()
    area_km2 = pd.Series(areas.geometry.area.to_numpy() / 1e6, index=areas["code"])
    features = township_features(by_host, townships, area_km2, covariates)
    people = dict(zip(counties["code"], counties["population"].astype(float), strict=True))
    model = learn(features, comparable_figures(townships, set(villages["township_code"])), people)
    factors = predicted_factors(model, features)
    own = dict.fromkeys(villages["township_code"], 1.0)
    for town, host in zip(villages["township_code"], hosts, strict=True):
        own[town] = float(factors.get(host, 1.0))
    shares = share_out(
        villages,
        townships,
        counties,
        class_weights=class_weights,
        predicted=own if model.applied else None,
    )
    return shares, model
