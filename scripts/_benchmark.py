"""What every benchmark shares: its figures, its options, its table and its JSON.

A benchmark names its cases; each returns figures, small versions of them where `quick` is true.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Case = Callable[..., list["Figure"]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the result; what is null was not there to measure, or is not judged."""

    case: str
    value: float | None = None
    unit: str = ""
    peer: float | None = None
    ratio: float | None = None
    bar: float | None = None
    passed: bool | None = None


def told(case: str, value: float, unit: str) -> Figure:
    """Return a figure without a peer, which is told and not judged."""
    return Figure(case=case, value=value, unit=unit)


def at_most(case: str, value: float, unit: str, bar: float, peer: float | None = None) -> Figure:
    """Return a figure that passes when it is no larger than the bar; `ratio` is peer / value."""
    ratio = None if peer is None else peer / max(value, 1e-12)
    return Figure(
        case=case, value=value, unit=unit, peer=peer, ratio=ratio, bar=bar, passed=value <= bar
    )


def at_least(case: str, value: float, unit: str, bar: float) -> Figure:
    """Return a figure that passes when it is no smaller than the bar."""
    return Figure(case=case, value=value, unit=unit, bar=bar, passed=value >= bar)


def parser_of(document: str | None, choices: Iterable[str]) -> argparse.ArgumentParser:
    """Return a parser of the options that all benchmarks have, described by a docstring."""
    parser = argparse.ArgumentParser(description=(document or "").splitlines()[0])
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    parser.add_argument(
        "--case", choices=sorted(choices), action="append", help="only this case; may be repeated"
    )
    parser.add_argument("--quick", action="store_true", help="run small versions")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def run(document: str | None, cases: Mapping[str, Case]) -> int:
    """Run the cases asked for on the command line; return 0 when all that are judged pass."""
    options = parser_of(document, cases).parse_args()
    if options.list:
        return list_cases(cases)
    names = options.case or list(cases)
    figures = [figure for name in names for figure in cases[name](quick=options.quick)]
    return report(figures, as_json=options.json)


def list_cases(cases: Iterable[str]) -> int:
    """Print the names of the cases, one a line; return 0."""
    print("\n".join(cases))
    return 0


def report(figures: Sequence[Figure], *, as_json: bool) -> int:
    """Print figures as JSON or as a table; return 1 when one that is judged does not pass."""
    if as_json:
        print(json.dumps([asdict(figure) for figure in figures], indent=1))
    else:
        for figure in figures:
            print(_line(figure))
    return 1 if any(figure.passed is False for figure in figures) else 0


def _line(figure: Figure) -> str:
    """Return a figure as a line of the table."""
    value, peer, bar = (
        "-" if number is None else f"{number:.6g}"
        for number in (figure.value, figure.peer, figure.bar)
    )
    mark = {True: "passed", False: "missed", None: "told"}[figure.passed]
    words = f"{figure.case:42} {value:>12} {figure.unit:9}"
    return f"{words} peer {peer:>12} bar {bar:>9} {mark}"
