"""Draw the one map: plan a scenario and write its homepage, one file that needs no network.

Inputs:  a scenario (a TOML file or a packaged name) and a folder of layers
Outputs: the page, by default outputs/maps/index.html

Run it in the project's environment: .venv/bin/python scripts/build_one_map.py quanzhou
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import siting
from siting.errors import SitingError


def main() -> int:
    """Plan, draw, and print where the page is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenario", nargs="?", default="quanzhou")
    parser.add_argument("--layers", type=Path, default=siting.embedded_directory())
    parser.add_argument("--page", type=Path, default=Path("outputs/maps/index.html"))
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()

    scenario = siting.load_scenario(arguments.scenario, overrides=arguments.overrides)
    layers = siting.read_layers(arguments.layers, crs=scenario.study.crs)
    plan = siting.run(scenario, layers)
    siting.save_one_map(plan, layers, arguments.page)
    print(arguments.page)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SitingError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
