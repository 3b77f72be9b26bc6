"""What the plan reaches of the commitments that it can compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.plan.findings import Findings


def target_values(figures: Mapping[str, Any], findings: Findings) -> dict[str, float]:
    """Return what the plan reaches of the commitments that it can compute.

    Stations count with the quota that found no place: the commitment is to build them. Racks are
    not among them: the text does not split them between edge and core.
    """
    phases = figures["phases"]
    built = figures["stations_before"] + sum(phase["max_stations"] for phase in phases)
    people = _people(figures)
    values = {"T-5G-TOTAL": float(built), "T-EDGE": float(figures["edge"]["centres"])}
    if people:
        values["T-5G-10K"] = built / people * 10_000.0
    for phase in phases:
        if phase["name"] == "2024":
            values["T-5G-2024"] = float(phase["max_stations"])
    reached = _villages_reached(findings)
    if reached is not None:
        values["B-5G-VILLAGE"] = reached
    return values


def starting_values(figures: Mapping[str, Any]) -> dict[str, float]:
    """Return where the ratio to the people starts, which no document prints; of the same people."""
    people = _people(figures)
    return {"T-5G-10K": figures["stations_before"] / people * 10_000.0} if people else {}


def _people(figures: Mapping[str, Any]) -> int:
    return sum(county["population"] or 0 for county in figures["counties"])


def _villages_reached(findings: Findings) -> float | None:
    """Return the share of village committees that have service outdoors in the end [%]."""
    names = [level.name for level in findings.levels]
    committee = findings.demand["kind"].eq("place") & findings.demand["name"].str.endswith("村委会")
    if "outdoors" not in names or not committee.any():
        return None
    share = findings.shares[names.index("outdoors")][-1]
    return float(share[committee.to_numpy()].mean() * 100.0)
