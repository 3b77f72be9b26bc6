"""Hand many registers with known truth to the detective and count right, asked and wrong.

Wrong: a record is written more than 2 m from its truth without a question. Asked: the verdict is
a question. Right: neither, and at least 98 % of the sound records are written.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from _registers import made_up_town, register

from siting.layers.datum.detective import investigate
from siting.layers.datum.surroundings import surroundings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from _registers import Register, Town

LAYERS = Path(__file__).resolve().parents[1] / "layers"
TOLERANCE_M = 2.0
SIZES = (5, 20, 50, 100, 200, 500, 1000, 5000)
TRUTHS = (  # how the file is written, --datum, what the file declares
    ("wgs84", "auto", ""),
    ("wgs84", "auto", "EPSG:4326"),
    ("cgcs2000", "auto", "EPSG:4490"),
    ("gcj02", "auto", ""),
    ("gcj02", "auto", ""),
    ("gcj02", "auto", "EPSG:4326"),
    ("bd09", "auto", ""),
    ("bd09", "auto", ""),
    ("EPSG:4549", "cgcs2000", ""),
    ("EPSG:4548", "auto", "EPSG:4548"),
    ("EPSG:4527", "cgcs2000", ""),
    ("EPSG:4528", "auto", ""),
    ("EPSG:4549", "auto", ""),
    ("EPSG:32650", "wgs84", ""),
    ("EPSG:32650", "auto", ""),
)
HIDDEN_LEAST = 500
"""Batches of another datum without a column that says so are put into registers this large."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One register and what became of it."""

    truth: str
    size: int
    roads: bool
    names: bool
    group: bool
    mixing: str
    share: float
    asked_for: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Study:
    """All outcomes, and the processor time of the detective."""

    outcomes: tuple[Outcome, ...]
    cpu_s: float

    def share(self, outcome: str) -> float:
        """Return the share of registers with an outcome."""
        return sum(one.outcome == outcome for one in self.outcomes) / len(self.outcomes)

    def plain_right(self, *, least: int) -> float:
        """Return the share read right of unmixed files in degrees with roads, of a least size."""
        plain = [
            one.outcome == "right"
            for one in self.outcomes
            if one.mixing == "none" and one.roads and one.size >= least and one.asked_for == "datum"
        ]
        return sum(plain) / max(len(plain), 1)

    def report(self) -> str:
        """Return right / asked / wrong by datum, size, roads and mixing."""
        keys: dict[str, Callable[[Outcome], str]] = {
            "written as": lambda one: one.truth,
            "records": lambda one: f"{one.size:5}",
            "roads": lambda one: "with roads" if one.roads else "without",
            "mixing": lambda one: one.mixing + (" with a column" if one.group else ""),
            "unmixed degrees": lambda one: (
                f"{one.size:5} {'roads' if one.roads else 'no roads'}"
                if one.mixing == "none" and one.asked_for == "datum"
                else "(others)"
            ),
        }
        lines = []
        for title, key in keys.items():
            lines.append(f"{title:34} right asked wrong")
            for value in sorted({key(one) for one in self.outcomes}):
                found = Counter(one.outcome for one in self.outcomes if key(one) == value)
                counts = " ".join(f"{found[word]:5}" for word in ("right", "asked", "wrong"))
                lines.append(f"  {value:32} {counts}")
        return "\n".join(lines)


def run(*, registers: int, seed: int = 1, stations: int = 20_000) -> Study:
    """Return the outcomes of so many registers, drawn by the seed."""
    town = made_up_town(surroundings_of(LAYERS), stations=stations, seed=seed)
    bare = replace(town.surroundings, roads=None)
    outcomes, spent = [], 0.0
    for number in range(registers):
        made, said = drawn_register(town, seed=seed * 1_000_003 + number)
        around = town.surroundings if made.roads else bare
        started = time.process_time()
        outcome = judged(made, around)
        spent += time.process_time() - started
        outcomes.append(replace(said, outcome=outcome))
    return Study(outcomes=tuple(outcomes), cpu_s=spent)


def hidden(*, each: int, seed: int = 2, stations: int = 12_000) -> dict[str, float]:
    """Return the share of mixed registers with roads and no column for batches that is asked about.

    What is not asked about is wrong: these are the limits of what can be seen.
    """
    town = made_up_town(surroundings_of(LAYERS), stations=stations, seed=seed)
    asked = {}
    for size in (50, 100, 200, 500, 1000):
        for share in (0.1, 0.3):
            for scattered in (False, True):
                made = [
                    register(
                        town,
                        truth=("wgs84", "gcj02")[k % 2],
                        mixed_with=("gcj02", "wgs84")[k % 2],
                        count=size,
                        mixing="scattered" if scattered else "datum",
                        share=share,
                        names=True,
                        seed=seed * 1_000_003 + k,
                    )
                    for k in range(each)
                ]
                how = "scattered" if scattered else "in a run"
                outcomes = [judged(one, town.surroundings) for one in made]
                asked[f"{size}, {share:.0%} {how}"] = outcomes.count("asked") / each
    return asked


def drawn_register(town: Town, *, seed: int) -> tuple[Register, Outcome]:
    """Return a register of the study, and what it is; every seed is one."""
    rng = np.random.default_rng(seed)
    truth, datum, declared = TRUTHS[rng.integers(len(TRUTHS))]
    size = int(SIZES[rng.integers(len(SIZES))])
    roads, names, group = rng.random() < 0.6, rng.random() < 0.5, rng.random() < 0.4
    mixing = str(rng.choice(["none", "datum", "swapped", "corrupted"], p=[0.4, 0.2, 0.2, 0.2]))
    if ":" in truth and mixing == "datum":
        mixing = "none"
    if mixing == "datum" and size < HIDDEN_LEAST:
        group = True
    if mixing == "datum" and truth == "bd09" and not group:
        roads = (
            True  # outlines alone tell BD-09, not what hides in it: see docs/reference/datums.md
        )
    share = float(rng.uniform(0.02, 0.30)) if mixing != "none" else 0.0
    if mixing == "datum":
        share = max(share, 0.05)
    others = [one for one in ("wgs84", "gcj02", "bd09") if one != truth]
    others = [one for one in others if (one, truth) != ("wgs84", "cgcs2000")]
    made = register(
        town,
        truth=truth,
        count=size,
        datum=datum,
        declared=declared,
        roads=bool(roads),
        names=bool(names),
        group=bool(group),
        mixing=mixing,
        share=share,
        mixed_with=str(rng.choice(others)),
        one_county=bool(rng.random() < 0.4),
        turned=bool(rng.random() < 0.15),
        seed=seed,
    )
    kind = "zone" if ":" in truth else "datum"
    if truth == "gcj02" and declared:
        kind = "a wrong word"
    return made, Outcome(
        truth=f"{truth} --datum {datum}" + (f" ({declared})" if declared else ""),
        size=size,
        roads=bool(roads),
        names=bool(names),
        group=bool(group),
        mixing=mixing,
        share=share,
        asked_for=kind,
        outcome="",
    )


def judged(made: Register, around: object) -> str:
    """Return right, asked or wrong."""
    verdict = investigate(made.claims, around, datum=made.datum, declared=made.declared)
    if verdict.question is not None:
        return "asked"
    written = np.isfinite(verdict.lon)
    off_m = np.hypot(
        (verdict.lon - made.lon) * 111_320.0 * np.cos(np.radians(made.lat)),
        (verdict.lat - made.lat) * 110_800.0,
    )
    if (off_m[written] > TOLERANCE_M).any():
        return "wrong"
    sound = ~made.spoilt
    return "right" if written[sound].sum() >= 0.98 * sound.sum() else "asked"
