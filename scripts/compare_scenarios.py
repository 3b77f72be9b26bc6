"""Tell in which headline figures two plans differ.

Inputs:  two plan.json, or the folders of outputs they lie in
Outputs: one line for each figure that differs, on the terminal

Run it in the project's environment: .venv/bin/python scripts/compare_scenarios.py before after
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import siting
from siting.errors import MissingDataError


def main() -> int:
    """Compare, and print the differences."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("a", type=Path)
    parser.add_argument("b", type=Path)
    arguments = parser.parse_args()

    paths = [path / "plan.json" if path.is_dir() else path for path in (arguments.a, arguments.b)]
    before, after = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    for row in siting.compare_plans(before, after):
        print("{figure}: {a} -> {b}".format_map(row))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        print(f"{error}; name a plan.json that siting plan wrote", file=sys.stderr)
        sys.exit(MissingDataError.exit_code)
