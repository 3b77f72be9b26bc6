"""What each candidate serves, and how well: radio physics, the sparse matrix, the rasters."""

from siting.coverage import cost231, p526, p1812, p2108, p2109, spm, tr38901
from siting.coverage.antennas import Antenna, read_antenna
from siting.coverage.matrix import BestServer, Coverage, best_server, combine, radio_coverage
from siting.coverage.p526 import (
    bullington_loss_db,
    delta_bullington_loss_db,
    knife_edge_loss_db,
)
from siting.coverage.p1812 import basic_loss_db
from siting.coverage.radio import ENVIRONMENTS, Environment, Radio, Service, reach_m, spare_db
from siting.coverage.radio_file import radio_names, read_radio
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
    "Antenna",
    "BestServer",
    "Coverage",
    "Environment",
    "Radio",
    "Service",
    "Terrain",
    "basic_loss_db",
    "best_server",
    "bullington_loss_db",
    "combine",
    "cost231",
    "delta_bullington_loss_db",
    "entry_loss_db",
    "knife_edge_loss_db",
    "line_of_sight_probability",
    "p526",
    "p1812",
    "p2108",
    "p2109",
    "path_loss_db",
    "radio_coverage",
    "radio_names",
    "reach_m",
    "read_antenna",
    "read_radio",
    "read_terrain",
    "rsrp_raster",
    "shadow_sigma_db",
    "spare_db",
    "spm",
    "tr38901",
]
