"""On Dask the same tiles give the same bytes, also where a worker is killed midway."""

import os
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest
from coverage_tiles import GRID, hills, job_at, network

from siting.coverage.tiles import QUANTITIES, tile_layers, tile_plan
from siting.coverage_run.engines import compute_tiles
from siting.errors import ConfigurationError, DataError, SitingError

TILES = {f"tile {n}": tile for n, tile in enumerate(tile_plan(GRID, 40))}
ENVIRONMENT = np.full((GRID.rows, GRID.columns), 2, dtype=np.int8)
WANTED = network()


def make_job(key):
    return job_at(WANTED, TILES[key], hills(), ENVIRONMENT)


@pytest.fixture(scope="module")
def cluster():
    """Return two worker processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as here:
        yield here


@pytest.fixture(scope="module")
def wanted_keys():
    return [key for key in TILES if make_job(key) is not None]


@pytest.fixture(scope="module")
def reference(wanted_keys):
    return {key: tile_layers(make_job(key)) for key in wanted_keys}


def same(one, other):
    return all(
        getattr(one, each.name).tobytes() == getattr(other, each.name).tobytes()
        for each in QUANTITIES
    )


@pytest.mark.filterwarnings("default")
def test_a_worker_that_is_killed_changes_no_byte(cluster, wanted_keys, reference):
    kept = {}

    def keep(key, layers):
        kept[key] = layers
        if len(kept) == 2:
            worker = next(iter(cluster.workers.values()))
            os.kill(
                worker.process.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL
            )

    effort = compute_tiles(
        wanted_keys, make_job, keep, engine="dask", scheduler=cluster.scheduler_address
    )
    assert sorted(kept) == sorted(wanted_keys)
    assert all(same(kept[key], layers) for key, layers in reference.items())
    assert effort.workers_lost >= 1
    assert effort.retries == 0  # Dask handed the tile out again by itself


@pytest.mark.filterwarnings("default")
def test_a_reason_in_the_data_is_raised_once_by_its_name(cluster):
    heights = hills()
    heights[60:100, 60:100] = np.nan
    refusing = replace(WANTED, settings=replace(WANTED.settings, at_edges="refuse"))
    made = []

    def faulty(key):
        made.append(key)
        return job_at(refusing, TILES[key], heights, ENVIRONMENT)

    with pytest.raises(DataError, match="void"):
        compute_tiles(
            ["tile 5"], faulty, lambda *_: None, engine="dask",
            scheduler=cluster.scheduler_address,
        )  # fmt: skip
    assert made == ["tile 5"]


@pytest.mark.filterwarnings("default")
def test_what_nobody_foresaw_on_a_worker_names_a_remedy(cluster):
    with pytest.raises(SitingError, match=r"a worker failed: .* install this very version"):
        compute_tiles(
            ["tile 5"], lambda _: None, lambda *_: None, engine="dask",
            scheduler=cluster.scheduler_address,
        )  # fmt: skip


@pytest.mark.filterwarnings("default")
def test_a_cluster_of_its_own_gives_the_same_bytes(wanted_keys, reference):
    pytest.importorskip("distributed")
    kept = {}
    compute_tiles(wanted_keys[:3], make_job, kept.__setitem__, engine="dask", workers=1)
    assert sorted(kept) == sorted(wanted_keys[:3])
    assert all(same(layers, reference[key]) for key, layers in kept.items())


@pytest.mark.filterwarnings("default")
def test_a_scheduler_that_is_not_there_is_told(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("siting.coverage_run.on_dask.CONNECT_S", 0.5)
    with pytest.raises(ConfigurationError, match="no Dask scheduler answers"):
        compute_tiles([], make_job, print, engine="dask", scheduler="tcp://127.0.0.1:9")


def test_without_dask_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigurationError, match=r"pip install siting\[dask\]"):
        compute_tiles([], make_job, print, engine="dask")
