"""Read what a file calls the coordinates of its rows, from shapes or from cells, as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from siting.errors import DataError, Problem
from siting.layers.columns import decimal_places, degree_cells, number_cells, pair_cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from siting.layers.columns import Match
    from siting.layers.intake.draft import Draft

UNWRITTEN = 1.7e-8
"""Added to the middle of a shape [degree or m]: it is computed, and its decimals tell nothing."""


COMPUTED = 11
"""A file that usually has so many decimals was written by a programme, not rounded by anybody."""
FINE = 8
"""So many decimals of a degree are a millimetre: what is finer tells nothing of rounding."""


@dataclass(frozen=True, kw_only=True)
class Coordinates:
    """Where rows are in the file's own coordinates.

    `x` and `y` are NaN where a row has no place; `shapes` are lines and areas, None where the rows
    are points; `decimals` tells how finely a coordinate is written.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    decimals: NDArray[np.int64]
    shapes: NDArray[np.object_] | None = None

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Return which rows have a place."""
        found: NDArray[np.bool_] = np.isfinite(self.x) & np.isfinite(self.y)
        return found


def read_coordinates(draft: Draft, match: Match) -> Coordinates | None:
    """Return where the rows are; None for a file that gives no coordinates at all."""
    outlines = _outlines(draft, match)
    if draft.sheet.geometry is not None:
        return _of_shapes(draft.sheet.geometry)
    pair = _columns(draft, match)
    if pair is None:
        return None if outlines is None else _of_shapes(outlines)
    (first, x_cells), (second, y_cells) = pair
    x = _numbers(draft, first, x_cells, "lon")
    y = _numbers(draft, second, y_cells, "lat")
    _reject_halves(draft, (first, second), (x, y))
    both = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(both, x, np.nan), np.where(both, y, np.nan)
    decimals = np.minimum(decimal_places(x_cells), decimal_places(y_cells))
    if outlines is None:
        return Coordinates(x=x, y=y, decimals=decimals)
    return _with_outlines(Coordinates(x=x, y=y, decimals=decimals), outlines)


def meant_decimals(decimals: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return decimals as somebody meant them: those that a programme writes end where they happen to.

    >>> meant_decimals(np.array([13, 13, 12, 13, 4])).tolist(), meant_decimals(np.array([6, 5])).tolist()
    ([13, 13, 13, 13, 4], [6, 5])
    """
    if len(decimals) == 0 or np.percentile(decimals, 75) < COMPUTED:
        return decimals
    return np.where(decimals >= FINE, decimals.max(), decimals)


def _of_shapes(shapes: NDArray[np.object_]) -> Coordinates:
    """Return the place of each shape: a point's own, else the middle of its bounds."""
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    points = shapely.get_type_id(shapes) == 0
    decimals = np.full(len(shapes), 15, dtype=np.int64)
    if points.any():
        texts = pd.Series(x[points]).map(repr), pd.Series(y[points]).map(repr)
        written = np.minimum(decimal_places(texts[0]), decimal_places(texts[1]))
        decimals[points] = written
    drawn = shapely.is_geometry(shapes) & ~points
    x, y = np.where(drawn, x + UNWRITTEN, x), np.where(drawn, y + UNWRITTEN, y)
    return Coordinates(x=x, y=y, decimals=decimals, shapes=shapes if drawn.any() else None)


def _with_outlines(points: Coordinates, outlines: NDArray[np.object_]) -> Coordinates:
    """Return points, and outlines where a row has one."""
    drawn = shapely.is_geometry(outlines)
    shapes = np.full(len(outlines), None, dtype=object)
    shapes[points.placed] = shapely.points(points.x[points.placed], points.y[points.placed])
    shapes[drawn] = outlines[drawn]
    theirs = _of_shapes(shapes)
    decimals = np.where(drawn, theirs.decimals, points.decimals)
    return Coordinates(x=theirs.x, y=theirs.y, decimals=decimals, shapes=theirs.shapes)


def _outlines(draft: Draft, match: Match) -> NDArray[np.object_] | None:
    """Return the outlines that a column holds as WKT, None where there is no such column."""
    if draft.table.column("outline") is None or "outline" not in match.columns:
        return None
    texts = draft.sheet.cells[match.columns["outline"]]
    given = (texts != "").to_numpy(dtype=bool)
    shapes = np.full(len(texts), None, dtype=object)
    with np.errstate(all="ignore"):  # numbers of any length may stand in a text
        shapes[given] = shapely.from_wkt(texts[given].to_numpy(object), on_invalid="ignore")
    bad = given & (shapely.get_dimensions(shapes) != 2)
    remedy = "write POLYGON ((lon lat, ...))"
    draft.reasons.add(bad, "outline", "'{value}' is no polygon in WKT", remedy, values=texts)
    shapes[bad] = None
    return shapes


def columns_read(match: Match, *, drawn: bool) -> tuple[str, ...]:
    """Return which of our columns hold the places of a file; none where the file draws them."""
    if drawn:
        return ()
    found: list[str] = ["outline"] if "outline" in match.columns else []
    for names in (("lon", "lat"), ("x", "y"), ("coordinates",)):
        if all(name in match.columns for name in names):
            return (*names, *found)
    return tuple(found)


def _columns(
    draft: Draft, match: Match
) -> tuple[tuple[str, pd.Series], tuple[str, pd.Series]] | None:
    """Return the header and the cells of both coordinates, the eastern one first."""
    cells, columns = draft.sheet.cells, match.columns
    read = columns_read(match, drawn=False)
    for first, second in (("lon", "lat"), ("x", "y")):
        if first in read:
            one, other = columns[first], columns[second]
            return (one, cells[one]), (other, cells[other])
    if "coordinates" in read:
        header = columns["coordinates"]
        easts, norths, bad = pair_cells(cells[header])
        what, remedy = "'{value}' is no pair of coordinates", "write longitude, latitude"
        draft.reasons.add(bad, header, what, remedy, values=cells[header])
        return (header, easts), (header, norths)
    lone = [name for name in ("lon", "lat", "x", "y") if name in columns]
    if lone:
        other = {"lon": "lat", "lat": "lon", "x": "y", "y": "x"}[lone[0]]
        what = f"there is a column for {lone[0]} ({columns[lone[0]]}) and none for {other}"
        remedy = f"say which column it is with --map {other}=HEADER"
        raise DataError(
            Problem(file=draft.sheet.file, row=draft.sheet.header_row, what=what, remedy=remedy)
        )
    return None


def _numbers(draft: Draft, header: str, cells: pd.Series, axis: str) -> NDArray[np.float64]:
    """Return one coordinate of each row; what cannot be read rejects its row."""
    values, bad, notes = degree_cells(cells, axis=axis)
    if bad.any():  # metres with a unit or with separators
        metres, still_bad = number_cells(cells[bad].reset_index(drop=True), column=axis)
        values[bad], bad[bad] = metres, still_bad
    draft.notes += notes
    what, remedy = "'{value}' is no coordinate", "write degrees, such as 118.6012, or metres"
    draft.reasons.add(bad, header, what, remedy, values=cells)
    return values


def _reject_halves(
    draft: Draft,
    headers: tuple[str, str],
    values: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """Reject the rows that give one coordinate and leave the other blank, or write nan for it."""
    for header, value, other in _each_way(headers, values):
        half = np.isnan(value) & np.isfinite(other) & ~draft.reasons.told(header)
        what = "is empty although the other coordinate is given"
        draft.reasons.add(half, header, what, "give both or neither")


def _each_way(
    headers: tuple[str, str], values: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    for k in (0, 1):
        yield headers[k], values[k], values[1 - k]
