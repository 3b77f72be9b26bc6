"""Make a folder for a city of which nothing is embedded: an empty folder of layers, a scenario."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from siting.errors import ConfigurationError, Problem
from siting.workspace.folder import filled_folder
from siting.workspace.own import EMPTY_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = r"[\w.-]+"
CRS = r"EPSG:\d{4,6}|auto"


def new_empty_workspace(
    directory: str | Path,
    *,
    name: str = "",
    title_zh: str = "",
    title_en: str = "",
    crs: str = "auto",
) -> tuple[Path, ...]:
    """Make a folder to plan another city in: no layer, and a scenario that asks what it must.

    Parameters
    ----------
    directory
        A folder that does not exist yet or is empty.
    name
        What the study is called: letters, digits, _ . -; the folder's name if not given.
    title_zh, title_en
        The titles of the page; made from the name if not given.
    crs
        Working CRS, `EPSG:n`, or `auto` for the UTM zone of the boundary.

    Returns
    -------
    tuple of Path
        The files that were written, sorted.

    Raises
    ------
    ConfigurationError
        The name or the CRS cannot be used, or the folder is in use.

    """
    target = Path(directory)
    called = name or re.sub(r"[^\w.-]+", "_", target.resolve().name).strip("_") or "city"
    _require_words(called, crs)
    words = {
        "name": called,
        "title_zh": title_zh or f"{called} 新型基础设施一张图",
        "title_en": title_en or f"{called}: New Infrastructure, One Map",
        "crs": crs,
    }

    def fill(part: Path) -> None:
        (part / "layers").mkdir()
        _write(part / "layers" / "README.md", _template("layers.md"))
        _write(part / "layers" / "catalogue.csv", ",".join(_catalogue_columns()) + "\n")
        _write(part / EMPTY_FILE, filled_in(_template("scenario.toml"), words))

    return filled_folder(target, fill, last=EMPTY_FILE)


def filled_in(text: str, words: Mapping[str, str]) -> str:
    r"""Return a template with each @word@ as a TOML text.

    >>> filled_in('name = @name@', {"name": 'a "b"'})
    'name = "a \\"b\\""'
    """
    for key, word in words.items():
        text = text.replace(f"@{key}@", json.dumps(word, ensure_ascii=False))
    return text


def _require_words(name: str, crs: str) -> None:
    problems = []
    if not re.fullmatch(NAME, name):
        what, remedy = f"{name!r} is no name of a study", "use letters, digits, _ . -"
        problems.append(Problem(file="--name", what=what, remedy=remedy))
    if not re.fullmatch(CRS, crs):
        what, remedy = f"{crs!r} is no CRS", "write EPSG: and the code's digits, or auto"
        problems.append(Problem(file="--crs", what=what, remedy=remedy))
    if problems:
        raise ConfigurationError(problems)


def _catalogue_columns() -> list[str]:
    from siting.layers.schema import CATALOGUE  # noqa: PLC0415  (slow to import)

    return [column.name for column in CATALOGUE.columns]


def _template(name: str) -> str:
    return (files("siting.workspace") / "empty_city" / name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
