"""Compute tiles on a Dask cluster: a worker that is lost costs its tile, not the run.

Jobs are sent whole, so that workers need this package and no files. A tile that cannot be computed
for a reason in the data comes back as an answer, not as an exception: Dask never tries it again.
"""

from __future__ import annotations

import importlib
import warnings
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from siting.coverage.tiles import TileJob, TileLayers, tile_layers
from siting.coverage_run.engines import Effort
from siting.errors import ConfigurationError, DataError, MissingDataError, Problem, SitingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CONNECT_S = 10.0
MOST_TRIES = 4
_ERRORS = {each.__name__: each for each in (ConfigurationError, DataError, MissingDataError)}


def answer(job: TileJob) -> TileLayers | tuple[str, tuple[Problem, ...]]:
    """Return the layers of a tile, or the name and the problems of the error that it raised."""
    try:
        return tile_layers(job)
    except SitingError as error:
        return type(error).__name__, error.problems


def compute_on_dask(
    keys: Iterable[str],
    make_job: Callable[[str], TileJob],
    keep: Callable[[str, TileLayers], None],
    *,
    workers: int,
    scheduler: str,
) -> Effort:
    """Compute tiles on the cluster of a scheduler, or on processes of our own."""
    distributed = _distributed()
    retries = 0
    with _client(distributed, workers, scheduler) as client:
        most = 2 * max(sum(client.nthreads().values()), 1)
        waiting, tries = iter(keys), dict[str, int]()
        running = distributed.as_completed()
        names: dict[str, str] = {}
        seen, lost = set(client.nthreads()), set[str]()

        def start(key: str) -> None:
            tries[key] = tries.get(key, 0) + 1
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a job is as large as its ground
                future = client.submit(answer, make_job(key), key=f"{key}-{tries[key]}")
            names[future.key] = key
            running.add(future)

        for _, key in zip(range(most), waiting, strict=False):
            start(key)
        for future in running:
            key = names.pop(future.key)
            there = set(client.nthreads())
            seen, lost = seen | there, lost | (seen - there)
            layers = _result(future, tries[key])
            if layers is None:
                retries += 1
                start(key)
                continue
            keep(key, layers)
            future.release()
            for another in waiting:
                start(another)
                break
    return Effort(retries=retries, workers_lost=len(lost))


def _result(future: Any, tries: int) -> TileLayers | None:
    """Return the layers of a finished tile, or None where its worker was lost and may be tried again."""
    try:
        found = future.result()
    except CancelledError as error:  # also what a lost worker leaves after Dask's own attempts
        _require_tries(error, tries)
        return None
    except Exception as error:
        if type(error).__name__ in {"KilledWorker", "CommClosedError", "FutureCancelledError"}:
            _require_tries(error, tries)
            return None
        remedy = "install this very version of siting on every worker, and run again"
        what = f"a worker failed: {type(error).__name__}: {error}"
        raise SitingError(Problem(file="dask", what=what, remedy=remedy)) from error
    if isinstance(found, tuple):
        name, problems = found
        raise _ERRORS.get(name, SitingError)(problems)
    layers: TileLayers = found
    return layers


def _require_tries(error: BaseException, tries: int) -> None:
    """Give up when a tile was tried often enough."""
    if tries < MOST_TRIES:
        return
    what = f"a tile was lost with its worker {tries} times ({type(error).__name__})"
    remedy = "look into the workers' logs (memory?) and run again: finished tiles are kept"
    raise SitingError(Problem(file="dask", what=what, remedy=remedy)) from error


def _distributed() -> Any:
    """Return the module, or say how to come by it."""
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        what = "Dask is not installed"
        remedy = "install it with: pip install siting[dask], or use --engine local"
        raise ConfigurationError(Problem(file="--engine dask", what=what, remedy=remedy)) from error


@contextmanager
def _client(distributed: Any, workers: int, scheduler: str) -> Iterator[Any]:
    """Yield a client of a cluster; one of our own is ended with it."""
    if not scheduler:
        with (
            distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                host="127.0.0.1",
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = distributed.Client(scheduler, timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        what = f"no Dask scheduler answers at {scheduler}"
        remedy = "check the address (tcp://host:8786) and that dask scheduler runs there"
        raise ConfigurationError(Problem(file="--scheduler", what=what, remedy=remedy)) from error
    with client:
        if not client.nthreads():
            what, remedy = f"{scheduler} has no workers", f"start some: dask worker {scheduler}"
            raise ConfigurationError(Problem(file="--scheduler", what=what, remedy=remedy))
        yield client
