"""Repair shapes and report what is odd about them."""

from __future__ import annotations

from siting.layers.geometry.repair import repair_shapes
from siting.layers.geometry.units import unit_faults

__all__ = ["repair_shapes", "unit_faults"]
