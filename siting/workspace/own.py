"""Copy the embedded city into a folder of one's own, with a what-if to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

from siting.errors import MissingDataError, Problem
from siting.scenario import packaged_path
from siting.workspace.folder import filled_folder

SCENARIO_FILE = "quanzhou.toml"
EMPTY_FILE = "scenario.toml"
"""The scenario of a folder made by `siting new --empty`."""

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
    """Return the scenario of a folder made by `siting new` where it is, else the packaged one."""
    here = (name for name in (SCENARIO_FILE, EMPTY_FILE) if Path(name).is_file())
    return next(here, "quanzhou")


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
    source = _embedded_layers() if layers is None else Path(layers)
    if not source.is_dir():
        what, remedy = "there is no such folder of layers", "name a folder that is there"
        raise MissingDataError(Problem(file=str(source), what=what, remedy=remedy))

    def fill(part: Path) -> None:
        shutil.copytree(source, part / "layers")
        shutil.copyfile(packaged_path("quanzhou"), part / REFERENCE_FILE)
        (part / SCENARIO_FILE).write_text(WHAT_IF, encoding="utf-8", newline="\n")

    return filled_folder(Path(directory), fill, last=SCENARIO_FILE)


def _embedded_layers() -> Path:
    """Return the folder of the city that comes with the package."""
    from siting.layers import embedded_directory  # noqa: PLC0415  (slow to import)

    return embedded_directory()
