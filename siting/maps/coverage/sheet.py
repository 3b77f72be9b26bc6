"""Print coverage rasters as maps of A3 size: legend, scale bar, north, threshold, provenance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.maps.coverage.quantities import (
    SERVER_COLOURS,
    class_labels,
    class_of,
    colours_of,
    edges_of,
)
from siting.maps.coverage.sample import Grid, cells_in_one, grid_around, sample
from siting.maps.coverage.servers import server_colours
from siting.maps.coverage.sheet_frame import draw_frame, draw_north, draw_scale_bar
from siting.maps.coverage.source import find_rasters
from siting.maps.coverage.words import facts, group_words, threshold_words, what_is_modelled
from siting.maps.drawing import (
    INK,
    PALE_INK,
    drawable,
    house_style,
    language_for_print,
    save_figure,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from siting.maps.coverage.source import CoverageRaster

A3_INCHES = (16.54, 11.69)
MAP_AREA = (0.045, 0.055, 0.715, 0.845)
SIDE_LEFT, SIDE_RIGHT = 0.785, 0.968
VOID = ""  # no colour of its own: the hatched ground is seen
VOID_LINES, VOID_HATCH = "#B4BABD", "////"
_LONGEST = 1500  # cells of the longer side: a printed dot each


def save_coverage_sheets(
    source: str | Path,
    folder: str | Path,
    *,
    title: str = "",
    language: str = "zh",
    progress: Callable[[float], None] | None = None,
) -> tuple[Path, ...]:
    """Write one PNG of A3 size for each raster of coverage and return their paths.

    Without a typeface that knows Chinese the words are English. The same rasters and typefaces give
    the same bytes.

    Raises
    ------
    ConfigurationError
        `language` is neither "zh" nor "en".
    DataError
        There is no raster of coverage, or one cannot be used.

    """
    spoken = language_for_print(language)
    rasters = find_rasters(source)
    written = []
    for number, raster in enumerate(rasters, start=1):
        path = Path(folder) / f"{raster.id}.png"
        with house_style():
            written.append(save_figure(_sheet(raster, title, spoken), path))
        if progress:
            progress(number / len(rasters))
    return tuple(written)


def _sheet(raster: CoverageRaster, title: str, language: str) -> Figure:
    from matplotlib.figure import Figure  # noqa: PLC0415 (slow to import)

    grid = grid_around([raster], _metres(raster), longest=_LONGEST)
    values = sample(raster, grid)
    figure = Figure(figsize=A3_INCHES)
    axes = figure.add_axes(_fitted(grid))
    axes.patch.set(facecolor="white", edgecolor=VOID_LINES, hatch=VOID_HATCH)
    servers = raster.quantity.id == "best_server"
    (_draw_servers if servers else _draw_values)(axes, raster, values, grid)
    draw_frame(axes, grid)
    draw_north(figure, language)
    _heads(figure, raster, title, language)
    low = _legend(figure, raster, values, language)
    low = draw_scale_bar(figure, axes, grid, left=SIDE_LEFT, right=SIDE_RIGHT, top=low)
    _colophon(figure, raster, grid, low, language)
    return figure


def threshold_contour(
    axes: Axes, values: NDArray[np.float32], grid: Grid, threshold: float
) -> list[NDArray[np.float64]]:
    """Draw the line of the threshold, white under black; return its lines as places in the CRS."""
    if min(values.shape) < 2 or not np.nanmin(values) < threshold <= np.nanmax(values):
        return []
    x = grid.west + (np.arange(grid.width) + 0.5) * grid.cell
    y = grid.north - (np.arange(grid.height) + 0.5) * grid.cell
    masked = np.ma.masked_invalid(values.astype(np.float64))
    axes.contour(
        x,
        y,
        masked,
        levels=[threshold],
        colors="white",
        linewidths=2.2,
        alpha=0.8,
        linestyles="solid",
    )
    drawn = axes.contour(
        x, y, masked, levels=[threshold], colors=INK, linewidths=0.9, linestyles="solid"
    )
    return [np.asarray(line) for line in drawn.allsegs[0]]


def _metres(raster: CoverageRaster) -> str:
    """Return the raster's own CRS where it measures in metres, else the UTM zone of its middle."""
    import rasterio  # noqa: PLC0415 (GDAL is heavy at import)
    from rasterio.warp import transform_bounds  # noqa: PLC0415

    crs = rasterio.CRS.from_wkt(raster.crs)
    mercator = crs.to_epsg() == 3857  # its metres are not those on the ground
    if crs.is_projected and crs.linear_units_factor[1] == 1.0 and not mercator:
        return raster.crs
    west, south, east, north = transform_bounds(raster.crs, "EPSG:4326", *raster.bounds)
    zone = min(max(int(((west + east) / 2.0 + 180.0) // 6.0) + 1, 1), 60)
    return f"EPSG:{(32600 if south + north >= 0.0 else 32700) + zone}"


def _fitted(grid: Grid) -> tuple[float, float, float, float]:
    """Return where the map stands on the sheet, its shape kept, in the middle of its area."""
    left, bottom, width, height = MAP_AREA
    shape = (grid.width / grid.height) * (A3_INCHES[1] / A3_INCHES[0])
    if shape > width / height:
        fitted = width / shape
        return left, bottom + (height - fitted) / 2.0, width, fitted
    fitted = height * shape
    return left + (width - fitted) / 2.0, bottom, fitted, height


def _draw_values(
    axes: Axes, raster: CoverageRaster, values: NDArray[np.float32], grid: Grid
) -> None:
    edges = edges_of(raster.quantity, raster.threshold)
    _picture(axes, class_of(values, edges), colours_of(raster.quantity, raster.threshold), grid)
    if raster.threshold is not None:
        threshold_contour(axes, values, grid, raster.threshold)


def _draw_servers(
    axes: Axes, _raster: CoverageRaster, values: NDArray[np.float32], grid: Grid
) -> None:
    _, place, colours = server_colours(values)
    classes = np.concatenate([[0], colours + 1])[place].astype(np.uint8)
    border = np.zeros(place.shape, dtype=bool)
    border[:, 1:] |= (place[:, 1:] != place[:, :-1]) & (place[:, 1:] > 0) & (place[:, :-1] > 0)
    border[1:] |= (place[1:] != place[:-1]) & (place[1:] > 0) & (place[:-1] > 0)
    classes[border] = len(SERVER_COLOURS) + 1
    _picture(axes, classes, (*SERVER_COLOURS, INK), grid)


def _picture(axes: Axes, classes: NDArray[np.uint8], colours: tuple[str, ...], grid: Grid) -> None:
    rows = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [255] for colour in colours]
    west, south, east, north = grid.bounds
    axes.imshow(
        np.array([[255, 255, 255, 0], *rows], dtype=np.uint8)[classes],
        extent=(west, east, south, north),
        interpolation="nearest",
        aspect="auto",
    )
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)


def _heads(figure: Figure, raster: CoverageRaster, title: str, language: str) -> None:
    english = language == "en"
    quantity = raster.quantity.en if english else raster.quantity.zh
    group = group_words(raster.group)[1 if english else 0]
    head = title or quantity
    under = group if not title else f"{quantity}  ·  {group}"
    figure.text(0.045, 0.963, drawable(head), fontsize=24, weight="bold", va="top")
    figure.text(0.045, 0.925, drawable(under), fontsize=12, va="top", color="#465660")


def _legend(
    figure: Figure, raster: CoverageRaster, values: NDArray[np.float32], language: str
) -> float:
    """Draw the legend beside the map; return how low it reaches."""
    english = language == "en"
    top = _head(figure, "Legend" if english else "图例", 0.895)
    quantity = raster.quantity
    name = quantity.en if english else quantity.zh
    unit = f" ({quantity.unit})" if quantity.unit else ""
    figure.text(SIDE_LEFT, top, drawable(name + unit), fontsize=11, weight="bold", va="top")
    top -= 0.033
    if not quantity.edges:
        for number, colour in enumerate(SERVER_COLOURS):
            _swatch(figure, top, colour, number * 0.0215)
        top -= 0.026
    for colour, label, share in _legend_rows(raster, values, english=english):
        if colour != "label":
            _swatch(figure, top, colour)
        left = SIDE_LEFT + (0.0 if colour == "label" else 0.026)
        figure.text(left, top, drawable(label), fontsize=10, va="center")
        figure.text(SIDE_RIGHT, top, share, fontsize=9, va="center", ha="right", color=PALE_INK)
        top -= 0.024
    words = threshold_words(raster)
    if words is not None:
        _line(figure, top)
        text = words[1 if english else 0]
        figure.text(SIDE_LEFT + 0.026, top, drawable(text), fontsize=10, va="center")
        top -= 0.024
    note = quantity.note_en if english else quantity.note_zh
    share = "" if not quantity.edges else "% of the area with values" if english else "% 占有值面积"
    for small in filter(None, (note, share)):
        figure.text(SIDE_LEFT, top, drawable(small), fontsize=8.5, va="center", color=PALE_INK)
        top -= 0.019
    return top - 0.012


def _legend_rows(
    raster: CoverageRaster, values: NDArray[np.float32], *, english: bool
) -> list[tuple[str, str, str]]:
    """Return colour, label and share of area of each class, the best first."""
    void = "No value" if english else "无值"
    if not raster.quantity.edges:
        count = len(np.unique(values[np.isfinite(values)]))
        label = f"{count:,} best servers" if english else f"{count:,} 个主服务小区"
        return [("label", label, ""), (VOID, void, "")]
    edges = edges_of(raster.quantity, raster.threshold)
    counted = np.bincount(class_of(values, edges).ravel(), minlength=len(edges) + 2)[1:]
    shares = [f"{share:.1%}" for share in counted / counted.sum()]
    colours = colours_of(raster.quantity, raster.threshold)
    labels = class_labels(edges, "")
    rows = list(zip(colours, labels, shares, strict=True))
    return [*rows[::-1], (VOID, void, "")]


def _swatch(figure: Figure, middle: float, colour: str, along: float = 0.0) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 (slow to import)

    figure.add_artist(
        Rectangle(
            (SIDE_LEFT + along, middle - 0.0075),
            0.018,
            0.015,
            facecolor=colour or "white",
            hatch="" if colour else VOID_HATCH * 2,
            edgecolor=PALE_INK if colour else VOID_LINES,
            linewidth=0.6,
        )
    )


def _line(figure: Figure, middle: float) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415 (slow to import)

    share = np.linspace(0.0, 1.0, 30)
    wave = middle + 0.004 * np.sin(share * 2.0 * np.pi)
    figure.add_artist(Line2D(SIDE_LEFT + 0.018 * share, wave, color=INK, linewidth=1.3))


def _head(figure: Figure, words: str, top: float) -> float:
    from matplotlib.lines import Line2D  # noqa: PLC0415 (slow to import)

    figure.text(SIDE_LEFT, top, drawable(words), fontsize=13, weight="bold", va="top")
    below = top - 0.026
    figure.add_artist(Line2D([SIDE_LEFT, SIDE_RIGHT], [below] * 2, color=INK, linewidth=0.9))
    return below - 0.014


def _colophon(
    figure: Figure, raster: CoverageRaster, grid: Grid, top: float, language: str
) -> None:
    """Print what the map rests on, under the scale."""
    import textwrap  # noqa: PLC0415 (only here)

    english = language == "en"
    top = _head(figure, "What this is" if english else "依据与说明", top)
    several = cells_in_one(raster, grid)
    shown = f"{grid.cell:.0f} m" if several <= 2.0 else f"{grid.cell:.0f} m ({several:.0f} → 1)"
    rows = [(en if english else zh, value) for zh, en, value in facts(raster)]
    rows.append(("Printed cell" if english else "印刷像元", shown))
    lines = textwrap.wrap(what_is_modelled(raster)[1 if english else 0], 52 if english else 27)
    for name, value in rows:
        lines += textwrap.wrap(f"{name}: {value}" if english else f"{name}：{value}", 50)
    for line in lines[: int((top - 0.05) / 0.0185)]:
        figure.text(SIDE_LEFT, top, drawable(line), fontsize=9, va="top", color="#465660")
        top -= 0.0185
