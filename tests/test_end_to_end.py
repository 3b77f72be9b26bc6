"""From the command line to the last file: the same bytes anywhere, and nothing half done."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import siting
from test_exports_plan_json import schema_problems

EFFORT = "run.json"  # clocks, memory, threads: the one file that differs from run to run
SMALL_CITY = (
    *("--set", "demand.spacing_m=800", "--set", "network.stations=1600"),
    *("--set", "phases.2024.max_stations=60", "--set", "phases.2025.max_stations=40"),
    *("--set", "floors.county_stations_per_10000=0", "--set", "optimise.bound_iterations=20"),
    *("--set", "edge.p=12", "--set", "optimise.swap_passes=1"),
)
KILL_DURING_THE_PAGE = """
import os, signal, siting
from siting.cli import main

def killed(*words):
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

siting.save_one_map = killed
main()
"""


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its relative name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


# ---------------------------------------------------------------- the same bytes


@pytest.fixture(scope="module")
def own_folder(tiny_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder made by `siting new`, with the town's layers and scenario in it."""
    folder = tmp_path_factory.mktemp("elsewhere") / "我的 方案"
    done = siting("new", folder, "--layers", tiny_town)
    assert done.returncode == 0, done.stderr
    shutil.copyfile(tiny_town.with_suffix(".toml"), folder / "quanzhou.toml")
    return folder


def test_another_folder_and_more_threads_give_the_same_bytes(
    tiny_outputs: Path, own_folder: Path
) -> None:
    done = siting(
        *("plan", "--json", "--threads", "2"),
        cwd=own_folder,
        PYTHONHASHSEED="2",
        NUMBA_NUM_THREADS="2",
        TZ="Asia/Shanghai",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == (tiny_outputs / "plan.json").read_text("utf-8")

    first, second = contents(tiny_outputs), contents(own_folder / "outputs")
    assert sorted(first) == sorted(second)
    assert [json.loads(files[EFFORT])["threads"] for files in (first, second)] == [1, 2]
    differing = [name for name in first if first[name] != second[name] and name != EFFORT]
    assert differing == []


def test_a_file_tells_nothing_about_the_folder_it_was_made_in(tiny_outputs: Path) -> None:
    folder = str(tiny_outputs.parent).encode()
    assert [name for name, content in contents(tiny_outputs).items() if folder in content] == []


# ---------------------------------------------------------------- a killed run


def test_a_killed_run_leaves_the_last_outputs_whole(
    tiny_outputs: Path, tiny_town: Path, tmp_path: Path
) -> None:
    outputs = tmp_path / "outputs"
    shutil.copytree(tiny_outputs, outputs)
    (tmp_path / "killed.py").write_text(KILL_DURING_THE_PAGE, encoding="utf-8")
    words = ("plan", tiny_town.with_suffix(".toml"), "--layers", tiny_town, "--outputs", outputs)

    done = siting(*words, "--seed", "1", python=(str(tmp_path / "killed.py"),))
    assert done.returncode not in {0, 1, 2, 3}
    assert contents(outputs) == contents(tiny_outputs)
    # it was killed with new files written, yet none of them in place
    assert (tmp_path / "outputs.new-run" / "sites.gpkg").is_file()

    again = siting(*words, "--layers", tmp_path / "nowhere")
    assert again.returncode == 3, again.stderr
    assert contents(outputs) == contents(tiny_outputs)
    assert not (tmp_path / "outputs.new-run").exists()


# ---------------------------------------------------------------- a new user


def test_a_new_user_makes_a_folder_checks_it_and_plans(tmp_path: Path) -> None:
    made = siting("new", "city", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    city = tmp_path / "city"
    assert (city / "layers" / "villages.csv").is_file()

    checked = siting("layers", "check", cwd=city)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.endswith("nothing wrong\n")

    done = siting("plan", "--json", *SMALL_CITY, cwd=city)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (city / "outputs" / "plan.json").read_text("utf-8")
    figures = json.loads(done.stdout)
    assert schema_problems(figures) == []
    assert (city / "outputs" / "maps" / "index.html").is_file()

    counted = [county for county in figures["counties"] if county["in_denominator"]]
    assert sum(county["population"] for county in counted) == 8_782_285
    outside = [county for county in figures["counties"] if not county["in_denominator"]]
    assert [county["stations_after"] for county in outside] == [0]
    assert figures["edge"]["centres"] == 12


def test_a_second_folder_of_the_same_name_is_refused(own_folder: Path) -> None:
    done = siting("new", own_folder.name, cwd=own_folder.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{own_folder.name}: is not empty; name a new folder, or empty this one\n"
