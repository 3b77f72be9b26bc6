"""Read a radio file: carrier, power, antenna and terminal of a radio, each figure with its source.

A radio file is a flat TOML file. A figure is written with where it comes from,

    power_dbm = { value = 53.0, source = "data sheet of the unit" }

or bare, where the file has a `source` for all of its own. `base = "macro_3500_64t"` takes everything
that is not written from a packaged radio. The keys are those of `siting.coverage.radio_keys`.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from siting.coverage.carrier import resource_blocks
from siting.coverage.radio_draft import Draft, near
from siting.coverage.radio_parts import RadioFile, carrier_of, radio_of, ssb_antenna
from siting.errors import ConfigurationError, Problem

_LARGEST_BYTES = 1_000_000


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
    _require_equipment(text, file)
    draft = Draft(file=file, text=text, names=radio_names(), packaged=read_radio)
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
            remedy=near(name, radio_names()) + ", or name a .toml file",
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


def _require_equipment(text: str, file: str) -> None:
    """Refuse the file of a calibration, which has coefficients and no equipment."""
    if any(line.startswith("arrays_sha256") for line in text.splitlines()):
        what = "is a model that siting calibrate has fitted, not a radio's equipment"
        remedy = "use it with siting predict; here name a packaged radio or a file of such keys"
        raise ConfigurationError(Problem(file=file, what=what, remedy=remedy))


def _disagreements(radio: RadioFile, draft: Draft) -> list[Problem]:
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
