"""A table of sectors (工参) becomes one row per site and one per sector."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from siting.errors import DataError
from siting.layers import check_layers, read_layers
from siting.layers.intake import import_layer, remove_layer
from tests.planner_files import contents, copy_town, write_csv

HEADER = [
    "基站名称", "小区名称", "CGI", "经度", "纬度", "方位角", "机械下倾角", "电子下倾角", "挂高", "频段", "制式",
    "运营商", "站型", "发射功率(W)", "PCI",
]  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


def sector(
    site: str, number: int, lon: str = "118.4700000", band: str = "3.5G", **cells: str
) -> list[str]:
    row = {
        "基站名称": site, "小区名称": f"{site}-{number}扇区", "CGI": f"460-00-{site}-{number}", "经度": lon,
        "纬度": "24.9000000", "方位角": str(120 * number % 360), "机械下倾角": "3", "电子下倾角": "6",
        "挂高": "30", "频段": band, "制式": "5G", "运营商": "移动", "站型": "宏站", "发射功率(W)": "200",
        "PCI": str(number),
    }  # fmt: skip
    return [{**row, **cells}[name] for name in HEADER]


def imported(town: Path, rows: list[list[str]], **options: object):
    path = write_csv(town.parent / "工参.csv", [HEADER, *rows])
    report = import_layer(path, layer="sites", directory=town, datum="wgs84", **options)
    return report, gpd.read_file(town / "sites.gpkg"), gpd.read_file(town / "sectors.gpkg")


THREE = [sector("虚构甲", k) for k in (1, 2, 3)]
OTHER = [sector("虚构乙", k, lon="118.5200000") for k in (1, 2)]


def test_sectors_are_joined_to_sites(town: Path) -> None:
    report, sites, sectors = imported(town, [*THREE, *OTHER])

    assert report.files == ("sites.gpkg", "sectors.gpkg")
    assert (report.rows_read, report.rows_written, report.sector_rows) == (5, 2, 5)
    assert sites["site_id"].tolist() == ["虚构甲", "虚构乙"]
    assert sites["kind"].tolist() == ["macro", "macro"]
    assert sites["carriers"].tolist() == ["3500", "3500"]
    assert sectors["site_id"].tolist() == ["虚构甲"] * 3 + ["虚构乙"] * 2
    assert sectors["azimuth_deg"].tolist()[:3] == [120.0, 240.0, 0.0]
    assert sectors["technology"].unique().tolist() == ["NR"]
    assert sectors["power_dbm"].round(2).tolist() == [53.01] * 5
    assert not check_layers(town).problems
    assert "sectors" in read_layers(town).wide


def test_stations_are_the_pairs_of_operator_and_carrier(town: Path) -> None:
    rows = [
        sector("虚构甲", 1),
        sector("虚构甲", 2, 频段="700M", 挂高="25"),
        sector("虚构甲", 3, 运营商="电信"),
    ]
    report, sites, _ = imported(town, [*rows, *OTHER])

    assert sites["stations"].tolist() == [3, 1]
    assert sites["carriers"].tolist() == ["700;3500", "3500"]
    assert sites["operator"].tolist() == ["电信;移动", "移动"]
    assert sites["height_m"].tolist() == [30.0, 30.0]
    assert any(note.startswith("stations: ") for note in report.notes)
    assert any(note.startswith("height_m differs") for note in report.notes)


def test_a_site_whose_sectors_lie_apart_is_rejected(town: Path) -> None:
    far = [sector("虚构丙", 1), sector("虚构丙", 2, lon="118.4708000")]
    near = [sector("虚构丁", 1), sector("虚构丁", 2, lon="118.4701000")]
    report, sites, sectors = imported(town, [*THREE, *far, *near])

    assert sites["site_id"].tolist() == ["虚构甲", "虚构丁"]
    assert len(sectors) == 5
    assert {problem.row for problem in report.problems} == {5, 6}
    assert "lie up to 81 m apart" in report.problems[0].what
    assert any("1 site whose sectors differ" in note for note in report.notes)


def test_a_sector_listed_twice_is_rejected(town: Path) -> None:
    report, sites, sectors = imported(town, [*THREE, THREE[1], *OTHER])
    assert (len(sites), len(sectors)) == (2, 5)
    assert report.problems[0].what == "460-00-虚构甲-2 stands in an earlier row already"


def test_a_bad_sector_leaves_the_others_of_its_site(town: Path) -> None:
    bad = sector("虚构甲", 3, 方位角="400")
    report, sites, sectors = imported(town, [*THREE[:2], bad, *OTHER])
    assert (len(sites), len(sectors)) == (2, 4)
    assert report.problems[0].what == "400 is too large"


def test_a_table_of_sectors_without_kinds_asks_for_them(town: Path) -> None:
    keep = [k for k, name in enumerate(HEADER) if name != "站型"]
    rows = [[row[k] for k in keep] for row in [HEADER, *THREE]]
    path = write_csv(town.parent / "工参.csv", rows)
    with pytest.raises(DataError, match="--set kind=macro"):
        import_layer(path, layer="sites", directory=town, datum="wgs84")
    import_layer(path, layer="sites", directory=town, datum="wgs84", constants={"kind": "macro"})
    assert gpd.read_file(town / "sites.gpkg")["kind"].tolist() == ["macro"]


def test_sectors_go_with_their_sites(town: Path) -> None:
    before = contents(town)
    imported(town, [*THREE, *OTHER])
    with_sectors = contents(town)
    rows = [["站址编码", "站型", "站数", "频段", "挂高", "经度", "纬度"]]
    rows.append(["A1", "宏站", "1", "3500", "30", "118.47", "24.9"])
    plain = write_csv(town.parent / "plain.csv", rows)
    report = import_layer(plain, layer="sites", directory=town, datum="wgs84")

    assert set(report.replaced) == {"sites.gpkg", "sectors.gpkg"}
    assert not (town / "sectors.gpkg").exists()
    remove_layer("sites", directory=town)
    assert contents(town) == with_sectors
    remove_layer("sites", directory=town)
    assert contents(town) == before


def test_channel_numbers_become_carriers(town: Path) -> None:
    rows = [["站址编码", "站型", "站数", "频点", "挂高", "经度", "纬度"]]
    rows.append(["A1", "宏站", "1", "504990", "30", "118.47", "24.9"])
    path = write_csv(town.parent / "频点.csv", rows)
    import_layer(path, layer="sites", directory=town, datum="wgs84")
    assert gpd.read_file(town / "sites.gpkg")["carriers"].tolist() == ["2600"]


def test_carriers_take_the_unit_of_their_header(town: Path) -> None:
    rows = [["站址编码", "站型", "站数", "频段(GHz)", "挂高", "经度", "纬度"]]
    rows += [["A1", "宏站", "1", "2.6", "30", "118.47", "24.9"]]
    rows += [["A2", "宏站", "2", "2.6/3.5", "30", "118.48", "24.9"]]
    path = write_csv(town.parent / "频段.csv", rows)
    import_layer(path, layer="sites", directory=town, datum="wgs84")
    assert gpd.read_file(town / "sites.gpkg")["carriers"].tolist() == ["2600", "2600;3500"]


def test_cells_without_a_cgi_are_known_by_their_node_and_number(town: Path) -> None:
    rows = [["站址编码", "站型", "基站ID", "小区ID", "方位角", "频段", "挂高", "经度", "纬度"]]
    rows += [
        ["A1", "宏站", "5001", str(k), str(120 * k), "3.5G", "30", "118.47", "24.9"] for k in (1, 2)
    ]
    path = write_csv(town.parent / "小区.csv", rows)
    report = import_layer(path, layer="sites", directory=town, datum="wgs84")
    sectors = gpd.read_file(town / "sectors.gpkg")
    assert sectors["sector_id"].tolist() == ["5001-1", "5001-2"]
    assert sectors["小区ID"].tolist() == ["1", "2"]
    assert "sector_id: the number of the node and that of the cell in 2 rows" in report.notes


def register_with_twins(town: Path, *, lon: str) -> Path:
    """Return a register of which one id stands in two rows, the second at `lon`."""
    rows = [["站址编码", "站名", "站型", "站数", "制式", "频段", "挂高", "经度", "纬度"]]
    rows += [
        [f"A{k}", f"虚构{k}", "宏站", "1", "5G", "3.5G", "30", f"118.4{k}", "24.9"]
        for k in range(1, 8)
    ]
    rows.append(["A1", "虚构1", "宏站", "1", "4G", "700M", "30", lon, "24.9"])
    return write_csv(town.parent / "台账.csv", rows)


def test_an_id_given_twice_does_not_make_a_register_a_table_of_sectors(town: Path) -> None:
    path = register_with_twins(town, lon="118.55")
    report = import_layer(path, layer="sites", directory=town, datum="wgs84")
    assert report.files == ("sites.gpkg", "sites.rejected.csv")
    assert (report.rows_written, report.sector_rows) == (7, 0)
    assert [(problem.row, problem.column) for problem in report.problems] == [(9, "site_id")]


def test_two_carriers_at_one_place_are_one_site(town: Path) -> None:
    path = register_with_twins(town, lon="118.41")
    report = import_layer(path, layer="sites", directory=town, datum="wgs84")
    assert (report.rows_written, report.sector_rows, report.rows_rejected) == (7, 8, 0)


def test_what_a_note_says_of_map_may_be_written(town: Path) -> None:
    rows = [["站址编码", "站型", "站数", "频点", "中心频点", "挂高", "经度", "纬度"]]
    rows.append(["A1", "宏站", "1", "504990", "630000", "30", "118.47", "24.9"])
    path = write_csv(town.parent / "两个频点.csv", rows)
    report = import_layer(path, layer="sites", directory=town, datum="wgs84")
    (note,) = [note for note in report.notes if "takes another" in note]
    assert note == "carrier_mhz: 频点 read, 中心频点 left; --map carrier_mhz=HEADER takes another"
    import_layer(
        path, layer="sites", directory=town, datum="wgs84", columns={"carrier_mhz": "中心频点"}
    )
