"""Compare the names of places: bring each to one spelling, then count what still differs.

The likeness of two names is 1 - d / n: d the least number of characters to insert, leave out or
replace (Levenshtein), n the length of the longer name. Numbers are compared apart, for 1号楼 and
2号楼 are alike and are two places.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LONGEST = 40
"""So many characters of a name are compared."""

_DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_COUNTED = r"号楼|号院|号|楼|栋|幢|座|期|层|区|组|#"
_CHINESE_NUMBER = re.compile(rf"[零〇一二两三四五六七八九十]{{1,3}}(?=(?:{_COUNTED}))")
_BUILDING = re.compile(r"(?<=\d)(?:号楼|号院|号|栋|幢|座|楼|#)+")
_UNIT = re.compile(
    r"(?<=[一-鿿]{2})(?:特别行政区|自治区|自治州|自治县|省|市(?!场)|县(?!城)|区(?!域)|街道|镇|乡(?!村)|村|社区)(?=[一-鿿]{2})"
)
_STATION = re.compile(r"(?:宏基站|微基站|基站|宏站|微站|小站|站点|站址|机房|室分|站)$")
_NUMBER = re.compile(r"\d+")
_APART = re.compile(r"[\W_]+")
_CHUNK = 200_000


def plain_name(name: str) -> str:
    """Return a name in one spelling: narrow letters and digits, no marks, no unit words, no 基站.

    >>> plain_name("泉州市丰泽区万达广场（３号楼）基站"), plain_name("泉州丰泽万达广场三栋")
    ('泉州丰泽万达广场3号', '泉州丰泽万达广场3号')
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _CHINESE_NUMBER.sub(lambda found: str(_number(found[0])), text)
    text = _BUILDING.sub("号", text)
    text = _APART.sub("", text)
    return _UNIT.sub("", _STATION.sub("", text) or text)


def numbers_of(plain: str) -> tuple[int, ...]:
    """Return the numbers in a plain name, in order.

    >>> numbers_of("万达3号2期")
    (3, 2)
    """
    return tuple(int(number) for number in _NUMBER.findall(plain))


def likeness(first: Sequence[str], second: Sequence[str]) -> NDArray[np.float64]:
    """Return for each pair of plain names how alike they are, 0 to 1; 0 where one is empty.

    >>> likeness(["万达广场", "港务大厦"], ["万达广场", "港务大楼"]).tolist()
    [1.0, 0.75]
    """
    alike = np.zeros(len(first))
    for start in range(0, len(first), _CHUNK):
        part = slice(start, start + _CHUNK)
        alike[part] = _likeness(first[part], second[part])
    return alike


def _likeness(first: Sequence[str], second: Sequence[str]) -> NDArray[np.float64]:
    """Return the likeness of pairs by one table of distances for all pairs at once."""
    a, b = _letters(first), _letters(second)
    long_a, long_b = (a > 0).sum(axis=1), (b > 0).sum(axis=1)
    rows = np.arange(len(a))
    above = np.broadcast_to(np.arange(b.shape[1] + 1, dtype=np.int16), (len(a), b.shape[1] + 1))
    distance = np.where(long_a == 0, long_b, 0).astype(np.int16)
    for k in range(a.shape[1]):
        line = np.empty_like(above)
        line[:, 0] = k + 1
        for j in range(b.shape[1]):
            replaced = above[:, j] + (a[:, k] != b[:, j])
            line[:, j + 1] = np.minimum(np.minimum(above[:, j + 1], line[:, j]) + 1, replaced)
        done = long_a == k + 1
        distance[done] = line[rows[done], long_b[done]]
        above = line
    longest = np.maximum(long_a, long_b)
    named = (long_a > 0) & (long_b > 0)
    return np.where(named, 1.0 - distance / np.maximum(longest, 1), 0.0)


def _letters(names: Sequence[str]) -> NDArray[np.uint32]:
    """Return the characters of names as numbers, one row each, 0 after the end."""
    width = max(1, min(LONGEST, max(map(len, names), default=1)))
    text = np.array([name[:width] for name in names], dtype=f"<U{width}")
    return text.view(np.uint32).reshape(len(text), width)


def _number(text: str) -> int:
    """Return a Chinese number below 100, or its digits in a row.

    >>> _number("十二"), _number("二十"), _number("三"), _number("一〇")
    (12, 20, 3, 10)
    """
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[letter]) for letter in text))
