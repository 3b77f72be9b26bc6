"""sites.xlsx holds the register, the quotas and the targets, and runs no formula of anybody's."""

from __future__ import annotations

import time
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from plan_fixture import PROPOSED, figures, small_plan

from siting.exports import save_workbook
from siting.exports.workbook_sheets import modelled_line

SUGGESTED = [
    "站址编码",
    "名称",
    "区县",
    "乡镇",
    "行政村",
    "经度_CGCS2000",
    "纬度_CGCS2000",
    "站型(宏/微/室分)",
    "建设方式(存量改造/新建)",
    "载体(铁塔/楼面/路灯杆/公共建筑)",
    "挂高_m",
    "频段",
    "共享运营商",
    "覆盖人口_边际",
    "覆盖面积_边际",
    "投资_万元",
    "年电量_kWh",
    "约束检查(规则号:结果)",
    "批次",
    "备选1",
    "备选2",
    "备选3",
    "数据来源",
    "可信度",
    "求解批号",
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workbook of the small plan."""
    return save_workbook(small_plan(), tmp_path_factory.mktemp("book") / "sites.xlsx")


@pytest.fixture(scope="module")
def book(path: Path) -> openpyxl.Workbook:
    """Return the workbook as openpyxl reads it."""
    return openpyxl.load_workbook(path)


def table(sheet: Worksheet) -> list[dict[str, object]]:
    """Return the rows below the header, which the filter points at."""
    top = int(sheet.auto_filter.ref.split(":")[0].lstrip("A"))
    header, *rows = sheet.iter_rows(min_row=top, values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_sheets_stand_in_order(book: openpyxl.Workbook) -> None:
    expected = ["站址库", "任务分解", "区县", "指标", "覆盖", "边缘数据中心", "来源"]

    assert book.sheetnames == expected


def test_the_first_line_states_the_modelled_share(book: openpyxl.Workbook) -> None:
    assert str(book.worksheets[0]["A1"].value).startswith("建模占比 100%")


@pytest.mark.parametrize(
    ("share", "line"),
    [
        (0.9996, "建模占比 100.0%（需求 100%，网络 100%，地点 100%）。建模所得位置仅为示意"),
        (0.9965, "建模占比 99.7%"),
        (0.0, "建模占比 0%（需求 100%，网络 100%，地点 100%）。依据实测与官方数据"),
    ],
)
def test_only_a_complete_share_is_printed_without_decimals(share: float, line: str) -> None:
    assert modelled_line(figures() | {"modelled_share": share}).startswith(line)


def test_the_register_has_the_columns_that_planners_exchange(book: openpyxl.Workbook) -> None:
    header = [cell.value for cell in book["站址库"][3]]

    assert header[: len(SUGGESTED)] == SUGGESTED


def test_the_register_lists_the_recommended_sites_only(book: openpyxl.Workbook) -> None:
    rows = table(book["站址库"])
    plan = small_plan()
    proposed = plan.sites[plan.sites["status"] == "proposed"].to_crs("EPSG:4490")

    assert [row["站址编码"] for row in rows] == [row[0] for row in PROPOSED]
    assert [row["建设方式(存量改造/新建)"] for row in rows[:2]] == ["存量改造", "新建"]
    assert [row["投资_万元"] for row in rows[:2]] == [19, 8]
    assert [row["经度_CGCS2000"] for row in rows] == pytest.approx(list(proposed.geometry.x))
    assert [row["纬度_CGCS2000"] for row in rows] == pytest.approx(list(proposed.geometry.y))
    assert sum(row["站数"] for row in rows) == sum(p["stations"] for p in figures()["phases"])


def test_what_is_not_computed_is_blank_and_named(book: openpyxl.Workbook) -> None:
    note = book["站址库"]["A2"].value
    for column in ("载体(铁塔/楼面/路灯杆/公共建筑)", "共享运营商", "年电量_kWh", "备选1"):
        assert {row[column] for row in table(book["站址库"])} == {None}
        assert column in note.partition("未计算")[2]
    assert "挂高_m" not in note


def test_every_sheet_keeps_its_header_in_view_and_filters(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        first, last = sheet.auto_filter.ref.split(":")
        header_row = int(first.lstrip("A"))

        assert sheet.freeze_panes == f"B{header_row + 1}"
        assert sheet[f"A{header_row}"].font.bold
        assert int("".join(filter(str.isdigit, last))) == sheet.max_row


def test_numbers_carry_formats(book: openpyxl.Workbook) -> None:
    row = {cell.value: cell.column_letter for cell in book["站址库"][3]}

    assert book["站址库"][f"{row['经度_CGCS2000']}4"].number_format == "0.000000"
    assert book["覆盖"]["G2"].number_format == "0.0%"


def test_no_text_is_run_as_a_formula(book: openpyxl.Workbook) -> None:
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    risky = [cell for cell in cells if str(cell.value)[:1] in "=+-@" and cell.data_type != "n"]

    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "b"}
    assert {"=1+1", "@SUM(A1)", "-2+3", "+86"} <= {cell.value for cell in risky}
    assert all(cell.quotePrefix for cell in risky)


def test_the_sheets_of_the_file_hold_no_formula_at_all(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets")]
        texts = [archive.read(name).decode("utf-8") for name in names]

    assert len(texts) == 7
    assert not any("<f>" in text or "<f " in text for text in texts)


def test_characters_that_a_workbook_cannot_hold_are_left_out(book: openpyxl.Workbook) -> None:
    names = [row["名称"] for row in table(book["站址库"])]

    assert "微站甲" in names
    assert "“浮桥”宏站" in names


def test_the_quotas_add_up_to_the_phases(book: openpyxl.Workbook) -> None:
    rows = table(book["任务分解"])
    for phase in figures()["phases"]:
        mine = [row for row in rows if row["批次"] == phase["name"]]
        placed = [row for row in mine if row["落位"] == "已落位"]
        rest = [row for row in mine if row["落位"] == "无合理站址的额度"]

        assert sum(row["站数"] for row in placed) == phase["stations"]
        assert sum(row["站址数"] for row in placed) == phase["sites"]
        assert sum(row["站数"] for row in rest) == phase["stations_unplaced"]


def test_targets_coverage_and_sources_are_those_of_plan_json(book: openpyxl.Workbook) -> None:
    target, policy = table(book["指标"])
    levels = table(book["覆盖"])
    source = table(book["来源"])[0]

    assert (target["算符"], target["目标值"], target["结论"]) == (">", 32000, "未达标")
    assert (policy["目标值"], policy["结论"]) == (None, None)
    assert [row["阶段"] for row in levels[:3]] == ["现状", "2024", "2025"]
    assert [row["满足_人"] for row in levels[:3]] == [300, 320, 340]
    assert source["sha256"] == "0" * 64
    assert "随机种子 0" in book["来源"]["A1"].value


def test_targets_are_noted_in_chinese_and_in_english_where_that_is_all_there_is(
    tmp_path: Path,
) -> None:
    plan = small_plan()
    plan.figures["targets"][0] |= {"note": "Strict.", "note_zh": "严格大于。", "as_of": "2023-12"}
    plan.figures["targets"][1] |= {"note": "A policy.", "as_of": "unstated", "as_of_zh": "未载明"}
    target, policy = table(openpyxl.load_workbook(save_workbook(plan, tmp_path / "b.xlsx"))["指标"])

    assert (target["备注"], target["截至"]) == ("严格大于。", "2023-12")
    assert (policy["备注"], policy["截至"]) == ("A policy.", "未载明")


def test_the_same_plan_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    time.sleep(2.1)  # a zip counts in steps of two seconds
    again = save_workbook(small_plan(), tmp_path / "again.xlsx")

    assert again.read_bytes() == path.read_bytes()


def test_every_date_inside_is_the_date_of_the_scenario(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        dates = {member.date_time for member in archive.infolist()}
        properties = archive.read("docProps/core.xml").decode("utf-8")

    assert dates == {(2025, 12, 31, 0, 0, 0)}
    assert properties.count("2025-12-31T00:00:00Z") == 2


def test_surveyed_existing_sites_get_a_sheet_and_modelled_ones_none(tmp_path: Path) -> None:
    plan = small_plan()
    sites = plan.sites.copy()
    sites.loc[sites["site_id"].isin(["E01", "E02"]), "provenance"] = "surveyed"
    path = save_workbook(replace(plan, sites=sites), tmp_path / "sites.xlsx")
    rows = table(openpyxl.load_workbook(path)["现有站址"])

    assert [row["站址编码"] for row in rows] == ["E01", "E02"]


def test_a_plan_that_places_nothing_is_written(tmp_path: Path) -> None:
    plan = small_plan()
    sites = plan.sites[plan.sites["status"] == "existing"]
    path = save_workbook(replace(plan, sites=sites), tmp_path / "sites.xlsx")

    assert table(openpyxl.load_workbook(path)["站址库"]) == []
