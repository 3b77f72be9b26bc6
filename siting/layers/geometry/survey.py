"""Look through the shapes and places of a folder of layers, and list what somebody has to decide.

Nothing is changed. What is wrong by rule is told by `check_layers`; here is what may be right: a shape
that an import would mend, units that overlap, places that may be one, places outside every county.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from siting.errors import MissingDataError
from siting.layers.folder.check import examine
from siting.layers.folder.files import WGS84
from siting.layers.folder.working_crs import AUTO, working_crs
from siting.layers.geometry.accuracy import outline_accuracy_m
from siting.layers.geometry.duplicates import DISTANCE_M, LEAST_LIKENESS, NAME_DISTANCE_M
from siting.layers.geometry.repair import repair_shapes
from siting.layers.geometry.tables import Surveyed, duplicate_rows, sea_rows, shape_rows, unit_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.layers.folder.check import Examination


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What somebody has to decide about a folder of layers.

    Every table has the columns layer, file, row and what, then its own; an empty one keeps them.

    Attributes
    ----------
    shapes
        Shapes that are mended, or cannot be used.
    units
        Overlaps and gaps between counties, between townships, and of townships with their county.
    duplicates
        Pairs of places that may be one.
    at_sea
        Places outside every county.
    notes
        What was taken for granted, and what could not be examined.
    problem_count
        How many problems `check_layers` tells of the same folder.

    """

    shapes: pd.DataFrame
    units: pd.DataFrame
    duplicates: pd.DataFrame
    at_sea: pd.DataFrame
    notes: tuple[str, ...]
    problem_count: int

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables by name, in the order in which they are shown."""
        return {
            "shapes": self.shapes,
            "units": self.units,
            "duplicates": self.duplicates,
            "at_sea": self.at_sea,
        }


def survey_layers(
    directory: str | Path,
    *,
    crs: str = AUTO,
    distance_m: float = DISTANCE_M,
    name_distance_m: float = NAME_DISTANCE_M,
    least_likeness: float = LEAST_LIKENESS,
) -> Survey:
    """Return the tables to decide from for a folder of layers.

    Parameters
    ----------
    directory
        The folder; it may have problems, what cannot be read is passed over.
    crs
        Working CRS in metres; `auto` is the UTM zone of the counties.
    distance_m, name_distance_m, least_likeness
        When two places of a layer are a pair (siting.layers.geometry.duplicates).

    Raises
    ------
    MissingDataError
        If there is no such folder, or none of its layers can be read.
    ConfigurationError
        If an argument is out of range.

    """
    found = examine(Path(directory), crs=crs)
    if not found.tables:
        raise MissingDataError(found.problems)
    surveyed = _surveyed(found, crs)
    return Survey(
        shapes=shape_rows(found),
        units=unit_rows(surveyed),
        duplicates=duplicate_rows(
            surveyed,
            distance_m=distance_m,
            name_distance_m=name_distance_m,
            least_likeness=least_likeness,
        ),
        at_sea=sea_rows(surveyed),
        notes=(*surveyed.notes, _pairs_note(distance_m, name_distance_m, least_likeness)),
        problem_count=len(found.problems),
    )


def _surveyed(found: Examination, crs: str) -> Surveyed:
    """Return the places of a folder in metres, with the outline of the counties mended."""
    notes = []
    outlines = found.geometry.get("counties", gpd.GeoSeries([], crs=WGS84))
    drawn, _ = repair_shapes(outlines.to_numpy(), dimension=2)
    counties = gpd.GeoSeries(drawn, crs=WGS84)
    accuracy_m = 0.0
    if counties.notna().any():
        file = (found.outline or found.raws["counties"]).path.name
        catalogue = found.tables.get("catalogue", pd.DataFrame({"file": []}))
        accuracy_m, said = outline_accuracy_m(catalogue, file)
        notes.append(f"accuracy of the outline: {said}")
    else:
        notes.append("no outline of the counties: places at sea and units were not examined")
    metres = _metres(found, counties, crs)
    placed = (
        {name: shapes.to_crs(metres) for name, shapes in found.geometry.items()} if metres else {}
    )
    townships = placed.get("townships")
    if townships is None or not (shapely.get_dimensions(townships.to_numpy()) == 2).any():
        notes.append("townships are not drawn as areas: their overlaps and gaps were not examined")
    if found.wide:
        notes.append(f"mended when they were imported, not examined here: {', '.join(found.wide)}")
    return Surveyed(
        found=found,
        counties=counties.to_crs(metres) if metres else counties,
        placed=placed,
        accuracy_m=accuracy_m,
        notes=tuple(notes),
    )


def _metres(found: Examination, counties: gpd.GeoSeries, crs: str) -> str:
    """Return the CRS to measure in: that of the counties, else that of the places there are."""
    shapes = [counties, *found.geometry.values()]
    for one in shapes:
        if one.notna().any():
            west, south, east, north = (float(side) for side in one.total_bounds)
            return found.crs or working_crs(crs, (west, south, east, north))
    return ""


def _pairs_note(distance_m: float, name_distance_m: float, least_likeness: float) -> str:
    return (
        f"two places are a pair within {distance_m:g} m, or within {name_distance_m:g} m where their "
        f"names are alike ({least_likeness:g} of 1 or more, the same numbers)"
    )
