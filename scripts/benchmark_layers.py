"""Measure how layers are read: how often the detective is right, asks, or is wrong.

Inputs:  the embedded layers; roads and registers are made up from a seed.
Outputs: a table, or with --json a list of {case, value, unit, peer, ratio, bar, passed}.

`ratio` is value / peer where there is a peer on the same rows in the same run. A figure with a
bar passes by what its case says; one without is only told. Times are processor seconds of all
threads, warm.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import _detective_study
import _import_study
from _benchmark import Figure, at_least, at_most, run, told

if TYPE_CHECKING:
    from collections.abc import Callable


def detective(*, quick: bool) -> list[Figure]:
    """Count the registers that the detective reads right, asks about, or reads wrong."""
    study = _detective_study.run(registers=200 if quick else 2500)
    wrong = study.share("wrong")
    right = study.plain_right(least=50)
    print(study.report(), file=sys.stderr)
    return [
        told("detective_registers", float(len(study.outcomes)), "registers"),
        at_most("detective_wrong_share", wrong, "share", 0.001),
        at_least("detective_right_share", right, "share", 0.99),
        told("detective_asked_share", study.share("asked"), "share"),
        told("detective_time", study.cpu_s, "CPU s"),
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
    return [at_most("check_embedded", cpu_s, "CPU s", 5.0)]


def hidden_batches(*, quick: bool) -> list[Figure]:
    """Tell how often a second datum without a column that says so is noticed."""
    asked = _detective_study.hidden(each=4 if quick else 40)
    return [told(f"hidden_batch_asked {words}", share, "share") for words, share in asked.items()]


CASES: dict[str, Callable[..., list[Figure]]] = {
    "detective": detective,
    "hidden_batches": hidden_batches,
    "import_million": import_million,
    "check_embedded": check_embedded,
}
"""Each case by name; a case returns its figures, small ones where `quick` is true."""


if __name__ == "__main__":
    sys.exit(run(__doc__, CASES))
