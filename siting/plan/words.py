"""The sentences of a plan, Chinese and English: reasons of a site, warnings of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KIND_WORDS = {"macro": ("宏站", "macro site"), "micro": ("微站", "micro site"),
              "indoor": ("室分", "indoor system")}  # fmt: skip
LEVEL_WORDS = {
    "outdoors": ("室外", "outdoors"),
    "indoors": ("室内", "indoors"),
    "busy_hour": ("忙时", "busy hour"),
}


def level_words(name: str) -> tuple[str, str]:
    """Return the Chinese and English name of a level; its own name where we have none."""
    return LEVEL_WORDS.get(name, (name, name))


def site_reason(
    kind: str, build: str, host: str, gains: Mapping[str, float], places: int
) -> tuple[str, str]:
    """Return why a site is recommended, in Chinese and English.

    `gains` are people by level, `places` the ports, parks and public places that gain.
    """
    zh_kind, en_kind = KIND_WORDS[kind]
    zh_build = f"利用现有站址 {host} 增设" if build == "co_located" else "新建"
    en_build = f"added on existing site {host}" if build == "co_located" else "new"
    parts = [(level_words(level), people) for level, people in gains.items() if people >= 0.5]
    zh = [f"{word[0]}新增 {people:,.0f} 人" for word, people in parts]
    en = [f"{people:,.0f} more people {word[1]}" for word, people in parts]
    if places:
        zh.append(f"补足 {places} 处港区、园区或公共场所")
        en.append(f"serves {places} ports, parks or public places")
    return f"{zh_build}{zh_kind}: {'、'.join(zh)}", f"{en_build} {en_kind}: {', '.join(en)}"


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
    floors_short: Sequence[str],
) -> list[dict[str, str]]:
    """Return what a reader must know before believing the plan."""
    said = []
    if modelled["network"] > 0:
        said.append((
            f"现状网络中 {modelled['network']:.0%} 的站为模型生成, 不代表真实站址; 推荐结果为配额而非点位",
            (f"{modelled['network']:.0%} of the existing stations are modelled and nobody's real "
            "sites; recommendations are quotas, not pins"),
        ))  # fmt: skip
    if modelled["demand"] > 0:
        said.append((
            f"需求中 {modelled['demand']:.0%} 的人口位置为模型生成 (村级坐标未公开)",
            (f"{modelled['demand']:.0%} of the demand is placed by a model (village coordinates "
            "are not published)"),
        ))  # fmt: skip
    if not terrain:
        said.append((
            "没有地形数据: 乡村按乡镇地形类别估算, 未作地形遮挡计算",
            "no terrain: rural coverage follows the relief class of the township, no diffraction",
        ))  # fmt: skip
    if floor_per_10000 > 0:
        said.append((
            f"每县每万人 {floor_per_10000:g} 站是本工具对全市指标的解读, 可在情景中关闭",
            (f"{floor_per_10000:g} stations per 10,000 in every county is our reading of a city "
            "ratio; the scenario can switch it off"),
        ))  # fmt: skip
    said += [
        (
            f"{county}: 有增益的候选站址不足以达到县级下限, 差额列为未落点配额",
            f"{county}: too few places with a gain for its floor; the rest is a quota without a place",
        )
        for county in floors_short
    ]
    for phase, stations in unplaced.items():
        if stations:
            said.append((
                f"{phase} 年 {stations:,} 站没有找到有增益的位置, 列为未落点配额",
                f"{phase}: {stations:,} stations found no place with a gain; a quota without a place",
            ))  # fmt: skip
    return [{"zh": zh, "en": en} for zh, en in said]
