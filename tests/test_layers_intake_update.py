"""An update changes the rows that it finds, keeps the rest, and says which it does not find."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import pytest

from siting.errors import ConfigurationError, DataError
from siting.layers import check_layers, read_layers
from siting.layers.intake import import_layer, remove_layer
from tests.layer_edits import set_cell
from tests.planner_files import contents, copy_town, write_csv


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


def updated(town: Path, rows: list[list[str]], layer: str = "villages", **options: object):
    path = write_csv(town.parent / "new.csv", rows)
    given = {"datum": "wgs84", "provenance": "surveyed", "update": True} | options
    return import_layer(path, layer=layer, directory=town, **given)


def listed(town: Path, layer: str) -> dict[str, dict[str, str]]:
    with (town / f"{layer}.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


POINTS = [
    ["code", "lon", "lat"],
    ["990101001001", "118.4761", "24.9061"],
    ["990101001002", "118.4772", "24.9052"],
]


def test_villages_get_their_surveyed_points_and_keep_the_rest(town: Path) -> None:
    before = listed(town, "villages")
    report = updated(town, POINTS)
    table = gpd.read_file(town / "villages.gpkg").set_index("code")

    assert (report.rows_read, report.rows_written) == (2, 2)
    assert len(table) == len(before)
    assert table.loc["990101001001"].geometry.coords[0] == (118.4761, 24.9061)
    assert table.loc["990101001001", "provenance"] == "surveyed"
    assert table.loc["990101001001", "name"] == "虚构一社区"
    assert table.geometry.notna().sum() == 2
    others = table.drop(index=["990101001001", "990101001002"])
    assert set(others["provenance"]) == {"modelled"}
    for code, row in before.items():
        assert table.loc[code, "urban_rural_class"] == row["urban_rural_class"]


def test_an_updated_village_is_no_longer_modelled(town: Path) -> None:
    before = read_layers(town).villages
    updated(town, POINTS)
    after = read_layers(town).villages

    assert (before["provenance"] == "modelled").sum() - (
        after["provenance"] == "modelled"
    ).sum() == 2
    point = after.set_index("code").to_crs("EPSG:4326").loc["990101001001"].geometry
    assert abs(point.x - 118.4761) < 1e-8
    assert not check_layers(town).problems


def test_rows_are_found_by_name_within_their_township(town: Path) -> None:
    rows = [
        ["乡镇代码", "村名", "经度", "纬度"],
        ["990101001", "虚构一社区", "118.4761", "24.9061"],
        ["990101100", "虚构一社区", "118.4762", "24.9062"],
        ["", "无此村", "118.4763", "24.9063"],
        ["", "虚构二社区", "118.4764", "24.9064"],
    ]
    report = updated(town, rows)
    told = {problem.row: problem.what for problem in report.problems}

    assert report.rows_written == 2
    assert told == {
        3: "'虚构一社区' is no name of the layer",
        4: "'无此村' is no name of the layer",
    }


def test_a_name_that_several_rows_have_is_not_guessed(town: Path) -> None:
    path = town / "villages.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("虚构二社区", "虚构一社区"), encoding="utf-8"
    )
    rows = [
        ["name", "lon", "lat"],
        ["虚构一社区", "118.476", "24.906"],
        ["虚构三村", "118.44", "24.92"],
    ]
    with pytest.raises(DataError, match="2 rows of the layer villages are called 虚构一社区"):
        updated(town, rows[:2])


def test_a_row_that_is_updated_twice_is_rejected(town: Path) -> None:
    header = ["code", "name", "lon", "lat"]
    rows = [
        ["990101001001", "", "118.4761", "24.9061"],
        ["", "虚构一社区", "118.4771", "24.9061"],
        ["990101001002", "", "118.4772", "24.9052"],
        ["990101001002", "", "118.4773", "24.9052"],
    ]
    report = updated(town, [header, *rows])
    assert [(problem.row, problem.what) for problem in report.problems] == [
        (5, "990101001002 stands in row 4 already"),
        (3, "row 2 updates the same place"),
    ]
    table = gpd.read_file(town / "villages.gpkg").set_index("code")
    assert table.loc["990101001001"].geometry.x == 118.4761


def test_facts_are_updated_without_coordinates(town: Path) -> None:
    rows = [["code", "population"], ["990101001001", "1234"]]
    updated(town, rows, provenance="official")
    table = gpd.read_file(town / "villages.gpkg").set_index("code")
    assert table.loc["990101001001", "population"] == 1234.0
    assert table.geometry.isna().all()


def test_blank_cells_update_nothing(town: Path) -> None:
    rows = [["code", "name", "population"], ["990101001001", "", "5"]]
    updated(town, rows)
    assert (gpd.read_file(town / "villages.gpkg")["name"] == "虚构一社区").sum() == 1


def test_counties_get_new_outlines_and_keep_their_facts(town: Path, tmp_path: Path) -> None:
    facts = listed(town, "counties")
    drawn = gpd.read_file(town / "counties.geojson")
    drawn.to_file(tmp_path / "outline.gpkg", layer="outline", engine="pyogrio")
    import_layer(
        tmp_path / "outline.gpkg",
        layer="counties",
        directory=town,
        datum="wgs84",
        provenance="official",
        update=True,
    )
    table = gpd.read_file(town / "counties.gpkg").set_index("code")

    assert table["name"].to_dict() == {code: row["name"] for code, row in facts.items()}
    assert set(table["provenance"]) == {"official"}
    assert not (town / "counties.csv").exists()
    assert not check_layers(town).problems


def test_updating_twice_changes_nothing_and_is_taken_back(town: Path) -> None:
    before = contents(town)
    updated(town, POINTS)
    once = contents(town)
    assert not updated(town, POINTS).changed
    assert contents(town) == once

    remove_layer("villages", directory=town)
    assert contents(town) == before


def test_an_update_asks_how_its_rows_are_known(town: Path) -> None:
    with pytest.raises(DataError, match="--provenance surveyed"):
        updated(town, POINTS, provenance="")


def test_layers_without_codes_are_not_updated(town: Path) -> None:
    with pytest.raises(ConfigurationError, match="no code or name to find them by"):
        updated(town, POINTS, layer="roads")


def test_an_update_leaves_the_kind_of_a_village_as_it_is_known(town: Path) -> None:
    before = listed(town, "villages")["990101001001"]
    assert (before["name"], before["kind"]) == ("虚构一社区", "community")
    set_cell(town / "villages.csv", 2, "kind", "other")
    report = updated(town, [["code", "name", "population"], ["990101001001", "虚构一社区", "900"]])
    table = gpd.read_file(town / "villages.gpkg").set_index("code")
    assert table.loc["990101001001", "kind"] == "other"
    assert not any(note.startswith("kind: ") for note in report.notes)


def test_a_file_that_only_updates_is_told_of_update(town: Path) -> None:
    path = write_csv(town.parent / "people.csv", [["code", "population"], ["990101001001", "900"]])
    with pytest.raises(DataError, match="no column of the file gives name") as caught:
        import_layer(path, layer="villages", directory=town)
    note = "villages is there already: --update changes only what the file gives"
    assert caught.value.__notes__ == [note]
