"""What a study found out, from which a plan is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.levels import Covering, Level

    Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything a study found out, from which the plan is made.

    `shares[level][stage]` is the share of each demand point served before and after each phase;
    `servers[level]` the id of the site that serves it at the end; `phases` the choices made, in
    order, and `wishes` what each was allowed.
    """

    demand: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    refused: int
    problem: Covering
    levels: tuple[Level, ...]
    choices: tuple[Any, ...]
    wishes: tuple[Any, ...]
    shares: Sequence[Sequence[Floats]]
    servers: Sequence[NDArray[np.object_]]
    floor_per_10000: float
    terrain: bool

    @property
    def chosen(self) -> NDArray[np.int64]:
        """Return the columns of all phases, in the order chosen."""
        return np.concatenate([choice.chosen for choice in self.choices]).astype(np.int64)

    @property
    def counted(self) -> gpd.GeoDataFrame:
        """Return the existing sites inside the counties that count; the others only serve."""
        return self.network[self.network["county_code"] != ""]

    @property
    def stages(self) -> list[str]:
        """Return the names of the stages: before, then the phases."""
        return ["before", *(choice.name for choice in self.choices)]


def all_stations(findings: Findings) -> gpd.GeoDataFrame:
    """Return every site that counts, standing or proposed, with its stations and village."""
    columns = ["stations", "village_code", "geometry"]
    chosen = findings.candidates.iloc[findings.chosen]
    both = pd.concat([findings.counted[columns], chosen[columns]], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=findings.network.crs)
