"""What the picture of a link says, Chinese and English."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "distance": ("距离 (km)", "Distance (km)"),
        "height": ("海拔 (m)", "Height above sea level (m)"),
        "ground": ("地面（已加地球凸起）", "Ground, with the bulge of the earth"),
        "bulge": ("地球凸起（等效半径 8500 km）", "Bulge of the earth (8500 km radius)"),
        "blocked": ("高出直射线的地面", "Ground above the straight ray"),
        "ray": ("直射线", "Straight ray"),
        "fresnel": ("第一菲涅耳区", "First Fresnel zone"),
        "sixty": ("0.6 倍菲涅耳半径", "0.6 of its radius"),
        "horizon": ("两端视线（地平线）", "Horizon lines from both ends"),
        "edge": ("等效刃峰（Bullington）", "Bullington point"),
        "nearest": ("最近的障碍", "Nearest obstacle"),
        "clear": ("视距通畅", "Clear line of sight"),
        "grazing": (
            "视距，但第一菲涅耳区不足六成",
            "Line of sight, but less than 0.6 of the first Fresnel zone is free",
        ),
        "obstructed": ("地形阻挡", "Obstructed by terrain"),
    }
)


def say(key: str, language: str) -> str:
    """Return the words of a key in one language."""
    return WORDS[key][1 if language == "en" else 0]
