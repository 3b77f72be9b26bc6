"""Name inputs by the hash of one canonical byte form: equal numbers give equal hashes.

Every array is taken as little-endian 64-bit numbers in order, a matrix as sorted CSR, a mask as a
mask, a table of options as sorted JSON with exact numbers. How a caller stored them (dense or
sparse, float32 or float64, a list or an array) makes no difference.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike
    from scipy import sparse

HEAD = b"siting canonical bytes 1\n"


def array_hash(*arrays: ArrayLike) -> str:
    """Return the hash of arrays of numbers, one after the other, shapes included."""
    digest = hashlib.sha256(HEAD)
    for values in arrays:
        array = np.asarray(values)
        kind = "<i8" if array.dtype.kind in "biu" else "<f8"
        digest.update(f"{kind}{array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array, dtype=kind).data)
    return digest.hexdigest()


def numbers_hash(values: ArrayLike) -> str:
    """Return the hash of numbers that count as floats however they came; -0 counts as 0."""
    return array_hash(np.asarray(values, dtype=np.float64) + 0.0)


def matrix_hash(matrix: sparse.csr_array) -> str:
    """Return the hash of a matrix in canonical CSR (columns sorted, none twice)."""
    return array_hash(
        np.asarray(matrix.shape, np.int64),
        matrix.indptr.astype(np.int64, copy=False),
        matrix.indices.astype(np.int64, copy=False),
        matrix.data.astype(np.float64, copy=False) + 0.0,
    )


def words_hash(words: Iterable[object]) -> str:
    """Return the hash of labels, each with its type."""
    text = json.dumps([[type(word).__name__, str(word)] for word in words], ensure_ascii=False)
    return hashlib.sha256(HEAD + text.encode("utf-8")).hexdigest()


def record_hash(record: Mapping[str, Any]) -> str:
    """Return the hash of a table of plain values."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, allow_nan=True)
    return hashlib.sha256(HEAD + text.encode("utf-8")).hexdigest()
