"""Write Chinese place names so that a keyboard finds them: pinyin initials and romanised names."""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

# suffixes of township-level units, the longest first
_SUFFIXES = (
    ("民族乡", " Ethnic Township"),
    ("回族乡", " Hui Township"),
    ("开发区", " Development Zone"),
    ("工业园区", " Industrial Park"),
    ("工业区", " Industrial Zone"),
    ("管委会", " Committee"),
    ("街道", " Subdistrict"),
    ("镇", " Town"),
    ("乡", " Township"),
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def initials(name: str) -> str:
    """Return the first pinyin letters of a name, `东海街道` gives `dhjd`."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def syllables(name: str) -> str:
    """Return the whole name in pinyin without tones or spaces."""
    return "".join(lazy_pinyin(name)).lower()


def romanised(name: str) -> str:
    """Return the English form of a unit's name: pinyin and a translated suffix.

    A name without Chinese characters is its own.

    >>> romanised("东海街道"), romanised("Bad Nau")
    ('Donghai Subdistrict', 'Bad Nau')
    """
    if not _CHINESE.search(name):
        return name
    for suffix, english in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return syllables(name[: -len(suffix)]).capitalize() + english
    return syllables(name).capitalize()
