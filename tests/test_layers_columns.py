"""A header is one column or a question, and a cell is a value or unreadable, never a guess."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.layers.columns import (
    decimal_places,
    degree_cells,
    match_columns,
    number_cells,
    pair_cells,
    word_cells,
)
from siting.layers.columns.channels import carrier_of_channel
from siting.layers.columns.headers import read_header
from siting.layers.columns.synonyms import NAMES, known_headers
from siting.layers.schema import COUNTIES, PROTECTED, SITES, TABLES, TOWNSHIPS, VILLAGES
from siting.layers.wide import BUILDINGS, MEASUREMENTS, ROADS, SECTORS, WIDE_TABLES

ALL_TABLES = {**TABLES, **WIDE_TABLES}


def cells(*values):
    return pd.Series(list(values), dtype="str")


def matched(headers, table=SITES, **given):
    names = headers.split() if isinstance(headers, str) else headers
    return match_columns(names, table, file="register.csv", **given)


# ------------------------------------------------------------------ headers
@pytest.mark.parametrize("table", ALL_TABLES.values(), ids=list(ALL_TABLES))
def test_our_own_names_are_our_columns(table):
    names = [column.name for column in table.columns]
    match = matched(names, table)
    assert {name: match.columns.get(name) for name in names} == {name: name for name in names}
    assert not match.problems
    assert not match.unused


def test_a_site_register_is_understood():
    match = matched(
        "站址编码 站址名称 区县 乡镇 行政村 经度 纬度 站型 挂高(m) 频段 运营商 产权单位 详细地址 批次"
    )
    assert match.columns == {
        "site_id": "站址编码",
        "name": "站址名称",
        "kind": "站型",
        "carriers": "频段",
        "height_m": "挂高(m)",
        "lon": "经度",
        "lat": "纬度",
        "operator": "运营商",
        "owner": "产权单位",
        "address": "详细地址",
        "batch": "批次",
        "county": "区县",
        "township": "乡镇",
        "village": "行政村",
        "carrier_mhz": "频段",
    }
    assert match.units == {"height_m": "m"}
    assert not match.problems


def test_an_engineering_table_is_understood():
    match = matched(
        "基站ID 基站名 小区ID 小区名 方向角 经度 纬度 网络制式 频点 电子下倾 机械下倾 天线挂高（米） "
        "运营商 PCI LTE-ECGI TAC 最大发射功率(W)"
    )
    expected = {
        "site_id": "基站ID",
        "node_id": "基站ID",
        "name": "基站名",
        "cell_id": "小区ID",
        "sector_name": "小区名",
        "sector_id": "LTE-ECGI",
        "azimuth_deg": "方向角",
        "technology": "网络制式",
        "carrier_mhz": "频点",
        "electrical_tilt_deg": "电子下倾",
        "mechanical_tilt_deg": "机械下倾",
        "height_m": "天线挂高（米）",
        "power_dbm": "最大发射功率(W)",
        "pci": "PCI",
    }
    assert expected.items() <= match.columns.items()
    assert match.units["power_dbm"] == "W"
    assert match.units["carrier_mhz"] == "ARFCN"
    assert match.unused == ("TAC",)


def test_the_long_headers_of_a_drive_test_are_understood_and_neighbours_left():
    headers = [
        "Computer Time",
        "Longitude",
        "Latitude",
        "5G KPI PCell RF Serving SS-RSRP [dBm]",
        "5G KPI PCell RF Serving SS-SINR [dB]",
        "5G KPI Total Info Layer2 MAC DL Throughput [Mbps]",
        "Measurement PCell Neighbor Cell Top 1 RSRP [dBm]",
    ]
    match = matched(headers, MEASUREMENTS)
    assert match.columns["rsrp_dbm"] == headers[3]
    assert match.columns["sinr_db"] == headers[4]
    assert match.columns["download_mbps"] == headers[5]
    assert match.units["download_mbps"] == "Mbps"
    assert match.unused == (headers[6],)
    assert not match.problems


@pytest.mark.parametrize(
    ("headers", "table", "column", "header"),
    [
        ("代码 区县 常住人口(万人)", COUNTIES, "population", "常住人口(万人)"),
        ("代码 区县 常住人口", COUNTIES, "name", "区县"),
        ("区划代码 乡镇名称 类型", TOWNSHIPS, "name", "乡镇名称"),
        ("统计用区划代码 行政村 乡镇代码", VILLAGES, "code", "统计用区划代码"),
        ("统计用区划代码 行政村 城乡分类代码", VILLAGES, "urban_rural_class", "城乡分类代码"),
        ("道路名称 道路等级 限速(km/h)", ROADS, "maxspeed_kmh", "限速(km/h)"),
        ("建筑名称 楼高(米) 层数", BUILDINGS, "height_m", "楼高(米)"),
        ("保护地名称 保护类型", PROTECTED, "kind", "保护类型"),
        ("名称 X Y", TABLES["ports"], "x", "X"),
        ("园区名称 东坐标 北坐标", TABLES["parks"], "y", "北坐标"),
        ("学校名称 经纬度", TABLES["public_places"], "coordinates", "经纬度"),
        ("小区名称 CGI Azimuth", SECTORS, "name", "小区名称"),
    ],
)
def test_a_word_means_what_it_means_in_its_table(headers, table, column, header):
    match = matched(headers, table)
    assert match.columns[column] == header
    assert not match.problems


@pytest.mark.parametrize(
    ("header", "name", "unit", "datum"),
    [
        ("天线挂高（米）", "天线挂高", "m", ""),
        ("ＡＮＴＥＮＮＡ　Height [m]", "antennaheight", "m", ""),
        ("站址\n名称", "站址名称", "", ""),
        ("*经度（必填）", "经度", "", ""),
        ("挂高/m", "挂高", "m", ""),
        ("频段_GHz", "频段", "GHz", ""),
        ("功率(dBm)", "功率", "dBm", ""),
        ("RS功率（0.1dBm）", "rs功率", "0.1dBm", ""),
        ("速率(Mbit/s)", "速率", "Mbps", ""),
        ("经度_84", "经度", "", "wgs84"),
        ("WGS-84经度", "经度", "", "wgs84"),
        ("经度(GCJ02)", "经度", "", "gcj02"),
        ("高德经度", "经度", "", "gcj02"),
        ("百度坐标/纬度", "纬度", "", "bd09"),
        ("2000坐标X", "x", "", "cgcs2000"),
        ("CGCS2000经度", "经度", "", "cgcs2000"),
        ("北京54坐标X", "x", "", "beijing54"),
        ("西安80/Y", "y", "", "xian80"),
    ],
)
def test_a_header_is_taken_apart(header, name, unit, datum):
    read = read_header(header)
    assert read.names[0] == name
    assert (read.unit, read.datum) == (unit, datum)


def test_every_name_is_known_and_its_unit_does_not_hide_it():
    for names in NAMES.values():
        for name in names:
            assert set(read_header(name).names) & known_headers(), name
            assert set(read_header(f"{name}（m）").names) & known_headers(), name


def test_two_headers_for_a_coordinate_are_a_question():
    match = matched("站名 经度 经度_84 纬度")
    assert "lon" not in match.columns
    (problem,) = match.problems
    assert problem.column == "lon"
    assert problem.file == "register.csv"
    assert "--map lon=经度" in problem.remedy
    answered = matched("站名 经度 经度_84 纬度", given={"lon": "经度_84"})
    assert answered.columns["lon"] == "经度_84"
    assert answered.datum_words == {"lon": "wgs84"}
    assert not answered.problems


@pytest.mark.parametrize(("ours", "header"), [("lon", "经度"), ("x", "X"), ("height_m", "挂高")])
def test_one_header_above_two_columns_is_a_question(ours, header):
    headers = ["站名", "经度", "纬度", "X", "Y", "挂高", f"{header}_2"]
    (problem,) = matched(headers).problems
    assert (problem.column, problem.what) == (
        ours,
        f"two columns have the header {header}, and either may be {ours}",
    )
    answered = matched(headers, given={ours: f"{header}_2"})
    assert answered.columns[ours] == f"{header}_2"
    assert not answered.problems


def test_a_remark_above_two_columns_is_no_question():
    assert not matched("站名 经度 纬度 详细地址 详细地址_2").problems


def test_of_two_stated_datums_the_better_pair_is_read_and_told():
    match = matched("站名 经度(GCJ02) 纬度(GCJ02) 经度(WGS84) 纬度(WGS84)")
    assert match.columns["lon"] == "经度(WGS84)"
    assert match.columns["lat"] == "纬度(WGS84)"
    assert match.datum_words == {"lon": "wgs84", "lat": "wgs84"}
    assert any("经度(GCJ02) left" in note for note in match.notes)


def test_a_datum_without_its_other_half_is_not_chosen():
    match = matched("站名 经度(GCJ02) 纬度(GCJ02) 经度(WGS84)")
    assert match.columns["lon"] == "经度(GCJ02)"
    assert match.datum_words["lon"] == "gcj02"


def test_two_names_of_a_site_are_no_question_but_a_note():
    match = matched("站名 基站名称 经度 纬度")
    assert match.columns["name"] == "站名"
    assert match.unused == ("基站名称",)
    assert any("--map name=HEADER" in note for note in match.notes)
    assert not match.problems


@pytest.mark.parametrize(
    ("column", "headers"),
    [
        ("height_m", "挂高 天线挂高"),
        ("site_id", "站址编码 铁塔站址编码"),
        ("kind", "站型 覆盖类型"),
    ],
)
def test_two_headers_for_what_a_plan_needs_are_a_question(column, headers):
    match = matched(f"站名 经度 纬度 {headers}")
    assert [problem.column for problem in match.problems] == [column]


def test_a_better_name_goes_before_a_stopgap_and_a_stopgap_is_told():
    assert matched("站名 挂高 塔高").columns["height_m"] == "挂高"
    match = matched("站名 塔高")
    assert match.columns["height_m"] == "塔高"
    assert any(note.startswith("height_m: read from 塔高") for note in match.notes)


def test_a_given_header_that_is_not_there_is_a_problem_with_near_names():
    match = matched("站名 经度 纬度", given={"name": "站名称", "hight_m": "经度", "lat": " 纬 度 "})
    assert [problem.column for problem in match.problems] == ["name", "hight_m"]
    assert "站名" in match.problems[0].remedy
    assert "height_m" in match.problems[1].remedy
    assert match.columns["lat"] == "纬度"


def test_the_power_of_a_reference_signal_is_not_the_power_of_a_sector():
    match = matched("小区名 RS功率 经度 纬度")
    assert "power_dbm" not in match.columns
    assert any("resource element" in note for note in match.notes)
    assert matched("小区名 RS功率", given={"power_dbm": "RS功率"}).columns["power_dbm"] == "RS功率"


def test_a_power_without_a_unit_is_told():
    assert any("states no unit" in note for note in matched("小区名 发射功率").notes)
    assert not any("states no unit" in note for note in matched("小区名 发射功率(dBm)").notes)


def test_a_whole_tilt_is_read_once():
    assert matched("小区名 下倾角").columns["mechanical_tilt_deg"] == "下倾角"
    both = matched("小区名 总下倾角 机械下倾角")
    assert both.columns["mechanical_tilt_deg"] == "机械下倾角"
    assert "electrical_tilt_deg" not in both.columns


# ------------------------------------------------------------------ numbers
@pytest.mark.parametrize(
    ("cell", "unit", "column", "value"),
    [
        ("30", "", "height_m", 30.0),
        ("３０．５", "", "height_m", 30.5),
        ("30米", "", "height_m", 30.0),
        ("30 m", "", "height_m", 30.0),
        ("1.2km", "", "height_m", 1200.0),
        ("1,234,567.5", "", "population", 1234567.5),
        ("1，234", "", "population", 1234.0),
        ("12 345", "", "population", 12345.0),
        ("−5", "", "mechanical_tilt_deg", -5.0),
        ("－5°", "", "mechanical_tilt_deg", -5.0),
        ("负5度", "", "mechanical_tilt_deg", -5.0),
        ("+5", "", "mechanical_tilt_deg", 5.0),
        ("1.2万", "", "population", 12000.0),
        ("1.2万", "万人", "population", 12000.0),
        ("1.2", "万人", "population", 12000.0),
        ("350人", "万人", "population", 350.0),
        ("20", "W", "power_dbm", 43.0103),
        ("20W", "", "power_dbm", 43.0103),
        ("43dBm", "W", "power_dbm", 43.0),
        ("100 mW", "", "power_dbm", 20.0),
        ("182", "0.1dBm", "power_dbm", 18.2),
        ("2.6", "GHz", "carrier_mhz", 2600.0),
        ("700MHz", "GHz", "carrier_mhz", 700.0),
        ("504990", "ARFCN", "carrier_mhz", 2524.95),
        ("512000", "kbps", "download_mbps", 512.0),
        ("220", "V", "voltage_kv", 0.22),
        ("6.02E+02", "", "radius_km", 602.0),
        ("15", "亩", "area_km2", 0.01),
    ],
)
def test_a_number_in_any_dress_is_its_value(cell, unit, column, value):
    values, unreadable = number_cells(cells(cell), unit=unit, column=column)
    assert not unreadable[0]
    assert values[0] == pytest.approx(value, abs=1e-4, rel=1e-9)


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "30-35",
        "约30",
        "12,34",
        "1,2345",
        "30米左右",
        "#N/A",
        "inf",
        "1e999",
        "30kg",
        "1.2.3",
        "--5",
    ],
)
def test_what_is_no_number_is_unreadable(cell):
    values, unreadable = number_cells(cells("1", cell), column="height_m")
    assert unreadable.tolist() == [False, True]
    assert np.isnan(values[1])


@pytest.mark.parametrize("cell", ["", "-", "—", "无", "NULL", "nan", "/", "N/A"])
def test_a_word_for_nothing_is_empty(cell):
    values, unreadable = number_cells(cells("1", cell), column="height_m")
    assert not unreadable.any()
    assert np.isnan(values[1])


def test_no_power_has_no_level():
    values, unreadable = number_cells(cells("0", "-1", "20"), unit="W", column="power_dbm")
    assert unreadable.tolist() == [True, True, False]
    assert np.isnan(values[:2]).all()


def test_a_unit_that_does_not_fit_is_unreadable():
    _, unreadable = number_cells(cells("30", "31"), unit="W", column="height_m")
    assert unreadable.all()


DRESSES = [
    repr,
    lambda n: f"{n!r}".translate(str.maketrans("0123456789.-", "０１２３４５６７８９．－")),
    lambda n: f" {n!r} ",
    lambda n: f"{n!r}m",
    lambda n: f"{n!r} 米",
    lambda n: f"{n!r}".replace("-", "−"),
    lambda n: f"+{n!r}" if n >= 0 else repr(n),
]


@given(
    numbers=st.lists(
        st.one_of(
            st.integers(-(10**9), 10**9),
            st.floats(-1e9, 1e9, allow_nan=False).filter(lambda n: "e" not in repr(n)),
        ),
        min_size=1,
        max_size=20,
    ),
    dress=st.sampled_from(DRESSES),
)
def test_any_number_in_any_dress_reads_back_equal(numbers, dress):
    values, unreadable = number_cells(cells(*(dress(n) for n in numbers)), column="height_m")
    assert not unreadable.any()
    assert values.tolist() == [float(n) for n in numbers]


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1))
def test_thousands_read_back_equal(numbers):
    values, unreadable = number_cells(cells(*(f"{n:,}" for n in numbers)), column="population")
    assert not unreadable.any()
    assert values.tolist() == [float(n) for n in numbers]


@given(st.lists(st.sampled_from(["1", "2.5", "", "-", "30米", "x", "４", "nan", "+3"]), min_size=1))
def test_a_cell_reads_the_same_alone_and_among_others(texts):
    values, unreadable = number_cells(cells(*texts), column="height_m")
    alone = [number_cells(cells(text), column="height_m") for text in texts]
    np.testing.assert_array_equal(values, [one[0][0] for one in alone])
    assert unreadable.tolist() == [bool(one[1][0]) for one in alone]


# ------------------------------------------------------------------ degrees
@pytest.mark.parametrize(
    "cell",
    [
        "118°35'12\"", "118°35′12″", "118º35’12”", "118度35分12秒", "118°35'12''", "118:35:12", "118 35 12",
        "118-35-12", "E118°35'12\"", "118°35'12\"E", "东经118°35′12″", "１１８°３５′１２″", "118° 35' 12\"",
        "118°35.2'", "118.5866666667", "118.5866666667°", "E118.5866666667", "118.5866666667E", "东经118.5866666667度",
        "118.5866666667东", "e 118.5866666667", "东经118.5866666667°E", "118。5866666667",
    ],
)  # fmt: skip
def test_a_longitude_in_any_form_is_its_degrees(cell):
    values, unreadable, _ = degree_cells(cells(cell), axis="lon")
    assert not unreadable[0]
    assert values[0] == pytest.approx(118 + 35 / 60 + 12 / 3600, abs=1e-9)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("W118.5", -118.5),
        ("24.9S", -24.9),
        ("南纬24.9", -24.9),
        ("-0°30'0\"", -0.5),
        ("658123.45", 658123.45),
        ("39,658,123.4", 39658123.4),
    ],
)
def test_signs_and_metres_stay(cell, value):
    values, unreadable, _ = degree_cells(cells(cell), axis="lon")
    assert not unreadable[0]
    assert values[0] == pytest.approx(value)


@pytest.mark.parametrize(
    "cell",
    [
        "118°75'0\"",
        "118°35'61\"",
        "118.35.12",
        "x",
        "E118.5W",
        "118度半",
        "200°10'0\"",
        "W-118.5",
        "118,5867",
    ],
)
def test_what_is_no_angle_is_unreadable(cell):
    values, unreadable, _ = degree_cells(cells("118.5", cell), axis="lon")
    assert unreadable.tolist() == [False, True]
    assert np.isnan(values[1])


def test_minutes_and_a_letter_of_the_other_axis_are_told():
    _, _, notes = degree_cells(cells("118°35'12\"", "N24.9", "24.9"), axis="lon")
    assert notes[0] == "lon: 1 cell of degrees, minutes and seconds read as decimal degrees"
    assert notes[1] == "lon: N or S stands in 1 cell: perhaps the columns are exchanged"
    assert degree_cells(cells("118.5", ""), axis="lon")[2] == ()


@given(
    st.lists(
        st.tuples(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59_999)), min_size=1
    ),
    st.sampled_from(
        ["{}°{}'{}\"", "{}度{}分{}秒", "{}:{}:{}", "{} {} {}", "E{}°{}′{}″", "{}°{}'{}\"E"]
    ),
)
def test_any_angle_in_any_form_reads_back_equal(angles, form):
    texts = [form.format(d, m, s / 1000) for d, m, s in angles]
    values, unreadable, _ = degree_cells(cells(*texts), axis="lon")
    assert not unreadable.any()
    np.testing.assert_allclose(values, [d + m / 60 + s / 3.6e6 for d, m, s in angles], atol=1e-12)


@pytest.mark.parametrize(
    "cell",
    ["118.6,24.9", "118.6，24.9", "(118.6, 24.9)", "118.6 24.9", "118.6;24.9", "N24.9 E118.6", "E118.6N24.9", "118.6E 24.9N",
     "东经118.6度北纬24.9度", "POINT(118.6 24.9)", "24.9N,118.6E", "118.6/24.9"],
)  # fmt: skip
def test_two_coordinates_in_one_cell_are_parted(cell):
    first, second, lost = pair_cells(cells(cell))
    assert not lost[0]
    assert degree_cells(first, axis="lon")[0][0] == pytest.approx(118.6)
    assert degree_cells(second, axis="lat")[0][0] == pytest.approx(24.9)


def test_two_coordinates_without_letters_keep_their_order():
    first, second, lost = pair_cells(cells("24.9,118.6", "", "118.6", "a,b"))
    assert first.tolist() == ["24.9", "", "", ""]
    assert second.tolist() == ["118.6", "", "", ""]
    assert lost.tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("cell", "places"),
    [("118", 0), ("118.6", 1), ("118.586700", 6), ("", 0), ("1.18E+02", 0), ("1.185867E+02", 4), ("118°35'12\"", 3),
     ("118°35'12.34\"", 5), ("118°35'", 1), ("E118.58", 2), ("１１８．５", 1), ("x", 0)],
)  # fmt: skip
def test_decimals_are_those_that_are_written(cell, places):
    assert decimal_places(cells(cell)).tolist() == [places]
    assert decimal_places(cells(cell, "1.25")).tolist() == [places, 2]
    assert decimal_places(cells(cell, "118°35'12\"")).tolist() == [places, 3]


# ------------------------------------------------------------------ words
@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("宏站", "macro"), ("宏", "macro"), ("5G宏站", "macro"), ("地面宏站", "macro"), ("Macro", "macro"),
        ("微站", "micro"), ("微", "micro"), ("小站", "micro"), ("灯杆站", "micro"), ("杆微", "micro"),
        ("室分", "indoor"), ("室内分布系统", "indoor"), ("室内", "indoor"), ("Indoor", "indoor"), ("皮基站", "indoor"),
        ("宏微一体", None), ("室外", None), ("宏站/室分", None), ("其他", None), ("", ""), ("-", ""),
    ],
)  # fmt: skip
def test_the_kind_of_a_site_is_said_in_many_words(cell, kind):
    words, unreadable = word_cells(cells(cell), SITES.column("kind"))
    assert (None if unreadable[0] else words[0]) == kind


@pytest.mark.parametrize(
    ("cell", "carriers"),
    [
        ("700M", "700"), ("2.6GHz", "2600"), ("3.5G", "3500"), ("700", "700"), ("2600.0", "2600"), ("4900MHz", "4900"),
        ("n28", "700"), ("N41", "2600"), ("n78", "3500"), ("B3", "1800"), ("band 8", "900"), ("n28、n41", "700;2600"),
        ("700M+2.6G", "700;2600"), ("2600;700", "700;2600"), ("2600,700", "700;2600"), ("700/700", "700"),
        ("D频段", "2600"), ("E频段、F频段", "1900;2300"), ("FDD1800/FDD900", "900;1800"), ("L2100", "2100"), ("NR700", "700"),
        ("5G-2.6G", "2600"), ("电信800M", "800"), ("GSM900", "900"), ("n258", "26000"), ("1.8G 2.1G", "1800;2100"),
        ("C-band", "3500"), ("Q", None), ("100", None), ("高频", None), ("n999", None), ("2,6", None), ("", ""), ("-", ""),
    ],
)  # fmt: skip
def test_carriers_are_megahertz_in_order(cell, carriers):
    words, unreadable = word_cells(cells(cell), SITES.column("carriers"))
    assert (None if unreadable[0] else words[0]) == carriers


def test_carriers_follow_the_unit_of_their_header():
    column = SITES.column("carriers")
    assert word_cells(cells("2.6;26", "700M"), column, unit="GHz")[0].tolist() == [
        "2600;26000",
        "700",
    ]
    assert word_cells(cells("504990", "1300"), column, unit="ARFCN")[0].tolist() == ["2600", "1800"]


@pytest.mark.parametrize(
    ("number", "carrier"),
    [(504990, 2524.95), (627264, 3408.96), (723360, 4850.4), (152650, 763.25), (1300, 1815.0), (37900, 2585.0), (38400, 1895.0),
     (100, 2120.0), (3590, 939.0), (2452, 874.2), (38950, 2330.0), (1800, None), (2600, None), (70000, None), (1300.5, None), (-1, None)],
)  # fmt: skip
def test_a_channel_number_is_its_frequency(number, carrier):
    assert carrier_of_channel(number) == carrier


@pytest.mark.parametrize(
    ("table", "column", "cell", "word"),
    [
        (SECTORS, "technology", "5G", "NR"),
        (SECTORS, "technology", "TD-LTE", "LTE"),
        (SECTORS, "technology", "nb-iot", "NB-IoT"),
        (SECTORS, "technology", "GSM", "other"),
        (SECTORS, "technology", "4G/5G", None),
        (TOWNSHIPS, "type", "街道办事处", "街道"),
        (TOWNSHIPS, "relief", "山区", "mountain"),
        (TOWNSHIPS, "provenance", "实测", "surveyed"),
        (VILLAGES, "kind", "居委会", "community"),
        (VILLAGES, "kind", "行政村", "village_committee"),
        (VILLAGES, "urban_rural_class", "镇中心区", "121"),
        (VILLAGES, "urban_rural_class", "220", "220"),
        (VILLAGES, "urban_rural_class", "999", None),
        (PROTECTED, "kind", "文物保护单位", "heritage"),
        (TABLES["data_centres"], "role", "核心机房", "core"),
        (COUNTIES, "in_denominator", "是", "true"),
        (COUNTIES, "in_denominator", "否", "false"),
        (COUNTIES, "in_denominator", "也许", None),
        (SITES, "operator", "中国移动", "中国移动"),
        (SITES, "note" if SITES.column("note") else "owner", "-", "-"),
    ],
)
def test_words_become_those_of_the_schema(table, column, cell, word):
    words, unreadable = word_cells(cells(cell), table.column(column))
    assert (None if unreadable[0] else words[0]) == word


def test_every_word_of_the_schema_is_itself():
    for table in ALL_TABLES.values():
        for column in table.columns:
            if column.words:
                words, unreadable = word_cells(cells(*column.words), column)
                assert words.tolist() == list(column.words)
                assert not unreadable.any()


def test_an_index_is_kept_and_missing_cells_are_empty():
    column = SITES.column("kind")
    words, _ = word_cells(pd.Series(["宏站", "微站"], index=[5, 9], dtype="str"), column)
    assert words.index.tolist() == [5, 9]
    values, unreadable = number_cells(pd.Series([], dtype="str"), column="height_m")
    assert len(values) == len(unreadable) == 0
    assert len(decimal_places(pd.Series([], dtype="str"))) == 0
