"""Make the townships and villages that a city does not list: for the least that a plan needs.

Without townships every county is one unit. Without villages people live at places made from a
population raster (siting.layers.modelled.grid), or, where there is none, evenly over each county:
one place per EVEN_KM2 on a low-discrepancy sequence, which knows nothing of where people are.
Everything made here is marked modelled, and `Note` says what was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from siting.layers.model import Note
from siting.layers.modelled.grid import density_class, grid_places
from siting.layers.modelled.placement import low_discrepancy_points
from siting.layers.modelled.population import largest_remainder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WHOLE_COUNTY = "one unit for the whole county"
"""The `basis` of a township that stands for its county."""

EVEN_KM2 = 4.0
MOST_PLACES = 2500
"""Places per unit where people are spread evenly, at most."""

CLASS_PEOPLE = ((50_000, "111"), (5_000, "121"), (0, "220"))
"""Least people of an urban centre and of an urban cluster (degree of urbanisation, 2020)."""


def county_units(counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one township per county, with a point on it, as a file of townships would give it."""
    return gpd.GeoDataFrame(
        {
            "code": counties["code"] + "000",
            "name": counties["name"],
            "name_en": counties["name_en"],
            "county_code": counties["code"],
            "type": "镇",
            "planning_unit": counties["planning_unit"],
            "uncertainty_km": np.round(np.sqrt(counties.geometry.area / np.pi) / 1000.0, 1),
            "basis": WHOLE_COUNTY,
            "area_km2": np.nan,
            "population": np.nan,
            "population_kind": "",
            "relief": "plain",
            "local_relief_m": np.nan,
            "host_township_code": "",
            "provenance": "modelled",
            "source": "",
            "vintage": "",
            "placed": True,
        },
        geometry=shapely.point_on_surface(counties.geometry.to_numpy()),
        crs=counties.crs,
    ).reset_index(drop=True)


def seated(townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the townships that have a seat: those that do not stand for their county."""
    return townships[townships["basis"] != WHOLE_COUNTY]


def completed_villages(
    villages: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return a list of villages with the township and the class of each, where it gives none."""
    filled, notes = villages, []
    unknown = ~filled["township_code"].isin(areas["code"])
    if (filled["township_code"] == "").all() or areas["basis"].eq(WHOLE_COUNTY).all():
        filled = filled.assign(township_code=_townships_of(filled, areas))
        if (areas["basis"] != WHOLE_COUNTY).any() and unknown.any():
            zh = "村级表没有乡镇代码: 按所在的乡镇范围归属"
            en = "the villages give no township: each belongs to the area that it lies in"
            notes.append(Note(zh=zh, en=en))
    if len(filled) and (filled["urban_rural_class"] == "").all():
        filled = filled.assign(urban_rural_class=_classes(filled["population"]))
        zh = "村级表没有城乡分类: 按人口分为城区 (5万以上)、镇 (5千以上) 与村"
        en = "the villages have no urban-rural class: told by their people (50,000 and 5,000)"
        notes.append(Note(zh=zh, en=en))
    return filled, tuple(notes)


def _townships_of(villages: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return for each village the township of its county that it lies in or nearest to."""
    codes = np.full(len(villages), "", dtype=object)
    places = shapely.point_on_surface(villages.geometry.to_numpy())
    for county, rows in villages.groupby("county_code", sort=True).indices.items():
        mine = areas[areas["county_code"] == county]
        if mine.empty:
            continue
        codes[rows] = mine["code"].iloc[0]
        placed = rows[shapely.is_geometry(places[rows]) & ~shapely.is_empty(places[rows])]
        tree = shapely.STRtree(mine.geometry.to_numpy())
        near = tree.query_nearest(places[placed], all_matches=False)
        codes[placed[near[0]]] = mine["code"].to_numpy(object)[near[1]]
    return codes


def _classes(people: pd.Series) -> list[str]:
    known = people.fillna(0.0).tolist()
    return [next(word for least, word in CLASS_PEOPLE if n >= least) for n in known]


def made_villages(
    areas: gpd.GeoDataFrame, counties: gpd.GeoDataFrame, *, raster: Path | None
) -> tuple[gpd.GeoDataFrame, Note]:
    """Return populated places for a city without a list of villages, and what to say of them.

    The people of a county that gives a population are kept exactly; without one they are those of
    the raster.

    Parameters
    ----------
    areas
        The townships with their area, in the working CRS [m].
    counties
        code and population.
    raster
        People per cell; None where there is none.

    """
    places = grid_places(raster, areas) if raster is not None else _even_places(areas, counties)
    owner = places["area"].to_numpy(np.int64)
    county = areas["county_code"].to_numpy(object)[owner]
    places = places.assign(county=county, people=_whole(places, county, counties))
    places = places[places["people"] > 0].reset_index(drop=True)
    table = _as_villages(places, areas)
    count = f"{len(table):,}"
    if raster is not None:
        zh = f"没有村级表: 由人口栅格 {raster.name} 归并为约 1 km 的 {count} 个居民点 (模型)"
        en = f"no villages were given: {count} places of about 1 km were made from {raster.name}"
        return table, Note(zh=zh, en=en)
    zh = (
        f"没有村级表, 也没有人口栅格: 各县人口均匀分布在 {count} 个点上, 与实际居住位置无关; "
        "站址只能看作总量参考"
    )
    en = (
        f"neither villages nor a population raster were given: people are spread evenly over "
        f"{count} places, wherever they really live; read sites as totals, not as places"
    )
    return table, Note(zh=zh, en=en)


def _even_places(areas: gpd.GeoDataFrame, counties: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return places spread evenly over each unit, in equal shares of its county by area."""
    people = counties.set_index("code")["population"]
    sizes = areas.geometry.area
    whole = sizes.groupby(areas["county_code"]).transform("sum").to_numpy()
    parts = []
    for row, (code, area) in enumerate(zip(areas["county_code"], areas.geometry, strict=True)):
        count = int(np.clip(round(area.area / 1e6 / EVEN_KM2), 1, MOST_PLACES))
        xy = np.round(low_discrepancy_points(area, count), 3)
        density = float(people[code]) / (whole[row] / 1e6)
        parts.append(
            pd.DataFrame(
                {
                    "area": row,
                    "x_m": xy[:, 0],
                    "y_m": xy[:, 1],
                    "people": density * area.area / 1e6 / count,
                    "radius_m": float(np.ceil(np.sqrt(area.area / count / np.pi))),
                    "urban_rural_class": density_class(density),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _whole(
    places: pd.DataFrame, county: NDArray[np.object_], counties: gpd.GeoDataFrame
) -> NDArray[np.int64]:
    """Return whole people whose sum in each county is the county's, else that of the places."""
    totals = dict(zip(counties["code"], counties["population"], strict=True))
    shares = places["people"].to_numpy(float)
    people = np.zeros(len(places), dtype=np.int64)
    for code in sorted(set(county)):
        rows = np.flatnonzero(county == code)
        total = int(totals[code]) or int(np.floor(shares[rows].sum() + 0.5))
        people[rows] = largest_remainder(shares[rows], total)
    return people


def _as_villages(places: pd.DataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return places as a file of villages would give them; numbered within their township."""
    owner = places["area"].to_numpy(np.int64)
    number = places.groupby("area").cumcount().to_numpy() + 1
    township = areas["code"].to_numpy(object)[owner]
    names = areas["name"].to_numpy(object)[owner]
    return gpd.GeoDataFrame(
        {
            "code": [f"{code}{n:05d}" for code, n in zip(township, number, strict=True)],
            "name": [f"{name}-{n:04d}" for name, n in zip(names, number, strict=True)],
            "name_en": "",
            "township_code": township,
            "county_code": areas["county_code"].to_numpy(object)[owner],
            "urban_rural_class": places["urban_rural_class"],
            "kind": "other",
            "population": places["people"].astype(float),
            "location_radius_m": places["radius_m"],
            "provenance": "modelled",
            "source": "",
            "vintage": "",
        },
        geometry=shapely.points(places["x_m"], places["y_m"]),
        crs=areas.crs,
    )


def grid_people(raster: Path, areas: gpd.GeoDataFrame, counties: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return county_code and population of the places of a raster: what the counties may lack."""
    listed, _ = made_villages(areas, counties, raster=raster)
    return pd.DataFrame(listed[["county_code", "population"]])


def with_people(
    counties: gpd.GeoDataFrame, villages: pd.DataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return the counties with the people of their villages where they give none themselves."""
    sums = villages.groupby("county_code")["population"].sum().round()
    theirs = counties["code"].map(sums).fillna(0.0).astype(np.int64)
    unknown = (counties["population"] == 0) & (theirs > 0) & counties["in_denominator"]
    if not unknown.any():
        return counties, ()
    names = "、".join(counties["name"][unknown])
    zh = f"没有县级人口: {names} 的人口为其居民点之和"
    en = f"no population was given for {', '.join(counties['name'][unknown])}: summed from places"
    people = counties["population"].mask(unknown, theirs)
    return counties.assign(population=people), (Note(zh=zh, en=en),)
