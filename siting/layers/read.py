"""Read a folder of layers, or say everything that is wrong with it; model what is not surveyed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from siting.errors import DataError, MissingDataError
from siting.layers.folder.catalogue import catalogue_of
from siting.layers.folder.cells import typed_table
from siting.layers.folder.check import examine
from siting.layers.folder.files import WGS84, RawTable
from siting.layers.folder.minimum import needed_layers
from siting.layers.folder.working_crs import AUTO
from siting.layers.model import Layers, Note
from siting.layers.modelled.covariates import township_covariates
from siting.layers.modelled.made import (
    completed_villages,
    county_units,
    grid_people,
    made_villages,
    with_people,
)
from siting.layers.modelled.population import CLASS_WEIGHTS
from siting.layers.modelled.units import township_areas, village_points
from siting.layers.read_wide import wide_table
from siting.layers.schema import TABLES
from siting.targets import empty_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siting.layers.folder.check import Examination
    from siting.layers.modelled.dasymetric import TownshipModel

MISSING = ("the layer", "the outline of the counties", "the population is missing")
NOT_DRAWN = ["lon", "lat", "radius_km", "outline"]
PLACE_WORDS = {
    "ports": ("港区", "port areas"),
    "parks": ("园区", "industrial parks"),
    "protected": ("保护对象", "protected places"),
    "projects": ("点名工程", "named works"),
    "data_centres": ("核心机房", "core rooms"),
}
NO_TOWNSHIPS = Note(
    zh="没有乡镇街道表: 每个县级单元作为一个单元, 乡镇配额即县级配额",
    en="no townships were given: each county is one unit, and township quotas are county quotas",
)
NO_TARGETS = Note(
    zh="没有承诺指标表 targets.csv: 看板不作达标判断",
    en="no ledger of targets (targets.csv) was given: the board judges nothing",
)


def embedded_directory() -> Path:
    """Return the folder of the city that comes with the package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "embedded" / "layers"
    return installed if installed.is_dir() else package.parent / "layers"


def read_layers(
    directory: str | Path,
    *,
    crs: str = AUTO,
    class_weights: Mapping[str, float] = CLASS_WEIGHTS,
    needs: Sequence[str] = (),
) -> Layers:
    """Return the layers of a folder in the working CRS.

    Places that nobody has surveyed are modelled (siting.layers.modelled.placement), and so is the
    population of villages (siting.layers.modelled.population); both are marked so. A city that
    lists no townships or villages gets modelled ones (siting.layers.modelled.made), and `notes`
    say so.

    Parameters
    ----------
    directory
        The folder; each layer NAME is NAME.gpkg, NAME.geojson or NAME.csv.
    crs
        Working CRS; projected, in metres; `auto` is the UTM zone of the counties.
    class_weights
        People in a village of each urban-rural class, relative to each other; all above 0.
    needs
        Layers that the study cannot do without beside the counties and their people: `sites`
        where no network is to be modelled.

    Raises
    ------
    MissingDataError
        Where layers are missing and nothing else is wrong.
    DataError
        With every problem of every file.

    """
    found = examine(Path(directory), crs=crs)
    _require_all(found, needs)
    units = _units(found, class_weights)
    rasters = {name: file.path for name, file in found.rasters.items()}
    targets = empty_ledger() if found.targets is None else found.targets
    return Layers(
        crs=found.crs,
        directory=Path(directory),
        counties=units.counties,
        townships=units.townships,
        villages=units.villages,
        ports=_places(found, "ports"),
        parks=_places(found, "parks"),
        protected=_places(found, "protected"),
        projects=_places(found, "projects"),
        data_centres=_places(found, "data_centres"),
        targets=targets,
        catalogue=catalogue_of(found),
        progress=found.progress,
        public_places=_places(found, "public_places") if "public_places" in found.tables else None,
        sites=_projected(found, "sites") if "sites" in found.tables else None,
        terrain=rasters.get("dem"),
        wide={name: file.path for name, file in found.wide.items()},
        rasters=rasters,
        township_model=units.township_model,
        notes=(*units.notes, *_left_out(found)),
    )


@dataclass(frozen=True, kw_only=True)
class Units:
    """The counties, townships and villages of a plan, and what was made of them."""

    counties: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    township_model: TownshipModel
    notes: tuple[Note, ...]


def _units(found: Examination, class_weights: Mapping[str, float]) -> Units:
    """Return the units as given, and modelled where the city does not list them."""
    counties = _projected(found, "counties")
    notes: tuple[Note, ...] = ()
    if "townships" in found.tables:
        townships = _projected(found, "townships")
    else:
        townships, notes = county_units(counties), (NO_TOWNSHIPS,)
    areas = township_areas(townships, counties)
    raster = found.rasters["population"].path if "population" in found.rasters else None
    if "villages" in found.tables:
        listed, said = completed_villages(_projected(found, "villages"), areas)
        notes += said
    else:
        listed, made = made_villages(areas, counties, raster=raster)
        notes += (made,)
    people = listed
    if raster is not None and listed["population"].isna().all():
        people = grid_people(raster, areas, counties)
    counties, said = with_people(counties, people)
    villages, model = village_points(
        listed,
        townships,
        areas,
        counties,
        class_weights=class_weights,
        covariates=_covariates(found, areas),
    )
    return Units(
        counties=counties,
        townships=areas,
        villages=villages,
        township_model=model,
        notes=(*notes, *said),
    )


def _covariates(found: Examination, areas: gpd.GeoDataFrame) -> pd.DataFrame | None:
    """Return what the folder's land cover, buildings and roads say of each township."""
    drawn = {
        name: wide_table(found.wide[name].path, name, crs=found.crs)
        for name in ("buildings", "roads")
        if name in found.wide
    }
    landcover = found.rasters["landcover"].path if "landcover" in found.rasters else None
    return township_covariates(areas, landcover=landcover, **drawn)


def _left_out(found: Examination) -> tuple[Note, ...]:
    """Return what a reader must know of the optional tables that the folder does not hold."""
    notes = []
    lacking = [words for name, words in PLACE_WORDS.items() if name not in found.tables]
    if lacking:
        zh = f"没有给出: {'、'.join(zh for zh, _ in lacking)}; 相应的需求与约束未计入"
        en = (
            f"not given: {', '.join(en for _, en in lacking)}; nothing of theirs is counted or kept"
        )
        notes.append(Note(zh=zh, en=en))
    if "targets" not in found.tables:
        notes.append(NO_TARGETS)
    return tuple(notes)


def _require_all(found: Examination, needs: Sequence[str]) -> None:
    """Raise every problem of the folder, and every layer that the study needs and lacks."""
    problems = [*found.problems, *needed_layers(found.tables, needs)]
    if problems:
        missing = all(problem.what.startswith(MISSING) for problem in problems)
        raise (MissingDataError if missing else DataError)(problems)


def _projected(found: Examination, name: str) -> gpd.GeoDataFrame:
    """Return a table with its geometry in the working CRS, without the columns that gave it."""
    table = found.tables[name].drop(columns=["lon", "lat", "x", "y"], errors="ignore")
    geometry = found.geometry[name].set_crs(WGS84, allow_override=True).to_crs(found.crs)
    return gpd.GeoDataFrame(table, geometry=geometry.to_numpy(), crs=found.crs)


def _places(found: Examination, name: str) -> gpd.GeoDataFrame:
    """Return a table of places, empty where it is not given; radius_m says how far off one may be."""
    if name in found.tables:
        places = _projected(found, name)
    else:
        none = RawTable(
            path=Path(f"{name}.csv"),
            cells=pd.DataFrame({column.name: [] for column in TABLES[name].columns}, dtype=str),
            rows=np.zeros(0, dtype=np.int64),
        )
        places = gpd.GeoDataFrame(
            typed_table(none, TABLES[name])[0], geometry=gpd.GeoSeries([], crs=found.crs)
        )
    radius_m = np.round(places["radius_km"] * 1000.0, 3)
    places = places.drop(columns=NOT_DRAWN, errors="ignore")
    places.insert(places.columns.get_loc("county_code"), "radius_m", radius_m)
    return places
