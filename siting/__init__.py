"""Tell a city where to put 5G sites and edge data centres, and prove how good the answer is.

The public names, in the order of the pipeline. Each is imported when it is first used, so that
`import siting` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siting.calibration import LevelsReport, calibrate_radio, predict_levels
    from siting.candidates import candidate_sites
    from siting.coverage import radio_coverage
    from siting.coverage_run import CoverageReport, CoverageRequest, compute_coverage
    from siting.demand import demand_points
    from siting.demand.crosscheck import CrossCheck, cross_check, read_population_grid
    from siting.exports import atomic_outputs, save_files, save_run_record
    from siting.layers import Layers, check_layers, embedded_directory, read_layers, read_wide
    from siting.layers.geometry.book import save_survey
    from siting.layers.geometry.survey import survey_layers
    from siting.layers.intake import ImportReport, RasterOptions, import_layer, remove_layer
    from siting.layers.pull import PullReport, pull_layers
    from siting.links import (
        Link,
        Mast,
        link_between,
        link_notes,
        link_rows,
        mast_of_site,
        save_link,
    )
    from siting.maps import save_one_map
    from siting.maps.coverage import save_coverage_page, save_coverage_sheets
    from siting.network import existing_network
    from siting.optimise import (
        Solution,
        cover_all,
        fewest_sites_for,
        maximise_coverage,
        p_center,
        p_median,
    )
    from siting.plan.compare import compare_plans
    from siting.plan.make import make_plan
    from siting.plan.model import Plan
    from siting.rules import read_rules, screen
    from siting.scenario import Scenario, load_scenario
    from siting.study import choose, conclude, run, what_could_stand, what_stands
    from siting.verify import PlanVerdict, verify_plan
    from siting.verify.rebuild import rebuilt_hashes

__version__ = "0.1.0"

_HOMES = {
    "load_scenario": "siting.scenario",
    "Scenario": "siting.scenario",
    "import_layer": "siting.layers.intake",
    "remove_layer": "siting.layers.intake",
    "pull_layers": "siting.layers.pull",
    "PullReport": "siting.layers.pull",
    "RasterOptions": "siting.layers.intake",
    "ImportReport": "siting.layers.intake",
    "Layers": "siting.layers",
    "read_layers": "siting.layers",
    "read_wide": "siting.layers",
    "check_layers": "siting.layers",
    "survey_layers": "siting.layers.geometry.survey",
    "save_survey": "siting.layers.geometry.book",
    "embedded_directory": "siting.layers",
    "demand_points": "siting.demand",
    "CrossCheck": "siting.demand.crosscheck",
    "cross_check": "siting.demand.crosscheck",
    "read_population_grid": "siting.demand.crosscheck",
    "existing_network": "siting.network",
    "candidate_sites": "siting.candidates",
    "read_rules": "siting.rules",
    "screen": "siting.rules",
    "radio_coverage": "siting.coverage",
    "maximise_coverage": "siting.optimise",
    "cover_all": "siting.optimise",
    "fewest_sites_for": "siting.optimise",
    "p_center": "siting.optimise",
    "p_median": "siting.optimise",
    "Solution": "siting.optimise",
    "certify": "siting.optimise",
    "verify_certificate": "siting.optimise",
    "Certificate": "siting.optimise",
    "CoverageInputs": "siting.optimise",
    "MedianInputs": "siting.optimise",
    "Verdict": "siting.optimise",
    "explain": "siting.optimise",
    "Explanation": "siting.optimise",
    "diagnose": "siting.optimise",
    "Diagnosis": "siting.optimise",
    "pareto": "siting.optimise",
    "Curve": "siting.optimise",
    "make_plan": "siting.plan.make",
    "Plan": "siting.plan.model",
    "compare_plans": "siting.plan.compare",
    "calibrate_radio": "siting.calibration",
    "predict_levels": "siting.calibration",
    "LevelsReport": "siting.calibration",
    "what_stands": "siting.study",
    "what_could_stand": "siting.study",
    "choose": "siting.study",
    "conclude": "siting.study",
    "run": "siting.study",
    "save_files": "siting.exports",
    "atomic_outputs": "siting.exports",
    "save_run_record": "siting.exports",
    "save_one_map": "siting.maps",
    "verify_plan": "siting.verify",
    "PlanVerdict": "siting.verify",
    "rebuilt_hashes": "siting.verify.rebuild",
    "compute_coverage": "siting.coverage_run",
    "CoverageReport": "siting.coverage_run",
    "CoverageRequest": "siting.coverage_run",
    "Mast": "siting.links",
    "Link": "siting.links",
    "mast_of_site": "siting.links",
    "link_between": "siting.links",
    "link_rows": "siting.links",
    "link_notes": "siting.links",
    "save_link": "siting.links",
    "save_coverage_page": "siting.maps.coverage",
    "save_coverage_sheets": "siting.maps.coverage",
}

__all__ = [  # noqa: RUF022 - the order of the pipeline
    "load_scenario",
    "Scenario",
    "import_layer",
    "remove_layer",
    "pull_layers",
    "PullReport",
    "RasterOptions",
    "ImportReport",
    "Layers",
    "read_layers",
    "read_wide",
    "check_layers",
    "survey_layers",
    "save_survey",
    "embedded_directory",
    "demand_points",
    "CrossCheck",
    "cross_check",
    "read_population_grid",
    "existing_network",
    "candidate_sites",
    "read_rules",
    "screen",
    "radio_coverage",
    "maximise_coverage",
    "cover_all",
    "fewest_sites_for",
    "p_center",
    "p_median",
    "Solution",
    "certify",
    "verify_certificate",
    "Certificate",
    "CoverageInputs",
    "MedianInputs",
    "Verdict",
    "explain",
    "Explanation",
    "diagnose",
    "Diagnosis",
    "pareto",
    "Curve",
    "make_plan",
    "Plan",
    "compare_plans",
    "calibrate_radio",
    "predict_levels",
    "LevelsReport",
    "what_stands",
    "what_could_stand",
    "choose",
    "conclude",
    "run",
    "save_files",
    "atomic_outputs",
    "save_run_record",
    "save_one_map",
    "verify_plan",
    "PlanVerdict",
    "rebuilt_hashes",
    "compute_coverage",
    "CoverageReport",
    "CoverageRequest",
    "Mast",
    "Link",
    "mast_of_site",
    "link_between",
    "link_rows",
    "link_notes",
    "save_link",
    "save_coverage_page",
    "save_coverage_sheets",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    message = f"module 'siting' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*_HOMES, "__version__"])
