"""The tables of a scenario file: every assumption a planner may change, with unit and range.

Numbers carry their unit in their name; ranges are the `Quantity` beside each field and are
checked when a scenario is read. docs/reference/scenario.md says what each key means.
"""

# ruff: noqa: TC003  (the builder reads these annotations at run time)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from siting.scenario.quantity import Quantity

SITE_KINDS = ("macro", "micro", "indoor")
URBAN_RURAL_CLASSES = (
    "main_urban",
    "urban_fringe",
    "town_centre",
    "town_fringe",
    "special",
    "township_centre",
    "village",
)

Text = Annotated[str, Quantity(pattern=r".*\S.*", form="a text that is not empty")]
Crs = Annotated[str, Quantity(pattern=r"EPSG:\d{4,6}", form="EPSG: and the code's digits")]
WorkingCrs = Annotated[
    str,
    Quantity(pattern=r"EPSG:\d{4,6}|auto", form="EPSG: and the code's digits, or auto"),
]
Share = Annotated[float, Quantity(low=0.0, high=1.0)]
People = Annotated[float, Quantity(unit="people", low=0.0, high=1_000_000.0)]
Rsrp = Annotated[float, Quantity(unit="dBm", low=-140.0, high=-40.0)]
Stations = Annotated[int, Quantity(unit="stations", low=0, high=1_000_000)]
Height = Annotated[float, Quantity(unit="m", low=1.0, high=150.0)]
Price = Annotated[int, Quantity(unit="CNY", low=0, high=1_000_000_000)]


@dataclass(frozen=True, kw_only=True)
class Study:
    """What the study is called, the date it bears, its coordinate systems and its seed."""

    name: Annotated[str, Quantity(pattern=r"[\w.-]+", form="letters, digits, _ . -")]
    title_zh: Text
    title_en: Text
    date: Annotated[str, Quantity(pattern=r"\d{4}-\d{2}-\d{2}", form="a date YYYY-MM-DD")]
    crs: WorkingCrs
    deliverable_crs: Crs
    raster_cell_m: Annotated[float, Quantity(unit="m", low=20.0, high=2000.0)]
    seed: Annotated[int, Quantity(low=0, high=4_294_967_295)]


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Where people are and how much ports, parks and public places count beside them."""

    spacing_m: Annotated[float, Quantity(unit="m", low=20.0, high=2000.0)]
    people_per_km2: Annotated[
        Mapping[str, float],
        Quantity(unit="people/km2", low=1.0, high=100_000.0, keys=URBAN_RURAL_CLASSES),
    ]
    port_people: People
    park_people: People
    place_people: People


@dataclass(frozen=True, kw_only=True)
class Network:
    """The modelled network that stands in where no register of sites is given."""

    stations: Stations
    stations_per_site: Annotated[float, Quantity(unit="stations", low=1.0, high=10.0)]
    micro_share: Share
    indoor_share: Share


@dataclass(frozen=True, kw_only=True)
class Service:
    """One level of demand: its weight and what counts as served.

    The last six keys make a level of capacity (busy hour); they are given together or not at all.
    """

    weight: Annotated[float, Quantity(low=0.0, high=100.0)]
    rsrp_min_dbm: Rsrp
    rsrp_min_low_band_dbm: Rsrp
    location_probability: Annotated[float, Quantity(low=0.5, high=0.999)]
    indoor: bool
    active_share: Share | None = None
    rate_mbps: Annotated[float, Quantity(unit="Mbit/s", low=0.01, high=10_000.0)] | None = None
    penetration: Share | None = None
    catchment_m: Annotated[float, Quantity(unit="m", low=10.0, high=5000.0)] | None = None
    carrier_mbps: Annotated[float, Quantity(unit="Mbit/s", low=1.0, high=100_000.0)] | None = None
    max_carriers: Annotated[int, Quantity(unit="carriers", low=1, high=100)] | None = None

    @property
    def has_capacity(self) -> bool:
        """Return whether this level asks for capacity, not for level alone."""
        return self.active_share is not None


@dataclass(frozen=True, kw_only=True)
class RadioParameters:
    """One kind of radio: carrier, radiated power per resource element, antenna height."""

    carrier_ghz: Annotated[float, Quantity(unit="GHz", low=0.5, high=100.0)]
    eirp_per_re_dbm: Annotated[float, Quantity(unit="dBm", low=-60.0, high=80.0)]
    base_height_m: Height
    source: Text


@dataclass(frozen=True, kw_only=True)
class SiteKind:
    """One kind of site: the radio it carries, its stations, height, costs and spacing."""

    radio: Text
    stations: Annotated[int, Quantity(unit="stations", low=1, high=20)]
    stations_co_located: Annotated[int, Quantity(unit="stations", low=1, high=20)]
    height_m: Height
    cost_new_cny: Price
    cost_co_located_cny: Price
    spacing_m: Annotated[float, Quantity(unit="m", low=0.0, high=10_000.0)]
    radio_rural: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One phase of building: how many stations, and at what cost at most."""

    name: Text
    max_stations: Stations
    budget_cny: Annotated[int, Quantity(unit="CNY", low=0, high=1_000_000_000_000)] | None = None


@dataclass(frozen=True, kw_only=True)
class Floors:
    """The least that every county is given; 0 switches a floor off."""

    county_stations_per_10000: Annotated[
        float, Quantity(unit="stations per 10,000 people", low=0.0, high=1000.0)
    ]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Edge data centres: how many, their racks, and the latency they must keep."""

    p: Annotated[int, Quantity(unit="centres", low=1, high=10_000)]
    zone_stations: Annotated[int, Quantity(unit="stations", low=0, high=10_000)]
    racks_per_centre: Annotated[int, Quantity(unit="racks", low=1, high=10_000)]
    racks_total: Annotated[int, Quantity(unit="racks", low=0, high=10_000_000)]
    latency_max_ms: Annotated[float, Quantity(unit="ms", low=0.01, high=100.0)]
    fibre_ms_per_km: Annotated[float, Quantity(unit="ms/km", low=0.001, high=1.0)]
    fibre_detour: Annotated[float, Quantity(low=1.0, high=5.0)]
    equipment_ms: Annotated[float, Quantity(unit="ms", low=0.0, high=100.0)]
    reach_km: Annotated[float, Quantity(unit="km", low=0.1, high=1000.0)]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Which of the siting rules are switched off, by their ids."""

    off: Annotated[tuple[str, ...], Quantity(form="a list of rule ids")]


@dataclass(frozen=True, kw_only=True)
class Optimise:
    """How much effort the search and its bound may spend, counted in iterations."""

    swap_passes: Annotated[int, Quantity(unit="passes", low=0, high=100)]
    bound_iterations: Annotated[int, Quantity(unit="iterations", low=1, high=100_000)]
