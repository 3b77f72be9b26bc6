"""What pages and sheets say of a raster: its title, its facts, what is modelled; in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siting.maps.coverage.source import CoverageRaster

# what files say of themselves, in the order in which it is told; all else is told behind it
_TOLD = (
    ("title", "标题", "Title"),
    ("created_from", "来源", "Created from"),
    ("source", "来源", "Source"),
    ("carrier", "载波", "Carrier"),
    ("holds", "内容", "Holds"),
    ("network", "网络", "Network"),
    ("model", "模型", "Model"),
    ("terrain", "地形", "Terrain"),
    ("provenance", "依据", "Provenance"),
    ("load", "邻区负荷", "Load of the other cells"),
    ("radius_m", "计算半径 (m)", "Radius of a mast (m)"),
    ("rsrp_floor_dbm", "电平下限 (dBm)", "Least level kept (dBm)"),
    ("without_value", "无值处", "Without value"),
    ("step_db", "取值步长 (dB)", "Step of values (dB)"),
)
_HIDDEN = {
    "area_or_point", "quantity", "unit", "overviews_algorithm", "overview_resampling", "layout",
    "tifftag_software", "compression", "interleave", "blockxsize", "blockysize", "tifftag_datetime",
    "stage", "title_zh",
}  # fmt: skip
_LONGEST = 160


def threshold_words(raster: CoverageRaster) -> tuple[str, str] | None:
    """Return what the threshold is called, Chinese and English; None where there is none."""
    if raster.threshold is None:
        return None
    unit = f" {raster.quantity.unit}" if raster.quantity.unit else ""
    value = f"{raster.threshold:g}{unit}".replace("-", "−")
    if raster.threshold_given:
        return f"门限 {value}", f"Threshold {value}"
    return f"门限 {value}（文件未注明，取常用值）", f"Threshold {value} (usual; the file has none)"


def group_words(group: str) -> tuple[str, str]:
    """Return what a group of rasters is called; the first stage of a plan is what stands.

    >>> group_words("before"), group_words("2024")
    (('现状', 'Before'), ('2024', '2024'))
    """
    return ("现状", "Before") if group.lower() in {"before", "today"} else (group, group)


def facts(raster: CoverageRaster) -> list[tuple[str, str, str]]:
    """Return (Chinese name, English name, value) of what a reader may ask about a raster."""
    rows = [("文件", "File", raster.path.name)]
    tags = {key: value for key, value in raster.tags.items() if value.strip()}
    known = {name for name, _, _ in _TOLD}
    rows += [(zh, en, tags[name][:_LONGEST]) for name, zh, en in _TOLD if name in tags]
    hidden = known | _HIDDEN | ({"threshold", "threshold_dbm"} if raster.threshold_given else set())
    rows += [
        (name, name, value[:_LONGEST]) for name, value in sorted(tags.items()) if name not in hidden
    ]
    return rows


def what_is_modelled(raster: CoverageRaster) -> tuple[str, str]:
    """Return the sentence on what a raster is: a model's result, of which network."""
    quantity = raster.quantity
    zh = f"{quantity.zh}为传播模型计算结果，不是实测"
    en = f"{quantity.en} is computed with propagation models, not measured"
    zh_network, en_network = whose_network(raster.tags.get("provenance", "").strip())
    return zh + zh_network, en + en_network


def whose_network(provenance: str) -> tuple[str, str]:
    """Return what to add about the stations: modelled ones are nobody's real ones."""
    if provenance == "modelled":
        return "；站址含建模示意，不是真实基站", "; its stations are modelled, nobody's real ones"
    if not provenance:
        return "；文件未说明站址是否真实", "; the file does not say whether its stations are real"
    return "", ""
