"""The sentences of a plan, Chinese and English: reasons of a site, warnings of a plan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siting.layers.model import Note

KIND_WORDS = {"macro": ("宏站", "macro site"), "micro": ("微站", "micro site"),
              "indoor": ("室分", "indoor system")}  # fmt: skip
LEVEL_WORDS = {
    "outdoors": ("室外", "outdoors"),
    "indoors": ("室内", "indoors"),
    "busy_hour": ("忙时", "busy hour"),
}
NAMED = 3
"""Places that a reason names; the others it counts."""


def level_words(name: str) -> tuple[str, str]:
    """Return the Chinese and English name of a level; its own name where we have none."""
    return LEVEL_WORDS.get(name, (name, name))


def _whole(people: float) -> str:
    """Return people as the page prints them: a half is rounded up."""
    return f"{math.floor(people + 0.5):,}"


def site_reason(
    kind: str, build: str, host: str, gains: Mapping[str, float], places: Sequence[str]
) -> tuple[str, str]:
    """Return why a site is recommended, in Chinese and English.

    `gains` are the people gained per level, `places` the names of the ports, parks and public
    places that gain.
    """
    zh_kind, en_kind = KIND_WORDS[kind]
    zh_build = f"利用现有站址 {host} 增设" if build == "co_located" else "新建"
    en_build = f"added on existing site {host}," if build == "co_located" else "new"
    people = [(name, _whole(gain)) for name, gain in gains.items() if gain >= 0.5]
    zh = ["、".join(f"{level_words(name)[0]}新增 {count} 人" for name, count in people)]
    en = [", ".join(f"{count} more people {_where(name)}" for name, count in people)]
    if places:
        more = len(places) - NAMED
        zh.append(
            f"补足 {'、'.join(places[:NAMED])}" + (f" 等 {len(places)} 处" if more > 0 else "")
        )
        en.append(f"serves {', '.join(places[:NAMED])}" + (f" and {more} more" if more > 0 else ""))
    zh_reason = "; ".join(part for part in zh if part) or "新增不足 1 人"
    en_reason = "; ".join(part for part in en if part) or "less than one more person"
    return f"{zh_build}{zh_kind}: {zh_reason}", f"{en_build} {en_kind}: {en_reason}"


def _where(level: str) -> str:
    return "in the busy hour" if level == "busy_hour" else level_words(level)[1]


def threshold_words(
    *, indoor: bool, rsrp_min_dbm: float, low_band_dbm: float, probability: float, carriers: bool
) -> tuple[str, str]:
    """Return what counts as served at a level, in Chinese and English."""
    zh = (
        f"SS-RSRP ≥ {rsrp_min_dbm:g} dBm (1 GHz 以下 {low_band_dbm:g}), 概率 {probability:.0%}"
        f"{', 含建筑物穿透损耗' if indoor else ''}{', 载波数满足忙时需求' if carriers else ''}"
    )
    en = (
        f"SS-RSRP ≥ {rsrp_min_dbm:g} dBm (below 1 GHz {low_band_dbm:g}), probability "
        f"{probability:.0%}{', after building entry loss' if indoor else ''}"
        f"{', enough carriers in the busy hour' if carriers else ''}"
    )
    return zh, en


def warnings(
    *,
    modelled: Mapping[str, float],
    terrain: bool,
    floor_per_10000: float,
    unplaced: Mapping[str, int],
    floors_short: Sequence[tuple[str, str]],
    outside: int = 0,
    notes: Sequence[Note] = (),
) -> list[dict[str, str]]:
    """Return what a reader must know before believing the plan.

    `modelled` are shares, `unplaced` stations by phase, `floors_short` the counties (Chinese and
    English) that reach the floor only with stations without a place, `outside` the existing sites
    outside the counties that count, `notes` what the layers say of themselves.
    """
    said = _inputs_said(modelled, outside=outside, terrain=terrain, listed=not notes)
    said += [(note.zh, note.en) for note in notes]
    if floor_per_10000 > 0:
        said.append((
            f"每县每万人 {floor_per_10000:g} 站是本工具对全市指标的解读, 可在情景中关闭",
            (f"{floor_per_10000:g} stations per 10,000 in every county is our reading of a city "
            "ratio; the scenario can switch it off"),
        ))  # fmt: skip
    said += [
        (
            f"{zh}: 有增益的候选站址不足以达到县级下限, 差额列为未落点配额",
            f"{en}: too few places with a gain for its floor; the rest is a quota without a place",
        )
        for zh, en in floors_short
    ]
    said += [
        (
            f"阶段 {phase}: {stations:,} 站没有落点 (无增益站址, 或为达县级下限而预留), 列为未落点配额",
            (
                f"{phase}: {stations:,} stations found no place with a gain, or are held back for "
                "county floors; a quota without a place"
            ),
        )
        for phase, stations in unplaced.items()
        if stations
    ]
    return [{"zh": zh, "en": en} for zh, en in said]


def _inputs_said(
    modelled: Mapping[str, float], *, outside: int, terrain: bool, listed: bool
) -> list[tuple[str, str]]:
    """Return what is to be said of the network, the demand and the terrain.

    `listed` says that the villages come from a list without coordinates.
    """
    said = []
    if modelled["network"] > 0:
        said.append((
            f"现状网络中 {modelled['network']:.0%} 的站为模型生成, 不代表真实站址; 推荐结果为配额而非点位",
            (f"{modelled['network']:.0%} of the existing stations are modelled and nobody's real "
            "sites; recommendations are quotas, not pins"),
        ))  # fmt: skip
    if outside:
        said.append((
            f"登记表中 {outside:,} 个站址在计入的县域之外: 参与覆盖计算, 不计入任何站数",
            (f"{outside:,} registered sites lie outside the counties that count: they serve, and "
            "are in no count of stations"),
        ))  # fmt: skip
    if modelled["demand"] > 0:
        why = (" (村级坐标未公开)", " (village coordinates are not published)")
        zh_why, en_why = why if listed else ("", "")
        said.append((
            f"需求中 {modelled['demand']:.0%} 的人口位置为模型生成{zh_why}",
            f"{modelled['demand']:.0%} of the demand is placed by a model{en_why}",
        ))  # fmt: skip
    said.append((
        "地形只用于判定是否服务; 覆盖图未计地形遮挡",
        "terrain decides what is served; the picture of coverage is drawn without it",
    ) if terrain else (
        "没有地形数据: 乡村按乡镇地形类别估算, 未作地形遮挡计算",
        "no terrain: rural coverage follows the relief class of the township, no diffraction",
    ))  # fmt: skip
    return said
