"""Check that the tables of a city speak of the same units, and that a model can be built on them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Problem
from siting.layers.folder.files import REJECTED
from siting.layers.problems import row_problems
from siting.layers.schema import OPEN_DATUMS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from siting.layers.folder.files import RawTable
    from siting.layers.schema import Column

    Raws = Mapping[str, RawTable]
    Tables = Mapping[str, pd.DataFrame]


SHIFTED = {"GCJ02": "gcj02", "BD09": "bd09"}
"""Datums that are shifted on purpose, and how an import is told of them."""


def code_problems(raws: Raws, tables: Tables) -> list[Problem]:
    """Return every code that names no row of the table it refers to."""
    problems: list[Problem] = []
    for name in tables:
        for column in TABLES[name].columns:
            if column.refers_to in tables:
                problems += _unknown(raws, tables, name, column)
    return problems


def _unknown(raws: Raws, tables: Tables, name: str, column: Column) -> list[Problem]:
    known = tables[column.refers_to][TABLES[column.refers_to].key]
    codes = tables[name][column.name]
    bad = np.flatnonzero(((codes != "") & ~codes.isin(known)).to_numpy())
    if len(bad) == 0:
        return []
    file = raws[column.refers_to].path.name
    near = get_close_matches(codes.iloc[bad[0]], sorted(known), n=1, cutoff=0.8)
    remedy = f"add it to {file}, or write a code that is there"
    remedy += f" (near: {near[0]})" if near else ""
    whats = [f"{codes.iloc[k]} is not a code of {file}" for k in bad]
    return _rows(raws[name], bad, column.name, whats, remedy)


def unit_problems(raws: Raws, tables: Tables) -> list[Problem]:
    """Return what keeps townships and villages from being placed and peopled."""
    if "counties" not in tables:
        return []
    problems = _without_rows(raws, tables)
    if "townships" in tables:
        problems += _unplaced_townships(raws, tables)
        problems += _townships_at_one_place(raws, tables)
    if "villages" in tables:
        problems += _villages_of_another_county(raws, tables)
        problems += _people_without(raws, tables, "villages", "village to live in")
        problems += _more_than_the_county(raws, tables)
    elif "townships" in tables:
        problems += _people_without(raws, tables, "townships", "township to live in")
    return problems


def _without_rows(raws: Raws, tables: Tables) -> list[Problem]:
    return [
        Problem(file=raws[name].path.name, what="has no rows", remedy="add at least one")
        for name in ("counties", "townships", "villages")
        if name in tables and tables[name].empty
    ]


def _villages_of_another_county(raws: Raws, tables: Tables) -> list[Problem]:
    villages = tables["villages"]
    if "townships" not in tables:
        return []
    county = dict(zip(tables["townships"]["code"], tables["townships"]["county_code"], strict=True))
    theirs = villages["township_code"].map(county)
    bad = np.flatnonzero((theirs.notna() & (theirs != villages["county_code"])).to_numpy())
    whats = [
        f"its township {villages['township_code'].iloc[k]} is of county {theirs.iloc[k]}"
        for k in bad
    ]
    return _rows(raws["villages"], bad, "county_code", whats, "write the county of the township")


def _unplaced_townships(raws: Raws, tables: Tables) -> list[Problem]:
    """Return the townships without a point and the zones with neither a point nor a usable host."""
    towns = tables["townships"]
    zone = (towns["type"] == "zone").to_numpy()
    placed = (tables["townships"]["placed"]).to_numpy(bool)
    plain = set(towns["code"][~zone])
    hosted = towns["host_township_code"].isin(plain).to_numpy()
    bad = np.flatnonzero(~zone & ~placed)
    whats = [f"township {towns['name'].iloc[k]} has no point" for k in bad]
    remedy = "give its seat as lon, lat with uncertainty_km"
    problems = _rows(raws["townships"], bad, "lon", whats, remedy)
    bad = np.flatnonzero(zone & ~placed & ~hosted)
    whats = [f"zone {towns['name'].iloc[k]} has neither a point nor a host township" for k in bad]
    remedy = "give lon, lat, or the host_township_code of a township that is no zone"
    return problems + _rows(raws["townships"], bad, "host_township_code", whats, remedy)


def _townships_at_one_place(raws: Raws, tables: Tables) -> list[Problem]:
    towns = tables["townships"]
    real = towns[(towns["type"] != "zone") & towns["placed"]]
    places = real[["county_code", "x", "y"]].round(6)
    again = real.index[places.duplicated(keep=False)].to_numpy()
    later = real.index[places.duplicated(keep="first")].to_numpy()
    names = "、".join(towns["name"].loc[again])
    whats = [f"lies at one place with another township ({names})"] * len(later)
    return _rows(raws["townships"], later, "lon", whats, "give each seat its own point")


def _people_without(raws: Raws, tables: Tables, name: str, home: str) -> list[Problem]:
    """Return the counties with people of which the table `name` has no row."""
    counties = tables["counties"]
    homes = set(tables[name]["county_code"])
    peopled = (counties["population"] > 0) & ~counties["code"].isin(homes)
    bad = np.flatnonzero(peopled.to_numpy())
    whats = [f"{counties['name'].iloc[k]} has people but no {home}" for k in bad]
    remedy = f"add its {name}, or leave its population empty"
    return _rows(raws["counties"], bad, "population", whats, remedy)


def _more_than_the_county(raws: Raws, tables: Tables) -> list[Problem]:
    """Return the counties whose villages with a population leave nothing for the others."""
    villages, counties = tables["villages"], tables["counties"]
    file, bad, whats = raws["counties"].path.name, [], []
    for k, (code, people) in enumerate(zip(counties["code"], counties["population"], strict=True)):
        given = villages["population"][villages["county_code"] == code]
        if people > 0 and given.notna().any() and given.isna().any() and given.sum() > people:
            bad.append(k)
            whats.append(f"the villages given of {code} hold {given.sum():.0f}, more than {people}")
    remedy = f"give every village of the county, or update its population in {file}"
    return _rows(raws["counties"], np.array(bad, dtype=int), "population", whats, remedy)


def datum_problems(raws: Raws, tables: Tables) -> list[Problem]:
    """Return the catalogue's layers in a datum that is shifted on purpose (GCJ-02, BD-09)."""
    if "catalogue" not in tables:
        return []
    table, raw = tables["catalogue"], raws["catalogue"]
    datums = table["datum"]
    bad = np.flatnonzero(~datums.isin(OPEN_DATUMS).to_numpy())
    problems = []
    for k in bad:
        word = SHIFTED.get(datums.iloc[k].upper().replace("-", ""), "")
        remedy = "import the layer with its datum named, or convert it to WGS 84 first"
        if word:
            layer = table["layer"].iloc[k]
            remedy = f"`siting layers import FILE --as {layer} --datum {word}` moves it to WGS 84"
        what = f"{datums.iloc[k]} is not WGS 84 or CGCS2000"
        problems += _rows(raw, np.array([k]), "datum", [what], remedy)
    return problems


def absent_layers(raws: Raws, tables: Tables, told: frozenset[str]) -> list[Problem]:
    """Return the catalogue's files of which the folder holds no form at all.

    `told` are the files that a problem names already.
    """
    if "catalogue" not in tables:
        return []
    raw, files = raws["catalogue"], tables["catalogue"]["file"]
    beside = [path for path in raw.path.parent.glob("*") if not path.name.endswith(REJECTED)]
    stems = {path.name.split(".")[0] for path in beside if path.is_file()}
    here = [file in told or file.split(".")[0] in {"", *stems} for file in files]
    bad = np.flatnonzero(~np.array(here, dtype=bool))
    whats = [f"lists {files.iloc[k]}, which is not there" for k in bad]
    remedy = "put the file back, or take its row out of the catalogue"
    return _rows(raw, bad, "file", whats, remedy)


def _rows(
    raw: RawTable, bad: np.ndarray, column: str, whats: list[str], remedy: str
) -> list[Problem]:
    return row_problems(raw.path.name, raw.rows[bad].tolist(), column, whats, remedy)
