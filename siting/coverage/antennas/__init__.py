"""Antennas: the element and the panel of TR 38.901, the SSB envelope, files of patterns."""

from siting.coverage.antennas.element import element_antenna, element_loss_db
from siting.coverage.antennas.files import read_antenna
from siting.coverage.antennas.model import Antenna, isotropic, kernel_limits_db, kernel_tables
from siting.coverage.antennas.sector import (
    Panel,
    directivity_dbi,
    panel_antenna,
    panel_pattern_db,
    sectors_loss_db,
)
from siting.coverage.antennas.ssb import Sweep, beam_panel, envelope_antenna, envelope_db

__all__ = [
    "Antenna",
    "Panel",
    "Sweep",
    "beam_panel",
    "directivity_dbi",
    "element_antenna",
    "element_loss_db",
    "envelope_antenna",
    "envelope_db",
    "isotropic",
    "kernel_limits_db",
    "kernel_tables",
    "panel_antenna",
    "panel_pattern_db",
    "read_antenna",
    "sectors_loss_db",
]
