"""Decode the bytes of a text file: UTF-8, UTF-16, GB18030; refuse what none of them explains."""

from __future__ import annotations

import codecs

from siting.layers.formats.refusal import refusal

BOMS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8", ""),
    (codecs.BOM_UTF32_LE, "utf-32-le", "read as UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "read as UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "read as UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "read as UTF-16"),
)
LOOKED_AT_BYTES = 65_536
MOST_RARE = 0.3
"""So much of Chinese text may lie outside GB 2312; of another encoding read as GB18030 more does."""

_SAVE = "save it again as CSV UTF-8 (Excel: Save as, CSV UTF-8)"


def utf8_of(content: bytes, *, file: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the content of a text file as UTF-8 without a mark, and what it was read as.

    Parameters
    ----------
    content
        The bytes of the file: UTF-8, UTF-16 or UTF-32 with a byte order mark, UTF-8, UTF-16 or
        GB18030 (with GBK and GB 2312 in it) without.
    file
        What problems call the file.

    Raises
    ------
    DataError
        Where bytes cannot be decoded or are NUL, with the line.

    """
    for mark, encoding, note in BOMS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding, file), ((note,) if note else ())
    wide = _wide_encoding(content[:LOOKED_AT_BYTES])
    if wide:
        return _decoded(content, wide, file), ("read as UTF-16 without a byte order mark",)
    broken = _first_bad_byte(content, "utf-8")
    if broken is None:
        return _without_nul(content, file), ()
    chinese = _first_bad_byte(content, "gb18030")
    if chinese is None:
        text = content.decode("gb18030")
        _refuse_nonsense(text, content, file)
        return _without_nul(text.encode("utf-8"), file), ("read as GB18030 (GBK)",)
    raise _undecodable(content, max(broken, chinese), file, "UTF-8 nor GB18030 text")


def _wide_encoding(start: bytes) -> str:
    """Return the UTF-16 that text without a mark is in: its ASCII signs have NUL for one half."""
    if len(start) < 4 or b"\x00" not in start:
        return ""
    start = start[: len(start) // 2 * 2]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) < 0.05 * len(start) / 2 or min(even, odd) > 0.3 * max(even, odd):
        return ""
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    lines = start.decode(encoding, errors="replace").count("\n")
    return encoding if lines else ""


def _first_bad_byte(content: bytes, encoding: str) -> int | None:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _decoded(content: bytes, encoding: str, file: str) -> bytes:
    broken = _first_bad_byte(content, encoding)
    if broken is not None:
        raise _undecodable(
            content, broken, file, f"{encoding[:6].upper().rstrip('-')} text as it says"
        )
    text = content if encoding == "utf-8" else content.decode(encoding).encode("utf-8")
    return _without_nul(text, file)


def _undecodable(content: bytes, broken: int, file: str, kind: str) -> Exception:
    row = content.count(b"\n", 0, broken) + 1
    found = content[broken : broken + 4].hex(" ")
    either = "neither " if " nor " in kind else "not "
    return refusal(file, f"is {either}{kind}: the bytes {found}", _SAVE, row=row)


def _without_nul(text: bytes, file: str) -> bytes:
    place = text.find(b"\x00")
    if place >= 0:
        row = text.count(b"\n", 0, place) + 1
        remedy = "export it again: the file is damaged, or no text"
        raise refusal(file, "holds a NUL byte", remedy, row=row)
    return text


def _refuse_nonsense(text: str, content: bytes, file: str) -> None:
    """Raise where text read as GB18030 is mostly signs that no register holds."""
    signs = _wide_signs(text[:200_000])
    rare = sum(_is_rare(sign) for sign in signs)
    if signs and rare > MOST_RARE * len(signs):
        broken = _first_bad_byte(content, "utf-8") or 0
        raise _undecodable(content, broken, file, "UTF-8 nor Chinese GB18030 text")


def _wide_signs(text: str) -> list[str]:
    return [sign for sign in text if ord(sign) > 127]


def _is_rare(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False
