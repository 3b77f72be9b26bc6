"""Compute the tiles that are missing: one after the other, on threads, or on Dask."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, NamedTuple

from siting.coverage.ranges import require_choice
from siting.coverage.tiles import TileJob, TileLayers, tile_layers
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Wanted = Iterable[str]
    MakeJob = Callable[[str], TileJob]
    Keep = Callable[[str, TileLayers], None]

ENGINES = ("local", "dask")


class Effort(NamedTuple):
    """What the engine met: workers that were lost, and tiles that were handed out again for it.

    Dask itself hands a tile out again, a few times; `retries` are those that it gave up.
    """

    retries: int = 0
    workers_lost: int = 0


def compute_tiles(
    keys: Wanted,
    make_job: MakeJob,
    keep: Keep,
    *,
    engine: str = "local",
    workers: int = 1,
    scheduler: str = "",
) -> Effort:
    """Compute tiles and keep each as soon as it is finished; one tile a worker at a time.

    Parameters
    ----------
    keys
        Names of the tiles that are wanted.
    make_job
        Returns the job of a name.
    keep
        Told each tile when it is finished, always from this thread.
    engine
        "local", or "dask": the same function of the same jobs, so the same bytes.
    workers
        Threads, or processes of a Dask cluster of our own.
    scheduler
        Address of a Dask scheduler, for example tcp://10.0.0.5:8786.

    Raises
    ------
    ConfigurationError
        An option cannot be used, or Dask is not installed.
    SitingError
        What a tile raised; nothing is computed a second time for a reason in the data.

    """
    require_choice("engine", engine, ENGINES)
    if workers < 1:
        what, remedy = f"{workers} workers compute nothing", "give 1 or more"
        raise ConfigurationError(Problem(file="--workers", what=what, remedy=remedy))
    if scheduler and engine != "dask":
        what, remedy = "a scheduler without Dask", "add --engine dask, or leave --scheduler out"
        raise ConfigurationError(Problem(file="--scheduler", what=what, remedy=remedy))
    if engine == "dask":
        from siting.coverage_run.on_dask import compute_on_dask  # noqa: PLC0415 (an extra)

        return compute_on_dask(keys, make_job, keep, workers=workers, scheduler=scheduler)
    if workers == 1:
        for key in keys:
            keep(key, tile_layers(make_job(key)))
    else:
        _on_threads(keys, make_job, keep, workers)
    return Effort()


def _on_threads(keys: Wanted, make_job: MakeJob, keep: Keep, workers: int) -> None:
    """Compute tiles on threads: the kernels release Python's lock."""
    waiting = iter(keys)
    running: dict[Future[TileLayers], str] = {}
    pool = ThreadPoolExecutor(workers)
    try:
        while True:
            for key in waiting:
                running[pool.submit(tile_layers, make_job(key))] = key
                if len(running) == workers:
                    break
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                keep(running.pop(future), future.result())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
