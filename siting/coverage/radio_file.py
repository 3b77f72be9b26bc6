"""Read a radio file: carrier, power, antenna and terminal of a radio, each figure with its source.

A radio file is a flat TOML file. A figure is written with where it comes from,

    power_dbm = { value = 53.0, source = "data sheet of the unit" }

or bare, where the file has a `source` for all of its own. `base = "macro_3500_64t"` takes everything
that is not written from a packaged radio. The keys are those of `siting.coverage.radio_keys`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from siting.coverage.carrier import resource_blocks
from siting.coverage.radio_keys import FIGURES, WORDS
from siting.coverage.radio_parts import RadioFile, carrier_of, radio_of, ssb_antenna
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_KEY = re.compile(r"^\s*([A-Za-z0-9_]+)\s*=", re.MULTILINE)
_CHOICES = {"kind": ("macro", "micro", "indoor"), "technology": ("NR", "LTE")}
_NO_FIGURE = 1e9  # TOML knows whole numbers of any length
_LARGEST_BYTES = 1_000_000
_EXAMPLE = '{ value = 0.0, source = "..." }'


def radio_names() -> tuple[str, ...]:
    """Return the names of the radios that come with the package, sorted."""
    return tuple(sorted(Path(item.name).stem for item in _folder().iterdir() if _is_toml(item)))


def read_radio(source: str | Path) -> RadioFile:
    """Return a radio, checked; every problem is reported at once, with its row.

    Parameters
    ----------
    source
        The name of a packaged radio, or the path of a TOML file.

    Raises
    ------
    ConfigurationError
        There is no such radio, or a key or a figure of it cannot be used.

    """
    text, file = _text(source)
    draft = _Draft(file=file, text=text)
    draft.read()
    if draft.problems:
        raise ConfigurationError(draft.problems)
    radio = draft.built(Path(source).stem)
    problems = _disagreements(radio, draft)
    if problems:
        raise ConfigurationError(problems)
    return radio


def _folder() -> Any:
    """Return the folder of the packaged radios."""
    return resources.files("siting").joinpath("coverage", "radios")


def _is_toml(item: Any) -> bool:
    return str(item.name).endswith(".toml")


def _text(source: str | Path) -> tuple[str, str]:
    """Return the text of a packaged radio or of a file, and how messages call it."""
    name = str(source)
    if not name.endswith(".toml"):
        if name in radio_names():
            return _folder().joinpath(f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml"
        problem = Problem(
            file=name,
            what="there is no packaged radio of this name",
            remedy=_near(name, radio_names()) + ", or name a .toml file",
        )
        raise ConfigurationError(problem)
    path = Path(source)
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            what, remedy = "is too large for a radio file", "name a file of some kilobytes"
            raise ConfigurationError(Problem(file=path.name, what=what, remedy=remedy))
        return path.read_bytes().decode("utf-8-sig"), path.name
    except OSError as error:
        what, remedy = "there is no such radio file", "check the path, or use a packaged radio"
        raise ConfigurationError(Problem(file=name, what=what, remedy=remedy)) from error
    except UnicodeDecodeError as error:
        what, remedy = "is not UTF-8", "save it as a UTF-8 text file"
        raise ConfigurationError(Problem(file=path.name, what=what, remedy=remedy)) from error


@dataclass(kw_only=True)
class _Draft:
    """A radio file on its way: raw keys, the rows they stand in, values, sources and problems."""

    file: str
    text: str

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
        except tomllib.TOMLDecodeError as error:
            remedy = f"write key = {_EXAMPLE}"
            self.problems.append(Problem(file=self.file, what=str(error), remedy=remedy))
            return
        for key in raw:
            if key not in FIGURES and key not in WORDS:
                self.refuse(key, "unknown key", _near(key, [*FIGURES, *WORDS]))
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
                remedy = f'write {key} = {example}, or start with base = "{radio_names()[0]}"'
                self.refuse(key, "is missing", remedy)

    def _take_base(self, raw: Mapping[str, Any]) -> None:
        """Start from the figures of a packaged radio where the file names one."""
        base = raw.get("base")
        if base is None:
            return
        if base not in radio_names():
            self.refuse("base", f"{base!r} is no packaged radio", _near(str(base), radio_names()))
            return
        below = read_radio(str(base))
        words = ("kind", "technology", "band", "note")
        self.values = {key: getattr(below, key) for key in (*words, *FIGURES)}
        self.sources = dict(below.sources)

    def _take_word(self, key: str, raw: Any) -> None:
        """Keep a text, one of the choices where there are any."""
        choices = _CHOICES.get(key, ())
        if not isinstance(raw, str):
            self.refuse(key, f"is {raw!r}, not a text", f'write {key} = "..."')
        elif choices and raw not in choices:
            self.refuse(key, f"is {raw!r}", _near(raw, choices))
        else:
            self.values[key] = raw

    def _take_figure(self, key: str, raw: Any) -> None:
        """Keep a figure in its range, with its own source or the file's."""
        written, source = raw, self.values.get("source", "")
        if isinstance(raw, dict):
            for stray in sorted(set(raw) - {"value", "source"}):
                self.refuse(key, f"has an unknown {stray!r}", _near(stray, ("value", "source")))
            written, source = raw.get("value"), raw.get("source", source)
        number = isinstance(written, int | float) and not isinstance(written, bool)
        if not (number and abs(written) < _NO_FIGURE and FIGURES[key].holds(float(written))):
            remedy = f"write {FIGURES[key].wanted}"
            self.refuse(key, f"is {written!r}" if written is not None else "has no value", remedy)
            return
        if not isinstance(source, str) or not source.strip():
            self.refuse(key, "has no source", f"write {key} = {_EXAMPLE}, or source = for the file")
        self.values[key] = int(written) if FIGURES[key].whole else float(written)
        self.sources[key] = str(source)

    def built(self, name: str) -> RadioFile:
        """Return the radio of values that are all there."""
        values = {key: value for key, value in self.values.items() if key != "source"}
        return RadioFile(name=name, sources=MappingProxyType(self.sources), **values)


def _disagreements(radio: RadioFile, draft: _Draft) -> list[Problem]:
    """Return what figures say against each other or against the models they are used in."""
    before = len(draft.problems)
    try:
        blocks = resource_blocks(
            bandwidth_mhz=radio.bandwidth_mhz,
            subcarrier_khz=radio.subcarrier_khz,
            technology=radio.technology,
        )
    except ConfigurationError as error:
        for problem in error.problems:
            draft.refuse(problem.column, problem.what, problem.remedy)
    else:
        if blocks != radio.resource_blocks:
            carrier = f"{radio.bandwidth_mhz:g} MHz at {radio.subcarrier_khz:g} kHz"
            what = f"is {radio.resource_blocks}, and {carrier} has {blocks}"
            draft.refuse("resource_blocks", what, f"write {blocks}, or correct the bandwidth")
    for used in (radio_of, ssb_antenna, carrier_of):
        try:
            used(radio)
        except ConfigurationError as error:
            for problem in error.problems:
                draft.refuse(_own_key(problem.column), problem.what, problem.remedy)
    return draft.problems[before:]


def _own_key(column: str) -> str:
    """Return the key of a radio file that a lower module calls otherwise."""
    return {"rows": "ssb_rows", "columns": "ssb_columns"}.get(column, column)


def _near(name: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown name: the nearest known ones, or all of them."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"write one of {', '.join(names)}"
