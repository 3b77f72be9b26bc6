"""Draw the rows of a file in WGS 84 as the verdict says, and mend what is not sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from siting.layers.datum.crs import DATUMS
from siting.layers.datum.detective import transform_shapes
from siting.layers.datum.hypotheses import DEGREES, hypothesis, projected_hypotheses
from siting.layers.geometry.repair import repair_shapes
from siting.layers.intake.reasons import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.datum.detective import Verdict
    from siting.layers.datum.hypotheses import Hypothesis
    from siting.layers.intake.coordinates import Coordinates
    from siting.layers.intake.draft import Draft

AREAS_TOO = ("townships", "villages")
"""Layers of points whose rows may be drawn as areas instead."""
DIMENSIONS = {"outline": 2, "line": 1, "point": 0}
CONVERTED_DECIMALS = 9
"""Converted degrees are written to this many decimals, a tenth of a millimetre."""


def draw_rows(
    draft: Draft,
    found: Coordinates,
    placed: NDArray[np.int64],
    verdict: Verdict,
    good: NDArray[np.bool_],
) -> None:
    """Draw points where the verdict says, and lines and areas by the hypothesis of each."""
    lon, lat = _rounded(verdict, found, placed)
    if found.shapes is None:
        draft.shapes[placed[good]] = shapely.points(lon[good], lat[good])
        _reject_points(draft, placed[good])
        return
    shapes = found.shapes[placed]
    point = good & (shapely.get_type_id(shapes) == 0)
    shapes[point] = shapely.points(lon[point], lat[point])
    drawn = good & ~point
    names = verdict.hypothesis[drawn]
    meanings = _meanings(verdict) if drawn.any() else {}
    for name in pd.unique(pd.Series(names, dtype=object)):
        mine = np.flatnonzero(drawn)[names == name]
        shapes[mine] = transform_shapes(shapes[mine], meanings[str(name)])
    _repair(draft, placed[good], shapes[good])


def move_seats(draft: Draft, placed: NDArray[np.int64], verdict: Verdict) -> None:
    """Bring the seats of counties to WGS 84 as their outlines were: they stand in the same file."""
    if not {"seat_lon", "seat_lat"} <= set(draft.columns):
        return
    lon = draft.columns["seat_lon"].to_numpy().copy()
    lat = draft.columns["seat_lat"].to_numpy().copy()
    meanings = _meanings(verdict)
    for name in pd.unique(pd.Series(verdict.hypothesis[verdict.hypothesis != ""], dtype=object)):
        one = meanings[str(name)]
        mine = placed[verdict.hypothesis == name]
        mine = mine[np.isfinite(lon[mine]) & np.isfinite(lat[mine])]
        degrees = (np.abs(lon[mine]) <= 180.0) & (np.abs(lat[mine]) <= 90.0)
        if not one.in_degrees:  # an outline in metres whose seat is in degrees
            one = hypothesis(one.datum)
        mine = mine[degrees]
        moved = one.to_wgs84(lon[mine], lat[mine])
        lon[mine], lat[mine] = (np.round(part, CONVERTED_DECIMALS) for part in moved)
    draft.columns["seat_lon"], draft.columns["seat_lat"] = pd.Series(lon), pd.Series(lat)


def _meanings(verdict: Verdict) -> dict[str, Hypothesis]:
    """Return every meaning that the verdict may have used, by its name."""
    crss = dict.fromkeys([DEGREES, verdict.crs])
    if np.isfinite(verdict.lon).any():
        middle = float(np.nanmedian(verdict.lon))
        crss |= dict.fromkeys(one.crs for one in projected_hypotheses(middle))
    found = [
        hypothesis(datum, crs=crs, swapped=swapped)
        for crs in crss
        for datum in DATUMS
        for swapped in (False, True)
    ]
    return {one.name: one for one in found}


def _rounded(
    verdict: Verdict, found: Coordinates, placed: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return WGS 84 degrees; those that were converted without digits that mean nothing."""
    x, y = found.x[placed], found.y[placed]
    same = (verdict.lon == x) & (verdict.lat == y)
    lon = np.where(same, x, np.round(verdict.lon, CONVERTED_DECIMALS))
    lat = np.where(same, y, np.round(verdict.lat, CONVERTED_DECIMALS))
    return lon, lat


def _reject_points(draft: Draft, positions: NDArray[np.int64]) -> None:
    """Reject points of a layer of lines or of areas."""
    wanted = {"outline": "an area", "line": "a line"}.get(draft.table.places)
    if wanted is not None:
        draft.reasons.add(positions, "geometry", f"is a point, not {wanted}", "draw it whole")


def _repair(draft: Draft, positions: NDArray[np.int64], shapes: NDArray[np.object_]) -> None:
    """Draw shapes that are valid and of the dimension of the layer; reject the others."""
    dimension = DIMENSIONS.get(draft.table.places)
    if draft.table.name in AREAS_TOO:
        dimension = None
    mended, notes = repair_shapes(shapes, dimension=dimension)
    lost = shapely.is_missing(mended)
    draft.reasons.add(positions[lost], "geometry", notes[lost].tolist(), "draw it again")
    draft.shapes[positions[~lost]] = mended[~lost]
    said = [
        f"row {draft.sheet.rows[k]}: {note}"
        for k, note in zip(positions[~lost], notes[~lost], strict=True)
        if note
    ]
    if said:
        shown = "; ".join(said[:5]) + ("; ..." if len(said) > 5 else "")
        draft.notes.append(f"{counted(len(said), 'shape')} repaired: {shown}")
