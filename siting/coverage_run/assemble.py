"""Find the network that a run is about, and the people it is for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from siting.coverage_run.faces import Faces, faces_of_sectors, faces_of_sites
from siting.demand import demand_points
from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.layers.read_wide import read_wide
from siting.network import existing_network

if TYPE_CHECKING:
    import geopandas as gpd

    from siting.coverage_run.request import Request
    from siting.layers.model import Layers
    from siting.scenario import Scenario

PLAN_FILE = "sites.gpkg"
PLAN_COLUMNS = ("site_id", "status", "kind", "carriers", "height_m", "provenance")


def demand_of(scenario: Scenario, layers: Layers) -> gpd.GeoDataFrame:
    """Return the demand points of a scenario: who is to be covered, and what surrounds them."""
    return demand_points(
        layers,
        spacing_m=scenario.demand.spacing_m,
        people_per_km2=scenario.demand.people_per_km2,
        port_people=scenario.demand.port_people,
        park_people=scenario.demand.park_people,
        place_people=scenario.demand.place_people,
    )


def faces_of(
    request: Request, scenario: Scenario, layers: Layers, demand: gpd.GeoDataFrame
) -> Faces:
    """Return the antenna faces of the network that is asked for.

    Raises
    ------
    MissingDataError
        The layers have no sectors, or there is no plan.
    DataError
        The table is empty, or is no plan.
    ConfigurationError
        A plan is wanted and none is named.

    """
    if request.network == "sectors":
        sectors = read_wide(layers, "sectors")
        if sectors.empty:
            raise DataError(_empty("sectors.gpkg"))
        return faces_of_sectors(sectors, layers.sites)
    if request.network == "plan":
        return faces_of_sites(_planned(request, layers.crs))
    sites = existing_network(
        layers,
        demand,
        stations=scenario.network.stations,
        stations_per_site=scenario.network.stations_per_site,
        micro_share=scenario.network.micro_share,
        indoor_share=scenario.network.indoor_share,
    )
    if sites.empty:
        raise DataError(_empty("sites.csv"))
    return faces_of_sites(sites)


def _planned(request: Request, crs: str) -> gpd.GeoDataFrame:
    """Return the sites of a plan that stand or are proposed, in the working CRS."""
    import pyogrio  # noqa: PLC0415 (only this network needs it)
    from pyogrio.errors import DataSourceError  # noqa: PLC0415

    if request.plan is None:
        what, remedy = "no plan is named", "add --plan DIR, the outputs of siting plan"
        raise ConfigurationError(Problem(file="--network plan", what=what, remedy=remedy))
    path = Path(request.plan)
    path = path / PLAN_FILE if path.is_dir() else path
    if not path.is_file():
        what, remedy = "there is no such plan", "run siting plan, or name its sites.gpkg"
        raise MissingDataError(Problem(file=path.name, what=what, remedy=remedy))
    try:
        table = pyogrio.read_dataframe(path, layer="sites")
    except (DataSourceError, ValueError) as error:
        what, remedy = "is not the sites.gpkg of a plan", "name the one that siting plan writes"
        raise DataError(Problem(file=path.name, what=what, remedy=remedy)) from error
    missing = [name for name in PLAN_COLUMNS if name not in table.columns]
    if missing:
        what = f"has no column {', '.join(missing)}"
        remedy = "name the sites.gpkg that siting plan writes"
        raise DataError(Problem(file=path.name, what=what, remedy=remedy))
    sites = table[table["status"].isin(["existing", "proposed"])].reset_index(drop=True)
    if sites.empty:
        raise DataError(_empty(path.name))
    return sites.to_crs(crs)


def _empty(file: str) -> Problem:
    return Problem(file=file, what="the network is empty", remedy="give one site or more")
