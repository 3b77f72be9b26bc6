"""The lines of a Planet antenna file (MSI, PLN): header words, then two cuts of angles and losses.

    NAME ...            free text; the first line where the word NAME is left out
    FREQUENCY 3500      MHz
    GAIN 17.5 dBi       dBd where no unit is written (that of a half-wave dipole, 2.15 dBi)
    TILT ELECTRICAL 6   free text; some write TILT ELECTRICAL and ELECTRICAL_TILT 6
    H_WIDTH, ...        words without a meaning here
    HORIZONTAL 360
    0.0 0.0             angle [degree], loss [dB] below the strongest direction, 0 or more

Words may be in any case, numbers may have a decimal comma, lines that are empty or begin with
`#`, `*` or `//` are passed over, and so are header words that have no meaning here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from siting.errors import Problem

CUTS = ("HORIZONTAL", "VERTICAL")
_WORDS = (
    *("NAME", "MAKE", "FREQUENCY", "H_WIDTH", "V_WIDTH", "FRONT_TO_BACK", "GAIN", "TILT"),
    *("ELECTRICAL_TILT", "POLARIZATION", "POLARISATION", "COMMENT", "COMMENTS"),
)
_COMMENTS = ("#", "*", "//")
_PAIR = re.compile(r"[\s;]+")
_MOST_PROBLEMS = 20
_WITH_BOTH_ENDS = (361, 721, 3601)  # 0 and 360 degrees, which are one direction


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One cut as written: the row of its heading, the rows promised, and (row, angle, loss)."""

    row: int
    promised: int
    pairs: list[tuple[int, float, float]] = field(default_factory=list)


@dataclass(kw_only=True)
class Pages:
    """What a file says: header texts with their rows, cuts, and what was wrong on the way."""

    file: str
    header: dict[str, tuple[int, str]] = field(default_factory=dict)
    cuts: dict[str, Cut] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, what: str, remedy: str, *, row: int | None = None, column: str = "") -> None:
        """Note a problem of this file."""
        self.problems.append(
            Problem(file=self.file, row=row, column=column, what=what, remedy=remedy)
        )

    def told(self) -> list[Problem]:
        """Return the problems, the first twenty and how many more there are."""
        more = len(self.problems) - _MOST_PROBLEMS
        if more <= 0:
            return self.problems
        what = f"{more} more rows are wrong"
        remedy = "correct the rows above first: the rest is often of the same kind"
        return [*self.problems[:_MOST_PROBLEMS], Problem(file=self.file, what=what, remedy=remedy)]


def number(text: str) -> float:
    """Return a number with a decimal point or comma; NaN where the text is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def decoded(content: bytes) -> str:
    """Return the text of a file that names no encoding: BOMs first, then UTF-8, GBK, Latin-1."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def read_pages(text: str, *, file: str) -> Pages:
    """Return what the lines of a file say, with a problem for each line that says nothing."""
    pages = Pages(file=file)
    cut = ""
    for row, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith(_COMMENTS):
            continue
        word, _, rest = line.replace("\t", " ").partition(" ")
        word = word.upper().rstrip(":=")
        if word in CUTS:
            cut = word
            _open_cut(pages, word, rest.strip(), row)
        elif word[:1].isalpha() and (not cut or word in _WORDS):
            _take_word(pages, word, rest.strip(), line, row)
        elif cut:
            _take_pair(pages, cut, line, row)
        else:
            _take_word(pages, "", "", line, row)
    return pages


def _open_cut(pages: Pages, name: str, rest: str, row: int) -> None:
    """Begin a cut; its heading should say how many rows follow."""
    if name in pages.cuts:
        first = pages.cuts[name].row
        pages.refuse(f"a second {name}, after row {first}", "keep one of them", row=row)
    promised = number(rest) if rest else 360.0
    if not (promised.is_integer() and 72 <= promised <= 3600):
        pages.refuse(
            f"{name} promises {rest!r} rows",
            "write 360: a loss for each degree (72 to 3600 rows are read)",
            row=row,
        )
        promised = 0.0
    if promised in _WITH_BOTH_ENDS:
        promised -= 1
    pages.cuts[name] = Cut(row=row, promised=int(promised))


def _take_word(pages: Pages, word: str, rest: str, line: str, row: int) -> None:
    """Keep a header line; the first one is the name where it begins with no known word."""
    if not pages.header and word not in _WORDS:
        pages.header["NAME"] = (row, line)
    elif word:
        pages.header.setdefault(word, (row, rest))
    else:
        pages.refuse(f"{line[:40]!r} before HORIZONTAL", "write HORIZONTAL 360 above it", row=row)


def _take_pair(pages: Pages, cut: str, line: str, row: int) -> None:
    """Keep one angle and its loss."""
    parts = [part for part in _PAIR.split(line) if part]
    values = [number(part) for part in parts]
    if len(values) != 2 or not all(map(math.isfinite, values)):
        pages.refuse(
            f"{line[:40]!r} is not an angle and a loss",
            "write two numbers, such as 12.0 0.7",
            row=row,
            column=cut,
        )
        return
    angle, loss = values
    if not 0.0 <= angle <= 360.0:
        pages.refuse(f"angle {angle:g}", "use 0 to 359 degrees", row=row, column=cut)
        return
    if not 0.0 <= loss <= 100.0:
        remedy = "write how far [dB] it is below the strongest direction, without a sign: 0 to 100"
        pages.refuse(f"loss {loss:g} dB", remedy, row=row, column=cut)
    pages.cuts[cut].pairs.append((row, angle, loss))
