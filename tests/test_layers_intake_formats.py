"""A register in GCJ-02 lands where its sites are, whatever the file it comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from siting.errors import DataError
from siting.layers import read_layers
from siting.layers.intake import import_layer
from tests.planner_files import (
    add_roads,
    apart_m,
    copy_town,
    gcj02_register,
    write_csv,
    write_kml,
    write_xlsx,
)
from tests.town_study import study

Writer = Callable[[Path, list[list[str]]], Path]


def gbk(path: Path, rows: list[list[str]]) -> Path:
    return write_csv(path, rows, encoding="gbk")


WRITERS: dict[str, Writer] = {
    "register.xlsx": write_xlsx,
    "register.csv": gbk,
    "register.kml": write_kml,
    "register.ovkml": write_kml,
}


@pytest.mark.parametrize("datum", ["gcj02", "auto"])
@pytest.mark.parametrize("name", WRITERS)
def test_a_gcj02_register_lands_within_a_metre_of_the_truth(
    tmp_path: Path, name: str, datum: str
) -> None:
    town = copy_town(tmp_path)
    if datum == "auto":
        add_roads(town)
    rows, lon, lat = gcj02_register()
    report = import_layer(
        WRITERS[name](tmp_path / name, rows), layer="sites", directory=town, datum=datum
    )
    sites = gpd.read_file(town / "sites.gpkg")
    place = np.array([int(code[2:]) for code in sites["site_id"]])

    assert (report.rows_written, report.rows_rejected) == (200, 0)
    assert report.datum == "GCJ-02"
    assert apart_m(sites.geometry.x, sites.geometry.y, lon[place], lat[place]).max() < 1.0


def test_the_same_register_gives_the_same_sites_in_every_format(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    rows, _, _ = gcj02_register(30)
    columns = ["site_id", "name", "kind", "stations", "carriers", "height_m", "operator"]
    tables = []
    for name, write in WRITERS.items():
        import_layer(write(tmp_path / name, rows), layer="sites", directory=town, datum="gcj02")
        tables.append(gpd.read_file(town / "sites.gpkg")[columns])

    assert tables[0].iloc[0].tolist() == ["QZ0000", "虚构站0", "macro", 1, "700;3500", 25.0, "移动"]
    for table in tables[1:]:
        assert table.equals(tables[0])


def test_without_roads_the_datum_of_a_register_inside_the_outline_is_asked_for(
    tmp_path: Path,
) -> None:
    town = copy_town(tmp_path)
    rows, _, _ = gcj02_register(40)
    with pytest.raises(DataError, match=r"--datum wgs84, cgcs2000, gcj02 or bd09"):
        import_layer(write_csv(tmp_path / "r.csv", rows), layer="sites", directory=town)
    assert not (town / "sites.gpkg").exists()


def test_a_plan_is_made_with_an_imported_register(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    rows, _, _ = gcj02_register(60)
    import_layer(
        write_xlsx(tmp_path / "r.xlsx", rows), layer="sites", directory=town, datum="gcj02"
    )
    layers = read_layers(town)
    done = study(layers, ("floors.county_stations_per_10000", 0))

    assert layers.sites is not None
    assert len(layers.sites) == 60
    assert set(done.existing["provenance"]) == {"surveyed"}
    assert set(done.existing["site_id"]) == set(layers.sites["site_id"])
