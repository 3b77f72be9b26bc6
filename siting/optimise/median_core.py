"""The pairs of a median problem, sorted by cost in each row, and the state of a choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit, prange

from siting.optimise.sparse import Rows, transposed

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Lists(NamedTuple):
    """Cost lists: by row (cheapest first) and by site; `far` is the cost of not being served."""

    by_row: Rows
    by_site: Rows
    weight: NDArray[np.float64]
    far: NDArray[np.float64]


class Service(NamedTuple):
    """The cheapest and the second cheapest open site of each row; site -1 where there is none."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    site: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class MedianCore:
    """A median problem over allowed sites; `sites` are their original columns.

    `truncated`: rows list only their cheapest pairs, and the others exist, too.
    """

    lists: Lists
    p: int
    locked: NDArray[np.bool_]
    sites: NDArray[np.int64]
    whole: bool
    truncated: bool = False


@njit(cache=True, error_model="numpy")
def _sort_row(index: NDArray[Any], value: NDArray[Any]) -> None:
    """Sort one row's pairs by cost in place; equal costs keep their order."""
    order = np.argsort(value, kind="mergesort")
    old_index, old_value = index.copy(), value.copy()
    for k in range(len(order)):
        index[k] = old_index[order[k]]
        value[k] = old_value[order[k]]


@njit(cache=True, error_model="numpy", parallel=True)
def _sort_rows(start: NDArray[Any], index: NDArray[Any], value: NDArray[Any]) -> None:
    """Sort each row's pairs by cost in place."""
    for i in prange(len(start) - 1):
        _sort_row(index[start[i] : start[i + 1]], value[start[i] : start[i + 1]])


def cost_lists(rows: Rows, weight: NDArray[np.float64], sites: int) -> Lists:
    """Return sorted lists; leaving any row unserved costs more than serving all at their worst."""
    by_row = Rows(rows.start, rows.partner.copy(), rows.value.copy())
    _sort_rows(*by_row)
    worst = by_row.value[by_row.start[1:] - 1].astype(np.float64)
    far = worst + (1.0 + float(np.sum(weight * worst))) / weight
    return Lists(by_row, Rows(*transposed(by_row, sites)), weight, far)


@njit(cache=True, error_model="numpy")
def _two_nearest(index: NDArray[Any], is_open: NDArray[Any]) -> tuple[int, int]:
    """Return the places of the first two open sites in a row's list, -1 where there is none."""
    first = -1
    for k in range(len(index)):
        if is_open[index[k]]:
            if first >= 0:
                return first, k
            first = k
    return first, -1


@njit(cache=True, error_model="numpy", parallel=True)
def _serve(
    start: NDArray[Any],
    index: NDArray[Any],
    value: NDArray[Any],
    far: NDArray[Any],
    is_open: NDArray[Any],
    first: NDArray[Any],
    second: NDArray[Any],
    site: NDArray[Any],
) -> None:
    for i in prange(len(far)):
        near, next_near = _two_nearest(index[start[i] : start[i + 1]], is_open)
        first[i] = value[start[i] + near] if near >= 0 else far[i]
        second[i] = value[start[i] + next_near] if next_near >= 0 else far[i]
        site[i] = index[start[i] + near] if near >= 0 else -1


def serve(lists: Lists, is_open: NDArray[np.bool_], service: Service) -> None:
    """Write each row's cheapest and second cheapest open site, walking down its list."""
    _serve(*lists.by_row, lists.far, is_open, *service)


def new_service(lists: Lists) -> Service:
    """Return room for the service of every row."""
    rows = len(lists.weight)
    return Service(np.empty(rows), np.empty(rows), np.empty(rows, np.int64))


def total_cost(lists: Lists, service: Service) -> float:
    """Return the weighted cost of serving every row from its cheapest open site."""
    return float(np.sum(lists.weight * service.first))
