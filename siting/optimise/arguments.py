"""Checks what an optimiser is given, and reports everything that is wrong with it at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(kw_only=True)
class Checks:
    """Collects problems while arguments are turned into arrays; `settle` raises them together."""

    problems: list[Problem] = field(default_factory=list)

    def note(self, column: str, what: str, remedy: str, row: int | None = None) -> None:
        """Remember one problem of an argument."""
        self.problems.append(Problem(what=what, remedy=remedy, column=column, row=row))

    def settle(self) -> None:
        """Raise all problems noted so far as one error."""
        if self.problems:
            raise ConfigurationError(self.problems)

    def numbers(
        self, name: str, values: ArrayLike, length: int, *, least: float = 0.0, whole: bool = False
    ) -> NDArray[np.float64]:
        """Return finite numbers, one per row or site, none below the least; noted if they are not."""
        fallback = np.full(length, max(least, 0.0))
        try:
            array = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            self.note(name, "is not made of numbers", "give one number each")
            return fallback
        if array.ndim == 0:
            array = np.full(length, float(array))
        if array.shape != (length,):
            self.note(name, f"has shape {array.shape}", f"give {length} numbers")
            return fallback
        bad = ~np.isfinite(array) | (array < least)
        if whole:
            bad |= array != np.rint(array)
        if bad.any():
            kind = "whole numbers" if whole else "finite numbers"
            first = int(np.flatnonzero(bad)[0])
            what = f"{int(bad.sum())} values cannot be used, the first is {array[first]}"
            self.note(name, what, f"give {kind} of at least {least:g}", row=first)
            return fallback
        return array

    def count(self, name: str, value: float, *, least: int = 0) -> int:
        """Return a whole number of at least the least; noted if it is not."""
        good = isinstance(value, (int, float, np.integer, np.floating)) and np.isfinite(value)
        if not good or value != int(value) or value < least:
            self.note(name, f"is {value!r}", f"give a whole number of at least {least}")
            return least
        return int(value)

    def sites(self, name: str, chosen: ArrayLike | None, length: int) -> NDArray[np.bool_]:
        """Return a mask over the sites from column numbers or from a mask."""
        mask = np.zeros(length, np.bool_)
        if chosen is None:
            return mask
        array = np.asarray(chosen)
        if array.size == 0:
            return mask
        if array.dtype == np.bool_:
            if array.shape == (length,):
                return array.copy()
            self.note(name, f"is a mask of shape {array.shape}", f"give {length} values")
        elif array.ndim != 1 or array.dtype.kind not in "iu":
            self.note(name, "is not a list of column numbers", "give whole numbers or a mask")
        elif array.min() < 0 or array.max() >= length:
            self.note(name, "names columns that do not exist", f"use 0 to {length - 1}")
        else:
            mask[array] = True
        return mask

    def apart(self, locked: NDArray[np.bool_], forbidden: NDArray[np.bool_]) -> None:
        """Note sites that must be chosen and must not."""
        both = np.flatnonzero(locked & forbidden)
        if len(both):
            what = f"{len(both)} sites are forbidden too, the first is {both[0]}"
            self.note("locked", what, "take them out of one of the two")


def as_matrix(checks: Checks, name: str, matrix: Any) -> sparse.csr_array:
    """Return a demand x site matrix as CSR with sorted columns and no stored zeros."""
    empty = sparse.csr_array((0, 0), dtype=np.float64)
    if not sparse.issparse(matrix):
        matrix = np.asarray(matrix)
        if matrix.ndim != 2 or matrix.dtype.kind not in "biuf":
            checks.note(name, "is not a matrix of numbers", "give CSR or an array, demand x site")
            return empty
    csr = sparse.csr_array(matrix)
    if csr.dtype.kind not in "biuf" or csr.ndim != 2:
        checks.note(name, "is not a matrix of numbers", "give CSR or an array, demand x site")
        return empty
    if csr.dtype == np.bool_ or not csr.has_canonical_format or (csr.data == 0).any():
        csr = csr.astype(np.float32) if csr.dtype == np.bool_ else csr.copy()
        csr.sum_duplicates()
        csr.eliminate_zeros()
    refuse_bad_values(checks, name, csr)
    return csr


def refuse_bad_values(checks: Checks, name: str, csr: sparse.csr_array) -> None:
    """Note values that are not finite or are negative, with the first row that has one."""
    bad = ~np.isfinite(csr.data) | (csr.data < 0)
    if bad.any():
        row = int(np.searchsorted(csr.indptr, int(np.flatnonzero(bad)[0]), side="right")) - 1
        what = f"{int(bad.sum())} values are negative or not finite"
        checks.note(name, what, "give finite values of at least 0", row=row)
