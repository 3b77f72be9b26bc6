"""Read a scenario file and the bases it builds on."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from siting.errors import ConfigurationError, Problem
from siting.scenario.draft import Draft, key_places
from siting.scenario.names import near
from siting.scenario.scenario import checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siting.scenario.scenario import Scenario


def packaged_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the package, sorted."""
    folder = resources.files("siting").joinpath("scenarios")
    names = (Path(item.name) for item in folder.iterdir())
    return tuple(sorted(name.stem for name in names if name.suffix == ".toml"))


def packaged_path(name: str) -> Path:
    """Return the file of a packaged scenario; the package is always installed as files."""
    return Path(str(resources.files("siting").joinpath("scenarios", f"{name}.toml")))


def load_scenario(
    source: str | Path = "quanzhou", *, overrides: Mapping[str, str] | Sequence[str] = ()
) -> Scenario:
    """Return a scenario, checked; every problem is reported at once.

    Parameters
    ----------
    source
        The name of a packaged scenario, or the path of a TOML file. A file that says
        `base = "quanzhou"` (or the path of another file, relative to itself) needs only its
        differences; tables are merged key by key and a list replaces a list.
    overrides
        Single changes with dotted keys, as texts `optimise.swap_passes=2` or as a mapping.
    """
    draft = _read_chain(_resolved(str(source), folder=Path(), asked_by=None), chain=())
    return checked(draft, overrides)


def _resolved(source: str, *, folder: Path, asked_by: Problem | None) -> Path:
    """Return the file that a packaged name or a path means, or raise with near names."""
    if not source.endswith(".toml"):
        if source in packaged_scenarios():
            return packaged_path(source)
        known = [*packaged_scenarios(), *sorted(path.name for path in folder.glob("*.toml"))]
        what = f"there is no packaged scenario {source!r}"
    else:
        path = folder / source
        if path.is_file():
            return path
        known = [*sorted(file.name for file in path.parent.glob("*.toml")), *packaged_scenarios()]
        what = "there is no such scenario file" if asked_by is None else f"no file {path}"
    place = asked_by or Problem(file=source, what="", remedy="")
    remedy = near(Path(source).name, known)
    if remedy.startswith("write") and asked_by is None:
        remedy = f"name a file that is there, or {remedy}"
    raise ConfigurationError(
        Problem(file=place.file, row=place.row, column=place.column, what=what, remedy=remedy)
    )


def _read_chain(path: Path, *, chain: tuple[Path, ...]) -> Draft:
    """Return the merged tables of a file and of all the bases it builds on."""
    here = path.resolve()
    draft = _read_file(path)
    base = draft.tables.get("base")
    if base is None:
        return draft
    place = draft.place(("base",))
    asked_by = Problem(file=place.file, row=place.row, column="base", what="", remedy="")
    if not isinstance(base, str):
        raise ConfigurationError(_at(asked_by, "is not a text", 'write base = "quanzhou"'))
    source = _resolved(base, folder=path.parent, asked_by=asked_by)
    if source.resolve() in (*chain, here):
        cycle = " -> ".join(file.name for file in (*chain, here, source))
        raise ConfigurationError(
            _at(asked_by, f"the bases go in a circle: {cycle}", "let one of them name another base")
        )
    differences = {key: value for key, value in draft.tables.items() if key != "base"}
    below = _read_chain(source, chain=(*chain, here))
    return below.merged(Draft(tables=differences, places=draft.places))


def _at(place: Problem, what: str, remedy: str) -> Problem:
    """Return a problem at the place of another."""
    return Problem(file=place.file, row=place.row, column=place.column, what=what, remedy=remedy)


def _read_file(path: Path) -> Draft:
    """Return the tables of one TOML file with their rows."""
    file = str(path) if path.name not in _packaged_files(path) else path.name
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        problem = Problem(file=file, what=reason, remedy="save it as a UTF-8 text file")
        raise ConfigurationError(problem) from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_syntax_problem(file, text, str(error))) from error
    return Draft(tables=tables, places=key_places(text, file=file))


def _packaged_files(path: Path) -> tuple[str, ...]:
    """Return the file names of the package where the path lies in it: no long path in messages."""
    inside = path.parent.resolve() == packaged_path("quanzhou").parent.resolve()
    return (path.name,) if inside else ()


def _syntax_problem(file: str, text: str, message: str) -> Problem:
    """Return where and why a text is no TOML."""
    found = re.search(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    what = found[1] if found else message
    row = int(found[2]) if found and found[2] else len(text.splitlines())
    column = f"column {found[3]}" if found and found[3] else ""
    remedy = "write key = value, with texts in quotes and tables as [name]"
    return Problem(file=file, row=row, column=column, what=what, remedy=remedy)
