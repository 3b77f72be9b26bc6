"""The headline of a plan, from its figures alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.cli.output import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURE = (
    "objective and bound: weighted people served, the network of before included; no choice of "
    "as many stations among the candidates serves more than the bound"
)


def headline(figures: Mapping[str, Any], *, homepage: str) -> str:
    """Return what the terminal prints: how much is modelled first, the homepage last."""
    blocks = [
        modelled_line(figures) + "\n" + _title(figures),
        _phases(figures),
        _levels(figures),
        _edge(figures["edge"]),
        _targets(figures),
        "\n".join(f"note: {warning['en']}" for warning in figures["warnings"]),
        f"one map: {homepage}",
    ]
    return "\n\n".join(block for block in blocks if block)


def modelled_line(figures: Mapping[str, Any]) -> str:
    """Return the first line: which share of the plan rests on modelled data, and how to read it."""
    share = figures["modelled_share"]
    parts = ", ".join(f"{name} {_share(part)}" for name, part in figures["modelled"].items())
    reading = "quotas, not pins" if share > 0 else "surveyed or official throughout"
    return f"modelled share {_share(share)} ({parts}): {reading}"


def _title(figures: Mapping[str, Any]) -> str:
    """Return which scenario this is and what stood before it."""
    scenario = figures["scenario"]
    return (
        f"{scenario['title_en']} (scenario {scenario['name']}, {scenario['date']}, "
        f"seed {scenario['seed']}); before: {_count(figures['stations_before'])} stations "
        f"on {_count(figures['sites_before'])} sites"
    )


def _phases(figures: Mapping[str, Any]) -> str:
    """Return a row per phase: stations and sites, what is proven, what found no place."""
    rows = [
        (
            "phase",
            "stations",
            "of",
            "sites",
            "without a place",
            "objective",
            "bound",
            "gap",
            "gap of uncovered",
            "status",
        )
    ]
    rows += [
        (
            phase["name"],
            _count(phase["stations"]),
            _count(phase["max_stations"]),
            _count(phase["sites"]),
            _count(phase["stations_unplaced"]),
            _count(phase["objective"]),
            _count(phase["bound"]),
            _share(phase["gap"]),
            _share(phase["gap_uncovered"]),
            phase["status"],
        )
        for phase in figures["phases"]
    ]
    return f"{aligned(rows)}\n{MEASURE}"


def _levels(figures: Mapping[str, Any]) -> str:
    """Return a row per level: covered before, and what each phase gains."""
    names = [phase["name"] for phase in figures["phases"]]
    gains = [title for name in names for title in (f"after {name}", "gained", "of uncovered")]
    rows = [("people covered", "people", "before", *gains)]
    for level in figures["levels"]:
        cells = [_count(level["people"]), _share(level["share_before"])]
        for after in level["after"]:
            cells += [
                _share(after["share"]),
                f"+{_count(after['gained'])}",
                _share(after["gained_share_of_uncovered"]),
            ]
        rows.append((level["label_en"], *cells))
    return aligned(rows)


def _edge(edge: Mapping[str, Any]) -> str:
    """Return the lines of the edge data centres: how many, what is proven, what binds."""
    racks = f"{_count(edge['racks'])} racks (and {_count(edge['racks_core'])} in core rooms)"
    latency = f"latency at most {_ms(edge['latency_max_ms'])}, p95 {_ms(edge['latency_p95_ms'])}"
    proof = (
        f"objective {_figure(edge['objective'])}, bound {_figure(edge['bound'])} {edge['unit']}, "
        f"gap {_share(edge['gap'])}, {edge['status']}"
    )
    first = f"edge data centres: {edge['centres']} of {edge['p']}, {racks}; {latency}"
    return f"{first}\n{proof}\nbinding: {edge['binding_en']}"


def _targets(figures: Mapping[str, Any]) -> str:
    """Return how many commitments of the policy text the plan meets, and what counts as built."""
    if not figures["targets"]:
        return "commitments: no ledger of targets was given"
    met = [target["met"] for target in figures["targets"]]
    line = (
        f"commitments: {met.count(True)} met, {met.count(False)} not met, "
        f"{met.count(None)} not decided by this plan"
    )
    unplaced = sum(phase["stations_unplaced"] for phase in figures["phases"])
    counted = f"; they count the {_count(unplaced)} stations without a place as built"
    return line + counted if unplaced else line


def _count(value: float | None) -> str:
    """Return a number without decimals; what is equal but for its last digits prints alike."""
    return "-" if value is None else f"{round(value, 3):,.0f}"


def _figure(value: float | None) -> str:
    """Return a number with the decimals that a small one needs."""
    return "-" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def _share(value: float | None) -> str:
    """Return a share as per cent; a small one is told from 0, one close to 1 from 1.

    Only rounding (below 1e-9) is printed as none.
    """
    if value is None:
        return "-"
    if 1e-9 <= abs(value) < 5e-6:
        return "< 0.001 %"
    from_end = min(abs(value), abs(1.0 - value))
    digits = 3 if 5e-6 <= from_end < 1e-3 else 1
    return f"{100 * value:.{digits}f} %"


def _ms(value: float | None) -> str:
    """Return a time in milliseconds."""
    return "-" if value is None else f"{value:.2f} ms"
