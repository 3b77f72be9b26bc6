"""Recommend sites and edge data centres, and write them as files, without the page.

Inputs:  a scenario (a TOML file or a packaged name) and a folder of layers
Outputs: plan.json, sites.gpkg, sites.xlsx and their companions in the folder --outputs

Run it in the project's environment: .venv/bin/python scripts/recommend_sites.py quanzhou
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import siting
from siting.errors import SitingError


def main() -> int:
    """Plan, write, and print one line for each phase."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenario", nargs="?", default="quanzhou")
    parser.add_argument("--layers", type=Path, default=siting.embedded_directory())
    parser.add_argument("--outputs", type=Path, default=Path("outputs"))
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()

    scenario = siting.load_scenario(arguments.scenario, overrides=arguments.overrides)
    layers = siting.read_layers(arguments.layers, crs=scenario.study.crs)
    plan = siting.run(scenario, layers)
    with siting.atomic_outputs(arguments.outputs) as folder:
        siting.save_files(plan, folder)
    for phase in plan.figures["phases"]:
        print("{name}: {stations} stations on {sites} sites, gap {gap:.2%}".format_map(phase))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SitingError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
