"""Check every layer of a folder and list what is wrong with it.

Inputs:  a folder of layers (default: the embedded city)
Outputs: a table and the problems on the terminal; exit code 3 if there is a problem

Run it in the project's environment: .venv/bin/python scripts/check_layers.py my_layers
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import siting
from siting.errors import DataError, SitingError


def main() -> int:
    """Check, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("layers", type=Path, nargs="?", default=siting.embedded_directory())
    arguments = parser.parse_args()

    report = siting.check_layers(arguments.layers)
    print(report.table.to_string(index=False))
    for problem in report.problems:
        print(problem, file=sys.stderr)
    print(f"{len(report.table)} files, {len(report.problems)} problems")
    return DataError.exit_code if report.problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SitingError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
