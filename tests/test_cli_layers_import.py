"""`siting layers import` and `remove` tell a planner what was done, and end with the right code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from siting.cli import app
from tests.planner_files import add_roads, contents, copy_town, gcj02_register, write_csv
from tests.raster_files import hills, square_city, write_raster

ROWS = [
    ["站址编码", "站名", "站型", "站数", "频段", "挂高", "经度", "纬度"],
    ["A1", "甲", "宏站", "2", "3500", "30", "118.47", "24.90"],
    ["A2", "乙", "宏站", "x", "3500", "30", "118.48", "24.91"],
    ["A3", "丙", "微站", "1", "3500", "10", "118.52", "24.89"],
]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "台账.csv", ROWS, encoding="gb18030")


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="siting")


def test_an_import_tells_rows_datum_rejected_rows_and_the_next_step(
    town: Path, register: Path
) -> None:
    done = run("layers", "import", register, "--as", "sites", "--datum", "wgs84", "--layers", town)
    lines = done.stdout.splitlines()

    assert done.exit_code == 0
    assert lines[0] == "sites: sites.gpkg, sites.rejected.csv written"
    assert lines[1] == "rows: 3 read, 2 written, 1 rejected"
    assert lines[2] == f"rejected rows, with reasons: {(town / 'sites.rejected.csv').as_posix()}"
    assert lines[3] == "coordinates: WGS 84 (EPSG:4326), written as WGS 84 (EPSG:4326)"
    assert "note: read as GB18030" in done.stdout
    assert lines[-1].startswith("next: siting layers check")
    assert "台账.csv:3: stations: 'x' is not a number; write a number" in done.stderr


def test_importing_again_says_that_nothing_was_changed(town: Path, register: Path) -> None:
    words = ["layers", "import", register, "--as", "sites", "--datum", "wgs84", "--layers", town]
    run(*words)
    before = contents(town)
    again = run(*words)

    assert again.exit_code == 0
    assert again.stdout == "sites: holds exactly this already; nothing was changed\n"
    assert contents(town) == before


def test_json_holds_all_that_is_printed(town: Path, register: Path) -> None:
    words = ["--as", "sites", "--datum", "wgs84", "--layers", town, "--json"]
    told = json.loads(run("layers", "import", register, *words).stdout)

    assert told["rows"] == {"read": 3, "written": 2, "rejected": 1, "left_out": 0, "sectors": 0}
    assert told["files"] == ["sites.gpkg", "sites.rejected.csv"]
    assert told["rejected"][0]["row"] == 3
    assert told["datum"] == "WGS 84"
    assert told["changed"] is True


def test_a_dry_run_says_so(town: Path, register: Path) -> None:
    before = contents(town)
    done = run(
        "layers", "import", register, "--as", "sites", "--datum", "wgs84", "--layers", town,
        "--dry-run",
    )  # fmt: skip
    assert done.stdout.startswith(
        "sites: sites.gpkg, sites.rejected.csv would be written (--dry-run)"
    )
    assert contents(town) == before


def test_what_a_layer_replaced_comes_back(town: Path, register: Path) -> None:
    before = contents(town)
    run("layers", "import", register, "--as", "sites", "--datum", "wgs84", "--layers", town)
    done = run("layers", "remove", "sites", "--layers", town)

    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "sites: removed sites.gpkg, sites.rejected.csv",
        "brought back: nothing stood there before",
    ]
    assert contents(town) == before


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--as", "site"], 2, "did you mean sites?"),
        (["--as", "sectors"], 2, "--as sites"),
        (["--as", "sites", "--datum", "xian80"], 2, "unknown word 'xian80'"),
        (["--as", "sites", "--set", "kind"], 2, "write --set NAME=VALUE"),
        (["--as", "sites", "--map", "a=b", "--map", "a=c"], 2, "a is given twice"),
        (["--as", "sites", "--map", "operater=X"], 2, "did you mean operator?"),
        (["--as", "sites", "--fill", "nearest"], 2, "is no raster"),
        (["--as", "dem", "--update"], 2, "is a raster"),
        (["--as", "sites", "--max-rejected", "0.1", "--datum", "wgs84"], 3, "--max-rejected 0.34"),
        (["--as", "sites"], 3, "--datum wgs84, cgcs2000, gcj02 or bd09"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_remedy(
    town: Path, register: Path, words: list[str], code: int, told: str
) -> None:
    before = contents(town)
    done = run("layers", "import", register, *words, "--layers", town)
    assert done.exit_code == code
    assert told in done.stderr
    assert contents(town) == before


def test_the_embedded_city_is_kept_as_it_is(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("layers", "import", register, "--as", "sites", "--datum", "wgs84")
    assert done.exit_code == 2
    assert "siting new DIR" in done.stderr


def test_a_source_that_is_not_there_is_told(town: Path) -> None:
    done = run("layers", "import", "nothing.csv", "--as", "sites", "--layers", town)
    assert done.exit_code == 3
    assert "nothing.csv: there is no such file" in done.stderr


def test_an_import_tells_how_likely_each_datum_is(town: Path, tmp_path: Path) -> None:
    rows, _, _ = gcj02_register(60)
    add_roads(town)
    path = write_csv(tmp_path / "register.csv", rows)
    done = run("layers", "import", path, "--as", "sites", "--layers", town)
    assert done.exit_code == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("  likelihood: ")]
    assert line.startswith("  likelihood: GCJ-02 100.0%, ")


def test_a_raster_tells_no_rows_and_keeps_its_coordinates(tmp_path: Path) -> None:
    city = square_city(tmp_path / "city")
    heights = hills()
    heights[:12] = -32768
    source = write_raster(tmp_path / "lidar.tif", heights)
    words = ["layers", "import", source, "--as", "dem", "--layers", city, "--water-outside"]
    done = run(*words)
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "dem: dem.tif written"
    assert lines[1] == "coordinates: WGS 84 (EPSG:4326), kept as they are"
    assert any(
        "void cells outside the counties are water at 0 m, as said" in line for line in lines
    )
