"""The rooms: places on offer, the chosen centres with their racks and backup, the core rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from siting.demand import locate
from siting.edge.latency import coordinates
from siting.errors import ConfigurationError, Problem
from siting.layers.modelled.made import seated
from siting.layers.modelled.population import largest_remainder

if TYPE_CHECKING:
    from siting.demand import Floats, Ints
    from siting.edge.latency import Served
    from siting.layers.model import Layers


def require_places(layers: Layers, p: int) -> None:
    """Raise when more centres are wanted than places are on offer; quick, so ask it first."""
    places = len(places_on_offer(layers))
    if p < 1:
        problem = Problem(what=f"is {p}", remedy="choose 1 centre or more", column="edge.p")
        raise ConfigurationError(problem)
    if p > places:
        raise ConfigurationError(
            Problem(
                what=f"{p} edge data centres are wanted and {places} places are on offer",
                remedy="lower edge.p or add places (ports, parks, public_places)",
                column="edge.p",
            )
        )


def places_on_offer(layers: Layers) -> gpd.GeoDataFrame:
    """Return the places on offer: seats, committees and communities, ports, parks."""
    seats = seated(layers.townships)
    rooms = [
        ("乡镇街道", seats["name"], seats["provenance"], seats["uncertainty_km"] * 1000.0,
         shapely.points(seats["seat_x_m"], seats["seat_y_m"])),
        ("村(社区)", layers.villages["name"], layers.villages["provenance"],
         layers.villages["location_radius_m"], layers.villages.geometry.to_numpy()),
    ]  # fmt: skip
    for word, table in (("港区", layers.ports), ("园区", layers.parks)):
        known = table[table.geometry.notna() & ~table.geometry.is_empty]
        centres = known.geometry.representative_point().to_numpy()
        rooms.append((word, known["name"], known["provenance"], known["radius_m"], centres))
    return gpd.GeoDataFrame(
        {
            "kind": np.concatenate([np.full(len(names), word) for word, names, *_ in rooms]),
            "name": np.concatenate([names for _, names, *_ in rooms]),
            "provenance": np.concatenate([source for _, _, source, *_ in rooms]),
            "location_radius_m": np.concatenate([radius for *_, radius, _ in rooms]).astype(float),
        },
        geometry=np.concatenate([points for *_, points in rooms]),
        crs=layers.crs,
    )


def chosen_centres(
    places: gpd.GeoDataFrame, served: Served, racks_per_centre: int
) -> gpd.GeoDataFrame:
    """Return the chosen places with what they serve, their racks, backup and latency."""
    count = len(places)
    load = np.bincount(served.centre, served.stations, minlength=count).astype(float)
    longest = np.zeros(count)
    np.maximum.at(longest, served.centre, served.latency_ms)
    names = [f"EDC{row:03d}" for row in range(1, count + 1)]
    table = places.copy()
    table.insert(0, "edge_id", names)
    table["role"] = "edge"
    table["demand"] = pd.array(load.round().astype(np.int64), dtype="Int64")
    table["racks"] = pd.array(_racks(load, racks_per_centre), dtype="Int64")
    table["backup_id"] = [names[row] for row in _backups(places)] if count > 1 else ""
    table["latency_max_ms"] = longest.round(4)
    table["rules"] = "GB 50174-2017:check 防洪与周边距离, 待现场核实"
    told = list(zip(table["demand"], longest, strict=True))
    table["reason_zh"] = [
        f"就近承接 {n:,} 站 (港区、园区按折算站数计), 往返时延不超过 {ms:.2f} ms" for n, ms in told
    ]
    table["reason_en"] = [
        f"nearest to {n:,} stations (ports and parks counted as stations), round trip at most "
        f"{ms:.2f} ms"
        for n, ms in told
    ]
    return table


def _backups(centres: gpd.GeoDataFrame) -> Ints:
    """Return the nearest other centre of each, also where two stand on one spot."""
    at = coordinates(centres)
    two = np.asarray(cKDTree(at).query(at, k=2)[1], dtype=np.int64)
    return np.where(two[:, 0] == np.arange(len(at)), two[:, 1], two[:, 0])


def _racks(load: Floats, racks_per_centre: int) -> Ints:
    """Share the racks by what the centres serve; each has at least a quarter of the average."""
    least = max(racks_per_centre // 4, 1)
    spare = (racks_per_centre - least) * len(load)
    return least + largest_remainder(load, spare)


def core_rooms(layers: Layers, columns: pd.Index) -> gpd.GeoDataFrame:
    """Return the rooms that are open anyway; one without a known place keeps its county.

    Their racks and what they serve are not known: the text does not split the racks.
    """
    rooms = layers.data_centres[layers.data_centres["role"] != "edge"].reset_index(drop=True)
    table = rooms.rename(columns={"id": "edge_id", "radius_m": "location_radius_m"}).assign(
        role="core", racks=pd.NA, demand=pd.NA, backup_id="", latency_max_ms=np.nan, rules="",
        reason_zh="已建或在建的核心机房, 固定开放, 不计入本次选址的边缘数据中心",
        reason_en="a core room, open anyway, not one of the edge data centres to choose",
    )  # fmt: skip
    return table[[name for name in [*columns, "county_code"] if name in table]]


def place_names(layers: Layers, rooms: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the rooms with county and township; one without a place keeps its county."""
    centres = gpd.GeoDataFrame(rooms, geometry="geometry", crs=layers.crs)
    known = (centres.geometry.notna() & ~centres.geometry.is_empty).to_numpy()
    place = locate(layers, centres.geometry[known]).set_index(centres.index[known])
    named = centres.copy()
    given = centres["county_code"] if "county_code" in centres else pd.Series("", centres.index)
    named["county_code"] = place["county_code"].reindex(centres.index).fillna(given).fillna("")
    named["township_code"] = place["township_code"].reindex(centres.index).fillna("")
    named["township"] = place["township"].reindex(centres.index).fillna("")
    return named
