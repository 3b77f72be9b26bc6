"""Find the county, the township and the village that a record names."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.datum.surroundings import Surroundings
    from siting.layers.datum.verdict import Claims

_COUNTY_ENDS = re.compile(r"(?<=..)(市|县|区)$")
_PLACE_ENDS = re.compile(
    r"(?<=..)(街道办事处|社区居委会|居民委员会|村民委员会|居委会|村委会|街道|社区|镇|乡|村)$"
)


def named_outlines(
    claims: Claims, chosen: NDArray[np.int64], surroundings: Surroundings
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the outlines and which of them each chosen record belongs to.

    A record that names no county of the city belongs to the outline of all of them, the last.
    """
    if surroundings.counties is None:
        return np.empty(0, dtype=object), np.zeros(len(chosen), dtype=np.int64)
    counties = surroundings.counties
    shapes = np.empty(len(counties) + 1, dtype=object)
    shapes[:-1], shapes[-1] = counties.geometry.to_numpy(), surroundings.outline
    known: dict[str, int] = {}
    for k, (code, name) in enumerate(zip(counties["code"], counties["name"], strict=True)):
        for word in (str(code), _plain(str(name)), _COUNTY_ENDS.sub("", _plain(str(name)))):
            if word:
                known.setdefault(word, k)
    which = np.full(len(chosen), len(counties), dtype=np.int64)
    if claims.county is None:
        return shapes, which
    words = pd.Series(claims.county[chosen]).astype(str)
    for word in words.unique():
        number = _county(word, known)
        if number is not None:
            which[(words == word).to_numpy()] = number
    return shapes, which


def _county(word: str, known: dict[str, int]) -> int | None:
    plain = _plain(word)
    if plain[:6].isdigit():
        return known.get(plain[:6])
    found = known.get(plain, known.get(_COUNTY_ENDS.sub("", plain)))
    if found is None:  # 福建省泉州市晋江市
        ends = [number for name, number in known.items() if len(name) > 2 and plain.endswith(name)]
        found = ends[0] if len(set(ends)) == 1 else None
    return found


def named_places(
    claims: Claims, chosen: NDArray[np.int64], surroundings: Surroundings
) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return the gazetteer and which of its places each chosen record names, -1 for none.

    A village tells more than its township. A name that two places share tells nothing, unless the
    record's county decides.
    """
    townships, villages = surroundings.townships, surroundings.villages
    kept = [table for table in (townships, villages) if len(table)]
    table = pd.concat(kept, ignore_index=True) if kept else townships
    place = np.full(len(chosen), -1, dtype=np.int64)
    for words, first, part in (
        (claims.township, 0, townships),
        (claims.village, len(townships), villages),
    ):
        if words is not None and len(part):
            found = _places(words[chosen], _county_codes(claims, chosen, surroundings), part)
            place = np.where(found >= 0, found + first, place)
    return place, table


def _county_codes(
    claims: Claims, chosen: NDArray[np.int64], surroundings: Surroundings
) -> NDArray[np.object_]:
    shapes, which = named_outlines(claims, chosen, surroundings)
    codes = [] if surroundings.counties is None else surroundings.counties["code"].tolist()
    return np.array([*codes, ""], dtype=object)[which if len(shapes) else 0 * which]


def _places(
    words: NDArray[np.object_], counties: NDArray[np.object_], table: pd.DataFrame
) -> NDArray[np.int64]:
    known: dict[str, list[int]] = {}
    for k, (code, name) in enumerate(zip(table["code"], table["name"], strict=True)):
        plain = _plain(str(name))
        for word in {str(code), plain, _PLACE_ENDS.sub("", plain)} - {""}:
            known.setdefault(word, []).append(k)
    county_of = table["county_code"].to_numpy(object)
    found = np.full(len(words), -1, dtype=np.int64)
    memory: dict[tuple[str, str], int] = {}
    for k, (word, county) in enumerate(zip(words, counties, strict=True)):
        key = (str(word), str(county))
        if key not in memory:
            memory[key] = _place(*key, known, county_of)
        found[k] = memory[key]
    return found


def _place(
    word: str, county: str, known: dict[str, list[int]], county_of: NDArray[np.object_]
) -> int:
    plain = _plain(word)
    options = known.get(plain) or known.get(_PLACE_ENDS.sub("", plain)) or []
    if county:
        options = [k for k in options if county_of[k] in ("", county)]
    return options[0] if len(options) == 1 else -1


def _plain(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).split())
