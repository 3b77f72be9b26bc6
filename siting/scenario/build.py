"""Turn raw tables into frozen ones by their declared types, and list everything that is wrong."""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from siting.errors import Problem
from siting.scenario.names import is_near, near
from siting.scenario.quantity import Quantity, plain

if TYPE_CHECKING:
    from siting.scenario.draft import Draft, Path

_BAD: Any = object()  # stands for a value that was refused; its problem is in the list
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
}


@cache
def declared(table: type) -> dict[str, tuple[Any, Quantity]]:
    """Return the type and the quantity of every key of a table, optional ones unwrapped."""
    hints = get_type_hints(table, include_extras=True)
    return {item.name: _unwrapped(hints[item.name]) for item in fields(table)}


def _unwrapped(hint: Any) -> tuple[Any, Quantity]:
    """Return a bare type and its quantity from an annotated, possibly optional type."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is Annotated:
        bare, quantity = get_args(hint)[:2]
        return bare, quantity
    return hint, Quantity()


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Builds tables from a draft; `problems` fills up with what was refused."""

    draft: Draft
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: Path, what: str, remedy: str) -> Any:
        """Note a problem at a key and return the mark of a refused value."""
        place = self.draft.place(path)
        named = place.file.startswith("--set ")
        self.problems.append(
            Problem(
                file=place.file,
                row=place.row,
                column="" if named else ".".join(path),
                what=what,
                remedy=remedy,
            )
        )
        return _BAD

    def table(self, kind: type, raw: Any, path: Path) -> Any:
        """Return a frozen table of a declared kind, or the mark of a refused value."""
        if not isinstance(raw, Mapping):
            return self.refuse(path, f"is {_shown(raw)}, not a table", f"write [{'.'.join(path)}]")
        keys = declared(kind)
        for name in raw:
            if name not in keys:
                self.refuse((*path, name), f"unknown {_noun(raw[name])}", near(name, keys))
        optional = {item.name for item in fields(kind) if item.default is not MISSING}
        values = {}
        for name, (bare, quantity) in keys.items():
            if name in raw:
                values[name] = self.value(bare, quantity, raw[name], (*path, name))
            elif name not in optional:
                values[name] = self.refuse(
                    (*path, name), "is missing", self.how_to_add(bare, quantity)
                )
        return _BAD if any(value is _BAD for value in values.values()) else kind(**values)

    def how_to_add(self, bare: Any, quantity: Quantity) -> str:
        """Return the remedy for a key or a table that is missing."""
        written = f"write {_how_to_write(bare, quantity)}"
        return (
            written if self.draft.based else f'{written}, or start the file with base = "quanzhou"'
        )

    def value(self, bare: Any, quantity: Quantity, raw: Any, path: Path) -> Any:
        """Return one value of a declared type, or the mark of a refused value."""
        if is_dataclass(bare) and isinstance(bare, type):
            return self.table(bare, raw, path)
        inner = get_args(bare)
        if get_origin(bare) is Mapping:
            return self.named(inner[1], quantity, raw, path)
        if get_origin(bare) is tuple:
            return self.listed(inner[0], raw, path)
        return self.scalar(bare, quantity, raw, path)

    def named(self, inner: Any, quantity: Quantity, raw: Any, path: Path) -> Any:
        """Return a table whose keys are names: of tables, or of numbers of one quantity."""
        if not isinstance(raw, Mapping):
            return self.refuse(path, f"is {_shown(raw)}, not a table", "write name = value pairs")
        strays = {name for name in raw if self.stray(inner, quantity, raw, (*path, name))}
        absent = [name for name in quantity.keys if name not in raw]
        for name in absent:
            self.refuse((*path, name), "is missing", self.how_to_add(inner, quantity))
        values = {
            name: self.value(inner, quantity, item, (*path, name))
            for name, item in raw.items()
            if name not in strays
        }
        bad = strays or absent or any(value is _BAD for value in values.values())
        return _BAD if bad else values

    def stray(self, inner: Any, quantity: Quantity, raw: Mapping[str, Any], path: Path) -> bool:
        """Return whether a name is misspelt, and note it: unknown, or like a name beside it."""
        name, item = path[-1], raw[path[-1]]
        if quantity.keys:
            known: tuple[str, ...] = quantity.keys
            wrong = name not in known
        else:
            known = tuple(other for other in raw if self._is_whole(inner, raw[other]))
            wrong = not self._is_whole(inner, item) and is_near(name, known)
        if wrong:
            self.refuse(path, "unknown name", near(name, known))
        return wrong

    def _is_whole(self, inner: Any, item: Any) -> bool:
        """Return whether a table has every key that its kind must have."""
        needed = (part.name for part in fields(inner) if part.default is MISSING)
        return isinstance(item, Mapping) and all(name in item for name in needed)

    def listed(self, inner: Any, raw: Any, path: Path) -> Any:
        """Return a list of tables or of texts as a tuple."""
        if not isinstance(raw, list | tuple):
            written = f"[[{path[-1]}]] tables" if is_dataclass(inner) else "a list in [ ]"
            return self.refuse(path, f"is {_shown(raw)}, not a list", f"write {written}")
        values = tuple(
            self.value(inner, Quantity(), item, (*path, str(index)))
            for index, item in enumerate(raw)
        )
        return _BAD if any(value is _BAD for value in values) else values

    def scalar(self, bare: type, quantity: Quantity, raw: Any, path: Path) -> Any:
        """Return a number, a text or a truth value of the declared type and range."""
        value = _converted(bare, raw)
        remedy = f"write {_how_to_write(bare, quantity)}"
        if value is _BAD:
            return self.refuse(path, f"is {_shown(raw)}, not {_KINDS[bare]}", remedy)
        if bare in (int, float) and not quantity.holds(value):
            unit = f" {quantity.unit}" if quantity.unit else ""
            return self.refuse(path, f"is {plain(value)}{unit}, out of range", remedy)
        if quantity.pattern and not re.fullmatch(quantity.pattern, value):
            return self.refuse(path, f"is {_shown(value)}, not {quantity.form}", remedy)
        return value


def _converted(bare: type, raw: Any) -> Any:
    """Return a raw value as the declared type where nothing is lost by it."""
    if isinstance(raw, dt.date) and not isinstance(raw, dt.datetime) and bare is str:
        return raw.isoformat()
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if bare is float and number:
        return float(raw)
    if bare is int and number and float(raw).is_integer():
        return int(raw)
    return raw if type(raw) is bare and bare in (bool, str) else _BAD


def _shown(raw: Any) -> str:
    """Return a raw value as TOML would write it, shortened."""
    if isinstance(raw, Mapping):
        return "a table"
    if isinstance(raw, list | tuple):
        return "a list"
    return str(raw).lower() if isinstance(raw, bool) else repr(raw)[:60]


def _noun(raw: Any) -> str:
    """Return what an unknown key holds."""
    return "table" if isinstance(raw, Mapping | list) else "key"


def _how_to_write(bare: Any, quantity: Quantity) -> str:
    """Return the words for a value that would be accepted."""
    if quantity.low is not None:
        return f"{_KINDS.get(bare, 'numbers')} from {quantity.range_text}"
    return quantity.form or _KINDS.get(bare, "its tables")
