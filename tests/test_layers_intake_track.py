"""An import changes the folder as a whole, once, and can be taken back."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from siting.disk.moves import staged_files
from siting.errors import ConfigurationError, DataError, MissingDataError, SitingError
from siting.layers import check_layers, embedded_directory, read_layers
from siting.layers.folder.catalogue import sha256_of
from siting.layers.formats.sheet import Sheet
from siting.layers.intake import import_layer, remove_layer
from tests.planner_files import TOWN, contents, copy_town, register, truth, write_csv

ROOT = Path(__file__).resolve().parents[1]
PARKS = [
    ["id", "name", "kind", "lon", "lat", "provenance"],
    ["P1", "虚构园一", "industrial", "118.48", "24.89", "surveyed"],
    ["P2", "虚构园二", "software", "118.53", "24.90", "surveyed"],
]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


@pytest.fixture
def parks(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "园区.csv", PARKS)


def catalogue(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def test_the_reader_sees_exactly_the_imported_layer(town: Path, parks: Path) -> None:
    report = import_layer(parks, layer="parks", directory=town, datum="wgs84")

    assert report.files == ("parks.gpkg",)
    assert report.replaced == ("parks.csv",)
    assert not (town / "parks.csv").exists()
    assert read_layers(town).parks["name"].tolist() == ["虚构园一", "虚构园二"]


def test_the_catalogue_says_where_a_layer_came_from(town: Path, parks: Path) -> None:
    import_layer(
        parks,
        layer="parks",
        directory=town,
        datum="wgs84",
        source_name="虚构管委会",
        licence="CC0",
        vintage="2024",
    )
    row = catalogue(town)["parks.gpkg"]

    assert "parks.csv" not in catalogue(town)
    assert row["sha256"] == sha256_of(town / "parks.gpkg")
    assert row["origin_sha256"] == sha256_of(parks)
    assert (row["origin"], row["rows"], row["provenance"]) == ("园区.csv", "2", "surveyed")
    assert (row["crs"], row["datum"]) == ("EPSG:4326", "WGS 84")
    assert (row["source"], row["licence"], row["vintage"]) == ("虚构管委会", "CC0", "2024")
    assert row["read_as"] == "--as parks; datum=wgs84"
    assert not check_layers(town).problems


def test_a_folder_without_a_catalogue_gets_one(town: Path, parks: Path) -> None:
    (town / "catalogue.csv").unlink()
    import_layer(parks, layer="parks", directory=town, datum="wgs84")
    assert list(catalogue(town)) == ["parks.gpkg"]

    remove_layer("parks", directory=town)
    assert not (town / "catalogue.csv").exists()


def test_importing_the_same_file_again_changes_nothing(town: Path, parks: Path) -> None:
    first = import_layer(parks, layer="parks", directory=town, datum="wgs84")
    before = contents(town)
    times = {path: path.stat().st_mtime_ns for path in town.rglob("*")}
    again = import_layer(parks, layer="parks", directory=town, datum="wgs84")

    assert first.changed
    assert not again.changed
    assert again.files == ()
    assert contents(town) == before
    assert {path: path.stat().st_mtime_ns for path in town.rglob("*")} == times


def test_the_same_file_gives_the_same_bytes_in_another_folder(tmp_path: Path, parks: Path) -> None:
    found = []
    for name in ("one", "other"):
        town = copy_town(tmp_path / name)
        import_layer(parks, layer="parks", directory=town, datum="wgs84")
        found.append(contents(town))
    assert found[0] == found[1]


def test_removing_brings_back_what_the_import_replaced(town: Path, parks: Path) -> None:
    before = contents(town)
    import_layer(parks, layer="parks", directory=town, datum="wgs84")
    report = remove_layer("parks", directory=town)

    assert (report.removed, report.restored) == (("parks.gpkg",), ("parks.csv",))
    assert contents(town) == before
    assert not (town / ".replaced").exists()


def test_imports_are_taken_back_one_by_one(town: Path, parks: Path, tmp_path: Path) -> None:
    import_layer(parks, layer="parks", directory=town, datum="wgs84")
    first = contents(town)
    other = write_csv(tmp_path / "other.csv", PARKS[:2])
    import_layer(other, layer="parks", directory=town, datum="wgs84")
    remove_layer("parks", directory=town)
    assert contents(town) == first

    remove_layer("parks", directory=town)
    assert contents(town) == contents(TOWN)


def test_counties_in_two_files_are_replaced_together_and_come_back(
    town: Path, tmp_path: Path
) -> None:
    import geopandas as gpd

    facts = town / "counties.csv"
    drawn = gpd.read_file(town / "counties.geojson")
    with facts.open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    for name in ("name", "population", "in_denominator", "provenance"):
        drawn[name] = [rows[code][name] for code in drawn["code"]]
    drawn.to_file(tmp_path / "区县.gpkg", layer="x", engine="pyogrio")
    before = contents(town)
    report = import_layer(tmp_path / "区县.gpkg", layer="counties", directory=town, datum="wgs84")

    assert set(report.replaced) == {"counties.csv", "counties.geojson"}
    assert read_layers(town).counties["population"].sum() == 42000 + 18000 + int(
        list(rows.values())[2]["population"] or 0
    )
    remove_layer("counties", directory=town)
    assert contents(town) == before


def test_a_layer_changed_by_hand_is_not_thrown_away(town: Path, parks: Path) -> None:
    import_layer(parks, layer="parks", directory=town, datum="wgs84")
    with (town / "parks.gpkg").open("ab") as file:
        file.write(b"edited")
    with pytest.raises(DataError, match="was changed since it was imported"):
        remove_layer("parks", directory=town)

    (town / "parks.gpkg").rename(town.parent / "mine.gpkg")
    remove_layer("parks", directory=town)
    assert contents(town) == contents(TOWN)


def test_what_was_never_imported_cannot_be_removed(town: Path) -> None:
    with pytest.raises(MissingDataError, match="no import of ports is to be taken back"):
        remove_layer("ports", directory=town)
    with pytest.raises(ConfigurationError, match="did you mean ports"):
        remove_layer("port", directory=town)
    assert contents(town) == contents(TOWN)


def test_a_dry_run_writes_nothing_and_tells_the_same(town: Path, parks: Path) -> None:
    before = contents(town)
    dry = import_layer(parks, layer="parks", directory=town, datum="wgs84", dry_run=True)
    assert contents(town) == before

    done = import_layer(parks, layer="parks", directory=town, datum="wgs84")
    assert dry.dry_run
    assert (dry.files, dry.rows_written, dry.evidence) == (
        done.files,
        done.rows_written,
        done.evidence,
    )


def test_the_embedded_city_is_not_changed(parks: Path) -> None:
    with pytest.raises(ConfigurationError, match="siting new DIR"):
        import_layer(parks, layer="parks", directory=embedded_directory(), datum="wgs84")


def test_every_option_that_cannot_be_used_is_told_at_once(town: Path, parks: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        import_layer(
            parks,
            layer="parks",
            directory=town,
            datum="wgs48",
            provenance="guessed",
            max_rejected_share=2.0,
            constants={"colour": "red"},
        )
    told = {problem.column for problem in raised.value.problems}
    assert told == {"--datum", "--provenance", "--max-rejected", "--set"}


@pytest.mark.parametrize(
    "moment",
    [
        "import siting.layers.intake.writing as w\nw.write_geopackage = lambda *a: os._exit(9)",
        "import siting.layers.intake.track as t\nt.replace_files = lambda *a: os._exit(9)",
        "from siting.disk import moves\nmoves._move_all = lambda *a: os._exit(9)",
    ],
)
def test_a_killed_import_leaves_the_layers_that_a_plan_reads(
    town: Path, parks: Path, moment: str
) -> None:
    code = (
        f"import os\n{moment}\nfrom siting.layers.intake import import_layer\n"
        f"import_layer({str(parks)!r}, layer='parks', directory={str(town)!r}, datum='wgs84')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 9
    assert read_layers(town).parks["id"].tolist() == ["PA-1", "PA-2"]

    report = import_layer(parks, layer="parks", directory=town, datum="wgs84")
    assert read_layers(town).parks["id"].tolist() == ["P1", "P2"]
    assert report.replaced in {("parks.csv",), ()}
    remove_layer("parks", directory=town)
    assert contents(town) == contents(TOWN)


def test_two_imports_cannot_write_one_folder(town: Path, parks: Path) -> None:
    with staged_files(town), pytest.raises(SitingError, match="another run is writing"):
        import_layer(parks, layer="parks", directory=town, datum="wgs84")
    assert contents(town) == contents(TOWN)


def test_a_table_of_a_database_is_known_by_its_name_alone(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = pd.DataFrame(PARKS[1:], columns=PARKS[0], dtype="str")
    sheet = Sheet(file="postgis plan.parks", cells=cells, rows=np.array([1, 2]))
    monkeypatch.setattr("siting.layers.intake.reading.open_sheet", lambda *_, **__: sheet)
    source = "postgresql://planner:secret@host/plan"
    import_layer(source, layer="parks", directory=town, datum="wgs84", table="plan.parks")
    row = catalogue(town)["parks.gpkg"]

    assert (row["origin"], row["origin_sha256"]) == ("postgis plan.parks", "")
    assert "secret" not in (town / "catalogue.csv").read_text(encoding="utf-8")


def test_stopping_by_hand_leaves_everything_as_it_was(
    town: Path, parks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("siting.layers.intake.track.replace_files", stop)
    with pytest.raises(KeyboardInterrupt):
        import_layer(parks, layer="parks", directory=town, datum="wgs84")
    assert contents(town) == contents(TOWN)


def test_a_large_register_goes_through_unchanged(town: Path, tmp_path: Path) -> None:
    lon, lat = truth(500)
    path = write_csv(tmp_path / "r.csv", register(lon, lat))
    import_layer(path, layer="sites", directory=town, datum="wgs84")
    sites = read_layers(town).sites

    assert sites is not None
    degrees = sites.to_crs("EPSG:4326").geometry
    assert abs(degrees.x - lon.round(7)).max() < 1e-9
    assert sites["name"].tolist() == [f"虚构站{k}" for k in range(500)]
    shutil.rmtree(town)
