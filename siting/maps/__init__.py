"""Plans as pages: the one map that a reviewer opens by double-click."""

from siting.maps.one_map import save_one_map

__all__ = ["save_one_map"]
