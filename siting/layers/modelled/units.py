"""Give townships their area, and villages their point, radius and population."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from siting.layers.modelled.people import village_people
from siting.layers.modelled.placement import place_villages, township_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from siting.layers.modelled.dasymetric import TownshipModel

ZONE_RADIUS_M = 500.0
"""Villages of a zone lie within the zone's uncertainty of its point, and at least this far [m]."""


def township_areas(townships: gpd.GeoDataFrame, counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the townships, zones left out, each with its area as geometry.

    `seat_x_m` and `seat_y_m` keep the township's own point; `provenance` is that of the point.
    Where a user draws every township of a county as a polygon, those are the areas and their
    centroids the seats; elsewhere the areas are modelled. `area_basis` says which.
    """
    real = townships[townships["type"] != "zone"].drop(columns="placed").reset_index(drop=True)
    outline = dict(zip(counties["code"], counties.geometry, strict=True))
    seats = shapely.get_coordinates(shapely.centroid(real.geometry.to_numpy()))
    areas = real.geometry.to_numpy().copy()
    drawn = np.full(len(real), fill_value=True)
    for county, rows in real.groupby("county_code", sort=True).indices.items():
        if (shapely.get_dimensions(areas[rows]) < 2).any():
            areas[rows] = township_cells(outline[county], seats[rows])
            drawn[rows] = False
    real = real.assign(
        seat_x_m=np.round(seats[:, 0], 3),
        seat_y_m=np.round(seats[:, 1], 3),
        area_basis=np.where(drawn, "drawn", "modelled"),
    )
    return real.set_geometry(gpd.GeoSeries(areas, crs=townships.crs))


def village_points(
    villages: gpd.GeoDataFrame,
    townships: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    counties: gpd.GeoDataFrame,
    *,
    class_weights: Mapping[str, float],
    covariates: pd.DataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, TownshipModel]:
    """Return the villages with point, radius and population, and what taught their population.

    What was given is kept.

    A point that is placed here has provenance `modelled`; `list_provenance` keeps how the list of
    villages itself is known, `population_provenance` is `modelled` where the population is shared
    out. `host_township_code` is the township whose area a village lies in: its own, or for the
    villages of a zone the zone's host; `planning_unit` is that of its own township or zone.

    Parameters
    ----------
    villages
        The list; geometry is None where no point is given.
    townships
        Townships and zones as read, with their points.
    areas
        The townships with their areas.
    counties
        The counties, with population.
    class_weights
        People in a village of each class, relative to each other.
    covariates
        What is known of the ground of each township (`covariates.township_covariates`).

    """
    hosts = _hosts(villages, townships, areas)
    given = (villages.geometry.notna() & ~villages.geometry.is_empty).to_numpy()
    points = shapely.point_on_surface(villages.geometry.to_numpy())
    radius_m = np.nan_to_num(villages["location_radius_m"].to_numpy(float))
    for area, seat, rows in _groups(villages, townships, areas, hosts, given):
        classes = villages["urban_rural_class"].to_numpy()[rows].tolist()
        xy, radii = place_villages(area, seat, classes)
        points[rows] = shapely.points(np.round(xy, 3))
        radius_m[rows] = np.ceil(radii)
    people, model = village_people(
        villages,
        townships,
        areas,
        counties,
        hosts=hosts,
        class_weights=class_weights,
        covariates=covariates,
    )
    known = villages["population"].notna()
    provenance = villages["provenance"]
    table = villages.assign(
        host_township_code=hosts,
        planning_unit=_planning_units(villages, townships, counties),
        population=people,
        location_radius_m=radius_m,
        list_provenance=provenance,
        population_provenance=provenance.where(known, "modelled"),
        provenance=provenance.where(given, "modelled"),
    )
    return table.set_geometry(gpd.GeoSeries(points, crs=villages.crs)), model


def _hosts(
    villages: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> NDArray[np.object_]:
    """Return for each village the township whose area it lies in."""
    host = dict(zip(townships["code"], townships["host_township_code"], strict=True))
    real = set(areas["code"])
    # Where a zone's point is known, it says more about where the zone is than the named host.
    for zone in townships[(townships["type"] == "zone") & townships["placed"]].itertuples():
        mine = areas[areas["county_code"] == zone.county_code]
        nearest = int(mine.distance(zone.geometry).to_numpy().argmin())
        host[zone.code] = mine["code"].iloc[nearest]
    return np.array(
        [code if code in real else host[code] for code in villages["township_code"]], dtype=object
    )


def _planning_units(
    villages: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, counties: gpd.GeoDataFrame
) -> NDArray[np.object_]:
    """Return the planning unit of each village's township or zone, else its county's name."""
    unit = villages["township_code"].map(townships.set_index("code")["planning_unit"])
    county = villages["county_code"].map(counties.set_index("code")["name"])
    units: NDArray[np.object_] = unit.where(unit.fillna("") != "", county).to_numpy(object)
    return units


def _groups(
    villages: gpd.GeoDataFrame,
    townships: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    hosts: NDArray[np.object_],
    given: NDArray[np.bool_],
) -> list[tuple[BaseGeometry, NDArray[np.float64], NDArray[np.int64]]]:
    """Return (area, seat, rows by code) of the villages that are placed together."""
    area_of = dict(zip(areas["code"], areas.geometry, strict=True))
    seat_of = dict(zip(areas["code"], areas[["seat_x_m", "seat_y_m"]].to_numpy(), strict=True))
    placed = townships[(townships["type"] == "zone") & townships["placed"]].set_index("code")
    own = np.where(villages["township_code"].isin(placed.index), villages["township_code"], hosts)
    codes = villages["code"].to_numpy()
    groups = []
    for code in sorted(set(own[~given])):
        rows = np.flatnonzero((own == code) & ~given)
        rows = rows[np.argsort(codes[rows], kind="stable")]
        if code in area_of:
            groups.append((area_of[code], seat_of[code], rows))
            continue
        zone = placed.loc[code]
        radius_m = max(float(zone["uncertainty_km"]) * 1000.0, ZONE_RADIUS_M)
        area = _surroundings(zone.geometry, radius_m, area_of[hosts[rows[0]]])
        groups.append((area, shapely.get_coordinates(zone.geometry)[0], rows))
    return groups


def _surroundings(point: BaseGeometry, radius_m: float, host: BaseGeometry) -> BaseGeometry:
    """Return the part of the host township within a radius of a zone's point, else all of it."""
    near = shapely.intersection(host, shapely.buffer(point, radius_m))
    return near if near.area > 0.0 else host
