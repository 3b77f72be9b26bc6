"""A scenario in the words of the lower floors: radios, kinds of site, levels, wishes, floors.

The lower floors never see a scenario; this page is where its tables become their values.
Radios are found by kind and band: a macro site whose carriers read `700;2600` uses
`[radio.macro_700]` and `[radio.macro_2600]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.candidates import KINDS, KindOfSite
from siting.coverage import ENVIRONMENTS, Radio, Service
from siting.edge import Latency
from siting.errors import ConfigurationError, InfeasibleError, Problem
from siting.levels import Antennas, Level, Points, carriers_wanted
from siting.phases import PhaseWish

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.layers.model import Layers
    from siting.scenario import Scenario
    from siting.scenario import Service as ServiceTable

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Radios:
    """All radios of a scenario, and which of them a kind of site uses for a band."""

    radios: tuple[Radio, ...]
    by_kind_and_band: Mapping[tuple[str, str], int]


def radios(scenario: Scenario) -> Radios:
    """Return the radios of a scenario, keyed by kind and band [MHz].

    The kind is the first part of the name, or that of the site kind that names the radio; the band
    is the rest of the name, or the carrier in MHz.

    Raises
    ------
    ConfigurationError
        The kind of a radio cannot be told.

    """
    found: list[Radio] = []
    keys: dict[tuple[str, str], int] = {}
    problems = []
    for name, table in scenario.radio.items():
        kind = _kind_of(name, scenario)
        if not kind:
            problems.append(_no_kind(name))
            continue
        prefix, _, band = name.partition("_")
        keys[kind, band if prefix == kind else _band(table.carrier_ghz)] = len(found)
        found.append(
            Radio(
                name=name,
                kind=kind,
                carrier_ghz=table.carrier_ghz,
                eirp_per_re_dbm=table.eirp_per_re_dbm,
                base_height_m=table.base_height_m,
                source=table.source,
            )
        )
    if problems:
        raise ConfigurationError(problems)
    return Radios(radios=tuple(found), by_kind_and_band=keys)


def _kind_of(name: str, scenario: Scenario) -> str:
    """Return the kind of a radio from its name or from the site kind that names it, else ''."""
    prefix = name.partition("_")[0]
    if prefix in KINDS:
        return prefix
    users = [k for k, table in scenario.sites.items() if name in (table.radio, table.radio_rural)]
    return users[0] if users else ""


def _band(carrier_ghz: float) -> str:
    return f"{carrier_ghz * 1000.0:.0f}"


def _no_kind(name: str) -> Problem:
    return Problem(
        what="the kind of this radio cannot be told",
        remedy="begin its name with macro_, micro_ or indoor_, or let a site kind name it",
        column=f"radio.{name}",
    )


def kinds_of_site(scenario: Scenario) -> dict[str, KindOfSite]:
    """Return the kinds of site that a scenario offers."""
    return {
        name: KindOfSite(
            name=name,
            stations=table.stations,
            stations_co_located=table.stations_co_located,
            height_m=table.height_m,
            cost_new_cny=float(table.cost_new_cny),
            cost_co_located_cny=float(table.cost_co_located_cny),
            spacing_m=table.spacing_m,
            carrier=_band_of(table.radio, name, scenario),
            carrier_rural=_band_of(table.radio_rural or table.radio, name, scenario),
        )
        for name, table in scenario.sites.items()
    }


def _band_of(radio: str, kind: str, scenario: Scenario) -> str:
    """Return the band under which `radios` keeps the radio of a site kind."""
    prefix, _, band = radio.partition("_")
    return band if prefix == kind else _band(scenario.radio[radio].carrier_ghz)


def points_of(demand: gpd.GeoDataFrame) -> Points:
    """Return the demand points as arrays."""
    number = {environment.name: place for place, environment in enumerate(ENVIRONMENTS)}
    return Points(
        xy_m=np.column_stack([demand.geometry.x, demand.geometry.y]),
        environment=demand["environment"].map(number).to_numpy(np.int64),
        weight=demand["weight"].to_numpy(float),
    )


def antennas_of(sites: gpd.GeoDataFrame, known: Radios) -> Antennas:
    """Return one row per site and band; the stations of a site are shared out over its bands.

    Raises
    ------
    ConfigurationError
        A site carries a band for which the scenario has no radio; each such band is named once.

    """
    rows, radio, stations = [], [], []
    unknown: set[tuple[str, str]] = set()
    table = zip(sites["kind"], sites["carriers"], sites["stations"], strict=True)
    for site, (kind, carriers, count) in enumerate(table):
        bands = [band for band in str(carriers).split(";") if band]
        for place, band in enumerate(bands):
            if (kind, band) not in known.by_kind_and_band:
                unknown.add((kind, band))
                continue
            rows.append(site)
            radio.append(known.by_kind_and_band[kind, band])
            stations.append(count // len(bands) + (place < count % len(bands)))
    if unknown:
        raise ConfigurationError([_no_radio(kind, band) for kind, band in sorted(unknown)])
    site_of = np.array(rows, dtype=np.int64)
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    return Antennas(
        xy_m=xy[site_of],
        radio=np.array(radio, dtype=np.int64),
        site=site_of,
        stations=np.array(stations, dtype=np.int64),
    )


def _no_radio(kind: str, band: str) -> Problem:
    name, ghz = f"radio.{kind}_{band}", float(band) / 1000.0
    return Problem(
        what=f"{kind} sites carry {band} MHz and the scenario has no [{name}]",
        remedy=f"add the table [{name}] with carrier_ghz = {ghz:g}, its eirp_per_re_dbm,"
        " base_height_m and source (docs/reference/scenario.md), or correct the carriers",
        column="radio",
    )


def levels_of(scenario: Scenario, demand: gpd.GeoDataFrame) -> list[Level]:
    """Return the demand levels of a scenario, in its order, without those of weight 0."""
    return [
        _level(name, table, scenario.demand.spacing_m, demand)
        for name, table in scenario.service.items()
        if table.weight > 0
    ]


def _level(name: str, table: ServiceTable, spacing_m: float, demand: gpd.GeoDataFrame) -> Level:
    service = Service(
        name=name,
        rsrp_min_dbm=table.rsrp_min_dbm,
        rsrp_min_low_band_dbm=table.rsrp_min_low_band_dbm,
        location_probability=table.location_probability,
        indoor=table.indoor,
    )
    wanted = np.ones(len(demand), dtype=np.int64)
    if table.has_capacity:
        wanted = _carriers(table, spacing_m, demand)
    return Level(
        name=name,
        service=service,
        weight=table.weight,
        carriers_wanted=wanted,
        counts_carriers=table.has_capacity,
    )


def _carriers(table: ServiceTable, spacing_m: float, demand: gpd.GeoDataFrame) -> Ints:
    share = (table.active_share or 0.0) * (table.penetration or 0.0)
    x, y = demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy()
    return carriers_wanted(
        demand["weight"].to_numpy(float),
        (_cell(y, spacing_m), _cell(x, spacing_m)),
        spacing_m=spacing_m,
        catchment_m=table.catchment_m or 0.0,
        mbps_per_person=share * (table.rate_mbps or 0.0),
        carrier_mbps=table.carrier_mbps or 1.0,
        max_carriers=table.max_carriers or 1,
    )


def _cell(place_m: Floats, spacing_m: float) -> Ints:
    """Return the row or column of each point; one on a line of the lattice, but for rounding, is on it."""
    return np.asarray(np.floor((place_m - place_m.min()) / spacing_m + 1e-6), dtype=np.int64)


def wishes_of(scenario: Scenario) -> list[PhaseWish]:
    """Return what each phase may take."""
    return [
        PhaseWish(
            name=phase.name,
            max_stations=phase.max_stations,
            budget_cny=None if phase.budget_cny is None else float(phase.budget_cny),
        )
        for phase in scenario.phases
    ]


def latency_of(scenario: Scenario) -> Latency:
    """Return the latency service that the edge data centres are checked against."""
    edge = scenario.edge
    return Latency(
        latency_max_ms=edge.latency_max_ms,
        fibre_ms_per_km=edge.fibre_ms_per_km,
        fibre_detour=edge.fibre_detour,
        equipment_ms=edge.equipment_ms,
    )


def county_floors(scenario: Scenario, layers: Layers, network: gpd.GeoDataFrame) -> dict[str, int]:
    """Return the stations that each county lacks of the floor today.

    Raises
    ------
    InfeasibleError
        The counties lack more than all phases have.

    """
    per_10000 = scenario.floors.county_stations_per_10000
    counted = layers.counties[layers.counties["in_denominator"]]
    there = network.groupby("county_code")["stations"].sum()
    lacking = {}
    for code, people in zip(counted["code"], counted["population"], strict=True):
        least = int(np.ceil(people * per_10000 / 10_000.0 - 1e-9)) - int(there.get(code, 0))
        if least > 0:
            lacking[str(code)] = least
    _require_room(lacking, sum(phase.max_stations for phase in scenario.phases))
    return lacking


def _require_room(lacking: Mapping[str, int], room: int) -> None:
    """Raise when the county floors ask for more stations than all phases have."""
    if sum(lacking.values()) <= room:
        return
    counties = ", ".join(f"{code} lacks {count}" for code, count in sorted(lacking.items()))
    raise InfeasibleError(
        Problem(
            what=f"the county floors want {sum(lacking.values())} stations and the phases have "
            f"{room} ({counties})",
            remedy="raise phases.max_stations or lower the floor (0 switches it off)",
            column="floors.county_stations_per_10000",
        )
    )
