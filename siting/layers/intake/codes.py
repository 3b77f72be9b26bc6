"""Find the codes of counties and townships that rows give by name, or only by where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from siting.layers.folder.files import WGS84
from siting.layers.intake.reasons import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.intake.draft import Draft
    from siting.layers.intake.known import KnownUnits

REFERENCES = (("county_code", "counties"), ("township_code", "townships"))
ENDINGS = ("自治县", "自治旗", "街道", "区", "县", "市", "镇", "乡", "旗")
"""What a name may be written without: 鲤城 for 鲤城区."""
PARTS = {"county_code": 6, "township_code": 9}
"""The code of a village starts with that of its township and of its county."""


def find_codes(draft: Draft, known: KnownUnits) -> None:
    """Fill in the codes of the units that rows belong to, as far as it can be told; say how."""
    for name, level in REFERENCES:
        if draft.table.column(name) is None or draft.table.name == level:
            continue
        _by_name(draft, known, name, level)
        _by_own_code(draft, known, name, level)
    if draft.table.column("county_code") is not None:
        _by_township(draft, known)
        _by_outline(draft, known)


def short_name(name: str) -> str:
    """Return a unit's name without its kind.

    >>> short_name("鲤城区"), short_name("沙县")
    ('鲤城', '沙县')
    """
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


def _by_name(draft: Draft, known: KnownUnits, column: str, level: str) -> None:
    """Turn names in a code's column, or in the column of names beside it, into codes."""
    word = column.removesuffix("_code")
    cells = draft.columns.get(column, _blank(draft))
    coded = cells.str.fullmatch(r"\d*") | cells.isin(known.codes(level))
    names = cells.where(~coded, "")
    beside = draft.columns.get(word)
    if beside is not None:
        names = names.where(cells != "", beside)
    asked = np.flatnonzero((names != "").to_numpy())
    if len(asked) == 0:
        return
    found = _look_up(known, level, names.iloc[asked], _counties_of(draft, column, asked))
    codes = cells.to_numpy(object).copy()
    codes[asked] = [code for code, _ in found]
    bad = np.array([k for k, (code, _) in zip(asked, found, strict=True) if not code], np.int64)
    whats = [what for code, what in found if not code]
    remedy = f"write its code, or a name that is in the layer {level}"
    draft.reasons.add(bad, column, whats, remedy)
    draft.columns[column] = pd.Series(codes, dtype="str")
    count = len(asked) - len(bad)
    if count:
        draft.notes.append(f"{column}: found by the name of the unit in {counted(count, 'row')}")


def _counties_of(draft: Draft, column: str, asked: NDArray[np.int64]) -> list[str]:
    """Return the county that narrows the search for a township, "" where none is given."""
    if column == "county_code" or "county_code" not in draft.columns:
        return [""] * len(asked)
    return list(draft.columns["county_code"].iloc[asked])


def _look_up(
    known: KnownUnits, level: str, names: pd.Series, counties: list[str]
) -> list[tuple[str, str]]:
    """Return (code, "") of each name, or ("", why there is none)."""
    units = known.units[level]
    by_name: dict[str, list[tuple[str, str]]] = {}
    for code, name, county in zip(units["code"], units["name"], units["county_code"], strict=True):
        by_name.setdefault(name, []).append((code, county))
        if short_name(name) != name:
            by_name.setdefault(short_name(name), []).append((code, county))
    answers: dict[tuple[str, str], tuple[str, str]] = {}
    for name, county in dict.fromkeys(zip(names, counties, strict=True)):
        found = [code for code, its in by_name.get(name, []) if county in ("", its)]
        if len(found) == 1:
            answers[name, county] = found[0], ""
        elif found:
            answers[name, county] = "", f"{name} is the name of several: {', '.join(found)}"
        else:
            answers[name, county] = "", f"'{name}' is no name of the layer {level}"
    return [answers[pair] for pair in zip(names, counties, strict=True)]


def _by_own_code(draft: Draft, known: KnownUnits, column: str, level: str) -> None:
    """Take the code of the unit above from the front of the row's own code."""
    own = draft.columns.get("code")
    if own is None:
        return
    front = own.str.slice(0, PARTS[column])
    found = draft.blank(column) & front.isin(known.codes(level)).to_numpy()
    _fill(draft, column, found, front, "from the front of the row's own code")


def _by_township(draft: Draft, known: KnownUnits) -> None:
    """Take the county of the township that a row belongs to."""
    if "township_code" not in draft.columns or draft.table.column("township_code") is None:
        return
    towns = known.units["townships"]
    county = dict(zip(towns["code"], towns["county_code"], strict=True))
    theirs = draft.columns["township_code"].map(county).fillna("").astype("str")
    found = draft.blank("county_code") & (theirs != "").to_numpy()
    _fill(draft, "county_code", found, theirs, "from its township")


def _by_outline(draft: Draft, known: KnownUnits) -> None:
    """Take the county in whose outline a row lies, where it lies in exactly one."""
    if draft.table.name == "counties" or known.outlines.empty:
        return
    asked = draft.blank("county_code") & shapely.is_geometry(draft.shapes) & draft.kept
    positions = np.flatnonzero(asked)
    if len(positions) == 0:
        return
    points = gpd.GeoDataFrame(
        {"position": positions},
        geometry=shapely.point_on_surface(draft.shapes[positions]),
        crs=WGS84,
    )
    inside = gpd.sjoin(points, known.outlines, predicate="within")
    inside = inside[~inside["position"].duplicated(keep=False)]
    codes = np.full(len(draft), "", dtype=object)
    codes[inside["position"]] = inside["code"]
    found = asked & (codes != "")
    _fill(draft, "county_code", found, pd.Series(codes, dtype="str"), "from the county's outline")


def _fill(draft: Draft, column: str, found: NDArray[np.bool_], codes: pd.Series, how: str) -> None:
    if found.any():
        cells = draft.columns.get(column, _blank(draft))
        draft.columns[column] = cells.mask(pd.Series(found), codes)
        draft.notes.append(f"{column}: {how} in {counted(int(found.sum()), 'row')}")


def _blank(draft: Draft) -> pd.Series:
    return pd.Series("", index=range(len(draft)), dtype="str")
