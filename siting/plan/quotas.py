"""Quotas (任务分解): how many stations and sites each county, township, phase and kind is given.

Stations for which no place with a gain was found are not pinned anywhere. They stay in lines of
their own, `placed` false, shared out to the counties: first up to the county floor, then by
population.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from siting.layers.modelled.population import largest_remainder

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

PLACED_KEYS = [
    "county_code",
    "county",
    "planning_unit",
    "township_code",
    "township",
    "phase",
    "kind",
]


def placed_quotas(proposed: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one line per township, phase and kind that has placed sites."""
    if proposed.empty:
        return []
    groups = proposed.groupby(PLACED_KEYS, sort=True)
    table = groups.agg(stations=("stations", "sum"), sites=("site_id", "count")).reset_index()
    table["placed"] = True
    rows = table.to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def unplaced_quotas(
    counties: pd.DataFrame, unplaced: Mapping[str, Mapping[str, int]]
) -> list[dict[str, Any]]:
    """Return one line per county and phase for the stations that found no justified place.

    `unplaced` maps each phase to the stations of each county code.
    """
    names = counties.set_index("code")["name"]
    return [
        {
            "county_code": code,
            "county": str(names[code]),
            "planning_unit": str(names[code]),
            "township_code": "",
            "township": "",
            "phase": phase,
            "kind": "",
            "stations": int(stations),
            "sites": 0,
            "placed": False,
        }
        for phase, shares in unplaced.items()
        for code, stations in sorted(shares.items())
        if stations
    ]


def lacking_of_floor(
    counties: pd.DataFrame, stations_so_far: NDArray[np.int64], floor_per_10000: float
) -> NDArray[np.int64]:
    """Return the stations that each county that counts still lacks of the floor."""
    least = np.ceil(_people(counties) * floor_per_10000 / 10_000.0 - 1e-9).astype(np.int64)
    lacking: NDArray[np.int64] = np.maximum(least - stations_so_far, 0)
    return lacking


def _people(counties: pd.DataFrame) -> NDArray[np.float64]:
    return np.where(counties["in_denominator"], counties["population"], 0).astype(float)


def share_unplaced(
    stations: int,
    counties: pd.DataFrame,
    stations_so_far: NDArray[np.int64],
    floor_per_10000: float,
) -> dict[str, int]:
    """Share `stations` without a place among the counties that count, floor first."""
    people = _people(counties)
    lacking = lacking_of_floor(counties, stations_so_far, floor_per_10000)
    first = largest_remainder(lacking.astype(float), min(stations, int(lacking.sum())))
    rest = largest_remainder(people, stations - int(first.sum()))
    return dict(zip(counties["code"], (int(n) for n in first + rest), strict=True))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
