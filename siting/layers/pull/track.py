"""Pull open data for a city: everything is fetched first, then each layer is written whole."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from siting.disk.lock import only_writer
from siting.errors import (
    ConfigurationError,
    DataError,
    MissingDataError,
    Problem,
    SitingError,
)
from siting.layers.folder.files import find_files
from siting.layers.intake.known import known_units
from siting.layers.pull.cache import Cache, default_cache
from siting.layers.pull.deliver import Pulled, deliver_objects, deliver_raster
from siting.layers.pull.fetch import Fetcher
from siting.layers.pull.gather import Gatherer
from siting.layers.pull.manners import Manners
from siting.layers.pull.preview import Foreseen, foresee
from siting.layers.pull.tiles import Bounds, checked_bounds
from siting.layers.pull.wanted import ADDRESSES, OBJECTS, RASTERS, WHAT
from siting.layers.read import embedded_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from siting.layers.pull.gather import Tiles
    from siting.layers.pull.objects import Drawn
    from siting.layers.pull.wanted import Objects

    Progress = Callable[[str, float], None]
    Gathered = list[tuple[str, Objects, Drawn] | tuple[str, Tiles]]


@dataclass(frozen=True, kw_only=True)
class PullReport:
    """What a pull did.

    Attributes
    ----------
    directory, bounds, cache
        The folder of layers, the area in WGS 84 degrees, the folder of answers.
    offline, asked, known
        Whether nobody was asked; how many answers were asked for, and how many were in the cache.
    layers
        One entry per layer, in the order in which they were written.
    foreseen
        What a dry run would ask for; empty otherwise.

    """

    directory: Path
    bounds: Bounds
    cache: Path
    offline: bool
    asked: int = 0
    known: int = 0
    layers: tuple[Pulled, ...] = ()
    foreseen: tuple[Foreseen, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "directory": self.directory.as_posix(),
            "bounds": list(self.bounds),
            "cache": self.cache.as_posix(),
            "offline": self.offline,
            "asked": self.asked,
            "from_cache": self.known,
            "layers": [layer.as_dict() for layer in self.layers],
            "foreseen": [one.as_dict() for one in self.foreseen],
        }


def pull_layers(
    directory: str | Path,
    *,
    what: Sequence[str] = (),
    bounds: Bounds | None = None,
    cache: str | Path | None = None,
    urls: Mapping[str, str] | None = None,
    proxy: str = "",
    timeout_s: float = 180.0,
    retries: int = 4,
    offline: bool = False,
    dry_run: bool = False,
    sleep: Callable[[float], None] | None = None,
    progress: Progress | None = None,
) -> PullReport:
    """Fetch open data of a city and write it as layers, each with its licence.

    Parameters
    ----------
    directory
        The folder of layers; not that of the embedded city.
    what
        Of `places`, `boundaries`, `roads`, `rail`, `water`, `power`, `buildings`, `ports`,
        `industrial`, `public_places`, `dem`, `landcover`, `population`; everything where empty.
    bounds
        West, south, east, north in WGS 84 degrees; those of the counties where not given.
    cache
        The folder of answers; one of this user where not given. Nothing in it is asked for again.
    urls
        Other addresses than the published ones, of `overpass`, `copernicus`, `worldcover` (the
        folders of their tiles) and `worldpop` (the raster of a country).
    proxy
        URL of a proxy; HTTPS_PROXY, HTTP_PROXY and NO_PROXY count where it is empty.
    timeout_s
        Longest silence of a server [s], above 0.
    retries
        How often a request is repeated where it fails, 0 or more.
    offline
        Ask nobody: use the cache, or say what it lacks.
    dry_run
        Say what would be asked for; ask for nothing and write nothing.
    sleep
        Waits so many seconds; `time.sleep` where it is not given.
    progress
        Told the step and its share done.

    Raises
    ------
    ConfigurationError
        If an option cannot be used; all of them at once.
    MissingDataError
        If something cannot be had. No layer was touched; what has arrived is in the cache.
    DataError
        If something that came cannot be used.

    """
    folder, words = Path(directory), tuple(what) or WHAT
    wait = sleep or time.sleep
    manners = Manners(timeout_s=timeout_s, retries=retries, proxy=proxy, sleep=wait)
    addresses = dict(ADDRESSES) | {name: url for name, url in (urls or {}).items() if url}
    area = _checked(folder, words, addresses, manners, bounds)
    kept = Cache(Path(cache) if cache else default_cache(), offline=offline)
    chosen = tuple(one for one in WHAT if one in words)
    if dry_run:
        return PullReport(
            directory=folder,
            bounds=area,
            cache=kept.directory,
            offline=offline,
            foreseen=foresee(chosen, area, addresses, kept),
        )
    kept.directory.mkdir(parents=True, exist_ok=True)
    with only_writer(kept.directory.resolve()), Fetcher(manners) as fetcher:
        gatherer = Gatherer(urls=addresses, bounds=area, cache=kept, fetcher=fetcher)
        gathered = _gathered(gatherer, chosen, progress)
        layers = _delivered(gathered, folder, progress)
    return PullReport(
        directory=folder,
        bounds=area,
        cache=kept.directory,
        offline=offline,
        asked=kept.asked,
        known=kept.known,
        layers=layers,
    )


def _checked(
    directory: Path,
    words: tuple[str, ...],
    addresses: Mapping[str, str],
    manners: Manners,
    bounds: Bounds | None,
) -> Bounds:
    """Return the area to pull, or raise with everything that cannot be asked."""
    problems = [*_bad_words(words), *_bad_addresses(addresses, manners), *_bad_manners(manners)]
    if directory.resolve() == embedded_directory().resolve():
        what = "the embedded city is not changed by a pull"
        remedy = "make a folder of your own with `siting new DIR`, or name one with --layers DIR"
        problems.append(Problem(file=directory.name, what=what, remedy=remedy))
    area: Bounds | None = None
    if bounds is not None:
        try:
            area = checked_bounds(bounds)
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    if not directory.is_dir():
        what, remedy = "there is no such folder of layers", "make one with `siting new DIR`"
        raise MissingDataError(Problem(file=directory.name, what=what, remedy=remedy))
    return area or _counties_bounds(directory)


def _counties_bounds(directory: Path) -> Bounds:
    given = "counties" in find_files(directory)[0]
    bounds = known_units(directory).bounds if given else None
    if bounds is None:
        what = "the folder has no outline of counties to take the area from"
        remedy = "say which area with --bounds W,S,E,N, in degrees"
        raise MissingDataError(Problem(file=directory.name, what=what, remedy=remedy))
    return checked_bounds(bounds, "counties")


def _bad_words(words: tuple[str, ...]) -> list[Problem]:
    problems = []
    for word in words:
        if word not in WHAT:
            near = get_close_matches(word, WHAT, n=2)
            remedy = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(WHAT)}"
            what = f"there is nothing called {word!r} to pull"
            problems.append(Problem(file="siting layers pull", what=what, remedy=remedy))
    return problems


def _bad_addresses(addresses: Mapping[str, str], manners: Manners) -> list[Problem]:
    """Return the addresses that are none, by the option that gives them."""
    given = {f"--{name}": url for name, url in addresses.items()}
    given |= {"--proxy": manners.proxy} if manners.proxy else {}
    problems = []
    for option, url in given.items():
        try:
            parts = urlsplit(url)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fine = False
        if not fine or not url.isprintable() or " " in url:
            remedy = "write an address such as https://host/path"
            problems.append(Problem(file=option, what="is no address", remedy=remedy))
        if option.removeprefix("--") not in (*ADDRESSES, "proxy"):
            remedy = f"one of {', '.join(ADDRESSES)}"
            problems.append(Problem(file=option, what="is no source", remedy=remedy))
    return problems


def _bad_manners(manners: Manners) -> list[Problem]:
    problems = []
    if not 1.0 <= manners.timeout_s <= 3600.0:
        remedy = "write seconds, from 1 to 3600"
        what = f"{manners.timeout_s:g} is no time to wait"
        problems.append(Problem(file="--timeout", what=what, remedy=remedy))
    if not 0 <= manners.retries <= 20:
        remedy = "write a number from 0 to 20"
        what = f"{manners.retries} is no number of repetitions"
        problems.append(Problem(file="--retries", what=what, remedy=remedy))
    return problems


def _gathered(gatherer: Gatherer, chosen: tuple[str, ...], progress: Progress | None) -> Gathered:
    """Fetch everything; raise with all that cannot be had."""
    gathered: Gathered = []
    problems: list[SitingError] = []
    for what in chosen:
        if progress is not None:
            gatherer.fetcher.tell = partial(progress, f"fetch {what}")
            gatherer.fetcher.tell(0.0)
        try:
            if what in RASTERS:
                gathered.append((what, gatherer.raster(what)))
                continue
            gathered += [(what, one, gatherer.objects(one)) for one in OBJECTS[what]]
        except (DataError, ConfigurationError) as error:
            named = [replace(problem, column=what) for problem in error.problems]
            problems.append(type(error)(named))
    _raise(problems)
    return gathered


def _delivered(
    gathered: Gathered, directory: Path, progress: Progress | None
) -> tuple[Pulled, ...]:
    """Write each layer whole; raise with what could not be written, the others stay."""
    written: list[Pulled] = []
    problems: list[SitingError] = []
    for entry in gathered:
        try:
            if len(entry) == 2:
                written.append(deliver_raster(*entry, directory, progress=progress))
            else:
                written.append(deliver_objects(*entry, directory, progress=progress))
        except (DataError, ConfigurationError) as error:
            problems.append(error)
    done = ", ".join(dict.fromkeys(one.layer for one in written if one.changed))
    if problems and done:
        what, remedy = f"these layers are whole and written: {done}", "see siting layers list"
        problems.append(DataError(Problem(file=directory.name, what=what, remedy=remedy)))
    _raise(problems)
    return tuple(written)


def _raise(errors: list[SitingError]) -> None:
    """Raise all problems in one error, of the gravest kind among them."""
    problems = list(dict.fromkeys(problem for error in errors for problem in error.problems))
    if not problems:
        return
    for kind in (ConfigurationError, MissingDataError):
        if all(isinstance(error, kind) for error in errors):
            raise kind(problems)
    raise DataError(problems)
