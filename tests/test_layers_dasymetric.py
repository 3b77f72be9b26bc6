"""What known township figures teach about the others, and when they teach nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from siting.layers.modelled.dasymetric import (
    LARGEST_FACTOR,
    learn,
    predicted_factors,
    township_features,
)
from siting.layers.modelled.people import village_people
from siting.layers.modelled.population import CLASS_WEIGHTS

COUNTIES, TOWNS = 12, 6


def made_up(*, effect: float, noise: float, seed: int = 3):
    """Return 72 townships of 12 counties whose people follow their built-up land."""
    random = np.random.default_rng(seed)
    county = np.repeat([f"C{k:02d}" for k in range(COUNTIES)], TOWNS)
    code = np.array([f"{c}-{k}" for c in sorted(set(county)) for k in range(TOWNS)])
    weight = random.uniform(10.0, 40.0, len(code))
    built = random.lognormal(0.0, 0.7, len(code))
    factor = built**effect * random.lognormal(0.0, noise, len(code))
    townships = pd.DataFrame({"code": code, "county_code": county, "relief": "plain"})
    area = pd.Series(random.uniform(30.0, 200.0, len(code)), index=code)
    covariates = pd.DataFrame({"built_up_km2": built * weight}, index=code)
    features = township_features(pd.Series(weight, index=code), townships, area, covariates)
    return features, pd.Series(weight * factor * 1000.0, index=code)


def taught(features: pd.DataFrame, people: pd.Series):
    """Learn from the counties' sums and from every other township's figure."""
    counties = people.groupby(features["county_code"]).sum().to_dict()
    known = people.iloc[::2]
    groups = known.groupby(features["county_code"].loc[known.index]).groups
    figures = {f"{c} census": [(t, float(people[t])) for t in codes] for c, codes in groups.items()}
    return learn(features, figures, counties), people.iloc[1::2].index


def test_unknown_townships_are_predicted_better_than_by_class_weights_alone():
    features, people = made_up(effect=0.8, noise=0.1)
    model, unknown = taught(features, people)
    factor = predicted_factors(model, features)
    share = features["weight"] / features.groupby("county_code")["weight"].transform("sum")
    total = people.groupby(features["county_code"]).transform("sum")
    plain = (share * total - people)[unknown].abs().sum()
    better = (share * factor * total - people)[unknown].abs().sum()
    assert model.applied
    assert model.coefficients["built_up"] == pytest.approx(0.8, abs=0.15)
    assert better < 0.5 * plain


def test_noise_teaches_nothing_and_is_not_used():
    features, people = made_up(effect=0.0, noise=0.5)
    model, _ = taught(features, people)
    assert not model.applied
    assert (predicted_factors(model, features) == 1.0).all()
    assert "not used" in model.sentence()


def test_too_few_units_teach_nothing():
    features, people = made_up(effect=0.8, noise=0.1)
    some = features[features["county_code"] == "C00"]
    model = learn(some, {}, {"C00": float(people[some.index].sum())})
    assert not model.applied
    assert model.coefficients == {}


def test_factors_of_a_county_stay_in_bounds_and_average_to_one():
    features, people = made_up(effect=1.5, noise=0.0)
    model, _ = taught(features, people)
    factor = predicted_factors(model, features)
    weighted = (factor * features["weight"]).groupby(features["county_code"]).sum()
    assert weighted.to_numpy() == pytest.approx(
        features.groupby("county_code")["weight"].sum().to_numpy()
    )
    by_county = factor.groupby(features["county_code"])
    assert (by_county.max() / by_county.min()).max() <= LARGEST_FACTOR**2 * (1 + 1e-9)


def test_every_county_keeps_its_people_to_the_last_one():
    features, people = made_up(effect=0.8, noise=0.1)
    towns = features.reset_index(names="code")
    villages = pd.DataFrame(
        {
            "county_code": np.repeat(towns["county_code"].to_numpy(), 3),
            "township_code": np.repeat(towns["code"].to_numpy(), 3),
            "urban_rural_class": ["111", "122", "220"] * len(towns),
            "population": np.nan,
        }
    )
    boxes = [shapely.box(0, 0, 1000.0 * side, 1000.0) for side in towns["area_km2"]]
    areas = gpd.GeoDataFrame({"code": towns["code"]}, geometry=boxes, crs="EPSG:32650")
    counties = people.round().groupby(features["county_code"]).sum().rename_axis("code")
    townships = towns.assign(
        relief="plain",
        population=np.where(np.arange(len(towns)) % 2, people.round().to_numpy(), np.nan),
        population_kind=np.where(np.arange(len(towns)) % 2, "census 2020", ""),
    )
    shares, model = village_people(
        villages,
        townships,
        areas,
        counties.reset_index(name="population"),
        hosts=villages["township_code"].to_numpy(object),
        class_weights=CLASS_WEIGHTS,
        covariates=features[["built_up_km2"]],
    )
    sums = pd.Series(shares).groupby(villages["county_code"]).sum()
    assert model.applied
    assert sums.tolist() == counties.astype(int).tolist()
