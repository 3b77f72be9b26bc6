"""What must agree between the tables of a scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from siting.scenario.names import near
from siting.scenario.tables import SITE_KINDS

if TYPE_CHECKING:
    from siting.scenario.build import Builder

_CAPACITY_KEYS = (
    "active_share",
    "rate_mbps",
    "penetration",
    "catchment_m",
    "carrier_mbps",
    "max_carriers",
)
_NOT_IN_METRES = ("EPSG:4326", "EPSG:4490", "EPSG:4479", "EPSG:4979", "EPSG:3857")


def check_consistency(builder: Builder) -> None:
    """Add what does not agree between the tables to the builder's problems."""
    tables = builder.draft.tables
    _check_study(builder, _table(tables, "study"))
    _check_network(builder, _table(tables, "network"))
    for level, service in _table(tables, "service").items():
        _check_capacity(builder, level, service)
    _check_sites(builder, _table(tables, "sites"), list(_table(tables, "radio")))
    _check_phases(builder, tables.get("phases"))


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a raw table, empty where it is missing or none."""
    found = tables.get(name)
    return found if isinstance(found, Mapping) else {}


def _check_study(builder: Builder, study: Mapping[str, Any]) -> None:
    """Refuse a date that does not exist and a working CRS that does not measure in metres."""
    try:
        dt.date.fromisoformat(str(study.get("date")))
    except ValueError:
        if len(str(study.get("date"))) == len("YYYY-MM-DD"):
            builder.refuse(("study", "date"), "is no day of the calendar", "write YYYY-MM-DD")
    if study.get("crs") in _NOT_IN_METRES:
        builder.refuse(
            ("study", "crs"),
            f"{study['crs']} does not measure in true metres",
            "write a projected CRS of the region, for example EPSG:32650",
        )


def _check_network(builder: Builder, network: Mapping[str, Any]) -> None:
    """Refuse shares of micro and indoor sites that leave no room for macro sites."""
    micro, indoor = network.get("micro_share"), network.get("indoor_share")
    if not (isinstance(micro, int | float) and isinstance(indoor, int | float)):
        return
    if micro + indoor > 1.0:
        builder.refuse(
            ("network", "micro_share"),
            "and indoor_share add up to more than 1",
            "lower one of them; the rest are macro sites",
        )


def _check_capacity(builder: Builder, level: str, service: Any) -> None:
    """Refuse a level that has some keys of capacity and not the others."""
    given = [key for key in _CAPACITY_KEYS if isinstance(service, Mapping) and key in service]
    missing = [key for key in _CAPACITY_KEYS if key not in given]
    if given and missing:
        builder.refuse(
            ("service", level, given[0]),
            f"stands without {', '.join(missing)}",
            "a level of capacity needs all of them, another level none",
        )


def _check_sites(builder: Builder, sites: Mapping[str, Any], radios: list[str]) -> None:
    """Refuse radios that do not exist."""
    for kind, site in ((kind, sites[kind]) for kind in SITE_KINDS if kind in sites):
        for key in ("radio", "radio_rural"):
            radio = site.get(key) if isinstance(site, Mapping) else None
            if isinstance(radio, str) and radio not in radios:
                builder.refuse(
                    ("sites", kind, key), f"there is no radio {radio!r}", near(radio, radios)
                )


def _check_phases(builder: Builder, phases: Any) -> None:
    """Refuse a plan without phases, and phases that share a name."""
    if not isinstance(phases, list | tuple):
        return
    if not phases:
        builder.refuse(("phases",), "there is no phase", "write at least one [[phases]] table")
    seen: set[str] = set()
    for index, phase in enumerate(phases):
        name = phase.get("name") if isinstance(phase, Mapping) else None
        if isinstance(name, str) and name in seen:
            builder.refuse(
                ("phases", str(index), "name"),
                f"{name!r} names an earlier phase too",
                "give every phase its own name",
            )
        elif isinstance(name, str):
            seen.add(name)
