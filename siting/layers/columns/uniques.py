"""Work on the different cells of a column instead of on every one."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

T = TypeVar("T")

EMPTY_WORDS = frozenset(
    ("-", "--", "---", "—", "——", "/", "\\", "无", "空", "n/a", "na", "null", "none", "nan", "nil",
     "暂无", "不详", "未知", "待定", "(空)", "(null)", "<null>", "?")
)  # fmt: skip
"""What people and programmes write into a cell that holds nothing, lower case."""

_SIGNS = str.maketrans(
    {"−": "-", "—": "-", "–": "-", "﹣": "-", "º": "°", "˚": "°", "″": '"', "”": '"', "“": '"', "〃": '"',
     "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "，": ",", "：": ":", "；": ";", "、": ",", "。": "."}
)  # fmt: skip


def folded(cell: str) -> str:
    """Return a cell in narrow letters and signs, lower case, its minus a minus.

    >>> folded("－１２．５Ｍ")
    '-12.5m'
    """
    if cell.isascii() and "`" not in cell:
        return cell.lower().strip()
    return unicodedata.normalize("NFKC", cell.translate(_SIGNS)).casefold().strip()


def is_empty(cell: str) -> bool:
    """Tell whether a cell holds nothing, or a word for nothing."""
    return not cell or cell.casefold() in EMPTY_WORDS


def by_unique(cells: pd.Series, read: Callable[[str], T]) -> tuple[NDArray[np.int64], list[T]]:
    """Return for each cell the place of its reading, and the readings of the different cells."""
    codes, different = pd.factorize(cells, use_na_sentinel=False)
    return codes, [read(cell) for cell in np.asarray(different, dtype=object).tolist()]


def plain_numbers(cells: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the cells that are plain decimal numbers, NaN elsewhere, and where the others are.

    An empty cell is not another. A column of plain numbers alone takes one cast.
    """
    import pyarrow as pa  # noqa: PLC0415 - half a second that only whole columns need
    import pyarrow.compute as pc  # noqa: PLC0415 - as above

    text = pa.array(cells, type=pa.large_string(), from_pandas=True)
    text = _one_array(text)
    filled = pc.not_equal(pc.fill_null(text, ""), "")
    numbers = pc.if_else(filled, text, None)
    others = np.zeros(len(cells), dtype=np.bool_)
    try:
        values = pc.cast(numbers, pa.float64())
    except pa.ArrowInvalid:
        plain = pc.match_substring_regex(
            pc.fill_null(text, ""), r"^[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?$"
        )
        others = np.asarray(
            pc.and_not(filled, plain).to_numpy(zero_copy_only=False), dtype=np.bool_
        )
        unsigned = pc.replace_substring_regex(pc.if_else(plain, text, None), r"^\+", "")
        values = pc.cast(unsigned, pa.float64())
    array = np.array(pc.fill_null(values, np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)
    words = ~np.isfinite(array) & np.asarray(filled.to_numpy(zero_copy_only=False)) & ~others
    array[words] = np.nan  # `nan` and `inf` are words
    return array, others | words


def _one_array(text: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - as above

    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
