"""A plan: what is recommended, its figures, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray


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
class Plan:
    """The recommendation, in the working CRS, with the figures that plan.json prints.

    `figures` is the content of plan.json (docs/reference/plan.md), ready for JSON.
    `sites` holds the existing and the proposed sites, `demand` one row per point and level,
    `edge_data_centres` the chosen centres and the core rooms; all are GeoDataFrames of points
    whose columns are listed in docs/reference/sites.md.
    """

    sites: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    edge_data_centres: gpd.GeoDataFrame
    figures: Mapping[str, Any]
    rasters: CoverageRasters | None = None
