"""Coverage of a whole network by a radial sweep of the terrain around each mast."""

from siting.coverage.sweep.disc import path_loss_disc
from siting.coverage.sweep.model import Levels, Masts, Met, Sectors
from siting.coverage.sweep.network import sweep_network
from siting.coverage.sweep.pairs import pair_levels
from siting.coverage.sweep.settings import ON_TERRAIN, Settings
from siting.coverage.sweep.what_if import what_if, with_patches

__all__ = [
    "ON_TERRAIN",
    "Levels",
    "Masts",
    "Met",
    "Sectors",
    "Settings",
    "pair_levels",
    "path_loss_disc",
    "sweep_network",
    "what_if",
    "with_patches",
]
