"""Fetch open data where there is internet; say so where there is none."""

from __future__ import annotations

from siting.layers.pull.track import PullReport, pull_layers

__all__ = ["PullReport", "pull_layers"]
