"""The raw tables of a scenario and where each key was written, before anything is checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path: TypeAlias = tuple[str, ...]

_NAME = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]\]?")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=(.*)$")
_INLINE_KEY = re.compile(rf"({_NAME})\s*=")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'")
_LONG_STRING = re.compile(r"\"\"\"|'''")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a key was written: a file and its row, or an override."""

    file: str = ""
    row: int | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Unchecked tables, and the place of every key that could be found in the text.

    `based` says that they stand on a base, which gives what they leave out.
    """

    tables: Mapping[str, Any]
    places: Mapping[Path, Place] = field(default_factory=dict)
    based: bool = False

    def place(self, path: Path) -> Place:
        """Return where a key stands, or else where the nearest table above it stands."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return Place()

    def merged(self, other: Draft) -> Draft:
        """Return these tables with the differences of another on top; a list replaces a list."""
        replaced = [path for path, value in _walk(other.tables) if isinstance(value, list)]
        kept = {
            path: place
            for path, place in self.places.items()
            if not any(path[: len(lost)] == lost for lost in replaced)
        }
        places = {**kept, **other.places}
        return Draft(tables=_merge(self.tables, other.tables), places=places, based=True)


def _merge(base: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the deep union of two tables in which the second wins."""
    result = dict(base)
    for key, value in other.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = _merge(result[key], value) if both else value
    return result


def _walk(tables: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every key of nested tables with its path."""
    for key, value in tables.items():
        yield (*above, key), value
        if isinstance(value, dict):
            yield from _walk(value, (*above, key))


def key_places(text: str, *, file: str) -> dict[Path, Place]:
    """Return the row on which each key and table of a valid TOML text is written."""
    places: dict[Path, Place] = {(): Place(file=file)}
    lists: dict[Path, int] = {}
    table: Path = ()
    for row, line in _statements(text):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _names(header[2])
            if header[1] == "[[":
                lists[table] = lists.get(table, -1) + 1
                places.setdefault(table, Place(file=file, row=row))
                table = (*table, str(lists[table]))
            places.setdefault(table, Place(file=file, row=row))
        elif key:
            path = table + _names(key[1])
            places[path] = Place(file=file, row=row)
            if key[2].lstrip().startswith("{"):
                for name in _INLINE_KEY.findall(_STRING.sub('""', key[2])):
                    places[path + _names(name)] = Place(file=file, row=row)
    return places


def _names(dotted: str) -> Path:
    """Return the parts of a dotted key without their quotes."""
    return tuple(part.strip("\"'") for part in re.findall(_NAME, dotted))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the rows on which a statement begins, leaving out what long values continue."""
    depth, in_string = 0, False
    for row, line in enumerate(text.splitlines(), start=1):
        if depth == 0 and not in_string:
            yield row, line
        in_string ^= len(_LONG_STRING.findall(line)) % 2 == 1
        if not in_string:
            code = _STRING.sub("", line).split("#")[0]
            depth += sum(code.count(c) for c in "[{") - sum(code.count(c) for c in "]}")
            depth = max(depth, 0)
