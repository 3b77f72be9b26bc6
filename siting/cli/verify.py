"""`siting verify FOLDER`: recheck a plan's limits, worth and bound without the solver."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import siting
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import listed, show_json
from siting.workspace import default_layers

if TYPE_CHECKING:
    from siting import PlanVerdict

REFUSED = 1
AS_STORED = (
    "not checked: that the stored problem is what the layers give (--rebuild computes it anew)"
)
SOLVER_FINISH = (
    "a bound in plan.json that is tighter than the one proven here rests on the solver's finish"
)


def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder that a plan lies in.")],
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Compute the covering problem anew from the layers.")
    ] = False,
    layers: LayersOption = None,
    as_json: JsonOption = False,
) -> int:
    """Recheck a plan's sites, figures and bound from its files, without the solver."""
    anew = rebuild or layers is not None
    ground = layers or default_layers()
    verdict = siting.verify_plan(
        folder, rebuild=(lambda told: siting.rebuilt_hashes(told, ground)) if anew else None
    )
    if as_json:
        show_json(asdict(verdict))
    else:
        typer.echo(_told(verdict))
    return 0 if verdict.accepted else REFUSED


def _told(verdict: PlanVerdict) -> str:
    """Return the verdict for the terminal."""
    rows = [
        {"check": check.name, "holds": "yes" if check.holds else "NO", "found": check.found}
        for check in verdict.checks
    ]
    phases = [
        {
            "phase": phase.name,
            "stations": phase.stations,
            "sites": phase.sites,
            "objective": f"{phase.objective:,.0f}",
            "proven bound": f"{phase.bound:,.0f}",
            "gap": f"{phase.gap:.4%}",
        }
        for phase in verdict.phases
    ]
    notes = [] if verdict.rebuilt else [AS_STORED]
    notes += [SOLVER_FINISH] if any(phase.solver_finish for phase in verdict.phases) else []
    ends = "the plan holds" if verdict.accepted else "the plan does NOT hold"
    parts = [listed(rows, widest=110), *([listed(phases)] if phases else []), *notes, ends]
    return "\n".join(parts)
