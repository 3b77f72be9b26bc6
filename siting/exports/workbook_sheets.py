"""Say what stands on each sheet of the workbook: notes in the first lines, columns, records.

What was not computed stays blank and is named in a note (未计算); it is never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.exports import workbook_columns as columns_of
from siting.exports.geopackage import EDGE_COLUMNS, SITE_COLUMNS, records_in_degrees

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from siting.exports.workbook_columns import Column
    from siting.plan.model import Plan

STATUS_ZH = {"proved": "已证最优", "feasible": "可行", "infeasible": "无解"}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its name, the notes above the header, the columns, the rows of values."""

    name: str
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


def sheets(plan: Plan) -> list[Sheet]:
    """Return the sheets of the workbook in their order."""
    figures, status = plan.figures, plan.sites["status"]
    found = [_register("站址库", plan.sites[status == "proposed"], figures)]

    # A modelled network is not listed: nobody shall take its points for real sites.
    known = plan.sites[(status == "existing") & (plan.sites["provenance"] != "modelled")]
    if len(known):
        found.append(_register("现有站址", known, figures))
    return [
        *found,
        _sheet("任务分解", columns_of.QUOTAS, figures["quotas"], *_phase_notes(figures)),
        _sheet("区县", columns_of.COUNTIES, figures["counties"]),
        _sheet("指标", columns_of.TARGETS, figures["targets"], "空白表示未计算或无法判定"),
        _sheet("覆盖", columns_of.LEVELS, _level_records(figures)),
        _edge(plan),
        _sheet("来源", columns_of.INPUTS, figures["inputs"], *_run_notes(figures)),
    ]


def modelled_line(figures: Mapping[str, Any]) -> str:
    """Return the sentence that says what share of the plan rests on modelled inputs."""
    words = {"demand": "需求", "network": "网络", "places": "地点"}
    parts = "，".join(f"{zh} {percent(figures['modelled'][key])}" for key, zh in words.items())
    share = figures["modelled_share"]
    reading = "建模所得位置仅为示意，以“任务分解”的额度为准" if share else "依据实测与官方数据"
    return f"建模占比 {percent(share)}（{parts}）。{reading}。"


def percent(share: float) -> str:
    """Return a share in percent; only what is complete is printed as 0% or 100%."""
    return f"{share:.0%}" if share in {0, 1} else f"{share:.1%}"


def _sheet(
    name: str, columns: tuple[Column, ...], records: Iterable[Mapping[str, Any]], *notes: str
) -> Sheet:
    rows = tuple(tuple(column.read(record) for column in columns) for record in records)
    return Sheet(name=name, notes=notes, columns=columns, rows=rows)


def _register(name: str, sites: gpd.GeoDataFrame, figures: Mapping[str, Any]) -> Sheet:
    """Return a site register with the columns that planners exchange."""
    scenario = figures["scenario"]
    run = f"{scenario['name']}-{scenario['date']}-s{scenario['seed']}"
    records = [{**record, "run": run} for record in records_in_degrees(sites, SITE_COLUMNS)]
    sheet = _sheet(name, columns_of.REGISTER, records)
    notes = (modelled_line(figures), _not_computed(sheet))
    return Sheet(name=name, notes=notes, columns=sheet.columns, rows=sheet.rows)


def _not_computed(sheet: Sheet) -> str:
    """Name the columns without any value, so that a blank is not read as zero."""
    values = zip(*sheet.rows, strict=True) if sheet.rows else ([None],) * len(sheet.columns)
    blank = [
        column.header
        for column, cells in zip(sheet.columns, values, strict=True)
        if all(cell is None for cell in cells)
    ]
    missing = f"；未计算（留空，不是零）：{'、'.join(blank)}" if blank and sheet.rows else ""
    return f"坐标系 CGCS2000（EPSG:4490），单位：度{missing}"


def _phase_notes(figures: Mapping[str, Any]) -> list[str]:
    """Return a line per phase: what was placed and what found no justified place."""
    return [
        f"{phase['name']}：落位 {phase['stations']} 站、{phase['sites']} 站址，"
        f"无合理站址的额度 {phase['stations_unplaced']} 站，上限 {phase['max_stations']} 站，"
        f"制约：{phase.get('binding_zh') or '未载明'}"
        for phase in figures["phases"]
    ]


def _level_records(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a record per level and stage, beginning with the network as it is."""
    records = []
    for level in figures["levels"]:
        before = {"covered": level["covered_before"], "share": level["share_before"]}
        stages = [{"phase": "现状", **before}, *level["after"]]
        records += [{**level, **stage} for stage in stages]
    return records


def _edge(plan: Plan) -> Sheet:
    edge = plan.figures["edge"]
    note = (
        f"{edge['centres']} 个边缘数据中心，机架 {edge['racks']}（核心机房另计 "
        f"{edge['racks_core']}）；{edge['binding_zh']}；{_solved(edge)}"
    )
    records = records_in_degrees(plan.edge_data_centres, EDGE_COLUMNS)
    return _sheet("边缘数据中心", columns_of.EDGE, records, note)


def _run_notes(figures: Mapping[str, Any]) -> list[str]:
    """Return the scenario, the seed and what was proven of each answer."""
    scenario = figures["scenario"]
    head = (
        f"场景 {scenario['name']}（{scenario['title_zh']}）；日期 {scenario['date']}；"
        f"随机种子 {scenario['seed']}；版本 {figures['version']}；{figures['schema']}"
    )
    phases = [f"{phase['name']}：{_solved(phase)}" for phase in figures["phases"]]
    return [head, modelled_line(figures), *phases, f"边缘：{_solved(figures['edge'])}"]


def _percent(share: float) -> str:
    """Return a share in percent; what is above zero is never printed as zero."""
    return "小于 0.01%" if 0.0 < share < 0.0001 else f"{share:.2%}"


def _solved(answer: Mapping[str, Any]) -> str:
    gap = "未计算" if answer["gap"] is None else _percent(answer["gap"])
    bound = "未计算" if answer["bound"] is None else f"{answer['bound']:,.1f}"
    return (
        f"目标值 {answer['objective']:,.1f}，证明的界 {bound}，差距 {gap}，"
        f"状态 {STATUS_ZH[answer['status']]}，种子 {answer['seed']}"
    )
