"""List the columns of the workbook: header, where the value comes from, how it is shown.

The register follows the columns that planners exchange (站址库); a column without a source is
not computed yet and stays blank.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KIND_ZH = {"macro": "宏", "micro": "微", "indoor": "室分"}
BUILD_ZH = {"co_located": "存量改造", "new": "新建", "existing": "现有"}
PROVENANCE_ZH = {
    "official": "官方",
    "surveyed": "实测",
    "generalised": "概化",
    "approximate": "近似",
    "modelled": "建模",
}
CONFIDENCE_ZH = {
    "official": "高",
    "surveyed": "高",
    "generalised": "中",
    "approximate": "中",
    "modelled": "低（示意）",
}
ROLE_ZH = {"edge": "边缘", "core": "核心"}
TARGET_KIND_ZH = {"target": "目标", "baseline": "基线", "claim": "声明", "policy": "政策"}
OPERATOR_ZH = {
    "policy": "政策",
    "mixed": "多项",
    "list": "清单",
    "claim": "声明",
    "~": "≈",
    ">=": "≥",
}
MET_ZH = {True: "达标", False: "未达标"}
PLACED_ZH = {True: "已落位", False: "无合理站址的额度"}
CNY_PER_WAN = 10_000
DEGREES, WHOLE, TENTH, SHARE = "0.000000", "#,##0", "#,##0.0", "0.0%"


def _missing(_: Mapping[str, Any]) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: header, how a record gives its value, width [characters], number format."""

    header: str
    read: Callable[[Mapping[str, Any]], Any] = field(default=_missing)
    width: int = 12
    number_format: str = "General"


def _plain(header: str, key: str, *, width: int = 12, number_format: str = "General") -> Column:
    """Return a column that shows `record[key]`."""

    def read(record: Mapping[str, Any]) -> Any:
        return record.get(key)

    return Column(header=header, read=read, width=width, number_format=number_format)


def _word(header: str, key: str, words: Mapping[Any, str], *, width: int = 12) -> Column:
    """Return a column that shows `record[key]` in Chinese, or as it is when no word is known."""

    def read(record: Mapping[str, Any]) -> Any:
        value = record.get(key)
        return words.get(value, value)

    return Column(header=header, read=read, width=width)


def _chinese(header: str, key: str, *, width: int = 12) -> Column:
    """Return a column that shows `record[key_zh]`, or `record[key]` where that is blank."""

    def read(record: Mapping[str, Any]) -> Any:
        return record.get(f"{key}_zh") or record.get(key)

    return Column(header=header, read=read, width=width)


def _parts(record: Mapping[str, Any]) -> str | None:
    """Return every number of a phrase that prints several."""
    parts = record.get("parts") or ()
    return "；".join(f"{part['operator']} {part['value']} {part['unit']}" for part in parts) or None


def _cost_wan(record: Mapping[str, Any]) -> float | None:
    cost = record.get("cost_cny")
    return None if cost is None else cost / CNY_PER_WAN


_whole = partial(_plain, number_format=WHOLE)
_share = partial(_plain, number_format=SHARE)

REGISTER = (
    _plain("站址编码", "site_id", width=14),
    _plain("名称", "name", width=28),
    _plain("区县", "county"),
    _plain("乡镇", "township", width=14),
    _plain("行政村", "village", width=14),
    _plain("经度_CGCS2000", "lon", number_format=DEGREES, width=14),
    _plain("纬度_CGCS2000", "lat", number_format=DEGREES, width=14),
    _word("站型(宏/微/室分)", "kind", KIND_ZH, width=10),
    _word("建设方式(存量改造/新建)", "build", BUILD_ZH),
    _plain("载体(铁塔/楼面/路灯杆/公共建筑)", "support"),
    _plain("挂高_m", "height_m", number_format=TENTH, width=8),
    _plain("频段", "carriers"),
    _plain("共享运营商", "operators"),
    _plain("覆盖人口_边际", "marginal_people", number_format=TENTH),
    _plain("覆盖面积_边际", "marginal_area_km2"),
    Column(header="投资_万元", read=_cost_wan, number_format=TENTH),
    _plain("年电量_kWh", "energy_kwh"),
    _plain("约束检查(规则号:结果)", "rules", width=24),
    _plain("批次", "phase", width=8),
    _plain("备选1", "alternate_1", width=8),
    _plain("备选2", "alternate_2", width=8),
    _plain("备选3", "alternate_3", width=8),
    _word("数据来源", "provenance", PROVENANCE_ZH, width=10),
    _word("可信度", "provenance", CONFIDENCE_ZH),
    _plain("求解批号", "run", width=22),
    _whole("站数", "stations", width=8),
    _plain("共址站址编码", "host_site_id", width=14),
    _plain("规划单元", "planning_unit"),
    _whole("位置半径_m", "location_radius_m", width=10),
    _plain("推荐理由", "reason_zh", width=40),
)

QUOTAS = (
    _plain("区县代码", "county_code"),
    _plain("区县", "county"),
    _plain("规划单元", "planning_unit", width=16),
    _plain("乡镇代码", "township_code"),
    _plain("乡镇", "township", width=16),
    _plain("批次", "phase", width=8),
    _word("站型", "kind", KIND_ZH, width=8),
    _whole("站数", "stations", width=8),
    _whole("站址数", "sites", width=8),
    _word("落位", "placed", PLACED_ZH, width=18),
)

COUNTIES = (
    _plain("区县代码", "code"),
    _plain("区县", "name"),
    _whole("人口_2020", "population"),
    _whole("现有站数", "stations_before"),
    _whole("规划后站数(含未落位额度)", "stations_after", width=16),
    _whole("未落位站数", "stations_unplaced"),
    _plain("每万人站数", "stations_per_10000", number_format=TENTH),
    _share("覆盖率", "covered_share"),
)

TARGETS = (
    _plain("编号", "id", width=16),
    _plain("原文", "phrase", width=48),
    _plain("文件", "document", width=20),
    _plain("条款", "clause"),
    _plain("责任单位", "responsible_unit", width=20),
    _word("类别", "kind", TARGET_KIND_ZH, width=10),
    _word("算符", "operator", OPERATOR_ZH, width=8),
    _plain("目标值", "value"),
    _plain("单位", "unit", width=10),
    Column(header="分项", read=_parts, width=24),
    _chinese("截至", "as_of", width=10),
    _plain("期限", "due", width=10),
    _chinese("口径", "denominator", width=16),
    _plain("现状", "baseline"),
    _plain("规划后", "plan"),
    _word("结论", "met", MET_ZH, width=10),
    _plain("标记", "flag"),
    _chinese("备注", "note", width=40),
)

LEVELS = (
    _plain("层级", "label_zh"),
    _plain("门限", "threshold_zh", width=30),
    _plain("权重", "weight", width=8),
    _plain("阶段", "phase", width=8),
    _whole("需求_人", "people"),
    _whole("满足_人", "covered"),
    _share("满足率", "share"),
    _whole("新增_人", "gained"),
    _share("新增占原未满足", "gained_share_of_uncovered"),
)

EDGE = (
    _plain("编码", "edge_id", width=14),
    _plain("名称", "name", width=28),
    _word("类别", "role", ROLE_ZH, width=8),
    _plain("区县代码", "county_code"),
    _plain("乡镇代码", "township_code"),
    _plain("经度_CGCS2000", "lon", number_format=DEGREES, width=14),
    _plain("纬度_CGCS2000", "lat", number_format=DEGREES, width=14),
    _whole("机架", "racks", width=8),
    _whole("服务站数", "demand"),
    _plain("备份编码", "backup_id", width=14),
    _plain("最大时延_ms", "latency_max_ms", number_format="0.00"),
    _word("数据来源", "provenance", PROVENANCE_ZH, width=10),
    _whole("位置半径_m", "location_radius_m", width=10),
    _plain("约束检查(规则号:结果)", "rules", width=24),
    _plain("推荐理由", "reason_zh", width=40),
)

INPUTS = (
    _plain("图层", "layer", width=16),
    _plain("文件", "file", width=24),
    _whole("行数", "rows"),
    _word("数据属性", "provenance", PROVENANCE_ZH),
    _plain("来源", "source", width=48),
    _plain("时点", "vintage"),
    _plain("坐标系", "crs"),
    _plain("基准", "datum"),
    _plain("sha256", "sha256", width=66),
)
