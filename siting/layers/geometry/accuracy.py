"""Say how far off the outline of the counties may be, and on what that rests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from siting.layers.datum.surroundings import OUTLINE_ACCURACY_M, UNKNOWN_ACCURACY_M

if TYPE_CHECKING:
    import pandas as pd

_STATED = re.compile(
    r"(?:tolerance|accuracy|accurate to|good to|±|精度|误差|容差)\D{0,12}?(\d+(?:\.\d+)?)\s*(k?m\b|米|公里)"
)


def outline_accuracy_m(catalogue: pd.DataFrame, file: str) -> tuple[float, str]:
    """Return how far off the outline in `file` may be [m], and the reason in words.

    A figure in the note of its row of the catalogue comes first (`tolerance 200 m`, `精度 50 米`),
    then what outlines of its provenance are taken for.
    """
    mine = catalogue[catalogue["file"] == file] if "file" in catalogue else catalogue.head(0)
    note = str(mine["note"].iloc[0]) if len(mine) and "note" in mine else ""
    stated = _STATED.search(note.casefold())
    if stated is not None:
        metres = float(stated[1]) * (1000.0 if stated[2] in ("km", "公里") else 1.0)
        return metres, f"{metres:g} m, as the catalogue says of {file}"
    words = str(mine["provenance"].iloc[0]) if len(mine) and "provenance" in mine else ""
    known = [metres for word, metres in OUTLINE_ACCURACY_M.items() if word in words]
    if known:
        return max(known), f"{max(known):g} m, taken for an outline that is {words}"
    return UNKNOWN_ACCURACY_M, f"{UNKNOWN_ACCURACY_M:g} m, taken where the catalogue says nothing"
