"""Recompute what a plan claims from what its folder holds, and tell what does not hold.

The chain, each link recomputed and none believed:

* the stored covering problem is the one the certificates name (hashes), and belongs to the demand
  table of sites.gpkg (weights, levels, what lacks today);
* each phase's choice keeps to its stations and money, keeps the sites before it, and is what the
  sites table proposes;
* its worth, from the covering problem, is what the demand table and plan.json say;
* its bound follows from the dual vector by weak duality, and plan.json claims nothing tighter.

That the covering problem itself is what the layers, the rules and the radio model give is outside
this chain: sites that were left out of it would make a bound look tighter. `rebuilt` closes the
gap: the problem computed anew from the layers, compared by its hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.optimise.certificate import SAME_RELATIVE, Verdict, verify_certificate
from siting.verify.stored import Stored, stored_figures, stored_proof, stored_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# plan.json prints 12 significant digits.
PRINTED_RELATIVE = 1e-11


@dataclass(frozen=True, kw_only=True)
class Check:
    """One statement that was checked: its name, whether it holds, and what was found."""

    name: str
    holds: bool
    found: str


@dataclass(frozen=True, kw_only=True)
class PhaseVerdict:
    """A phase as recomputed, network included [weighted people], beside what plan.json claims.

    `bound` is what the prices prove. `claimed_bound` may be tighter where a small problem was
    finished by the solver (`solver_finish`): that part is not rechecked.
    """

    name: str
    sites: int
    stations: int
    objective: float
    bound: float
    gap: float
    claimed_bound: float
    solver_finish: bool


@dataclass(frozen=True, kw_only=True)
class PlanVerdict:
    """All checks of a plan; `rebuilt` tells whether the covering problem was computed anew."""

    accepted: bool
    rebuilt: bool
    phases: tuple[PhaseVerdict, ...]
    checks: tuple[Check, ...]


def verify_plan(
    folder: str | Path, *, rebuild: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
) -> PlanVerdict:
    """Check a folder that `siting plan` wrote.

    Parameters
    ----------
    folder
        The folder with certificate.npz, plan.json and sites.gpkg.
    rebuild
        Computes the hashes of the covering problem anew, from the figures of plan.json
        (`rebuilt_hashes` with the layers); left out, the stored problem is taken as it is.

    Raises
    ------
    MissingDataError, DataError
        When a file is not there or cannot be read; what does not hold is no error but a check.
    """
    folder = Path(folder)
    stored, figures = stored_proof(folder), stored_figures(folder)
    demand = stored_table(folder, "demand", _demand_columns(stored))
    verdicts = [
        verify_certificate(phase.certificate, stored.inputs(number))
        for number, phase in enumerate(stored.phases)
    ]
    checks = [
        _certified(phase.name, verdict)
        for phase, verdict in zip(stored.phases, verdicts, strict=True)
    ]
    checks.append(_same_limits(stored, figures))
    checks.append(_nested(stored))
    sound = all(verdict.accepted for verdict in verdicts)
    if sound and checks[-1].holds and checks[-2].holds:
        checks.append(_sites_agree(stored, folder))
        checks.append(_demand_agrees(stored, demand))
        checks.append(_service_agrees(stored, demand))
        checks.append(_figures_agree(stored, verdicts, figures, demand))
    if rebuild is not None:
        ordered = {**figures["scenario"], "assumptions": stored.assumptions}
        checks.append(_rebuilt(stored, rebuild({**figures, "scenario": ordered})))
    held = all(check.holds for check in checks)
    return PlanVerdict(
        accepted=held,
        rebuilt=rebuild is not None,
        phases=_phases(stored, verdicts, figures, demand) if held else (),
        checks=tuple(checks),
    )


def _demand_columns(stored: Stored) -> list[str]:
    """Return the columns of the demand table that are compared; the last phase is `after`."""
    between = [f"share_{phase.name}" for phase in stored.phases[:-1]]
    return ["weight", "level", "share_before", *between, "share_after"]


def _check(name: str, faults: list[str], found: str) -> Check:
    return Check(name=name, holds=not faults, found="; ".join(faults[:5]) if faults else found)


def _certified(phase: str, verdict: Verdict) -> Check:
    found = f"worth {verdict.objective:,.1f}, at most {verdict.bound:,.1f} for any choice"
    return _check(f"certificate of {phase}", list(verdict.faults), found)


def _same_limits(stored: Stored, figures: Mapping[str, Any]) -> Check:
    """Compare the limits that the certificates were made for with those that plan.json tells."""
    told = [(p["name"], p["max_stations"], p["budget_cny"]) for p in figures["phases"]]
    limits = [
        (p.name, p.max_stations, p.budget_cny if np.isfinite(p.budget_cny) else None)
        for p in stored.phases
    ]
    faults = [] if told == limits else [f"plan.json says {told}, the proof {limits}"]
    if figures["scenario"]["assumptions"] != stored.assumptions:
        faults.append("plan.json tells other assumptions than the proof")
    return _check("limits and assumptions", faults, f"those of {len(told)} phases")


def _nested(stored: Stored) -> Check:
    """Check that each phase keeps the sites before it, and what it adds against its own limits."""
    faults = []
    before = np.zeros(0, np.int64)
    for phase in stored.phases:
        chosen = phase.certificate.chosen
        if not np.array_equal(chosen[: len(before)], before):
            faults.append(f"{phase.name} does not keep the sites of the phase before it")
        inside = (chosen >= 0) & (chosen < len(stored.site_ids))
        added = chosen[len(before) :][inside[len(before) :]]
        if stored.stations[added].sum() > phase.max_stations:
            faults.append(f"{phase.name} builds more than its stations")
        if stored.cost_cny[added].sum() > phase.budget_cny * (1.0 + SAME_RELATIVE):
            faults.append(f"{phase.name} spends more than its budget")
        before = chosen
    return _check("phases keep what stands", faults, f"{len(before)} sites in the end")


def _sites_agree(stored: Stored, folder: Path) -> Check:
    """Compare the proposed sites of sites.gpkg with the certified choice."""
    columns = ["site_id", "status", "phase", "rank", "stations", "cost_cny"]
    table = stored_table(folder, "sites", columns)
    table = table[table["status"] == "proposed"].sort_values("rank")
    chosen = stored.phases[-1].certificate.chosen
    sizes = np.diff([0, *(len(phase.certificate.chosen) for phase in stored.phases)])
    names = np.repeat([phase.name for phase in stored.phases], sizes)
    faults = []
    if table["site_id"].tolist() != stored.site_ids[chosen].tolist():
        faults.append("sites.gpkg proposes other sites than the certificate")
    elif table["phase"].astype(str).tolist() != names.tolist():
        faults.append("sites.gpkg puts sites in other phases than the certificate")
    else:
        for name, ours in (("stations", stored.stations), ("cost_cny", stored.cost_cny)):
            if not _close(table[name].to_numpy(float), ours[chosen].astype(float)):
                faults.append(f"sites.gpkg tells other {name}")
    return _check("proposed sites", faults, f"{len(chosen)} sites as certified")


def _rows_of(stored: Stored, demand: pd.DataFrame) -> NDArray[np.int64] | None:
    """Return the row of the demand table of each row of the problem; None where there is none."""
    if not stored.levels or len(demand) % len(stored.levels):
        return None
    points = len(demand) // len(stored.levels)
    inside = (stored.level >= 0) & (stored.level < len(stored.levels))
    inside &= (stored.point >= 0) & (stored.point < points)
    rows = stored.level * points + stored.point
    return rows if bool(inside.all()) and len(np.unique(rows)) == len(rows) else None


def _demand_agrees(stored: Stored, demand: pd.DataFrame) -> Check:
    """Check that the problem asks for exactly what the demand table says is lacking today."""
    name = "demand of the problem"
    rows = _rows_of(stored, demand)
    if rows is None:
        return _check(name, ["its rows are not those of the demand table"], "")
    weight, before = demand["weight"].to_numpy(float), demand["share_before"].to_numpy(float)
    faults = []
    if demand["level"].to_numpy(object)[rows].tolist() != [stored.levels[k] for k in stored.level]:
        faults.append("levels differ from sites.gpkg")
    if not _close(stored.weights, (weight * (1.0 - before))[rows]):
        faults.append("weights differ from what sites.gpkg says is lacking")
    left_out = np.ones(len(demand), np.bool_)
    left_out[rows] = False
    lost = float(np.sum((weight * (1.0 - before))[left_out]))
    if lost > SAME_RELATIVE * float(np.sum(weight)):
        faults.append(f"demand worth {lost:g} that lacks service is no part of the problem")
    return _check(name, faults, f"{len(rows)} rows of {len(demand)} lack service today")


def _service_agrees(stored: Stored, demand: pd.DataFrame) -> Check:
    """Recompute from the covering problem what each row is served after each phase."""
    rows = _rows_of(stored, demand)
    before = demand["share_before"].to_numpy(float)
    faults = []
    for phase, column in zip(stored.phases, _demand_columns(stored)[3:], strict=True):
        inside = np.zeros(len(stored.site_ids))
        inside[phase.certificate.chosen] = 1.0
        share = before.copy()
        if rows is not None:
            gained = np.minimum(1.0, (stored.covers @ inside) / stored.needed)
            share[rows] += (1.0 - before[rows]) * gained
        if rows is None or not np.allclose(share, demand[column], rtol=0.0, atol=1e-9):
            faults.append(f"{column} of sites.gpkg is not what the sites serve")
    return _check("service of the demand", faults, f"{len(demand)} rows recomputed")


def _figures_agree(
    stored: Stored, verdicts: list[Verdict], figures: Mapping[str, Any], demand: pd.DataFrame
) -> Check:
    """Compare objectives and bounds of plan.json with the recomputed ones."""
    faults = []
    for phase, told in zip(
        _phases(stored, verdicts, figures, demand), figures["phases"], strict=True
    ):
        if not _near(told["objective"], phase.objective):
            faults.append(f"{phase.name}: objective is {phase.objective!r}")
        claimed = phase.claimed_bound
        if phase.solver_finish:
            good = claimed >= phase.objective * (1.0 - PRINTED_RELATIVE)
        else:
            good = claimed >= phase.bound * (1.0 - SAME_RELATIVE)
        if not good:
            faults.append(f"{phase.name}: the bound {claimed!r} is tighter than {phase.bound!r}")
        if (told["sites"], told["stations"]) != (phase.sites, phase.stations):
            faults.append(f"{phase.name}: has {phase.sites} sites, {phase.stations} stations")
        room = told["bound"] - told["objective"]
        if abs(told["gap"] * told["bound"] - room) > 1e-9 * told["bound"]:
            faults.append(f"{phase.name}: the gap is not that of objective and bound")
        if told["status"] == "proved" and room > SAME_RELATIVE * told["bound"]:
            faults.append(f"{phase.name}: is called proved and is not")
    return _check("figures of plan.json", faults, "objectives and bounds as recomputed")


def _phases(
    stored: Stored, verdicts: list[Verdict], figures: Mapping[str, Any], demand: pd.DataFrame
) -> tuple[PhaseVerdict, ...]:
    """Return the phases as recomputed, on top of what the network serves today."""
    weight = demand["weight"].to_numpy(float)
    served = float(np.sum(weight * demand["share_before"].to_numpy(float)))
    total = float(np.sum(weight))
    out, before = [], 0
    for phase, verdict, told in zip(stored.phases, verdicts, figures["phases"], strict=True):
        added = phase.certificate.chosen[before:]
        bound = min(served + verdict.bound, total)
        objective = served + verdict.objective
        out.append(
            PhaseVerdict(
                name=phase.name,
                sites=len(added),
                stations=int(stored.stations[added].sum()),
                objective=objective,
                bound=bound,
                gap=max(0.0, bound - objective) / bound if bound > 0 else 0.0,
                claimed_bound=float(told["bound"]),
                solver_finish=phase.bound_gain < verdict.bound * (1.0 - SAME_RELATIVE),
            )
        )
        before = len(phase.certificate.chosen)
    return tuple(out)


def _rebuilt(stored: Stored, anew: Mapping[str, str]) -> Check:
    """Compare the stored problem with the one computed anew, part by part."""
    ours = stored.hashes()
    wrong = [f"{name} differ" for name in ours if ours[name] != anew.get(name)]
    return _check("problem computed anew from the layers", wrong, "the same, byte for byte")


def _close(ours: Floats, told: Floats) -> bool:
    """Tell whether numbers agree but for the last digits."""
    return ours.shape == told.shape and bool(np.allclose(ours, told, rtol=SAME_RELATIVE, atol=1e-9))


def _near(told: float, ours: float) -> bool:
    return abs(told - ours) <= SAME_RELATIVE * max(abs(told), abs(ours))
