"""The network that stands today: the user's register, or a modelled one that says so.

Without a register, `stations` logical stations are put on physical sites in three steps, none of
them random: every village committee gets one macro site (the published claim that each
administrative village is reached), the other sites go to the villages by their residents, and
inside a village they are spread along a space-filling curve so that each serves as many people.
Every row is marked modelled. It is a stand-in for planning quotas; it is nobody's real network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from siting.demand import locate
from siting.errors import ConfigurationError, MissingDataError, Problem
from siting.layers.modelled.population import largest_remainder

if TYPE_CHECKING:
    from siting.demand import Ints
    from siting.layers.model import Layers

URBAN_CARRIERS = "2600;3500"
RURAL_CARRIERS = ("700;2600", "900;2600", "2600")
MICRO_CARRIERS = "3500"


def existing_network(
    layers: Layers,
    demand: gpd.GeoDataFrame,
    *,
    stations: int = 0,
    stations_per_site: float = 2.0,
    micro_share: float = 0.15,
    indoor_share: float = 0.10,
) -> gpd.GeoDataFrame:
    """Return the existing sites: the register of `layers.sites`, else a modelled network.

    Parameters
    ----------
    layers, demand
        The layers, and the demand points made from them.
    stations
        Logical stations of the modelled network; 0 where none is to be modelled.
    stations_per_site
        Stations that share one physical site, on average, 1 to 4 (the sharing factor).
    micro_share, indoor_share
        Shares of the modelled sites that are micro and indoor sites, 0 to 1.

    Returns
    -------
    gpd.GeoDataFrame
        site_id, name, kind, stations, carriers (bands in MHz joined by `;`), height_m,
        county_code, county, township_code, township, village_code, village, planning_unit,
        environment, provenance, location_radius_m, geometry.

    Raises
    ------
    MissingDataError
        There is no register, and no network is to be modelled.
    ConfigurationError
        A share or the sharing factor is out of range; all at once.

    """
    if layers.sites is not None:
        return _registered(layers)
    if stations == 0:
        raise MissingDataError(_no_register())
    _require_shares(stations, stations_per_site, micro_share, indoor_share)
    count = max(round(stations / stations_per_site), 1)
    cells = _sites_on_cells(layers, demand, count)
    kinds = _kinds(demand, cells, micro_share, indoor_share)
    points = demand.geometry.iloc[cells].reset_index(drop=True)
    table = locate(layers, points).drop(columns="environment")
    table.insert(0, "kind", kinds)
    table["environment"] = demand["environment"].to_numpy()[cells]
    table["stations"] = _stations(demand["weight"].to_numpy()[cells], stations)
    table["carriers"] = _carriers(table)
    table["height_m"] = table["kind"].map({"macro": 25.0, "micro": 10.0, "indoor": 3.0})
    table["county"] = _county_names(layers, table["county_code"])
    table.insert(0, "site_id", [f"E{row:06d}" for row in range(1, len(table) + 1)])
    table.insert(1, "name", table["village"] + "现有站(示意)")
    table["provenance"] = "modelled"
    table["location_radius_m"] = _village_radius(layers, table["village_code"])
    return gpd.GeoDataFrame(table, geometry=points.to_numpy(), crs=layers.crs)


def _registered(layers: Layers) -> gpd.GeoDataFrame:
    """Return the user's register with the columns that the modelled network also has."""
    register = layers.sites
    assert register is not None  # noqa: S101 - the caller has looked
    place = locate(layers, register.geometry)
    table = register.reset_index(drop=True).assign(
        carriers=register["carriers"].str.replace(" ", "").to_numpy(),
        **{name: place[name] for name in place.columns},
        county=_county_names(layers, place["county_code"]),
    )
    if "location_radius_m" not in table:
        table["location_radius_m"] = table["provenance"].map({"modelled": 500.0}).fillna(20.0)
    return table


def _no_register() -> Problem:
    return Problem(
        file="sites.csv",
        what="the layer sites is missing, and no network is to be modelled",
        remedy="bring a register in with `siting layers import FILE --as sites`, or set "
        "network.stations to the stations that stand, to have a network modelled",
    )


def _require_shares(stations: int, sharing: float, micro: float, indoor: float) -> None:
    problems = [
        Problem(
            what=f"{name} is {value}, outside {low} to {high}", remedy="correct it", column=name
        )
        for name, value, low, high in (
            ("network.stations", stations, 1, 10_000_000),
            ("network.stations_per_site", sharing, 1, 4),
            ("network.micro_share", micro, 0, 1),
            ("network.indoor_share", indoor, 0, 1 - micro),
        )
        if not low <= value <= high + 1e-9
    ]
    if problems:
        raise ConfigurationError(problems)


def _sites_on_cells(layers: Layers, demand: gpd.GeoDataFrame, count: int) -> Ints:
    """Return the demand rows (settled cells, each at most once) on which the sites stand."""
    residents = np.flatnonzero((demand["kind"] == "residents").to_numpy())
    count = min(count, len(residents))
    villages = layers.villages
    row_of = pd.Series(np.arange(len(villages)), index=villages["code"])
    village = row_of.loc[demand["village_code"].iloc[residents]].to_numpy()
    cells_of = np.bincount(village, minlength=len(villages))
    quota = _sites_per_village(layers, count, cells_of)
    order = np.lexsort((_morton(demand, residents), village))
    starts = np.concatenate([[0], np.cumsum(cells_of)])
    people = demand["people"].to_numpy()[residents][order]
    chosen = [
        start + _spread(people[start : start + cells], sites)
        for start, cells, sites in zip(starts[:-1], cells_of, quota, strict=True)
        if sites
    ]
    sites: Ints = residents[order[np.concatenate(chosen)]]
    return sites


def _sites_per_village(layers: Layers, count: int, cells: Ints) -> Ints:
    """Return the sites of each village: committees first, then by residents, within its cells."""
    people = layers.villages["population"].to_numpy(float)
    first = ((layers.villages["kind"] == "village_committee") & (cells > 0)).to_numpy()
    quota = np.zeros(len(people), dtype=np.int64)
    if first.sum() <= count:
        quota[first] = 1
    target = largest_remainder(people, count)
    wanted = np.maximum(target - quota, 0).astype(float)
    while (left := count - int(quota.sum())) > 0:
        room = cells - quota
        share = np.where(room > 0, np.maximum(wanted, 1e-9), 0.0)
        more = np.minimum(largest_remainder(share, left), room)
        quota += more
        wanted = np.where(room > more, people, 0.0)
    return quota


def _morton(demand: gpd.GeoDataFrame, rows: Ints) -> Ints:
    """Return the place of each row on a space-filling (Z) curve through the lattice."""
    x = demand.geometry.x.to_numpy()[rows]
    y = demand.geometry.y.to_numpy()[rows]
    column = ((x - x.min()) // 50).astype(np.uint64)
    row = ((y - y.min()) // 50).astype(np.uint64)
    code = np.zeros(len(rows), dtype=np.uint64)
    for bit in range(16):
        one = np.uint64(1)
        code |= ((column >> np.uint64(bit)) & one) << np.uint64(2 * bit)
        code |= ((row >> np.uint64(bit)) & one) << np.uint64(2 * bit + 1)
    return code.astype(np.int64)


def _spread(people: Ints, sites: int) -> Ints:
    """Return `sites` different cells, each in the middle of an equal share of the people."""
    middle = np.cumsum(people) - people / 2
    targets = (np.arange(sites) + 0.5) / sites * people.sum()
    cells = np.unique(np.searchsorted(middle, targets).clip(0, len(people) - 1))
    free = np.setdiff1d(np.arange(len(people)), cells)
    more = free[np.linspace(0, len(free) - 1, sites - len(cells)).round().astype(int)]
    return np.sort(np.concatenate([cells, more])).astype(np.int64)


def _kinds(demand: gpd.GeoDataFrame, cells: Ints, micro: float, indoor: float) -> list[str]:
    """Return the kind of each site: the most crowded cells are indoor, then micro, else macro.

    A village's only site stays a macro site.
    """
    village = demand["village_code"].to_numpy()[cells]
    crowd = demand["people"].to_numpy()[cells].astype(float)
    _, first = np.unique(village, return_index=True)
    crowd[first] = -1.0
    order = np.lexsort((np.arange(len(cells)), -crowd))
    kinds = np.full(len(cells), "macro", dtype=object)
    indoors, micros = round(indoor * len(cells)), round(micro * len(cells))
    kinds[order[:indoors]] = "indoor"
    kinds[order[indoors : indoors + micros]] = "micro"
    kinds[first] = "macro"
    return list(kinds)


def _stations(weight: np.ndarray, stations: int) -> Ints:
    """Return the stations of each site: equal, and one more where more people live."""
    even, rest = divmod(stations, len(weight))
    count = np.full(len(weight), even, dtype=np.int64)
    count[np.lexsort((np.arange(len(weight)), -weight))[:rest]] += 1
    return count


def _carriers(table: pd.DataFrame) -> list[str]:
    """Return the bands of each site [MHz, joined by `;`]; low band on two of three rural macros."""
    rural = table["environment"].isin(["plain", "hill", "mountain"]).to_numpy()
    turn = np.cumsum(rural) % len(RURAL_CARRIERS)
    return [
        MICRO_CARRIERS
        if kind != "macro"
        else (RURAL_CARRIERS[turn[row]] if rural[row] else URBAN_CARRIERS)
        for row, kind in enumerate(table["kind"])
    ]


def _county_names(layers: Layers, codes: pd.Series) -> pd.Series:
    return codes.map(layers.counties.set_index("code")["name"]).fillna("")


def _village_radius(layers: Layers, codes: pd.Series) -> pd.Series:
    return codes.map(layers.villages.set_index("code")["location_radius_m"]).fillna(1000.0)
