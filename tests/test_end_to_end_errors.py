"""Whatever is wrong with the inputs comes as lines that say where, what and what to do."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from command import siting
from layer_edits import as_drawn, records, set_cell, set_header, write
from typer.testing import CliRunner, Result

from siting.cli import app

LINE = re.compile(r"([A-Z]:)?[^:;]+(:\d+)?: ([\w, .]+: )?[^;]+; .+")
STEP_DONE = re.compile(r"[a-z ]+ \.\.\. done \(\d+\.\d s\)")


@pytest.fixture
def folder(tiny_town: Path, tmp_path: Path) -> Path:
    """Return a folder with the town's layers and scenario, to spoil."""
    shutil.copytree(tiny_town, tmp_path / "town")
    shutil.copyfile(tiny_town.with_suffix(".toml"), tmp_path / "town.toml")
    return tmp_path


def plan(folder: Path, *words: str) -> Result:
    """Run `siting plan` for the town in a folder."""
    names = {"--layers": "town", "--outputs": "outputs"}
    paths = [word for name, value in names.items() for word in (name, str(folder / value))]
    scenario = str(folder / "town.toml")
    return CliRunner().invoke(app, ["plan", scenario, *paths, *words], prog_name="siting")


def error_lines(stderr: str) -> list[str]:
    """Return what was printed besides the steps that went well."""
    return [line for line in stderr.splitlines() if not STEP_DONE.fullmatch(line)]


# ---------------------------------------------------------------- ways to spoil the town's layers


def remove_ports(town: Path) -> None:
    (town / "ports.csv").unlink()


def misspell_a_column(town: Path) -> None:
    set_header(town / "villages.csv", "township_code", "townshp_code")


def claim_metres_for_degrees(town: Path) -> None:
    drawn = as_drawn(town / "ports.csv", ".gpkg", "EPSG:4326")
    ports = gpd.read_file(drawn)
    drawn.unlink()
    # the columns stay, so that the CRS is the only fault
    degrees = ports.assign(lon=ports.geometry.x, lat=ports.geometry.y)
    degrees.set_crs("EPSG:32650", allow_override=True).to_file(drawn, layer="ports")


def swap_lon_and_lat(town: Path) -> None:
    header, *rows = records(town / "ports.csv")
    lon, lat = header.index("lon"), header.index("lat")
    for row in rows:
        row[lon], row[lat] = row[lat], row[lon]
    write(town / "ports.csv", [header, *rows])


def repeat_an_id(town: Path) -> None:
    set_cell(town / "parks.csv", 3, "id", "PA-1")


def make_people_negative(town: Path) -> None:
    set_cell(town / "counties.csv", 2, "population", "-5")


def spoil_the_dem(town: Path) -> None:
    (town / "dem.tif").write_text("not a raster", encoding="utf-8")


def remove_all(town: Path) -> None:
    shutil.rmtree(town)


def spoil_three(town: Path) -> None:
    for spoil in (misspell_a_column, repeat_an_id, make_people_negative):
        spoil(town)


@pytest.mark.parametrize(
    ("spoil", "lines"),
    [
        (
            remove_ports,
            ["catalogue.csv:6: file: lists ports.csv, which is not there; put the file back"],
        ),
        (
            misspell_a_column,
            ["villages.csv:1: township_code: the column townshp_code looks like a misspelt"],
        ),
        (claim_metres_for_degrees, ["ports.gpkg: geometry: says EPSG:32650 (metres) but holds"]),
        (
            swap_lon_and_lat,
            [
                f"ports.csv:{row}: lon, lat: lon and lat are swapped ({lat}, {lon}); exchange"
                for row, lat, lon in ((2, "24.8830", "118.5745"), (3, "24.8660", "118.5600"))
            ],
        ),
        (repeat_an_id, ["parks.csv:3: id: PA-1 stands in row 2 already; give every row its own"]),
        (make_people_negative, ["counties.csv:2: population: -5 is negative; write 0 or more"]),
        (spoil_the_dem, ["dem.tif: the DEM cannot be read; export it again as GeoTIFF"]),
        (remove_all, ["town: there is no such folder; name a folder of layers, or make one"]),
        (
            spoil_three,
            [
                "counties.csv:2: population: -5 is negative;",
                "villages.csv:1: township_code: the column townshp_code looks like",
                "parks.csv:3: id: PA-1 stands in row 2 already;",
            ],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_bad_layers_end_with_3(
    folder: Path, spoil: Callable[[Path], None], lines: list[str]
) -> None:
    spoil(folder / "town")
    told(plan(folder, "--json"), 3, lines)
    assert not (folder / "outputs").exists()


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        ("edge.pp=3", 2, "--set edge.pp: unknown key; did you mean p?"),
        ("edge.p=three", 2, "--set edge.p: is 'three', not a whole number; write"),
        ("phases.2024.budget_cny=-1", 2, "--set phases.2024.budget_cny: is -1 CNY, out of range;"),
        ("edge.p=500", 2, "edge.p: 500 edge data centres are wanted and "),
        (
            "floors.county_stations_per_10000=200",
            1,
            "floors.county_stations_per_10000: the county floors want 1040 stations and",
        ),
    ],
)
def test_a_wish_that_cannot_be_had_ends_with_2_and_one_without_an_answer_with_1(
    folder: Path, change: str, code: int, line: str
) -> None:
    told(plan(folder, "--json", "--set", change), code, [line])
    assert not (folder / "outputs").exists()


def test_unknown_scenario_keys_are_told_with_their_rows_all_at_once(folder: Path) -> None:
    with (folder / "town.toml").open("a", encoding="utf-8") as file:
        file.write("latency_max_m = 1.0\n\n[floor]\ncounty_stations_per_10000 = 0\n")
    rows = (folder / "town.toml").read_text("utf-8").splitlines()
    key, table = rows.index("latency_max_m = 1.0") + 1, rows.index("[floor]") + 1
    result = plan(folder, "--json")
    told(
        result,
        2,
        [
            f"{folder / 'town.toml'}:{key}: edge.latency_max_m: unknown key; did you mean latency_max_ms",
            f"{folder / 'town.toml'}:{table}: floor: unknown table; did you mean floors",
        ],
    )
    assert not (folder / "outputs").exists()


def test_bad_inputs_leave_the_last_outputs_as_they_were(folder: Path) -> None:
    (folder / "outputs").mkdir()
    (folder / "outputs" / "plan.json").write_text("the last plan", encoding="utf-8")
    remove_ports(folder / "town")
    assert plan(folder).exit_code == 3
    assert [path.name for path in (folder / "outputs").iterdir()] == ["plan.json"]
    assert (folder / "outputs" / "plan.json").read_text("utf-8") == "the last plan"
    assert sorted(path.name for path in folder.iterdir()) == ["outputs", "town", "town.toml"]


def test_a_scenario_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    done = siting("plan", "nowhere.toml", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("nowhere.toml: there is no such scenario file; ")
    assert len(done.stderr.splitlines()) == 1
    (error,) = json.loads(done.stdout)["errors"]
    assert error["file"] == "nowhere.toml"
    assert list(tmp_path.iterdir()) == []


def told(result: Result, code: int, begins: list[str]) -> None:
    """Hold exit code, one line per error on stderr, and the same errors as JSON on stdout."""
    lines = error_lines(result.stderr)
    assert result.exit_code == code, result.stderr
    assert len(lines) == len(begins), result.stderr
    for line, begin in zip(lines, begins, strict=True):
        assert line.startswith(begin)
        assert LINE.fullmatch(line), line
    content = json.loads(result.stdout)
    assert list(content) == ["errors"]
    assert len(content["errors"]) == len(lines)
    for line, error in zip(lines, content["errors"], strict=True):
        place = error["file"] + (f":{error['row']}" if error["row"] is not None else "")
        parts = [part for part in (place, error["column"], error["what"]) if part]
        assert line == ": ".join(parts) + f"; {error['remedy']}"
