"""Gather what the page knows: the figures of plan.json as they are, and the tables it draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.maps.columns import DEGREES
from siting.maps.encode import deflated, plain_mapping
from siting.maps.layer_groups import PageLayer, page_layers
from siting.maps.overlay import Overlay, coverage_overlay
from siting.maps.site_tables import edge_table, existing_table, gap_table, proposed_tables
from siting.maps.tables import county_table, place_tables, township_table, village_table

if TYPE_CHECKING:
    from siting.layers.model import Layers
    from siting.plan.model import Plan


@dataclass(frozen=True, kw_only=True)
class Payload:
    """What one page carries: figures to read at once, blocks to inflate, the coverage picture.

    `bounds` are those of the counties in WGS 84 degrees: west, south, east, north.
    """

    figures: dict[str, Any]
    blocks: dict[str, str]
    layers: list[PageLayer]
    overlay: Overlay | None
    bounds: tuple[float, float, float, float]


def make_payload(plan: Plan, layers: Layers) -> Payload:
    """Return everything that the page of this plan shows."""
    figures = plain_mapping(plan.figures)
    phases = [str(phase["name"]) for phase in figures.get("phases", [])]
    tables = _tables(plan, layers, phases)
    overlay = coverage_overlay(plan.rasters) if plan.rasters is not None else None
    shown = page_layers(
        _counts(tables, phases),
        phases,
        quotas=_has_modelled(tables),
        coverage=overlay is not None,
        gaps=tables["gaps"] is not None,
    )
    # quotas are many and equal in form: they travel packed
    tables["quotas"] = figures.pop("quotas", None)
    return Payload(
        figures=figures,
        blocks={name: deflated(table) for name, table in tables.items()},
        layers=shown,
        overlay=overlay,
        bounds=_bounds(layers),
    )


def _bounds(layers: Layers) -> tuple[float, float, float, float]:
    west, south, east, north = layers.counties.to_crs(DEGREES).total_bounds
    return float(west), float(south), float(east), float(north)


def _tables(plan: Plan, layers: Layers, phases: list[str]) -> dict[str, Any]:
    drawn, told = proposed_tables(plan.sites, layers, phases)
    return {
        "counties": county_table(layers),
        "townships": township_table(layers),
        "villages": village_table(layers),
        "places": place_tables(layers),
        "existing": existing_table(plan.sites, layers),
        "proposed": drawn,
        "cards": told,
        "edge": edge_table(plan.edge_data_centres, layers),
        "gaps": gap_table(plan.demand, phases),
    }


def _counts(tables: dict[str, Any], phases: list[str]) -> dict[str, int]:
    """Return how many rows each line of the layer tree stands for."""
    proposed = tables["proposed"]
    by_phase = Counter(proposed["phase"])
    by_kind = Counter(proposed["kind"])
    return {
        "counties": len(tables["counties"]["code"]),
        "villages": len(tables["villages"]["code"]),
        "existing": len(tables["existing"]["site_id"]),
        "edge": tables["edge"]["role"].count("edge"),
        **{f"phase{row + 1}": by_phase[row + 1] for row in range(len(phases))},
        **{kind: by_kind[kind] for kind in ("macro", "micro", "indoor")},
        **{name: len(places) for name, places in tables["places"].items()},
    }


def _has_modelled(tables: dict[str, Any]) -> bool:
    """Say whether any site rests on modelled places and must be shown as a quota first."""
    return "modelled" in tables["proposed"]["provenance"]
