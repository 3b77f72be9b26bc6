"""Turn the words of a planner's cells into the words of the schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.layers.columns.carriers import carriers_of
from siting.layers.columns.uniques import by_unique, folded, is_empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.layers.schema import Column

_TECHNOLOGY = {
    "NR": ("5g", "nr", "5gnr", "nr5g", "sa", "nsa", "nsa/sa", "sa/nsa", "5gsa", "5gnsa", "5g-nr", "5g nr", "nr-sa",
           "5g sa", "5g nsa", "nr sa", "nr nsa", "endc"),
    "LTE": ("4g", "lte", "tdd", "fdd", "td-lte", "lte-fdd", "fdd-lte", "tdd-lte", "lte-tdd", "tdlte", "ltefdd",
            "tdl", "fdl", "lte fdd", "lte tdd", "4glte", "4g lte", "lte-a", "volte", "eutran", "e-utra", "4g-lte"),
    "NB-IoT": ("nb", "nb-iot", "nbiot", "nb iot", "nb_iot"),
    "other": ("2g", "3g", "gsm", "wcdma", "cdma", "td-scdma", "tdscdma", "tds", "dcs", "dcs1800", "gsm900", "umts",
              "cdma2000", "c网", "emtc", "evdo", "其他", "其它", "other"),
}  # fmt: skip
_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "technology": _TECHNOLOGY,
    "provenance": {
        "official": ("官方", "权威", "官方数据"),
        "surveyed": ("实测", "勘测", "测量", "现场勘查", "测绘"),
        "generalised": ("概化", "简化"),
        "approximate": ("近似", "概略", "大致", "估计"),
        "modelled": ("模拟", "推算", "模型", "modeled"),
    },
    "type": {
        "街道": ("街道办事处", "街道办", "subdistrict"),
        "镇": ("建制镇", "town"),
        "乡": ("民族乡", "township"),
        "zone": ("开发区", "经济开发区", "工业区", "管委会", "华侨农场", "类似乡级单位", "园区"),
    },
    "relief": {
        "urban": ("城区", "城市", "市区", "建成区"),
        "plain": ("平原", "平地", "沿海平原", "平坝"),
        "hill": ("丘陵", "低丘", "丘陵地"),
        "mountain": ("山区", "山地", "高山"),
    },
    "villages.kind": {
        "village_committee": ("村委会", "村民委员会", "行政村", "村", "建制村"),
        "community": ("居委会", "居民委员会", "社区", "社区居委会", "居民区"),
        "other": ("其他", "其它", "农场", "林场"),
    },
    "urban_rural_class": {
        "111": ("主城区",), "112": ("城乡结合区", "城乡接合区"), "121": ("镇中心区",),
        "122": ("镇乡结合区", "镇乡接合区"), "123": ("特殊区域",), "210": ("乡中心区",), "220": ("村庄",),
    },
    "role": {
        "core": ("核心", "核心机房", "核心网", "区域中心", "省级", "核心节点"),
        "operator": ("运营商", "运营商机房", "汇聚", "汇聚机房", "接入", "接入机房", "综合接入"),
    },
    "protected.kind": {
        "heritage": ("文物", "文物保护单位", "文保单位", "世界遗产", "历史建筑", "历史文化街区", "遗产"),
        "reserve": ("自然保护区", "保护区", "生态红线", "森林公园", "自然公园"),
        "reservoir": ("水库", "水源地", "饮用水水源保护区", "水源保护区"),
        "wetland": ("湿地", "湿地公园", "红树林"),
        "airport": ("机场", "机场净空", "净空区"),
        "scenic": ("风景名胜区", "景区", "风景区", "旅游区"),
    },
}  # fmt: skip
_SETS = {"villages.kind": "village_committee", "protected.kind": "heritage"}
_FLAGS = {
    "true": ("是", "y", "yes", "1", "true", "t", "有", "√", "对"),
    "false": ("否", "n", "no", "0", "false", "f", "无", "×", "非", "不是"),
}
_INDOOR = re.compile(
    r"室分|室内|indoor|分布系统|皮基站|皮站|飞站|pico|femto|in-?building|\bibs\b|\bdas\b"
)
_MICRO = re.compile(
    r"宏微|微站|微基站|微小区|小微|^微$|小站|小基站|杆站|灯杆|路灯杆|智慧杆|杆微|small\s*cell|micro|一体化微"
)
_MACRO = re.compile(r"宏|macro")


def word_cells(
    cells: pd.Series, column: Column, *, unit: str = ""
) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return the words of a column as the schema has them, and which cells cannot be read.

    Parameters
    ----------
    cells
        Text, in Chinese or English. A word for nothing is an empty cell.
    column
        The column of the schema. One without a set of words keeps its text; `carriers` becomes MHz
        parted by `;`, ascending (`700;2600`); a flag becomes `true` or `false`.
    unit
        The unit that the header of carriers states: `GHz`, `MHz`, or `ARFCN` for channel numbers.

    Returns
    -------
    The text, "" where a cell is empty or cannot be read, and the mask of the cells that are not empty
    and cannot be read.

    """
    codes, readings = by_unique(cells, lambda cell: _reading(cell, column, unit))
    table = np.array(["" if one is None else one for one in readings], dtype=object)
    lost = np.array([one is None for one in readings], dtype=np.bool_)
    return pd.Series(table[codes], index=cells.index, dtype="str"), lost[codes]


def _reading(cell: str, column: Column, unit: str) -> str | None:
    if column.kind == "flag":
        return _one_of(_FLAGS, folded(cell)) if cell else ""
    if cell in column.words:
        return cell
    restricted = bool(column.words) or column.name == "carriers"
    if is_empty(cell) and (restricted or not cell):
        return ""
    if column.name == "carriers":
        return carriers_of(cell, unit=unit)
    if not column.words:
        return cell
    return _word(folded(cell), column)


def _word(text: str, column: Column) -> str | None:
    """Return the word of the schema that a folded text means, None where there is none."""
    same = next((word for word in column.words if word.casefold() == text), None)
    if same is not None:
        return same
    if "macro" in column.words:
        return _site_kind(text)
    key = next((key for key, word in _SETS.items() if word in column.words), column.name)
    word = _one_of(_WORDS.get(key, {}), text)
    return word if word in column.words else None


def _one_of(words: Mapping[str, tuple[str, ...]], text: str) -> str | None:
    return next((word for word, said in words.items() if text in said), None)


def _site_kind(text: str) -> str | None:
    """Return the kind of a site, None where its words name none or several."""
    kinds = (("indoor", _INDOOR), ("micro", _MICRO), ("macro", _MACRO))
    found = [kind for kind, words in kinds if words.search(text)]
    return found[0] if len(found) == 1 else None
