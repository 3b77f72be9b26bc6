"""What each candidate serves, and how well: radio physics, the sparse matrix, the rasters."""

from siting.coverage.matrix import BestServer, Coverage, best_server, combine, radio_coverage
from siting.coverage.p526 import bullington_loss_db, knife_edge_loss_db
from siting.coverage.radio import ENVIRONMENTS, Environment, Radio, Service, reach_m, spare_db
from siting.coverage.raster import rsrp_raster
from siting.coverage.terrain import Terrain, read_terrain
from siting.coverage.tr38901 import (
    entry_loss_db,
    line_of_sight_probability,
    path_loss_db,
    shadow_sigma_db,
)

__all__ = [
    "ENVIRONMENTS",
    "BestServer",
    "Coverage",
    "Environment",
    "Radio",
    "Service",
    "Terrain",
    "best_server",
    "bullington_loss_db",
    "combine",
    "entry_loss_db",
    "knife_edge_loss_db",
    "line_of_sight_probability",
    "path_loss_db",
    "radio_coverage",
    "reach_m",
    "read_terrain",
    "rsrp_raster",
    "shadow_sigma_db",
    "spare_db",
]
