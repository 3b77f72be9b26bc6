"""Draw the path between a mast and a point: terrain, ray, Fresnel zone, obstruction, losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.maps.drawing import (
    INK,
    PALE_INK,
    drawable,
    house_style,
    language_for_print,
    require_picture,
    save_figure,
)
from siting.maps.profile_words import say

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

EARTH, BULGE, BLOCKED = "#D9CDB8", "#BFB093", "#9A4A00"
ZONE, RAY, HORIZON = "#B4DAD5", "#0F4C5C", "#9A4A00"
_AROUND = 0.08  # of the heights shown, above and below
_LEAST_RELIEF_M = 20.0
_SEEN = 0.004  # of the heights shown: a thinner bulge is not drawn
_SMOOTH = 401  # points of the Fresnel zone


@dataclass(frozen=True, kw_only=True)
class ProfilePicture:
    """What is drawn: arrays along the path, heights above sea level [m], and texts.

    `horizons` are the rows of the edges seen from the mast and from the point, `edge_m` the
    (distance, height) of the one that counts. `sight` is `clear`, `grazing` or `obstructed`.
    `rows` are the lines of the table below: name, value; `notes` its small print.
    """

    title: str
    subtitle: str
    distance_m: Numbers
    ground_m: Numbers
    bulge_m: Numbers
    ray_m: Numbers
    fresnel_m: Numbers
    horizons: tuple[int, int]
    edge_m: tuple[float, float]
    sight: str
    ends: tuple[str, str]
    rows: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def save_profile_plot(picture: ProfilePicture, path: str | Path, *, language: str = "zh") -> Path:
    """Write the picture as a self-contained .svg or .png; the same picture, the same bytes.

    Raises
    ------
    ConfigurationError
        The file ends otherwise, or the language is neither "zh" nor "en".

    """
    target = require_picture(path)
    spoken = language_for_print(language)
    with house_style():
        return save_figure(_figure(picture, spoken), target)


def _figure(picture: ProfilePicture, language: str) -> Figure:
    from matplotlib.figure import Figure  # noqa: PLC0415 (slow to import)

    figure = Figure(figsize=(11.0, 6.6))
    figure.text(0.06, 0.955, drawable(picture.title), fontsize=15, va="top", weight="bold")
    figure.text(0.06, 0.905, drawable(picture.subtitle), fontsize=9.5, va="top", color=PALE_INK)
    axes = figure.add_axes((0.06, 0.36, 0.915, 0.45))
    _ground(axes, picture, language)
    _waves(axes, picture, language)
    _ends(axes, picture)
    _frame(axes, picture, language)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.005, 1.005), ncols=4, frameon=False, fontsize=8.2,
        handlelength=2.2, columnspacing=1.4, borderpad=0.1,
    )  # fmt: skip
    _table(figure, picture, language)
    return figure


def _ground(axes: Axes, picture: ProfilePicture, language: str) -> None:
    """Fill the ground over the bulge of the earth, and hatch what stands above the ray."""
    along_km = picture.distance_m / 1000.0
    raised_m = picture.ground_m + picture.bulge_m
    low_m, _ = _heights(picture)
    axes.fill_between(
        along_km, low_m, raised_m, color=EARTH, linewidth=0, label=say("ground", language)
    )
    axes.plot(along_km, raised_m, color=INK, linewidth=1.1)
    if picture.bulge_m.max() > _SEEN * (_heights(picture)[1] - low_m):
        axes.fill_between(
            along_km, low_m, low_m + picture.bulge_m, facecolor=BULGE, edgecolor=PALE_INK,
            linewidth=0.8, linestyle=(0, (1, 2)), label=say("bulge", language),
        )  # fmt: skip
    above = raised_m > picture.ray_m
    if above[1:-1].any():
        axes.fill_between(
            along_km, picture.ray_m, raised_m, where=above, interpolate=True, facecolor="#F2D3B3",
            edgecolor=BLOCKED, hatch="////", linewidth=0.6, label=say("blocked", language),
        )  # fmt: skip


def _waves(axes: Axes, picture: ProfilePicture, language: str) -> None:
    """Draw the ray, the first Fresnel zone and the lines to the edge."""
    along_km, ray_m, radius_m = _smooth_zone(picture)
    axes.fill_between(
        along_km, ray_m - radius_m, ray_m + radius_m,
        facecolor=ZONE, alpha=0.55, edgecolor=RAY, linewidth=0.8, label=say("fresnel", language),
    )  # fmt: skip
    axes.plot(
        along_km, ray_m - 0.6 * radius_m, color=RAY, linewidth=0.8,
        linestyle=(0, (4, 2)), label=say("sixty", language),
    )  # fmt: skip
    axes.plot(along_km, ray_m, color=RAY, linewidth=1.6, label=say("ray", language))
    edge_km, edge_m = picture.edge_m[0] / 1000.0, picture.edge_m[1]
    blocked = picture.sight == "obstructed"
    if blocked:
        axes.plot(
            [0.0, edge_km, along_km[-1]], [ray_m[0], edge_m, ray_m[-1]],
            color=HORIZON, linewidth=1.2, linestyle=(0, (6, 2, 1, 2)),
            label=say("horizon", language),
        )  # fmt: skip
    axes.plot(
        [edge_km], [edge_m], marker="^" if blocked else "v", markersize=8, color=HORIZON,
        markeredgecolor="white", linestyle="none", zorder=5,
        label=say("edge" if blocked else "nearest", language),
    )  # fmt: skip


def _smooth_zone(picture: ProfilePicture) -> tuple[Numbers, Numbers, Numbers]:
    """Return distances [km], the ray and the radius of the zone [m], finely: F1^2 is a parabola."""
    d, length_m = picture.distance_m, float(picture.distance_m[-1])
    scale = float(np.max(picture.fresnel_m[1:-1] ** 2 / (d * (length_m - d))[1:-1]))
    fine_m = length_m * 0.5 * (1.0 - np.cos(np.linspace(0.0, np.pi, _SMOOTH)))
    radius_m = np.sqrt(np.maximum(scale * fine_m * (length_m - fine_m), 0.0))
    return fine_m / 1000.0, np.interp(fine_m, d, picture.ray_m), radius_m


def _ends(axes: Axes, picture: ProfilePicture) -> None:
    """Draw the mast and the terminal as what stands on the ground, with their names."""
    along_km = picture.distance_m / 1000.0
    low_m, high_m = _heights(picture)
    for place, side, name in ((0, "left", picture.ends[0]), (-1, "right", picture.ends[1])):
        foot_m, top_m = float(picture.ground_m[place]), float(picture.ray_m[place])
        axes.plot([along_km[place]] * 2, [foot_m, top_m], color=INK, linewidth=3.0, zorder=4)
        axes.plot(
            [along_km[place]], [top_m], marker="o", markersize=5.5, color="white",
            markeredgecolor=INK, markeredgewidth=1.4, zorder=6,
        )  # fmt: skip
        axes.plot([along_km[place]] * 2, [top_m, high_m], color=INK, linewidth=0.6, zorder=3)
        axes.annotate(
            drawable(name), (along_km[place], high_m), xytext=(0, -4), va="top",
            textcoords="offset points", ha=side, fontsize=8.8, zorder=7,
            bbox={"boxstyle": "round,pad=0.25", "fc": "white", "ec": PALE_INK, "lw": 0.5},
        )  # fmt: skip
    axes.set_ylim(low_m, high_m)


def _frame(axes: Axes, picture: ProfilePicture, language: str) -> None:
    length_km = float(picture.distance_m[-1]) / 1000.0
    axes.set_xlim(-0.012 * length_km, 1.012 * length_km)
    axes.set_xlabel(say("distance", language), labelpad=2)
    axes.set_ylabel(say("height", language))
    axes.grid(color="#E3E3DE", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _heights(picture: ProfilePicture) -> tuple[float, float]:
    """Return the least and the largest height that is shown [m]."""
    raised_m = picture.ground_m + picture.bulge_m
    low_m = min(float(picture.ground_m.min()), float((picture.ray_m - picture.fresnel_m).min()))
    high_m = max(
        float(raised_m.max()),
        float((picture.ray_m + picture.fresnel_m).max()),
        picture.edge_m[1],
    )
    relief_m = max(high_m - low_m, _LEAST_RELIEF_M)
    return low_m - _AROUND * relief_m, high_m + 2.0 * _AROUND * relief_m


def _table(figure: Figure, picture: ProfilePicture, language: str) -> None:
    """Print the verdict and the losses under the picture, in columns of four."""
    colour = BLOCKED if picture.sight == "obstructed" else RAY
    figure.text(
        0.06,
        0.268,
        say(picture.sight, language),
        fontsize=12,
        weight="bold",
        color=colour,
        va="top",
    )
    for place, (name, value) in enumerate(picture.rows):
        column, line = divmod(place, 4)
        left, top = 0.06 + column * 0.312, 0.215 - line * 0.036
        figure.text(left, top, drawable(name), fontsize=9, va="top", color="#465660")
        figure.text(left + 0.29, top, drawable(value), fontsize=9, va="top", ha="right")
    for place, note in enumerate(picture.notes):
        figure.text(
            0.06, 0.052 - place * 0.024, drawable(note), fontsize=7.6, va="top", color=PALE_INK
        )
