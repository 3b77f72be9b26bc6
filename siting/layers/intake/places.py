"""Bring the places of rows to WGS 84: find the datum, shift, repair, and reject what is far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from siting.errors import DataError, Problem
from siting.layers.datum.crs import DATUMS
from siting.layers.datum.detective import Claims, investigate, transform_shapes
from siting.layers.datum.hypotheses import DEGREES, hypothesis, projected_hypotheses
from siting.layers.folder.places import MARGIN_DEG
from siting.layers.geometry.repair import repair_shapes
from siting.layers.intake.coordinates import read_coordinates
from siting.layers.intake.reasons import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.columns import Match
    from siting.layers.datum.detective import Verdict
    from siting.layers.datum.hypotheses import Hypothesis
    from siting.layers.datum.surroundings import Surroundings
    from siting.layers.intake.coordinates import Coordinates
    from siting.layers.intake.draft import Draft
    from siting.layers.intake.known import KnownUnits
    from siting.layers.intake.request import Request
    from siting.layers.schema import Table

AREAS_TOO = ("townships", "villages")
"""Layers of points whose rows may be drawn as areas instead."""
DIMENSIONS = {"outline": 2, "line": 1, "point": 0}
CONVERTED_DECIMALS = 9
"""Converted degrees are written to this many decimals, a tenth of a millimetre."""


def place_rows(
    draft: Draft, match: Match, request: Request, around: Surroundings, known: KnownUnits
) -> None:
    """Fill in the shapes of a draft in WGS 84, and how that was known."""
    found = read_coordinates(draft, match)
    draft.shapes = np.full(len(draft), None, dtype=object)
    draft.left_out = np.zeros(len(draft), dtype=np.bool_)
    if found is None:
        _require_coordinates(draft, request)
        return
    placed = np.flatnonzero(found.placed & ~draft.reasons.rejected)
    if len(placed):
        _settle(draft, match, request, found, placed, around, known)
    _reject_unplaced(draft, found, request)


def _require_coordinates(draft: Draft, request: Request) -> None:
    """Raise where the layer needs places and the file has no column for them."""
    lon = draft.table.column("lon")
    if request.update or (lon is not None and not lon.required) or draft.table.places == "none":
        return
    what = "no column holds the longitude and latitude, and the file draws nothing"
    remedy = "say which columns they are with --map lon=HEADER --map lat=HEADER"
    sheet = draft.sheet
    raise DataError(Problem(file=sheet.file, row=sheet.header_row, what=what, remedy=remedy))


def _settle(
    draft: Draft,
    match: Match,
    request: Request,
    found: Coordinates,
    placed: NDArray[np.int64],
    around: Surroundings,
    known: KnownUnits,
) -> None:
    """Find the datum of the placed rows and draw them in WGS 84."""
    verdict = investigate(
        _claims(draft, found, placed, known),
        around,
        datum=request.datum,
        crs=request.crs,
        declared=draft.sheet.crs or next(iter(match.datum_words.values()), ""),
        seed=request.seed,
    )
    draft.evidence, draft.likelihoods = verdict.evidence, tuple(verdict.likelihoods)
    if verdict.question is not None:
        raise DataError(verdict.question)
    draft.datum, draft.crs = verdict.datum, verdict.crs
    _note_rows(draft, placed, verdict)
    bad = verdict.reasons != ""
    columns = "geometry" if draft.sheet.geometry is not None else "lon, lat"
    remedy = "check the coordinates, the datum and the CRS of this row"
    draft.reasons.add(placed[bad], columns, verdict.reasons[bad].tolist(), remedy)
    _draw(draft, found, placed, verdict, ~bad)
    _leave_out_far(draft, known, columns)


def _note_rows(draft: Draft, placed: NDArray[np.int64], verdict: Verdict) -> None:
    """Say which rows were read otherwise than the rest of the file."""
    for note in dict.fromkeys(verdict.notes[verdict.notes != ""].tolist()):
        rows = draft.sheet.rows[placed[verdict.notes == note]]
        shown = ", ".join(map(str, rows[:10])) + (", ..." if len(rows) > 10 else "")
        draft.notes.append(f"{counted(len(rows), 'row')} {note}: {shown}")


def _claims(
    draft: Draft, found: Coordinates, placed: NDArray[np.int64], known: KnownUnits
) -> Claims:
    """Return what the placed rows say about where they are."""
    county, township, village = known.names_of(draft)
    return Claims(
        file=draft.sheet.file,
        rows=draft.sheet.rows[placed],
        x=found.x[placed],
        y=found.y[placed],
        county=county[placed],
        township=township[placed],
        village=village[placed],
        group=_groups(draft, placed),
        decimals=found.decimals[placed],
    )


def _groups(draft: Draft, placed: NDArray[np.int64]) -> NDArray[np.object_] | None:
    """Return the words that may part a mixed file: its batches, else its operators."""
    for name in ("batch", "operator"):
        if name in draft.columns and not draft.blank(name).all():
            return draft.columns[name].to_numpy(object)[placed]
    return None


def _draw(
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
    if wanted is not None and draft.table.name != "counties":
        draft.reasons.add(positions, "geometry", f"is a point, not {wanted}", "draw it")
    elif wanted is not None:
        draft.reasons.add(positions, "geometry", "is a point, not an area", "draw its outline")


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


def _leave_out_far(draft: Draft, known: KnownUnits, columns: str) -> None:
    """Reject places far from every county; of a wide layer, leave such shapes out and count them."""
    if known.bounds is None or draft.table.name == "counties":
        return
    west, south, east, north = known.bounds
    bounds = shapely.bounds(draft.shapes)
    with np.errstate(invalid="ignore"):
        far = (bounds[:, 2] < west - MARGIN_DEG) | (bounds[:, 0] > east + MARGIN_DEG)
        far |= (bounds[:, 3] < south - MARGIN_DEG) | (bounds[:, 1] > north + MARGIN_DEG)
    far &= ~draft.reasons.rejected
    if draft.table.places != "point" and _wide(draft.table):
        draft.left_out = far
        if far.any():
            km = MARGIN_DEG * 100.0
            draft.notes.append(
                f"{counted(int(far.sum()), 'shape')} beyond the city by {km:.0f} km: left out"
            )
        return
    remedy = "check the CRS, the datum and that this is the right city"
    draft.reasons.add(far, columns, "lies far outside every county", remedy)


def _wide(table: Table) -> bool:
    from siting.layers.wide import WIDE_TABLES  # noqa: PLC0415 - not at the top: one question

    return table.name in WIDE_TABLES


def _reject_unplaced(draft: Draft, found: Coordinates, request: Request) -> None:
    """Reject the rows without a place, where the layer's rows must have one."""
    unplaced = ~found.placed & ~draft.reasons.rejected
    if request.update or not unplaced.any():
        return
    if not draft.table.badges or draft.table.places == "outline":
        draft.reasons.add(unplaced, "", "has no place", "give its coordinates, or leave it out")
    else:
        count = int(unplaced.sum())
        draft.notes.append(f"{counted(count, 'row')} without a place: kept, as of the county")
