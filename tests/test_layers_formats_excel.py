"""A workbook is read as Excel shows it, at full precision, and what Excel lost is told."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.formats import excel as excel_module
from siting.layers.formats.excel import open_excel
from siting.layers.formats.excel_cells import cell_text

MIDNIGHT = dt.datetime(2024, 5, 1)  # noqa: DTZ001 - Excel knows no zone
HEADER = ["站名", "经度", "纬度"]
ROWS = [HEADER, ["泉州开元寺", 118.586712, 24.913901], ["晋江机场", 118.5901, 24.7964]]
TEXTS = [["泉州开元寺", "118.586712", "24.913901"], ["晋江机场", "118.5901", "24.7964"]]


def write_xlsx(path, rows, *, merged=(), edit=None, title="站址"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for block in merged:
        sheet.merge_cells(block)
    if edit:
        edit(book, sheet)
    book.save(path)
    return path


def write_xls(path, rows, merged=()):
    book = xlwt.Workbook()
    sheet = book.add_sheet("站址")
    for k, row in enumerate(rows):
        for j, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write(k, j, value, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
            elif value is not None:
                sheet.write(k, j, value)
    for top, bottom, left, right in merged:
        sheet.merge(top, bottom, left, right)
    book.save(str(path))
    return path


def changed(path, name, edit):
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    parts[name] = edit(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in parts.items():
            archive.writestr(entry, content)
    return path


def problem_of(path, kind=DataError, **options):
    with pytest.raises(kind) as error:
        open_excel(path, **options)
    return error.value.problems[0]


@pytest.mark.parametrize(
    "name", ["register.xlsx", "register.xlsm", "register.xls", "register.XLSX"]
)
def test_a_register_is_read_from_every_kind_of_workbook(tmp_path, name):
    path = (write_xls if name.endswith(".xls") else write_xlsx)(tmp_path / name, ROWS)
    sheet = open_excel(path)
    assert sheet.file == f"{name}[站址]"
    assert list(sheet.cells.columns) == HEADER
    assert sheet.cells.to_numpy().tolist() == TEXTS
    assert sheet.rows.tolist() == [2, 3]
    assert sheet.header_row == 1
    assert sheet.notes == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (118.0, "118"),
        (118, "118"),
        (118.675432, "118.675432"),
        (118.6754321098765, "118.6754321098765"),
        (118.67500000000001, "118.675"),
        (0.1 + 0.2, "0.3"),
        (1e-5, "0.00001"),
        (123456789012.0, "123456789012"),
        (4.6e14, "460000000000000"),
        (-24.9, "-24.9"),
        (True, "true"),
        (MIDNIGHT, "2024-05-01"),
        (MIDNIGHT.replace(hour=3, minute=4, second=5), "2024-05-01T03:04:05"),
        (dt.date(2024, 5, 1), "2024-05-01"),
        (dt.time(3, 4), "03:04:00"),
        ("0012", "0012"),
        ("\u3000海滨街道\xa0", "海滨街道"),
        ("1.18E+02", "1.18E+02"),
        (None, ""),
    ],
)
def test_a_value_is_the_text_that_a_planner_reads(tmp_path, value, text):
    path = write_xlsx(tmp_path / "b.xlsx", [["站名", "备注"], ["A", value], ["B", "x"]])
    assert open_excel(path).cells["备注"].tolist() == [text, "x"]


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_a_number_keeps_its_value_and_has_no_exponent(number):
    text = cell_text(number)
    assert re.fullmatch(r"-?\d+(\.\d+)?", text)
    assert float(text) == pytest.approx(number, rel=5e-16, abs=1e-300)


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_has_no_point(number):
    assert cell_text(float(number)) == str(number)


def test_the_old_format_gives_the_same_text(tmp_path):
    rows = [["站名", "编码", "日期", "经度"], ["A", "0012", dt.date(2024, 5, 1), 118.0]]
    sheet = open_excel(write_xls(tmp_path / "b.xls", rows))
    assert sheet.cells.to_numpy().tolist() == [["A", "0012", "2024-05-01", "118"]]


TWO_ROWS = [
    ["泉州市5G站址清单 2024年"],
    [],
    ["站名", "区县", "坐标", None, "天线", None],
    [None, None, "经度", "纬度", "方位角", "下倾角"],
    ["A", "鲤城区", 118.5, 24.9, 30, 3],
    ["B", None, 118.6, 24.8, 90, 4],
    ["C", "丰泽区", 118.7, 24.7, 0, 5],
    ["合计", None, 3],
]
JOINED = ["站名", "区县", "坐标/经度", "坐标/纬度", "天线/方位角", "天线/下倾角"]


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_merged_headers_join_and_merged_cells_fill_down(tmp_path, suffix):
    path = tmp_path / f"b{suffix}"
    if suffix == ".xlsx":
        write_xlsx(path, TWO_ROWS, merged=["A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "B5:B6"])
    else:
        write_xls(
            path,
            TWO_ROWS,
            merged=[(0, 0, 0, 5), (2, 3, 0, 0), (2, 2, 2, 3), (2, 2, 4, 5), (4, 5, 1, 1)],
        )
    sheet = open_excel(path)
    assert list(sheet.cells.columns) == JOINED
    assert sheet.cells["区县"].tolist() == ["鲤城区", "鲤城区", "丰泽区"]
    assert sheet.rows.tolist() == [5, 6, 7]
    assert sheet.header_row == 4
    notes = " | ".join(sheet.notes)
    for said in (
        "rows 1 to 2",
        "header rows 3 to 4 joined",
        "row 8 left out: totals",
        "1 merged block filled down in 区县",
    ):
        assert said in notes


def test_an_empty_cell_that_is_not_merged_stays_empty(tmp_path):
    path = write_xlsx(tmp_path / "b.xlsx", TWO_ROWS)
    assert open_excel(path).cells["区县"].tolist() == ["鲤城区", "", "丰泽区"]


def test_a_table_that_begins_further_down_and_right_keeps_its_rows(tmp_path):
    rows = [
        [],
        [],
        [None, None, *HEADER],
        [None, None, "A", 118.5, 24.9],
        [],
        [None, None, "B", 118.6, 24.8],
    ]
    sheet = open_excel(write_xlsx(tmp_path / "b.xlsx", rows))
    assert list(sheet.cells.columns) == HEADER
    assert sheet.rows.tolist() == [4, 6]


def test_errors_of_excel_stand_in_their_cells(tmp_path):
    def edit(_, sheet):
        sheet["C3"].value, sheet["C3"].data_type = "#N/A", "e"
        sheet["A2"].value, sheet["A2"].data_type = "#REF!", "e"

    sheet = open_excel(write_xlsx(tmp_path / "b.xlsx", ROWS, edit=edit))
    assert sheet.cells["纬度"].tolist() == ["24.913901", "#N/A"]
    assert sheet.cells["站名"].tolist() == ["#REF!", "晋江机场"]
    assert "2 cells hold errors of Excel, the first #REF! in A2" in sheet.notes


@pytest.mark.parametrize("rows", [3, 3000])
def test_errors_of_the_old_format_stand_in_their_cells(tmp_path, rows):
    book = xlwt.Workbook()
    for name in ("说明", "站址"):
        sheet = book.add_sheet(name)
        for k, header in enumerate(HEADER if name == "站址" else ["a", "b"]):
            sheet.write(0, k, header)
    for k in range(1, rows):
        sheet.write(k, 0, f"站{k}")
        if k < rows - 1:
            sheet.write(k, 1, 118.5)
    sheet.row(rows - 1).set_cell_error(2, "#DIV/0!")
    sheet.row(rows - 1).set_cell_error(1, 42)
    book.save(str(tmp_path / "b.xls"))
    read = open_excel(tmp_path / "b.xls", table="站址")
    assert read.cells.iloc[-1].tolist() == [f"站{rows - 1}", "#N/A", "#DIV/0!"]
    assert f"2 cells hold errors of Excel, the first #N/A in B{rows}" in read.notes


def test_a_formula_without_a_result_is_not_an_empty_cell(tmp_path):
    def edit(_, sheet):
        sheet["C3"].value = "=C2+0.1"

    problem = problem_of(write_xlsx(tmp_path / "b.xlsx", ROWS, edit=edit))
    assert problem.row == 3
    assert problem.file == "b.xlsx[站址]"
    assert "C3 holds a formula without a stored result" in problem.what


def test_a_formula_with_a_result_is_its_result(tmp_path):
    path = write_xlsx(tmp_path / "b.xlsx", ROWS, edit=lambda _, s: s.__setitem__("C3", "=C2"))
    result = rb"<f>C2</f><v>24.5</v>"
    changed(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb"<f>C2</f><v\s*/?>(</v>)?", result, xml),
    )
    assert open_excel(path).cells["纬度"].tolist() == ["24.913901", "24.5"]


def test_codes_that_lost_zeros_or_digits_are_told(tmp_path):
    rows = [
        ["站址编码", "CGI", "序号"],
        ["0595001", 460001234567890123, 1],
        [595002, "460-00-1-2", 2],
    ]
    notes = " | ".join(open_excel(write_xlsx(tmp_path / "b.xlsx", rows)).notes)
    assert "站址编码: 1 stored as numbers, which lose zeros" in notes
    assert "CGI: 1 stored as numbers of more than 15 digits" in notes
    assert "序号" not in notes


def test_codes_of_one_length_are_not_told(tmp_path):
    rows = [["站址编码", "经度"], [350502001, 118.5], [350502002, 118.6]]
    assert open_excel(write_xlsx(tmp_path / "b.xlsx", rows)).notes == ()


# ------------------------------------------------------------------ sheets
def with_sheets(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_the_only_sheet_with_coordinates_is_read(tmp_path):
    path = with_sheets(tmp_path / "b.xlsx", 说明=[["说明", "内容"], ["a", "b"]], 站址=ROWS, 空=[])
    assert open_excel(path).file == "b.xlsx[站址]"
    assert open_excel(path, table="说明").cells.to_numpy().tolist() == [["a", "b"]]


def test_of_several_sheets_one_must_be_named(tmp_path):
    path = with_sheets(tmp_path / "b.xlsx", 甲=ROWS, 乙=ROWS)
    problem = problem_of(path, ConfigurationError)
    assert "甲, 乙" in problem.what
    assert "--table 甲" in problem.remedy
    assert open_excel(path, table="乙").file == "b.xlsx[乙]"
    problem = problem_of(path, ConfigurationError, table="丙")
    assert "甲" in problem.remedy
    problem = problem_of(
        with_sheets(tmp_path / "c.xlsx", sites=ROWS), ConfigurationError, table="site"
    )
    assert "did you mean sites" in problem.remedy


def test_a_hidden_sheet_is_told_and_read_only_by_name(tmp_path):
    def edit(book, _):
        hidden = book.create_sheet("旧")
        hidden.append(HEADER)
        hidden.append(["Z", 1, 2])
        hidden.sheet_state = "hidden"

    path = write_xlsx(tmp_path / "b.xlsx", ROWS, edit=edit)
    sheet = open_excel(path)
    assert sheet.cells["站名"].tolist() == ["泉州开元寺", "晋江机场"]
    assert "hidden sheets not read: 旧" in sheet.notes
    assert open_excel(path, table="旧").cells["站名"].tolist() == ["Z"]


# ------------------------------------------------------------------ size
def test_a_value_in_the_last_row_is_a_row(tmp_path):
    path = write_xlsx(tmp_path / "b.xlsx", ROWS, edit=lambda _, s: s.__setitem__("A1048576", "末"))
    sheet = open_excel(path)
    assert sheet.rows.tolist() == [2, 3, 1_048_576]
    assert sheet.cells["站名"].tolist()[-1] == "末"


def test_a_stray_cell_in_the_last_corner_is_told_and_costs_no_table(tmp_path, monkeypatch):
    path = write_xlsx(tmp_path / "b.xlsx", ROWS, edit=lambda _, s: s.__setitem__("XFD1048576", 1))
    monkeypatch.setattr(excel_module, "_loaded", lambda *_: pytest.fail("loaded as a whole"))
    sheet = open_excel(path)
    assert sheet.cells.to_numpy().tolist() == TEXTS
    assert any(
        "cells right of the table left out (1), the first in row 1048576, column XFD" in note
        for note in sheet.notes
    )


def test_a_declared_size_without_cells_costs_nothing(tmp_path):
    path = write_xlsx(tmp_path / "b.xlsx", ROWS)
    claim = b'<dimension ref="A1:XFD1048576"'
    changed(
        path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb'<dimension ref="[^"]*"', claim, xml)
    )
    assert open_excel(path).cells.to_numpy().tolist() == TEXTS


def test_a_small_declared_size_does_not_hide_rows(tmp_path):
    path = write_xlsx(tmp_path / "b.xlsx", ROWS)
    claim = b'<dimension ref="A1"'
    changed(
        path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb'<dimension ref="[^"]*"', claim, xml)
    )
    assert open_excel(path).cells.to_numpy().tolist() == TEXTS


def test_a_mostly_empty_sheet_reads_the_same_either_way(tmp_path, monkeypatch):
    rows = [
        HEADER,
        ["A", 118.67500000000001, MIDNIGHT],
        ["0012", True, None],
        ["合计", 1, 2],
    ]
    path = write_xlsx(tmp_path / "b.xlsx", rows)
    whole = open_excel(path)
    monkeypatch.setattr(excel_module.SheetScan, "sparse", property(lambda _: True))
    sparse = open_excel(path)
    assert sparse.cells.to_numpy().tolist() == whole.cells.to_numpy().tolist()
    assert sparse.rows.tolist() == whole.rows.tolist()
    assert sparse.notes == whole.notes


def test_a_workbook_that_swells_is_refused(tmp_path):
    path = write_xlsx(tmp_path / "bomb.xlsx", ROWS)
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 210_000_000)
    assert "unpacks to" in problem_of(path).what


# ------------------------------------------------------------------ not a workbook
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>", "is a web page"),
        ("a.xls", b'\xef\xbb\xbf<!DOCTYPE html><html xmlns:x="urn:x">', "is a web page"),
        ("a.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas">', "is XML"),
        ("a.xlsx", b"PK\x03\x04damaged", "is damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "is damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xlsx", b"\x89PNG\r\n", "is damaged"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    problem = problem_of(path)
    assert said in problem.what
    assert problem.file == name
    assert problem.remedy


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_a_workbook_that_is_cut_off_is_refused(tmp_path, suffix, share):
    path = tmp_path / f"b{suffix}"
    rows = [HEADER, *[[f"站{k}", 118 + k / 1e3, 24.9] for k in range(300)]]
    (write_xls if suffix == ".xls" else write_xlsx)(path, rows)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert problem_of(path).what in ("is damaged, or no workbook", "is empty")


def test_a_locked_old_workbook_is_refused(tmp_path, monkeypatch):
    path = write_xls(tmp_path / "b.xls", ROWS)
    import python_calamine

    def locked(*_):
        raise python_calamine.PasswordError

    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_filelike", locked)
    assert "password" in problem_of(path).what


def test_text_that_is_called_a_workbook_is_read_and_told(tmp_path):
    path = tmp_path / "export.xls"
    path.write_bytes("站名\t经度\t纬度\nA\t118.5\t24.9\n".encode("gbk"))
    sheet = open_excel(path)
    assert sheet.cells.to_numpy().tolist() == [["A", "118.5", "24.9"]]
    assert sheet.notes[0] == "text that is called .xls, read as text"
    assert sheet.file == "export.xls"


def test_an_empty_workbook_and_one_of_a_header_alone(tmp_path):
    assert "is empty" in problem_of(write_xlsx(tmp_path / "a.xlsx", [])).what
    sheet = open_excel(write_xlsx(tmp_path / "b.xlsx", [HEADER]))
    assert list(sheet.cells.columns) == HEADER
    assert len(sheet.cells) == 0


def test_a_workbook_without_a_header_is_refused(tmp_path):
    problem = problem_of(write_xlsx(tmp_path / "b.xlsx", ROWS[1:]))
    assert (problem.row, problem.what) == (1, "no row of names stands above the values")


def test_a_missing_workbook_is_missing(tmp_path):
    problem_of(tmp_path / "none.xlsx", MissingDataError)


def test_any_damage_is_an_error_of_ours_or_none(tmp_path):
    draw = random.Random(3)
    rows = [HEADER, *[[f"站{k}", 118 + k / 1e3, 24.9] for k in range(30)]]
    for suffix, write in ((".xlsx", write_xlsx), (".xls", write_xls)):
        good = write(tmp_path / f"good{suffix}", rows).read_bytes()
        for _ in range(60):
            bad = bytearray(good)
            for _ in range(draw.randint(1, 30)):
                bad[draw.randrange(len(bad))] = draw.randrange(256)
            path = tmp_path / f"bad{suffix}"
            path.write_bytes(bad)
            try:
                sheet = open_excel(path)
            except (DataError, ConfigurationError) as error:
                assert str(error)  # noqa: PT017
            else:
                assert len(sheet.cells) == len(sheet.rows)


def test_a_workbook_of_another_writer_without_cell_names_is_read(tmp_path):
    path = write_xlsx(tmp_path / "b.xlsx", ROWS)
    changed(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'(<c|<row) r="[A-Z0-9]+"', rb"\1", xml),
    )
    assert open_excel(path).cells.to_numpy().tolist() == TEXTS
    assert io.BytesIO(path.read_bytes()).read(2) == b"PK"
