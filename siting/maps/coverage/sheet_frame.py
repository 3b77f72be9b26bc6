"""Draw what every printed map has: the neat line with degrees, the scale bar, north."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from siting.maps.drawing import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siting.maps.coverage.sample import Grid

_LINES = 4  # at least so many meridians or parallels on the longer side
_STEPS_DEG = (10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)


def draw_frame(axes: Axes, grid: Grid) -> None:
    """Draw the neat line, meridians and parallels of round degrees, and their labels."""
    from rasterio.warp import transform, transform_bounds  # noqa: PLC0415 (GDAL is heavy)

    west, south, east, north = transform_bounds(grid.crs, "EPSG:4326", *grid.bounds)
    step = next(
        (each for each in _STEPS_DEG if max(east - west, north - south) / each >= _LINES),
        _STEPS_DEG[-1],
    )
    digits = max(0, math.ceil(-math.log10(step) - 1e-9))
    x0, y0, x1, y1 = grid.bounds
    ticks: dict[str, list[tuple[float, str]]] = {"x": [], "y": []}
    for kind, low, high in (("x", west, east), ("y", south, north)):
        for number in range(math.ceil(low / step), math.floor(high / step) + 1):
            place, along = np.full(60, number * step), np.linspace(south, north, 60)
            if kind == "y":
                along = np.linspace(west, east, 60)
            pair = (place, along) if kind == "x" else (along, place)
            x, y = transform("EPSG:4326", grid.crs, *(each.tolist() for each in pair))
            axes.plot(x, y, color=INK, linewidth=0.5, alpha=0.3)
            at = np.interp(y0, y, x) if kind == "x" else np.interp(x0, x, y)
            letter = _letter(kind, number)
            ticks[kind].append((float(at), f"{abs(number * step):.{digits}f}°{letter}"))
    axes.set_xlim(x0, x1)
    axes.set_ylim(y0, y1)
    axes.set_xticks([at for at, _ in ticks["x"]], [text for _, text in ticks["x"]], fontsize=8)
    axes.set_yticks(
        [at for at, _ in ticks["y"]],
        [text for _, text in ticks["y"]],
        fontsize=8,
        rotation=90,
        va="center",
    )
    axes.tick_params(length=3, width=0.7, pad=2)
    for spine in axes.spines.values():
        spine.set_linewidth(1.4)


def draw_north(figure: Figure, language: str) -> None:
    """Draw the arrow of grid north at the head of the sheet."""
    from matplotlib.patches import Polygon  # noqa: PLC0415 (slow to import)

    x, y, high, wide = 0.735, 0.925, 0.042, 0.0075
    left = [(x, y + high), (x - wide, y), (x, y + 0.009)]
    right = [(x, y + high), (x + wide, y), (x, y + 0.009)]
    figure.add_artist(Polygon(left, facecolor="white", edgecolor=INK, linewidth=0.9))
    figure.add_artist(Polygon(right, facecolor=INK, edgecolor=INK, linewidth=0.9))
    word = "N (grid)" if language == "en" else "北（坐标北）"
    figure.text(x, y - 0.006, word, fontsize=8, ha="center", va="top")


def draw_scale_bar(
    figure: Figure, axes: Axes, grid: Grid, *, left: float, right: float, top: float
) -> float:
    """Draw a bar of a round length beside the map; return how low it reaches."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 (slow to import)

    per_m = float(axes.get_position().width) / (grid.width * grid.cell)
    length_m = round_length_m((right - left) * 0.85 / per_m)
    part = length_m * per_m / 4.0
    bar = top - 0.022
    for number in range(4):
        figure.add_artist(
            Rectangle(
                (left + number * part, bar),
                part,
                0.008,
                edgecolor=INK,
                linewidth=0.8,
                facecolor=INK if number % 2 == 0 else "white",
            )
        )
    in_km = length_m >= 1000.0
    for number in (0, 2, 4):
        value = length_m * number / 4.0 / (1000.0 if in_km else 1.0)
        unit = (" km" if in_km else " m") if number == 4 else ""
        figure.text(
            left + number * part,
            bar + 0.011,
            f"{value:g}{unit}",
            fontsize=8.5,
            ha="left" if number == 0 else "center",
        )
    return bar - 0.03


def round_length_m(longest_m: float) -> float:
    """Return the largest of 1, 2, 4, 10, 20, 40, ... that is not longer [m].

    >>> round_length_m(17_300.0), round_length_m(3_999.0), round_length_m(40.0)
    (10000.0, 2000.0, 40.0)
    """
    power = 10.0 ** math.floor(math.log10(longest_m))
    return next(power * part for part in (4.0, 2.0, 1.0) if power * part <= longest_m)


def _letter(kind: str, number: int) -> str:
    if kind == "x":
        return "E" if number >= 0 else "W"
    return "N" if number >= 0 else "S"
