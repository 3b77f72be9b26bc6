"""Make registers of stations whose true places are known, on a made-up road network.

The roads are ours: streets of towns, lanes between hamlets, roads between towns, drawn by a seed
within the outline of the embedded city. Stations stand at a log-normal distance from the nearest
true road (median 40 m, 90th percentile 250 m); then 30 % of the roads are taken out of the layer.
The outline that bounds the stations is not the embedded one but waves about it by some 130 m.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from scipy.spatial import cKDTree

from siting.layers.datum.detective import Claims
from siting.layers.datum.formulas import wgs84_to_bd09, wgs84_to_gcj02

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.datum.surroundings import Surroundings

    Floats = NDArray[np.float64]

MEDIAN_M, SPREAD = 40.0, 1.43
MISSING = 0.30
DECIMALS = 6
CORRUPTIONS = ("zero", "digit", "slip", "equal", "far", "coarse")


@dataclass(frozen=True, kw_only=True)
class Town:
    """A road network: what the layer shows of it, and stations beside it (lon, lat, WGS 84)."""

    surroundings: Surroundings
    lon: Floats
    lat: Floats
    county: NDArray[np.object_]
    township: NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register as a planner hands it in, and the truth."""

    claims: Claims
    lon: Floats
    lat: Floats
    spoilt: NDArray[np.bool_]
    datum: str
    declared: str
    truth: str
    roads: bool
    mixing: str
    share: float


def made_up_town(surroundings: Surroundings, *, stations: int, seed: int) -> Town:
    """Return a road network within an outline and stations beside it."""
    rng = np.random.default_rng(seed)
    roads = np.concatenate([_streets(surroundings, rng), _lanes(surroundings, rng)])
    roads = roads[shapely.intersects(roads, surroundings.outline)]
    x, y = _stations(surroundings, roads, stations, rng)
    back = pyproj.Transformer.from_crs(surroundings.crs, "EPSG:4326", always_xy=True)
    lon, lat = back.transform(x, y)
    county, township = _units(surroundings, x, y, rng)
    shown = roads[rng.random(len(roads)) >= MISSING]
    return Town(
        surroundings=replace(surroundings, roads=shown),
        lon=np.asarray(lon),
        lat=np.asarray(lat),
        county=county,
        township=township,
    )


def _streets(surroundings: Surroundings, rng: np.random.Generator) -> NDArray[np.object_]:
    """Return the streets of every town, a turned grid; wide and dense where the city is."""
    lines = []
    towns = surroundings.townships
    for name, x, y in zip(towns["name"], towns["x"], towns["y"], strict=True):
        urban = str(name).endswith("街道")
        spacing = rng.uniform(150, 260) if urban else rng.uniform(220, 400)
        radius = rng.uniform(900, 1900) if urban else rng.uniform(400, 1100)
        turn = rng.uniform(0.0, 1.5)
        for across in np.arange(-radius, radius, spacing):
            for start in np.arange(-radius, radius, 4 * spacing):
                along = start + np.array([0.0, 2.0, 4.0]) * spacing
                bend = across + rng.normal(0.0, 12.0, 3)
                for a, b in ((along, bend), (bend, along)):
                    east = x + a * np.cos(turn) - b * np.sin(turn)
                    north = y + a * np.sin(turn) + b * np.cos(turn)
                    lines.append(np.column_stack([east, north]))
    return np.array([shapely.linestrings(line) for line in lines], dtype=object)


def _lanes(surroundings: Surroundings, rng: np.random.Generator) -> NDArray[np.object_]:
    """Return winding lanes between hamlets, and between hamlets and towns."""
    outline = surroundings.outline
    shapely.prepare(outline)
    west, south, east, north = outline.bounds
    spots = rng.uniform((west, south), (east, north), (16_000, 2))
    spots = spots[shapely.contains_xy(outline, spots[:, 0], spots[:, 1])][:6000]
    spots = np.vstack([spots, surroundings.townships[["x", "y"]].to_numpy(float)])
    _, near = cKDTree(spots).query(spots, k=4)
    pairs = np.unique(np.sort(np.column_stack([np.repeat(np.arange(len(spots)), 3),
                                               near[:, 1:].ravel()]), axis=1), axis=0)  # fmt: skip
    pairs = pairs[rng.random(len(pairs)) < 0.6]
    start, end = spots[pairs[:, 0]], spots[pairs[:, 1]]
    step = np.linspace(0.0, 1.0, 7)[None, :, None]
    length = np.hypot(*(end - start).T)[:, None, None]
    wind = rng.normal(0.0, 0.06, (len(pairs), 7, 2)) * length * np.sin(np.pi * step)
    lines = start[:, None, :] * (1 - step) + end[:, None, :] * step + wind
    return np.array(shapely.linestrings(lines), dtype=object)


def _stations(
    surroundings: Surroundings, roads: NDArray[np.object_], count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return places whose distance to the nearest road is drawn from the log-normal."""
    tree = cKDTree(
        shapely.get_coordinates(shapely.segmentize(roads, 10.0)),
        balanced_tree=False,
        compact_nodes=False,
    )
    wanted = np.minimum(MEDIAN_M * np.exp(SPREAD * rng.standard_normal(count)), 1200.0)
    spots = np.full((count, 2), np.nan)
    far = np.flatnonzero(wanted > 150.0)
    spots[far] = _far_from(surroundings, tree, wanted[far], rng)
    length = shapely.length(roads)
    left = np.flatnonzero(wanted <= 150.0)
    while len(left):
        road = rng.choice(len(roads), len(left), p=length / length.sum())
        offset = np.where(rng.random(len(left)) < 0.5, -1.0, 1.0) * wanted[left]
        beside = _beside(roads[road], rng.random(len(left)) * length[road], offset)
        nearest, _ = tree.query(beside)
        good = (nearest >= 0.95 * wanted[left]) & _inside(surroundings, beside)
        spots[left[good]] = beside[good]
        left = left[~good]
    return spots[:, 0], spots[:, 1]


def _far_from(
    surroundings: Surroundings, tree: cKDTree, wanted: Floats, rng: np.random.Generator
) -> Floats:
    """Return places that far from every road: for each the nearest in distance of many."""
    west, south, east, north = surroundings.outline.bounds
    spots = rng.uniform((west, south), (east, north), (40 * len(wanted) + 1000, 2))
    spots = spots[_inside(surroundings, spots)]
    nearest, _ = tree.query(spots)
    order = np.argsort(nearest)
    at = np.searchsorted(nearest[order], wanted) + rng.integers(-20, 21, len(wanted))
    return spots[order[np.clip(at, 0, len(spots) - 1)]]


def _beside(roads: NDArray[np.object_], at: Floats, offset: Floats) -> Floats:
    """Return points beside lines, at a length along them and an offset across [m]."""
    here = shapely.get_coordinates(shapely.line_interpolate_point(roads, at))
    back = shapely.get_coordinates(shapely.line_interpolate_point(roads, np.maximum(at - 1.0, 0.0)))
    ahead = here - back
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    return here + np.column_stack([-ahead[:, 1], ahead[:, 0]]) * offset[:, None]


def _inside(surroundings: Surroundings, spots: Floats) -> NDArray[np.bool_]:
    """Return which places lie within an outline that waves about ours."""
    x, y = spots.T
    for k, wave in enumerate((1700.0, 2900.0, 5300.0)):
        shift = (
            110.0 * np.sin(y / wave * 2 * np.pi + k),
            110.0 * np.sin(x / wave * 2 * np.pi + 2 * k),
        )
        x, y = x + shift[0], y + shift[1]
    return shapely.contains_xy(surroundings.outline, x, y)


def _units(
    surroundings: Surroundings, x: Floats, y: Floats, rng: np.random.Generator
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the county that holds each station, and the township whose true middle is nearest."""
    counties = surroundings.counties
    found, number = shapely.STRtree(counties.geometry.to_numpy()).query(
        shapely.points(x, y), predicate="intersects"
    )
    county = np.full(len(x), "", dtype=object)
    county[found] = counties["name"].to_numpy(object)[number]
    towns = surroundings.townships
    true = towns[["x", "y"]].to_numpy(float)
    true = true + rng.normal(0.0, 800.0, true.shape)
    _, nearest = cKDTree(true).query(np.column_stack([x, y]))
    return county, towns["name"].to_numpy(object)[nearest]


def written(lon: Floats, lat: Floats, truth: str) -> tuple[Floats, Floats]:
    """Return true places as a file in a datum or zone writes them."""
    if truth in ("wgs84", "cgcs2000"):
        x, y = lon, lat
    elif truth == "gcj02":
        x, y = wgs84_to_gcj02(lon, lat)
    elif truth == "bd09":
        x, y = wgs84_to_bd09(lon, lat)
    else:
        code = int(truth.split(":")[1])
        base = 4326 if code > 32000 else 4490
        x, y = pyproj.Transformer.from_crs(base, code, always_xy=True).transform(lon, lat)
        return np.round(x, 2), np.round(y, 2)
    return np.round(x, DECIMALS), np.round(y, DECIMALS)


def register(
    town: Town,
    *,
    truth: str,
    count: int,
    datum: str = "auto",
    declared: str = "",
    roads: bool = True,
    names: bool = False,
    group: bool = False,
    mixing: str = "none",
    share: float = 0.0,
    mixed_with: str = "gcj02",
    one_county: bool = False,
    turned: bool = False,
    seed: int,
) -> Register:
    """Return one register.

    `mixing` is none, datum (a later batch in `mixed_with`), scattered (the same, among the others),
    swapped or corrupted; `share` of the records are so. `group` gives the batches a column. `turned` writes the northing first.
    """
    rng = np.random.default_rng(seed)
    pool = np.arange(len(town.lon))
    if one_county:
        chosen = rng.choice(town.county)
        mine = np.flatnonzero(town.county == chosen)
        pool = mine if len(mine) >= count else pool
    pick = rng.choice(pool, count, replace=False)
    lon, lat = town.lon[pick], town.lat[pick]
    x, y = written(lon, lat, truth)
    number = round(share * count) if mixing != "none" else 0
    number = max(number, 1) if mixing != "none" and share > 0 else number
    odd = np.zeros(count, dtype=bool)
    spoilt = np.zeros(count, dtype=bool)
    decimals = np.full(count, DECIMALS if ":" not in truth else 2)
    batch = np.full(count, "第一批", dtype=object)
    batch[count // 2 :] = "第二批"
    if mixing in ("datum", "scattered"):
        run = slice(count - number, None)
        odd[rng.permutation(count)[:number] if mixing == "scattered" else run] = True
        mixed = written(lon, lat, mixed_with)
        x, y = np.where(odd, mixed[0], x), np.where(odd, mixed[1], y)
        batch[:] = "第一批"
        batch[odd] = "第二批"
    elif number:
        odd[rng.choice(count, number, replace=False)] = True
    if mixing == "swapped":
        x, y = np.where(odd, y, x), np.where(odd, x, y)
    if mixing == "corrupted":
        x, y, decimals = _corrupted(x, y, decimals, np.flatnonzero(odd), rng)
        spoilt = odd
    if turned:
        x, y = y, x
    claims = Claims(
        file="register.csv",
        rows=np.arange(2, count + 2),
        x=x,
        y=y,
        county=town.county[pick] if names else None,
        township=town.township[pick] if names else None,
        group=batch if group else None,
        decimals=decimals,
    )
    return Register(
        claims=claims, lon=lon, lat=lat, spoilt=spoilt, datum=datum, declared=declared,
        truth=truth, roads=roads, mixing=mixing, share=share,
    )  # fmt: skip


def _corrupted(
    x: Floats, y: Floats, decimals: NDArray[np.int64], rows: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[Floats, Floats, NDArray[np.int64]]:  # fmt: skip
    """Return the numbers with some rows spoilt: see CORRUPTIONS."""
    x, y, decimals = x.copy(), y.copy(), decimals.copy()
    for row in rows:
        how = CORRUPTIONS[rng.integers(len(CORRUPTIONS))]
        if how == "coarse" and x[row] > 180.0:
            how = "far"
        if how == "zero":
            x[row] = y[row] = 0.0
        elif how == "digit":
            whole, part = f"{x[row]:.6f}".split(".")
            drop = rng.integers(len(whole))
            x[row] = float(whole[:drop] + whole[drop + 1 :] + "." + part)
        elif how == "slip":
            y[row] /= 10.0
        elif how == "equal":
            y[row] = x[row]
        elif how == "far":
            y[row] *= 1.1
        else:
            x[row], y[row], decimals[row] = np.round(x[row], 2), np.round(y[row], 2), 2
    return x, y, decimals
