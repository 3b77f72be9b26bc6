"""A text file is read as Excel shows it, whatever its encoding, separator and dress."""

from __future__ import annotations

import csv
import io
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.formats import text as text_module
from siting.layers.formats.encoding import utf8_of
from siting.layers.formats.text import open_text

REGISTER = "站名,经度,纬度\n泉州开元寺,118.5867,24.9139\n晋江机场,118.5901,24.7964\n"
RECORDS = [["泉州开元寺", "118.5867", "24.9139"], ["晋江机场", "118.5901", "24.7964"]]


def opened(tmp_path, content, name="register.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return open_text(path)


def refused(tmp_path, content, name="register.csv"):
    with pytest.raises(DataError) as error:
        opened(tmp_path, content, name)
    return error.value.problems


@pytest.mark.parametrize(
    ("encoding", "mark", "said"),
    [
        ("utf-8", b"", ""),
        ("utf-8", b"\xef\xbb\xbf", ""),
        ("gbk", b"", "read as GB18030 (GBK)"),
        ("gb18030", b"", "read as GB18030 (GBK)"),
        ("utf-16-le", b"\xff\xfe", "read as UTF-16"),
        ("utf-16-be", b"\xfe\xff", "read as UTF-16"),
        ("utf-16-le", b"", "read as UTF-16 without a byte order mark"),
        ("utf-16-be", b"", "read as UTF-16 without a byte order mark"),
    ],
)
def test_every_encoding_gives_the_same_cells(tmp_path, encoding, mark, said):
    sheet = opened(tmp_path, mark + REGISTER.encode(encoding))
    assert list(sheet.cells.columns) == ["站名", "经度", "纬度"]
    assert sheet.cells.to_numpy().tolist() == RECORDS
    assert sheet.rows.tolist() == [2, 3]
    assert sheet.header_row == 1
    assert (said in sheet.notes) if said else not sheet.notes


def test_a_rare_sign_of_gb18030_survives(tmp_path):
    sheet = opened(
        tmp_path, "站名,经度\n㙍头村𠮷,118.5\n泉州市鲤城区海滨街道,118.6\n".encode("gb18030")
    )
    assert sheet.cells["站名"].tolist() == ["㙍头村𠮷", "泉州市鲤城区海滨街道"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，"])
def test_every_separator_and_line_end_gives_the_same_cells(tmp_path, separator, end):
    sheet = opened(tmp_path, REGISTER.replace(",", separator).replace("\n", end))
    assert sheet.cells.to_numpy().tolist() == RECORDS
    assert sheet.rows.tolist() == [2, 3]
    assert bool(sheet.notes) == (separator != ",")


def test_a_comma_in_every_address_does_not_part_a_table_of_semicolons(tmp_path):
    sheet = opened(tmp_path, "站名;地址;经度\nA;海滨街道,1号;118.5\nB;开元街道,2号;118.6\n")
    assert list(sheet.cells.columns) == ["站名", "地址", "经度"]
    assert sheet.cells["地址"].tolist() == ["海滨街道,1号", "开元街道,2号"]


def test_the_line_that_names_the_separator_is_not_a_row(tmp_path):
    sheet = opened(tmp_path, "sep=;\r\n站名;经度\r\nA;118.5\r\n")
    assert sheet.rows.tolist() == [2]
    assert sheet.cells["站名"].tolist() == ["A"]


def test_a_cell_of_several_lines_is_one_row(tmp_path):
    sheet = opened(tmp_path, '站名,备注,经度\nA,"两\n行, 与 ""引号""",118.5\n\nB,x,118.6\n')
    assert sheet.cells["备注"].tolist() == ['两\n行, 与 "引号"', "x"]
    assert sheet.rows.tolist() == [2, 4]
    assert "1 empty row skipped" in sheet.notes


def test_titles_empty_rows_repeated_headers_totals_and_footers_are_told_and_left_out(tmp_path):
    lines = [
        "泉州市5G站址清单 2024年,,",
        "",
        "站名,经度,纬度",
        "A,118.5,24.9",
        "小计,1,",
        "站名,经度,纬度",
        "B,118.6,24.8",
        ",,",
        "C,118.7,24.7",
        "合　计,3,",
        "备注：坐标为WGS84,,",
    ]
    sheet = opened(tmp_path, "\r\n".join(lines).encode("gbk"))
    assert sheet.header_row == 3
    assert sheet.cells["站名"].tolist() == ["A", "B", "C"]
    assert sheet.rows.tolist() == [4, 7, 9]
    notes = " | ".join(sheet.notes)
    for said in (
        "泉州市5G站址清单 2024年",
        "row 6 left out: the header again",
        "rows 5, 10 left out: totals",
        "row 11 left out: notes to the table",
        "1 empty row skipped",
    ):
        assert said in notes


def test_a_village_called_total_in_another_column_is_a_record(tmp_path):
    sheet = opened(tmp_path, "站名,备注,经度\nA,合计,118.5\n备注站,无,118.6\n")
    assert sheet.cells["站名"].tolist() == ["A", "备注站"]


def test_two_header_rows_become_one_name(tmp_path):
    sheet = opened(tmp_path, "站名,坐标,,天线,\n,经度,纬度,方位角,下倾角\nA,118.5,24.9,30,3\n")
    names = ["站名", "坐标/经度", "坐标/纬度", "天线/方位角", "天线/下倾角"]
    assert list(sheet.cells.columns) == names
    assert sheet.header_row == 2
    assert sheet.rows.tolist() == [3]


def test_the_same_names_under_two_groups_stay_apart(tmp_path):
    sheet = opened(tmp_path, "名称,WGS84坐标,,百度坐标,\n,经度,纬度,经度,纬度\nA,1,2,3,4\n")
    names = ["名称", "WGS84坐标/经度", "WGS84坐标/纬度", "百度坐标/经度", "百度坐标/纬度"]
    assert list(sheet.cells.columns) == names


def test_a_record_with_an_empty_cell_is_not_a_second_header_row(tmp_path):
    sheet = opened(tmp_path, "站名,,地址,经度\nA,x,海滨街道,东经118度\nB,y,开元街道,\n")
    assert sheet.cells["站名"].tolist() == ["A", "B"]
    assert list(sheet.cells.columns) == ["站名", "column B", "地址", "经度"]


def test_a_record_of_words_that_head_columns_elsewhere_is_no_header(tmp_path):
    lines = ["dm,mc,lx,bz", "1,海滨街道,x,无", "2,开元,社区,村", "3,临江,街道,乡镇"]
    sheet = opened(tmp_path, "\n".join(lines))
    assert list(sheet.cells.columns) == ["dm", "mc", "lx", "bz"]
    assert sheet.rows.tolist() == [2, 3, 4]


def test_comments_above_the_header_are_titles(tmp_path):
    lines = [
        "# sites, as surveyed, 2024",
        "# datum, WGS 84",
        "name,lon,lat,a,b",
        "A,118.5,24.9,1,2",
    ]
    sheet = opened(tmp_path, "\n".join(lines))
    assert list(sheet.cells.columns) == ["name", "lon", "lat", "a", "b"]
    assert sheet.rows.tolist() == [4]


def test_units_in_a_row_of_their_own_join_the_header(tmp_path):
    sheet = opened(tmp_path, "站名,挂高,功率\n,（m）,W\nA,30,20\n")
    assert list(sheet.cells.columns) == ["站名", "挂高(m)", "功率(W)"]
    assert sheet.rows.tolist() == [3]


def test_a_header_in_two_languages_is_read_once(tmp_path):
    sheet = opened(tmp_path, "站名,经度,纬度\nSite Name,Longitude,Latitude\nA,118.5,24.9\n")
    assert sheet.cells.to_numpy().tolist() == [["A", "118.5", "24.9"]]
    assert any("row 2 names the columns again" in note for note in sheet.notes)


def test_a_header_with_a_line_break_is_one_line(tmp_path):
    sheet = opened(tmp_path, '"站址\n名称","antenna\nheight",经度\nA,30,118.5\n')
    assert list(sheet.cells.columns) == ["站址名称", "antenna height", "经度"]


def test_a_name_that_is_there_twice_gets_a_number_and_a_note(tmp_path):
    sheet = opened(tmp_path, "站名,频段,频段,频段_2\nA,700,2600,x\n")
    assert list(sheet.cells.columns) == ["站名", "频段", "频段_3", "频段_2"]
    assert any("column C" in note for note in sheet.notes)


def test_a_column_without_a_name_keeps_its_cells_and_an_empty_one_goes(tmp_path):
    sheet = opened(tmp_path, "站名,,经度,,\nA,x,118.5,,\nB,,118.6,,\n")
    assert list(sheet.cells.columns) == ["站名", "column B", "经度"]


def test_blanks_of_every_width_are_taken_off(tmp_path):
    sheet = opened(tmp_path, "站名, 经度 \n\u3000A\xa0,\u200b118.5\ufeff\n")
    assert sheet.cells.to_numpy().tolist() == [["A", "118.5"]]


@pytest.mark.parametrize("guarded", ['="0595001"', "'0595001"])
def test_a_code_guarded_as_text_keeps_its_zero(tmp_path, guarded):
    sheet = opened(tmp_path, f"站址编码,经度\n{guarded},118.5\n")
    assert sheet.cells["站址编码"].tolist() == ["0595001"]
    assert any("guarded" in note for note in sheet.notes)


def test_decimal_commas_become_points_and_are_told(tmp_path):
    sheet = opened(tmp_path, "站名;经度;纬度;频段\nA;118,5867;24,913;700,2600\nB;118,6;24,88;700\n")
    assert sheet.cells["经度"].tolist() == ["118.5867", "118.6"]
    assert sheet.cells["纬度"].tolist() == ["24.913", "24.88"]
    assert sheet.cells["频段"].tolist() == ["700,2600", "700"]
    assert any("decimal commas" in note and "经度, 纬度" in note for note in sheet.notes)


def test_thousands_stay_where_points_are_written(tmp_path):
    sheet = opened(tmp_path, "村名;人口;经度\nA;1,234;118.5\nB;12,345;118.6\n")
    assert sheet.cells["人口"].tolist() == ["1,234", "12,345"]


def test_a_coordinate_that_may_be_thousands_is_asked_for(tmp_path):
    problems = refused(tmp_path, "站名;经度;纬度\nA;118,551;24,901\n")
    assert [problem.column for problem in problems] == ["经度", "纬度"]
    assert "118.551 or 118551" in problems[0].what


def test_a_row_of_another_length_is_named(tmp_path):
    problems = refused(tmp_path, "站名,经度,纬度\nA,118.5,24.9\nB,118.6\nC,1,2,3\nD,1,2,\n")
    assert [(problem.row, problem.what[:11]) for problem in problems] == [
        (3, "has 2 cells"),
        (4, "has 4 cells"),
    ]


def test_many_rows_of_another_length_share_a_line(tmp_path):
    problems = refused(tmp_path, "站名,经度,纬度\n" + "A,118.5\n" * 12)
    assert len(problems) == 6
    assert "7 more rows" in problems[-1].what


@pytest.mark.parametrize(
    ("content", "row", "said"),
    [
        (b"", None, "is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", None, "is empty"),
        ("站名,经度\nA,1\x00\n".encode(), 2, "NUL"),
        ("站名,经度\n泉州,1\n".encode("gbk") + b"\xff\xff,2\n", 3, "neither UTF-8 nor GB18030"),
        ("站名,经度\n泉州,1\n".encode() + b"\xff\xff,2\n", 3, "neither UTF-8 nor GB18030"),
        ("站名,經度\n泉州鯉城區開元寺與關帝廟,1\n".encode("big5"), 1, "Chinese GB18030"),
        (b"\xff\xfe" + "站名,经度\n".encode("utf-16-le") + b"\x00", 2, "UTF-16"),
        (b"A1,118.5,24.9\nA2,118.6,24.8\n", 1, "no row of names"),
        ('站名,经度\nA,"118.5\nB,1\n'.encode(), 2, "quotation mark"),
        ('站名,经度\nA,1\n"B"x,1\n'.encode(), 3, "quotation mark"),
        ("站名 经度 纬度\nA 118.5 24.9\n".encode(), 1, "blanks"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(tmp_path, content, row, said):
    (problem,) = refused(tmp_path, content)
    assert problem.row == row
    assert said in problem.what
    assert problem.file == "register.csv"
    assert problem.remedy


def test_a_bad_byte_far_down_is_found(tmp_path):
    content = "站名,经度\n".encode() + "泉州,1\n".encode() * 40_000 + b"\xe6\xb3,2\n"
    (problem,) = refused(tmp_path, content)
    assert problem.row == 40_002


def test_a_header_alone_is_a_sheet_without_rows(tmp_path):
    sheet = opened(tmp_path, "站名,经度,纬度\n")
    assert list(sheet.cells.columns) == ["站名", "经度", "纬度"]
    assert len(sheet.cells) == len(sheet.rows) == 0


def test_a_table_or_a_missing_file_is_an_error(tmp_path):
    path = tmp_path / "register.csv"
    with pytest.raises(MissingDataError):
        open_text(path)
    path.write_text(REGISTER, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="--table"):
        open_text(path, table="Sheet1")


def regular(rows, quoted):
    buffer = io.StringIO()
    mode = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, quoting=mode, lineterminator="\r\n" if quoted else "\n")
    writer.writerows([["站名", "经度", "纬度", "备注"], *rows])
    return buffer.getvalue()


def both_ways(tmp_path, content, monkeypatch):
    """Return the sheet as Arrow parses it and record by record, and whether Arrow did."""
    seen = []
    at_once = text_module._parsed_at_once
    with monkeypatch.context() as patch:
        patch.setattr(text_module, "_parsed_at_once", lambda o: seen.append(at_once(o)) or seen[-1])
        fast = opened(tmp_path, content)
    with monkeypatch.context() as patch:
        patch.setattr(text_module, "_parsed_at_once", lambda _: None)
        slow = opened(tmp_path, content)
    return fast, slow, seen[0] is not None


@pytest.mark.parametrize("quoted", [False, True])
def test_both_ways_of_parsing_agree_on_a_regular_file(tmp_path, monkeypatch, quoted):
    draw = random.Random(7)
    notes = [
        "",
        " x ",
        "海滨街道,1号",
        "合计",
        "\u3000",
        "两\n行" if quoted else "行",
        "NULL",
        "NA",
        "#N/A",
    ]
    rows = [
        [f"站{k}", f"{118 + draw.random():.6f}", f"{24 + draw.random():.6f}", draw.choice(notes)]
        for k in range(500)
    ]
    rows[40], rows[77] = ["", "", "", ""], ["合计", "", "", ""]
    rows[99] = ["站名", "经度", "纬度", "备注"]
    fast, slow, arrow = both_ways(tmp_path, regular(rows, quoted), monkeypatch)
    assert arrow
    pd.testing.assert_frame_equal(fast.cells, slow.cells)
    assert fast.rows.tolist() == slow.rows.tolist()
    assert fast.notes == slow.notes
    assert len(fast.cells) == 497


CELL = st.text(alphabet='ab,"\n\r \t;泉1.', max_size=6)


@given(
    rows=st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_both_ways_of_parsing_agree_on_any_file(tmp_path_factory, rows, end):
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=end).writerows([["站名", "经度"], *rows])
    tmp_path = tmp_path_factory.mktemp("both")
    with pytest.MonkeyPatch.context() as patch:
        try:
            fast, slow, _ = both_ways(tmp_path, buffer.getvalue(), patch)
        except DataError as error:  # a cell with a bare \r parts a row
            assert any("\r" in cell for row in rows for cell in row), error  # noqa: PT017
            return
    assert fast.cells.to_numpy().tolist() == slow.cells.to_numpy().tolist()
    assert fast.rows.tolist() == slow.rows.tolist()


@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8))
def test_what_a_programme_wrote_is_what_is_read(tmp_path_factory, rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["站名", "经度", "纬度"], *rows])
    sheet = opened(tmp_path_factory.mktemp("any"), buffer.getvalue())
    kept = [[cell.strip() for cell in row] for row in rows]
    expected = [(k + 2, row) for k, row in enumerate(kept) if any(row)]
    assert sheet.rows.tolist() == [row for row, _ in expected]
    assert sheet.cells.to_numpy().tolist() == [row for _, row in expected]


@pytest.mark.parametrize(
    "content",
    [
        '站名,经度\nA,"1"\nB,"2\n",\n',
        "站名,经度\nA,1\n\nB,2\n",
        "站名,经度\nA,1\rB,2\n",
        "站名,经度\nA,118°35'12\"\n",
        '站名,经度\n"A",1\n"B""C",2\n',
    ],
)
def test_an_odd_file_is_never_parsed_at_once(tmp_path, monkeypatch, content):
    try:
        fast, slow, arrow = both_ways(tmp_path, content, monkeypatch)
    except DataError:
        return
    assert not arrow
    assert fast.cells.to_numpy().tolist() == slow.cells.to_numpy().tolist()


def test_a_hundred_thousand_rows_are_parsed_at_once(tmp_path, monkeypatch):
    count = 100_000
    frame = pd.DataFrame({"站名": np.arange(count), "经度": 118.5, "纬度": 24.9}).astype("str")
    fast, _, arrow = both_ways(tmp_path, frame.to_csv(index=False), monkeypatch)
    assert arrow
    assert fast.rows[-1] == count + 1
    assert fast.cells["站名"].iloc[-1] == str(count - 1)


@given(st.text(alphabet="泉州晋江石狮南安惠安安溪永春德化,\n0123456789.", min_size=40))
def test_any_chinese_text_is_read_back_from_gbk(text):
    text = "站名,经度\n" + text
    assert utf8_of(text.encode("gbk"), file="f")[0].decode() == text
    assert utf8_of(text.encode("utf-8"), file="f")[0].decode() == text
