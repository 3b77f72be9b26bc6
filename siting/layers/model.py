"""The layers a plan is made from: named tables in one working CRS, each with its provenance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from siting.layers.modelled.dasymetric import TownshipModel


@dataclass(frozen=True, kw_only=True)
class Note:
    """One thing that a reader of the plan must know of its layers, Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Layers:
    """Every input of a study, projected to `crs` (metres); optional layers are `None`.

    The columns of each table are listed in `siting.layers.schema`. `catalogue` has one row per
    layer that was read: layer, file, rows, sha256, provenance, source, licence, crs, datum,
    vintage, note, origin, origin_sha256, read_as. `wide` and `rasters` hold the paths of the
    optional layers of `siting.layers.wide` that are there, checked, not loaded: `read_wide` reads
    one. `terrain` is the path of the DEM among the rasters. `township_model` is what the
    known populations taught about the others. `notes` say what was made because the folder does
    not hold it.
    """

    crs: str
    directory: Path
    counties: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    ports: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame
    protected: gpd.GeoDataFrame
    projects: gpd.GeoDataFrame
    data_centres: gpd.GeoDataFrame
    targets: pd.DataFrame
    catalogue: pd.DataFrame
    progress: pd.DataFrame | None = None
    public_places: gpd.GeoDataFrame | None = None
    sites: gpd.GeoDataFrame | None = None
    terrain: Path | None = None
    wide: Mapping[str, Path] = field(default_factory=dict)
    rasters: Mapping[str, Path] = field(default_factory=dict)
    township_model: TownshipModel | None = None
    notes: tuple[Note, ...] = ()
