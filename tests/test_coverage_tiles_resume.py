"""A run that is killed leaves its finished tiles, and the next one ends with the same bytes."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from command import ROOT, siting
from coverage_tiles import GRID, hills, job_at, network
from test_coverage_tiles_run import bytes_of

from siting import CoverageRequest, compute_coverage, load_scenario
from siting.coverage.tiles import tile_plan
from siting.coverage_run.engines import compute_tiles
from siting.errors import ConfigurationError


@pytest.fixture
def words(tiny_town):
    return [
        "coverage", "compute", "--layers", str(tiny_town),
        "--scenario", str(tiny_town.with_suffix(".toml")), "--flat", "--carriers", "2600",
        "--cell", "50", "--radius", "1", "--tile", "48",
    ]  # fmt: skip


def killed_after(words, tiles, folder):
    """Start the command and kill it as soon as so many tiles are there; return how many are."""
    process = subprocess.Popen(
        [sys.executable, "-m", "siting", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
    )
    place, until = folder.with_name("out.work") / "tiles", time.monotonic() + 60.0
    try:
        while time.monotonic() < until and process.poll() is None:
            if place.is_dir() and len(list(place.glob("[!.]*.npz"))) >= tiles:
                break
            time.sleep(0.005)
    finally:
        process.kill()
        process.wait(timeout=30.0)
    return len(list(place.glob("[!.]*.npz")))


def test_the_command_counts_the_cells_that_lie_beyond_the_models_range(words, tmp_path):
    words[words.index("--radius") + 1], words[words.index("--tile") + 1] = "6", "1024"
    told = siting(*words, "-o", tmp_path / "out")
    assert told.returncode == 0, told.stderr
    line = next(row for row in told.stdout.splitlines() if "beyond the range of TR 38.901" in row)
    count = int(line.split(":")[1].replace(",", ""))
    figures = json.loads((tmp_path / "out" / "coverage.json").read_text("utf-8"))
    assert count == figures["bands"][0]["beyond_range"] > 0


def test_a_killed_run_goes_on_where_it_was(words, tiny_town, tiny_layers, tmp_path):
    folder = tmp_path / "killed" / "out"
    kept = killed_after([*words, "-o", str(folder)], 3, folder)
    assert kept >= 3
    assert not folder.exists()

    resumed = siting(*words, "-o", folder, "--json")
    assert resumed.returncode == 0, resumed.stderr
    figures = json.loads(resumed.stdout)
    assert figures["tiles_kept"] >= 3
    assert figures["tiles_computed"] > 0
    whole = compute_coverage(
        tmp_path / "whole" / "out",
        scenario=load_scenario(str(tiny_town.with_suffix(".toml"))),
        layers=tiny_layers,
        request=CoverageRequest(
            flat=True, carriers=("2600",), cell_m=50.0, radius_km=1.0, tile_cells=512
        ),
    )
    assert bytes_of(whole.folder) == bytes_of(folder)


def test_without_heights_the_command_ends_with_3_and_the_remedy(words, tmp_path):
    hilly = [word for word in words if word != "--flat"]
    done = siting(*hilly, "-o", tmp_path / "out")
    assert done.returncode == 3
    assert "dem.tif: the layers hold no heights; run siting layers pull dem" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_tile_is_kept_as_soon_as_it_is_finished(workers):
    environment = np.full((160, 160), 2, np.int8)
    wanted = network()
    tiles = {str(n): tile for n, tile in enumerate(tile_plan(GRID, 80))}
    kept = []

    def keep(key, layers):
        kept.append(key)
        if len(kept) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compute_tiles(
            tiles,
            lambda key: job_at(wanted, tiles[key], hills(), environment),
            keep,
            workers=workers,
        )
    assert len(kept) == 2


def test_engines_that_cannot_be_meant_are_refused():
    def none(_):
        raise AssertionError

    for options in ({"engine": "spark"}, {"workers": 0}, {"scheduler": "tcp://127.0.0.1:8786"}):
        with pytest.raises(ConfigurationError):
            compute_tiles([], none, none, **options)
