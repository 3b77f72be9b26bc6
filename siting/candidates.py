"""Where a site could stand: co-location, public places, ports, parks, and hot spots of unmet need.

Hot spots are found by k-means (scikit-learn) inside each township, over the demand points that
the existing network leaves unserved, weighted by what they lack. A centre is kept on a 10 m
lattice, between the points it is to serve, and takes its environment from the nearest of them.
New candidates of one kind keep the spacing of that kind among themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from threadpoolctl import threadpool_limits

from siting.demand import locate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siting.demand import Floats, Ints
    from siting.layers.model import Layers

RURAL = ("plain", "hill", "mountain")
BLOCK_POINTS = 4000


@dataclass(frozen=True, kw_only=True)
class KindOfSite:
    """What a new or co-located site of one kind is: heights [m], costs [CNY], stations, bands."""

    name: str
    stations: int
    stations_co_located: int
    height_m: float
    cost_new_cny: float
    cost_co_located_cny: float
    spacing_m: float
    carrier: str
    carrier_rural: str


KINDS: Mapping[str, KindOfSite] = {
    "macro": KindOfSite(
        name="macro", stations=2, stations_co_located=1, height_m=25.0, cost_new_cny=400_000.0,
        cost_co_located_cny=190_000.0, spacing_m=200.0, carrier="3500", carrier_rural="700",
    ),
    "micro": KindOfSite(
        name="micro", stations=1, stations_co_located=1, height_m=10.0, cost_new_cny=80_000.0,
        cost_co_located_cny=60_000.0, spacing_m=50.0, carrier="3500", carrier_rural="3500",
    ),
    "indoor": KindOfSite(
        name="indoor", stations=1, stations_co_located=1, height_m=3.0, cost_new_cny=120_000.0,
        cost_co_located_cny=120_000.0, spacing_m=50.0, carrier="3500", carrier_rural="3500",
    ),
}  # fmt: skip
"""Starting values: general knowledge, unverified; a scenario replaces them."""


def candidate_sites(
    layers: Layers,
    demand: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    unmet: Floats,
    *,
    kinds: Mapping[str, KindOfSite] = KINDS,
    points_per_micro: Sequence[int] = (1, 2, 4),
    points_per_macro: Sequence[int] = (4, 8),
    seed: int = 0,
) -> gpd.GeoDataFrame:
    """Return the candidate sites for the need that the network leaves unmet.

    Parameters
    ----------
    layers, demand, network
        The layers, the demand points, and the existing sites.
    unmet
        What each demand point lacks [weighted people], shape (demand points,), not negative.
    kinds
        The kinds of site on offer: any of macro, micro, indoor.
    points_per_micro, points_per_macro
        Unserved demand points for which one hot spot of that kind is offered, at each scale.
    seed
        Seed of the clustering.

    Returns
    -------
    gpd.GeoDataFrame
        site_id, name, status (candidate), kind, build (co_located, new), host_site_id, stations,
        carriers, height_m, cost_cny, owner, environment, the place columns of `locate`,
        provenance (the worst of what the place rests on), location_radius_m, geometry.

    """
    offers = []
    if "macro" in kinds:
        offers.append(_co_located(network, kinds["macro"]))
        offers += [
            _hot_spots(demand, unmet, kinds["macro"], points, seed) for points in points_per_macro
        ]
    if "micro" in kinds:
        offers += [
            _hot_spots(demand, unmet, kinds["micro"], points, seed) for points in points_per_micro
        ]
        offers.append(_zones(layers, demand, unmet, kinds["micro"]))
    if "indoor" in kinds:
        offers.append(_public_places(layers, demand, unmet, kinds["indoor"]))
    table = pd.concat(offers, ignore_index=True)
    table = _spaced(table, kinds)
    return _described(layers, table, kinds, _free_prefix(network["site_id"]))


def _free_prefix(taken: pd.Series) -> str:
    """Return the letters that begin the ids of candidates and of no existing site."""
    prefix = "C"
    while taken.astype(str).str.fullmatch(rf"{prefix}\d+").any():
        prefix += "C"
    return prefix


def _co_located(network: gpd.GeoDataFrame, kind: KindOfSite) -> pd.DataFrame:
    """Offer one more carrier on each existing macro site: what it has not, else more of the same."""
    hosts = network[network["kind"] == "macro"]
    rural = hosts["environment"].isin(RURAL).to_numpy()
    wished = np.where(rural, kind.carrier_rural, kind.carrier)
    has = [want in bands.split(";") for want, bands in zip(wished, hosts["carriers"], strict=True)]
    return pd.DataFrame(
        {
            "kind": kind.name,
            "build": "co_located",
            "host_site_id": hosts["site_id"].to_numpy(),
            "origin": "host",
            "stations": kind.stations_co_located,
            "carriers": np.where(has, kind.carrier, wished),
            "x_m": hosts.geometry.x.to_numpy(),
            "y_m": hosts.geometry.y.to_numpy(),
            "priority": np.inf,
            "provenance": hosts["provenance"].to_numpy(),
            "location_radius_m": hosts["location_radius_m"].to_numpy(float),
        }
    )


def _new(
    kind: KindOfSite,
    origin: str,
    demand: gpd.GeoDataFrame,
    rows: Ints,
    unmet: Floats,
    *,
    xy_m: Floats | None = None,
) -> pd.DataFrame:
    """Offer a new site on each of the given demand points, or at `xy_m` in their neighbourhood."""
    at = demand.iloc[rows]
    place = np.column_stack([at.geometry.x, at.geometry.y]) if xy_m is None else xy_m
    rural = at["environment"].isin(RURAL).to_numpy()
    return pd.DataFrame(
        {
            "kind": kind.name,
            "build": "new",
            "host_site_id": "",
            "origin": origin,
            "stations": kind.stations,
            "carriers": np.where(rural, kind.carrier_rural, kind.carrier),
            "x_m": place[:, 0],
            "y_m": place[:, 1],
            "priority": unmet[rows],
            "provenance": at["provenance"].to_numpy(),
            "location_radius_m": np.nan,
        }
    )


def _hot_spots(
    demand: gpd.GeoDataFrame, unmet: Floats, kind: KindOfSite, points_per_site: int, seed: int
) -> pd.DataFrame:
    """Offer the centres of the clusters of unmet need, township by township."""
    wanted = unmet > 0
    if kind.name == "micro":
        wanted &= ~demand["environment"].isin(RURAL).to_numpy()
    xy = np.column_stack([demand.geometry.x, demand.geometry.y])
    nearest, centres = [np.zeros(0, dtype=np.int64)], [np.zeros((0, 2))]
    with threadpool_limits(limits=1):  # sums in one order: the same bits on any machine
        for members in _neighbourhoods(demand, np.flatnonzero(wanted)):
            found = _cluster_centres(xy[members], unmet[members], points_per_site, seed)
            nearest.append(members[found[0]])
            centres.append(found[1])
    return _new(
        kind, "hot_spot", demand, np.concatenate(nearest), unmet, xy_m=np.concatenate(centres)
    )


def _neighbourhoods(demand: gpd.GeoDataFrame, rows: Ints) -> list[Ints]:
    """Return the rows of each township, large townships in blocks from west to east."""
    codes = demand["township_code"].to_numpy()[rows]
    order = np.lexsort((demand.geometry.x.to_numpy()[rows], codes))
    _, starts = np.unique(codes[order], return_index=True)
    townships = np.split(rows[order], starts[1:]) if len(rows) else []
    return [
        block
        for township in townships
        for block in np.array_split(township, -(-len(township) // BLOCK_POINTS))
    ]


def _cluster_centres(
    xy: Floats, weight: Floats, points_per_site: int, seed: int
) -> tuple[Ints, Floats]:
    """Return the k-means centres of unmet points (on a 10 m lattice) and the nearest point of each."""
    from sklearn.cluster import KMeans  # noqa: PLC0415 - a second of import, needed only here

    clusters = -(-len(xy) // points_per_site)
    if clusters >= len(np.unique(xy, axis=0)):
        return np.arange(len(xy)), xy
    middle = xy.mean(axis=0).round()
    model = KMeans(clusters, n_init=1, max_iter=20, random_state=seed, init="random")
    found = model.fit(xy - middle, sample_weight=weight).cluster_centers_
    centres = np.unique((found + middle).round(-1), axis=0)
    _, nearest = cKDTree(xy).query(centres)
    return np.asarray(nearest, dtype=np.int64), centres


def _zones(
    layers: Layers, demand: gpd.GeoDataFrame, unmet: Floats, kind: KindOfSite
) -> pd.DataFrame:
    """Offer the unserved points at ports and parks."""
    rows = np.flatnonzero(demand["kind"].isin(["port", "park"]).to_numpy() & (unmet > 0))
    table = _new(kind, "zone", demand, rows, unmet)
    radius = pd.concat([layers.ports, layers.parks]).set_index("name")["radius_m"]
    names = demand["name"].iloc[rows]
    table["location_radius_m"] = names.map(radius[~radius.index.duplicated()]).to_numpy(float)
    return table


def _public_places(
    layers: Layers, demand: gpd.GeoDataFrame, unmet: Floats, kind: KindOfSite
) -> pd.DataFrame:
    """Offer an indoor system at each unserved public place, and where most people lack most.

    Without a layer of public buildings the places are township seats and village committees; the
    most crowded unserved cell of each community stands for its largest public building.
    """
    places = np.flatnonzero((demand["kind"] == "place").to_numpy() & (unmet > 0))
    if layers.public_places is not None:
        return _new(kind, "public_place", demand, places, unmet)
    crowded = pd.Series(unmet).where((demand["kind"] == "residents").to_numpy(), 0.0)
    top = crowded.groupby(demand["village_code"].to_numpy()).idxmax().to_numpy()
    rows = np.concatenate([places, np.sort(top[crowded.to_numpy()[top] > 0])])
    return _new(kind, "public_place", demand, rows, unmet)


def _spaced(table: pd.DataFrame, kinds: Mapping[str, KindOfSite]) -> pd.DataFrame:
    """Drop new candidates that stand too near to a better one of their kind."""
    kept = [table[table["build"] == "co_located"]]
    for kind in kinds.values():
        mine = table[(table["kind"] == kind.name) & (table["build"] == "new")]
        mine = mine.sort_values(["priority", "x_m", "y_m"], ascending=[False, True, True])
        xy = mine[["x_m", "y_m"]].to_numpy(float)
        kept.append(mine[_thinned(xy, kind.spacing_m)])
    return pd.concat(kept).sort_index().reset_index(drop=True)


def _thinned(xy: Floats, spacing_m: float) -> np.ndarray:
    """Return which points stay when, in order, each takes the room of `spacing_m` around it."""
    keep = np.ones(len(xy), dtype=bool)
    if len(xy) < 2:
        return keep
    pairs = cKDTree(xy).query_pairs(spacing_m * (1 - 1e-9), output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    for first, second in pairs:
        if keep[first] and keep[second]:
            keep[max(first, second)] = False
    return keep


def _described(
    layers: Layers, table: pd.DataFrame, kinds: Mapping[str, KindOfSite], prefix: str
) -> gpd.GeoDataFrame:
    """Add the place, height, cost, owner, name and id of each candidate."""
    points = gpd.GeoSeries(shapely.points(table["x_m"], table["y_m"]), crs=layers.crs)
    place = locate(layers, points)
    new = (table["build"] == "new").to_numpy()
    both = pd.concat([table.drop(columns=["x_m", "y_m", "priority"]), place], axis=1)
    both["status"] = "candidate"
    both["height_m"] = table["kind"].map({name: kind.height_m for name, kind in kinds.items()})
    fresh = table["kind"].map({name: kind.cost_new_cny for name, kind in kinds.items()})
    shared = table["kind"].map({name: kind.cost_co_located_cny for name, kind in kinds.items()})
    both["cost_cny"] = np.where(new, fresh, shared)
    both["owner"] = table["origin"].map(
        {"host": "铁塔存量", "hot_spot": "待选", "zone": "园区或港区", "public_place": "公共建筑"}
    )
    names = layers.counties.set_index("code")["name"]
    both["county"] = both["county_code"].map(names).fillna("")
    radius = both["village_code"].map(layers.villages.set_index("code")["location_radius_m"])
    both["location_radius_m"] = both["location_radius_m"].fillna(radius).fillna(500.0)
    words = both["kind"].map({"macro": "宏站", "micro": "微站", "indoor": "室分"})
    both["name"] = both["village"] + words
    both.insert(0, "site_id", [f"{prefix}{row:06d}" for row in range(1, len(both) + 1)])
    return gpd.GeoDataFrame(both, geometry=points.to_numpy(), crs=layers.crs)
