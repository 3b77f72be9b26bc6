"""Coverage in tiles: each a pure function of the masts that reach it and the ground around it."""

from siting.coverage.tiles.job import Network, TileJob, job_of, key_of, masts_near, reach_cells
from siting.coverage.tiles.layers import QUANTITIES, Quantity, TileLayers, tile_layers
from siting.coverage.tiles.plan import Grid, Tile, tile_plan

__all__ = [
    "QUANTITIES",
    "Grid",
    "Network",
    "Quantity",
    "Tile",
    "TileJob",
    "TileLayers",
    "job_of",
    "key_of",
    "masts_near",
    "reach_cells",
    "tile_layers",
    "tile_plan",
]
