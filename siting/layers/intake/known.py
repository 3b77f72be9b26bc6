"""What the folder knows already of counties, townships and villages: codes, names, outlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from siting.layers.folder.counties import county_outlines
from siting.layers.folder.files import WGS84, find_files, open_table
from siting.layers.folder.made import county_codes, follows_bureau

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from siting.layers.folder.files import RawTable
    from siting.layers.intake.draft import Draft

LEVELS = ("counties", "townships", "villages")
COLUMNS = ("code", "name", "county_code", "township_code")


@dataclass(frozen=True, kw_only=True)
class KnownUnits:
    """The administrative units of a folder; a level that is not there, or not sound, is empty.

    `units` has per level code, name, county_code and township_code as text; `outlines` the shape of
    each county, WGS 84; `bounds` west, south, east, north of the counties [degree]; `bureau` tells
    whether codes are those of the National Bureau of Statistics, by their digits.
    """

    units: dict[str, pd.DataFrame]
    outlines: gpd.GeoDataFrame
    bounds: tuple[float, float, float, float] | None
    bureau: bool = True

    def needs_codes(self, layer: str) -> bool:
        """Return whether rows of a layer must bring their codes: the folder's units have some.

        Elsewhere a plan makes what a file leaves out (siting.layers.folder.made).
        """
        if layer == "counties":
            below = [*self.units["townships"]["code"], *self.units["villages"]["code"]]
            return any(below)
        return self.bureau and len(self.units["counties"]) > 0

    def codes(self, level: str) -> frozenset[str]:
        """Return the codes of a level."""
        return frozenset(self.units[level]["code"])

    def names_of(self, draft: Draft) -> tuple[NDArray[np.object_], ...]:
        """Return the names of county, township and village that each row gives, "" where none."""
        given = []
        for level, word in zip(LEVELS, ("county", "township", "village"), strict=True):
            names = self._named(draft, level, word)
            if draft.table.name == level and "name" in draft.columns:
                names = draft.columns["name"]
            given.append(names.to_numpy(object))
        return tuple(given)

    def _named(self, draft: Draft, level: str, word: str) -> pd.Series:
        """Return the name of a unit in each row: as written, else by its code."""
        blank = pd.Series("", index=range(len(draft)), dtype="str")
        names = draft.columns.get(word, blank)
        cells = draft.columns.get(f"{word}_code")
        if cells is None:
            return names
        units = self.units[level]
        by_code = cells.map(dict(zip(units["code"], units["name"], strict=True)))
        written = cells.where(~cells.str.fullmatch(r"\d*"), "")
        return names.where(names != "", by_code.fillna(written).astype("str"))


def known_units(directory: Path) -> KnownUnits:
    """Return the units of a folder; what is wrong with them is for `siting layers check` to tell."""
    files = find_files(directory)[0]
    raws = {level: _opened(level, files.get(level, ())) for level in LEVELS}
    units = {level: _texts(opened) for level, opened in raws.items()}
    units["counties"] = county_codes(units["counties"])
    outlines = _outlines(raws["counties"], units["counties"])
    return KnownUnits(
        units=units,
        outlines=outlines,
        bounds=_bounds(outlines) if len(outlines) else None,
        bureau=follows_bureau(raws["counties"][0] if raws["counties"] else None),
    )


def _bounds(outlines: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = (float(side) for side in outlines.total_bounds)
    return west, south, east, north


def _opened(level: str, paths: tuple[Path, ...]) -> list[RawTable]:
    """Return the files of a level, its facts first."""
    ordered = sorted(paths, key=lambda path: path.suffix != ".csv")
    found = (open_table(level, path)[0] for path in ordered)
    return [raw for raw in found if raw is not None]


def _texts(opened: list[RawTable]) -> pd.DataFrame:
    cells = opened[0].cells if opened else pd.DataFrame()
    blank = [""] * len(cells)
    return pd.DataFrame({name: cells.get(name, blank) for name in COLUMNS}, dtype="str")


def _outlines(opened: list[RawTable], counties: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return code and outline of each county that has a sound one."""
    if not opened:
        return gpd.GeoDataFrame({"code": []}, geometry=[], crs=WGS84)
    outline = opened[-1] if len(opened) > 1 else None
    shapes = county_outlines(opened[0], counties, outline)[0]
    table = gpd.GeoDataFrame({"code": counties["code"]}, geometry=shapes.to_numpy(), crs=WGS84)
    sound = (shapely.get_dimensions(shapes.to_numpy()) == 2) & shapely.is_valid(shapes.to_numpy())
    return table[sound].reset_index(drop=True)
