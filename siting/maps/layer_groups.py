"""Name the layers of the page once: their group, words, symbol and the zoom they start from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SITES_FROM_ZOOM = 13


@dataclass(frozen=True, kw_only=True)
class PageLayer:
    """A line of the layer tree; `count` is `None` where a count would say nothing."""

    id: str
    group: str
    zh: str
    en: str
    shown: bool = True
    from_zoom: float = 0.0
    count: int | None = None


GROUPS = {
    "administration": ("行政区划", "Administration"),
    "coverage": ("覆盖", "Coverage"),
    "sites": ("站址", "Sites"),
    "edge": ("边缘数据中心", "Edge data centres"),
    "priorities": ("重点与约束", "Priorities and limits"),
}


def page_layers(
    counts: Mapping[str, int], phases: Sequence[str], *, quotas: bool, coverage: bool, gaps: bool
) -> list[PageLayer]:
    """Return the layers of a page in the order of its tree; absent data has no line."""
    cover = _layer("coverage", "coverage", "5G 室外覆盖", "5G outdoor coverage")
    gap = _layer("gaps", "coverage", "室内未覆盖的居民点", "Not covered indoors")
    return [
        *_administration(counts),
        *([cover] if coverage else []),
        *([gap] if gaps else []),
        *_sites(counts, phases, quotas=quotas),
        *_priorities(counts),
    ]


def as_records(layers: Sequence[PageLayer]) -> list[dict[str, Any]]:
    """Return the layers as the page's script reads them."""
    return [asdict(layer) for layer in layers]


def _administration(counts: Mapping[str, int]) -> list[PageLayer]:
    group = "administration"
    return [
        _layer("counties", group, "县级界", "Counties", count=counts["counties"]),
        _layer("townships", group, "乡镇街道（示意界）", "Townships (modelled)"),
        _layer("villages", group, "村（社区）", "Villages", from_zoom=12, count=counts["villages"]),
        _layer("labels", group, "注记", "Labels"),
    ]


def _sites(counts: Mapping[str, int], phases: Sequence[str], *, quotas: bool) -> list[PageLayer]:
    group = "sites"
    start = SITES_FROM_ZOOM if quotas else 0
    lines = [
        _layer("existing", group, "现有站址", "Existing sites", start, counts["existing"]),
        *(
            _layer(f"phase{row + 1}", group, f"推荐 {name}", f"Phase {name}", start, number)
            for row, name in enumerate(phases)
            if (number := counts.get(f"phase{row + 1}")) is not None
        ),
        _layer("macro", group, "宏站", "Macro", 0, counts["macro"]),
        _layer("micro", group, "微站", "Micro", 0, counts["micro"]),
        _layer("indoor", group, "室分", "Indoor", 0, counts["indoor"]),
    ]
    quota = _layer("quotas", group, "乡镇配额（站）", "Township quotas")
    return [quota, *lines] if quotas else lines


def _priorities(counts: Mapping[str, int]) -> list[PageLayer]:
    rows = (
        ("edge", "edge", "边缘数据中心", "Edge data centres", True),
        ("data_centres", "edge", "核心、运营商机房", "Core and operator rooms", True),
        ("ports", "priorities", "港区", "Port areas", True),
        ("parks", "priorities", "产业园区", "Industrial parks", False),
        ("projects", "priorities", "点名工程", "Named works", True),
        ("protected", "priorities", "保护对象与净空", "Protected places", False),
    )
    return [
        PageLayer(id=id_, group=group, zh=zh, en=en, shown=shown, count=counts[id_])
        for id_, group, zh, en, shown in rows
        if counts.get(id_)
    ]


def _layer(
    id_: str, group: str, zh: str, en: str, from_zoom: float = 0, count: int | None = None
) -> PageLayer:
    return PageLayer(id=id_, group=group, zh=zh, en=en, from_zoom=from_zoom, count=count)
