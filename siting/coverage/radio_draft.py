"""Turn the text of a radio file into values with sources, and list everything that is wrong."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from siting.coverage.radio_keys import FIGURES, WORDS
from siting.coverage.radio_parts import RadioFile
from siting.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_KEY = re.compile(r"^\s*([A-Za-z0-9_]+)\s*=", re.MULTILINE)
_CHOICES = {"kind": ("macro", "micro", "indoor"), "technology": ("NR", "LTE")}
_NO_FIGURE = 1e9  # TOML knows whole numbers of any length
_EXAMPLE = '{ value = 0.0, source = "..." }'


@dataclass(kw_only=True)
class Draft:
    """A radio file on its way: the rows of its keys, values, sources, and what was wrong.

    `packaged` reads a packaged radio of one of the `names`.
    """

    file: str
    text: str
    names: Sequence[str]
    packaged: Callable[[str], RadioFile]

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []
        self.values: dict[str, Any] = {}
        self.sources: dict[str, str] = {}
        self.rows = {
            found[1]: self.text.count("\n", 0, found.start(1)) + 1
            for found in _KEY.finditer(self.text)
        }

    def refuse(self, key: str, what: str, remedy: str) -> None:
        """Note a problem at a key."""
        self.problems.append(
            Problem(file=self.file, row=self.rows.get(key), column=key, what=what, remedy=remedy)
        )

    def read(self) -> None:
        """Fill values and sources from the text, and problems with what cannot be used."""
        try:
            raw = tomllib.loads(self.text)
        except ValueError as error:
            remedy = f"write key = {_EXAMPLE}"
            self.problems.append(Problem(file=self.file, what=str(error), remedy=remedy))
            return
        for key in raw:
            if key not in FIGURES and key not in WORDS:
                self.refuse(key, "unknown key", near(key, [*FIGURES, *WORDS]))
        self._take_base(raw)
        for key in WORDS:
            if key in raw and key != "base":
                self._take_word(key, raw[key])
        for key in FIGURES:
            if key in raw:
                self._take_figure(key, raw[key])
        wrong = {problem.column for problem in self.problems}
        for key in (*_CHOICES, *FIGURES):
            if key not in self.values and key not in wrong:
                example = " or ".join(f'"{word}"' for word in _CHOICES.get(key, ())) or _EXAMPLE
                remedy = f'write {key} = {example}, or start with base = "{self.names[0]}"'
                self.refuse(key, "is missing", remedy)

    def _take_base(self, raw: Mapping[str, Any]) -> None:
        """Start from the figures of a packaged radio where the file names one."""
        base = raw.get("base")
        if base is None:
            return
        if base not in self.names:
            self.refuse("base", f"{base!r} is no packaged radio", near(str(base), self.names))
            return
        below = self.packaged(str(base))
        words = ("kind", "technology", "band", "note")
        self.values = {key: getattr(below, key) for key in (*words, *FIGURES)}
        self.sources = dict(below.sources)

    def _take_word(self, key: str, raw: Any) -> None:
        """Keep a text, one of the choices where there are any."""
        choices = _CHOICES.get(key, ())
        if not isinstance(raw, str):
            self.refuse(key, f"is {raw!r}, not a text", f'write {key} = "..."')
        elif choices and raw not in choices:
            self.refuse(key, f"is {raw!r}", near(raw, choices))
        else:
            self.values[key] = raw

    def _take_figure(self, key: str, raw: Any) -> None:
        """Keep a figure in its range, with its own source or the file's."""
        written, source = raw, self.values.get("source", "")
        if isinstance(raw, dict):
            for stray in sorted(set(raw) - {"value", "source"}):
                self.refuse(key, f"has an unknown {stray!r}", near(stray, ("value", "source")))
            written, source = raw.get("value"), raw.get("source", source)
        number = isinstance(written, int | float) and not isinstance(written, bool)
        if not (number and abs(written) < _NO_FIGURE and FIGURES[key].holds(float(written))):
            remedy = f"write {FIGURES[key].wanted}"
            self.refuse(
                key, f"is {repr(written)[:40]}" if written is not None else "has no value", remedy
            )
            return
        if not isinstance(source, str) or not source.strip():
            self.refuse(key, "has no source", f"write {key} = {_EXAMPLE}, or source = for the file")
        self.values[key] = int(written) if FIGURES[key].whole else float(written)
        self.sources[key] = str(source)

    def built(self, name: str) -> RadioFile:
        """Return the radio of values that are all there."""
        values = {key: value for key, value in self.values.items() if key != "source"}
        return RadioFile(name=name, sources=MappingProxyType(self.sources), **values)


def near(name: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown name: the nearest known ones, or all of them."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"write one of {', '.join(names)}"
