"""Say what a pull would ask for, and how much of it is in the cache already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.layers.pull.faults import plain_url
from siting.layers.pull.overpass import interpreter_of, subject_of
from siting.layers.pull.tiles import glo30_tiles, split_bounds, worldcover_tiles
from siting.layers.pull.wanted import (
    ESA_WORLDCOVER,
    GLO30,
    OBJECTS,
    OPENSTREETMAP,
    RASTERS,
    WORLDPOP_2020,
    tile_address,
)
from siting.layers.pull.windows import window_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.layers.pull.cache import Cache
    from siting.layers.pull.tiles import Bounds


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What one layer would take: requests, those in the cache already, who is asked."""

    what: str
    layer: str
    requests: int
    known: int
    server: str
    licence: str

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "what": self.what,
            "layer": self.layer,
            "requests": self.requests,
            "in_cache": self.known,
            "server": self.server,
            "licence": self.licence,
        }


def foresee(
    chosen: tuple[str, ...], bounds: Bounds, urls: Mapping[str, str], cache: Cache
) -> tuple[Foreseen, ...]:
    """Return what would be asked for; nobody is asked.

    An area that is too much for a server is quartered when it says so, which nobody can foresee.
    """
    return tuple(
        Foreseen(
            what=what,
            layer=layer,
            requests=len(subjects),
            known=sum(cache.look_up(subject) is not None for subject in subjects),
            server=plain_url(subjects[0]["url"]),
            licence=licence,
        )
        for what in chosen
        for layer, licence, subjects in _subjects(what, bounds, urls)
    )


def _subjects(
    what: str, bounds: Bounds, urls: Mapping[str, str]
) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Return layer, licence and what is asked for, for each layer of one word."""
    if what == "population":
        return [("population", WORLDPOP_2020.licence, [{"url": urls["worldpop"]}])]
    if what in RASTERS:
        names = glo30_tiles(bounds) if what == "dem" else worldcover_tiles(bounds)
        asked = [window_subject(tile_address(urls, what, name), bounds) for name in names]
        licence = GLO30.licence if what == "dem" else ESA_WORLDCOVER.licence
        return [(RASTERS[what], licence, asked)]
    server = interpreter_of(urls["overpass"])
    return [
        (
            one.layer,
            OPENSTREETMAP.licence,
            [subject_of(server, one.tags, part) for part in split_bounds(bounds, one.side_deg)],
        )
        for one in OBJECTS[what]
    ]
