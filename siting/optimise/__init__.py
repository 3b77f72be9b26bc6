"""Choose among candidate sites, and prove how good the choice is.

Arrays in, `Solution` out; nothing here knows geography. The arguments are a sparse matrix demand x
site and a weight per demand row; the answer names columns. Every answer carries a bound that no
choice can beat, and `certify` packs answer and proof so that others can check them.

Each name is imported when it is first used: who checks a certificate loads no solver.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siting.optimise.center_model import p_center
    from siting.optimise.certificate import Certificate, Verdict, certify, verify_certificate
    from siting.optimise.cover_model import cover_all
    from siting.optimise.coverage_model import maximise_coverage
    from siting.optimise.curve import Curve, CurvePoint, pareto
    from siting.optimise.diagnosis import Conflict, Diagnosis, diagnose
    from siting.optimise.explanation import Explanation, explain
    from siting.optimise.median_model import p_median
    from siting.optimise.proof_coverage import CoverageInputs
    from siting.optimise.proof_median import MedianInputs
    from siting.optimise.share_model import fewest_sites_for
    from siting.optimise.solution import Effort, Reductions, Solution, measured

_HOMES = {
    "Certificate": "siting.optimise.certificate",
    "Conflict": "siting.optimise.diagnosis",
    "CoverageInputs": "siting.optimise.proof_coverage",
    "Curve": "siting.optimise.curve",
    "CurvePoint": "siting.optimise.curve",
    "pareto": "siting.optimise.curve",
    "Diagnosis": "siting.optimise.diagnosis",
    "Explanation": "siting.optimise.explanation",
    "diagnose": "siting.optimise.diagnosis",
    "explain": "siting.optimise.explanation",
    "Effort": "siting.optimise.solution",
    "MedianInputs": "siting.optimise.proof_median",
    "Reductions": "siting.optimise.solution",
    "Solution": "siting.optimise.solution",
    "Verdict": "siting.optimise.certificate",
    "certify": "siting.optimise.certificate",
    "cover_all": "siting.optimise.cover_model",
    "fewest_sites_for": "siting.optimise.share_model",
    "maximise_coverage": "siting.optimise.coverage_model",
    "measured": "siting.optimise.solution",
    "p_center": "siting.optimise.center_model",
    "p_median": "siting.optimise.median_model",
    "verify_certificate": "siting.optimise.certificate",
}

__all__ = [
    "Certificate",
    "Conflict",
    "CoverageInputs",
    "Curve",
    "CurvePoint",
    "Diagnosis",
    "Effort",
    "Explanation",
    "MedianInputs",
    "Reductions",
    "Solution",
    "Verdict",
    "certify",
    "cover_all",
    "diagnose",
    "explain",
    "fewest_sites_for",
    "maximise_coverage",
    "measured",
    "p_center",
    "p_median",
    "pareto",
    "verify_certificate",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    message = f"module 'siting.optimise' has no attribute {name!r}"
    raise AttributeError(message)
