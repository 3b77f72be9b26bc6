"""Measure how layers are read: how often the detective is right, asks, or is wrong.

Inputs:  the embedded layers; roads and registers are made up from a seed.
Outputs: a table, or with --json a list of {case, value, unit, peer, ratio, bar, passed}.

`ratio` is value / peer where there is a peer on the same rows in the same run. A figure with a
bar passes by what its case says; one without is only told. Times are processor seconds of all
threads, warm.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import _detective_study
import _import_study

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the result."""

    case: str
    value: float
    unit: str
    peer: float | None = None
    ratio: float | None = None
    bar: float | None = None
    passed: bool | None = None


def detective(*, quick: bool) -> list[Figure]:
    """Count the registers that the detective reads right, asks about, or reads wrong."""
    study = _detective_study.run(registers=200 if quick else 2500)
    wrong = study.share("wrong")
    right = study.plain_right(least=50)
    print(study.report(), file=sys.stderr)
    return [
        Figure(case="detective_registers", value=float(len(study.outcomes)), unit="registers"),
        Figure(
            case="detective_wrong_share",
            value=wrong,
            unit="share",
            bar=0.001,
            passed=wrong <= 0.001,
        ),
        Figure(
            case="detective_right_share", value=right, unit="share", bar=0.99, passed=right >= 0.99
        ),
        Figure(case="detective_asked_share", value=study.share("asked"), unit="share"),
        Figure(case="detective_time", value=study.cpu_s, unit="CPU s"),
    ]


def import_million(*, quick: bool) -> list[Figure]:
    """Import a register beside pandas.read_csv and GeoDataFrame.to_file of the same rows."""
    ours, peer = _import_study.compare(100_000 if quick else 1_000_000)
    ratio, peak_gb = ours.cpu_s / peer.cpu_s, ours.peak_bytes / 1e9
    judged = None if quick else ratio <= 3.0
    return [
        Figure(
            case="import_million",
            value=ours.cpu_s,
            unit="CPU s",
            peer=peer.cpu_s,
            ratio=ratio,
            bar=3.0,
            passed=judged,
        ),
        Figure(
            case="import_million_memory",
            value=peak_gb,
            unit="GB",
            peer=peer.peak_bytes / 1e9,
            bar=2.0,
            passed=peak_gb <= 2.0,
        ),
    ]


def check_embedded(*, quick: bool) -> list[Figure]:
    """Check the embedded layers once, imports included."""
    del quick
    cpu_s = _import_study.check_seconds()
    return [Figure(case="check_embedded", value=cpu_s, unit="CPU s", bar=5.0, passed=cpu_s <= 5.0)]


def hidden_batches(*, quick: bool) -> list[Figure]:
    """Tell how often a second datum without a column that says so is noticed."""
    asked = _detective_study.hidden(each=4 if quick else 40)
    return [
        Figure(case=f"hidden_batch_asked {words}", value=share, unit="share")
        for words, share in asked.items()
    ]


CASES: dict[str, Callable[..., list[Figure]]] = {
    "detective": detective,
    "hidden_batches": hidden_batches,
    "import_million": import_million,
    "check_embedded": check_embedded,
}
"""Each case by name; a case returns its figures, small ones where `quick` is true."""


def main() -> int:
    """Run the cases asked for; return 0 when all that are judged pass."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    parser.add_argument("--case", choices=sorted(CASES), help="run this case only")
    parser.add_argument("--quick", action="store_true", help="run small versions")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if options.list:
        print("\n".join(CASES))
        return 0
    names = [options.case] if options.case else list(CASES)
    figures = [figure for name in names for figure in CASES[name](quick=options.quick)]
    if options.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=1))
    else:
        for figure in figures:
            mark = {True: "passed", False: "missed", None: "told"}[figure.passed]
            peer = "-" if figure.peer is None else f"{figure.peer:.6g}"
            print(f"{figure.case:42} {figure.value:>14.6g} {figure.unit:9} {peer:>12} {mark}")
    return 1 if any(figure.passed is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
