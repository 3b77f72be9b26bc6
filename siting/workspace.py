"""A planner's own folder: the embedded city and a what-if to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

from siting.errors import ConfigurationError, MissingDataError, Problem
from siting.scenario import packaged_path

SCENARIO_FILE = "quanzhou.toml"
REFERENCE_FILE = "quanzhou_full.toml"

WHAT_IF = """\
# Your scenario: it builds on the packaged one and holds only what differs. `siting plan` in this
# folder reads it. quanzhou_full.toml is a copy of everything that may be changed, to look up.
base = "quanzhou"

# Take away the # in front of a table and of its keys to change them, for example:

# [study]
# title_zh = "泉州市新型基础设施一张图（方案二）"
# title_en = "Quanzhou New Infrastructure, One Map (variant 2)"

# [sites.micro]
# cost_new_cny = 60000

# [edge]
# p = 80

# A list of phases replaces the packaged list.
# [[phases]]
# name = "2026"
# max_stations = 4000
# budget_cny = 900_000_000
"""


def default_layers() -> Path:
    """Return ./layers where it is, else the embedded city."""
    here = Path("layers")
    return here if here.is_dir() else _embedded_layers()


def default_scenario() -> str:
    """Return ./quanzhou.toml where it is (a folder made by `siting new`), else the packaged one."""
    return SCENARIO_FILE if Path(SCENARIO_FILE).is_file() else "quanzhou"


def new_workspace(directory: str | Path, *, layers: str | Path | None = None) -> tuple[Path, ...]:
    """Make a folder with layers and a scenario, whole or not at all.

    Parameters
    ----------
    directory
        A folder that does not exist yet or is empty.
    layers
        The folder of layers to copy; the embedded city where none is named.

    Returns
    -------
    tuple of Path
        The files that were written, sorted.
    """
    target = Path(directory)
    source = _embedded_layers() if layers is None else Path(layers)
    if not source.is_dir():
        what, remedy = "there is no such folder of layers", "name a folder that is there"
        raise MissingDataError(Problem(file=str(source), what=what, remedy=remedy))
    _refuse_used(target)
    part = target.resolve().with_name(f".part-{target.resolve().name}")
    try:
        _fill(part, source)
        _move(part, target)
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        remedy = "name a folder that you may write to"
        raise ConfigurationError(Problem(file=str(target), what=what, remedy=remedy)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return tuple(sorted(path for path in target.rglob("*") if path.is_file()))


def _embedded_layers() -> Path:
    """Return the folder of the city that comes with the package."""
    from siting.layers import embedded_directory  # noqa: PLC0415  (slow to import)

    return embedded_directory()


def _refuse_used(target: Path) -> None:
    """Refuse a file and a folder that holds something."""
    if target.is_dir() and any(target.iterdir()):
        what, remedy = "is not empty", "name a new folder, or empty this one"
    elif target.exists() and not target.is_dir():
        what, remedy = "is a file", "name a new folder"
    else:
        return
    raise ConfigurationError(Problem(file=str(target), what=what, remedy=remedy))


def _fill(part: Path, source: Path) -> None:
    """Write the workspace into a folder of its own."""
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    shutil.copytree(source, part / "layers")
    shutil.copyfile(packaged_path("quanzhou"), part / REFERENCE_FILE)
    (part / SCENARIO_FILE).write_text(WHAT_IF, encoding="utf-8", newline="\n")


def _move(part: Path, target: Path) -> None:
    """Put the whole folder in place by one rename, or fill an empty one, the scenario last."""
    if not target.exists():
        part.rename(target)
        return
    for item in sorted(part.iterdir(), key=lambda path: (path.name == SCENARIO_FILE, path.name)):
        item.rename(target / item.name)
