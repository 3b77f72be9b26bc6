"""Say which header of a planner's file is which column of ours, and ask where two may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from siting.errors import Problem
from siting.layers.columns.headers import plain_words, read_header
from siting.layers.columns.special import settle_specials, specials_of
from siting.layers.columns.synonyms import NAMES, NEIGHBOURS, endings_of, fallbacks_of, names_of
from siting.layers.wide import SECTORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siting.layers.schema import Column, Table

DATUM_ORDER = ("wgs84", "cgcs2000", "gcj02", "bd09", "beijing54", "xian80")
"""Where a file states its places on several datums, the first of these is read."""

_PLACES = ("lon", "lat", "x", "y", "coordinates")
READ_AS = {"channel": "carrier_mhz", "total_tilt": "mechanical_tilt_deg"}
"""Columns of no schema, and those of ours that they are read as and a planner may name."""
_EXACT, _NAMED, _INSTEAD, _ENDING = range(4)


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which header is which column.

    Attributes
    ----------
    columns
        Our column to the header. Beside the columns of the table: `x` and `y` (metres, or axes that
        nobody names), `coordinates` (both in one cell), `county`, `township`, `village` (names in the
        row), and for sites `sector_name`, `node_id` and `cell_id` (of eNodeB and gNodeB).
    units
        Our column to the unit that its header states: `m`, `W`, `dBm`, `GHz`, 度, `ARFCN`.
    datum_words
        `lon`, `lat`, `x`, `y` or `coordinates` to the datum that its header states: one of
        DATUM_ORDER.
    unused
        The headers that mean none of our columns.
    notes
        What was chosen, and why.
    problems
        Two headers for one column; a header that is given and not there.

    """

    columns: Mapping[str, str]
    units: Mapping[str, str]
    datum_words: Mapping[str, str]
    unused: tuple[str, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(kw_only=True)
class _Search:
    """What has been found so far; filled by `match_columns` alone."""

    file: str
    headers: frozenset[str]
    columns: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def match_columns(
    headers: Sequence[str],
    table: Table,
    *,
    file: str,
    given: Mapping[str, str] | None = None,
) -> Match:
    """Return which header is which column of a table.

    Parameters
    ----------
    headers
        The headers of the file, each once.
    table
        Any table of siting.layers.schema or siting.layers.wide; for `sites` the columns of sectors
        are looked for too.
    file
        What problems call the file.
    given
        Our column to the header that the planner says it is; goes before everything.

    """
    wanted = wanted_columns(table)
    search = _Search(file=file, headers=frozenset(headers))
    _take_given(search, headers, dict(given or {}), wanted)
    candidates = _candidates(headers, table, wanted)
    datum = _best_datum(candidates)
    taken = frozenset(search.columns.values())
    for column, found in candidates.items():
        if column not in search.columns:
            _choose(search, column, found, wanted[column], datum, taken)
    units = {column: read_header(header).unit for column, header in search.columns.items()}
    channels = {header for _, header in candidates.get("channel", ())}
    for column in ("carrier_mhz", "carriers"):
        if search.columns.get(column) in channels and not units.get(column):
            units[column] = "ARFCN"
    settle_specials(table.name, search.columns, units, search.notes, frozenset(given or {}))
    datums = {c: read_header(search.columns[c]).datum for c in _PLACES if c in search.columns}
    used = set(search.columns.values())
    return Match(
        columns=search.columns,
        units={column: unit for column, unit in units.items() if unit and column in search.columns},
        datum_words={column: datum for column, datum in datums.items() if datum},
        unused=tuple(header for header in headers if header not in used),
        notes=tuple(search.notes),
        problems=tuple(search.problems),
    )


def wanted_columns(table: Table) -> dict[str, Column | None]:
    """Return every column that a file of a table may have; None for those of no schema."""
    columns: dict[str, Column | None] = {column.name: column for column in table.columns}
    if table.name == "sites":
        columns |= {c.name: c for c in SECTORS.columns if c.name not in columns}
    return columns | {name: None for name in specials_of(table) if name not in columns}


def _take_given(
    search: _Search,
    headers: Sequence[str],
    given: dict[str, str],
    wanted: Mapping[str, Column | None],
) -> None:
    """Take the headers that the planner names, or say what keeps one from being taken."""
    plain = {plain_words(header): header for header in reversed(headers)}
    for column, name in given.items():
        header = name if name in headers else plain.get(plain_words(name), "")
        if column not in wanted:
            near = get_close_matches(column, list(wanted), n=3)
            what = f"--map names the column {column}, which there is not"
            remedy = f"did you mean {', '.join(near)}?" if near else f"use {', '.join(wanted)}"
        elif not header:
            near = get_close_matches(name, list(headers), n=3, cutoff=0.4)
            what = f"--map names the header {name}, which the file has not"
            remedy = f"did you mean {', '.join(near)}?" if near else f"use {', '.join(headers)}"
        else:
            search.columns[column] = header
            continue
        search.problems.append(Problem(file=search.file, column=column, what=what, remedy=remedy))


def _candidates(
    headers: Sequence[str], table: Table, wanted: Mapping[str, Column | None]
) -> dict[str, list[tuple[int, str]]]:
    """Return for each column the headers that may mean it, each with how well it fits."""
    found: dict[str, list[tuple[int, str]]] = {}
    for header in headers:
        for column, rank in _meanings(header, table.name, wanted):
            found.setdefault(column, []).append((rank, header))
    return {column: found[column] for column in wanted if column in found}


def _meanings(
    header: str, table: str, wanted: Mapping[str, Column | None]
) -> list[tuple[str, int]]:
    """Return the columns that a header may mean; its most exact name that means any decides."""
    if header.strip().casefold() in wanted:
        return [(header.strip().casefold(), _EXACT)]
    names = read_header(header).names
    for rank, words_of in ((_NAMED, names_of), (_INSTEAD, fallbacks_of)):
        for name in names:
            columns = [column for column in wanted if name in words_of(table, column)]
            if columns:
                return [(column, rank) for column in columns]
    whole = plain_words(header)
    if any(word in whole for word in NEIGHBOURS):
        return []
    ends = {c: e for c in wanted for e in endings_of(c) if any(name.endswith(e) for name in names)}
    return [(column, _ENDING) for column in ends] if table in ("measurements", "sites") else []


def _best_datum(candidates: Mapping[str, list[tuple[int, str]]]) -> str:
    """Return the datum on which both coordinates are stated, the first of DATUM_ORDER."""
    for pair in (("lon", "lat"), ("x", "y"), ("coordinates", "coordinates")):
        stated = [{read_header(h).datum for _, h in candidates.get(c, [])} for c in pair]
        both = stated[0] & stated[1]
        best = next((datum for datum in DATUM_ORDER if datum in both), "")
        if best:
            return best
    return ""


def _choose(
    search: _Search,
    column: str,
    found: list[tuple[int, str]],
    schema: Column | None,
    datum: str,
    taken: frozenset[str],
) -> None:
    """Take the header of a column that fits best, note a choice, and ask where two fit as well."""
    rank = min(rank for rank, _ in found)
    headers = [header for r, header in found if r == rank and header not in taken]
    if not headers:
        return
    if len(headers) > 1 and column in _PLACES:
        stated = [read_header(header).datum for header in headers]
        if all(stated) and len(set(stated)) == len(stated) and datum in stated:
            chosen = headers[stated.index(datum)]
            left = ", ".join(header for header in headers if header != chosen)
            search.notes.append(f"{column}: {chosen} read ({datum}), {left} left")
            headers = [chosen]
    if len(headers) > 1 and _may_prefer(column, schema):
        headers = _preferred(search, column, headers)
    if len(headers) > 1:
        search.problems.append(_ask(search.file, column, headers))
        return
    again = f"{headers[0]}_2"
    if again in search.headers and column != "coordinates" and not _may_prefer(column, schema):
        search.problems.append(_ask_again(search.file, column, headers[0], again))
        return
    search.columns[column] = headers[0]
    others = [header for r, header in found if r == _NAMED and header not in (*headers, *taken)]
    if column in _PLACES and rank == _EXACT and others:
        left = ", ".join(others)
        search.notes.append(
            f"{column}: {headers[0]} read, {left} left; --map {column}=HEADER takes another"
        )
    if rank in (_INSTEAD, _ENDING):
        search.notes.append(f"{column}: read from {headers[0]}; no better header is there")


def _may_prefer(column: str, schema: Column | None) -> bool:
    """Tell whether a column is words about a row, of which the usual header may be taken."""
    if schema is None:
        return column not in _PLACES
    return not schema.required and schema.kind == "text" and not schema.words


def _preferred(search: _Search, column: str, headers: list[str]) -> list[str]:
    """Return the header that is the most usual name of a column, with a note."""
    order = [
        plain_words(name) for key in (f"sites.{column}", column) for name in NAMES.get(key, ())
    ]

    def place(header: str) -> int:
        return min((order.index(n) for n in read_header(header).names if n in order), default=999)

    chosen = min(headers, key=place)
    left = ", ".join(header for header in headers if header != chosen)
    ours = READ_AS.get(column, column)
    search.notes.append(f"{ours}: {chosen} read, {left} left; --map {ours}=HEADER takes another")
    return [chosen]


def _ask(file: str, column: str, headers: list[str]) -> Problem:
    what = f"{' and '.join(headers)} may both be {column}"
    remedy = f"say which: --map {column}={headers[0]} or --map {column}={headers[1]}"
    return Problem(file=file, column=column, what=what, remedy=remedy)


def _ask_again(file: str, column: str, header: str, again: str) -> Problem:
    """Return the question for a header that stands above two columns, as a sheet names them."""
    what = f"two columns have the header {header}, and either may be {column}"
    remedy = f"say which: --map {column}={header} is the first, --map {column}={again} the second"
    return Problem(file=file, column=column, what=what, remedy=remedy)
