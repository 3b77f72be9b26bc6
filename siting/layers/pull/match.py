"""Find the rows of a layer that objects of OpenStreetMap are the places of, by their names.

An object means a row where their names are the same, or are the same without the word for the kind
of unit (东村, 东村村委会; 虚构镇, 虚构镇政府), and the object lies in the row's county or beside it.
Where two rows fit an object, or objects far from each other fit a row, nobody knows which is meant,
and none is taken. A row that is known better than as modelled keeps its place.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from siting.layers.pull.wanted import OPENSTREETMAP

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.layers.intake.draft import Draft
    from siting.layers.pull.objects import Drawn

BESIDE_DEG = 0.02
"""An object may lie so far outside the outline of a county [degree]: outlines are generalised."""
TOGETHER_KM = 1.0
"""Objects of one name that lie so close are the same place [km]."""
KM_PER_DEG = 111.2
RANKS = ("town", "township", "suburb", "village", "neighbourhood", "quarter", "hamlet")
"""Kinds of places, the most telling first."""
ENDINGS: dict[str, str] = {
    "villages": r"(村民委员会|居民委员会|村委会|居委会|社区居委会|社区|村)+$",
    "townships": r"(人民政府|政府|街道办事处|街道|镇|乡)+$",
    "counties": r"$",
}
"""What the name of a unit may be written without."""
UNCERTAINTY: dict[str, dict[str, str]] = {
    "villages": {"location_radius_m": "500"},
    "townships": {"uncertainty_km": "1"},
    "ports": {"radius_km": "0.5"},
    "parks": {"radius_km": "0.5"},
}
"""How far off the place of an object may be: somebody set it on a picture, within the settlement."""


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Objects as rows for an update: `count` of them with their key, the others with none.

    Those without a key are rejected by the import; `osm_note` says why they have none.
    """

    cells: pd.DataFrame
    shapes: NDArray[np.object_]
    count: int
    notes: tuple[str, ...] = ()


def match_rows(drawn: Drawn, standing: Draft, outlines: gpd.GeoDataFrame) -> Matched:
    """Return the objects as rows that update a layer.

    Parameters
    ----------
    drawn
        The objects.
    standing
        The layer as it is.
    outlines
        code and outline of each county, WGS 84.

    """
    counties = _counties_of(drawn.shapes, outlines)
    meant, reasons = _rows_meant(drawn, standing, counties)
    better = _known_better(standing, drawn, meant)
    chosen, torn = _one_each(drawn, np.where(better, -1, meant))
    first = np.flatnonzero(chosen >= 0)
    outside = np.array([not one for one in counties]) & (standing.table.name != "counties")
    other = np.flatnonzero((chosen < 0) & ~better & ~torn & ~outside)
    notes = []
    if outside.any():
        notes.append(f"{int(outside.sum()):,} objects lie outside every county: not used")
    if better.any():
        notes.append(f"{int(better.sum()):,} objects belong to rows known better: not used")
    if torn.any():
        names = "、".join(dict.fromkeys(drawn.cells["name"][torn]))
        notes.append(f"{int(torn.sum()):,} objects share a name and lie apart: not used ({names})")
    order = np.concatenate([first, other])
    reasons[(meant >= 0) & (chosen < 0)] = "another object is the place of its row"
    cells = _cells(drawn, standing, order, chosen, reasons)
    return Matched(cells=cells, shapes=drawn.shapes[order], count=len(first), notes=tuple(notes))


def plain_name(layer: str, name: str) -> str:
    """Return a name without blanks, width and the word for the kind of unit.

    >>> plain_name("villages", "东 村村委会"), plain_name("townships", "虚构镇")
    ('东', '虚构')
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    return re.sub(ENDINGS.get(layer, r"$"), "", text) or text


def _counties_of(shapes: NDArray[np.object_], outlines: gpd.GeoDataFrame) -> list[frozenset[str]]:
    """Return the counties that each object lies in or beside."""
    points = shapely.point_on_surface(shapes)
    wide = shapely.buffer(outlines.geometry.to_numpy(), BESIDE_DEG, quad_segs=2)
    codes = outlines["code"].to_numpy()
    found: list[set[str]] = [set() for _ in points]
    for point, outline in np.asarray(shapely.STRtree(wide).query(points, "intersects")).T:
        found[point].add(codes[outline])
    return [frozenset(one) for one in found]


def _rows_meant(
    drawn: Drawn, standing: Draft, counties: list[frozenset[str]]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the row that each object means, -1 where none or several fit, and why."""
    layer = standing.table.name
    home = standing.columns.get("county_code", pd.Series([""] * len(standing)))
    exact: dict[str, list[int]] = {}
    plain: dict[str, list[int]] = {}
    for row, name in enumerate(standing.columns["name"]):
        exact.setdefault(name, []).append(row)
        plain.setdefault(plain_name(layer, name), []).append(row)
    meant = np.full(len(drawn.cells), -1, dtype=np.int64)
    reasons = np.full(len(meant), "no row has its name in this county", dtype=object)
    for k, name in enumerate(drawn.cells["name"]):
        homes = counties[k] | {""} if counties[k] else frozenset()
        for named in (exact.get(name, []), plain.get(plain_name(layer, name), [])):
            near = [row for row in named if layer == "counties" or home[row] in homes]
            if near:
                meant[k] = near[0] if len(near) == 1 else -1
                reasons[k] = "" if len(near) == 1 else f"{len(near)} rows here have its name"
                break
    return meant, reasons


def _known_better(standing: Draft, drawn: Drawn, meant: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which objects mean a row whose place is known better than by them."""
    blank = pd.Series([""] * len(standing))
    sources = standing.columns.get("source", blank).str.startswith(OPENSTREETMAP.name)
    placed = shapely.is_geometry(standing.shapes)
    firm = placed & (standing.columns.get("provenance", blank) != "modelled").to_numpy()
    ours = firm & sources.to_numpy(dtype=bool)
    area = shapely.get_dimensions(standing.shapes) == 2
    rows = np.where(meant >= 0, meant, 0)
    coarser = ours[rows] & area[rows] & (shapely.get_dimensions(drawn.shapes) < 2)
    if standing.table.name == "counties":
        firm = np.zeros(len(standing), dtype=np.bool_)
    better: NDArray[np.bool_] = (meant >= 0) & ((firm & ~ours)[rows] | coarser)
    return better


def _one_each(
    drawn: Drawn, meant: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return each object's row, the most telling object alone; and those torn between places."""
    centres = shapely.get_coordinates(shapely.centroid(drawn.shapes))
    ranks = {kind: rank for rank, kind in enumerate(RANKS)}
    kinds = drawn.cells["kind"].map(ranks).fillna(len(RANKS)).to_numpy()
    chosen, torn = np.full(len(meant), -1, dtype=np.int64), np.zeros(len(meant), dtype=np.bool_)
    for row in np.unique(meant[meant >= 0]):
        mine = np.flatnonzero(meant == row)
        best = mine[np.argmin(kinds[mine])]
        apart = (centres[mine] - centres[best]) * KM_PER_DEG
        apart[:, 0] *= np.cos(np.radians(centres[best, 1]))
        if np.hypot(apart[:, 0], apart[:, 1]).max() > TOGETHER_KM:
            torn[mine] = True
        else:
            chosen[best] = row
    return chosen, torn


def _cells(
    drawn: Drawn,
    standing: Draft,
    order: NDArray[np.int64],
    chosen: NDArray[np.int64],
    reasons: NDArray[np.object_],
) -> pd.DataFrame:
    """Return the cells of an update: a key, or why an object means no row.

    Names are not sent as names: the import would seek the rows by them once more, and rename them.
    """
    key = standing.table.key
    keys = standing.columns[key].to_numpy(object)
    rows = chosen[order]
    objects = drawn.cells.iloc[order].reset_index(drop=True)
    table = {
        key: np.where(rows >= 0, keys[np.maximum(rows, 0)], ""),
        "source": (OPENSTREETMAP.name + " " + objects["id"]).to_numpy(object),
        "osm_name": objects["name"].to_numpy(object),
        "osm_kind": objects["kind"].to_numpy(object),
        "osm_note": reasons[order],
    }
    points = shapely.get_dimensions(drawn.shapes[order]) == 0
    for column, value in UNCERTAINTY.get(standing.table.name, {}).items():
        table[column] = np.where(points, value, "0")
    return pd.DataFrame(table, dtype="str")
