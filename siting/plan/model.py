"""A plan: what is recommended, its figures, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from siting.levels import Covering


@dataclass(frozen=True, kw_only=True)
class CoverageRasters:
    """Outdoor SS-RSRP [dBm] on one grid, for the network before and after each phase.

    `rsrp_dbm` has shape (1 + phases, rows, columns), float32, NaN where nothing reaches;
    `stages` names its first axis ("before", then the phases' names); row 0 is the northernmost.
    """

    rsrp_dbm: NDArray[np.float32]
    stages: tuple[str, ...]
    west_m: float
    north_m: float
    cell_m: float
    crs: str


@dataclass(frozen=True, kw_only=True)
class PhaseProof:
    """What a phase may take on its own, and the certificate of all sites so far.

    `bound_gain` [weighted people] is what plan.json tells as the bound, less what the network serves.
    """

    name: str
    max_stations: int
    budget_cny: float | None
    bound_gain: float
    certificate: Any


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a stranger needs to check the bound: the covering problem and a certificate per phase.

    `site_ids`, `stations` and `cost_cny` belong to the columns of the problem; `levels` names its
    level numbers, and a row's point is a place in the demand table of one level. `assumptions` are
    those of plan.json in the order of the scenario, on which the order of levels and kinds rests.
    """

    assumptions: Mapping[str, Any]
    problem: Covering
    levels: tuple[str, ...]
    site_ids: tuple[str, ...]
    stations: NDArray[np.int64]
    cost_cny: NDArray[np.float64]
    phases: tuple[PhaseProof, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The recommendation, in the working CRS, with the figures that plan.json prints.

    `figures` is the content of plan.json (docs/reference/plan.md), ready for JSON.
    `sites` holds the existing and the proposed sites, `demand` one row per point and level,
    `edge_data_centres` the chosen centres and the core rooms; all are GeoDataFrames of points
    whose columns are listed in docs/reference/sites.md. `proof` is what `siting verify` checks.
    """

    sites: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    edge_data_centres: gpd.GeoDataFrame
    figures: Mapping[str, Any]
    rasters: CoverageRasters | None = None
    proof: Proof | None = None
