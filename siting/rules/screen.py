"""Hold candidate sites against the rules: pass, check, condition, refusal.

A rule refuses only on rows that are official or surveyed. On anything weaker it says `check`, with
the document to look into, because a circle around an approximate point proves nothing. A new site
is also refused when it stands within the spacing of its kind from an existing site, and any site
outside the counties that count.

The outcome of a site is one text, `rule:outcome` joined by `; `, for example
`spacing:pass; heritage:check 文物保护范围与建设控制地带图 (开元寺)`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from scipy.spatial import cKDTree

from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from siting.layers.model import Layers

FIRM = frozenset({"official", "surveyed"})
SITE_KINDS = ("macro", "micro", "indoor")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One norm: where it applies, what it says, where it is written, and whether that was read."""

    id: str
    kinds: tuple[str, ...]
    buffer_m: float
    severity: Literal["hard", "conditional", "advisory"]
    standard: str
    clause: str
    document_zh: str
    document_en: str
    applies_to: tuple[str, ...] = ("new",)
    kinds_of_site: tuple[str, ...] = SITE_KINDS
    verified: bool = False


def read_rules(*, off: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Return the packaged rules without those switched off.

    Raises
    ------
    ConfigurationError
        An id in `off` is not the id of a rule.

    """
    text = resources.files("siting.rules").joinpath("rules.toml").read_text(encoding="utf-8")
    rules = tuple(_rule(row) for row in tomllib.loads(text)["rule"])
    known = [rule.id for rule in rules]
    unknown = [
        Problem(
            what=f"there is no rule {name!r}",
            remedy=f"use one of {', '.join(known)}",
            column="rules.off",
        )
        for name in off
        if name not in known
    ]
    if unknown:
        raise ConfigurationError(unknown)
    return tuple(rule for rule in rules if rule.id not in off)


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        kinds=tuple(row["kinds"]),
        buffer_m=float(row["buffer_m"]),
        severity=row["severity"],
        standard=row["standard"],
        clause=row["clause"],
        document_zh=row["document_zh"],
        document_en=row["document_en"],
        applies_to=tuple(row["applies_to"]),
        kinds_of_site=tuple(row.get("kinds_of_site", SITE_KINDS)),
        verified=row["verified"],
    )


def screen(
    sites: gpd.GeoDataFrame,
    layers: Layers,
    network: gpd.GeoDataFrame,
    *,
    rules: Sequence[Rule],
    spacing_m: Mapping[str, float],
) -> gpd.GeoDataFrame:
    """Return the candidates with `rules` (outcomes) and `status` (candidate or excluded).

    Parameters
    ----------
    sites, layers, network
        The candidates, the layers (protected areas are used), and the existing sites.
    rules
        The norms to hold them against.
    spacing_m
        Least distance of a new site from an existing site of its kind [m], by kind; from a site
        of another kind the smaller of the two.

    """
    refused = np.zeros(len(sites), dtype=bool)
    outcome: list[list[str]] = [[] for _ in range(len(sites))]
    outside = (sites["county_code"] == "").to_numpy()
    for row in np.flatnonzero(outside):
        outcome[row].append("county:refused 不在计入的县域内")
    refused |= outside | _crowded(sites, network, spacing_m, outcome)
    for rule in rules:
        refused |= _hold(sites, layers, rule, outcome)
    return sites.assign(
        rules=["; ".join(parts) for parts in outcome],
        status=np.where(refused, "excluded", "candidate"),
    )


def _crowded(
    sites: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    spacing_m: Mapping[str, float],
    outcome: list[list[str]],
) -> NDArray[np.bool_]:
    """Refuse new sites within the spacing of an existing site.

    From a site of another kind the smaller of the two spacings is kept: nearer than that, the
    place that stands is to be shared.
    """
    refused = np.zeros(len(sites), dtype=bool)
    at = np.column_stack([sites.geometry.x, sites.geometry.y])
    for kind, least in spacing_m.items():
        rows = np.flatnonzero(((sites["kind"] == kind) & (sites["build"] == "new")).to_numpy())
        gaps = np.full(len(rows), np.inf)
        for other, there in network.groupby("kind", sort=True):
            kept = least if other == kind else min(least, spacing_m.get(str(other), least))
            tree = cKDTree(np.column_stack([there.geometry.x, there.geometry.y]))
            near = np.asarray(tree.query(at[rows])[0]) if len(rows) else gaps
            gaps = np.where(near < kept, np.minimum(gaps, near), gaps)
        for row, gap in zip(rows, gaps, strict=True):
            refused[row] = np.isfinite(gap)
            word = f"refused 距现有站 {gap:.0f} m" if refused[row] else "pass"
            outcome[row].append(f"spacing:{word}")
    return refused


def _hold(
    sites: gpd.GeoDataFrame, layers: Layers, rule: Rule, outcome: list[list[str]]
) -> NDArray[np.bool_]:
    """Hold the sites against one rule; return which it refuses."""
    refused = np.zeros(len(sites), dtype=bool)
    areas = layers.protected[layers.protected["kind"].isin(rule.kinds)]
    areas = areas[areas.geometry.notna() & ~areas.geometry.is_empty]
    asked = sites["build"].isin(rule.applies_to) & sites["kind"].isin(rule.kinds_of_site)
    rows = np.flatnonzero(asked.to_numpy())
    if areas.empty or not len(rows):
        return refused
    tree = shapely.STRtree(_reaches(areas, rule.buffer_m))
    for site, area in zip(*tree.query(sites.geometry.to_numpy()[rows], "within"), strict=True):
        row = rows[site]
        firm = areas["provenance"].iloc[area] in FIRM
        refused[row] |= firm and rule.severity == "hard"
        outcome[row].append(_sentence(rule, firm=firm, place=str(areas["name"].iloc[area])))
    return refused


def _reaches(areas: gpd.GeoDataFrame, buffer_m: float) -> NDArray[np.object_]:
    """Return each area with the rule's buffer and, around a point, how uncertain the point is."""
    radius = areas["radius_m"].fillna(0.0).to_numpy(float)
    point = (areas.geom_type == "Point").to_numpy()
    grown = buffer_m + np.where(point, radius, 0.0)
    return np.asarray(shapely.buffer(areas.geometry.to_numpy(), np.maximum(grown, 0.001)))


def _sentence(rule: Rule, *, firm: bool, place: str) -> str:
    if not firm:
        return f"{rule.id}:check {rule.document_zh} ({place})"
    word = {"hard": "refused", "conditional": "condition", "advisory": "advice"}[rule.severity]
    return f"{rule.id}:{word} {rule.standard} {rule.clause} ({place})"


def outcome_counts(sites: pd.DataFrame) -> dict[str, int]:
    """Return how many sites each `rule:outcome` was said of."""
    words = sites["rules"].astype(str).str.split("; ").explode().str.split(" ").str[0]
    counts = words[words.fillna("") != ""].value_counts().sort_index()
    return {str(name): int(count) for name, count in counts.items()}
