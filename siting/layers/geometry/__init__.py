"""Repair shapes and report what is odd about them."""

from __future__ import annotations

from siting.layers.geometry.repair import repair_shapes

__all__ = ["repair_shapes"]
