"""All files of a plan are written, or none."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from plan_fixture import figures, small_plan

from siting.errors import DataError
from siting.exports import atomic_outputs, save_files, save_run_record

NAMES = [
    "coverage.tif",
    "edge_data_centres.csv",
    "edge_data_centres.geojson",
    "plan.json",
    "sites.gpkg",
    "sites.xlsx",
]
ROOT = Path(__file__).resolve().parents[1]
KILLED_RUN = """
import os
from pathlib import Path
import siting.exports
from plan_fixture import small_plan

def die(name, done):
    if name == {name!r}:
        os._exit(9)

with siting.exports.atomic_outputs({outputs!r}) as new:
    siting.exports.save_files(small_plan(), new, progress=die)
"""


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_every_file_is_written_and_announced(tmp_path: Path) -> None:
    steps: list[tuple[str, float]] = []
    written = save_files(
        small_plan(), tmp_path, progress=lambda name, done: steps.append((name, done))
    )

    assert sorted(path.name for path in written) == NAMES
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES
    assert [name for name, _ in steps] == [path.name for path in written]
    assert steps[0][1] == 0.0
    assert all(done < 1.0 for _, done in steps)


def test_two_folders_hold_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with atomic_outputs(tmp_path / name) as new:
            save_files(small_plan(), new)
        time.sleep(2.1)  # the coarsest clock of these formats counts in two seconds

    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_a_plan_without_rasters_has_no_coverage_file(tmp_path: Path) -> None:
    save_files(small_plan(rasters=False), tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        n for n in NAMES if n != "coverage.tif"
    ]


def test_figures_that_disagree_are_not_written(tmp_path: Path) -> None:
    content = figures()
    content["phases"][0]["stations"] = 8
    with pytest.raises(DataError, match=r"phases\.2024\.stations: is 8, the sites table gives 7"):
        save_files(replace(small_plan(), figures=content), tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["sites.gpkg", "coverage.tif"])
def test_a_run_killed_between_two_files_leaves_the_previous_ones(tmp_path: Path, name: str) -> None:
    outputs = tmp_path / "outputs"
    with atomic_outputs(outputs) as new:
        save_files(small_plan(rasters=False), new)
    before = hashes(outputs)

    code = KILLED_RUN.format(name=name, outputs=str(outputs))
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)

    assert done.returncode == 9
    assert hashes(outputs) == before

    with atomic_outputs(outputs) as new:
        save_files(small_plan(), new)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outputs"]
    assert set(hashes(outputs)) == {*NAMES, ".siting-files"}


def test_the_totals_agree_in_every_file(tmp_path: Path) -> None:
    save_files(small_plan(), tmp_path)
    stations = {"2024": 7, "2025": 5}

    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert {phase["name"]: phase["stations"] for phase in plan["phases"]} == stations

    sites = gpd.read_file(tmp_path / "sites.gpkg", layer="sites")
    assert sites.groupby("phase")["stations"].sum().to_dict() == stations

    rows = list(openpyxl.load_workbook(tmp_path / "sites.xlsx")["站址库"].values)[2:]
    phase, count = rows[0].index("批次"), rows[0].index("站数")
    for name, expected in stations.items():
        assert sum(row[count] for row in rows[1:] if row[phase] == name) == expected


def test_only_the_run_record_differs_between_two_runs(tmp_path: Path) -> None:
    for name, seconds in (("one", 1.0), ("two", 2.0)):
        with atomic_outputs(tmp_path / name) as new:
            save_files(small_plan(), new)
            save_run_record(
                new / "run.json",
                wall_seconds=seconds,
                cpu_seconds=seconds,
                peak_memory_bytes=None,
                threads=1,
            )

    one, two = hashes(tmp_path / "one"), hashes(tmp_path / "two")
    assert {name for name in one if one[name] != two[name]} == {"run.json"}
