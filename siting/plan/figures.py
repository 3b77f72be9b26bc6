"""The figures of a plan: what plan.json prints, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.plan.words import level_words, threshold_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from siting.coverage import Service

    Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PhaseAnswer:
    """What the optimiser said of one phase, in weighted people of the whole city.

    `before` is what the network serves without any phase, `total` all demand; `objective` and
    `bound` count this phase and those before it. Of the `unplaced` stations, `held_back` wait for
    counties that lack them of their floor and have no place with a gain.
    """

    name: str
    max_stations: int
    budget_cny: float | None
    before: float
    total: float
    objective: float
    bound: float
    status: str
    seed: int
    unplaced: int
    held_back: int


def phase_figures(answer: PhaseAnswer, sites: pd.DataFrame) -> dict[str, Any]:
    """Return the entry of `phases` in plan.json; `sites` are those proposed in this phase."""
    stations = int(sites["stations"].sum())
    binding_zh, binding_en = _binding(answer)
    room = answer.bound - answer.objective
    left, was_left = answer.total - answer.objective, answer.total - answer.before
    return {
        "name": answer.name,
        "max_stations": answer.max_stations,
        "budget_cny": answer.budget_cny,
        "stations": stations,
        "sites": len(sites),
        "stations_unplaced": answer.unplaced,
        "by_kind": _by_kind(sites),
        "stations_co_located": int(sites.loc[sites["build"] == "co_located", "stations"].sum()),
        "stations_new": int(sites.loc[sites["build"] == "new", "stations"].sum()),
        "sites_co_located": int((sites["build"] == "co_located").sum()),
        "sites_new": int((sites["build"] == "new").sum()),
        "cost_cny": float(sites["cost_cny"].sum()),
        "objective": answer.objective,
        "bound": answer.bound,
        "gap": room / answer.bound if answer.bound > 0 else 0.0,
        "gap_uncovered": room / left if left > 0 else 0.0,
        "gap_of_uncovered_before": room / was_left if was_left > 0 else 0.0,
        "gap_of_gain": room / (answer.bound - answer.before) if room > 0 else 0.0,
        "unit": "weighted people",
        "status": answer.status,
        "seed": answer.seed,
        "binding": binding_en,
        "binding_zh": binding_zh,
    }


def _binding(answer: PhaseAnswer) -> tuple[str, str]:
    """Return which limit stopped the phase, in Chinese and English."""
    if answer.unplaced == 0:
        return "站数", "stations"
    if answer.held_back == answer.unplaced:
        return (
            "县级下限: 为没有增益站址的县预留站数",
            "county floors: stations are held back for counties without a place with a gain",
        )
    zh, en = "已无有增益的站址", "no place with a gain is left"
    if answer.budget_cny is not None:
        zh, en = f"投资限额或{zh}", f"budget or {en}"
    return (f"县级下限, 且{zh}", f"county floors, and {en}") if answer.held_back else (zh, en)


def _by_kind(sites: pd.DataFrame) -> dict[str, dict[str, int]]:
    return {
        kind: {
            "stations": int(sites.loc[sites["kind"] == kind, "stations"].sum()),
            "sites": int((sites["kind"] == kind).sum()),
        }
        for kind in ("macro", "micro", "indoor")
    }


def level_figures(
    name: str,
    service: Service,
    weight: float,
    *,
    people: Floats,
    shares: Sequence[Floats],
    phases: Sequence[str],
    carriers: bool,
) -> dict[str, Any]:
    """Return the entry of `levels`: people covered before and after each phase."""
    words = level_words(name)
    threshold = threshold_words(
        indoor=service.indoor, rsrp_min_dbm=service.rsrp_min_dbm,
        low_band_dbm=service.rsrp_min_low_band_dbm, probability=service.location_probability,
        carriers=carriers,
    )  # fmt: skip
    everybody = float(people.sum())
    covered = [float((people * share).sum()) for share in shares]
    return {
        "level": name,
        "label_zh": words[0],
        "label_en": words[1],
        "weight": weight,
        "threshold_zh": threshold[0],
        "threshold_en": threshold[1],
        "people": everybody,
        "covered_before": covered[0],
        "share_before": covered[0] / everybody if everybody else 0.0,
        "after": [
            {
                "phase": phase,
                "covered": after,
                "share": after / everybody if everybody else 0.0,
                "gained": after - then,
                "gained_share_of_uncovered": (after - then) / (everybody - then)
                if everybody > then
                else 0.0,
            }
            for phase, then, after in zip(phases, covered[:-1], covered[1:], strict=True)
        ],
    }


def county_figures(
    counties: gpd.GeoDataFrame,
    network: pd.DataFrame,
    proposed: pd.DataFrame,
    unplaced: Mapping[str, int],
    demand: pd.DataFrame,
) -> list[dict[str, Any]]:
    """Return the entries of `counties`; those outside the denominators show no figures."""
    before = network.groupby("county_code")["stations"].sum()
    placed = proposed.groupby("county_code")["stations"].sum()
    weight = demand["weight"].groupby(demand["county_code"]).sum()
    covered = (demand["weight"] * demand["share_after"]).groupby(demand["county_code"]).sum()
    return [
        _county(row, before, placed, unplaced, covered / weight)
        for row in counties.sort_values("code").itertuples()
    ]


def _county(
    row: Any, before: pd.Series, placed: pd.Series, unplaced: Mapping[str, int], share: pd.Series
) -> dict[str, Any]:
    counted = bool(row.in_denominator)
    stations_before = int(before.get(row.code, 0))
    waiting = int(unplaced.get(row.code, 0))
    after = stations_before + int(placed.get(row.code, 0)) + waiting
    people = int(row.population) if counted else 0
    return {
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "population": people if counted else None,
        "in_denominator": counted,
        "stations_before": stations_before,
        "stations_after": after,
        "stations_unplaced": waiting,
        "stations_per_10000": after / people * 10_000.0 if people else None,
        "covered_share": float(share[row.code]) if row.code in share.index else None,
    }


def modelled_figures(
    demand: pd.DataFrame, network: pd.DataFrame, proposed: pd.DataFrame
) -> dict[str, float]:
    """Return which share of the demand, of the network and of the places is modelled, 0 to 1."""
    return {
        "demand": _modelled(demand["provenance"], demand["weight"]),
        "network": _modelled(network["provenance"], network["stations"]),
        "places": _modelled(proposed["provenance"], proposed["stations"]),
    }


def _modelled(provenance: pd.Series, weight: pd.Series) -> float:
    total = float(weight.sum())
    return float(weight[provenance == "modelled"].sum()) / total if total else 0.0
