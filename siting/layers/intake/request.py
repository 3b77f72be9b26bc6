"""What a planner asks an import to do, checked before any file is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from siting.errors import ConfigurationError, MissingDataError, Problem
from siting.layers.datum.crs import DATUMS as DATUMS_OF
from siting.layers.datum.crs import SHIFTED
from siting.layers.intake.cells import typed_cells
from siting.layers.intake.tables import IMPORTED, table_of
from siting.layers.schema import PROVENANCES
from siting.layers.wide import RASTER_LAYERS

if TYPE_CHECKING:
    from pathlib import Path

    from siting.layers.rasters.model import Fill

Progress: TypeAlias = Callable[[str, float], None]
"""Told the name of a step and how much of it is done, from 0 to 1."""

DATUMS = ("auto", "wgs84", "cgcs2000", "gcj02", "bd09")
SURVEYED = ("sites", "measurements")
"""Layers whose rows somebody has been at: without a word, they are taken as surveyed, and said."""


@dataclass(frozen=True, kw_only=True)
class RasterOptions:
    """What a planner says of a raster; siting.layers.rasters.import_raster tells what each means."""

    fill: Fill = ""
    max_fill_share: float = 0.02
    nodata: float | None = None
    unit: str = ""
    bare_earth: bool = False
    zero_is_sea: bool = False
    water_outside: bool = False
    first_wins: bool = False
    margin_km: float | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is imported, as which layer, into which folder, and how it is read.

    Attributes
    ----------
    source
        A file, or `postgresql://user@host/database`.
    layer, directory
        The layer to write and the folder that it goes to.
    datum, crs
        What the planner knows of the coordinates: "auto" and "" where nothing.
    table
        The sheet, table or layer of a source that holds several.
    columns
        Our column -> header of the file, where the planner says so.
    constants
        Our column -> the cell that fills a blank or absent one.
    provenance, source_name, licence, vintage
        What is known of the rows, for rows and for the catalogue.
    update
        Whether rows of the layer that is there are changed, instead of the layer replaced.
    max_rejected_share
        More rejected rows than this share of all are an error, 0 to 1.
    seed
        Seed of the samples that the search for the datum draws.
    raster
        What is said of a raster.
    dry_run
        Whether nothing is written.

    """

    source: str | Path
    layer: str
    directory: Path
    datum: str = "auto"
    crs: str = ""
    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    provenance: str = ""
    source_name: str = ""
    licence: str = ""
    vintage: str = ""
    update: bool = False
    max_rejected_share: float = 0.5
    seed: int = 0
    raster: RasterOptions = RasterOptions()
    dry_run: bool = False
    progress: Progress | None = None

    def step(self, name: str, share: float = 0.0) -> None:
        """Tell how far the import has come."""
        if self.progress is not None:
            self.progress(name, share)

    @property
    def read_as(self) -> str:
        """Return how the source is read, for the catalogue: what differs from the defaults."""
        said = {
            "datum": self.datum if self.datum != "auto" else "",
            "crs": self.crs,
            "table": self.table,
            "provenance": self.provenance,
            "raster": ", ".join(_differing(self.raster)),
            "seed": str(self.seed) if self.seed else "",
            "update": "yes" if self.update else "",
        }
        words = [f"--as {self.layer}", *(f"{key}={word}" for key, word in said.items() if word)]
        words += [f"map {ours}={header}" for ours, header in sorted(self.columns.items())]
        words += [f"set {column}={value}" for column, value in sorted(self.constants.items())]
        return "; ".join(words)


def _differing(options: RasterOptions) -> list[str]:
    """Return the options of a raster that are not the defaults, as words."""
    usual = asdict(RasterOptions())
    return [f"{key} {value}" for key, value in asdict(options).items() if value != usual[key]]


def check_request(request: Request, *, embedded: Path) -> None:
    """Raise with everything that cannot be asked; `embedded` is the city of the package."""
    problems = [
        *_bad_layer(request.layer),
        *_bad_words(request),
        *_bad_columns(request),
        *_bad_constants(request),
        *_bad_combination(request),
    ]
    if request.directory.resolve() == embedded.resolve():
        what = "the embedded city is not changed by an import"
        remedy = "make a folder of your own with `siting new DIR`, or name one with --layers DIR"
        problems.append(Problem(file=str(request.directory.name), what=what, remedy=remedy))
    if problems:
        raise ConfigurationError(problems)
    if not request.directory.is_dir():
        what, remedy = "there is no such folder of layers", "make one with `siting new DIR`"
        raise MissingDataError(Problem(file=request.directory.name, what=what, remedy=remedy))


def _bad_layer(layer: str) -> list[Problem]:
    if layer in IMPORTED:
        return []
    near = get_close_matches(layer, IMPORTED, n=3)
    remedy = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(IMPORTED)}"
    if layer == "sectors":
        remedy = "import the file with --as sites: its cells come with the sites"
    return [Problem(column="--as", what=f"there is no layer {layer!r} to import", remedy=remedy)]


def _bad_words(request: Request) -> list[Problem]:
    """Return the words of options that are not of their list, and shares out of range."""
    options = (
        ("--datum", request.datum, DATUMS),
        ("--provenance", request.provenance, ("", *PROVENANCES)),
    )
    problems = []
    for option, word, words in options:
        if word not in words:
            listed = ", ".join(one for one in words if one)
            remedy = f"write one of {listed}"
            problems.append(Problem(column=option, what=f"unknown word {word!r}", remedy=remedy))
    if request.seed < 0:
        what, remedy = f"{request.seed} is no seed", "write a whole number from 0 on"
        problems.append(Problem(column="--seed", what=what, remedy=remedy))
    if not 0.0 <= request.max_rejected_share <= 1.0:
        what = f"{request.max_rejected_share} is no share"
        remedy = "write a number from 0 to 1"
        problems.append(Problem(column="--max-rejected", what=what, remedy=remedy))
    return problems


def _bad_columns(request: Request) -> list[Problem]:
    """Return the columns of --map and --set that the layer does not have."""
    if request.layer not in IMPORTED or request.layer in RASTER_LAYERS:
        return []
    known = [column.name for column in table_of(request.layer).columns]
    places = ["lon", "lat", "x", "y", "coordinates", "county", "township", "village"]
    problems = []
    for option, names, allowed in (
        ("--map", request.columns, [*known, *places]),
        ("--set", request.constants, [name for name in known if name not in places[:5]]),
    ):
        for name in names:
            if name in allowed:
                continue
            near = get_close_matches(name, allowed, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"one of {', '.join(allowed)}"
            what = f"{request.layer} has no column {name!r} that may be given so"
            problems.append(Problem(column=option, what=what, remedy=remedy))
    return problems


def _bad_constants(request: Request) -> list[Problem]:
    """Return the values of --set that no cell of their column may hold."""
    if request.layer not in IMPORTED or request.layer in RASTER_LAYERS:
        return []
    problems = []
    for name, value in request.constants.items():
        column = table_of(request.layer).column(name)
        if column is None:
            continue
        _, bad, _, remedy = typed_cells(column, pd.Series([value], dtype="str"))
        if bad.any():
            what = f"{name} cannot be {value!r}"
            problems.append(Problem(column="--set", what=what, remedy=remedy))
    return problems


def _bad_combination(request: Request) -> list[Problem]:
    """Return the options that the layer cannot use."""
    problems = []
    raster = request.layer in RASTER_LAYERS
    if raster and (request.update or request.columns or request.constants or request.table):
        what = f"{request.layer} is a raster: --update, --map, --set and --table say nothing of it"
        problems.append(Problem(column="--as", what=what, remedy="leave them out"))
    if raster and request.datum in SHIFTED:
        what = f"{request.layer} is a raster, whose cells cannot be moved from {DATUMS_OF[request.datum]}"
        remedy = "have it made again in WGS 84 or CGCS2000 by whoever made it"
        problems.append(Problem(column="--datum", what=what, remedy=remedy))
    said = _differing(request.raster)
    if said and not raster:
        what = f"{request.layer} is no raster: {', '.join(said)} says nothing of it"
        problems.append(Problem(column="--as", what=what, remedy="leave it out"))
    known = request.layer in IMPORTED and not raster
    if request.update and known and not _has_names(request.layer):
        what = f"the rows of {request.layer} have no code or name to find them by"
        problems.append(Problem(column="--update", what=what, remedy="import the whole layer"))
    return problems


def _has_names(layer: str) -> bool:
    return bool(table_of(layer).key)
