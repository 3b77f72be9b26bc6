"""Bring everything that a pull asks for to this machine, before any layer is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.errors import MissingDataError, Problem
from siting.layers.pull.faults import plain_url
from siting.layers.pull.fetch import Request
from siting.layers.pull.objects import Drawn, draw
from siting.layers.pull.overpass import Overpass
from siting.layers.pull.tiles import glo30_tiles, worldcover_tiles
from siting.layers.pull.wanted import (
    ESA_WORLDCOVER,
    GLO30,
    RASTERS,
    WORLDPOP_2020,
    Objects,
    Source,
    tile_address,
)
from siting.layers.pull.windows import TIFF, meets, pulled_window, window_subject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from siting.layers.pull.cache import Cache, Kept
    from siting.layers.pull.fetch import Answer, Fetcher
    from siting.layers.pull.tiles import Bounds


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """Windows of a raster: (name, file) of each, what is said of it, and the tiles of the sea.

    `cut` is the area of a file that is more than a window, and has yet to be cut.
    """

    layer: str
    source: Source
    files: tuple[tuple[str, Path], ...]
    vintage: str
    missing: tuple[str, ...] = ()
    cut: Bounds | None = None


@dataclass(frozen=True, kw_only=True)
class Gatherer:
    """Where everything is asked for and kept."""

    urls: Mapping[str, str]
    bounds: Bounds
    cache: Cache
    fetcher: Fetcher

    def objects(self, wanted: Objects) -> Drawn:
        """Return the objects of OpenStreetMap for one layer."""
        overpass = Overpass(url=self.urls["overpass"], cache=self.cache, fetcher=self.fetcher)
        answers = overpass.answers(wanted.tags, self.bounds, side_deg=wanted.side_deg)
        return draw(answers, wanted.tags, server=plain_url(overpass.interpreter))

    def raster(self, what: str) -> Tiles:
        """Return the windows of one raster: `dem`, `landcover` or `population`."""
        if what == "population":
            return self._population()
        if what == "dem":
            names, base, source, vintage = glo30_tiles(self.bounds), "copernicus", GLO30, "2021"
        else:
            names, base = worldcover_tiles(self.bounds), "worldcover"
            source, vintage = ESA_WORLDCOVER, "2021"
        kept = {name: self._window(tile_address(self.urls, what, name)) for name in names}
        there = tuple((f"{name}.tif", one.path) for name, one in kept.items() if not one.missing)
        missing = tuple(name for name, one in kept.items() if one.missing)
        if not there:
            for name in names:
                self.cache.forget(window_subject(tile_address(self.urls, what, name), self.bounds))
            what_is_so = f"has none of the tiles {', '.join(missing)}"
            remedy = "check the address and the bounds: tiles of the open sea do not exist"
            raise MissingDataError(
                Problem(file=plain_url(self.urls[base]), what=what_is_so, remedy=remedy)
            )
        return Tiles(
            layer=RASTERS[what], source=source, files=there, vintage=vintage, missing=missing
        )

    def _window(self, url: str) -> Kept:
        return pulled_window(url, self.bounds, cache=self.cache, fetcher=self.fetcher)

    def _population(self) -> Tiles:
        """Return the window of the country's raster, which is downloaded whole: it is no COG."""
        url = self.urls["worldpop"]

        def bring(path: Path) -> Answer:
            return self.fetcher.download(Request(url=url), path, check=_no_tiff)

        whole = self.cache.keep({"url": url}, bring)
        name = plain_url(url).rpartition("/")[2] or "population.tif"
        if not meets(whole.path, self.bounds, name=name):
            remedy = "name the raster of your country with --worldpop"
            raise MissingDataError(Problem(file=name, what="holds none of the area", remedy=remedy))
        return Tiles(
            layer="population",
            source=WORLDPOP_2020,
            files=((name, whole.path),),
            vintage="2020",
            cut=self.bounds,
        )


def _no_tiff(path: Path) -> str:
    with path.open("rb") as file:
        return "" if file.read(4).startswith(TIFF) else "sends no GeoTIFF"
