"""The quantities that coverage rasters hold: words, units, classes, colours, thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

# Lightness falls from weak to good, so that a black-and-white print keeps the order.
_SHORT = ("#FCF6EA", "#EFC687")
_SERVED = ("#8AC2BC", "#174C5E")
_PLAIN = ("#F1F4F1", "#174C5E")
_COMPETING = ("#7A2E12", "#F8EEDD")
SERVER_COLOURS = (
    "#F0E3C0",
    "#9CCBC6",
    "#D98B5F",
    "#5E8FB0",
    "#C9B6D6",
    "#7A8F4F",
    "#EFC9C0",
    "#3F6E7A",
)
MOST_BINS = 254  # an index of a byte, 0 being no value


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """What a raster holds; `edges` are the limits of its classes, ascending.

    `threshold` is what counts as served where the raster does not say; the edges move with it where
    `relative` says so. `steps` are how finely a page keeps values.
    """

    id: str
    zh: str
    en: str
    unit: str
    edges: tuple[float, ...]
    steps: tuple[float, ...]
    threshold: float | None = None
    relative: bool = False
    digits: int = 1
    note_zh: str = ""
    note_en: str = ""


def _evenly(low: float, high: float, step: float) -> tuple[float, ...]:
    count = round((high - low) / step) + 1
    return tuple((low + step * np.arange(count)).round(6).tolist())


def _geometric(low: float, high: float, count: int) -> tuple[float, ...]:
    return tuple(float(f"{value:.3g}") for value in np.geomspace(low, high, count))


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        each.id: each
        for each in (
            Quantity(
                id="rsrp",
                zh="信号电平 SS-RSRP",
                en="Level, SS-RSRP",
                unit="dBm",
                edges=(-120.0, -110.0, -105.0, -95.0, -85.0),
                steps=_evenly(-150.0, -31.0, 0.5),
                threshold=-105.0,
                relative=True,
            ),
            Quantity(
                id="sinr",
                zh="信干噪比 SS-SINR",
                en="SINR",
                unit="dB",
                edges=(-9.0, -6.0, -3.0, 3.0, 10.0, 20.0),
                steps=_evenly(-30.0, 60.0, 0.5),
                threshold=-3.0,
                relative=True,
            ),
            Quantity(
                id="best_server",
                zh="主服务小区",
                en="Best server",
                unit="",
                edges=(),
                steps=(),
                digits=0,
                note_zh="颜色只为区分相邻服务区，不表示大小",
                note_en="Colours only tell neighbours apart",
            ),
            Quantity(
                id="probability",
                zh="覆盖概率",
                en="Probability of service",
                unit="",
                edges=(0.5, 0.75, 0.9, 0.95, 0.99),
                steps=_evenly(0.0, 1.0, 0.005),
                threshold=0.95,
                digits=2,
            ),
            Quantity(
                id="throughput",
                zh="下行速率",
                en="Downlink throughput",
                unit="Mbit/s",
                edges=(5.0, 20.0, 50.0, 100.0, 300.0, 1000.0),
                steps=(0.0, *_geometric(0.1, 10_000.0, 230)),
            ),
            Quantity(
                id="second_margin",
                zh="主次小区电平差",
                en="Margin over the second server",
                unit="dB",
                edges=(3.0, 6.0, 10.0, 20.0),
                steps=_evenly(-10.0, 50.0, 0.25),
                note_zh="差值小处两小区竞争，易干扰、频繁切换",
                note_en="Where it is small two servers compete",
            ),
        )
    }
)


def edges_of(quantity: Quantity, threshold: float | None) -> tuple[float, ...]:
    """Return the limits of the classes, one of them the threshold where there is one.

    >>> edges_of(QUANTITIES["rsrp"], -110.0)  # a limit already
    (-120.0, -110.0, -105.0, -95.0, -85.0)
    >>> edges_of(QUANTITIES["rsrp"], -108.0)
    (-123.0, -113.0, -108.0, -98.0, -88.0)
    >>> edges_of(QUANTITIES["probability"], 0.9)
    (0.5, 0.75, 0.9, 0.95, 0.99)
    """
    edges = quantity.edges
    if threshold is None or threshold in edges or not edges:
        return edges
    if quantity.relative and quantity.threshold is not None:
        shift = threshold - quantity.threshold
        return tuple(round(edge + shift, 6) for edge in edges)
    nearest = min(range(len(edges)), key=lambda place: abs(edges[place] - threshold))
    return tuple(sorted({*edges[:nearest], threshold, *edges[nearest + 1 :]}))


def colours_of(quantity: Quantity, threshold: float | None) -> tuple[str, ...]:
    """Return a colour for each class, from the lowest values to the highest."""
    edges = edges_of(quantity, threshold)
    classes = len(edges) + 1
    if quantity.id == "second_margin":
        return _ramp(*_COMPETING, classes)
    if threshold is None:
        return _ramp(*_PLAIN, classes)
    short = edges.index(threshold) + 1
    return (*_ramp(*_SHORT, short), *_ramp(*_SERVED, classes - short))


def bins_of(quantity: Quantity, threshold: float | None) -> tuple[float, ...]:
    """Return the limits in which a page keeps values: the steps, and every limit of a class."""
    edges = edges_of(quantity, threshold)
    bins = sorted({*quantity.steps, *edges})
    while len(bins) > MOST_BINS:  # thin out what is no limit of a class, from the far ends
        bins.remove(next(step for step in bins if step not in edges))
    return tuple(bins)


def class_of(values: NDArray[np.float32], edges: tuple[float, ...]) -> NDArray[np.uint8]:
    """Return 1, 2, ... for the class of each value and 0 where there is none; a limit counts up."""
    limits = np.array(edges, dtype=np.float32)  # as the raster keeps them: 0.95 is 0.95
    found = np.searchsorted(limits, values, side="right") + 1
    return np.where(np.isnan(values), 0, found).astype(np.uint8)


def class_labels(edges: tuple[float, ...], unit: str) -> tuple[str, ...]:
    """Return what the legend calls the classes.

    >>> class_labels((0.5, 0.9), "")
    ('< 0.5', '0.5 – 0.9', '≥ 0.9')
    """
    end = f" {unit}" if unit else ""
    words = [_number(edge) for edge in edges]
    between = [f"{low} – {high}{end}" for low, high in pairwise(words)]
    return (f"< {words[0]}{end}", *between, f"≥ {words[-1]}{end}")


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _ramp(first: str, last: str, count: int) -> tuple[str, ...]:
    """Return colours from one to another, both included."""
    ends = np.array([[int(word[i : i + 2], 16) for i in (1, 3, 5)] for word in (first, last)])
    shares = np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])
    rows = np.rint(ends[0] + shares[:, np.newaxis] * (ends[1] - ends[0])).astype(int)
    return tuple("#" + "".join(f"{part:02X}" for part in row) for row in rows)
