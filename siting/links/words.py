"""Tell a link in words and figures, Chinese and English, for its picture and the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from siting.maps.profile_plot import ProfilePicture

if TYPE_CHECKING:
    from siting.links.link import Link


def picture_of(link: Link, language: str) -> ProfilePicture:
    """Return the picture of a link in one language."""
    path, english = link.path, language == "en"
    mast = link.mast.name or _place(link.mast.lon, link.mast.lat)
    point = _place(*link.point)
    ends = (
        (f"{mast}  +{path.base_height_m:g} m", f"point  +{path.ue_height_m:g} m")
        if english
        else (f"{mast}  +{path.base_height_m:g} m", f"接收点  +{path.ue_height_m:g} m")
    )
    return ProfilePicture(
        title=f"Link profile  {mast} → {point}" if english else f"链路剖面  {mast} → {point}",
        subtitle=_subtitle(link, english=english),
        distance_m=path.distance_m,
        ground_m=path.ground_m,
        bulge_m=path.bulge_m,
        ray_m=path.ray_m,
        fresnel_m=path.fresnel_m,
        horizons=(path.horizon_from, path.horizon_to),
        edge_m=path.edge_m,
        sight=path.sight,
        ends=ends,
        rows=link_rows(link, language),
        notes=link_notes(link, language),
    )


def link_rows(link: Link, language: str) -> tuple[tuple[str, str], ...]:
    """Return the figures of a link as lines of a table: name, value with its unit."""
    path, losses, levels = link.path, link.losses, link.levels_dbm
    chance = losses.los_probability * 100.0 if losses.within_range else math.nan
    rows = (
        ("最小余隙 / 第一菲涅耳半径", "Least clearance / first Fresnel radius",
         _figure(path.clearance, "", 2)),
        ("绕射参数 ν", "Diffraction parameter ν", _figure(path.nu, "", 2)),
        ("绕射损耗 Bullington", "Diffraction, Bullington", _figure(losses.bullington_db, "dB")),
        ("绕射损耗 delta-Bullington", "Diffraction, delta-Bullington",
         _figure(losses.delta_bullington_db, "dB")),
        ("自由空间", "Free space", _figure(losses.free_space_db, "dB")),
        (f"{losses.scenario} 视距", f"{losses.scenario} LOS", _figure(losses.los_db, "dB")),
        (f"{losses.scenario} 非视距", f"{losses.scenario} NLOS", _figure(losses.nlos_db, "dB")),
        ("P.1812（中值）", "P.1812, median", _figure(losses.p1812_db, "dB")),
        ("非视距与地形合并", "NLOS with the terrain", _figure(losses.combined_db, "dB")),
        ("视距概率", "Chance of line of sight", _figure(chance, "%", 0)),
        _median_row(link),
        ("同上，95% 地点", "the same, 95 % of places", _figure(levels["of_95_percent"], "dBm")),
    )  # fmt: skip
    return tuple((en if language == "en" else zh, value) for zh, en, value in rows)


def _median_row(link: Link) -> tuple[str, str, str]:
    """Return the line of the median level, from P.1812 where TR 38.901 does not reach."""
    if link.losses.within_range:
        level = _figure(link.levels_dbm["median"], "dBm")
        return "室外 SS-RSRP 中值", "Outdoor SS-RSRP, median", level
    level = _figure(link.levels_dbm["p1812"], "dBm")
    return "室外 SS-RSRP 中值（P.1812）", "Outdoor SS-RSRP by P.1812", level


def link_notes(link: Link, language: str) -> tuple[str, ...]:
    """Return what a reader must know of these figures."""
    english = language == "en"
    if link.surface:
        buildings = (
            "The heights are those of roofs and trees: the profile alone decides on line of sight."
            if english
            else "高程含建筑物与树木，是否视距仅由剖面决定。"
        )
    else:
        buildings = (
            "On bare earth the chance of line of sight stands for buildings."
            if english
            else "地面为裸地高程，视距概率代表建筑物遮挡。"
        )
    notes = [
        f"The antenna is taken to point at the place; no entry loss, body loss or margin. {buildings}"
        if english
        else f"天线按正对接收点计，不含穿透、人体损耗与余量；{buildings}"
    ]
    if not link.losses.within_range:
        notes.append(
            "The path lies outside the range of TR 38.901: the level is that of ITU-R P.1812."
            if english
            else "路径超出 TR 38.901 的适用范围，电平按 ITU-R P.1812 计算。"
        )
    return tuple(notes)


def _subtitle(link: Link, *, english: bool) -> str:
    length_km = link.path.length_m / 1000.0
    if english:
        return (
            f"{length_km:.2f} km · {link.path.carrier_ghz:g} GHz · radio {link.radio.name}, "
            f"EIRP per resource element {link.radio.eirp_per_re_dbm:.1f} dBm · heights from {link.dem}"
        )
    return (
        f"{length_km:.2f} km · {link.path.carrier_ghz:g} GHz · 设备 {link.radio.name}，"
        f"每资源单元 EIRP {link.radio.eirp_per_re_dbm:.1f} dBm · 高程 {link.dem}"
    )


def _place(lon: float, lat: float) -> str:
    return f"{lon:.5f}, {lat:.5f}"


def _figure(value: float, unit: str, digits: int = 1) -> str:
    """Return a number with its unit; a dash where there is none."""
    return f"{value:.{digits}f} {unit}".rstrip() if math.isfinite(value) else "–"
