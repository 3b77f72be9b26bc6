"""Where service is needed, and how much: demand points from people, ports, parks and public places.

People live on the cells of a square lattice (100 m by default). Every village settles the cells
of its own township that are nearest to its point: as many cells as its residents need at the
settled density of its urban-rural class, denser in the middle than at the edge. A county's
population is conserved exactly: people are whole numbers, shared out by largest remainder.
Where land cover, buildings, roads or a population grid say where people can live, nearer means
nearer by that too, and each cell holds people by its suitability (`suitability`).
Where the point of a village is modelled, so are its cells: the provenance is carried along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from siting.demand.locate import counted, environments, locate
from siting.demand.settle import CLASS_NAMES, settled_cells
from siting.errors import ConfigurationError, DataError, Problem
from siting.layers.modelled.made import seated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.layers.model import Layers

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

SETTLED_PEOPLE_PER_KM2: Mapping[str, float] = {
    "main_urban": 14000.0,
    "urban_fringe": 9000.0,
    "town_centre": 8000.0,
    "town_fringe": 6000.0,
    "special": 6000.0,
    "township_centre": 5000.0,
    "village": 3500.0,
}
"""Settled density by urban-rural class [people per km2]: general knowledge, unverified."""


def demand_points(
    layers: Layers,
    *,
    spacing_m: float = 100.0,
    people_per_km2: Mapping[str, float] = SETTLED_PEOPLE_PER_KM2,
    port_people: float = 2000.0,
    park_people: float = 3000.0,
    place_people: float = 100.0,
) -> gpd.GeoDataFrame:
    """Return the demand points of a city, in the working CRS.

    Parameters
    ----------
    layers
        The layers; people come from `villages`, areas from `townships`.
    spacing_m
        Side of the square cells in which people are counted [m], 20 to 1000.
    people_per_km2
        Settled density by urban-rural class [people per km2].
    port_people, park_people, place_people
        Residents that one port work area, one park, one township seat or village committee
        stands for in the weights [people]; a planner's choice, 0 leaves the kind out.

    Returns
    -------
    gpd.GeoDataFrame
        One row per point: demand_id, kind (residents, port, park, place), name, people (counted
        in the population; 0 for ports, parks and places), weight (people, or the residents it
        stands for), environment (urban, town, plain, hill, mountain), county_code,
        township_code, village_code, provenance, geometry.

    Raises
    ------
    ConfigurationError
        The spacing is out of range, or an urban-rural class has no density; all at once.
    DataError
        Nobody lives in the counties that count.

    """
    _require_assumptions(spacing_m, people_per_km2)
    layers = counted(layers)
    _require_people(layers)
    cells = settled_cells(layers, spacing_m, people_per_km2)
    residents = _residents(layers, cells)
    extra = [
        _stand_ins(layers, layers.ports, "port", port_people),
        _stand_ins(layers, layers.parks, "park", park_people),
        _stand_ins(layers, _places(layers), "place", place_people),
    ]
    tables = [residents, *(table for table in extra if len(table))]
    points = pd.concat(tables, ignore_index=True)
    points.insert(0, "demand_id", [f"D{row:07d}" for row in range(1, len(points) + 1)])
    return gpd.GeoDataFrame(points, geometry="geometry", crs=layers.crs)


def _require_assumptions(spacing_m: float, people_per_km2: Mapping[str, float]) -> None:
    problems = []
    if not 20.0 <= spacing_m <= 1000.0:
        problems.append(
            Problem(
                what=f"spacing_m is {spacing_m}, outside 20 to 1000 m",
                remedy="choose a cell size in that range; 100 m is usual",
                column="demand.spacing_m",
            )
        )
    problems += [
        Problem(
            what=f"{name} has no settled density above 0",
            remedy="give the people per km2 of every urban-rural class",
            column="demand.people_per_km2",
        )
        for name in CLASS_NAMES.values()
        if not people_per_km2.get(name, 0.0) > 0.0
    ]
    if problems:
        raise ConfigurationError(problems)


def _require_people(layers: Layers) -> None:
    if layers.villages["population"].sum() <= 0:
        raise DataError(
            Problem(
                what="nobody lives in the counties that count",
                remedy="give these counties a population and villages, or set in_denominator",
                file="villages",
                column="population",
            )
        )


def _residents(layers: Layers, cells: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the rows of the residents, one per settled cell."""
    villages = layers.villages.iloc[cells["village"].to_numpy()].reset_index(drop=True)
    relief = villages["host_township_code"].map(layers.townships.set_index("code")["relief"])
    return gpd.GeoDataFrame(
        {
            "kind": "residents",
            "name": villages["name"],
            "people": cells["people"],
            "weight": cells["people"].astype(float),
            "environment": environments(villages["urban_rural_class"], relief.fillna("plain")),
            "county_code": villages["county_code"],
            "township_code": villages["host_township_code"],
            "village_code": villages["code"],
            "provenance": villages["provenance"],
        },
        geometry=shapely.points(cells["x_m"], cells["y_m"]),
        crs=layers.crs,
    )


def _places(layers: Layers) -> gpd.GeoDataFrame:
    """Return the public places: the user's own layer, or township seats and village committees."""
    if layers.public_places is not None:
        return layers.public_places
    seats = seated(layers.townships)
    committees = layers.villages[layers.villages["kind"] == "village_committee"]
    return gpd.GeoDataFrame(
        {
            "name": pd.concat([seats["name"] + "政府", committees["name"] + "村委会"]),
            "provenance": pd.concat([seats["provenance"], committees["provenance"]]),
        },
        geometry=np.concatenate(
            [shapely.points(seats["seat_x_m"], seats["seat_y_m"]), committees.geometry.to_numpy()]
        ),
        crs=layers.crs,
    ).reset_index(drop=True)


def _stand_ins(
    layers: Layers, points: gpd.GeoDataFrame, kind: str, people: float
) -> gpd.GeoDataFrame:
    """Return the rows of places that stand for `people` residents each, inside the counties."""
    placed = points[points.geometry.notna() & ~points.geometry.is_empty]
    if people <= 0 or placed.empty:
        return gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=layers.crs)
    centres = placed.geometry.representative_point()
    near = locate(layers, centres)
    table = gpd.GeoDataFrame(
        {
            "kind": kind,
            "name": placed["name"].to_numpy(),
            "people": 0,
            "weight": float(people),
            "environment": near["environment"].to_numpy(),
            "county_code": near["county_code"].to_numpy(),
            "township_code": near["township_code"].to_numpy(),
            "village_code": near["village_code"].to_numpy(),
            "provenance": placed["provenance"].to_numpy(),
        },
        geometry=centres.to_numpy(),
        crs=layers.crs,
    )
    return table[table["county_code"] != ""]
