"""Sparse demand x site matrices as plain arrays, by row and by site, for compiled loops.

Parallel loops run over independent rows or sites only, and every sum inside one is taken in
stored order, so that the number of threads cannot change a bit of the result. Parallel functions
take plain arrays, never tuples: numba 0.68 has been seen to exchange the arrays of a tuple there.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np
from numba import njit, prange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


# Below this many pairs one thread is quicker than two; the bits are the same either way.
PARALLEL_PAIRS = 100_000


class Rows(NamedTuple):
    """Stored pairs row by row: those of row i are `start[i]:start[i + 1]`; transposed, by site.

    `partner` is the site of a row's pair, and the row of a site's pair.
    """

    start: NDArray[np.int64]
    partner: NDArray[np.int32]
    value: NDArray[np.floating]


@njit(cache=True, error_model="numpy")
def transposed(rows: Rows, sites: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return start, index and value of the same pairs site by site, rows ascending."""
    start = np.zeros(sites + 1, np.int64)
    for k in range(len(rows.partner)):
        start[rows.partner[k] + 1] += 1
    for j in range(sites):
        start[j + 1] += start[j]
    place = start[:-1].copy()
    index = np.empty_like(rows.partner)
    value = np.empty_like(rows.value)
    for i in range(len(rows.start) - 1):
        for k in range(rows.start[i], rows.start[i + 1]):
            j = rows.partner[k]
            index[place[j]] = i
            value[place[j]] = rows.value[k]
            place[j] += 1
    return start, index, value


@njit(cache=True, error_model="numpy", parallel=True)
def _weighted_sums(
    start: NDArray[Any],
    index: NDArray[Any],
    value: NDArray[Any],
    factor: NDArray[Any],
    out: NDArray[Any],
) -> None:
    for i in prange(len(out)):
        total = 0.0
        for k in range(start[i], start[i + 1]):
            total += value[k] * factor[index[k]]
        out[i] = total


@contextmanager
def few_threads(pairs: int) -> Iterator[None]:
    """Run small loops on one thread: to wake and hold a second takes longer than the sums."""
    threads = numba.get_num_threads()
    if pairs < PARALLEL_PAIRS:
        numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(threads)


def weighted_sums(rows: Rows, factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sum_k value[k] * factor[index[k]] of every row (of every site, if transposed)."""
    out = np.empty(len(rows.start) - 1)
    with few_threads(len(rows.value)):
        _weighted_sums(*rows, factor, out)
    return out


@njit(cache=True, error_model="numpy")
def filtered(
    rows: Rows, keep_row: NDArray[Any], new_index: NDArray[Any], cap: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the pairs of kept rows and columns (new index >= 0), values capped row by row."""
    kept_rows, pairs = 0, 0
    for i in range(len(keep_row)):
        if keep_row[i]:
            kept_rows += 1
            for k in range(rows.start[i], rows.start[i + 1]):
                pairs += new_index[rows.partner[k]] >= 0
    start = np.zeros(kept_rows + 1, np.int64)
    index = np.empty(pairs, np.int32)
    value = np.empty(pairs, rows.value.dtype)
    row, at = 0, 0
    for i in range(len(keep_row)):
        if keep_row[i]:
            for k in range(rows.start[i], rows.start[i + 1]):
                if new_index[rows.partner[k]] >= 0:
                    index[at] = new_index[rows.partner[k]]
                    value[at] = min(float(rows.value[k]), cap[i])
                    at += 1
            row += 1
            start[row] = at
    return start, index, value


@njit(cache=True, error_model="numpy")
def _fingerprints(rows: Rows, need: NDArray[Any]) -> NDArray[Any]:
    """Return one number per row that equal rows share (splitmix64 over the stored pairs)."""
    out = np.empty(len(need), np.uint64)
    for i in range(len(need)):
        state = np.uint64(rows.start[i + 1] - rows.start[i]) + np.uint64(need[i] * 4096.0)
        for k in range(rows.start[i], rows.start[i + 1]):
            state += np.uint64(rows.partner[k]) * np.uint64(0x9E3779B97F4A7C15)
            state += np.uint64(rows.value[k] * 4096.0)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state ^= state >> np.uint64(31)
        out[i] = state
    return out


@njit(cache=True, error_model="numpy")
def _same_as_previous(rows: Rows, need: NDArray[Any], order: NDArray[Any]) -> NDArray[Any]:
    """Tell of every row in this order whether it equals the row before it, pair by pair."""
    same = np.zeros(len(order), np.bool_)
    for t in range(1, len(order)):
        a, b = order[t - 1], order[t]
        length = rows.start[b + 1] - rows.start[b]
        if need[a] != need[b] or length != rows.start[a + 1] - rows.start[a]:
            continue
        equal = True
        for k in range(length):
            p, q = rows.start[a] + k, rows.start[b] + k
            if rows.partner[p] != rows.partner[q] or rows.value[p] != rows.value[q]:
                equal = False
                break
        same[t] = equal
    return same


def first_equals(rows: Rows, need: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return for each row the first row with the same pairs and the same need (often itself)."""
    order = np.argsort(_fingerprints(rows, need), kind="stable")
    same = _same_as_previous(rows, need, order)
    group = np.cumsum(~same) - 1
    first = np.full(int(group[-1]) + 1 if len(group) else 0, len(need), np.int64)
    np.minimum.at(first, group, order)
    result = np.empty(len(need), np.int64)
    result[order] = first[group]
    return result
