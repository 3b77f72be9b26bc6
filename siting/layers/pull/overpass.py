"""Ask an Overpass server for the objects of a layer, part of the area by part, never half of one.

A query looks like this, with one line for each way in which an object may count:

    [out:json][timeout:180][maxsize:536870912];
    (way["highway"~"^(motorway|trunk)$"](24.3,118.2,24.8,118.7););
    (._;>;);out body;

An answer that says that it is not whole (`remark`) is never used: where the server ran out of time
or of memory the area is quartered and asked for again, otherwise the query is repeated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.errors import MissingDataError, Problem
from siting.layers.pull.faults import plain_url
from siting.layers.pull.fetch import Fetcher, Request
from siting.layers.pull.manners import slot_wait_s
from siting.layers.pull.tiles import quarters, split_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from siting.layers.formats.osm_tags import LayerTags, Take
    from siting.layers.pull.cache import Cache, Kept
    from siting.layers.pull.tiles import Bounds

MOST_MEMORY = 512 * 2**20
"""Memory that a query may take on the server [byte]."""
MOST_QUARTERINGS = 3
TOO_MUCH = ("timed out", "out of memory")
"""What a remark says of a query that asked for too much."""
KINDS = {"point": ("node",), "line": ("way",), "area": ("way", "relation")}


@dataclass(frozen=True, kw_only=True)
class Overpass:
    """A server: its address, its cache, and who asks it."""

    url: str
    cache: Cache
    fetcher: Fetcher

    @property
    def interpreter(self) -> str:
        """The address that queries go to."""
        return interpreter_of(self.url)

    def answers(
        self, tags: LayerTags, bounds: Bounds, *, side_deg: float
    ) -> Iterator[dict[str, Any]]:
        """Yield the answer of each part of an area.

        Raises
        ------
        MissingDataError
            If a part cannot be had, or is not in the cache and nobody may be asked.

        """
        parts = [(part, 0) for part in reversed(split_bounds(bounds, side_deg))]
        while parts:
            part, depth = parts.pop()
            answer = self._answer(tags, part, last=depth == MOST_QUARTERINGS)
            if answer is None:
                parts += [(quarter, depth + 1) for quarter in reversed(quarters(part))]
            else:
                yield answer

    def _answer(self, tags: LayerTags, part: Bounds, *, last: bool) -> dict[str, Any] | None:
        """Return the answer of one part, None where it is too much for the server."""
        timeout_s = self.fetcher.manners.timeout_s
        request = Request(url=self.interpreter, query=query(tags, part, timeout_s=timeout_s))
        subject = subject_of(request.url, tags, part)
        kept = self._kept(request, subject)
        answer: dict[str, Any] = json.loads(kept.path.read_text(encoding="utf-8"))
        remark = str(answer.get("remark", ""))
        if not remark:
            return answer
        if last:
            self.cache.forget(subject)
            what = f"cannot answer even a small area: {remark[:120]}"
            remedy = "give a longer --timeout, smaller --bounds, or another --overpass"
            raise MissingDataError(Problem(file=plain_url(request.url), what=what, remedy=remedy))
        return None

    def _kept(self, request: Request, subject: dict[str, str]) -> Kept:
        def bring(path: Path) -> Any:
            if not self.cache.asked:
                self.fetcher.manners.sleep(self._slot_wait_s())
            return self.fetcher.download(
                request, path, before_again=self._slot_wait_s, check=what_is_wrong
            )

        return self.cache.keep(subject, bring)

    def _slot_wait_s(self) -> float:
        """Return how long the server asks to wait for a slot [s]; 0 where it has no such page."""
        return slot_wait_s(self.fetcher.glance(f"{self.interpreter.rpartition('/')[0]}/status"))


def interpreter_of(url: str) -> str:
    """Return the address that queries go to, of a server whose address may lack the last word.

    >>> interpreter_of("https://overpass.example/api/")
    'https://overpass.example/api/interpreter'
    """
    base = url.rstrip("/")
    return base if base.endswith("/interpreter") else f"{base}/interpreter"


def subject_of(url: str, tags: LayerTags, part: Bounds) -> dict[str, str]:
    """Return what an answer is kept under: another time limit makes no other answer."""
    return {"url": url, "query": query(tags, part, timeout_s=0.0)}


def query(tags: LayerTags, bounds: Bounds, *, timeout_s: float) -> str:
    """Return the query for the objects of a layer in an area, with all that they are drawn by."""
    west, south, east, north = bounds
    box = f"({south:.6f},{west:.6f},{north:.6f},{east:.6f})"
    asked = "".join(
        f"{kind}{_filter(take)}{box};"
        for take in tags.takes
        for kind in dict.fromkeys(kind for shape in take.shapes for kind in KINDS[shape])
    )
    head = f"[out:json][timeout:{timeout_s:.0f}][maxsize:{MOST_MEMORY}];"
    return f"{head}({asked});(._;>;);out body;"


def _filter(take: Take) -> str:
    """Return the condition that an object must meet."""
    if not take.values:
        said = f'["{take.key}"]["{take.key}"!="no"]'
    elif len(take.values) == 1:
        said = f'["{take.key}"="{take.values[0]}"]'
    else:
        said = f'["{take.key}"~"^({"|".join(take.values)})$"]'
    return said + "".join(f'["{key}"="{value}"]' for key, value in take.also.items())


def what_is_wrong(path: Path) -> str:
    """Return why an answer cannot be used, "" where it can or where a smaller area will do."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return "sends no whole JSON"
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        return "sends JSON that is no answer of Overpass"
    remark = str(answer.get("remark", ""))
    if remark and not any(words in remark for words in TOO_MUCH):
        return f"says that its answer is not whole ({remark[:120]})"
    return ""
