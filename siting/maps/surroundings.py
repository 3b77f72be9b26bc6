"""Name the sea and the neighbours around the embedded city, on a page that shows that coast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeAlias

    Bounds: TypeAlias = tuple[float, float, float, float]

NEAR_DEG = 0.5
"""A name belongs on a page whose counties lie this near to it [degree]."""

SEA = (
    ("台湾海峡", "Taiwan Strait", 118.98, 24.56, 8.0, 15.0),
    ("泉州湾", "Quanzhou Bay", 118.745, 24.855, 9.6, 12.5),
    ("湄洲湾", "Meizhou Bay", 119.0, 25.11, 9.6, 12.5),
    ("围头湾", "Weitou Bay", 118.5, 24.555, 9.6, 12.5),
    ("深沪湾", "Shenhu Bay", 118.72, 24.645, 10.5, 12.5),
)
"""Chinese, English, lon, lat, the zoom it appears from, and its size [px]."""

NEIGHBOURS = (
    ("莆田市", "Putian", 118.86, 25.45),
    ("福州市", "Fuzhou", 118.72, 25.86),
    ("三明市", "Sanming", 117.8, 25.86),
    ("龙岩市", "Longyan", 117.47, 25.42),
    ("漳州市", "Zhangzhou", 117.62, 24.72),
    ("厦门市", "Xiamen", 118.1, 24.7),
)
"""Chinese, English, lon, lat of neighbouring cities."""


def surroundings(city: Bounds) -> dict[str, list[list[Any]]]:
    """Return the names of the sea and of neighbours near a city; none for a city elsewhere.

    `city` is west, south, east, north of its counties in WGS 84 degrees.

    >>> surroundings((8.9, 47.9, 9.2, 48.1))
    {'sea': [], 'neighbours': []}
    """
    return {
        "sea": [list(entry) for entry in SEA if _near(entry[2], entry[3], city)],
        "neighbours": [list(entry) for entry in NEIGHBOURS if _near(entry[2], entry[3], city)],
    }


def _near(lon: float, lat: float, city: Bounds) -> bool:
    west, south, east, north = city
    across = max(west - lon, lon - east, 0.0)
    up = max(south - lat, lat - north, 0.0)
    return max(across, up) <= NEAR_DEG
