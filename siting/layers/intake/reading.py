"""Read a source as the rows of one layer: every cell typed, every place in WGS 84, all checked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from siting.errors import DataError, Problem
from siting.layers.columns import match_columns
from siting.layers.datum.surroundings import Surroundings, surroundings_of
from siting.layers.folder.files import find_files
from siting.layers.folder.working_crs import utm_zone
from siting.layers.formats.open import open_sheet
from siting.layers.intake.cells import read_columns
from siting.layers.intake.codes import find_codes
from siting.layers.intake.draft import Draft
from siting.layers.intake.fill import fill_in, require_columns, require_provenance
from siting.layers.intake.known import known_units
from siting.layers.intake.places import place_rows
from siting.layers.intake.reasons import Reasons
from siting.layers.intake.sectors import fill_sites, lists_sectors, name_cells, name_sites
from siting.layers.intake.tables import table_of
from siting.layers.intake.validate import (
    check_cells,
    check_codes,
    check_keys,
    check_outside,
    check_progress,
    check_townships,
)

if TYPE_CHECKING:
    from siting.layers.intake.known import KnownUnits
    from siting.layers.intake.request import Request


def read_source(request: Request) -> Draft:
    """Return the rows of a source as a draft of its layer, each rejected row with its reasons.

    Raises
    ------
    DataError
        With everything that keeps the source as a whole from being read.

    """
    request.step("read")
    sheet = open_sheet(request.source, table=request.table, feature=request.layer)
    if len(sheet.rows) == 0:
        remedy = "import a file with at least one row below the header"
        raise DataError(Problem(file=sheet.file, what="has no rows", remedy=remedy))
    table = table_of(request.layer)
    headers = [str(header) for header in sheet.cells.columns]
    match = match_columns(headers, table, file=sheet.file, given=request.columns)
    if match.problems:
        raise DataError(match.problems)
    draft = Draft(sheet=sheet, table=table, reasons=Reasons(sheet.file, sheet.rows))
    draft.notes += [*sheet.notes, *match.notes]
    request.step("cells")
    read_columns(draft, match, request.constants)
    known = known_units(request.directory)
    request.step("places")
    place_rows(draft, match, request, _surroundings(request), known)
    request.step("check")
    find_codes(draft, known)
    _complete(draft, request, known)
    _check(draft, request, known)
    return draft


def _surroundings(request: Request) -> Surroundings:
    """Return what is known of the ground without the layer itself: none is its own witness."""
    if request.layer == "counties":
        return Surroundings()
    around = surroundings_of(request.directory)
    return {
        "townships": replace(around, townships=around.townships.iloc[:0]),
        "villages": replace(around, villages=around.villages.iloc[:0]),
        "roads": replace(around, roads=None),
        "buildings": replace(around, buildings=None),
    }.get(request.layer, around)


def _complete(draft: Draft, request: Request, known: KnownUnits) -> None:
    """Fill in what need not be in the file, and ask for what must be."""
    if request.layer == "sites" and not request.update and lists_sectors(draft):
        draft.sectors = True
        name_cells(draft)
        name_sites(draft)
    fill_in(draft, request)
    if request.layer == "sites" and not request.update:
        fill_sites(draft)
    if request.update:
        require_provenance(draft)
    else:
        standing = bool(find_files(request.directory)[0].get(request.layer))
        require_columns(draft, known, standing=standing)


def _by_digits(draft: Draft, known: KnownUnits) -> bool:
    """Return whether codes must have the digits of the National Bureau of Statistics."""
    own = draft.columns.get("code")
    if draft.table.name != "counties" or own is None or known.needs_codes("counties"):
        return known.bureau
    return bool(own.str.fullmatch(r"[0-9]{6}").mean() > 0.5)


def _check(draft: Draft, request: Request, known: KnownUnits) -> None:
    """Reject every row that the layer cannot hold."""
    check_cells(draft, digits=_by_digits(draft, known), blanks_allowed=request.update)
    if not draft.sectors:
        check_keys(draft)
    check_codes(draft, known)
    if request.layer == "progress":
        check_progress(draft, request.directory)
    if not request.update:
        check_townships(draft)
    if known.bounds is not None:
        check_outside(draft, known, crs=utm_zone(known.bounds))
