"""Every row is written as it is meant, or rejected with all its reasons; nothing is guessed unsaid."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from siting.errors import DataError
from siting.layers import check_layers, read_layers
from siting.layers.intake import ImportReport, import_layer
from tests.planner_files import copy_town, write_csv

HEADER = ["site_id", "name", "kind", "stations", "carriers", "height_m", "lon", "lat"]
GOOD = ["A1", "甲", "macro", "2", "700;3500", "30", "118.47", "24.90"]
GOOD_TOO = ["A2", "乙", "micro", "1", "3500", "10", "118.48", "24.91"]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


def sites(town: Path, *rows: list[str], header: list[str] = HEADER, **options: object):
    """Import rows as a register in WGS 84."""
    path = write_csv(town.parent / "r.csv", [header, *rows])
    return import_layer(path, layer="sites", directory=town, datum="wgs84", **options)


def changed(**cells: str) -> list[str]:
    """Return a good row with single cells changed."""
    row = dict(zip(HEADER, GOOD, strict=True)) | {"site_id": "B9"} | cells
    return [row[name] for name in HEADER]


def reasons(report: ImportReport) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.column, problem.what) for problem in report.problems]


@pytest.mark.parametrize(
    ("cells", "column", "what"),
    [
        ({"stations": "two"}, "stations", "'two' is not a number"),
        ({"stations": "1.5"}, "stations", "1.5 is not a whole number"),
        ({"stations": "0"}, "stations", "0 is too small"),
        ({"stations": "101"}, "stations", "101 is too large"),
        ({"stations": ""}, "stations", "is empty"),
        ({"height_m": "-3"}, "height_m", "-3 is negative"),
        ({"height_m": "900"}, "height_m", "900 is too large"),
        ({"kind": "huge"}, "kind", "unknown kind 'huge'"),
        ({"kind": ""}, "kind", "is empty"),
        ({"carriers": ""}, "carriers", "is empty"),
        ({"site_id": "A1"}, "site_id", "A1 stands in row 2 already"),
        ({"lon": ""}, "lon", "is empty although the other coordinate is given"),
        ({"lat": "north"}, "lat", "'north' is no coordinate"),
        ({"lon": "", "lat": ""}, "", "has no place"),
    ],
)
def test_a_row_is_rejected_with_its_reason(
    town: Path, cells: dict[str, str], column: str, what: str
) -> None:
    report = sites(town, GOOD, changed(**cells), GOOD_TOO)

    assert (3, column, what) in reasons(report)
    assert (report.rows_written, report.rows_rejected) == (2, 1)
    assert gpd.read_file(town / "sites.gpkg")["site_id"].tolist() == ["A1", "A2"]


def test_a_point_far_from_the_city_is_rejected_and_the_others_are_written(town: Path) -> None:
    report = sites(town, GOOD, changed(lon="121.47", lat="31.23"), GOOD_TOO)
    assert (report.rows_written, report.rows_rejected) == (2, 1)
    assert "km from the middle of the city" in report.problems[0].what


def test_all_reasons_of_a_row_stand_in_the_table_of_rejected_rows(town: Path) -> None:
    sites(town, GOOD, changed(stations="two", kind="huge", name="=cmd|' /C calc'!A0"), GOOD_TOO)
    content = (town / "sites.rejected.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # without it Excel takes UTF-8 for GBK
    with (town / "sites.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)

    assert row["row"] == "3"
    assert row["reasons"] == "kind: unknown kind 'huge'; stations: 'two' is not a number"
    assert row["remedies"] == "write one of macro, micro, indoor; write a number"
    assert row["name"] == "'=cmd|' /C calc'!A0"
    assert [row[name] for name in ("kind", "stations", "lon")] == ["huge", "two", "118.47"]


def test_too_many_rejected_rows_are_an_error_and_nothing_is_written(town: Path) -> None:
    bad = [changed(site_id=f"B{k}", kind="huge") for k in range(3)]
    with pytest.raises(DataError) as raised:
        sites(town, GOOD, *bad)
    first, *others = raised.value.problems

    assert first.what == "3 of 4 rows are rejected, more than 50%: nothing is written"
    assert first.remedy.endswith("--max-rejected 0.75")
    assert [problem.row for problem in others] == [3, 4, 5]
    assert not (town / "sites.gpkg").exists()
    assert sites(town, GOOD, *bad, max_rejected_share=0.75).rows_written == 1


def test_a_register_without_a_good_row_is_an_error(town: Path) -> None:
    with pytest.raises(DataError, match="every row is rejected: nothing is written"):
        sites(town, changed(kind="huge"), max_rejected_share=1.0)


def test_a_missing_column_is_asked_for_with_what_to_write(town: Path) -> None:
    keep = [k for k, name in enumerate(HEADER) if name not in ("kind", "stations")]
    header, row = [HEADER[k] for k in keep], [GOOD[k] for k in keep]
    with pytest.raises(DataError) as raised:
        sites(town, row, header=header)
    remedies = {problem.column: problem.remedy for problem in raised.value.problems}

    assert set(remedies) == {"kind", "stations"}
    assert remedies["kind"].endswith("--set kind=macro")
    report = sites(town, row, header=header, constants={"kind": "macro", "stations": "1"})
    assert "kind set to 'macro' in 1 row" in report.notes
    assert gpd.read_file(town / "sites.gpkg")["kind"].tolist() == ["macro"]


def test_what_is_set_fills_blank_cells_only(town: Path) -> None:
    report = sites(town, changed(kind=""), GOOD_TOO, constants={"kind": "indoor"})
    assert gpd.read_file(town / "sites.gpkg")["kind"].tolist() == ["indoor", "micro"]
    assert "kind set to 'indoor' in 1 row" in report.notes


def test_a_header_of_ones_own_is_mapped(town: Path) -> None:
    header = ["Ref", *HEADER[1:]]
    report = sites(town, GOOD, GOOD_TOO, header=header, columns={"site_id": "Ref"})
    assert report.rows_written == 2
    assert gpd.read_file(town / "sites.gpkg")["site_id"].tolist() == ["A1", "A2"]


def test_a_site_without_an_id_is_called_by_its_name_or_its_row(town: Path) -> None:
    rows = [row[1:] for row in (GOOD, GOOD_TOO, [*GOOD[:6], "118.5", "24.9"])]
    report = sites(town, *rows, header=HEADER[1:])
    ids = gpd.read_file(town / "sites.gpkg")["site_id"].tolist()

    assert ids == ["sites-2", "乙", "sites-4"]
    assert any(note.startswith("site_id made for 3 rows") for note in report.notes)


def test_sites_are_taken_as_surveyed_unless_said_otherwise(town: Path) -> None:
    report = sites(town, GOOD, GOOD_TOO)
    assert report.provenance == "surveyed"
    assert any("taken as surveyed" in note for note in report.notes)
    assert sites(town, GOOD, GOOD_TOO, provenance="approximate").provenance == "approximate"


def test_other_layers_ask_how_their_rows_are_known(town: Path) -> None:
    rows = [["id", "name", "lon", "lat"], ["P1", "虚构园", "118.48", "24.89"]]
    path = write_csv(town.parent / "parks.csv", rows)
    with pytest.raises(DataError, match="--provenance surveyed"):
        import_layer(path, layer="parks", directory=town, datum="wgs84")
    done = import_layer(
        path, layer="parks", directory=town, datum="wgs84", provenance="approximate"
    )
    assert done.provenance == "approximate"


def test_other_columns_are_kept_as_text_under_names_that_do_not_clash(town: Path) -> None:
    header = [*HEADER, "备注", "FID", "Carriers of old"]
    sites(town, [*GOOD, "好", "7", "900"], [*GOOD_TOO, "", "8", ""], header=header)
    table = gpd.read_file(town / "sites.gpkg")

    assert table["备注"].tolist()[0] == "好"
    assert table["FID_2"].tolist() == ["7", "8"]
    assert read_layers(town).sites is not None


def test_control_characters_are_taken_out_and_said(town: Path) -> None:
    report = sites(town, changed(name="甲\x07乙\u202e"), GOOD_TOO)
    assert gpd.read_file(town / "sites.gpkg")["name"].tolist() == ["甲乙", "乙"]
    assert any("control characters" in note for note in report.notes)


def test_a_county_given_by_name_becomes_its_code(town: Path) -> None:
    rows = [
        ["id", "name", "区县代码", "lon", "lat"],
        ["P1", "虚构园", "虚构西区", "118.48", "24.89"],
        ["P2", "虚构园二", "虚构东", "118.53", "24.90"],
        ["P3", "虚构园三", "", "118.531", "24.90"],
        ["P4", "虚构园四", "无此县", "118.532", "24.90"],
    ]
    path = write_csv(town.parent / "parks.csv", rows)
    report = import_layer(path, layer="parks", directory=town, datum="wgs84", provenance="surveyed")
    table = gpd.read_file(town / "parks.gpkg")

    assert table["county_code"].tolist() == ["990101", "990102", "990102"]
    assert reasons(report) == [(5, "county_code", "'无此县' is no name of the layer counties")]
    assert "county_code: found by the name of the unit in 2 rows" in report.notes
    assert "county_code: from the county's outline in 1 row" in report.notes
    assert not check_layers(town).problems


def test_villages_know_their_township_by_their_own_code(town: Path) -> None:
    rows = [
        ["code", "name", "城乡分类代码", "lon", "lat"],
        ["990101001001", "虚构一社区", "111", "118.476", "24.906"],
        ["990102100200", "虚构新村委会", "220", "118.53", "24.90"],
        ["880000000001", "虚构他村", "220", "118.53", "24.91"],
    ]
    path = write_csv(town.parent / "villages.csv", rows)
    report = import_layer(
        path, layer="villages", directory=town, datum="wgs84", provenance="surveyed"
    )
    table = gpd.read_file(town / "villages.gpkg")

    assert table["township_code"].tolist() == ["990101001", "990102100"]
    assert table["county_code"].tolist() == ["990101", "990102"]
    assert table["kind"].tolist() == ["community", "village_committee"]
    assert report.rows_rejected == 1


def test_a_village_outside_its_county_is_rejected(town: Path) -> None:
    header = ["code", "name", "township_code", "county_code", "urban_rural_class", "kind"]
    words = ["990101001", "990101", "111", "community"]
    rows = [
        [*header, "lon", "lat"],
        ["990101001001", "虚构一社区", *words, "118.476", "24.906"],
        ["990101001002", "虚构二社区", *words, "118.56", "24.90"],
    ]
    path = write_csv(town.parent / "villages.csv", rows)
    report = import_layer(
        path, layer="villages", directory=town, datum="wgs84", provenance="surveyed"
    )
    assert report.problems[0].row == 3
    assert "km outside county 990101" in report.problems[0].what


def test_two_townships_do_not_lie_at_one_place(town: Path) -> None:
    header = ["code", "name", "county_code", "uncertainty_km", "relief", "lon", "lat"]
    rows = [
        [f"99010110{k}", f"虚构{k}镇", "990101", "0.5", "平原", lon, "24.9"]
        for k, lon in enumerate(["118.44", "118.46", "118.46", ""])
    ]
    path = write_csv(town.parent / "townships.csv", [header, *rows])
    report = import_layer(
        path, layer="townships", directory=town, datum="wgs84", provenance="official"
    )
    assert {problem.row: problem.what for problem in report.problems} == {
        4: "lies where another township lies",
        5: "is empty although the other coordinate is given",
    }


def test_progress_stays_a_table_that_the_ledger_reads(town: Path) -> None:
    rows = [
        ["target", "date", "value", "unit", "source"],
        ["T-5G-TOTAL", "2025-06-30", "171", "站", "虚构月报"],
        ["T-5G-TOTAL", "2025-13-01", "172", "站", "虚构月报"],
        ["T-NONE", "2025-06-30", "1", "站", "虚构月报"],
    ]
    path = write_csv(town.parent / "progress_2025.csv", rows)
    report = import_layer(path, layer="progress", directory=town, max_rejected_share=0.7)
    progress = read_layers(town).progress

    assert progress is not None
    assert progress[["target", "value"]].to_numpy().tolist() == [["T-5G-TOTAL", 171.0]]
    assert {problem.row for problem in report.problems} == {3, 4}


def test_a_report_reads_in_a_notebook_as_on_the_terminal(town: Path) -> None:
    rows = [["站址编码", "站名", "站型", "站数", "频段", "挂高", "经度", "纬度"]]
    rows += [
        [f"A{k}", "甲", "宏站", "1" if k else "x", "3500", "30", "118.47", "24.9"] for k in range(3)
    ]
    path = write_csv(town.parent / "register.csv", rows)
    report = import_layer(path, layer="sites", directory=town, datum="wgs84")
    lines = repr(report).splitlines()
    assert lines[0] == "register.csv:2: stations: 'x' is not a number; write a number"
    assert lines[1] == "sites: sites.gpkg, sites.rejected.csv written"
    assert lines[2] == "rows: 3 read, 2 written, 1 rejected"
    assert repr(check_layers(town)).splitlines()[-1].endswith(" files, nothing wrong")


def test_numbers_that_a_programme_wrote_in_full_are_not_taken_for_rounded(town: Path) -> None:
    rng = np.random.default_rng(3)
    rows = [["站址编码", "站名", "站型", "站数", "频段", "挂高", "经度", "纬度"]]
    for k in range(200):
        x, y = 118.44 + 0.1 * rng.random(), 24.88 + 0.04 * rng.random()
        words = ["宏站", "1", "3500", "30", repr(x), repr(y)]
        rows += [[f"A{k}-{part}", f"虚构{k}", *words] for part in range(3)]  # as cells repeat it
    rows.append(["B1", "虚构", "宏站", "1", "3500", "30", "118.45", "24.9"])
    path = write_csv(town.parent / "full.csv", rows)
    report = import_layer(path, layer="sites", directory=town, datum="wgs84")
    assert report.rows_written == 600
    assert [problem.row for problem in report.problems] == [602]
