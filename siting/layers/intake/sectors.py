"""Make one row per site, and one per sector, of a table that lists the sectors of each site (工参)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from siting.layers.intake.reasons import counted
from siting.layers.schema import PROVENANCES, SITE_KINDS, SITES
from siting.layers.wide import SECTORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.intake.draft import Draft

SECTOR_WORDS = (
    "sector_id",
    "azimuth_deg",
    "mechanical_tilt_deg",
    "electrical_tilt_deg",
    "pci",
    "power_dbm",
)
"""Columns that only a table of sectors has."""
PER_CARRIER = ("carrier_mhz", "technology")
"""Columns that a register of sites has too, where each row is one carrier of a site."""
MAX_SPREAD_M = 50.0
"""The sectors of one site lie within this distance of each other [m]."""
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, kw_only=True)
class Sites:
    """The sites of a table of sectors: the first row of each, and their columns in that order."""

    first: NDArray[np.int64]
    columns: dict[str, pd.Series]
    sectors: dict[str, pd.Series]
    sector_rows: NDArray[np.int64]


def lists_sectors(draft: Draft) -> bool:
    """Tell whether a draft of sites has several rows per site."""
    if any(name in draft.columns and not draft.blank(name).all() for name in SECTOR_WORDS):
        return True
    if not (draft.blank("node_id") | draft.blank("cell_id")).all():
        return True
    if "site_id" not in draft.columns or not any(name in draft.columns for name in PER_CARRIER):
        return False
    ids = draft.columns["site_id"]
    again = (ids.duplicated(keep=False) & (ids != "")).to_numpy(dtype=bool)
    names, spread_m = _spreads(draft, ids, np.flatnonzero(again & _drawn(draft)))[1:]
    # the same id at two places is an id given twice, not a site of two carriers
    return bool(len(names) and (spread_m <= MAX_SPREAD_M).mean() >= 0.5)


def name_cells(draft: Draft) -> None:
    """Give the cells that state their eNodeB or gNodeB and their own number an id of both."""
    blank = draft.blank("sector_id") & ~draft.blank("node_id") & ~draft.blank("cell_id")
    if blank.any():
        both = draft.columns["node_id"].str.cat(draft.columns["cell_id"], sep="-")
        cells = draft.columns.get("sector_id", _none(both))
        draft.columns["sector_id"] = cells.mask(pd.Series(blank), both)
        rows = counted(int(blank.sum()), "row")
        draft.notes.append(f"sector_id: the number of the node and that of the cell in {rows}")


def name_sites(draft: Draft) -> None:
    """Give the sectors of a site without an id the site's name as one."""
    ids = draft.columns.get("site_id")
    names = draft.columns.get("name")
    if names is None:
        return
    blank = draft.blank("site_id") & (names != "").to_numpy()
    if blank.any():
        ids = pd.Series("", index=names.index, dtype="str") if ids is None else ids
        draft.columns["site_id"] = ids.mask(pd.Series(blank), names)
        draft.notes.append(f"site_id: the name of the site in {counted(int(blank.sum()), 'row')}")


def fill_sites(draft: Draft) -> None:
    """Fill in what the sectors of a site say of it: carriers and the number of stations."""
    if "site_id" not in draft.columns:
        return
    ids = draft.columns["site_id"]
    if "carriers" not in draft.columns and "carrier_mhz" in draft.columns:
        draft.columns["carriers"] = _joined_carriers(ids, draft.columns["carrier_mhz"])
        draft.notes.append("carriers: those of the sectors of each site, joined")
    if "stations" not in draft.columns and draft.sectors:
        parts: list[str] = [name for name in ("operator", "carrier_mhz") if name in draft.columns]
        if not parts and "carriers" in draft.columns:
            parts = ["carriers"]
        if parts:
            draft.columns["stations"] = _stations(draft, ids, parts)
            told = " and ".join(name.replace("_mhz", "") for name in parts)
            draft.notes.append(f"stations: the different pairs of {told} of each site, counted")


def join_sites(draft: Draft) -> Sites:
    """Return one row per site; reject the sectors of a site that lie too far apart."""
    ids = draft.columns["site_id"]
    _number_sectors(draft, ids)
    _reject_spread(draft, ids)
    kept = np.flatnonzero(draft.kept)
    groups = pd.factorize(ids.iloc[kept])[0]
    first = kept[np.unique(groups, return_index=True)[1]]
    rows, sites = counted(len(kept), "row"), counted(len(first), "site")
    draft.notes.append(f"{rows} are sectors or carriers of {sites}")
    columns = {
        column.name: draft.columns[column.name].iloc[first].reset_index(drop=True)
        for column in SITES.columns
        if column.name in draft.columns
    }
    _join_columns(draft, columns, kept, groups)
    own = {**draft.columns, "name": draft.columns.get("sector_name", _none(ids))}
    sectors = {
        column.name: own[column.name].iloc[kept].reset_index(drop=True)
        for column in SECTORS.columns
        if column.name in own
    }
    return Sites(first=first, columns=columns, sectors=sectors, sector_rows=kept)


def _none(ids: pd.Series) -> pd.Series:
    return pd.Series("", index=ids.index, dtype="str")


def _number_sectors(draft: Draft, ids: pd.Series) -> None:
    """Make the missing sector ids: that of the site and a number; reject those that repeat."""
    blank = draft.blank("sector_id")
    cells = draft.columns.get("sector_id", _none(ids))
    if blank.any():
        numbers = ids.groupby(ids, sort=False).cumcount() + 1
        made = ids.str.cat(numbers.astype("str"), sep="-")
        draft.columns["sector_id"] = cells = cells.mask(pd.Series(blank), made)
        made_for = counted(int(blank.sum()), "row")
        draft.notes.append(f"sector_id: that of the site and a number in {made_for}")
    again = cells.duplicated().to_numpy()
    what, remedy = "{value} stands in an earlier row already", "give every sector its own"
    draft.reasons.add(again, "sector_id", what, remedy, values=cells)


def _reject_spread(draft: Draft, ids: pd.Series) -> None:
    """Reject the sectors of a site that do not lie at one place; say how many differ a little."""
    drawn = np.flatnonzero(_drawn(draft))
    codes, names, spread_m = _spreads(draft, ids, drawn)
    bad = spread_m[codes] > MAX_SPREAD_M
    whats = [
        f"the sectors of site {names[code]} lie up to {spread_m[code]:,.0f} m apart"
        for code in codes[bad]
    ]
    remedy = (
        f"give the sectors of a site one place, or the sites different ids ({MAX_SPREAD_M:g} m)"
    )
    draft.reasons.add(drawn[bad], "lon, lat", whats, remedy)
    little = int(((spread_m > 0.0) & (spread_m <= MAX_SPREAD_M)).sum())
    if little:
        draft.notes.append(
            f"{counted(little, 'site')} whose sectors differ by up to {MAX_SPREAD_M:g} m: the site stands"
            " at its first sector"
        )


def _drawn(draft: Draft) -> NDArray[np.bool_]:
    """Return which rows are kept and have a place."""
    found: NDArray[np.bool_] = draft.kept & shapely.is_geometry(draft.shapes)
    return found


def _spreads(
    draft: Draft, ids: pd.Series, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], pd.Index, NDArray[np.float64]]:
    """Return the number of each row's site, the sites, and how far apart the rows of each lie [m]."""
    xy = shapely.get_coordinates(draft.shapes[rows])
    codes, names = pd.factorize(ids.iloc[rows])
    frame = pd.DataFrame({"site": codes, "x": xy[:, 0], "y": xy[:, 1]}).groupby("site")
    spans = frame.max() - frame.min()
    east_m = spans["x"] * METRES_PER_DEGREE * np.cos(np.radians(frame["y"].mean()))
    spread_m = np.hypot(east_m, spans["y"] * METRES_PER_DEGREE).to_numpy()
    return codes, names, spread_m


def _join_columns(
    draft: Draft, columns: dict[str, pd.Series], kept: NDArray[np.int64], groups: NDArray[np.int64]
) -> None:
    """Join what the sectors of a site say differently; say what was taken."""
    best = {"kind": SITE_KINDS, "provenance": PROVENANCES[::-1]}
    for name, words in best.items():
        if name in columns:
            columns[name] = _first_word(draft, name, kept, groups, words)
    if "height_m" in columns:
        heights = draft.columns["height_m"].iloc[kept].groupby(groups)
        columns["height_m"] = heights.max().reset_index(drop=True)
        _say(draft, int((heights.max() > heights.min()).sum()), "height_m", "the highest is taken")
    if "stations" in columns:
        stations = draft.columns["stations"].iloc[kept].groupby(groups)
        columns["stations"] = stations.max().reset_index(drop=True)
        several = int((stations.max() > stations.min()).sum())
        _say(draft, several, "stations", "the largest is taken")
    if "carriers" in columns:
        columns["carriers"] = _joined_words(draft.columns["carriers"].iloc[kept], groups)
    if "operator" in columns:
        columns["operator"] = _joined_words(draft.columns["operator"].iloc[kept], groups)


def _first_word(
    draft: Draft,
    name: str,
    kept: NDArray[np.int64],
    groups: NDArray[np.int64],
    words: tuple[str, ...],
) -> pd.Series:
    """Return the word of each site that comes first in a list among those of its sectors."""
    rank = draft.columns[name].iloc[kept].map({word: k for k, word in enumerate(words)})
    found = rank.fillna(len(words)).groupby(groups)
    _say(draft, int((found.max() > found.min()).sum()), name, f"the first of {', '.join(words)}")
    return found.min().astype(int).map(dict(enumerate((*words, "")))).reset_index(drop=True)


def _say(draft: Draft, sites: int, name: str, taken: str) -> None:
    if sites:
        draft.notes.append(
            f"{name} differs between the sectors of {counted(sites, 'site')}: {taken}"
        )


def _joined_words(cells: pd.Series, groups: NDArray[np.int64]) -> pd.Series:
    """Return the different words of each site joined by `;`, numbers in order of size."""
    pairs = pd.DataFrame({"site": groups, "cell": cells.to_numpy(object)}).drop_duplicates()
    words = pairs.assign(cell=pairs["cell"].str.split(";")).explode("cell")
    words = words.assign(cell=words["cell"].str.strip()).drop_duplicates()
    words = words[words["cell"] != ""]
    size = pd.to_numeric(words["cell"], errors="coerce")
    words = words.assign(size=size).sort_values(["site", "size", "cell"], kind="stable")
    joined = words.groupby("site")["cell"].agg(";".join)
    return joined.reindex(range(groups.max(initial=-1) + 1), fill_value="").astype("str")


def _joined_carriers(ids: pd.Series, carriers: pd.Series) -> pd.Series:
    """Return in each row the carriers of all sectors of its site [MHz], joined by `;`."""
    groups = pd.factorize(ids)[0]
    texts = carriers.map(lambda mhz: "" if np.isnan(mhz) else f"{mhz:g}").astype("str")
    return _joined_words(texts, groups).iloc[groups].reset_index(drop=True)


def _stations(draft: Draft, ids: pd.Series, parts: list[str]) -> pd.Series:
    """Return in each row how many different pairs of operator and carrier its site has."""
    pairs = pd.DataFrame({"site": ids, **{name: draft.columns[name] for name in parts}})
    counts = pairs.drop_duplicates().groupby("site", sort=False).size()
    return ids.map(counts).astype(np.float64)
