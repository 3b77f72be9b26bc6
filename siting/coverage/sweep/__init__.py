"""Coverage of a whole network by a radial sweep of the terrain around each mast."""

from siting.coverage.sweep.model import Levels, Masts, Met, Sectors
from siting.coverage.sweep.network import sweep_network
from siting.coverage.sweep.settings import ON_TERRAIN, Settings

__all__ = [
    "ON_TERRAIN",
    "Levels",
    "Masts",
    "Met",
    "Sectors",
    "Settings",
    "sweep_network",
]
