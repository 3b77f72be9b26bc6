"""Repair shapes and report what is odd about them."""

from __future__ import annotations

from siting.layers.geometry.duplicates import duplicate_places
from siting.layers.geometry.repair import repair_shapes
from siting.layers.geometry.sea import places_at_sea
from siting.layers.geometry.units import unit_faults

__all__ = ["duplicate_places", "places_at_sea", "repair_shapes", "unit_faults"]
