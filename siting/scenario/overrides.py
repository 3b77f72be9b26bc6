"""Changes to single keys, written `phases.2024.max_stations=4000`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from siting.errors import Problem
from siting.scenario.draft import Draft, Place
from siting.scenario.names import near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.scenario.draft import Path

_EXAMPLE = "write key=value, for example optimise.swap_passes=2"


def with_overrides(
    draft: Draft, overrides: Mapping[str, Any] | Sequence[str]
) -> tuple[Draft, list[Problem]]:
    """Return a draft with single keys changed, and the changes that could not be read."""
    tables: dict[str, Any] = deepcopy(dict(draft.tables))
    places = dict(draft.places)
    problems: list[Problem] = []
    for key, value in _pairs(overrides, problems):
        path = _change(tables, key, value)
        if isinstance(path, Problem):
            problems.append(path)
        else:
            places = {old: place for old, place in places.items() if old[: len(path)] != path}
            places[path] = Place(file=f"--set {key}")
    return Draft(tables=tables, places=places, based=draft.based), problems


def _pairs(
    overrides: Mapping[str, Any] | Sequence[str], problems: list[Problem]
) -> list[tuple[str, Any]]:
    """Return keys with values as TOML reads them; a value that is no TOML is a text."""
    if isinstance(overrides, Mapping):
        return [
            (key.strip(), _value(value) if isinstance(value, str) else value)
            for key, value in overrides.items()
        ]
    pairs = []
    for text in (overrides,) if isinstance(overrides, str) else overrides:
        key, equals, value = text.partition("=")
        if key.strip() and equals:
            pairs.append((key.strip(), _value(value.strip())))
        else:
            problems.append(
                Problem(file=f"--set {text}", what="there is no key=value", remedy=_EXAMPLE)
            )
    return pairs


def _value(text: str) -> Any:
    """Return a TOML value, or the text itself where it is none (a name without quotes)."""
    try:
        read = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return read["value"] if len(read) == 1 else text


def _change(tables: dict[str, Any], key: str, value: Any) -> Path | Problem:
    """Write one value into the tables in place and return its path, or what hinders it."""
    path: Path = ()
    here: Any = tables
    names = key.split(".")
    for name in names[:-1]:
        step = _step(here, name)
        if step is None:
            return _no_such(key, name, here)
        path = (*path, step)
        here = here[int(step)] if isinstance(here, list) else here[step]
    if not isinstance(here, dict):
        return _no_such(key, names[-1], here)
    here[names[-1]] = value
    return (*path, names[-1])


def _step(here: Any, name: str) -> str | None:
    """Return the key or the index that a name means in a table or a list of named tables."""
    if isinstance(here, dict):
        return name if isinstance(here.get(name), (dict, list)) else None
    if not isinstance(here, list):
        return None
    for index, item in enumerate(here):
        if isinstance(item, dict) and str(item.get("name")) == name:
            return str(index)
    return name if name.isdecimal() and int(name) < len(here) else None


def _no_such(key: str, name: str, here: Any) -> Problem:
    """Return the problem of an override that names a table which is not there."""
    if isinstance(here, dict):
        known = [table for table, value in here.items() if isinstance(value, (dict, list))]
    else:
        known = [str(item.get("name")) for item in here if isinstance(item, dict)]
    return Problem(
        file=f"--set {key}", what=f"there is no table {name!r}", remedy=near(name, known)
    )
