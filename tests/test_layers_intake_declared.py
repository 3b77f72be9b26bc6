"""What a file says of its coordinates above its header or beside its places is heard."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from siting.errors import DataError
from siting.layers.datum.formulas import wgs84_to_gcj02
from siting.layers.intake import import_layer
from tests.command import siting
from tests.planner_files import add_roads, copy_town, gcj02_register, register, truth, write_csv

COUNT = 40


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


def titled(town: Path, title: str, rows: list[list[str]]) -> Path:
    return write_csv(town.parent / "台账.csv", [[title], *rows])


def test_a_title_that_names_the_datum_is_what_the_file_declares(town: Path) -> None:
    rows, lon, lat = gcj02_register(COUNT)
    add_roads(town)
    report = import_layer(titled(town, "坐标系：GCJ-02(高德)", rows), layer="sites", directory=town)
    sites = gpd.read_file(town / "sites.gpkg")
    assert report.datum == "GCJ-02"
    assert np.hypot(sites.geometry.x - lon, sites.geometry.y - lat).max() < 1e-5


def test_a_title_that_contradicts_the_ground_is_asked_about(town: Path) -> None:
    rows, _, _ = gcj02_register(COUNT)
    add_roads(town)
    path = titled(town, "坐标系统：WGS84", rows)
    with pytest.raises(DataError, match="--datum"):
        import_layer(path, layer="sites", directory=town)


def test_a_title_that_names_a_survey_datum_is_refused(town: Path) -> None:
    path = titled(town, "坐标系：北京54", register(*truth(COUNT)))
    with pytest.raises(DataError, match="Beijing 1954, whose shift to WGS 84 is not public"):
        import_layer(path, layer="sites", directory=town)


@pytest.mark.parametrize("title", ["高德科技基站台账", "坐标已复核", "北京54号院项目"])
def test_a_title_that_only_sounds_like_a_datum_declares_nothing(town: Path, title: str) -> None:
    add_roads(town)
    path = titled(town, title, register(*truth(COUNT)))
    assert import_layer(path, layer="sites", directory=town).datum == "WGS 84"


def test_a_question_comes_with_the_evidence_that_left_it_open(town: Path) -> None:
    path = write_csv(town.parent / "deep.csv", register(*truth(COUNT)))
    with pytest.raises(DataError) as caught:
        import_layer(path, layer="sites", directory=town)
    assert any(line.startswith("roads: ") for line in caught.value.__notes__)

    done = siting("layers", "import", path, "--as", "sites", "--layers", town)
    assert done.returncode == 3
    assert "\n  roads: " in done.stderr


def test_the_marks_of_ovkml_part_a_file_that_mixes_two_datums(town: Path) -> None:
    add_roads(town)
    lon, lat = truth(160)
    x, y = wgs84_to_gcj02(lon, lat)
    marks = ["GCJ02" if k % 2 else "CGCS2000" for k in range(len(lon))]
    places = [
        f"<Placemark><name>虚构{k}</name><OvCoordType>{mark}</OvCoordType><Point><coordinates>"
        f"{x[k] if k % 2 else lon[k]:.7f},{y[k] if k % 2 else lat[k]:.7f}</coordinates></Point></Placemark>"
        for k, mark in enumerate(marks)
    ]
    path = town.parent / "标注.ovkml"
    path.write_text(f"<kml><Document>{''.join(places)}</Document></kml>", encoding="utf-8")
    said = {"kind": "macro", "stations": "1", "carriers": "3500", "height_m": "30"}
    report = import_layer(path, layer="sites", directory=town, constants=said)
    sites = gpd.read_file(town / "sites.gpkg")
    order = sites["name"].str.removeprefix("虚构").astype(int).to_numpy()
    assert (report.rows_written, set(report.datum.split(" + "))) == (160, {"GCJ-02", "WGS 84"})
    assert np.hypot(sites.geometry.x - lon[order], sites.geometry.y - lat[order]).max() < 1e-5
