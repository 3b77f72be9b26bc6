"""Bring the places of rows to WGS 84: find the datum, shift, repair, and reject what is far away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.errors import DataError, Problem
from siting.layers.datum.crs import SURVEY_REMEDY, declared_crs
from siting.layers.datum.detective import Claims, investigate
from siting.layers.folder.places import MARGIN_DEG
from siting.layers.intake.coordinates import meant_decimals, read_coordinates
from siting.layers.intake.drawing import draw_rows, move_seats
from siting.layers.intake.reasons import counted
from siting.layers.wide import WIDE_TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.columns import Match
    from siting.layers.datum.detective import Verdict
    from siting.layers.datum.surroundings import Surroundings
    from siting.layers.formats.sheet import Sheet
    from siting.layers.intake.coordinates import Coordinates
    from siting.layers.intake.draft import Draft
    from siting.layers.intake.known import KnownUnits
    from siting.layers.intake.request import Request
    from siting.layers.schema import Table

OF_COORDINATES = re.compile(r"坐标|经纬度|投影|coordinate|datum|crs", re.IGNORECASE)
"""Words of a title that speaks of coordinates."""
COORDINATE_TYPE = "OvCoordType"
"""The column of the marks that 奥维 writes beside each place."""
FAR = "lies about "
"""How the detective begins to say that a row is sound and in another city."""


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
        _say_unchecked(draft, known)
    _reject_unplaced(draft, found, request)


def _say_unchecked(draft: Draft, known: KnownUnits) -> None:
    """Say where no county is drawn: nothing tells then that the places lie in the city."""
    if known.bounds is None and draft.table.name != "counties":
        draft.notes.append(
            "no outline of a county can be read in the folder: that the places lie in the city is"
            " not checked (siting layers check tells what is wrong)"
        )


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
        declared=_declared(draft.sheet, match),
        seed=request.seed,
    )
    draft.evidence, draft.likelihoods = verdict.evidence, tuple(verdict.likelihoods)
    if verdict.question is not None:
        raise _question(verdict.question, verdict)
    draft.datum, draft.crs = verdict.datum, verdict.crs
    _note_rows(draft, placed, verdict)
    bad = verdict.reasons != ""
    columns = "geometry" if draft.sheet.geometry is not None else "lon, lat"
    remedy = "check the coordinates, the datum and the CRS of this row"
    if _may_reach_beyond(draft.table):
        far = np.array([reason.startswith(FAR) for reason in verdict.reasons], dtype=np.bool_)
        draft.left_out[placed[far]] = True
        bad &= ~far
    draft.reasons.add(placed[bad], columns, verdict.reasons[bad].tolist(), remedy)
    draw_rows(draft, found, placed, verdict, verdict.reasons == "")
    if draft.table.name == "counties":
        move_seats(draft, placed, verdict)
    _leave_out_far(draft, known, columns)


def _question(question: Problem, verdict: Verdict) -> DataError:
    """Return a question as an error whose notes are the evidence that left it open."""
    error = DataError(question)
    for line in verdict.evidence:
        error.add_note(line)
    return error


def _declared(sheet: Sheet, match: Match) -> str:
    """Return what the file says of its coordinates: its CRS, its headers, else its titles."""
    said = sheet.crs or next(iter(match.datum_words.values()), "")
    return said or next((title for title in sheet.titles if _states_datum(title)), "")


def _states_datum(title: str) -> bool:
    """Tell whether a title says what the coordinates are in, or names a datum that is refused."""
    if not OF_COORDINATES.search(title):
        return False
    try:
        return bool(declared_crs(title).datum)
    except DataError as error:
        return any(problem.remedy == SURVEY_REMEDY for problem in error.problems)


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
        decimals=meant_decimals(found.decimals[placed]),
    )


def _groups(draft: Draft, placed: NDArray[np.int64]) -> NDArray[np.object_] | None:
    """Return the words that may part a mixed file: its batches, its marks, else its operators."""
    marks = draft.sheet.cells.get(COORDINATE_TYPE)
    if marks is not None and marks.nunique() > 1 and draft.blank("batch").all():
        return marks.to_numpy(object)[placed]
    for name in ("batch", "operator"):
        if name in draft.columns and not draft.blank(name).all():
            return draft.columns[name].to_numpy(object)[placed]
    return None


def _may_reach_beyond(table: Table) -> bool:
    """Tell whether a layer is cut from a wider one: roads of a province, buildings of a country."""
    return table.name in WIDE_TABLES and table.places != "point"


def _leave_out_far(draft: Draft, known: KnownUnits, columns: str) -> None:
    """Reject places far from every county; of what is cut from a wider layer, count them instead."""
    if known.bounds is not None and draft.table.name != "counties":
        far = _far(draft, known.bounds)
        if _may_reach_beyond(draft.table):
            draft.left_out |= far
        else:
            remedy = "check the CRS, the datum and that this is the right city"
            draft.reasons.add(far, columns, "lies far outside every county", remedy)
    if draft.left_out.any():
        shapes, km = counted(int(draft.left_out.sum()), "shape"), MARGIN_DEG * 100.0
        draft.notes.append(f"{shapes} beyond the city by {km:.0f} km or more: left out")


def _far(draft: Draft, city: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Return which rows lie farther from the counties' bounds than a plan takes."""
    west, south, east, north = city
    bounds = shapely.bounds(draft.shapes)
    if not _may_reach_beyond(draft.table):  # there, what reaches into the city is kept
        middle = (bounds[:, :2] + bounds[:, 2:]) / 2.0
        bounds = np.hstack([middle, middle])
    with np.errstate(invalid="ignore"):
        far = (bounds[:, 2] < west - MARGIN_DEG) | (bounds[:, 0] > east + MARGIN_DEG)
        far |= (bounds[:, 3] < south - MARGIN_DEG) | (bounds[:, 1] > north + MARGIN_DEG)
    found: NDArray[np.bool_] = far & ~draft.reasons.rejected
    return found


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
