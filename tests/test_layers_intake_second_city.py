"""The least that a city of which nothing is embedded needs comes in through the same door."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting.errors import DataError
from siting.layers import RasterOptions, check_layers, import_layer, read_layers
from siting.workspace.empty import new_empty_workspace
from tests.second_city import write_boundary, write_people, write_register


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Return the empty folder of layers of a new city; the files to import lie beside it."""
    new_empty_workspace(tmp_path / "city")
    for write in (write_boundary, write_people, write_register):
        write(tmp_path)
    return tmp_path / "city" / "layers"


def test_a_boundary_people_and_a_register_are_a_city(city: Path, tmp_path: Path) -> None:
    import_layer(
        tmp_path / "counties.geojson", layer="counties", directory=city, provenance="official"
    )
    import_layer(
        tmp_path / "population.tif",
        layer="population",
        directory=city,
        raster=RasterOptions(fill="zero"),
    )
    report = import_layer(tmp_path / "sites.csv", layer="sites", directory=city, datum="wgs84")
    layers = read_layers(city, crs="auto")

    assert report.rows_written == 60
    assert layers.crs == "EPSG:32632"
    assert layers.counties["code"].tolist() == ["C01"]
    assert layers.sites is not None
    assert not check_layers(city, crs="auto").problems


def test_codes_that_a_plan_makes_are_not_asked_for(city: Path, tmp_path: Path) -> None:
    boundary = tmp_path / "counties.geojson"
    with pytest.raises(DataError) as raised:
        import_layer(boundary, layer="counties", directory=city)
    assert [problem.column for problem in raised.value.problems] == ["provenance"]

    done = import_layer(boundary, layer="counties", directory=city, provenance="official")
    assert "code is not in the file: a plan makes it, and says so" in done.notes


def test_a_city_with_codes_asks_for_those_of_new_villages(tmp_path: Path) -> None:
    from tests.planner_files import copy_town, write_csv

    town = copy_town(tmp_path)
    rows = [["name", "lon", "lat"], ["虚构村", "118.47", "24.9"]]
    path = write_csv(tmp_path / "villages.csv", rows)
    with pytest.raises(DataError, match="no column of the file gives code"):
        import_layer(path, layer="villages", directory=town, datum="wgs84", provenance="official")
