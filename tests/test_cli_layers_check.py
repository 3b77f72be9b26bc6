"""`layers check` prints what every layer is; `layers report` what somebody has to decide."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from siting.cli import app
from tests.layer_edits import set_cell


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="siting")


@pytest.fixture
def town(tiny_town, tmp_path):
    return shutil.copytree(tiny_town, tmp_path / "town")


def test_check_prints_every_file_with_its_crs_bounds_provenance_and_hash(town):
    result = run("layers", "check", "--layers", town)
    assert result.exit_code == 0
    header, *lines = result.stdout.splitlines()
    assert header.split() == [
        *("layer", "file", "rows", "crs", "datum", "bounds", "provenance", "sha256")
    ]
    whole = json.loads(run("layers", "check", "--layers", town, "--json").stdout)["layers"]
    assert len(lines) == len(whole) + 1
    for line, row in zip(lines, whole, strict=False):
        assert line.startswith(row["layer"])
        assert row["file"] in line
        assert row["sha256"][:12] in line
        assert row["sha256"] not in line
    assert "118.419 24.864 to 118.640 24.937" in lines[1]
    assert lines[-1] == f"{len(whole)} files, nothing wrong"


def test_check_prints_the_layers_and_every_problem_at_once(town):
    set_cell(town / "ports.csv", 2, "lon", "abc")
    set_cell(town / "townships.csv", 3, "type", "city")
    result = run("layers", "check", "--layers", town)
    assert result.exit_code == 3
    problems = result.stderr.splitlines()
    assert any(line.startswith("ports.csv:2: lon: ") for line in problems)
    assert any(line.startswith("townships.csv:3: type: ") for line in problems)
    assert all("; " in line for line in problems)
    assert result.stdout.splitlines()[-1].endswith(f"files, {len(problems)} problems")


def test_check_says_which_file_changed_since_the_catalogue_was_written(town):
    set_cell(town / "ports.csv", 2, "radius_km", "2.5")
    lines = run("layers", "check", "--layers", town).stdout.splitlines()
    assert lines[0].endswith("note")
    (ports,) = [line for line in lines if line.startswith("ports")]
    assert ports.endswith("changed since the catalogue was written")


def test_report_prints_tables_cut_short_with_their_counts(town):
    header = "site_id,name,kind,stations,carriers,height_m,lon,lat,provenance"
    rows = [f"S-{k},站{chr(0x4E00 + k)},macro,1,2600,30,118.46,24.9,surveyed" for k in range(25)]
    (town / "sites.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    result = run("layers", "report", "--layers", town)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    start = lines.index("places that may be one: 24")
    assert lines[start + 22] == "and 4 more: -o report.xlsx writes them all"
    assert "shapes to mend: 0" in lines
    assert "places outside every county: 0" in lines


def test_report_as_json_holds_every_table_and_the_files_written(town, tmp_path):
    result = run("layers", "report", "--layers", town, "--json", "-o", tmp_path / "r.xlsx")
    report = json.loads(result.stdout)
    assert list(report) == ["shapes", "units", "duplicates", "at_sea", "notes", "files"]
    assert report["files"] == [(tmp_path / "r.xlsx").as_posix()]
    assert (tmp_path / "r.xlsx").is_file()


def test_report_of_a_folder_that_is_not_there_ends_with_3_and_writes_nothing(tmp_path):
    result = run("layers", "report", "--layers", tmp_path / "x", "-o", tmp_path / "r.xlsx")
    assert result.exit_code == 3
    assert "there is no such folder" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_report_refuses_a_suffix_before_it_looks_at_the_layers(town, tmp_path):
    result = run("layers", "report", "--layers", town, "-o", tmp_path / "r.docx")
    assert result.exit_code == 2
    assert ".docx is not written" in result.stderr
